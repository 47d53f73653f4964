#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# nfqueue.py held COMMAND... - holds UDP packets in an NFQUEUE while COMMAND runs
#
# A rule of the caller sends packets over loopback to queue 0. Five packets are held
# there, then COMMAND runs, and then each packet is accepted. Prints how many arrived.
#
# nfqueue.py syns N - holds N SYNs and accepts them, from this process
#
# An accepted packet goes on in process context, to what comes after the rule. Prints how
# many connections were made, and how many SYNs were accepted: on a slow machine a client
# sends a SYN again that is held for a second.

import select
import socket
import struct
import subprocess
import sys

QUEUE = 3 << 8                          # NFNL_SUBSYS_QUEUE
PACKET, VERDICT, CONFIG = 0, 1, 2
CFG_CMD, CFG_PARAMS = 1, 2
PACKET_HDR, VERDICT_HDR = 1, 2
BIND, COPY_META, NF_ACCEPT = 1, 1, 1
REQUEST, WANTS_ACK, ERROR = 1, 4, 2
PACKETS = 5
PATIENCE = 120


class Queue:
    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        self.sock.bind((0, 0))
        self.waiting = []
        self.accepted = 0
        self.ask(CONFIG, CFG_CMD, struct.pack(">BxH", BIND, socket.AF_INET))
        self.ask(CONFIG, CFG_PARAMS, struct.pack(">IB", 0, COPY_META))

    def ask(self, kind, attr, data):
        """Returns the kernel's error, 0 for none."""
        body = struct.pack(">BBH", socket.AF_UNSPEC, 0, 0) + \
            struct.pack("HH", 4 + len(data), attr) + data
        body += b"\0" * (-len(body) % 4)
        self.sock.send(struct.pack("IHHII", 16 + len(body), QUEUE | kind,
                                   REQUEST | WANTS_ACK, 0, 0) + body)
        while (error := self.read()) is None:
            pass
        return error

    def read(self):
        """Notes a packet as waiting, or returns the error of an answer."""
        if not select.select([self.sock], [], [], PATIENCE)[0]:
            sys.exit("no packet comes from the queue")
        data = self.sock.recv(65536)
        if struct.unpack("H", data[4:6])[0] == ERROR:
            return struct.unpack("i", data[16:20])[0]
        at = 20
        while at < len(data):
            length, attr = struct.unpack("HH", data[at:at + 4])
            if attr == PACKET_HDR:
                self.waiting += struct.unpack(">I", data[at + 4:at + 8])
            at += length + -length % 4
        return None

    def hold(self, packets):
        while len(self.waiting) < packets:
            self.read()

    def let_go(self):
        """Returns how many of the packets no longer existed."""
        gone = 0
        while self.waiting:
            error = self.ask(VERDICT, VERDICT_HDR,
                             struct.pack(">II", NF_ACCEPT, self.waiting.pop(0)))
            gone += error != 0
            self.accepted += error == 0
        return gone

    def serve_until_connected(self, client):
        """Lets SYNs go that come meanwhile."""
        while True:
            packets, connected, _ = select.select([self.sock], [client], [], PATIENCE)
            if packets:
                self.read()
                self.let_go()
            elif connected:
                return
            else:
                sys.exit("a client does not get its connection")


def held(command):
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 9999))
    receiver.setblocking(False)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    queue = Queue()
    for n in range(PACKETS):
        sender.sendto(b"%d" % n, ("127.0.0.1", 9999))
    queue.hold(PACKETS)
    if command:
        subprocess.run(command, stdout=sys.stderr, check=False)
    queue.let_go()
    arrived = 0
    try:
        # Each packet arrives before the kernel answers its verdict.
        while receiver.recv(16):
            arrived += 1
    except BlockingIOError:
        pass
    print(arrived)


def syns(number):
    queue = Queue()
    listener = socket.create_server(("127.0.0.1", 80), backlog=4096)
    done = 0
    while done < number:
        clients = [socket.socket() for _ in range(min(number - done, 50))]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", 80))
        queue.hold(len(clients))
        queue.let_go()
        for client in clients:
            queue.serve_until_connected(client)
            # The server closes first: the next SYN is compared with a stamp.
            client.settimeout(PATIENCE)
            client.connect(("127.0.0.1", 80))
            listener.accept()[0].close()
            client.recv(1)
            client.close()
        done += len(clients)
    print(done, queue.accepted)


if sys.argv[1] == "held":
    held(sys.argv[2:])
else:
    syns(int(sys.argv[2]))
