#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# sums.py READINGS - reads the counters while a flood of SYNs is counted
#
# The flood comes from another process, by a TUN device in the network namespace of this
# program. It has SYNs of every verdict and some exempt ones; a RST ends each. The file
# `counters` has all counters of one moment. Without it the single files are read one by
# one, to show how often they do not add up.

import os
import signal
import sys

import tun
from tun import RST, SYN, Peer, Tun, count, listen, options_of, segment

SYS = tun.SYS
KNOWN, OTHER = "198.51.100.1", "198.51.100.2"
PORTS = range(1024, 3024)


def packets(device):
    """The packets of one round of the flood."""
    for n, port in enumerate(PORTS):
        ts, peer, to = ((1000 + n, KNOWN, 80),          # older
                        (None, KNOWN, 80),              # untimed
                        (9500000 + n, KNOWN, 80),       # newer
                        (1000 + n, OTHER, 80),          # the peer is not known
                        (1000 + n, OTHER, 81))[n % 5]   # nothing listens
        yield segment(peer, device.address, port, to, 1000, 0, SYN,
                      options_of(ts, mss=True))
        if to == 80:
            yield segment(peer, device.address, port, to, 1001, 0, RST, b"")


def flood(device):
    # End with the parent, however it ends.
    parent = os.getppid()
    made = list(packets(device))
    while os.getppid() == parent:
        for packet in made:
            os.write(device.file, packet)


def reading():
    try:
        with open(SYS + "counters") as file:
            return {name: int(value) for name, value in map(str.split, file)}
    except FileNotFoundError:
        names = [name for name in os.listdir(SYS)
                 if name.startswith("syns_")]
        for folder in "exempt", "delays":
            names += ["%s/%s" % (folder, name) for name in os.listdir(SYS + folder)]
        return {name: count(name) for name in names}


def total(counters, folder, but=()):
    return sum(value for name, value in counters.items()
               if name.startswith(folder + "/") and name not in but)


def wrong(c):
    """The sums that do not hold in one reading, and by how much."""
    rejected = c["syns_rejected"]
    return {what: off for what, off in {
        "syns_seen": c["syns_seen"] - c["syns_checked"] - total(c, "exempt"),
        "syns_rejected, by cause": rejected - c["syns_rejected_older"] -
        c["syns_rejected_untimed"],
        "syns_rejected, by delay": rejected - total(c, "delays", ["delays/0"]),
        "syns_checked, by delay": c["syns_checked"] - total(c, "delays"),
    }.items() if off}


def main():
    device = Tun("tun0", "192.0.2.1")
    listener = listen()
    first = Peer(device, KNOWN, 40001)
    first.be_closed(9000001, first.connect(9000000, listener))
    tun.wait_until("the first stamp", lambda: count("stamps_recorded"))

    child = os.fork()
    if not child:
        flood(device)
        os._exit(0)
    tun.wait_until("the flood's first SYNs",
                   lambda: count("syns_rejected_older") > 100)
    # There are many single files; few readings of them are enough.
    one = os.path.exists(SYS + "counters")
    readings = int(sys.argv[1]) if one else 10
    begin = last = reading()
    bad = []
    for _ in range(readings):
        seen = last["syns_seen"]
        # A reading proves nothing if no counter moved since the last one.
        tun.wait_until("the flood's next SYNs", lambda: count("syns_seen") > seen)
        last = reading()
        bad += [wrong(last)] if wrong(last) else []
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    what = "%d of %d readings of %s" % (
        len(bad), readings, "counters" if one else "single files (no counters here)")
    if bad or not one:
        sys.exit("%s do not add up, the first by %s" % (what, bad[0] if bad else 0))
    if last["syns_rejected"] == begin["syns_rejected"]:
        sys.exit("nothing was rejected while counters were read")
    print("%s do not add up, while %d SYNs were counted, %d of them rejected" % (
        what, last["syns_seen"] - begin["syns_seen"],
        last["syns_rejected"] - begin["syns_rejected"]))


main()
