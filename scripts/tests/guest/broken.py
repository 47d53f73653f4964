#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# broken.py - sends broken and unusual SYNs; each must count in the right counter
#
# Writes packets to a TUN device of its own. The stack has dealt with a packet when the
# write returns. broken.sh runs this program with the module loaded.

import fcntl
import os
import socket
import struct
import subprocess
import sys

from wire import ones_sum

SYS = "/sys/kernel/tw_recycle_sim/"
COUNTERS = ["syns_seen", "syns_checked", "syns_rejected"] + [
    "exempt/" + name for name in sorted(os.listdir(SYS + "exempt"))]
SYN, FIN, RST, ACK, ECE, CWR = 0x02, 0x01, 0x04, 0x10, 0x40, 0x80
TS = bytes([1, 1, 8, 10]) + struct.pack(">II", 1000, 0)

failed = 0
port = 10000


def counters():
    return {name: int(open(SYS + name).read()) for name in COUNTERS}


def checksum(data):
    return ~ones_sum(data) & 0xffff


def addresses(family, dst=None):
    if family == 4:
        return (socket.inet_aton("198.51.100.7"),
                socket.inet_aton(dst or "192.0.2.1"))
    return (socket.inet_pton(socket.AF_INET6, "2001:db8:1::7"),
            socket.inet_pton(socket.AF_INET6, dst or "2001:db8::1"))


def tcp(family, flags=SYN, options=TS, dport=80, doff=None, keep=None,
        payload=b"", bad=False, sport=None, dst=None):
    global port
    if sport is None:
        port += 1
        sport = port
    src, dst = addresses(family, dst)
    doff = 5 + len(options) // 4 if doff is None else doff
    head = struct.pack(">HHIIBBHHH", sport, dport, 1000, 0, doff << 4, flags,
                       32767, 0, 0)
    segment = (head + options + payload)[:keep]
    pseudo = src + dst + struct.pack(">HH", 6, len(segment))
    total = checksum(pseudo + segment) ^ (1 if bad else 0)
    return segment[:16] + struct.pack(">H", total) + segment[18:]


