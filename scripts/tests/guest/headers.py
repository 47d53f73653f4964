#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# headers.py - writes SYNs behind IPv6 extension headers to a TUN device
#
# The running kernel shows what it makes of each: TCP answers, or there is an ICMPv6
# error, or nothing. syns_seen must grow by one where TCP answers, and must not change
# otherwise. headers.sh runs this program.

import fcntl
import os
import select
import socket
import struct
import subprocess
import sys
import time

from wire import ones_sum

SYS = "/sys/kernel/tw_recycle_sim/"
LOCAL, NEXT, PEER = "2001:db8::1", "2001:db8::2", "2001:db8:1::7"
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000
HOP, TCP, ROUTING, FRAGMENT, AH, ICMPV6, NONE, DEST = (
    0, 6, 43, 44, 51, 58, 59, 60)
PATIENCE = 60           # seconds, for what usually comes at once
ANSWERED, ERROR, NOTHING = "TCP", "an ICMPv6 error", "nothing"

port = 10000
echoes = 0


def address(text):
    return socket.inet_pton(socket.AF_INET6, text)


def summed(protocol, to, payload):
    """The checksum of the payload, whose checksum field is 0."""
    return ones_sum(address(PEER) + address(to) + struct.pack(
        ">II", len(payload), protocol) + payload) ^ 0xffff


def ipv6(first, payload, to=LOCAL):
    return struct.pack(">IHBB", 6 << 28, len(payload), first,
                       64) + address(PEER) + address(to) + payload


def syn(to=LOCAL):
    segment = struct.pack(">HHIIBBHHH", port, 80, 1000, 0, 8 << 4, 2, 32767,
                          0, 0) + bytes([1, 1, 8, 10]) + struct.pack(
                              ">II", 1000, 0)
    return segment[:16] + struct.pack(">H", summed(TCP, to, segment)) + segment[18:]


def count(name):
    with open(SYS + name) as file:
        return int(file.read())


def sysctl(name, value):
    path = "/proc/sys/" + name
    with open(path) as file:
        was = file.read().strip()
    with open(path, "w") as file:
        file.write(str(value))
    return was


