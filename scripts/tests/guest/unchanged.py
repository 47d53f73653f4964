#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# unchanged.py A.pcap B.pcap - compares two plays of a script, packet by packet
#
# All must be the same: the order, the retransmissions, the nanosecond of each packet, and
# every byte of it but these, in which two plays differ without the module too:
#
# - IP identification. A socket draws its first one at random, when it connects
#   or is accepted, and counts from there; packets without a socket have 0. So the
#   difference between the two plays must stay the same until the next SYN.
# - The TSval of this machine and the peer's echo of it. They count milliseconds
#   since boot, and the second play is later: by the same for all packets, and by
#   a multiple of the time that a play waits for (PHASE in
#   scripts/tests/replay/capture.c).
# - The checksums over these, which must be right in both, or wrong in both.
#
# Prints the number of packets.

import struct
import sys

from wire import ones_sum

PHASE_MS = 327680
PEERS = bytes([198, 51, 100]), bytes.fromhex("20010db80001")
SYN = 2


class Different(Exception):
    pass


def same(what, a, b):
    if a != b:
        raise Different("%s is %s, and %s" % (what, a, b))


def packets(file):
    data = open(file, "rb").read()
    magic, *_, linktype = struct.unpack("<IHHiIII", data[:24])
    assert magic == 0xa1b23c4d and linktype == 101, "not a capture of replay"
    at = 24
    while at < len(data):
        s, ns, caplen, length = struct.unpack("<IIII", data[at:at + 16])
        assert caplen == length, "the capture is truncated"
        yield s * 10**9 + ns, data[at + 16:at + 16 + caplen]
        at += 16 + caplen


def timestamps_at(packet, tcp):
    """The offset of the two timestamps, or None."""
    at, end = tcp + 20, tcp + (packet[tcp + 12] >> 4) * 4
    while at < end:
        if packet[at] == 8:
            return at + 2
        if packet[at] == 0:
            break
        at += 1 if packet[at] == 1 else packet[at + 1]
    return None


def number(packet, at, size):
    return int.from_bytes(packet[at:at + size], "big")


class Play:
    def __init__(self):
        self.ids = {}           # connection: difference of the identifications
        self.later = None       # difference of the timestamps

    def compare(self, a, b):
        same("length", len(a), len(b))
        a, b = bytearray(a), bytearray(b)
        if a[0] >> 4 == 4:
            tcp, source, dest, proto = (a[0] & 15) * 4, 12, 16, a[9]
            same("header's checksum right", *(
                ones_sum(p[:tcp]) == 0xffff for p in (a, b)))
        else:
            tcp, source, dest, proto = 40, 8, 24, a[6]
        if proto == 6:
            same("checksum right", *(
                ones_sum(p[source:tcp] + struct.pack(">HH", 6, len(p) - tcp)
                         + p[tcp:]) == 0xffff for p in (a, b)))
            ends = [(bytes(a[source:dest]), number(a, tcp, 2)),
                    (bytes(a[dest:2 * dest - source]), number(a, tcp + 2, 2))]
            ours = not ends[0][0].startswith(PEERS)
            connection = tuple(ends if ours else reversed(ends))
            if a[tcp + 13] & SYN:
                self.ids.pop(connection, None)
            if ours and a[0] >> 4 == 4:
                self.compare_ids(a, b, connection)
            self.compare_timestamps(a, b, tcp, ours)
            b[tcp + 16:tcp + 18] = a[tcp + 16:tcp + 18]
        same("packet", a.hex(), b.hex())

    def compare_ids(self, a, b, connection):
        apart = (number(b, 4, 2) - number(a, 4, 2)) & 0xffff
        if apart:
            same("distance of the identifications",
                 self.ids.setdefault(connection, apart), apart)
            b[4:6], b[10:12] = a[4:6], a[10:12]

    def compare_timestamps(self, a, b, tcp, ours):
        at = timestamps_at(a, tcp)
        if not at:
            return
        at += 0 if ours else 4
        later = (number(b, at, 4) - number(a, at, 4)) & 0xffffffff
        # At first a peer has nothing to echo.
        if not ours and not number(a, at, 4):
            return
        if self.later is None:
            self.later = later
        same("distance of the timestamps", self.later, later)
        same("odd part of their distance", 0, later % PHASE_MS)
        b[at:at + 4] = a[at:at + 4]


def main():
    plays = [list(packets(file)) for file in sys.argv[1:3]]
    play = Play()
    for n, ((ta, a), (tb, b)) in enumerate(zip(*plays), 1):
        try:
            same("time", ta, tb)
            play.compare(a, b)
        except Different as difference:
            sys.exit("packet %d: %s" % (n, difference))
    same("number of packets", *(len(p) for p in plays))
    print(len(plays[0]))


main()
