#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# faults.py MODULE ERA STEP... - the module when allocations fail
#
# load    each allocation during a load of the module fails once, then every 2nd, every
#         3rd, ...: the load is refused and leaves nothing, or all of the module is there
# net     the same while a network namespace is made: it is refused, or it is watched
# read    the same while a file is read: the read fails, or the text is right
# percpu  no memory is left for per-CPU counters when namespaces come to need them
#
# By /proc/self/fail-nth a process chooses which of its allocations fails, and reads
# afterwards whether it got that far. The kernel's messages are passed on to its console,
# but for those about an allocation that failed.

import collections
import ctypes
import errno
import fcntl
import os
import re
import socket
import struct
import sys

CLONE_NEWNET = 0x40000000
FINIT_MODULE, DELETE_MODULE = 313, 176
SYS = "/sys/kernel/tw_recycle_sim"
DBG = "/sys/kernel/debug/tw_recycle_sim"
INJECT = ["/sys/kernel/debug/failslab", "/sys/kernel/debug/fail_page_alloc"]
TRACING = "/sys/kernel/tracing"
FILES = 34                      # in SYS
NAMESPACES = 120                # their counters fill about a chunk of memory
FEW = 300                       # a namespace that has counted this many needs per-CPU counters
PEERS = 150                     # more than seq_file's first buffer has room for

libc = ctypes.CDLL(None, use_errno=True)
tally = collections.Counter()


def fail(*what):
    print("faults:", *what, file=sys.stderr)
    messages()
    delete_module()
    sys.exit(1)


def write(file, text):
    with open(file, "w") as out:
        out.write(str(text))


kmsg = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
os.lseek(kmsg, 0, os.SEEK_END)
forgiven = False
# The last one is about a tracepoint that is created without its fields.
starved = re.compile("vmalloc error|page allocation failure|"
                     "percpu: allocation failed|"
                     "sysctl could not get directory|"
                     "WARNING: .* at kernel/trace/.* event_define_fields")


def messages():
    """Passes the kernel's messages on to its console."""
    global forgiven
    while True:
        try:
            line = os.read(kmsg, 8192).decode(errors="replace")
        except BlockingIOError:
            return
        except BrokenPipeError:
            fail("the kernel said more than could be read")
        text = line.split(";", 1)[1].split("\n")[0]
        if starved.search(text):
            forgiven = True     # a stack trace comes with it
        elif forgiven and "Call Trace" in text:
            forgiven = False
        else:
            write("/dev/console", text + "\n")


nth = os.open("/proc/self/fail-nth", os.O_RDWR)
make_it_fail = os.open("/proc/self/make-it-fail", os.O_RDWR)


def armed(n, call, *arguments):
    """Lets allocation n in the call fail. Returns the result, errno and whether it failed.
   """
    os.pwrite(nth, b"%d" % n, 0)
    result = call(*arguments)
    error = ctypes.get_errno()
    left = int(os.pread(nth, 16, 0).rstrip(b"\0\n"))
    os.pwrite(nth, b"0", 0)
    return result, error, not left


def every(n, call):
    """Lets every n-th allocation of this process fail during the call."""
    for inject in INJECT:
        write(inject + "/interval", n)
        write(inject + "/probability", 100)
    os.pwrite(make_it_fail, b"1", 0)
    result = call()
    error = ctypes.get_errno()
    os.pwrite(make_it_fail, b"0", 0)
    for inject in INJECT:
        write(inject + "/probability", 0)
        write(inject + "/interval", 1)
    return result, error


def settle():
    for inject in INJECT:
        write(inject + "/verbose", 0)
        write(inject + "/times", -1)
        write(inject + "/task-filter", "Y")
        write(inject + "/ignore-gfp-wait", "N")
    write(INJECT[1] + "/ignore-gfp-highmem", "N")
    write(INJECT[1] + "/min-order", 0)


def finit_module():
    return libc.syscall(FINIT_MODULE, ko, parameters, 0)


def delete_module():
    return libc.syscall(DELETE_MODULE, b"tw_recycle_sim", os.O_NONBLOCK)


