#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# many.py NAMESPACES CONNECTIONS - makes network namespaces and leaves them
#
# Each namespace has CONNECTIONS connections over loopback, in which the server closes
# first. While it exists, the module must show what it has counted there. The process
# leaves it when it enters the next one, and the kernel takes it down while others live.
# Prints the number of connections and how many were lost.

import ctypes
import fcntl
import os
import socket
import struct
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
LEFT = 16               # most namespaces at a time, with those that are being taken down
CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
NETNS = "/sys/kernel/debug/tw_recycle_sim/netns"


def counted(inode, name):
    with open("%s/%d/counters" % (NETNS, inode)) as file:
        return int(dict(line.split() for line in file)[name])


def connect(listener):
    with socket.create_connection(("127.0.0.1", 80), timeout=120) as client:
        server = listener.accept()[0]
        server.sendall(b"hello")
        server.close()
        return client.recv(16) == b"hello" and client.recv(16) == b""


def live(connections):
    """Enters a new namespace and leaves the last one. Returns how many connections were
    lost."""
    if LIBC.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    inode = os.stat("/proc/self/ns/net").st_ino
    with socket.socket() as sock:
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    lost = 0
    with socket.create_server(("127.0.0.1", 80)) as listener:
        for _ in range(connections):
            lost += not connect(listener)
    assert counted(inode, "syns_seen") == connections
    assert counted(inode, "stamps_recorded") + counted(inode, "stamps_refused")
    with open("%s/%d/peers" % (NETNS, inode)) as file:
        assert len(file.readlines()) == 2, "not one peer"
    return lost


def main():
    namespaces, connections = int(sys.argv[1]), int(sys.argv[2])
    lost = 0
    for _ in range(namespaces):
        lost += live(connections)
        while len(os.listdir(NETNS)) > LEFT:
            time.sleep(0.01)
    print(namespaces * connections, lost)


main()
