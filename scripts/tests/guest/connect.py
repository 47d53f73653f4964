#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# connect.py FILE [PAUSE] - opens one connection after another over loopback, until
# FILE exists, with PAUSE seconds between them
#
# The server sends a word and closes first. Prints the number of connections, the number
# a second, and how many were lost: no word or no end within the timeout. Prints why each
# of these was lost.

import os
import socket
import sys
import time

listener = socket.create_server(("127.0.0.1", 80), backlog=4096)
server = os.fork()
if server == 0:
    while True:
        connection = listener.accept()[0]
        connection.sendall(b"hello")
        connection.close()
listener.close()

pause = float(sys.argv[2]) if len(sys.argv) > 2 else 0
begin = time.monotonic()
made = lost = 0
while made % 100 or not os.path.exists(sys.argv[1]):
    made += 1
    if pause:
        time.sleep(pause)
    try:
        with socket.create_connection(("127.0.0.1", 80), timeout=120) as client:
            word = client.recv(16)
            if word != b"hello" or client.recv(16) != b"":
                raise OSError(f"received {word}")
    except OSError as error:
        lost += 1
        print(f"connection {made}: {error!r}", file=sys.stderr)
print(made, round(made / (time.monotonic() - begin)), lost)
os.kill(server, 9)
