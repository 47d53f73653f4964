# SPDX-License-Identifier: GPL-2.0
#
# packets.py - captures for the tests of twr-pcap: reads them, and writes or prints them
# in the forms of other programs

import gzip
import socket
import struct

RAW, ETHERNET, SLL, SLL2, NULL, LOOP = 101, 1, 113, 276, 0, 108


def read(path):
    """The packets of a pcap file of raw IP, as (microseconds, bytes)."""
    with gzip.open(path) as file:
        data = file.read()
    magic, _, _, _, _, _, link = struct.unpack("<IHHiIII", data[:24])
    assert magic == 0xa1b2c3d4 and link in (12, RAW), path
    at = 24
    packets = []
    while at < len(data):
        second, us, caplen, _ = struct.unpack("<IIII", data[at:at + 16])
        packets.append((second * 1000000 + us, data[at + 16:at + 16 + caplen]))
        at += 16 + caplen
    return packets


def segment(src, dst, sport, dport, flags, seq, ack, ts=None):
    """An IPv4 packet without a checksum, which counts as left to the card."""
    options = bytes([1, 1, 8, 10]) + struct.pack(">II", *ts) if ts else b""
    tcp = struct.pack(">HHIIBBHHH", sport, dport, seq, ack, (20 + len(options)) // 4 << 4,
                      flags, 65535, 0, 0) + options
    addresses = socket.inet_aton(src) + socket.inet_aton(dst)
    total = sum(struct.unpack(">6H", addresses + struct.pack(">HH", 6, len(tcp))))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    tcp = tcp[:16] + struct.pack(">H", total) + tcp[18:]
    return struct.pack(">BBHIBBH", 0x45, 0, 20 + len(tcp), 0, 64, 6, 0) + addresses + tcp


def crowd(peers, servers=("192.0.2.1",)):
    """Each peer has a connection that the server closes, and then comes with an older
    timestamp and without one, as (microseconds, bytes)."""
    packets = []
    now = 1700000000 * 1000000

    def say(peer, server, out, port, flags, seq, ack, ts):
        nonlocal now
        now += 10
        ends = (server, peer, 80, port) if out else (peer, server, port, 80)
        packets.append((now, segment(*ends, flags, seq, ack, ts)))

    for number in range(peers):
        peer = "10.%d.%d.%d" % (number >> 16 & 255, number >> 8 & 255, number & 255)
        server = servers[number % len(servers)]
        for out, flags, seq, ack, ts in (
                (0, 2, 100, 0, (5000000, 0)), (1, 18, 900, 101, (7, 5000000)),
                (0, 16, 101, 901, (5000001, 7)), (1, 17, 901, 101, (8, 5000001)),
                (0, 17, 101, 902, (5000002, 8)), (1, 16, 902, 102, (9, 5000002))):
            say(peer, server, out, 4001, flags, seq, ack, ts)
    # The SYNs of 4002 come again, as those that nobody answered do.
    for port, ts in (4002, (900, 0)), (4003, None), (4002, (1900, 0)):
        now += 2000000
        for number in range(peers):
            peer = "10.%d.%d.%d" % (number >> 16 & 255, number >> 8 & 255, number & 255)
            server = servers[number % len(servers)]
            say(peer, server, 0, port, 2, port, 0, ts)
            if number % 3:
                say(peer, server, 1, port, 18, 900, port + 1, ts and (9, ts[0]))
    return packets


def ether_type(packet):
    return 0x86dd if packet[0] >> 4 == 6 else 0x0800


def framed(packet, link, tags=()):
    """A packet with the header of a link; tags are those of VLANs, the outer one first."""
    kind = struct.pack(">H", ether_type(packet))
    for tag in reversed(tags):
        kind = struct.pack(">HH", tag, 7) + kind
    if link == ETHERNET:
        return bytes(12) + kind + packet
    if link == SLL:
        return bytes(14) + kind + packet
    if link == SLL2:
        return kind + bytes(18) + packet
    if link in (NULL, LOOP):
        return struct.pack("<I" if link == NULL else ">I",
                           10 if packet[0] >> 4 == 6 else 2) + packet
    return packet


