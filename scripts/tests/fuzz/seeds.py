#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# seeds.py FOLDER - writes what the fuzzers begin with
#
# A file for each packet in FOLDER/segment and for each course of things in
# FOLDER/cache, in the forms that segment_fuzz.c and cache_fuzz.c read. Kept in
# seeds/, next to what the fuzzers have found.

import os
import socket
import struct
import sys

PEER4, LOCAL4 = socket.inet_aton("198.51.100.7"), socket.inet_aton("192.0.2.1")
PEER6, LOCAL6 = (socket.inet_pton(socket.AF_INET6, a)
                 for a in ("2001:db8:1::7", "2001:db8::1"))
FIN, SYN, RST, ACK = 1, 2, 4, 16
TS = bytes([1, 1, 8, 10]) + struct.pack(">II", 1000, 0)
# As a Linux client sends: MSS, SACK permitted, timestamp, window scale.
LINUX = bytes([2, 4, 5, 180, 4, 2]) + TS[2:] + bytes([1, 3, 3, 7])
PADDING = bytes([1, 4, 0, 0, 0, 0])
ADDRESS = socket.inet_aton("203.0.113.1")

# The first byte of a packet's input, beside the family, and the fourth.
UNNECESSARY, COMPLETE, PARTIAL, SET_CHECKSUM = 0x02, 0x04, 0x06, 0x10
SUMMED_WRONG, UNREADABLE, COMES_AGAIN = 0x20, 0x40, 0x80
ONE_OPTION, NONE_UNKNOWN, TWO_WORDS = 0x10, 0x20, 0x30
SEGMENTS, SEGMENTS_UNSIGNED, SEGMENTS_SIGNED = 0x40, 0x80, 0xc0


def tcp(flags=SYN, options=LINUX, doff=None, data=b""):
    doff = 5 + len(options) // 4 if doff is None else doff
    return struct.pack(">HHIIBBHHH", 40000, 80, 1000, 2000, doff << 4, flags,
                       32767, 0, 0) + options + data


def ipv4(payload, options=b"", how=SET_CHECKSUM, layout=b"\xff\xff\0"):
    head = struct.pack(">BBHHHBBH", 0x45 + len(options) // 4, 0,
                       20 + len(options) + len(payload), 0, 0, 64, 6, 0)
    return bytes([how]) + layout + head + PEER4 + LOCAL4 + options + payload


def ipv6(payload, headers=b"", first=6, how=SET_CHECKSUM,
         layout=b"\xff\xff\0"):
    return bytes([how | 1]) + layout + struct.pack(
        ">IHBB", 6 << 28, len(headers) + len(payload), first,
        64) + PEER6 + LOCAL6 + headers + payload


def fragment(following, offset, more):
    return struct.pack(">BBHI", following, 0, offset | more, 7)


