#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# many.py NAMESPACES CONNECTIONS - network namespaces that come and go
#
# Each has so many connections over loopback, in which the server closes first. While
# it is there, the module must show what it has seen of it; it goes when the next one
# is entered, and the kernel takes it down while others live. Prints how many
# connections there were, and how many were lost.

import ctypes
import fcntl
import os
import socket
import struct
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
LEFT = 16               # at most, with those that are being taken down
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
    """Enter a new namespace and leave the last one; returns how many were lost."""
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