def load():
    if finit_module():
        fail("does not load:", os.strerror(ctypes.get_errno()))


def unload():
    if delete_module():
        fail("does not unload:", os.strerror(ctypes.get_errno()))
    if os.path.exists(SYS) or os.path.exists(DBG):
        fail("left something behind when it was unloaded")


def files(folder):
    return [os.path.join(where, name)
            for where, _, names in os.walk(folder) for name in names]


def count(name):
    with open(SYS + "/" + name) as file:
        return int(file.read())


def connect(peer="127.0.0.1"):
    """Opens and closes a connection over loopback that leaves a stamp."""
    with socket.create_server(("127.0.0.1", 0)) as listener, \
            socket.create_connection(listener.getsockname(),
                                     source_address=(peer, 0)) as client:
        listener.accept()[0].close()
        client.recv(1)


def loopback_up():
    with socket.socket() as sock:
        fcntl.ioctl(sock, 0x8914, struct.pack("16sH22x", b"lo", 0x49))


def watched(what):
    """A SYN counts in this namespace."""
    before = count("syns_seen")
    connect()
    if count("syns_seen") != before + 1:
        fail(what, "is not watched")


def loaded_or_not(what, result, error):
    if result:
        tally["refused"] += 1
        if error != errno.ENOMEM:
            fail(what, "fails with", os.strerror(error))
        for left in (SYS, DBG, "/sys/module/tw_recycle_sim"):
            if os.path.exists(left):
                fail(what, "failed and left", left)
        with open("/proc/modules") as modules:
            if "tw_recycle_sim" in modules.read():
                fail(what, "failed and left the module")
    else:
        tally["stood"] += 1
        if len(files(SYS)) != FILES:
            fail(what, "has", len(files(SYS)), "files in", SYS)
        watched(what)
        unload()
    messages()


def step_load():
    n = 0
    while True:
        n += 1
        result, error, failed = armed(n, finit_module)
        if not failed:
            break
        tally["faults"] += 1
        loaded_or_not("a load with fault %d" % n, result, error)
    if result:
        fail("does not load without a fault:", os.strerror(error))
    unload()
    tally["points"] += n - 1
    for n in range(2, 60):
        result, error = every(n, finit_module)
        loaded_or_not("a load with every %dth a fault" % n, result, error)


def unshare():
    return libc.unshare(CLONE_NEWNET)


def step_net():
    load()
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    homes = os.fstat(home).st_ino

    def made_or_not(what, result, error):
        inode = os.stat("/proc/self/ns/net").st_ino
        if result:
            tally["refused"] += 1
            # Not all of the network core returns ENOMEM.
            if inode != homes:
                fail(what, "failed and is there")
        else:
            tally["stood"] += 1
            loopback_up()
            watched(what)
            if libc.setns(home, CLONE_NEWNET):
                fail("setns:", os.strerror(ctypes.get_errno()))
        messages()

    n = 0
    while True:
        n += 1
        result, error, failed = armed(n, unshare)
        if not failed:
            break
        tally["faults"] += 1
        made_or_not("a namespace with fault %d" % n, result, error)
    made_or_not("a namespace without a fault", result, error)
    tally["points"] += n - 1
    for n in range(2, 400, 7):
        made_or_not("a namespace with every %dth a fault" % n,
                    *every(n, unshare))
    # The kernel takes its time to remove them.
    for _ in range(3000):
        if os.listdir(DBG + "/netns") == [str(homes)]:
            break
        os.sched_yield()
        libc.usleep(10000)
    else:
        fail("namespaces that are gone have directories:",
             os.listdir(DBG + "/netns"))
    unload()


def text_of(file):
    """The content of a file, or None where reading it fails with ENOMEM."""
    text = b""
    try:
        there = os.open(file, os.O_RDONLY)
    except OSError as error:
        if error.errno != errno.ENOMEM:
            fail(file, error)
        return None
    try:
        while True:
            part = os.read(there, 65536)
            if not part:
                break
            text += part
    except OSError as error:
        if error.errno != errno.ENOMEM:
            fail(file, error)
        return None
    finally:
        os.close(there)
    # The age of an entry cannot be compared.
    return re.sub(rb"(?m) *\d+ +(\d+)$", rb" age \1", text)


