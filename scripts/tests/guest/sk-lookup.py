#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# sk-lookup.py sk_lookup|reuseport [CONNECTIONS] - which listener gets the connections
#
# Two listeners, and a program that gives connections to each in turn. The program is
# attached to the network namespace (BPF_SK_LOOKUP) or to the SO_REUSEPORT group of the
# two. Prints how many connections each of them got, and how often the program ran.

import os
import socket
import struct
import sys

import bpf

SO_ATTACH_REUSEPORT_EBPF = 52
PORT = 80


def listener(port, group):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if group:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(("127.0.0.1", port))
    sock.listen(1024)
    sock.setblocking(False)
    return sock


def accepted(sock):
    came = 0
    try:
        while True:
            sock.accept()[0].close()
            came += 1
    except BlockingIOError:
        return came


how = sys.argv[1]
connections = int(sys.argv[2]) if len(sys.argv) > 2 else 20
counter = bpf.new_map(bpf.ARRAY, 4, 1)

if how == "sk_lookup":
    # Nothing listens on the port that the clients connect to.
    listeners = [listener(PORT + 1 + n, False) for n in range(2)]
    sockets = bpf.new_map(bpf.SOCKMAP, 8, 2)
    for n, sock in enumerate(listeners):
        bpf.update(sockets, n, struct.pack("Q", sock.fileno()))
    netns = os.open("/proc/self/ns/net", os.O_RDONLY)
    link = bpf.attach_to_netns(bpf.sk_lookup(counter, sockets), netns)
else:
    listeners = [listener(PORT, True) for _ in range(2)]
    listeners[0].setsockopt(socket.SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF,
                            bpf.next_of_two(counter))

clients = [socket.create_connection(("127.0.0.1", PORT), 60)
           for _ in range(connections)]
print(*map(accepted, listeners), bpf.lookup(counter, 0))