def segments():
    in_pieces = {"layout": b"\0\x07\1"}
    yield "syn", ipv4(tcp())
    yield "syn-untimed", ipv4(tcp(options=b""))
    yield "syn-pieces", ipv4(tcp(), **in_pieces)
    yield "syn-bad-checksum", ipv4(tcp(), how=0)
    yield "syn-vouched", ipv4(tcp(), how=UNNECESSARY)
    yield "syn-complete", ipv4(tcp(), how=COMPLETE | SET_CHECKSUM)
    yield "syn-partial", ipv4(tcp(), how=PARTIAL)
    yield "fin-data", ipv4(tcp(FIN | ACK, TS, data=b"x" * 33), **in_pieces)
    yield "rst", ipv4(tcp(RST, b""))
    yield "two-timestamps", ipv4(tcp(options=TS + TS))
    yield "timestamp-after-end", ipv4(tcp(options=b"\0" + TS[1:]))
    yield "timestamp-of-9", ipv4(
        tcp(options=b"\1\1\1\x08\x09" + TS[4:11]))
    yield "option-cut", ipv4(tcp(options=b"\1\1\x08\x0a"))
    yield "option-length-0", ipv4(tcp(options=b"\x08\0\0\0" + TS))
    yield "forty", ipv4(tcp(options=TS + b"\1" * 28))
    yield "doff-4", ipv4(tcp(doff=4))
    yield "doff-15", ipv4(tcp(doff=15))
    yield "bytes-14", ipv4(tcp()[:14])
    yield "bytes-13", ipv4(tcp()[:13])
    yield "udp", ipv4(tcp())[:13] + b"\x11" + ipv4(tcp())[14:]
    yield "route", ipv4(tcp(), b"\x83\x07\x08" + ADDRESS + b"\0")
    yield "route-back", ipv4(tcp(), b"\x83\x07\x08" + PEER4 + b"\0")
    yield "route-two", ipv4(tcp(), b"\x89\x0b\x0c" + PEER4 + ADDRESS + b"\0")
    yield "v6-syn", ipv6(tcp())
    yield "v6-pieces", ipv6(tcp(data=b"odd"), **in_pieces)
    yield "v6-hop-and-destination", ipv6(
        tcp(), bytes([60, 0]) + PADDING + bytes([6, 0]) + PADDING, 0)
    yield "v6-routing", ipv6(tcp(), bytes([6, 0, 0, 0]) + bytes(4), 43)
    yield "v6-authentication", ipv6(tcp(), bytes([6, 2]) + bytes(14), 51,
                                    **in_pieces)
    yield "v6-atomic", ipv6(tcp(), fragment(6, 0, 0), 44)
    yield "v6-first", ipv6(tcp(), fragment(6, 0, 1), 44)
    yield "v6-later", ipv6(tcp(), fragment(6, 8, 0), 44)
    yield "v6-first-and-atomic", ipv6(
        tcp(), fragment(44, 0, 1) + fragment(6, 0, 0), 44)
    allows = {n: b"\xff\xff" + bytes([n]) for n in (
        ONE_OPTION, NONE_UNKNOWN, TWO_WORDS, SEGMENTS, SEGMENTS_UNSIGNED,
        SEGMENTS_SIGNED)}
    option = bytes([6, 0, 0x1e, 4, 1, 2, 3, 4])
    two_options = bytes([6, 0, 0x1e, 0, 0x1e, 0, 1, 0])
    yield "v6-option", ipv6(tcp(), option, 60)
    yield "v6-option-allowed", ipv6(tcp(), option, 60,
                                    layout=allows[ONE_OPTION])
    yield "v6-two-options", ipv6(tcp(), two_options, 60,
                                 layout=allows[ONE_OPTION])
    yield "v6-unknown-option", ipv6(tcp(), option, 60,
                                    layout=allows[NONE_UNKNOWN])
    yield "v6-padding-alone", ipv6(tcp(), bytes([6, 0]) + PADDING, 60,
                                   layout=allows[NONE_UNKNOWN])
    yield "v6-long-options", ipv6(
        tcp(), bytes([6, 2, 0x1e, 20]) + bytes(20), 60,
        layout=allows[TWO_WORDS])
    yield "v6-discard", ipv6(tcp(), bytes([6, 0, 0x5e, 4]) + bytes(4), 60)
    yield "v6-home-address", ipv6(
        tcp(), bytes([6, 2, 1, 2, 0, 0, 0xc9, 16]) + PEER6, 60)
    yield "v6-padding-of-7", ipv6(
        tcp(), bytes([6, 1, 1, 5, 0, 0, 0, 0, 0, 0x1e, 5]) + bytes(5), 60)
    yield "v6-padding-of-8", ipv6(
        tcp(), bytes([6, 1, 1, 6, 0, 0, 0, 0, 0, 0, 0x1e, 4]) + bytes(4), 60)
    yield "v6-padding-set", ipv6(tcp(), bytes([6, 0, 1, 4, 0, 0, 0, 1]), 60)
    yield "v6-hop-later", ipv6(
        tcp(), bytes([0, 0]) + PADDING + bytes([6, 0]) + PADDING, 60)
    yield "v6-segments-left", ipv6(tcp(), bytes([6, 0, 0, 1]) + bytes(4), 43)
    yield "v6-routing-2", ipv6(tcp(), bytes([6, 2, 2, 0, 0, 0, 0, 0]) + PEER6, 43)
    for kind in 3, 4:
        for name, flags in ("", 0), ("-flag", 8):
            routing = bytes([6, 2, kind, 0, 0, flags, 0, 0]) + LOCAL6
            yield "v6-routing-%d%s" % (kind, name), ipv6(tcp(), routing, 43)
            yield "v6-routing-%d%s-on" % (kind, name), ipv6(
                tcp(), routing, 43, layout=allows[SEGMENTS])
            yield "v6-routing-%d%s-unsigned" % (kind, name), ipv6(
                tcp(), routing, 43, layout=allows[SEGMENTS_UNSIGNED])
            yield "v6-routing-%d%s-signed" % (kind, name), ipv6(
                tcp(), routing, 43, layout=allows[SEGMENTS_SIGNED])
    yield "v6-again", ipv6(tcp(), bytes([6, 0, 0, 1]) + bytes(4), 43,
                           how=SET_CHECKSUM | COMES_AGAIN)
    yield "v6-again-fragment", ipv6(
        tcp(), fragment(44, 0, 0) + fragment(6, 0, 0), 44,
        how=SET_CHECKSUM | COMES_AGAIN)
    for headers in 12, 13:
        yield "v6-headers-%d" % headers, ipv6(
            tcp(), (bytes([60, 0]) + PADDING) * (headers - 1) +
            bytes([6, 0]) + PADDING, 60)
    yield "v6-hop-and-12", ipv6(
        tcp(), (bytes([60, 0]) + PADDING) * 12 + bytes([6, 0]) + PADDING, 0)
    for name, make in ("", ipv4), ("v6-", ipv6):
        data = tcp(data=b"odd")
        for how, bits in (("fits", 0), ("wrong", SUMMED_WRONG),
                          ("unread", UNREADABLE),
                          ("unread-wrong", UNREADABLE | SUMMED_WRONG)):
            yield name + "sum-" + how, make(
                data, how=COMPLETE | SET_CHECKSUM | bits,
                layout=b"\0\x07\1")
        yield name + "unread", make(data, how=SET_CHECKSUM | UNREADABLE,
                                    layout=b"\0\x07\1")
    yield "v6-endless", ipv6(b"", bytes([60, 255]) + PADDING, 60)
    yield "v6-none", ipv6(b"", b"", 59)


