#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# tw-full.py - plays the connections of tw-full.sh, which describes the test

import time

from tun import SYN, Failures, Peer, Tun, count, listen

BUCKETS = 4
MAX = "/proc/sys/net/ipv4/tcp_max_tw_buckets"


def buckets():
    with open("/proc/net/sockstat") as file:
        return [int(line.split()[6]) for line in file if line.startswith("TCP:")][0]


def served(address, port, ts):
    """A connection that the machine closes first."""
    peer = Peer(tun, address, port)
    peer.be_closed(ts + 1, peer.connect(ts, listener))


def again(address, seconds):
    """What a SYN of the same four-tuple with an older TSval counts as, after some seconds.
   """
    time.sleep(seconds)
    before = {name: count(name) for name in names}
    peer = Peer(tun, address, 40001)
    peer.seq -= 500
    peer.send(SYN, 5000)
    return {name: count(name) - before[name] for name in names}


tun = Tun("tun0", "192.0.2.1")
listener = listen()
failures = Failures()
names = ["exempt/timewait", "syns_checked", "syns_rejected"]
stopped = dict(zip(names, (1, 0, 0)))
rejected = dict(zip(names, (0, 1, 1)))

# Buckets that last for a minute in the running kernel, and 0.7 s in the simulated one.
for n in range(BUCKETS):
    served("198.51.100.%d" % (100 + n), 40001, 9000000)
time.sleep(5)
failures.same("number of buckets", BUCKETS, buckets())

# With 0 the old kernel had no bucket at all, as recorded in the trace tw-buckets-0.
for n, (most, soon) in enumerate(((4096, stopped), (BUCKETS, stopped), (0, rejected))):
    with open(MAX, "w") as file:
        file.write(str(most))
    for late, want in ((0.3, soon), (3, rejected)):
        address = "198.51.100.%d" % (1 + 2 * n + (late > 1))
        served(address, 40001, 9000000)
        failures.same("what a SYN counts as that meets a TIME-WAIT bucket of the old "
                      "kernel after %s s, with tcp_max_tw_buckets %d and %d buckets," %
                      (late, most, buckets()), want, again(address, late))
failures.same("number of buckets in a full table", BUCKETS + 2, buckets())
failures.end()