def options(tlvs, following=TCP):
    """A header of options; the caller adds the padding."""
    assert len(tlvs) % 8 == 6
    return bytes([following, len(tlvs) // 8]) + tlvs


def routing(kind, left, data=bytes(20), following=TCP):
    return bytes([following, (4 + len(data)) // 8 - 1, kind, left]) + data


def segments(left, to, flags=0, following=TCP):
    """A segment routing header with two segments."""
    return routing(4, left, bytes([1, flags, 0, 0]) + address(LOCAL) +
                   address(to), following)


def fragment(offset, more, following=TCP, number=7):
    return struct.pack(">BBHI", following, 0, offset | more, number)


def exchange(tun, packets):
    """Returns what the kernel answered to these packets."""
    global echoes
    echoes += 1
    echo = struct.pack(">BBHHH", 128, 0, 0, 1, echoes)
    echo = echo[:2] + struct.pack(">H", summed(ICMPV6, LOCAL, echo)) + echo[4:]
    # The kernel answers the echo last, because it handles packets in order: only one
    # processor takes packets from the device.
    for packet in packets + [ipv6(ICMPV6, echo)]:
        os.write(tun, packet)

    answer, end = NOTHING, time.monotonic() + PATIENCE
    while True:
        if not select.select([tun], [], [], end - time.monotonic())[0]:
            raise TimeoutError("no answer to an echo")
        packet = os.read(tun, 65536)
        if packet[0] >> 4 != 6:
            continue
        if packet[6] == ICMPV6 and packet[40] == 129 and packet[
                46:48] == struct.pack(">H", echoes):
            return answer
        if packet[6] == ICMPV6 and packet[40] < 128:
            answer = ERROR
        elif packet[6] == TCP and packet[42:44] == struct.pack(
                ">H", port) and packet[53] & 0x12 == 0x12:
            answer = ANSWERED


PAD = bytes([1, 4, 0, 0, 0, 0])
IGNORED = bytes([0x1e, 4, 1, 2, 3, 4])


def chain(headers):
    """A chain of headers of destination options."""
    return (options(PAD, DEST) * (headers - 1)) + options(PAD)


# Name, first header, headers, and the answer, or None where kernels differ.
CASES = [
    ("no header", TCP, b"", ANSWERED),
    ("hop-by-hop", HOP, options(PAD), ANSWERED),
    ("hop-by-hop twice", HOP, options(PAD, HOP) + options(PAD), ERROR),
    ("hop-by-hop behind options", DEST, options(PAD, HOP) + options(PAD),
     ERROR),
    ("destination options", DEST, options(IGNORED), ANSWERED),
    ("destination options twice", DEST, options(PAD, DEST) + options(IGNORED),
     ANSWERED),
    ("hop-by-hop, then options", HOP, options(PAD, DEST) + options(IGNORED),
     ANSWERED),
    ("unknown option, to be dropped", DEST, options(b"\x5e\4\0\0\0\0"),
     NOTHING),
    ("unknown option, to be answered", DEST, options(b"\x9e\4\0\0\0\0"),
     ERROR),
    ("unknown option, to be answered to one", DEST,
     options(b"\xde\4\0\0\0\0"), ERROR),
    ("home address that nobody agreed to", DEST,
     options(b"\1\2\0\0\xc9\x10" + address(PEER)), None),
    ("seven of padding", DEST, options(b"\1\5" + bytes(5) + b"\x1e\5" + bytes(5)),
     ANSWERED),
    ("eight of padding", DEST, options(b"\1\6" + bytes(6) + b"\x1e\4" + bytes(4)),
     NOTHING),
    ("eight bytes of Pad1", DEST, options(bytes(8) + b"\x1e\4" + bytes(4)),
     NOTHING),
    ("padding that is not zero", DEST, options(b"\1\4\0\0\0\1"), NOTHING),
    ("option behind its header", DEST, options(b"\x1e\5\0\0\0\0"), NOTHING),
    ("header behind the packet", DEST, b"\6\xff" + PAD, NOTHING),
    ("eight options", DEST, options(b"\x1e\0" * 8 + PAD), ANSWERED),
    ("nine options", DEST, options(b"\x1e\0" * 9 + b"\1\2\0\0"), NOTHING),
    ("routing type 0, at its end", ROUTING, routing(0, 0), ANSWERED),
    ("routing type 0, a segment left", ROUTING, routing(0, 1), ERROR),
    ("routing type 2, at its end", ROUTING, routing(2, 0), None),
    ("routing type 2, a segment left", ROUTING,
     routing(2, 1, bytes(4) + address(LOCAL)), None),
    ("routing type 3, not enabled", ROUTING, routing(3, 0), NOTHING),
    ("segment routing, not enabled", ROUTING, segments(0, NEXT), NOTHING),
    ("unknown routing type, at its end", ROUTING, routing(200, 0), ANSWERED),
    ("unknown routing type, a segment left", ROUTING, routing(200, 1), ERROR),
    ("authentication that nobody agreed to", AH,
     bytes([TCP, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]) + bytes(12), None),
    ("atomic fragment", FRAGMENT, fragment(0, 0), ANSWERED),
    ("atomic fragment twice", FRAGMENT, fragment(0, 0, FRAGMENT) +
     fragment(0, 0), ERROR),
    ("no next header", NONE, b"", NOTHING),
    ("twelve headers", DEST, chain(12), ANSWERED),
    ("thirteen headers", DEST, chain(13), None),
    ("hop-by-hop and twelve headers", HOP, options(PAD, DEST) + chain(12),
     None),
]


def try_one(tun, name, packets, wanted):
    global port
    port += 1
    before = count("syns_seen")
    answer = exchange(tun, packets())
    seen = count("syns_seen") - before
    if seen != (answer == ANSWERED) or wanted not in (None, answer):
        print("%s: %s answers%s, counted %d times" % (
            name, answer, "" if wanted in (None, answer) else
            " and not " + wanted, seen))
        return 1
    return 0


def main():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH14x", b"tun0",
                                            IFF_TUN | IFF_NO_PI))
    for command in ("link set lo up", "link set tun0 up",
                    "addr add %s/64 dev tun0 nodad" % LOCAL,
                    "route add %s/64 dev tun0" % PEER):
        subprocess.run(["ip", "-6"] + command.split(), check=True)
    # Send an error for each packet, however fast they come.
    sysctl("net/ipv6/icmp/ratelimit", 0)
    listener = socket.create_server(("::", 80), family=socket.AF_INET6,
                                    backlog=4096)

    failed = 0
    for name, first, headers, wanted in CASES:
        failed += try_one(tun, name,
                          lambda: [ipv6(first, headers + syn())], wanted)
    failed += try_one(tun, "a SYN in two fragments", lambda: [
        ipv6(FRAGMENT, fragment(0, 1, number=9) + syn()[:24]),
        ipv6(FRAGMENT, fragment(24, 0, number=9) + syn()[24:])], ANSWERED)

    was = sysctl("net/ipv6/max_dst_opts_number", -8)
    failed += try_one(tun, "no unknown option allowed", lambda: [
        ipv6(DEST, options(IGNORED) + syn())], NOTHING)
    failed += try_one(tun, "padding where no unknown option is allowed",
                      lambda: [ipv6(DEST, options(PAD) + syn())], ANSWERED)
    sysctl("net/ipv6/max_dst_opts_number", 0)
    failed += try_one(tun, "no option allowed", lambda: [
        ipv6(DEST, options(IGNORED) + syn())], NOTHING)
    failed += try_one(tun, "padding where no option is allowed", lambda: [
        ipv6(DEST, options(PAD) + syn())], None)
    sysctl("net/ipv6/max_dst_opts_number", was)
    was = sysctl("net/ipv6/max_dst_opts_length", 8)
    failed += try_one(tun, "options that are short enough", lambda: [
        ipv6(DEST, options(PAD) + syn())], ANSWERED)
    failed += try_one(tun, "options that are too long", lambda: [
        ipv6(DEST, options(IGNORED + b"\x1e\6" + bytes(6)) + syn())], NOTHING)
    sysctl("net/ipv6/max_dst_opts_length", was)

    sysctl("net/ipv6/conf/all/seg6_enabled", 1)
    failed += try_one(tun, "segment routing, not enabled for the device",
                      lambda: [ipv6(ROUTING, segments(0, NEXT) + syn())],
                      NOTHING)
    sysctl("net/ipv6/conf/tun0/seg6_enabled", 1)
    failed += try_one(tun, "segment routing, at its end", lambda: [
        ipv6(ROUTING, segments(0, NEXT) + syn())], ANSWERED)
    failed += try_one(tun, "segment routing, the next one elsewhere", lambda: [
        ipv6(ROUTING, routing(4, 1, bytes([1, 0, 0, 0]) + address(PEER) +
                              address(LOCAL)) + syn())], None)
    listener.close()
    return failed


if __name__ == "__main__":
    sys.exit(main() > 0)