def ipv4(segment, options=b"", offset=0, more=False, ident=7, dst=None):
    src, dst = addresses(4, dst)
    head = struct.pack(">BBHHHBBH", 0x45 + len(options) // 4, 0,
                       20 + len(options) + len(segment), ident,
                       offset // 8 | (0x2000 if more else 0), 64, 6, 0)
    head += src + dst + options
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + segment


def ipv6(segment, headers=b"", first=6, dst=None):
    src, dst = addresses(6, dst)
    return struct.pack(">IHBB", 6 << 28, len(headers) + len(segment), first,
                       64) + src + dst + headers + segment


def ip(family, segment, **more):
    return ipv4(segment, **more) if family == 4 else ipv6(segment, **more)


def fragment6(following, offset, more, ident=7):
    return struct.pack(">BBHI", following, 0, offset | more, ident)


def expect(name, counter, *packets):
    """Writes the packets; then counter and syns_seen, and no other, must have grown by
    one."""
    global failed
    before = counters()
    for packet in packets:
        os.write(tun, packet)
    after = counters()
    moved = {k: after[k] - before[k] for k in COUNTERS if after[k] != before[k]}
    want = {"syns_seen": 1, counter: 1} if counter else {}
    if moved != want:
        print("broken: %s: the counters grew by %s, not by %s" % (name, moved, want))
        failed += 1


def sysctl(name, value):
    with open("/proc/sys/net/ipv4/" + name, "w") as file:
        file.write(str(value))


def both_families(family, twice):
    def syn(name, counter, **kind):
        where = {"dst": kind["dst"]} if kind.get("dst") else {}
        expect("IPv%d %s" % (family, name), counter,
               ip(family, tcp(family, **kind), **where))

    syn("plain", "syns_checked")
    syn("without options", "syns_checked", options=b"")
    syn("with data", "syns_checked", payload=b"x" * 17)
    syn("ECE and CWR", "syns_checked", flags=SYN | ECE | CWR)
    syn("option cut off", "syns_checked", options=bytes([1, 1, 8, 10]))
    syn("option of length 0", "syns_checked", options=bytes([8, 0, 0, 0]) + TS)
    syn("option of length 1", "syns_checked", options=bytes([8, 1, 0, 0]) + TS)
    syn("option beyond the header", "syns_checked",
        options=bytes([253, 40, 0, 0]))
    syn("kind in the last byte", "syns_checked", options=bytes([1, 1, 1, 8]))
    syn("two timestamps", "syns_checked", options=TS + TS)
    syn("40 bytes of options", "syns_checked", options=TS + b"\1" * 28)
    syn("data offset 0", "exempt/malformed", doff=0)
    syn("data offset 4", "exempt/malformed", doff=4)
    syn("data offset behind the packet", "exempt/malformed", doff=15)
    syn("19 bytes", "exempt/malformed", keep=19)
    syn("14 bytes", "exempt/malformed", keep=14)
    # Shorter than the checksum field, but the flags are there and can be read.
    syn("no flags", None, keep=13)
    syn("1 byte", None, keep=1)
    syn("bad checksum", "exempt/bad_checksum", bad=True)
    syn("port without listener", "exempt/no_listener", dport=81)
    syn("one", "syns_checked", sport=twice)
    syn("the same again", "exempt/request_pending", sport=twice)
    for flags in (SYN | FIN, SYN | RST, SYN | ACK, ACK, FIN, RST, FIN | ACK, 0,
                  0xff):
        syn("flags %#x" % flags, None, flags=flags)

    sysctl("tcp_syncookies", 2)
    syn("SYN cookies", "exempt/syncookie")
    sysctl("tcp_syncookies", 0)
    small = socket.create_server(
        ("192.0.2.1" if family == 4 else "2001:db8::1", 8080),
        family=socket.AF_INET if family == 4 else socket.AF_INET6, backlog=1)
    syn("first of a backlog of 1", "syns_checked", dport=8080)
    syn("second of a backlog of 1", "exempt/queue_full", dport=8080)
    sysctl("tcp_syncookies", 1)
    syn("third, with cookies", "exempt/syncookie", dport=8080)
    small.close()


def only_ipv4(twice):
    segment = tcp(4, payload=b"y" * 32)
    expect("IPv4 fragments", "syns_checked",
           ipv4(segment[:24], more=True), ipv4(segment[24:], offset=24))
    expect("IPv4 fragments, the last first", "syns_checked",
           *[ipv4(tcp(4, sport=twice + 1)[16:], offset=16, ident=8),
             ipv4(tcp(4, sport=twice + 1)[:16], more=True, ident=8)])
    expect("IPv4 first fragment alone", None,
           ipv4(segment[:24], more=True, ident=9))
    expect("IPv4 broadcast", "exempt/no_listener",
           ipv4(tcp(4, dst="192.0.2.255"), dst="192.0.2.255"))
    route = bytes([131, 7, 8]) + socket.inet_aton("203.0.113.1") + b"\0"
    expect("IPv4 source route", "exempt/source_route",
           ipv4(tcp(4), options=route))
    back = bytes([131, 7, 8]) + socket.inet_aton("198.51.100.7") + b"\0"
    expect("IPv4 source route that leads straight back", "syns_checked",
           ipv4(tcp(4), options=back))
    expect("IPv4 options", "syns_checked", ipv4(tcp(4), options=b"\1\1\1\0"))


def only_ipv6():
    padding = bytes([1, 4, 0, 0, 0, 0])
    expect("IPv6 hop-by-hop and destination options", "syns_checked",
           ipv6(tcp(6), bytes([60, 0]) + padding + bytes([6, 0]) + padding, 0))
    expect("IPv6 atomic fragment", "syns_checked",
           ipv6(tcp(6), fragment6(6, 0, 0), 44))
    segment = tcp(6, payload=b"z" * 32)
    expect("IPv6 fragments", "exempt/malformed",
           ipv6(segment[:24], fragment6(6, 0, 1), 44),
           ipv6(segment[24:], fragment6(6, 24, 0), 44))
    whole = tcp(6)
    # No packet with two fragment headers ever reaches TCP.
    expect("IPv6 first fragment with an atomic one inside", None,
           ipv6(whole, fragment6(44, 0, 1, 8) + fragment6(6, 0, 0), 44))
    expect("IPv6 atomic fragment in an atomic one", None,
           ipv6(whole, fragment6(44, 0, 0) + fragment6(6, 0, 0), 44))
    expect("IPv6 header that does not end", None,
           ipv6(b"", bytes([6, 200]) + padding, 60))
    expect("IPv6 UDP behind options", None,
           ipv6(b"\0" * 20, bytes([17, 0]) + padding, 0))


tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tun, 0x400454ca, struct.pack("16sH22x", b"twr0", 0x1001))
for command in ("addr add 192.0.2.1/24 dev twr0",
                "addr add 2001:db8::1/64 dev twr0 nodad",
                "link set twr0 up",
                "route add 198.51.100.0/24 dev twr0",
                "route add 2001:db8:1::/64 dev twr0"):
    subprocess.run(["ip"] + command.split(), check=True)
for name in ("all", "twr0"):
    sysctl("conf/%s/rp_filter" % name, 0)
    sysctl("conf/%s/accept_source_route" % name, 1)
server4 = socket.create_server(("192.0.2.1", 80), backlog=4096)
server6 = socket.create_server(("2001:db8::1", 80), backlog=4096,
                               family=socket.AF_INET6)
for demux in (1, 0):
    sysctl("ip_early_demux", demux)
    sysctl("tcp_early_demux", demux)
    port = 10000 if demux else 20000
    for family in (4, 6):
        both_families(family, 9000 + 10 * demux)
    only_ipv4(9000 + 10 * demux)
    only_ipv6()
sys.exit(failed != 0)
