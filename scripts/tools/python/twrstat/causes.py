# SPDX-License-Identifier: GPL-2.0
#
# causes: why a SYN may get no answer, and which counters show it
#
# Each cause has four texts: what happened to the packets; the counters that show it, where
# those with - are subtracted; what it means for a SYN; what to do. {a.sysctl} stands for
# the name and the value of a sysctl. Causes that certainly drop a SYN come first. The
# counters of tw_recycle_sim are those of the module, those of log are lines of the kernel log.

CAUSES = [
    ("SYNs that came again, and the first one had got no answer",
     "tw_recycle_sim*/syns_unanswered",
     "This is what clients feel: they wait and send the SYN again. The lines below may say "
     "why.",
     "twrstat --top: its column `unanswered` says which peers, among those that it lists"),
    ("rejected by tcp_tw_recycle itself", "TcpExtPAWSPassive",
     "The SYN gets no answer: the old check is real on this kernel.",
     "sysctl -w net.ipv4.tcp_tw_recycle=0; {net.ipv4.tcp_tw_recycle}"),
    ("dropped, the accept queue of a listener was full", "TcpExtListenOverflows",
     "The SYN, or the ACK that ends the handshake, gets no answer; the client sends "
     "it again.",
     "ss -ltn: where Recv-Q is above Send-Q the program accepts too slowly. Raise its "
     "listen() backlog and {net.core.somaxconn}, which bounds it."),
    ("dropped, the SYN queue of a listener was full", "TcpExtTCPReqQFullDrop",
     "The SYN gets no answer: the queue is full and cookies are off.",
     "sysctl -w net.ipv4.tcp_syncookies=1; {net.ipv4.tcp_syncookies}, "
     "{net.ipv4.tcp_max_syn_backlog}. ss -nt state syn-recv: who sends them?"),
    ("SYNs that the module saw meet a full queue of a listener",
     "tw_recycle_sim*/exempt/queue_full",
     "By the bounds of the simulated kernel. This kernel drops such a SYN too, if its own "
     "bound is not higher: then a line above counts it as well.",
     "ss -ltn: Recv-Q above Send-Q; {net.core.somaxconn}, {net.ipv4.tcp_max_syn_backlog}, "
     "{net.ipv4.tcp_syncookies}"),
    ("lines of the kernel log about SYN flooding", "log/syn_flooding",
     "A SYN queue was full. With cookies the SYN is answered, without it is dropped. The "
     "kernel prints this once for each listener, however many SYNs come.",
     "dmesg | grep -i 'SYN flooding': the port, and which of the two. Many clients or a short "
     "listen() backlog do it too: {net.core.somaxconn}, {net.ipv4.tcp_max_syn_backlog}"),
    ("dropped by a listener for other reasons",
     "TcpExtListenDrops -TcpExtListenOverflows -TcpExtTCPReqQFullDrop -TcpExtPAWSPassive",
     "The SYN, or the ACK that ends the handshake, gets no answer: no memory, no route "
     "back, a security module, or the SYN queue three quarters full without cookies.",
     "nstat -az | grep -E 'OutNoRoutes|Memory|Discards'; {net.ipv4.tcp_syncookies}, "
     "{net.ipv4.tcp_max_syn_backlog}"),
    ("dropped by a listener, for whatever reason", "text/TcpExtListenDrops",
     "The SYN, or the ACK that ends the handshake, gets no answer: the accept queue or the SYN "
     "queue is full, or there is no memory or no route back. This part of the text does not "
     "tell which.",
     "nstat -az | grep -E 'Listen|TCPReqQFull'; ss -ltn: where Recv-Q is above Send-Q the "
     "program accepts too slowly"),
    ("dropped by reverse-path filter", "TcpExtIPReversePathFilter",
     "The SYN gets no answer: the route back to its sender does not lead out where it "
     "came in.",
     "ip route get ADDRESS of a client; then mend the route, or sysctl -w "
     "net.ipv4.conf.DEVICE.rp_filter=2. Now, {rp_filter}."),
    ("dropped, the connection tracking table was full", "nf_conntrack/drop",
     "The SYN gets no answer: there was no room to note it. A packet that could not be tracked "
     "for want of memory counts here too.",
     "sysctl -w net.netfilter.nf_conntrack_max=...; "
     "{net.netfilter.nf_conntrack_count}, {net.netfilter.nf_conntrack_max}"),
    ("lines of the kernel log: the connection tracking table was full", "log/conntrack_full",
     "The SYN gets no answer: there was no room to note it. The kernel prints a few such lines "
     "in 5 s at most, so many more can have been dropped.",
     "dmesg -T | grep 'table full': when? sysctl -w net.netfilter.nf_conntrack_max=...; "
     "{net.netfilter.nf_conntrack_count}, {net.netfilter.nf_conntrack_max}"),
    ("dropped by connection tracking at insertion", "nf_conntrack/insert_failed",
     "A SYN may get no answer: its entry clashed with another one, often after NAT.",
     "conntrack -S; give NAT more ports (a wider --to-source range, random-fully)"),
    ("connection tracking entries dropped early", "nf_conntrack/early_drop",
     "The table was full, and an entry not yet answered made room: a sign that the "
     "next SYN is dropped.",
     "{net.netfilter.nf_conntrack_count}, {net.netfilter.nf_conntrack_max}"),
    ("lines of the kernel log: IPVS had no server for a connection", "log/ipvs_no_server",
     "The SYN gets no answer, or an ICMP error.",
     "ipvsadm -Ln: are all servers gone, or is their weight 0?"),
    ("dropped by the queue of a processor", "softnet/dropped",
     "The packet is lost before IP: it came faster than it was taken.",
     "sysctl -w net.core.netdev_max_backlog=...; {net.core.netdev_max_backlog}; spread "
     "interrupts (ethtool -L, RPS)"),
    ("lost by a network card, no room", "*/rx_missed_errors */rx_fifo_errors "
     "*/rx_over_errors",
     "The packet is lost before the kernel sees it.",
     "ethtool -g DEVICE, ethtool -G DEVICE rx ...; ethtool -S DEVICE"),
    ("damaged on the wire", "*/rx_crc_errors */rx_frame_errors */rx_length_errors",
     "The packet is lost before the kernel sees it.",
     "ethtool -S DEVICE; change cable, plug or port"),
    ("dropped on receive", "*/rx_dropped",
     "The packet is lost before IP. This counter includes frames of protocols that this "
     "machine does not use, which is harmless.",
     "ethtool -S DEVICE; tc -s qdisc show dev DEVICE; perf trace -e skb:kfree_skb"),
    ("dropped on transmit", "*/tx_dropped */tx_errors",
     "The SYN-ACK may be what is lost.",
     "tc -s qdisc show dev DEVICE; ip -s link show DEVICE"),
    ("with a wrong TCP checksum", "TcpInCsumErrors",
     "The SYN gets no answer: it was damaged, or a card or a tunnel computes it wrongly.",
     "tcpdump -nvv 'tcp[tcpflags] & tcp-syn != 0' | grep incorrect; ethtool -K DEVICE "
     "rx off"),
    ("with a wrong IP checksum or header", "IpExtInCsumErrors IpInHdrErrors "
     "Ip6InHdrErrors",
     "The packet is dropped by IP.",
     "tcpdump -nvv; look for what damages packets on the way"),
    ("for an address that is not of this machine", "IpInAddrErrors Ip6InAddrErrors",
     "The SYN gets no answer: its destination is not, or no longer, an address here.",
     "ip addr; ip route get ADDRESS; a balancer or a neighbour that still sends here?"),
    ("without a route in", "IpExtInNoRoutes Ip6InNoRoutes",
     "The SYN gets no answer, or an ICMP error.",
     "ip route; ip route show table all type blackhole"),
    ("with a martian address, those of the reverse-path filter included",
     "rt_cache/in_martian_src rt_cache/in_martian_dst",
     "The SYN gets no answer: its source or destination cannot come from there.",
     "sysctl -w net.ipv4.conf.all.log_martians=1; dmesg | grep martian"),
    ("without a route out", "IpOutNoRoutes Ip6OutNoRoutes",
     "The SYN-ACK cannot be sent, or the SYN is dropped.",
     "ip route get ADDRESS of a client"),
    ("answers that had no place in the table of neighbours",
     "arp_cache/table_fulls ndisc_cache/table_fulls",
     "The SYN-ACK cannot be sent.",
     "sysctl -w net.ipv4.neigh.default.gc_thresh3=... (and gc_thresh2); "
     "{net.ipv4.neigh.default.gc_thresh3}, {net.ipv6.neigh.default.gc_thresh3}"),
    ("lines of the kernel log: the table of neighbours, or of routes, was full",
     "log/neighbour_full log/route_full",
     "The SYN-ACK cannot be sent.",
     "sysctl -w net.ipv4.neigh.default.gc_thresh3=... (and gc_thresh2), or "
     "net.ipv6.route.max_size; {net.ipv4.neigh.default.gc_thresh3}, "
     "{net.ipv6.neigh.default.gc_thresh3}, {net.ipv6.route.max_size}"),
    ("answers whose next hop did not answer, in ARP or neighbour discovery",
     "arp_cache/res_failed ndisc_cache/res_failed",
     "The SYN-ACK waited for the link address of the next hop and was thrown away. The counter "
     "is the number of such hosts that were given up, of any traffic of this machine.",
     "ip neigh show nud failed; ip route get ADDRESS of a client"),
    ("answers that waited for a next hop when too many waited already",
     "arp_cache/unresolved_discards ndisc_cache/unresolved_discards",
     "The SYN-ACK, or a packet that waited before it, was thrown away.",
     "ip neigh show nud failed; ip route get ADDRESS of a client"),
    ("dropped for want of memory", "TcpExtPFMemallocDrop IpInDiscards Ip6InDiscards",
     "The SYN gets no answer.",
     "free; sysctl -w vm.min_free_kbytes=...; {vm.min_free_kbytes}"),
    ("connections ended for want of TCP memory", "TcpExtTCPAbortOnMemory",
     "No SYN yet, but the next: sockets have used up what TCP may have.",
     "{net.ipv4.tcp_mem} (pages); cat /proc/net/sockstat; {net.ipv4.tcp_max_orphans}"),
    ("lines of the kernel log: TCP had too little memory", "log/tcp_memory",
     "A SYN may get no answer: sockets have used up what TCP may have.",
     "{net.ipv4.tcp_mem} (pages); cat /proc/net/sockstat; {net.ipv4.tcp_max_orphans}"),
    ("refused for their MD5 or AO signature",
     "TcpExtTCPMD5NotFound TcpExtTCPMD5Unexpected TcpExtTCPMD5Failure "
     "TcpExtTCPAORequired TcpExtTCPAOBad TcpExtTCPAOKeyNotFound",
     "The SYN gets no answer.",
     "Compare the keys at both ends (BGP, mostly)."),
    ("dropped for their low TTL", "TcpExtTCPMinTTLDrop",
     "The SYN gets no answer: the program wants a higher TTL (IP_MINTTL; BGP, mostly).",
     "Compare its TTL security setting with the number of hops."),
    ("rejected by timestamp, on open connections or in time wait",
     "TcpExtPAWSEstab TcpExtPAWSTimewait",
     "A SYN whose timestamp is older than the last one of its connection gets an ACK and no "
     "SYN-ACK. The connection is in TIME-WAIT, as when a NAT uses a port again, or it is still "
     "open on this machine. TcpExtPAWSEstab also counts segments of open connections that are "
     "no SYNs; it alone does not tell them apart.",
     "tcpdump -ni any 'tcp[tcpflags] & tcp-syn != 0'; ss -ant state time-wait; have the "
     "clients close first, or the NAT wait longer. The module tells: exempt/timewait, "
     "exempt/established"),
    ("SYNs that the module saw meet a connection in TIME-WAIT",
     "tw_recycle_sim*/exempt/timewait",
     "Many such SYNs are taken as a new connection, in the simulated kernel and in this one. "
     "One whose timestamp or, without timestamps, whose sequence number is not newer gets an "
     "ACK and no SYN-ACK. No counter of the kernel tells of one without timestamps.",
     "tcpdump -ni any 'tcp[tcpflags] & (tcp-syn|tcp-ack) != 0' and port ...: is the answer a "
     "bare ACK? ss -ant state time-wait; have the clients close first, or the NAT wait longer"),
    ("SYNs that the module saw meet an open connection",
     "tw_recycle_sim*/exempt/established",
     "The SYN gets an ACK and no SYN-ACK: its connection still exists on this machine. A "
     "client that has forgotten it answers with a RST, and its next SYN gets through.",
     "ss -nt: the client's address and port. A client that crashed, or a NAT that uses a port "
     "again; a firewall between that drops the RST; {net.ipv4.tcp_keepalive_time}"),
    ("SYNs that the module saw come again while their SYN-ACK was out",
     "tw_recycle_sim*/exempt/request_pending",
     "This machine did answer: the SYN-ACK, or the ACK after it, is lost on the way, or slow.",
     "tcpdump on the client, and on each firewall between: where does the SYN-ACK end? The "
     "route back: ip route get ADDRESS of a client"),
    ("that met an open connection and were challenged", "TcpExtTCPSYNChallenge",
     "The SYN gets an ACK and no SYN-ACK: its connection still exists on this machine.",
     "A client or NAT that forgot; shorten {net.ipv4.tcp_keepalive_time}"),
    ("answers skipped, sent too often",
     "TcpExtTCPACKSkippedSynRecv TcpExtTCPACKSkippedTimeWait TcpExtTCPACKSkippedPAWS "
     "TcpExtTCPACKSkippedChallenge",
     "The SYN gets no answer: the ACK that it would have got was sent just before.",
     "{net.ipv4.tcp_invalid_ratelimit} (ms); look for the cause in the lines above"),
    ("answered with a SYN cookie", "TcpExtSyncookiesSent",
     "The SYN is answered, but the connection may lack window scaling and SACK.",
     "Many: a flood, or a short queue. ss -ltn, {net.ipv4.tcp_max_syn_backlog}, "
     "{net.core.somaxconn}, {net.ipv4.tcp_syncookies}"),
    ("SYNs that the module saw a listener answer with cookies",
     "tw_recycle_sim*/exempt/syncookie",
     "The SYN is answered, but the connection may lack window scaling and SACK.",
     "Many: a flood, or a short queue. ss -ltn, {net.ipv4.tcp_max_syn_backlog}, "
     "{net.core.somaxconn}, {net.ipv4.tcp_syncookies}"),
    ("SYNs that the module saw without a listener", "tw_recycle_sim*/exempt/no_listener",
     "The SYN gets a RST: connection refused. A firewall may drop that RST.",
     "ss -ltn: does the program listen on that address and port?"),
    ("SYNs that the module saw with a wrong checksum or malformed",
     "tw_recycle_sim*/exempt/bad_checksum tw_recycle_sim*/exempt/malformed",
     "The SYN gets no answer.",
     "tcpdump -nvv 'tcp[tcpflags] & tcp-syn != 0'; ethtool -K DEVICE rx off"),
    ("SYN cookies that came back wrong", "TcpExtSyncookiesFailed",
     "The last ACK of a handshake was not accepted: too late, or forged.",
     "Many: a flood of ACKs, or answers that take more than a minute."),
    ("time wait buckets over the limit", "TcpExtTCPTimeWaitOverflow",
     "No SYN is dropped; but what is left of an old connection can disturb a new one.",
     "sysctl -w net.ipv4.tcp_max_tw_buckets=...; {net.ipv4.tcp_max_tw_buckets}"),
]
# What no counter tells, whatever could be read.
UNCOUNTED = [
    "rules of a firewall (nft list ruleset; iptables -vnL)",
    "an XDP or tc program, or a tc filter (bpftool net; tc -s qdisc; tc -s filter show dev "
    "DEVICE ingress)",
    "IPVS (ipvsadm -Ln --stats)",
    "SYNs that never came (tcpdump -ni any 'tcp[tcpflags] & tcp-syn != 0')",
    "SYN-ACKs that were lost on their way (tcpdump on the client)",
]
# What only the module counts.
WITHOUT_MODULE = ("SYNs without timestamps that met a connection in TIME-WAIT (only the "
                  "module counts them: exempt/timewait)")
# What is said of a file that this kernel lacks.
ABSENT = {
    "/proc/net/snmp6": "IPv6 (no /proc/net/snmp6)",
    "/proc/net/stat/nf_conntrack": "connection tracking (no /proc/net/stat/nf_conntrack; "
                                   "conntrack -S{conntrack})",
    "/proc/net/stat/rt_cache": "martian addresses (no /proc/net/stat/rt_cache; dmesg | grep "
                               "martian)",
    "/proc/net/stat/arp_cache": "neighbours (no /proc/net/stat/arp_cache, which only the first "
                                "network namespace has; ip neigh show nud failed)",
    "/proc/net/stat/ndisc_cache": "neighbours of IPv6 (ip -6 neigh show nud failed)",
    "/dev/kmsg": "lines of the kernel log ({log}; sudo dmesg)",
}