# What happens, as cache_fuzz.c numbers it.
ASK_UNTIMED, ASK, TEACH, TEACH_LATE, PASS_TIME, RESET = 0, 0x80, 2, 5, 6, 7
GONE = 0x40
REPLACE_FIRST, REPLACE_SECOND = RESET | 1 << 3, RESET | 2 << 3
OPENED, FIN_WAIT2, TIME_WAIT, MINI, CLOSED, ABORTED = range(6)
STAMPED = 0x80
SAME, NEWER, OLDER = 0, 1, 6
ERAS = ("2.6.32", "2.6.39", "3.3", "3.6", "3.14", "3.17", "3.18", "el6", "el7",
        "3.12", "4.1", "4.4", "4.10")


def teach(who, event, stamped=0, ts=SAME):
    return bytes([TEACH, who, event | stamped, ts])


def courses():
    seconds = {n: bytes([PASS_TIME, 0x20 | i]) for i, n in enumerate(
        (0, 1, 2, 30, 58, 59, 60, 61, 62, 120, 598, 599, 600))}

    life = teach(1, OPENED)
    life += teach(1, FIN_WAIT2, STAMPED) + seconds[1]
    life += bytes([ASK, 1, OLDER, ASK_UNTIMED, 1, 0]) + seconds[59]
    life += bytes([ASK, 1, OLDER]) + seconds[600] + bytes([ASK, 1, OLDER])
    life += bytes([TEACH_LATE, 1, FIN_WAIT2 | STAMPED, 0x21, OLDER])
    for i, era in enumerate(ERAS):
        yield "life-" + era, bytes([i, 0x24, 2]) + life

    # More peers than there are places, in an order, and some used again.
    crowd = b"".join(teach(who, TIME_WAIT, STAMPED) + seconds[1]
                     for who in range(9))
    crowd += bytes([ASK, 2, SAME]) + teach(12, CLOSED)
    crowd += bytes([PASS_TIME, 0x20]) + teach(13, MINI, STAMPED)
    crowd += bytes([REPLACE_FIRST]) + teach(1, FIN_WAIT2, STAMPED)
    for era in (0, 3, 8):
        for size in (0, 2, 5):
            yield "crowd-%s-%d" % (ERAS[era], size), bytes(
                [era, 0x60, size]) + crowd
    # Two namespaces share full rows, or a list. One goes: its peers match nobody,
    # also what is still on its way to it, and make room before the other's.
    gone = b"".join(teach(who | (who & 1) << 4, TIME_WAIT, STAMPED)
                    for who in range(12))
    gone += bytes([REPLACE_SECOND, ASK, 0x11, OLDER, ASK | GONE, 0x11, OLDER])
    gone += teach(0x11, ABORTED)
    gone += b"".join(teach(who | 0x10, FIN_WAIT2, STAMPED)
                     for who in range(9))
    gone += bytes([TEACH | GONE, 0x13, TIME_WAIT | STAMPED, SAME,
                   TEACH | GONE, 0x1a, TIME_WAIT | STAMPED, SAME])
    gone += bytes([REPLACE_FIRST]) + teach(0x1b, CLOSED)
    gone += teach(0x1c, MINI) + bytes([RESET, ASK, 1, OLDER]) + teach(1, OPENED)
    for era in (0, 3, 8):
        for size in (0, 2, 9):
            yield "gone-%s-%d" % (ERAS[era], size), bytes(
                [era, 0x60, size]) + gone
    for name in ("2.6.32.71", "3.10.108", "4.11", "4.12", "2.6.40", "3.", "el8"):
        yield "name-" + name, b"\x80" + name.encode() + b"\0\0\0" + life[:8]


