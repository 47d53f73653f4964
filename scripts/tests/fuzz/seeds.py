#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# seeds.py FOLDER - writes what the fuzzers begin with
#
# A file for each packet in FOLDER/segment, for each course of things in FOLDER/cache
# and FOLDER/engine, and for each capture in FOLDER/pcap, in the forms that segment_fuzz.c,
# cache_fuzz.c, engine_fuzz.c and pcap_fuzz.c read. Kept in seeds/, next to what the fuzzers
# have found.

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
        "3.12", "4.1", "4.4", "4.10", "2.6.9", "2.6.20", "el5")


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
    for name in ("2.6.32.71", "3.10.108", "4.11", "4.12", "2.6.40", "3.", "el8",
                 "3.10.0-1160.el7.x86_64", "2.6.32-754.el6.x86_64", "2.6.18-419.el5",
                 "4.1.12-124.el7uek.x86_64", "3.10.0-1.el7.elrepo", "4.4.0-210-generic",
                 "2.6.32-042stab145.3", "4.11.0-rc8", "4.9.0+", "3.10.0-"):
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


# Steps as engine_fuzz.c numbers them: the upper three bits, above the four-tuple.
SYN_STEP, CHANGE, REARM, TIME, READ, RESET_ALL = 0x00, 0x40, 0x80, 0xa0, 0xe8, 0xe0
# The four-tuple: port, family, peer, local address, namespace.
PORT, V6, PEER, LOCAL, NETNS = 1, 2, 4, 8, 16
# Bits of a SYN, and of what it does to the TIME-WAIT socket that it matches.
DROPPED, COOKIE, REOPENS, REARMS, WITH_FIN, UNTIMED, REROUTED, REPEATED = (
    1 << bit for bit in range(8))
# The TSval, by its distance to that of the stamp.
TS_SAME, TS_NEWER, TS_ONE, TS_TWO, TS_SECOND, TS_LATE = 0, 1, 3, 4, 9, 12
TS_FAR, TS_FARTHER = 13, 14
# A listener that is free, an unknown one, none, and two kinds of broken SYNs.
FREE, UNKNOWN_LISTENER, NO_LISTENER, CHECKSUM, BROKEN = 0, 0xa0, 0xc0, 0xd0, 0xd8
# What becomes of a connection, and how.
OPEN, TO_MINI, TO_BUCKET, LEFT, TORN, LAST_FIN = 0, 0, 1, 2, 3, 0
NO_ROUTE, NO_BUCKET, NO_ROOM, TIMELESS, MAPPED = 1, 2, 3, 8, 16
ENGINE_ERAS = ("4.11", "3.17", "3.14", "3.12", "3.6", "3.3", "2.6.39", "2.6.32", "el6",
               "el7", "3.18", "4.1", "4.4", "4.10")
MS = (4, 128, 200, 300, 500, 700, 1000, 1024, 1100, 2000, 3500, 4096, 7000, 7500, 15000,
      30000, 52500, 58000, 59000, 60000, 61000, 62000, 63000, 64000, 120000, 600000)


def ask(who, ts=TS_SAME, how=0, listener=FREE):
    return bytes([SYN_STEP | who, how, listener, ts])


def change(who, what, how=0, age=0, times=0, ts=TS_SAME):
    return bytes([CHANGE | who, what | age << 2, how, times, ts])


def wait(ms, more=0x60):
    """more: 0 is for a tick more, 0x20 for a tick less."""
    return bytes([TIME, more | MS.index(ms)])


def serve(who, how=0, close=TO_BUCKET, **other):
    """A connection that this side closes first."""
    return (ask(who, TS_NEWER) + change(who, OPEN, how) +
            change(who, close, how & ~TIMELESS, **other))


