#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# unanswered.py - plays the SYNs of unanswered.sh, which describes the test

from tun import ACK, RST, SYN, Failures, Peer, Tun, count, listen, wait_until

UNANSWERED = "/sys/kernel/debug/tw_recycle_sim/unanswered"
SERVED, UNSERVED = "198.51.100.1", "198.51.100.2"

tun = Tun("tun0", "192.0.2.1")
failures = Failures()


def sysctl(name, value):
    with open("/proc/sys/net/ipv4/" + name, "w") as file:
        file.write(str(value))


def dropped():
    """SYNs that listeners of this machine dropped (TcpExtListenDrops)."""
    with open("/proc/net/netstat") as file:
        names, values = file.readline().split(), file.readline().split()
    return int(values[names.index("ListenDrops")])


def send_syn(peer, ts, answer):
    """Sends the next SYN of a peer, which stays the same, and waits for its answer."""
    seq, before = peer.seq, dropped()
    peer.send(SYN, ts)
    peer.seq = seq
    if answer:
        peer.receive(answer)
    else:
        wait_until("a dropped SYN", lambda: dropped() > before)


def expect(what, wanted):
    failures.same("syns_unanswered after " + what, wanted, count("syns_unanswered"))


listener = listen()
peer = Peer(tun, SERVED, 40001)
for _ in range(3):
    send_syn(peer, 1000, SYN | ACK)
expect("three SYNs that found a request", 0)

peer = Peer(tun, SERVED, 40002, local_port=81)
for _ in range(3):
    send_syn(peer, 1000, RST | ACK)
expect("three SYNs where nobody listens", 0)

sysctl("tcp_syncookies", 2)
peer = Peer(tun, SERVED, 40003)
for _ in range(3):
    send_syn(peer, 1000, SYN | ACK)
expect("three SYNs that got a cookie", 0)
sysctl("tcp_syncookies", 1)

# Otherwise a TIME-WAIT socket answers only two SYNs per second.
sysctl("tcp_invalid_ratelimit", 0)
peer = Peer(tun, SERVED, 40004)
peer.be_closed(9000001, peer.connect(9000000, listener))
for _ in range(3):
    send_syn(peer, 1000, ACK)
expect("three SYNs that a TIME-WAIT socket answered", 0)

# The queue of a listener holds one connection more than its backlog.
full = listen(port=82)
full.listen(0)
waiting = Peer(tun, SERVED, 40005, local_port=82)
send_syn(waiting, 1000, SYN | ACK)
waiting.seq += 1
waiting.send(ACK, 1000)
peer = Peer(tun, UNSERVED, 40006, local_port=82)
for _ in range(3):
    send_syn(peer, 1000, 0)
expect("three SYNs that were dropped", 2)

# The program accepts, so the next SYN is answered. It tells that the one before was not.
full.accept()
send_syn(peer, 1000, SYN | ACK)
send_syn(peer, 1000, SYN | ACK)
expect("two more that were answered", 3)

# As the documentation says: a request that a reset ended leaves nothing to be seen.
peer = Peer(tun, SERVED, 40007)
send_syn(peer, 1000, SYN | ACK)
peer.seq += 1
peer.send(RST, None)
peer.seq -= 1
send_syn(peer, 1000, SYN | ACK)
expect("a SYN whose request was reset", 4)

with open(UNANSWERED) as file:
    lines = [line.split() for line in file]
failures.same("the peers of the file unanswered", [[UNSERVED, "3", "0"], [SERVED, "1", "0"]],
              [line[1:4] for line in lines[1:]])
print("3 SYNs that were dropped, and of those that were answered only the one of a reset request")
failures.end()
