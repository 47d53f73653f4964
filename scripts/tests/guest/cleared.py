#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# cleared.py - plays the connections of cleared.sh, which describes the test

import socket

from tun import ACK, PATIENCE, RST, SYN, Failures, Peer, Tun, count, listen

PEER = "198.51.100.1"
OLDER, NEWER = 1000, 9100000

tun = Tun("tun0", "192.0.2.1")
failures = Failures()


def dial(port, ts):
    """This machine connects from port 80, and closes first."""
    peer = Peer(tun, PEER, port)
    peer.seq += 5000000
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((tun.address, 80))
        sock.setblocking(False)
        sock.connect_ex((PEER, port))
        peer.receive(SYN)
        peer.send(SYN | ACK, ts)
        peer.receive(ACK)
        sock.settimeout(PATIENCE)
        sock.connect((PEER, port))
        peer.be_closed(ts + 1, sock)


listener = listen()
first = Peer(tun, PEER, 40001)
first.be_closed(9000001, first.connect(9000000, listener))
failures.same("stamps_recorded of the first connection", 1, count("stamps_recorded"))


# How a connection that the simulated kernel rejects ends on the running kernel.
def by_reset_of_request(peer):
    peer.send(SYN, OLDER)
    peer.receive(SYN | ACK)
    peer.send(RST, None)


def by_reset(peer):
    sock = peer.connect(OLDER, listener)
    peer.send(RST | ACK, OLDER + 1)
    sock.close()


def by_abort(peer):
    sock = peer.connect(OLDER, listener)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    sock.close()
    peer.receive(RST | ACK)


def not_at_all(peer):
    pass


ends = not_at_all, by_reset_of_request, by_reset, by_abort
for n, end in enumerate(ends):
    end(Peer(tun, PEER, 40002 + n))
failures.same("syns_rejected", len(ends) - 1, count("syns_rejected"))
listener.close()

for n, end in enumerate(ends):
    before = count("stamps_recorded")
    dial(40002 + n, NEWER + 1000 * n)
    failures.same("stamps_recorded by an active open of a four-tuple whose rejected "
                  "connection ended %s" % end.__name__,
                  1, count("stamps_recorded") - before)
failures.end()
