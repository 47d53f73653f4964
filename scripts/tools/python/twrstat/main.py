# SPDX-License-Identifier: GPL-2.0
#
# twrstat - what the module tw_recycle_sim has counted, and what other reasons this
# machine has for a SYN without an answer
#
# It reads files of /sys and /proc, writes none but that of --output, and wants Python
# 3.6 or newer and nothing else. The manual page, Documentation/twrstat.8, says what is
# printed.

import fnmatch
import json
import math
import os
import re
import shutil
import signal
import sys
import textwrap
import time

from common.arguments import Parser
from common.failure import Failure, exit_with
from common.files import Files, write_whole
from common.format import format_duration, format_rate
from common.module import DEBUGFS, DEBUGFS_MOUNT, PARAMETERS, SYSFS, VERSION, VERSION_FILE
from common.text import make_printable

LOAD = "modprobe tw_recycle_sim, or insmod module/tw_recycle_sim.ko"


class NotPermitted(Failure):
    """The module is loaded, but we may not read its counters."""


def read_debugfs(files, path, what, missing):
    """The text of a file there, or the reason that there is none."""
    try:
        with files.open(path) as file:
            return file.read()
    except PermissionError:
        if os.geteuid() == 0:
            raise Failure("%s: not permitted, not even to root" % what)
        raise Failure("%s: for root only, try sudo" % what)
    except FileNotFoundError:
        mounts = files.read_text("/proc/mounts") or ""
        if not any(line.split()[2:3] == ["debugfs"] for line in mounts.splitlines()):
            raise Failure("debugfs is not mounted: mount -t debugfs none " + DEBUGFS_MOUNT)
        raise Failure(missing)
    except OSError as err:
        raise Failure("%s: %s" % (what, err.strerror))


# The module's counters

DENIED = "the module's counters: for root only, or load the module with mode=0440 " \
         "gid=GROUP; try sudo"
# What one name in front of others is the name of.
GROUPS = "exempt", "delays", "lost"


def one_file(text):
    """The file `counters`: a path and a number a line, all of one moment."""
    words = (line.split() for line in text.splitlines())
    return {pair[0]: int(pair[1]) for pair in words
            if len(pair) == 2 and pair[1].isdigit()}


def single_files(files, folder):
    """The same of a module that has not got it: each is of a moment of its own."""
    found = files.read_numbers(folder)
    for group in GROUPS:
        found.update(("%s/%s" % (group, name), value)
                     for name, value in files.read_numbers("%s/%s" % (folder, group)).items())
    return found


class Sample:
    """All that the module counts, at one moment; of one namespace or of all."""

    def __init__(self, files, netns=None, peers=True):
        self.netns = netns
        while True:
            self.inode = files.find_inode(SYSFS)
            if self.inode is None:
                raise Failure("the module is not loaded: " + LOAD)
            self.take(files, peers)
            # Loaded anew meanwhile, some of it would be of the old one.
            if files.find_inode(SYSFS) == self.inode:
                break
        if not self.counters:
            raise Failure("the module is not loaded: " + LOAD)

    def take(self, files, peers):
        self.time = time.monotonic()
        self.era = (files.read_text(SYSFS + "/era") or "?").strip()
        self.counters = self.of_all(files) if self.netns is None else self.of_namespace(files)
        groups = {name: {} for name in GROUPS}
        for path in [path for path in self.counters if "/" in path]:
            group, _, name = path.partition("/")
            if group in groups:
                groups[group][name] = self.counters.pop(path)
        self.exempt = groups["exempt"]
        self.delays = dict(sorted(groups["delays"].items(), key=by_delay))
        self.lost = groups["lost"]
        self.counters.pop("peers", None)
        if peers:
            self.count_peers(files)

    @staticmethod
    def of_all(files):
        for name in "counters", "syns_seen":
            try:
                with files.open("%s/%s" % (SYSFS, name)) as file:
                    text = file.read()
            except FileNotFoundError:
                continue
            except PermissionError:
                if os.geteuid() == 0:
                    raise NotPermitted("the module's counters: not permitted, not even "
                                       "to root")
                raise NotPermitted(DENIED)
            except OSError:
                # It was unloaded in that moment.
                return {}
            return one_file(text) if name == "counters" else single_files(files, SYSFS)
        return single_files(files, SYSFS)

    def of_namespace(self, files):
        folder = "%s/netns/%d" % (DEBUGFS, self.netns)
        found = files.read_text(folder + "/counters")
        if found is not None:
            return one_file(found)
        # A file that is in every other version tells what is wrong.
        what = "namespace %d" % self.netns
        read_debugfs(files, folder + "/syns_seen", what, "the module knows no network " + what)
        return single_files(files, folder)

    def count_peers(self, files):
        """They are no counter: a file of its own and, of a namespace, a table."""
        if self.netns is None:
            peers = files.read_number(SYSFS + "/peers")
        else:
            table = files.read_text("%s/netns/%d/peers" % (DEBUGFS, self.netns))
            peers = None if table is None else max(len(table.splitlines()) - 1, 0)
        if peers is not None:
            self.counters["peers"] = peers

    def lost_records(self):
        """From the first of these on verdicts can be wrong."""
        return sum(self.lost.get(name, 0) for name in LOST_RECORDS)

    def flat(self):
        """What only grows, by one name each."""
        flat = {name: value for name, value in self.counters.items() if name != "peers"}
        for group, found in (("exempt", self.exempt), ("delays", self.delays),
                             ("lost", self.lost)):
            flat.update(("%s/%s" % (group, name), value) for name, value in found.items())
        return flat

    def rates(self, before):
        """Per second since then; None if they were reset, or the module was reloaded."""
        old = before.flat()
        new = self.flat()
        if self.inode != before.inode or any(new.get(name, 0) < old[name] for name in old):
            return None
        seconds = self.time - before.time
        rates = {name: (new[name] - old.get(name, 0)) / seconds for name in new}
        rates["exempt"] = sum(rate for name, rate in rates.items()
                              if name.startswith("exempt/"))
        if self.lost:
            rates["lost"] = sum(rates.get("lost/" + name, 0) for name in LOST_RECORDS)
        return rates


