#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# races.py FILE [NAMESPACE] - opens connections from several processes at once, until
# FILE exists
#
# The clients are in this network namespace, the server is in NAMESPACE, or in this one
# too. Client and server are different processes, so that two processors can deal with
# one socket at the same time. A client's first byte says how the connection ends. Prints
# the number of connections and how many were lost: no end within a minute.

import ctypes
import os
import random
import socket
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
CLIENTS = 2
PORT = 80
# The addresses of the server and of the clients. Some clients share an address.
THERE = {"lo": ["127.0.0.1", "::1"], "veth": ["192.0.2.1", "2001:db8::1"]}
HERE = {"lo": [["127.0.0.1", "127.0.0.2", "127.0.0.3"], ["::1"]],
        "veth": [["192.0.2.2", "192.0.2.3"], ["2001:db8::2", "2001:db8::3"]]}


def enter(namespace):
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/run/netns/" + namespace) as file:
        if libc.setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def drain(connection):
    while connection.recv(4096):
        pass


def answer(connection):
    how = connection.recv(1)
    if how == b"s":             # the server closes first
        return
    if how == b"h":             # the server half-closes and waits
        connection.shutdown(socket.SHUT_WR)
        drain(connection)
    elif how == b"l":           # the server half-closes, and closes while the client is still there
        connection.shutdown(socket.SHUT_WR)
        time.sleep(random.random() / 100)
    elif how == b"c":           # the client closes first
        drain(connection)
    # "b": both close at once; "r": the client resets


def serve(listener):
    while True:
        connection = listener.accept()[0]
        try:
            connection.settimeout(60)
            answer(connection)
        except OSError:
            pass
        connection.close()


def ask(family, here, there):
    how = random.choice(b"sshllcbr")
    with socket.socket(family) as client:
        client.settimeout(60)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.bind((random.choice(here), 0))
        client.connect((there, PORT))
        client.send(bytes([how]))
        if how in b"shl":
            drain(client)
        if how == ord("l"):
            time.sleep(random.random() / 100)
        if how == ord("r"):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              struct.pack("ii", 1, 0))


def clients(kind, stop):
    made = lost = 0
    while not os.path.exists(stop):
        which = random.randrange(2)
        made += 1
        try:
            ask([socket.AF_INET, socket.AF_INET6][which], HERE[kind][which],
                THERE[kind][which])
        except ConnectionResetError:
            pass                # "b" and "l" can end in a reset
        except OSError as error:
            print("races:", error, file=sys.stderr)
            lost += 1
    return made, lost


def main():
    stop = sys.argv[1]
    kind = "veth" if len(sys.argv) > 2 else "lo"
    listeners = 2 * [None]
    servers = []
    home = open("/proc/self/ns/net")
    if kind == "veth":
        enter(sys.argv[2])
    for i, family in enumerate((socket.AF_INET, socket.AF_INET6)):
        listeners[i] = socket.create_server((THERE[kind][i], PORT),
                                            family=family, backlog=128)
        servers.append(os.fork())
        if not servers[-1]:
            serve(listeners[i])
    ctypes.CDLL(None).setns(home.fileno(), CLONE_NEWNET)

    out, into = os.pipe()
    for seed in range(CLIENTS):
        if not os.fork():
            random.seed(seed)
            os.write(into, struct.pack("ii", *clients(kind, stop)))
            os._exit(0)
    for _ in range(CLIENTS):
        os.wait()
    said = [struct.unpack("ii", os.read(out, 8)) for _ in range(CLIENTS)]
    for server in servers:
        os.kill(server, 9)
    print(sum(made for made, _ in said), sum(lost for _, lost in said))


main()
