#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# probe.py - looks for tcp_tw_recycle from outside, as users did
#
# probe.py serve: an HTTP server that answers HEAD and closes first.
#
# probe.py: a HEAD, and then SYNs with a small TSval from the same address. A server with
# tcp_tw_recycle on, which has the stamp of that close, answers none of the SYNs. With
# the module loaded all are answered, and each must count as rejected.
#
# probe.sh runs both, in network namespaces of their own. The probe's address is on lo.
# Where it is removed after the HEAD, nothing answers a SYN-ACK with a RST, as if the
# RSTs were lost.

import contextlib
import os
import select
import socket
import struct
import subprocess
import sys
import time

from wire import ones_sum

SYS = "/sys/kernel/tw_recycle_sim/"
COUNTERS = ["syns_seen", "syns_checked", "syns_rejected",
            "syns_rejected_older", "syns_rejected_untimed"] + [
    "exempt/" + name for name in sorted(os.listdir(SYS + "exempt"))]
SERVER = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
PROBE = {socket.AF_INET: "198.51.100.7", socket.AF_INET6: "2001:db8:1::7"}
SYN, ACK = 0x02, 0x10
ETH_P_ALL = 3
SYNS = 10
PATIENCE = 120          # seconds, for what usually comes at once

failed = 0
port = 10000            # below the ports that the kernel gives to the HEADs


def serve():
    listeners = [socket.create_server((address, 80), family=family,
                                      backlog=4096)
                 for family, address in SERVER.items()]
    print("ready", flush=True)
    while True:
        for listener in select.select(listeners, [], [])[0]:
            with listener.accept()[0] as connection:
                request = b""
                while not request.endswith(b"\r\n\r\n"):
                    request += connection.recv(4096) or b"\r\n\r\n"
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                                   b"Connection: close\r\n\r\n")


def count(name):
    with open(SYS + name) as file:
        return int(file.read())


def counters():
    return {name: count(name) for name in COUNTERS}


def wait_until(true):
    end = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < end:
        time.sleep(0.01)


def head(family):
    """Sends a HEAD, which leaves a stamp, because the server closes first."""
    recorded = count("stamps_recorded")
    with socket.create_connection((SERVER[family], 80), PATIENCE,
                                  (PROBE[family], 0)) as connection:
        connection.sendall(b"HEAD / HTTP/1.1\r\nHost: server\r\n"
                           b"Connection: close\r\n\r\n")
        answer = b""
        while more := connection.recv(4096):
            answer += more
    if not answer.startswith(b"HTTP/1.1 200"):
        sys.exit("probe: the server answered %r" % answer)
    wait_until(lambda: count("stamps_recorded") > recorded)


def syn(family, sport, tsval):
    """A packet with a SYN; tsval None: without a timestamp."""
    src, dst = (socket.inet_pton(family, where[family])
                for where in (PROBE, SERVER))
    options = bytes([2, 4, 5, 180])
    if tsval is not None:
        options += struct.pack(">BBBBII", 1, 1, 8, 10, tsval, 0)
    segment = struct.pack(">HHIIBBHHH", sport, 80, 1000, 0,
                          5 + len(options) // 4 << 4, SYN, 32767, 0, 0)
    segment += options
    total = ones_sum(src + dst + struct.pack(">HH", 6, len(segment)) + segment)
    segment = segment[:16] + struct.pack(">H", ~total & 0xffff) + segment[18:]
    if family == socket.AF_INET:
        # The kernel fills in length and checksum.
        return struct.pack(">BBHHHBBH", 0x45, 0, 0, 0, 0, 64, 6,
                           0) + src + dst + segment
    return struct.pack(">IHBB", 6 << 28, len(segment), 6,
                       64) + src + dst + segment


def synack_port(packet):
    """The port that a SYN-ACK is for, None for any other packet."""
    if packet[0] >> 4 == 4:
        protocol, segment = packet[9], packet[(packet[0] & 15) * 4:]
    else:
        protocol, segment = packet[6], packet[40:]
    if protocol == socket.IPPROTO_TCP and segment[13] == SYN | ACK:
        return struct.unpack(">H", segment[2:4])[0]
    return None


def answered(wire, ports):
    """The ports that a SYN-ACK comes for."""
    came = set()
    end = time.monotonic() + PATIENCE
    while came != ports and time.monotonic() < end:
        if select.select([wire], [], [], 0.1)[0]:
            came.add(synack_port(wire.recv(65536)))
            came &= ports
    return came


@contextlib.contextmanager
def no_resets(family):
    address = {socket.AF_INET: [PROBE[family] + "/32"],
               socket.AF_INET6: [PROBE[family] + "/128", "nodad"]}[family]
    subprocess.run(["ip", "addr", "del", "dev", "lo"] + address, check=True)
    yield
    subprocess.run(["ip", "addr", "add", "dev", "lo"] + address, check=True)


def probe(family, name, tsvals, want, resets=True, same=False):
    """Sends SYNs from different ports, or all from the same; the counters grow by want.
   """
    global failed, port
    name = "IPv%d %s" % (4 if family == socket.AF_INET else 6, name)
    head(family)
    # The clock of this host, which has no offset: newer than all that it has sent.
    now = time.monotonic_ns() // 1000000
    ports = []
    for _ in tsvals:
        port += not (same and ports)
        ports.append(port)
    with no_resets(family) if not resets else contextlib.nullcontext(), \
            socket.socket(family, socket.SOCK_RAW,
                          socket.IPPROTO_RAW) as raw, \
            socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                          socket.htons(ETH_P_ALL)) as wire:
        wire.bind(("probe", ETH_P_ALL))
        before = counters()
        for sport, tsval in zip(ports, tsvals):
            raw.sendto(syn(family, sport, tsval and tsval(now)),
                       (SERVER[family], 0))
        wait_until(lambda: count("syns_seen") - before["syns_seen"] >= SYNS)
        came = answered(wire, set(ports))
        after = counters()
    moved = {k: after[k] - before[k] for k in COUNTERS if after[k] != before[k]}
    if moved != want:
        print("probe: %s: the counters grew by %s, not by %s" % (name, moved, want))
        failed += 1
    if came != set(ports):
        print("probe: %s: of %d ports only %d got a SYN-ACK" %
              (name, len(set(ports)), len(came)))
        failed += 1


def main():
    # A client that sends its SYN again has a later TSval each time.
    older = [lambda now, i=i: 1 + i for i in range(SYNS)]
    newer = [lambda now, i=i: now + 1000 + i for i in range(SYNS)]
    untimed = [None] * SYNS
    passed = {"syns_seen": SYNS, "syns_checked": SYNS}
    too_old = {**passed, "syns_rejected": SYNS, "syns_rejected_older": SYNS}
    no_time = {**passed, "syns_rejected": SYNS, "syns_rejected_untimed": SYNS}
    # The old kernel dropped the first SYN, so it left no request, and the next one met
    # none. A SYN that the old kernel accepted left a request.
    pending = {"syns_seen": SYNS, "syns_checked": 1,
               "exempt/request_pending": SYNS - 1}
    for family in (socket.AF_INET, socket.AF_INET6):
        for name, tsvals, want, again in (
                ("older", older, too_old, too_old),
                ("without a timestamp", untimed, no_time, no_time),
                ("newer", newer, passed, pending)):
            probe(family, name, tsvals, want)
            probe(family, name + ", no RST", tsvals, want, resets=False)
            probe(family, name + ", one SYN again and again", tsvals, again,
                  resets=False, same=True)
    sys.exit(failed != 0)


if sys.argv[1:] == ["serve"]:
    serve()
main()