def by_delay(item):
    return (not item[0].isdigit(), int(item[0]) if item[0].isdigit() else 0, item[0])


def find_netns(files, text):
    """The inode number of a namespace that is given by it, by a file, or by name."""
    if text.isdigit():
        return int(text)
    path = text if "/" in text else "/run/netns/" + text
    inode = files.find_inode(path)
    if inode is None:
        raise Failure("there is no network namespace %s (no file %s)" % (text, path))
    return inode


# As netstat says it; what begins with a blank is left out if it is zero.
WORDS = [
    ("syns_seen", "SYNs came to this machine"),
    ("syns_checked", " SYNs would have been held against the cache of time stamps"),
    ("listener_unknown",
     " >of an unknown listener, for a BPF program chooses it: a full queue of it would "
     "have stopped them before"),
    ("syns_rejected",
     "passive connections would have been rejected because of time stamp"),
    ("syns_rejected_older", " >because it was older than the one remembered"),
    ("syns_rejected_untimed", " >because they had none, and their peer had had one"),
]
WORDS_AFTER = [
    ("stamps_recorded", " time stamps of closed connections recorded"),
    ("stamps_refused", " time stamps of closed connections refused, a newer one was there"),
    ("peers", " peers in the cache"),
    ("peers_evicted", " peers lost because the cache was full"),
]
# What was lost for want of room, in the order in which it matters.
LOST_RECORDS = {
    "timewait": " >of connections in time wait",
    "rejected": " >of connections that would have been rejected",
}
LOST_OTHERS = {
    "offenders": " peers lost their place among the offenders",
    "clocks": " SYNs not noted among the clocks of an offender",
}
EXEMPT = {
    "no_listener": "because nobody listens there",
    "request_pending": "because their connection request was pending",
    "established": "because they met an open connection",
    "timewait": "because they met a connection in time wait",
    "syncookie": "because the listener answered with SYN cookies",
    "queue_full": "because a queue of the listener was full",
    "source_route": "because they came by a source route",
    "bad_checksum": "because of a wrong checksum",
    "malformed": "because they were malformed",
}


WRONG = "From the first of them on verdicts can be wrong: load the module with more records="


def print_counters(sample, out):
    where = "all network namespaces"
    if sample.netns is not None:
        where = "network namespace %d" % sample.netns
    out.line("TcpTwRecycle (simulated, era %s, %s):" % (sample.era, where))

    def say(value, words, depth=1):
        if value is None or (words[0] == " " and not value):
            return
        words = words.lstrip()
        out.line("%s%d %s" % ("    " * (depth + words.startswith(">")), value,
                              words.lstrip(">")))

    for name, words in WORDS:
        say(sample.counters.get(name), words)
    if sum(value for name, value in sample.delays.items() if name != "0"):
        out.line("    of these the client would have got in, by its own clock,")
        for name, value in sample.delays.items():
            if name == "never":
                say(value, " by none of its retries", 2)
            elif name != "0":
                say(value, " by the SYN sent again after %s s" % name, 2)
    say(sum(sample.exempt.values()), " SYNs would not have been checked")
    for name in [*EXEMPT, *(name for name in sample.exempt if name not in EXEMPT)]:
        say(sample.exempt.get(name), " " + EXEMPT.get(name, "because of " + name), 2)
    for name, words in WORDS_AFTER:
        say(sample.counters.get(name), words)
    say(sample.lost_records(), " records of the simulated kernel lost for want of room")
    for name, words in LOST_RECORDS.items():
        say(sample.lost.get(name), words)
    if sample.lost_records():
        out.line("        " + WRONG)
    for name in [*LOST_OTHERS, *(name for name in sample.lost
                                 if name not in {**LOST_OTHERS, **LOST_RECORDS})]:
        say(sample.lost.get(name), LOST_OTHERS.get(name, " lost of " + name))


# Rates, a line an interval: heading, name; the first ones are there on any screen.
RATES = [
    ("rejected", "syns_rejected"), ("seen", "syns_seen"), ("checked", "syns_checked"),
    ("older", "syns_rejected_older"), ("untimed", "syns_rejected_untimed"),
    ("exempt", "exempt"), ("stamps", "stamps_recorded"), ("lost", "lost"),
    ("evicted", "peers_evicted"), ("peers", "peers"), ("refused", "stamps_refused"),
]


