#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# device.py - plays the connections of device.sh, which describes the test

import socket
import time

from tun import ACK, FIN, SYN, Failures, Peer, Tun, count, listen

TIME_WAIT_PROC = "06"   # in /proc/net/tcp, also of sockets in FIN-WAIT-2 that have no full socket

tuns = [Tun("tun0", "192.0.2.1", 1), Tun("tun1", "192.0.2.2", 2)]
listeners = [listen(tun.name) for tun in tuns]
failures = Failures()

for n, tun in enumerate(tuns):
    # The connection of each round comes by the first device, to which the socket is
    # bound.
    address = "198.51.100.%d" % (n + 1)
    peer = Peer(tuns[0], address, 40001)
    sock = peer.connect(9000000, listeners[0])
    sock.shutdown(socket.SHUT_WR)
    peer.receive(FIN | ACK)
    peer.send(ACK, 9000001)
    time.sleep(0.01)
    sock.close()            # no packet shows this

    before = count("syns_rejected")
    # Sent to the same address, because the old kernel's cache also depends on it.
    Peer(tun, address, 40002, local=tuns[0].address).send(SYN, 1000)
    failures.same("syns_checked", 2 * (n + 1), count("syns_checked"))
    failures.same("syns_rejected of a SYN by %s, after a connection by tun0 that was "
                  "closed unseen" % tun.name, 1, count("syns_rejected") - before)
failures.end()
