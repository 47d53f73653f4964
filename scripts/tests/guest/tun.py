# SPDX-License-Identifier: GPL-2.0
#
# tun.py - a TUN device, and TCP peers behind it that send segment by segment
#
# The machine is 192.0.2.1 on the first device, 192.0.2.2 on the second, and so on. It
# answers a peer by the device of its route. A peer waits for what the machine sends, and
# answers only what the test tells it to answer.

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
FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000
WINDOW = 32767
PATIENCE = 120          # seconds, for what usually comes at once


def count(name):
    with open(SYS + name) as file:
        return int(file.read())


def wait_until(what, true):
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            sys.exit("waited too long for: " + what)
        time.sleep(0.01)


def segment(src, dst, sport, dport, seq, ack, flags, options, data=b""):
    """An IPv4 packet, complete and with its checksums."""
    src, dst = socket.inet_aton(src), socket.inet_aton(dst)
    tcp = struct.pack(">HHIIBBHHH", sport, dport, seq & 0xffffffff,
                      ack & 0xffffffff, 5 + len(options) // 4 << 4, flags,
                      WINDOW, 0, 0) + options + data
    total = ones_sum(src + dst + struct.pack(">HH", 6, len(tcp)) + tcp)
    tcp = tcp[:16] + struct.pack(">H", ~total & 0xffff) + tcp[18:]
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0)
    total = ones_sum(ip + src + dst)
    return ip[:10] + struct.pack(">H", ~total & 0xffff) + src + dst + tcp


def options_of(ts, echo=0, mss=False):
    """TCP options, those of a SYN if mss is set. ts None: no timestamp."""
    options = bytes([2, 4, 5, 180]) if mss else b""
    if ts is not None:
        options += struct.pack(">BBBBII", 1, 1, 8, 10, ts, echo)
    return options


class Tun:
    def __init__(self, name, address, metric=0):
        # In the first second after boot the kernel dates a timestamp with 0, which
        # means that there is none.
        while time.clock_gettime(time.CLOCK_MONOTONIC) < 2:
            time.sleep(0.1)
        self.file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.file, TUNSETIFF,
                    struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
        self.name, self.address = name, address
        for where in "all", name:
            with open("/proc/sys/net/ipv4/conf/%s/rp_filter" % where, "w") as file:
                file.write("0")
        subprocess.run(["ip", "-batch", "-"], check=True, text=True, input="""
            link set lo up
            link set %s up
            addr add %s/32 dev %s
            route add default dev %s src %s metric %d
            """ % (name, address, name, name, address, metric))

    def write(self, packet):
        os.write(self.file, packet)

    def read(self):
        """Returns a packet of the machine, or None if none comes."""
        if select.select([self.file], [], [], PATIENCE)[0]:
            return os.read(self.file, 65536)
        return None


class Peer:
    """One end of a connection with port 80 of the machine, or with another port."""

    def __init__(self, tun, address, port, local=None, local_port=80):
        self.tun, self.address, self.port = tun, address, port
        self.local, self.local_port = local or tun.address, local_port
        self.seq, self.ack, self.echo = 1000 + port, 0, 0

    def send(self, flags, ts, data=b""):
        options = options_of(ts, self.echo, flags & SYN)
        self.tun.write(segment(self.address, self.local, self.port,
                               self.local_port, self.seq,
                               self.ack if flags & ACK else 0, flags, options,
                               data))
        self.seq += len(data) + bool(flags & SYN) + bool(flags & FIN)

    def receive(self, flags):
        """Waits for the machine's next segment with exactly these flags; skips others."""
        while packet := self.tun.read():
            tcp = packet[(packet[0] & 15) * 4:]
            if packet[0] >> 4 != 4 or packet[9] != socket.IPPROTO_TCP or \
                    packet[16:20] != socket.inet_aton(self.address):
                continue
            sport, dport, seq, _, offset, got = struct.unpack(">HHIIBB", tcp[:14])
            if (sport, dport, got) != (self.local_port, self.port, flags):
                continue
            length = len(tcp) - (offset >> 4) * 4
            self.ack = seq + length + bool(flags & SYN) + bool(flags & FIN)
            at = tcp.find(b"\x08\x0a", 20, (offset >> 4) * 4)
            if at > 0:
                self.echo = struct.unpack(">I", tcp[at + 2:at + 6])[0]
            return
        sys.exit("%s:%d waited too long for flags %#x" %
                 (self.address, self.port, flags))

    def connect(self, ts, listener):
        """Returns the machine's socket of the connection."""
        self.send(SYN, ts)
        self.receive(SYN | ACK)
        self.send(ACK, ts)
        return accept(listener)

    def be_closed(self, ts, sock):
        """The machine closes first, the peer answers with its own FIN."""
        sock.close()
        self.receive(FIN | ACK)
        self.send(FIN | ACK, ts)
        self.receive(ACK)


def listen(device=None, port=80):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if device:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                            device.encode())
    listener.bind(("", port))
    listener.listen(1024)
    return listener


def accept(listener):
    if not select.select([listener], [], [], PATIENCE)[0]:
        sys.exit("there is no connection to accept")
    return listener.accept()[0]


class Failures:
    """Prints each difference; end() exits with the status."""

    def __init__(self):
        self.program = os.path.basename(sys.argv[0])
        self.failed = False

    def same(self, what, wanted, got):
        if wanted != got:
            print("%s: %s is %s, not %s" % (self.program, what, got, wanted))
            self.failed = True

    def end(self):
        sys.exit(self.failed)
