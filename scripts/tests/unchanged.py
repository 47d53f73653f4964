#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# unchanged.py FILE.pcap - packets of a capture, a line each, without what
# differs from run to run
#
# Two plays of the same script give the same lines. Every byte is in them, but:
# sequence numbers of this machine's count from the first of their connection,
# its clock's timestamps are shown as T, its IP identification and flow labels
# are left out, ports that it chose go by the order of their appearance, and
# checksums are verified instead of shown. Lines stand by connection, and what
# is sent again counts once: when that falls between others is chance.

import struct
import sys

from wire import ones_sum

MACHINE = {bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]),
           bytes.fromhex("20010db8000000000000000000000001"),
           bytes.fromhex("20010db8000000000000000000000002")}
M = 0xffffffff
COOKED = 16             # what tcpdump -y LINUX_SLL puts before a packet


def intact(data):
    return ones_sum(data) == 0xffff


def options(raw):
    at = 0
    while at < len(raw):
        if raw[at] in (0, 1):
            yield raw[at], raw[at:at + 1]
            at += 1
        else:
            size = raw[at + 1] if at + 1 < len(raw) else 0
            if size < 2 or at + size > len(raw):
                yield -1, raw[at:]
                return
            yield raw[at], raw[at:at + size]
            at += size


class Connection:
    def __init__(self):
        self.isn = None
        self.lines = {}

    def seq(self, value):
        """A sequence number of the machine's."""
        if self.isn is None:
            self.isn = value
        return (value - self.isn) & M


def ports_name(chosen, port):
    # 80 and 81 are the script's, and so are all of the peers'.
    if port < 1024:
        return port
    return "p%d" % chosen.setdefault(port, len(chosen))


def main():
    data = open(sys.argv[1], "rb").read()
    at = 24
    connections, chosen, everyone = {}, {}, []
    while at + 16 <= len(data):
        caplen, length = struct.unpack("<II", data[at + 8:at + 16])
        packet = data[at + 16 + COOKED:at + 16 + caplen]
        at += 16 + caplen
        assert caplen == length, "the capture is cut"
        if packet[0] >> 4 == 4:
            hlen = (packet[0] & 15) * 4
            src, dst, proto = packet[12:16], packet[16:20], packet[9]
            shown = packet[0:4] + packet[6:10]
            good = intact(packet[:hlen])
        else:
            hlen = 40
            src, dst, proto = packet[8:24], packet[24:40], packet[6]
            # The flow label is drawn from a secret.
            shown = packet[0:1] + packet[4:8]
            good = True
        if proto != 6:
            continue
        segment = packet[hlen:]
        good &= intact(src + dst + struct.pack(">HH", 6, len(segment))
                         + segment)
        sport, dport, seq, ack = struct.unpack(">HHII", segment[:12])
        doff, flags = segment[12] >> 4, segment[13]
        out = src in MACHINE
        key = (src, sport, dst, dport) if out else (dst, dport, src, sport)
        if flags & 2 and (out == (not flags & 16)):
            connections.pop(key, None)
        if key not in connections:
            connections[key] = Connection()
            everyone.append(connections[key])
        conn = connections[key]
        words = []
        for kind, raw in options(segment[20:doff * 4]):
            if kind == 8:
                tsval, tsecr = struct.unpack(">II", raw[2:10])
                words.append("ts T %d" % tsecr if out else "ts %d T" % tsval)
            else:
                words.append(raw.hex())
        line = " ".join(str(field) for field in (
            shown.hex(), src.hex(), dst.hex(),
            ports_name(chosen, sport) if out else sport,
            dport if out else ports_name(chosen, dport),
            conn.seq(seq) if out and not flags & 4 else seq if not out else "",
            (ack if out else conn.seq(ack)) if flags & 16 else "-",
            segment[12:16].hex(), segment[18:20].hex(), *words,
            segment[doff * 4:].hex(), "" if good else "bad checksum"))
        conn.lines[line] = None
    for conn in everyone:
        print(*conn.lines, sep="\n")


main()
