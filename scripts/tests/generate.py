#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# generate.py [--mean] SEED - a script of connections, the same for the same seed
#
# Prints a script as scripts/replay plays them. Without --mean it is one in the
# style of the recorded random-*: a few peers, each with a port of its own for
# nearly every connection, and behind them hosts whose clocks run apart. With
# --mean it is made of what is rare there: ports used again at once and after
# odd waits, closes that leave a socket behind, timestamps next to the last one.

import random
import sys

M = 1 << 32
LINES = 120
CLOSES = ["server"] * 8 + ["finack", "client", "shutdown"] * 2 + [
    "ackonly", "badsum", "datafin", "dupfin", "half", "halfdata", "hole",
    "linger0", "oow", "open", "overack", "partack", "paws", "rst", "shutack",
    "simul"]
# those that leave a bucket or a socket, or move a stamp in an odd way
MEAN_CLOSES = ["server", "finack", "simul", "ackonly", "shutack", "dupfin",
               "dupfin", "halfdata", "paws", "partack", "shutdown", "client",
               "half", "open", "hole", "rst", "linger0"]
WAITS = [2, 25, 25, 25, 25, 50, 75, 75, 125, 125, 700]
MEAN_WAITS = [0.2, 0.2, 0.5, 0.9, 0.9, 1, 2, 3, 3, 20, 20, 58, 61, 125]
# One with FIN is rare: up to 3.2 it opened a connection, which cannot be seen now.
SYNS = ["badsum", "data", "ece", "rst"] * 4 + ["fin"]
MEAN_SYNS = ["badsum", "data", "ece", "rst", "ack", "ack"]


class Host:
    """One clock."""

    def __init__(self, rng):
        self.base = rng.choice([
            rng.randrange(M), rng.randrange(M), rng.randrange(1 << 24),
            M - 256, rng.randrange(M - 80000, M), 1 << 31, 0])
        self.rate = rng.choice([1000, 1000, 250, 100])

    def at(self, now):
        return self.base + int(self.rate * now)


class Peer:
    def __init__(self, rng, n, v6, nr_hosts):
        self.v6 = v6
        self.name = ("[2001:db8:1::%x]" if v6 else "198.51.100.%d") % (99 + n)
        self.hosts = [Host(rng) for _ in range(nr_hosts)]
        self.ports = []
        self.last = None        # what its last connection came to, in ticks


class Script:
    def __init__(self, seed, mean):
        self.rng = random.Random(2 * seed + mean)
        self.mean = mean
        self.now = 0
        self.port = 20000
        self.nr_peers = 0
        v4, v6 = (2, 2) if mean else self.rng.choice([(3, 1), (3, 2), (8, 1), (2, 1)])
        self.peers = []
        for v6 in [False] * v4 + [True] * v6:
            self.peers.append(self.new_peer(v6))

    def new_peer(self, v6):
        self.nr_peers += 1
        return Peer(self.rng, self.nr_peers, v6, self.rng.randint(1, 4))

    def chance(self, percent):
        return self.rng.randrange(100) < percent

    def choose_port(self, peer):
        if peer.ports and self.chance(45 if self.mean else 4):
            return self.rng.choice(peer.ports[-3 if self.mean else -9:])
        self.port += 1
        peer.ports.append(self.port)
        return self.port

    def choose_ts(self, peer):
        """A TSval, or None."""
        if self.chance(10 if self.mean else 7):
            return None
        if self.mean and peer.last is not None and self.chance(75):
            return peer.last + self.rng.choice(
                [-2, 0, 1, 2] * 4 + [-1] + [-1000, -1000, 1000, 1000, 100, 60000,
                 M >> 1, (M >> 1) - 1, (M >> 1) + 1])
        return self.rng.choice(peer.hosts).at(self.now) + \
            self.rng.choice([0, 0, 1, 2, 3, 50])

    def choose_fin(self, ts):
        near = [-3, 0, 1, 5, 5000]
        if self.mean:
            near += [-4, -2, -1, 2, 3, 4, -100000, (M >> 1) + 1]
        return ts + self.rng.choice(near)

    def choose_peer(self):
        n = self.rng.randrange(len(self.peers))
        # once it was odd enough, little can be said of a peer
        if self.mean and self.chance(14):
            self.peers[n] = self.new_peer(self.peers[n].v6)
        return self.peers[n]

    def connection(self):
        peer = self.choose_peer()
        ts = self.choose_ts(peer)
        options = ["ts=none" if ts is None else "ts=%d" % (ts % M)]
        fin = None
        dial = self.chance(5)
        if dial:
            start = "dial %s:%d" % (peer.name, self.rng.randint(8000, 8999))
            options.append("close=" + self.rng.choice(["server", "client"]))
        else:
            start = "conn %s:%d" % (peer.name, self.choose_port(peer))
            options.append("close=" + self.rng.choice(
                MEAN_CLOSES if self.mean else CLOSES))
        if self.chance(30 if self.mean else 12):
            options.append("to=" + ("2001:db8::2" if peer.v6 else "192.0.2.2"))
        data = self.rng.choice([1, 3]) if self.chance(8) and not dial else 0
        if data:
            options.append("data=%d" % data)
        if ts is not None and self.chance(25 if self.mean else 13) and not dial:
            fin = self.choose_fin(ts)
            options.append("fin=%d" % (fin % M))
        if self.chance(2) and not dial:
            options.append("port=81")
        if self.chance(10 if self.mean else 4) and not dial:
            options.append("syn=" + self.rng.choice(MEAN_SYNS if self.mean else SYNS))
        if ts is not None:
            peer.last = ts + 2 + data if fin is None else fin
        return " ".join([start] + options)

    def wait(self):
        seconds = self.rng.choice(MEAN_WAITS if self.mean else WAITS)
        self.now += seconds
        return "wait %g" % seconds

    def lines(self):
        for _ in range(LINES):
            yield self.wait() if self.chance(22 if self.mean else 14) \
                else self.connection()


def main():
    args = sys.argv[1:]
    mean = "--mean" in args
    if mean:
        args.remove("--mean")
    if len(args) != 1 or not args[0].isdigit():
        sys.exit("usage: generate.py [--mean] SEED")
    print("# generated, seed %s%s" % (args[0], ", mean" if mean else ""))
    for line in Script(int(args[0]), mean).lines():
        print(line)


if __name__ == "__main__":
    main()