# What twr-pcap reads: a connection that the server closes, and two SYNs after it.
CLIENT, SERVER = bytes([198, 51, 100, 7]), bytes([192, 0, 2, 1])


def spoken():
    """Its segments: milliseconds to the one before, is it the client's, port, flags,
    numbers, timestamps."""
    return [(0, 1, 4001, 0x02, 100, 0, (5000, 0)), (1, 0, 4001, 0x12, 900, 101, (7, 5000)),
            (1, 1, 4001, 0x10, 101, 901, (5001, 7)), (9, 0, 4001, 0x11, 901, 101, (8, 5001)),
            (1, 1, 4001, 0x10, 101, 902, (5002, 8)), (2, 1, 4001, 0x11, 101, 902, (5003, 8)),
            (1, 0, 4001, 0x10, 902, 102, (9, 5003)), (50, 1, 4002, 0x02, 100, 0, (900, 0)),
            (1000, 1, 4002, 0x02, 100, 0, (901, 0)), (90, 1, 4001, 0x02, 300, 0, None),
            (1, 0, 4001, 0x14, 0, 301, None)]


def tcp_packet(v6, client, port, flags, seq, ack, stamps):
    options = struct.pack(">BBBBII", 1, 1, 8, 10, *stamps) if stamps else b""
    ports = (port, 80) if client else (80, port)
    tcp = struct.pack(">HHIIBBHHH", *ports, seq, ack, (20 + len(options)) << 2, flags, 512,
                      0, 0) + options
    ends = (CLIENT, SERVER) if client else (SERVER, CLIENT)
    if v6:
        ends = [b"\x20\x01\x0d\xb8" + bytes(8) + end for end in ends]
        return struct.pack(">IHBB", 0x60000000, len(tcp), 6, 64) + ends[0] + ends[1] + tcp
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0) + \
        ends[0] + ends[1] + tcp