def lives():
    """Steps of engine_fuzz.c, behind the two bytes that begin its input."""
    held = b"".join(ask(PORT, ts) + change(PORT, 1) for ts in (
        TS_ONE, TS_SAME, TS_TWO, TS_SECOND, TS_LATE, TS_FAR, TS_FARTHER))
    untimed = ask(PORT, how=UNTIMED) + change(PORT, 1)
    yield "held", serve(0) + wait(1000) + held + untimed + wait(58000) + held + \
        wait(1000, 0x20) + held + untimed + wait(4) + held + untimed + wait(4) + held
    yield "v6", serve(V6) + wait(1000) + ask(V6 | PORT, TS_TWO) + wait(59000, 0x20) + ask(
            V6 | PORT, TS_LATE) + change(V6 | PORT, 1) + wait(200) + ask(V6 | PORT, TS_LATE)
    yield "apart", serve(0) + serve(LOCAL | V6) + b"".join(
        ask(who | PORT, TS_LATE) for who in (0, PEER, LOCAL, NETNS, V6, LOCAL | V6)) + \
        bytes([READ])
    # Stamps with an older TSval, and with a second before or after that of the cached one.
    replaced = b""
    for age, waited in ((0, 59000), (0, 61000), (0, 62000), (9, 62000), (8, 61000),
                        (10, 120000)):
        replaced += wait(waited) + serve(PORT, age=age, ts=TS_LATE) + wait(1000)
    yield "replaced", serve(0) + replaced
    for age in 0, 9:
        yield "replaced-%d" % age, serve(0) + wait(60000) + serve(
            PORT, age=age, ts=TS_LATE) + wait(1000) + serve(PEER) + wait(
                61000, 0x20) + serve(PORT | PEER, age=age, ts=TS_LATE) + wait(
                    4) + serve(PEER, age=age, ts=TS_LATE)
    yield "stale", serve(0) + wait(61000) + serve(PORT, age=9, ts=TS_LATE) + wait(
        1000) + ask(PORT, TS_TWO)
    # A TIME-WAIT socket, just before it ends and just after.
    for name, ms in ("short", 700), ("minute", 60000):
        how = NO_ROUTE if name == "minute" else 0
        yield name, serve(0) + serve(PORT) + serve(V6, how) + wait(ms, 0x20) + ask(
            PORT) + ask(V6) + wait(4) + ask(V6, TS_LATE) + ask(PORT, TS_LATE) + change(PORT, 1)
    yield "rearmed", serve(0) + wait(500) + bytes([REARM]) + wait(59000) + ask(
        0, how=REARMS) + wait(60000, 0x20) + ask(0) + wait(4) + ask(0, TS_SECOND)
    yield "reopened", serve(0) + serve(V6) + ask(0, TS_NEWER, REOPENS) + ask(
        V6, TS_LATE, REOPENS) + ask(0) + ask(V6, TS_LATE) + change(0, OPEN) + change(
            V6, OPEN) + change(0, LEFT) + change(V6, TO_BUCKET, ts=TS_NEWER) + ask(V6, TS_LATE)
    yield "reopened-newer", serve(V6) + ask(V6, TS_NEWER, REOPENS) + ask(V6) + change(
        V6, OPEN) + change(V6, TO_BUCKET) + ask(V6, TS_NEWER, REOPENS | WITH_FIN) + ask(V6)
    yield "mini", serve(0, close=TO_MINI) + wait(1000) + ask(0) + change(0, LAST_FIN) + wait(
        700, 0x20) + ask(0) + wait(4) + ask(0, TS_LATE)
    yield "mini-alone", ask(0) + change(0, OPEN, NO_ROUTE) + change(
        0, TO_MINI, NO_ROUTE) + change(0, LAST_FIN) + wait(1000) + ask(0) + ask(PORT, TS_LATE)
    yield "mini-reset", serve(0, close=TO_MINI) + ask(0, how=REOPENS) + ask(0, TS_LATE)
    yield "no-room", serve(0, NO_ROOM) + serve(V6, NO_BUCKET) + ask(0) + ask(V6) + wait(
        700) + ask(0, TS_LATE)
    yield "torn", serve(0) + change(0, 1) + ask(0) + change(0, OPEN) + change(0, TORN) + ask(0)
    # Connections that the simulated kernel never had.
    never = serve(0) + wait(1000)
    for name, close in (("bucket", TO_BUCKET), ("mini", TO_MINI), ("left", LEFT),
                        ("torn", TORN)):
        yield "never-" + name, never + ask(PORT, TS_LATE) + ask(
            PORT, listener=NO_LISTENER) + wait(62000) + serve(0) + ask(
                PORT, TS_LATE) + change(PORT, OPEN) + wait(1000) + change(
                    PORT, close, ts=TS_NEWER) + ask(PORT, TS_LATE) + change(
                        PORT, LAST_FIN, ts=TS_NEWER) + ask(PORT, TS_LATE) + bytes([READ])
        yield "never-%s-2" % name, never + ask(PORT, TS_LATE) + change(
            PORT, OPEN) + change(PORT, close) + wait(2000) + ask(PORT, TS_LATE) + change(
                PORT, LAST_FIN, ts=TS_NEWER)
    yield "never-timeless", never + ask(PORT, TS_LATE, UNTIMED) + change(
        PORT, OPEN, TIMELESS) + change(PORT, TO_BUCKET) + ask(PORT, TS_LATE) + wait(
            30000) + serve(0) + bytes([REARM | PORT]) + wait(59000) + serve(0) + ask(
                PORT, TS_LATE)
    yield "never-opened", never + ask(PORT, TS_LATE) + change(PORT, 1) + change(
        PORT, OPEN) + ask(PORT) + change(PORT, TO_BUCKET, ts=TS_NEWER) + ask(PORT)
    yield "let-in", never + ask(PORT, TS_LATE) + wait(59000) + ask(PORT, TS_LATE) + ask(
        PORT, TS_LATE) + change(PORT, OPEN) + change(PORT, TO_BUCKET, ts=TS_NEWER) + wait(
            1000) + ask(PORT | LOCAL, TS_LATE) + ask(PORT, TS_LATE)
    for name, how, listener in ("cookie", 0, 0x6a), ("route", REROUTED, FREE):
        yield "let-in-" + name, never + ask(PORT, TS_LATE) + ask(
            PORT, TS_LATE, how, listener) + change(PORT, OPEN) + change(PORT, TO_BUCKET)
    # A reset between a connection and the next SYNs.
    yield "reset", never + ask(PORT, TS_LATE) + bytes([READ, RESET_ALL, READ]) + ask(
        PORT, TS_LATE) + ask(0, TS_LATE) + change(PORT, OPEN) + serve(0) + bytes([0xe7]) + ask(
            LOCAL, TS_LATE)
    yield "timeless", ask(0) + change(0, OPEN, TIMELESS) + change(0, TO_BUCKET) + wait(
        30000) + ask(0) + bytes([REARM]) + wait(52500) + ask(0) + wait(7500) + ask(0, TS_LATE)
    yield "dual-stack", serve(0, MAPPED) + wait(1000) + ask(0, TS_LATE) + ask(
        PORT, TS_LATE) + serve(PEER, MAPPED, close=TO_MINI) + change(PEER, LAST_FIN) + wait(
            700, 0x20) + ask(PEER)
    yield "idle", serve(0) + serve(PEER) + wait(600000, 0x20) + ask(0) + wait(4) + bytes(
        [READ]) + serve(PEER, ts=TS_LATE) + wait(600000)
    exempt = b"".join(ask(who, TS_LATE, how, queue) for queue in range(0x60, 0x6b)
                      for who, how in ((LOCAL, 1), (LOCAL | V6, 1)))
    yield "queues", serve(LOCAL) + serve(LOCAL | V6) + wait(1000) + exempt
    yield "exempt", serve(0) + wait(1000) + b"".join(
        ask(PORT, TS_LATE, how | DROPPED, listener)
        for how in (0, WITH_FIN, REROUTED) for listener in (
            FREE, UNKNOWN_LISTENER, NO_LISTENER, CHECKSUM, BROKEN)) + ask(
                PORT, TS_LATE) + ask(PORT, TS_LATE, REROUTED) + ask(PORT) + change(
                    PORT, OPEN) + ask(PORT) + ask(PEER, how=COOKIE) + change(PEER, OPEN)
    yield "fin", serve(0) + serve(PORT) + ask(0, how=WITH_FIN | REOPENS) + ask(0) + ask(
        PORT, how=WITH_FIN | REARMS) + wait(700) + ask(PORT) + ask(PEER, how=WITH_FIN)
    # So many SYNs that the counters of each CPU are allocated.
    yield "many", serve(0) + wait(1000) + bytes(
        [SYN_STEP | PORT, REPEATED | DROPPED, 31, FREE, TS_LATE]) * 10
    # Where the module differs from the model, engine_fuzz.c leaves out how these end.
    yield "cut-short", never + ask(PORT, TS_LATE) + change(PORT, OPEN) + ask(
        PORT, TS_LATE) + wait(64000) + change(PORT, TO_BUCKET, ts=TS_NEWER)
    yield "reopened-full", serve(V6, times=6) + ask(V6, TS_NEWER, REOPENS, 0x64) + ask(V6)
    yield "open-again", serve(0) + change(0, OPEN) + change(0, LEFT) + ask(0)
    # The slots of the death row: timeouts around 4.1 s, and a hand that lags.
    lag = b""
    for rto, ms in enumerate((128, 300, 1024, 4096, 200, 7500, 500, 15000, 128)):
        lag += serve(rto, times=rto) + wait(ms) + ask(rto) + ask(rto & ~1)
    yield "cells", lag + wait(7500) + lag
    # The hand is where the last tick left it. The timer of 7.5 s starts with the first socket.
    yield "hand", serve(0) + serve(PORT, times=3) + wait(1000) + serve(PEER) + wait(
        500) + wait(300) + ask(PEER) + serve(LOCAL, times=4) + wait(4096) + ask(LOCAL)
    late = wait(4096) + serve(PORT, times=6) + wait(7500) + wait(3500) + ask(PORT)
    yield "timer", serve(PEER, times=7) + late + wait(60000) + ask(0) + change(
        0, OPEN, TIMELESS) + change(0, TO_BUCKET) + late
    yield "timer-anew", serve(0, times=6) + ask(0, TS_NEWER, REOPENS) + late + wait(
        60000) + serve(V6) + late
    yield "timer-reset", serve(PEER, times=7) + bytes([RESET_ALL]) + late
    yield "timer-reopened", serve(V6, times=6) + ask(V6, TS_LATE, REOPENS) + late
    yield "timer-mini", ask(0) + change(0, OPEN, TIMELESS) + change(0, TO_MINI) + late
    yield "mini-gone", serve(0, times=7) + wait(4096) + serve(PORT, close=TO_MINI) + wait(
        58000) + ask(PORT)


def engine():
    """All steps for 4.11 and el7; for the other eras those that tell eras apart."""
    apart = ("held", "v6", "apart", "mini-alone", "dual-stack", "reopened",
             "reopened-newer", "queues", "fin", "idle", "timeless")
    cells = ("cells", "hand", "timer", "timer-anew", "timer-reset", "timer-reopened",
             "timer-mini")
    for number, era in [*enumerate(ENGINE_ERAS), (18, "2.6.9"), (20, "el5")]:
        for at, (name, life) in enumerate(lives()):
            if era in ("4.11", "el7") or name in apart or name in cells and era <= "4.1":
                yield "%s-%s" % (name, era), bytes([number, at % 3 | at % 7 << 2]) + life


for kind, seeds in (("segment", segments()), ("cache", courses()), ("pcap", captured()),
                    ("engine", engine())):
    os.makedirs(os.path.join(sys.argv[1], kind), exist_ok=True)
    for name, data in seeds:
        with open(os.path.join(sys.argv[1], kind, name), "wb") as file:
            file.write(data)