def pcap(packets, link=RAW, order="<", nano=False, snaplen=262144, tags=()):
    out = [struct.pack(order + "IHHiIII", 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4, 0, 0,
                       snaplen, link)]
    for us, packet in packets:
        frame = framed(packet, link, tags)
        part = us % 1000000 * (1000 if nano else 1)
        out.append(struct.pack(order + "IIII", us // 1000000, part, len(frame[:snaplen]),
                               len(frame)) + frame[:snaplen])
    return b"".join(out)


def block(kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def pcapng(packets, link=ETHERNET, nano=False):
    options = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0) if nano else b""
    out = [block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack("<HHI", link, 0, 0) + options)]
    for us, packet in packets:
        frame = framed(packet, link)
        when = us * (1000 if nano else 1)
        out.append(block(6, struct.pack("<IIIII", 0, when >> 32, when & 0xffffffff,
                                        len(frame), len(frame)) + frame))
    return b"".join(out)


class Segment:
    """The fields of a packet, to be printed."""

    def __init__(self, packet):
        self.v6 = packet[0] >> 4 == 6
        if self.v6:
            self.src, self.dst = (socket.inet_ntop(socket.AF_INET6, packet[at:at + 16])
                                  for at in (8, 24))
            tcp = packet[40:40 + struct.unpack(">H", packet[4:6])[0]]
        else:
            self.src, self.dst = (socket.inet_ntop(socket.AF_INET, packet[at:at + 4])
                                  for at in (12, 16))
            tcp = packet[(packet[0] & 15) * 4:struct.unpack(">H", packet[2:4])[0]]
        (self.sport, self.dport, self.seq, self.ack, offset, self.flags,
         self.window) = struct.unpack(">HHIIBBH", tcp[:16])
        self.len = len(tcp) - (offset >> 4) * 4
        self.ts = None
        self.scale = None
        options = tcp[20:(offset >> 4) * 4]
        while options:
            if options[0] < 2:
                options = options[1:]
                continue
            if options[0] == 8:
                self.ts = struct.unpack(">II", options[2:10])
            elif options[0] == 3:
                self.scale = options[2]
            options = options[options[1]:]

    def letters(self):
        return "".join(letter for bit, letter in ((2, "S"), (1, "F"), (4, "R"), (8, "P"))
                       if self.flags & bit)

    def old(self):
        """The line that tcpdump 3.9 printed, without the time."""
        line = "IP%s %s.%d > %s.%d: %s" % ("6" if self.v6 else "", self.src, self.sport,
                                           self.dst, self.dport, self.letters() or ".")
        if self.len or self.flags & 7:
            line += " %d:%d(%d)" % (self.seq, (self.seq + self.len) % 2 ** 32, self.len)
        if self.flags & 16:
            line += " ack %d" % self.ack
        line += " win %d" % self.window
        options = []
        if self.flags & 2:
            options += ["mss 1460", "sackOK"]
        if self.ts:
            options += ["timestamp %d %d" % self.ts]
        if self.scale is not None:
            options += ["nop", "wscale %d" % self.scale]
        return line + (" <%s>" % ",".join(options) if options else "")

    def wireshark(self, number, seconds, isn, arrow="\u2192"):
        """The line that tshark prints; isn has the first sequence number of each end."""
        names = [name for bit, name in ((2, "SYN"), (1, "FIN"), (4, "RST"), (8, "PSH"),
                                        (16, "ACK")) if self.flags & bit]
        here, there = (self.src, self.sport), (self.dst, self.dport)
        if self.flags & 2:
            isn[here, there] = self.seq
        seq = (self.seq - isn.get((here, there), self.seq)) % 2 ** 32
        line = "%5d %11.6f %s %s %s TCP %d %d %s %d [%s] Seq=%d" % (
            number, seconds, self.src, arrow, self.dst, self.len + 66, self.sport, arrow,
            self.dport, ", ".join(names), seq)
        if self.flags & 16:
            line += " Ack=%d" % ((self.ack - isn.get((there, here), self.ack)) % 2 ** 32)
        line += " Win=%d Len=%d" % (self.window, self.len)
        if self.flags & 2:
            line += " MSS=1460"
        if self.ts:
            line += " TSval=%d TSecr=%d" % self.ts
        return line
