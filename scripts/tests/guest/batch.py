#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# batch.py N - measures how long making and unmaking a network namespace takes
#
# Makes N namespaces one after another. The process leaves each when it makes the next,
# and a worker of the kernel takes it down. Prints the microseconds that each took.
#
# batch.py N FILE - makes N namespaces that stay until FILE exists; prints how many
# microseconds each took when all of them exist
#
# One worker takes namespaces down, in the order in which they were left, but several
# together. When a device of the namespace that was left last is gone, all namespaces
# before it are gone, but for those that the worker took down together with it. So the
# program makes one more namespace, alone.

import ctypes
import os
import resource
import subprocess
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000


def unshare():
    if LIBC.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")


def each_of(namespaces, begin):
    return (time.monotonic_ns() - begin) // namespaces // 1000


def leave(namespaces):
    """Makes namespaces in a child, and returns when the device of the last one is gone.
   """
    child = os.fork()
    if not child:
        for _ in range(namespaces):
            unshare()
        subprocess.run(["ip", "link", "add", "mark", "type", "veth", "peer", "name",
                        "mark", "netns", "1"], check=True)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit("no namespaces")
    while os.path.exists("/sys/class/net/mark"):
        time.sleep(0.005)


def hold(namespaces, file):
    resource.setrlimit(resource.RLIMIT_NOFILE, (namespaces + 64, namespaces + 64))
    begin = time.monotonic_ns()
    held = []
    for _ in range(namespaces):
        unshare()
        held.append(os.open("/proc/self/ns/net", os.O_RDONLY))
    print(each_of(namespaces, begin), flush=True)
    while not os.path.exists(file):
        time.sleep(0.01)


if len(sys.argv) > 2:
    hold(int(sys.argv[1]), sys.argv[2])
else:
    start = time.monotonic_ns()
    leave(int(sys.argv[1]))
    leave(1)
    print(each_of(int(sys.argv[1]), start))