def print_rates(take, ticks, out):
    before = take()
    columns = [(head, name, max(len(head), 6)) for head, name in RATES
               if name in before.counters or name == "exempt" or
               name == "lost" and before.lost]
    columns = columns[:fit([width for _, _, width in columns], out.width)]
    heading = " ".join(head.rjust(width) for head, _, width in columns)[:out.width]
    out.raw(heading)
    printed = 0
    for _ in ticks:
        now = take()
        rates = now.rates(before)
        note = " (reset)" if rates is None else ""
        rates = dict(rates or {})
        rates["peers"] = now.counters.get("peers")
        if printed == out.height - 2:
            out.raw(heading)
            printed = 0
        line = " ".join(format_rate(rates.get(name)).rjust(width) for _, name, width in columns)
        # Beside it, if there is room; what cannot be told is - in any case.
        if out.width and len(line + note) > out.width:
            note = ""
        out.raw(line + note)
        printed += 1
        before = now


# The offenders

def offenders(files, netns=None):
    """A dictionary a line, by the names in the heading."""
    folder = DEBUGFS if netns is None else "%s/netns/%d" % (DEBUGFS, netns)
    lines = read_debugfs(files, folder + "/offenders", "offenders",
                    "offenders: the module that is loaded does not list them").splitlines()
    names = lines[0].split() if lines else []
    return [dict(zip(names, map(value_of, line.split()))) for line in lines[1:]]


def value_of(word):
    """None for -, a number if it is one."""
    if word == "-":
        return None
    return int(word) if re.match("-?[0-9]+$", word) else word


def behind(row):
    ms = row.get("behind_ms")
    if ms is not None:
        return format_duration(ms / 1000)
    return "-" if row.get("behind") is None else "%dticks" % row["behind"]


def seems(row):
    """What such a peer is, as a rule."""
    older = row.get("older") or 0
    if (row.get("untimed") or 0) > older:
        return "untimed"
    # Either way of counting loose ones, all or those rejected, is above half then.
    if older and (row.get("loose") or 0) * 2 >= older:
        return "offsets"
    return "NAT" if (row.get("clocks") or 0) > 1 else "-"


def plain(name):
    return lambda row: "-" if row.get(name) is None else str(row[name])


# Heading, names that it needs, text: those that say most come first.
TOP = [
    ("peer", "peer", plain("peer")),
    ("rejected", "rejected", plain("rejected")),
    ("per_s", "per_s", lambda row: format_rate(row["per_s"])),
    ("checked", "checked", plain("checked")),
    ("seems", "older untimed clocks loose", seems),
    ("clocks", "clocks", plain("clocks")),
    ("behind", "behind", behind),
    ("last", "last", lambda row: format_duration(row.get("last"))),
    ("loose", "loose", plain("loose")),
    ("older", "older", plain("older")),
    ("untimed", "untimed", plain("untimed")),
    ("first", "first", lambda row: format_duration(row.get("first"))),
    ("local", "local", plain("local")),
    ("over", "over", plain("over")),
    ("rate", "rate", plain("rate")),
    ("netns", "netns", plain("netns")),
]
# What is in these is told otherwise, or not for people.
TOP_TOLD = {"behind_ms"}


def fit(widths, limit):
    """How many columns, a blank between them, go into limit; one at least."""
    used = -1
    for i, width in enumerate(widths):
        used += 1 + width
        if limit and used > limit:
            return max(i, 1)
    return len(widths)