def step_read():
    load()
    for i in range(PEERS):
        connect("127.0.1.%d" % i)
    for file in files(SYS) + files(DBG):
        if not os.stat(file).st_mode & 0o400:
            continue
        want = text_of(file)
        if file.endswith("/peers") and want.count(b"\n") <= PEERS and \
                file.startswith(DBG):
            fail(file, "has too few entries:", want)
        n = 0
        while True:
            n += 1
            # Only allocations of the kernel fail, not this program's.
            text, _, failed = armed(n, text_of, file)
            if text not in (None, want):
                fail(file, "reads", text, "with fault", n)
            if not failed:
                break
            tally["faults"] += 1
            tally["refused" if text is None else "stood"] += 1
        tally["points"] += n - 1
    messages()
    unload()


def knock(times):
    """Sends SYNs to a closed port, in the namespace of this process."""
    for _ in range(times):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", 9)) != errno.ECONNREFUSED:
                fail("somebody listens on port 9")


def seen(inode):
    with open("%s/netns/%d/counters" % (DBG, inode)) as counters:
        return int(dict(line.split() for line in counters)["syns_seen"])


def refused():
    """How often there was no per-CPU memory. The kernel does not log this."""
    with open(TRACING + "/trace") as trace:
        return sum("percpu_alloc_percpu_fail:" in line for line in trace)


def step_percpu():
    """Namespaces count until no room for per-CPU counters is left.

    Then pages in a row are allocated, by the kernel's worker that makes the counters,
    or ahead of it by another. Both allocations must fail. The namespace goes on
    counting without per-CPU counters, and has lost nothing when there is memory again.
    """
    load()
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    held = []
    write(TRACING + "/trace", "")
    write(TRACING + "/events/percpu/percpu_alloc_percpu_fail/enable", 1)
    write(INJECT[1] + "/min-order", 3)
    write(INJECT[1] + "/task-filter", "N")
    while not tally["faults"]:
        if len(held) > 2 * NAMESPACES:
            fail("there is memory for all the counters")
        if unshare():
            fail("unshare:", os.strerror(ctypes.get_errno()))
        loopback_up()
        there = os.open("/proc/self/ns/net", os.O_RDONLY)
        held.append(there)
        write(INJECT[1] + "/probability", 100)
        knock(FEW)
        # Let the worker run.
        libc.usleep(10000)
        write(INJECT[1] + "/probability", 0)
        tally["faults"] = refused()
        inode = os.fstat(there).st_ino
        if seen(inode) != FEW:
            fail("a namespace has counted", seen(inode), "of", FEW)
    write(TRACING + "/events/percpu/percpu_alloc_percpu_fail/enable", 0)
    write(INJECT[1] + "/min-order", 0)
    write(INJECT[1] + "/task-filter", "Y")
    # The namespace whose allocation failed counts past the number at which it tries
    # again.
    knock(FEW)
    if seen(inode) != 2 * FEW:
        fail("a namespace has counted", seen(inode), "of", 2 * FEW)
    if count("syns_seen") != FEW * (len(held) + 1):
        fail("all have counted", count("syns_seen"))
    if libc.setns(home, CLONE_NEWNET):
        fail("setns:", os.strerror(ctypes.get_errno()))
    tally["stood"] = len(held)
    messages()
    unload()
    for there in held:
        os.close(there)


ko = os.open(sys.argv[1], os.O_RDONLY)
# So many rows that none is full, because all PEERS must be there.
parameters = b"rows=1024 era=" + sys.argv[2].encode()
settle()
for step in sys.argv[3:]:
    tally.clear()
    {"load": step_load, "net": step_net, "read": step_read,
     "percpu": step_percpu}[step]()
    print(sys.argv[2], step + ":",
          ", ".join("%d %s" % (n, what) for what, n in tally.items()))
    sys.stdout.flush()
messages()