def captured():
    """Packets of each link, as pcap_fuzz.c takes them, and text."""
    kinds = {0: b"\x08\0", 1: b"\x86\xdd"}
    for v6 in 0, 1:
        links = [bytes(12) + kinds[v6], bytes(14) + kinds[v6], kinds[v6] + bytes(18), b"",
                 b"\x02\0\0\0", b"\0\0\0\x02",
                 # VLAN in VLAN, for the number of Ethernet again.
                 bytes(12) + b"\x88\xa8\0\1\x81\0\0\2" + kinds[v6]]
        for number, link in enumerate(links):
            seed = bytes([number % 6])
            for past, *rest in spoken():
                packet = link + tcp_packet(v6, *rest)
                seed += struct.pack(">HBB", past, len(packet), len(packet)) + packet
            yield "%s-%d" % ("v6" if v6 else "v4", number), seed
    new, old, shark = [], [], []
    for past, client, port, flags, seq, ack, stamps in spoken():
        ends = ["198.51.100.7.%d" % port, "192.0.2.1.80"]
        ends = ends if client else ends[::-1]
        letters = "".join(letter for bit, letter in ((2, "S"), (1, "F"), (4, "R"))
                          if flags & bit)
        dot = "." if flags & 16 else ""
        new.append("00:00:%02d.%06d IP %s > %s: Flags [%s%s], seq %d, ack %d, win 512, "
                   "options [TS val %d ecr %d], length 0" % (
                       len(new), past, *ends, letters, dot, seq, ack, *(stamps or (0, 0))))
        old.append("%s > %s: %s %d:%d(0) %swin 512 <timestamp %d %d>" % (
            *ends, letters or ".", seq, seq, "ack %d " % ack if dot else "",
            *(stamps or (0, 0))))
        names = ", ".join(name for bit, name in ((2, "SYN"), (1, "FIN"), (4, "RST"), (16, "ACK"))
                          if flags & bit)
        shark.append("%d %d.5 %s \u2192 %s TCP 66 %s \u2192 %s [%s] Seq=%d Ack=%d Win=5 Len=0 "
                     "TSval=%d TSecr=%d" % (
                         len(shark), len(shark), *(end.rpartition(".")[0] for end in ends),
                         *(end.rpartition(".")[2] for end in ends), names, seq, ack,
                         *(stamps or (0, 0))))
    for name, lines in ("tcpdump", new), ("old", old), ("wireshark", shark):
        for part in range(0, len(lines), 4):
            yield "%s-%d" % (name, part), b"\x80" + "\n".join(lines[part:part + 4]).encode()
    yield "verbose", b"\x80" + b"1700000000.5 IP (tos 0x0, ttl 64, proto TCP (6), length 60)\n" \
        b"    198.51.100.7.4001 > 192.0.2.1.80: Flags [S], cksum 0x1 (incorrect -> 0x2), " \
        b"seq 100, win 5, options [mss 1460,TS val 9 ecr 0,nop,wscale 7], length 0\n" \
        b"2026-11-27 23:59:59.999999 IP6 2001:db8::7.4001 > 2001:db8::1.80: Flags [.], ack 1\n"


for kind, seeds in (("segment", segments()), ("cache", courses()), ("pcap", captured())):
    os.makedirs(os.path.join(sys.argv[1], kind), exist_ok=True)
    for name, data in seeds:
        with open(os.path.join(sys.argv[1], kind, name), "wb") as file:
            file.write(data)