def table(heads, rows, left, width):
    """Lines no wider than width; those in left are words, the others numbers."""
    heads = list(map(make_printable, heads))
    rows = [list(map(make_printable, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *rows)]
    # An address that takes all of the line leaves room for the number, too.
    if width and len(widths) > 1 and widths[0] + 1 + widths[1] > width:
        widths[0] = max(width - 1 - widths[1], 1)
    n = fit(widths, width)
    for row in [heads] + rows:
        cells = []
        for head, cell, size in list(zip(heads, row, widths))[:n]:
            if len(cell) > size:
                cell = cell[:size - 1] + "+"
            cells.append(cell.ljust(size) if head in left else cell.rjust(size))
        yield " ".join(cells).rstrip()[:width or None]


def top_key(row):
    return row.get("local"), row.get("peer"), row.get("netns")


def exact(row):
    """Rejected since it is in the table, without what its place had before."""
    return (row.get("older") or 0) + (row.get("untimed") or 0)


def top_rates(rows, before, seconds):
    """Adds per_s, from what is counted exactly."""
    old = {top_key(row): row for row in before}
    for row in rows:
        was = old.get(top_key(row))
        moved = exact(row) - exact(was) if was else -1
        row["per_s"] = moved / seconds if moved >= 0 and seconds > 0 else None


def print_top(rows, count, sample, out):
    rejected = sample.counters.get("syns_rejected", 0)
    summary = "%d of %d SYNs would have been rejected, era %s" % (
        rejected, sample.counters.get("syns_seen", 0), sample.era)
    if out.width is None or len(summary) <= out.width:
        out.raw(summary)
    if sample.lost_records():
        out.line("%d records lost. %s" % (sample.lost_records(), WRONG))
    rows = rows[:count] if count else rows
    if not rows:
        out.line("no peer would have been rejected" if not rejected else
                 "no peers are listed")
        return
    names = set().union(*rows)
    columns = [column for column in TOP if names.issuperset(column[1].split())]
    told = TOP_TOLD.union(*(column[1].split() for column in TOP))
    columns += [(name, name, plain(name)) for name in rows[0] if name not in told]
    for line in table([head for head, _, _ in columns],
                      [[text(row) for _, _, text in columns] for row in rows],
                      {"peer", "seems", "local"}, out.width):
        out.raw(line)


# Why: the counters of this machine, by names as nstat has them; those of devices,
# of processors' tables and the like are FOLDER/NAME.

def two_lines(text):
    """/proc/net/netstat and snmp: names in one line, values in the next."""
    found = {}
    lines = [line.split() for line in (text or "").splitlines()]
    for names, values in zip(lines[::2], lines[1::2]):
        if names[:1] == values[:1]:
            for name, value in zip(names[1:], values[1:]):
                found[names[0].rstrip(":") + name] = int(value)
    return found


def one_each(text):
    """/proc/net/snmp6: a name and a value a line."""
    words = [line.split() for line in (text or "").splitlines()]
    return {pair[0]: int(pair[1]) for pair in words if len(pair) == 2}


def per_processor(text):
    """/proc/net/stat/*: a heading, then a line for each processor, hexadecimal."""
    lines = [line.split() for line in (text or "").splitlines()]
    if not lines:
        return {}
    return {name: sum(int(line[i], 16) for line in lines[1:] if i < len(line))
            for i, name in enumerate(lines[0])}


def softnet(text):
    lines = [[int(word, 16) for word in line.split()] for line in (text or "").splitlines()]
    found = {name: sum(line[i] for line in lines if i < len(line))
             for name, i in (("dropped", 1), ("time_squeeze", 2))}
    return found if lines else {}


def machine(files):
    found = two_lines(files.read_text("/proc/net/netstat"))
    found.update(two_lines(files.read_text("/proc/net/snmp")))
    found.update(one_each(files.read_text("/proc/net/snmp6")))
    for name in ("nf_conntrack", "rt_cache", "arp_cache", "ndisc_cache"):
        for column, value in per_processor(files.read_text("/proc/net/stat/" + name)).items():
            # This one is the same in each line, and no count.
            if column != "entries":
                found[name + "/" + column] = value
    for column, value in softnet(files.read_text("/proc/net/softnet_stat")).items():
        found["softnet/" + column] = value
    for device in files.list_names("/sys/class/net"):
        folder = "/sys/class/net/%s/statistics" % device
        for name, value in files.read_numbers(folder).items():
            if name.startswith(("rx_", "tx_")):
                found["%s/%s" % (device, name)] = value
    return found


# What; the counters, those with - before them taken off; what it means for a SYN;
# what to do. {a.sysctl} shows what it is now. What drops a SYN for sure is first.
CAUSES = [
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
    ("dropped by a listener for other reasons",
     "TcpExtListenDrops -TcpExtListenOverflows -TcpExtTCPReqQFullDrop -TcpExtPAWSPassive",
     "The SYN, or the ACK that ends the handshake, gets no answer: no memory, no route "
     "back, a security module, or the SYN queue three quarters full without cookies.",
     "nstat -az | grep -E 'OutNoRoutes|Memory|Discards'; {net.ipv4.tcp_syncookies}, "
     "{net.ipv4.tcp_max_syn_backlog}"),
    ("dropped by reverse-path filter", "TcpExtIPReversePathFilter",
     "The SYN gets no answer: the route back to its sender does not lead out where it "
     "came in.",
     "ip route get ADDRESS of a client; then mend the route, or sysctl -w "
     "net.ipv4.conf.DEVICE.rp_filter=2. Now, {rp_filter}."),
    ("dropped, the connection tracking table was full", "nf_conntrack/drop",
     "The SYN gets no answer: there was no room to note it.",
     "sysctl -w net.netfilter.nf_conntrack_max=...; "
     "{net.netfilter.nf_conntrack_count}, {net.netfilter.nf_conntrack_max}"),
    ("dropped by connection tracking at insertion", "nf_conntrack/insert_failed",
     "A SYN may get no answer: its entry clashed with another one, often after NAT.",
     "conntrack -S; give NAT more ports (a wider --to-source range, random-fully)"),
    ("connection tracking entries dropped early", "nf_conntrack/early_drop",
     "The table was full, and an entry not yet answered made room: a sign that the "
     "next SYN is dropped.",
     "{net.netfilter.nf_conntrack_count}, {net.netfilter.nf_conntrack_max}"),
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
     "The packet is lost before IP. Also counts frames of protocols that nobody here "
     "wants, which is harmless.",
     "ethtool -S DEVICE; tc -s qdisc show dev DEVICE; perf trace -e skb:kfree_skb"),
    ("dropped on transmit", "*/tx_dropped */tx_errors",
     "The SYN-ACK may be what is lost.",
     "tc -s qdisc show dev DEVICE; ip -s link show DEVICE"),
    ("with a wrong TCP checksum", "TcpInCsumErrors",
     "The SYN gets no answer: it was damaged, or a card or a tunnel reckons wrongly.",
     "tcpdump -nvv 'tcp[tcpflags] & tcp-syn != 0' | grep incorrect; ethtool -K DEVICE "
     "rx off"),
    ("with a wrong IP checksum or header", "IpExtInCsumErrors IpInHdrErrors "
     "Ip6InHdrErrors",
     "The packet is dropped by IP.",
     "tcpdump -nvv; look for what on the way damages packets"),
    ("for an address that is not of this machine", "IpInAddrErrors Ip6InAddrErrors",
     "The SYN gets no answer: its destination is not, or no longer, here.",
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
    ("answers whose neighbour did not answer",
     "arp_cache/unresolved_discards ndisc_cache/unresolved_discards",
     "The SYN-ACK was thrown away: nobody told the link address of the next hop.",
     "ip neigh show nud failed; ip route get ADDRESS of a client"),
    ("dropped for want of memory", "TcpExtPFMemallocDrop IpInDiscards Ip6InDiscards",
     "The SYN gets no answer.",
     "free; sysctl -w vm.min_free_kbytes=...; {vm.min_free_kbytes}"),
    ("connections ended for want of TCP memory", "TcpExtTCPAbortOnMemory",
     "No SYN yet, but the next: sockets have used up what TCP may have.",
     "{net.ipv4.tcp_mem} (pages); cat /proc/net/sockstat; {net.ipv4.tcp_max_orphans}"),
    ("refused for their MD5 or AO signature",
     "TcpExtTCPMD5NotFound TcpExtTCPMD5Unexpected TcpExtTCPMD5Failure "
     "TcpExtTCPAORequired TcpExtTCPAOBad TcpExtTCPAOKeyNotFound",
     "The SYN gets no answer.",
     "Compare the keys at both ends (BGP, mostly)."),
    ("dropped for their low TTL", "TcpExtTCPMinTTLDrop",
     "The SYN gets no answer: the program wants a higher TTL (IP_MINTTL; BGP, mostly).",
     "Compare its TTL security setting with the hops that there are."),
    ("rejected by time stamp, on open connections or in time wait",
     "TcpExtPAWSEstab TcpExtPAWSTimewait",
     "A SYN that meets a connection in TIME-WAIT with a newer time stamp gets an ACK "
     "and no SYN-ACK: a NAT that uses a port again does that. On open connections it "
     "is an old segment, and no SYN.",
     "ss -ant state time-wait; have the clients close first, or the NAT wait longer"),
    ("that met an open connection and were challenged", "TcpExtTCPSYNChallenge",
     "The SYN gets an ACK and no SYN-ACK: for this machine its connection still is.",
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
    ("SYN cookies that came back wrong", "TcpExtSyncookiesFailed",
     "The last ACK of a handshake was not believed: too late, or forged.",
     "Many: a flood of ACKs, or answers that take more than a minute."),
    ("time wait buckets over the limit", "TcpExtTCPTimeWaitOverflow",
     "No SYN is dropped; but what is left of an old connection can disturb a new one.",
     "sysctl -w net.ipv4.tcp_max_tw_buckets=...; {net.ipv4.tcp_max_tw_buckets}"),
]
UNCOUNTED = ("What no counter here tells: rules of a firewall (nft list ruleset; iptables "
             "-vnL), an XDP or tc program (bpftool net), and SYNs that never came "
             "(tcpdump -ni any 'tcp[tcpflags] & tcp-syn != 0').")


def counted(cause, counters):
    """The number, and by which counters it came about; None: this kernel has none."""
    total = None
    parts = []
    for pattern in cause[1].split():
        off = pattern.startswith("-")
        for name in sorted(fnmatch.filter(counters, pattern.lstrip("-"))):
            total = (total or 0) + (-counters[name] if off else counters[name])
            if counters[name] and not off:
                parts.append(name)
        if off and total is not None:
            # Read one after another, they may be apart by what came meanwhile.
            total = max(total, 0)
    return total, parts


def rp_filters(files):
    """In force is the higher one of a device's and all's."""
    folder = "/proc/sys/net/ipv4/conf"
    words = ["%s=%d" % (name, value) for name, value in
             ((name, files.read_number("%s/%s/rp_filter" % (folder, name)))
              for name in files.list_names(folder) if name != "default") if value]
    return "rp_filter is " + (" ".join(words) or "0 on all")


def with_sysctls(text, files):
    def show(match):
        name = match.group(1)
        if name == "rp_filter":
            return rp_filters(files)
        value = files.read_text("/proc/sys/" + name.replace(".", "/"))
        if value is None:
            return name
        return "%s (now %s)" % (name, " ".join(value.split()))
    return re.sub(r"\{([a-z0-9_.]+)\}", show, text)


def causes(files, counters, everything, before=None, seconds=None):
    """What there is to tell; with before, the rates since then."""
    found = []
    for cause in CAUSES:
        total, parts = counted(cause, counters)
        if total is None:
            continue
        entry = {"what": cause[0], "count": total,
                 "counters": {name: counters[name] for name in parts}}
        if before is not None:
            was = counted(cause, before)[0] or 0
            # A device that went takes its numbers along.
            entry["per_s"] = (total - was) / seconds if total >= was else None
        if everything or (entry["count"] if before is None else entry["per_s"]):
            entry["means"] = cause[2]
            entry["do"] = with_sysctls(cause[3], files)
            found.append(entry)
    return found


def print_why(found, rates, loaded, out):
    if isinstance(loaded, NotPermitted):
        out.line("    The module is loaded, and its counters cannot be read: %s" %
                 str(loaded).partition(": ")[2])
    elif loaded is not None:
        rejected = loaded.counters.get("syns_rejected", 0)
        out.line("    %d SYNs of %d would have been rejected by tcp_tw_recycle, era %s" %
                 (rejected, loaded.counters.get("syns_seen", 0), loaded.era))
        out.line("        The module drops none: this is no reason here and now.")
        if loaded.lost_records():
            out.line("        %d records lost. %s" % (loaded.lost_records(), WRONG))
    for entry in found:
        number = format_rate(entry["per_s"]) + "/s" if rates else "%d" % entry["count"]
        names = ", ".join(entry["counters"])
        out.line("    %s %s%s" % (number, entry["what"], " (%s)" % names if names else ""))
        out.line("        " + entry["means"])
        out.line("        > " + entry["do"])
    if not found:
        out.line("    0: no counter of this machine %s a SYN without an answer" %
                 ("has moved for" if rates else "tells of"))
    out.line("    " + UNCOUNTED)


# Prometheus: its text format, of all namespaces

PREFIX = "tw_recycle_sim_"
# Name, type, help, and the counters that it is made of: several are told apart by their
# cause. What the module that is loaded does not have is left out.
FAMILIES = [
    ("syns_seen_total", "counter", "SYNs that came to this machine.",
     ["syns_seen"]),
    ("syns_checked_total", "counter",
     "SYNs that would have been held against the cache of time stamps.",
     ["syns_checked"]),
    ("syns_listener_unknown_total", "counter",
     "SYNs that were checked though nobody could tell whether their listener or its queues "
     "would have stopped them, for a BPF program chooses it.",
     ["listener_unknown"]),
    ("syns_rejected_total", "counter",
     "SYNs that would have been rejected, because their time stamp was older than the "
     "one remembered, or because they had none.",
     ["syns_rejected_older", "syns_rejected_untimed"]),
    ("stamps_recorded_total", "counter",
     "Time stamps of closed connections that the cache took.",
     ["stamps_recorded"]),
    ("stamps_refused_total", "counter",
     "Time stamps of closed connections that the cache turned down, it held a newer one.",
     ["stamps_refused"]),
    ("peers", "gauge", "Peers in the cache.", ["peers"]),
    ("peers_evicted_total", "counter", "Peers lost because the cache was full.",
     ["peers_evicted"]),
]


def quoted(value):
    text = make_printable(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"%s"' % text


def metric(name, labels, value):
    inside = ",".join("%s=%s" % (label, quoted(text)) for label, text in labels)
    return "%s%s%s %d\n" % (PREFIX, name, "{%s}" % inside if inside else "", value)


def family(name, kind, words, lines):
    """Nothing of one that has no values: then this module has not got it."""
    text = "".join(lines)
    heading = "# HELP {0}{1} {2}\n# TYPE {0}{1} {3}\n".format(PREFIX, name, words, kind)
    return heading + text if text else ""


def histogram(name, delays):
    """Lines of buckets; a delay that never ends is in the last one and in no sum."""
    count = seconds = 0
    for delay, value in delays.items():
        if delay.isdigit():
            count += value
            seconds += int(delay) * value
            yield metric(name + "_bucket", [("le", delay)], count)
    if delays:
        count = sum(delays.values())
        yield metric(name + "_bucket", [("le", "+Inf")], count)
        yield metric(name + "_sum", [], seconds)
        yield metric(name + "_count", [], count)


def counter_families(sample, version):
    yield family("info", "gauge", "The module and the kernel that it simulates.",
                 [metric("info", [("version", version), ("era", sample.era)], 1)])
    for name, kind, words, sources in FAMILIES:
        lines = []
        for source in sources:
            value = sample.counters.get(source)
            # One of several has a cause, the last word of its name.
            labels = [("cause", source.rpartition("_")[2])] if len(sources) > 1 else []
            if value is not None:
                lines.append(metric(name, labels, value))
        yield family(name, kind, words, lines)
    yield family("syns_exempt_total", "counter", "SYNs that would not have been checked.",
                 [metric("syns_exempt_total", [("reason", reason)], value)
                  for reason, value in sample.exempt.items()])
    yield family("lost_total", "counter",
                 "What was lost for want of room: records of the simulated kernel (timewait, "
                 "rejected), after the first of which verdicts can be wrong; places among "
                 "the offenders, and SYNs for the clocks of one (offenders, clocks).",
                 [metric("lost_total", [("what", what)], value)
                  for what, value in sample.lost.items()])
    yield family("retry_delay_seconds", "histogram",
                 "After how long the SYN of a client would have passed the check, 0 at once; "
                 "one that never would is in no bucket but the last, and not in the sum.",
                 histogram("retry_delay_seconds", sample.delays))


def offender_families(rows):
    """The same peer twice would cost the reader of these lines all of them."""
    rows = list({top_key(row): row for row in reversed(rows)}.values())[::-1]
    for name, kind, words, value in (
            ("offender_syns_rejected_total", "counter",
             "SYNs of a peer that would have been rejected, since it is in the table of "
             "offenders.", lambda row: exact(row) if "older" in row else row.get("rejected")),
            ("offender_clocks", "gauge", "Hosts behind a peer's address, at least.",
             lambda row: row.get("clocks"))):
        lines = []
        for row in rows:
            labels = [(label, plain(label)(row)) for label in ("peer", "local", "netns")]
            if isinstance(value(row), int):
                lines.append(metric(name, labels, value(row)))
        yield family(name, kind, words, lines)


def prometheus(files, count):
    """All of it; if the module is not loaded, that alone."""
    while True:
        inode = files.find_inode(SYSFS)
        if inode is None:
            return up(0)
        try:
            sample = Sample(files)
            rows = offenders(files)[:count] if count else []
        except Failure:
            if files.find_inode(SYSFS) == inode:
                raise
            continue
        version = (files.read_text(VERSION_FILE) or "").strip()
        # Unloaded, or loaded anew, meanwhile: some of it may be missing.
        if files.find_inode(SYSFS) == inode:
            return "".join([up(1), *counter_families(sample, version),
                            *offender_families(rows)])


def up(value):
    return family("up", "gauge", "1 if the module is loaded.", [metric("up", [], value)])


# Everything else

class Output:
    """Lines no wider than the terminal; where there is none, as they are."""

    def __init__(self):
        # Whatever a device is called, in any locale; Python 3.6 has not got it.
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        self.tty = sys.stdout.isatty()
        self.width = None
        size = shutil.get_terminal_size((80, 24))
        # watch(1), which shows a pipe, says how wide it is.
        if self.tty or os.environ.get("COLUMNS", "").isdigit():
            self.width = max(size.columns, 1)
        self.height = max(size.lines, 4)

    def raw(self, text):
        print(make_printable(text), flush=True)

    def line(self, text):
        """Broken where it is too long, and indented as it begins."""
        text = make_printable(text)
        if self.width is None or len(text) <= self.width:
            self.raw(text)
            return
        indent = len(text) - len(text.lstrip(" "))
        # Narrow ones have no room for that.
        indent = indent if indent * 3 < self.width else 0
        for part in textwrap.wrap(text.strip(), self.width, initial_indent=" " * indent,
                                  subsequent_indent=" " * (indent and indent + 2)):
            self.raw(part)

    def begin(self, first):
        """A new page, or a line between."""
        if self.tty:
            print("\033[H\033[J", end="")
        elif not first:
            self.raw("")


def intervals(seconds, count):
    """Waits for the end of each, by a clock that nobody sets."""
    end = time.monotonic()
    n = 0
    while count is None or n < count:
        n += 1
        # Who was stopped, or had no processor, does not make up for it by intervals
        # that are next to nothing: rates of such tell nothing.
        now = time.monotonic()
        end = now + seconds if now > end + seconds / 2 else end + seconds
        time.sleep(max(end - now, 0))
        yield n


def now_and_then(seconds, count):
    """The same, with one at the beginning."""
    yield 0
    if seconds is not None:
        yield from intervals(seconds, None if count is None else count - 1)


def as_object(files, sample, netns):
    found = {
        "era": sample.era,
        "netns": netns,
        "version": (files.read_text(VERSION_FILE) or "").strip() or None,
        "parameters": {},
        "counters": dict(sample.counters),
        "exempt": sample.exempt,
    }
    for name in files.list_names(PARAMETERS):
        text = files.read_text(PARAMETERS + "/" + name)
        if text is not None:
            text = text.strip()
            found["parameters"][name] = int(text) if text.isdigit() else text
    if sample.delays:
        found["delays"] = sample.delays
    if sample.lost:
        found["lost"] = sample.lost
    try:
        found["offenders"] = offenders(files, netns)
    except Failure as err:
        found["offenders"] = None
        found["offenders_missing"] = str(err)
    return found


def run_json(args, files, netns):
    for _ in now_and_then(args.seconds, args.count):
        found = {"time": time.time(), "monotonic": time.monotonic()}
        try:
            found.update(as_object(files, Sample(files, netns), netns))
        except Failure as err:
            # What --why tells is of the machine.
            if not args.why:
                raise
            if isinstance(err, NotPermitted):
                found.update(counters=None, counters_missing=str(err))
        if args.why:
            found["why"] = causes(files, machine(files), args.all)
        print(json.dumps(found), flush=True)


def run_why(args, files, out):
    def loaded():
        try:
            return Sample(files, peers=False)
        except NotPermitted as err:
            return err
        except Failure:
            return None

    if args.seconds is None:
        print_why(causes(files, machine(files), args.all), False, loaded(), out)
        return
    before, then = machine(files), time.monotonic()
    for n in intervals(args.seconds, args.count):
        counters, now = machine(files), time.monotonic()
        out.begin(n == 1)
        print_why(causes(files, counters, args.all, before, now - then), True, loaded(), out)
        before, then = counters, now


def run_top(args, files, netns, out):
    before = None
    for n in now_and_then(args.seconds, args.count):
        sample = Sample(files, netns, peers=False)
        rows = offenders(files, netns)
        if before is not None:
            top_rates(rows, before[0], sample.time - before[1])
        before = rows, sample.time
        if args.seconds is not None:
            out.begin(n == 0)
        count = args.top
        if args.seconds is not None and out.tty:
            above = 3 + 3 * bool(sample.lost_records())
            count = min(count or len(rows), max(out.height - above, 1))
        print_top(rows, count, sample, out)


def run_prometheus(args, files):
    for _ in now_and_then(args.seconds, args.count):
        # By its definition in UTF-8, in any locale.
        data = prometheus(files, args.offenders).encode("utf-8")
        if args.output is not None:
            write_whole(args.output, data, 0o644)
        else:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()


def arguments():
    parser = Parser(
        prog="twrstat", allow_abbrev=False,
        description="Shows what the module tw_recycle_sim has counted: by default all "
                    "counters, in the words of netstat -s.",
        epilog="The counters are for root, or for the group that the module was loaded "
               "with (mode=0440 gid=). Status: 0; 1 if what is asked for cannot be had, which one line says; 2 "
               "for bad arguments. twrstat(8) tells more.")
    parser.hint = " (twrstat --help tells more)"
    parser.add_argument("-i", dest="interval", nargs="+", metavar=("SECONDS", "COUNT"),
                        help="again after each interval, COUNT times; counters as rates per "
                             "second, the first line after the first interval")
    parser.add_argument("--top", nargs="?", type=int, const=10, metavar="N",
                        help="the N peers (10; 0: all) that would have been rejected most "
                             "often, for root")
    parser.add_argument("--json", action="store_true",
                        help="everything as one JSON object in a line, offenders for root")
    parser.add_argument("--why", action="store_true",
                        help="what other reasons this machine has for a SYN without an "
                             "answer, and what to do; needs no module and no rights")
    parser.add_argument("-a", "--all", action="store_true",
                        help="with --why: also what is zero")
    parser.add_argument("--prometheus", action="store_true",
                        help="all counters in the text format of Prometheus")
    parser.add_argument("--output", metavar="FILE",
                        help="with --prometheus: into FILE, which is replaced as a whole")
    parser.add_argument("--offenders", type=int, metavar="N",
                        help="with --prometheus: also the N peers that would have been "
                             "rejected most often, for root")
    parser.add_argument("--netns", metavar="INODE|PATH|NAME",
                        help="of one network namespace alone, for root")
    parser.add_argument("--root", default="", metavar="FOLDER",
                        help="read FOLDER/sys and FOLDER/proc (for tests)")
    parser.add_argument("--version", action="version", version="%(prog)s " + VERSION)
    args = parser.parse_args()

    args.seconds = args.count = None
    if args.interval:
        if len(args.interval) > 2:
            parser.error("-i takes SECONDS and COUNT, not '%s' as well" % args.interval[2])
        try:
            args.seconds = float(args.interval[0])
        except ValueError:
            args.seconds = math.nan
        if not 0.01 <= args.seconds <= 1e6:
            parser.error("-i %s: not a number of seconds" % args.interval[0])
        if len(args.interval) > 1:
            if not args.interval[1].isdigit() or not int(args.interval[1]):
                parser.error("-i: %s is no COUNT" % args.interval[1])
            args.count = int(args.interval[1])
    if args.top is not None and args.top < 0:
        parser.error("--top %d: not a number of peers" % args.top)
    if args.top is not None and (args.why or args.json):
        parser.error("--top goes with neither --why nor --json")
    if args.all and not args.why:
        parser.error("-a goes with --why")
    if args.prometheus and (args.why or args.json or args.netns or args.top is not None):
        parser.error("--prometheus goes with none of --json, --netns, --top and --why")
    if not args.prometheus and (args.output is not None or args.offenders is not None):
        parser.error("--output and --offenders go with --prometheus")
    if args.prometheus and args.interval and args.output is None:
        parser.error("--prometheus with -i wants an --output")
    if args.output is not None and not os.path.basename(args.output):
        parser.error("--output '%s': not a file" % args.output)
    if args.offenders is not None and args.offenders < 1:
        parser.error("--offenders %d: not a number of peers" % args.offenders)
    if args.why and args.netns:
        parser.error("--why tells of the namespace it runs in: ip netns exec NAME "
                     "twrstat --why")
    return args


def run():
    # A pipe that is closed and Ctrl-C end it without a word.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    args = arguments()
    files = Files(args.root)
    out = Output()
    try:
        netns = find_netns(files, args.netns) if args.netns else None
        if args.prometheus:
            run_prometheus(args, files)
        elif args.json:
            run_json(args, files, netns)
        elif args.why:
            run_why(args, files, out)
        elif args.top is not None:
            run_top(args, files, netns, out)
        elif args.seconds is not None:
            print_rates(lambda: Sample(files, netns),
                        intervals(args.seconds, args.count), out)
        else:
            print_counters(Sample(files, netns), out)
    except Failure as err:
        exit_with("twrstat", err)
