#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# generate.py [--mean | --live] SEED - prints a script of connections, always the same
# for a seed
#
# scripts/tests/replay plays the script. Without an option it is in the style of the
# recorded random-*: a few peers, with a new port for nearly every connection. Behind each
# peer are hosts whose clocks differ. With --mean it is made of what is rare in these:
# ports that are used again at once and after unusual waits, closes that leave a socket
# behind, timestamps next to the last one. With --live the script continues connections
# segment by segment, several of a peer at a time; each seed has one of the themes below.
#
# The grammar. [a] is one or none, a* any number, a|b a choice; words in capitals are
# rules, and the script has the rest as it is. FLAGS of --live are made of S F R P A. TS is the
# present time of a clock, more or less, and rarely none.
#
#   SCRIPT = LINE* (120 of them, 200 with --live)
#   LINE   = WAIT | CONN | DIAL                               and with --live:
#          | SEG | APP | ACCEPT | LISTEN | UNLISTEN | SET
#   WAIT   = wait SECONDS                     (never one that ends where a minute,
#                                              a bucket or a request would)
#   CONN   = conn PEER:PORT ts=TS close=MODE [to=SECOND] [data=N] [fin=TS]
#            [port=81] [syn=WHAT]                             and with --live:
#            [port=LISTENER] [id=X] [seq=N] [delay=S] [opt=OPT]
#   DIAL   = dial PEER:PORT ts=TS close=server|client [to=SECOND] [fin=TS]
#   SEG    = seg X FLAGS ts=TS [seq=OFF] [ack=OFF] [data=10] [keep] [badsum]
#   APP    = app X close|shutwr|shutrd|read|write=100|linger0|linger=S|linger2=S
#   LISTEN = listen PORT BACKLOG [dual]       (the others: see the README)
#   SET    = set FILE VALUE, FILE one of tcp_syncookies, tcp_timestamps,
#            tcp_fin_timeout, tcp_max_tw_buckets, tcp_rfc1337
#
# The peer of a SEG sends what a TCP in its state would send (an ACK of the server's FIN,
# a FIN, data, both, a reset), and sometimes what no TCP would send. OPT is
# opt=two:TS|raw|secr:N|tfo|win:N. X is one of the last dozen.
#
# Themes of --live, SEED % 8:
#   0 overlap   many connections of few peers, half-closed and closed late
#   1 reuse     the four-tuple of a connection that is open, in TIME-WAIT or gone
#   2 queues    small backlogs, half-open and queued connections, cookies
#   3 rows      a dozen peers in one row (the first line of the script asks for it)
#   4 late      peers that answer after seconds, when route and RTO have changed
#   5 dual      listeners of both families beside those of one, two addresses
#   6 toggles   sysctls that change meanwhile
#   7 mix       all of these but rows
#
# The generator avoids: more than 50 continued connections (the player has room for 64),
# the last moment of a bucket or request, ties between entries of a row.
# knows 64), a bucket's or request's last moment, ties between entries of a row.

import random
import sys

M = 1 << 32
LINES = 120
CLOSES = ["server"] * 8 + ["finack", "client", "shutdown"] * 2 + [
    "ackonly", "badsum", "datafin", "dupfin", "half", "halfdata", "hole",
    "linger0", "oow", "open", "overack", "partack", "paws", "rst", "shutack",
    "simul"]
# those that leave a bucket or a socket, or change a stamp in an unusual way
MEAN_CLOSES = ["server", "finack", "simul", "ackonly", "shutack", "dupfin",
               "dupfin", "halfdata", "paws", "partack", "shutdown", "client",
               "half", "open", "hole", "rst", "linger0"]
WAITS = [2, 25, 25, 25, 25, 50, 75, 75, 125, 125, 700]
MEAN_WAITS = [0.2, 0.2, 0.5, 0.9, 0.9, 1, 2, 3, 3, 20, 20, 58, 61, 125]
# A SYN with FIN is rare: up to 3.2 it opened a connection, which the module cannot see.
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
        self.last = None        # the last timestamp of its last connection


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
        # after many unusual steps the answers to a peer cannot be predicted
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


LIVE_LINES = 200
THEMES = ["overlap", "reuse", "queues", "rows", "late", "dual", "toggles", "mix"]
LIVE_WAITS = {
    "overlap": [0.05, 0.15, 0.3, 1, 1, 2, 2, 20, 75],
    "reuse": [0.05, 0.3, 0.3, 1.2, 2, 2, 5, 20, 75, 125],
    "queues": [0.05, 0.15, 0.3, 1.5, 5, 75],
    "rows": [0.05],
    "late": [0.3, 2, 2, 5, 9, 9, 20, 20, 30],
    "dual": [0.05, 0.3, 1.2, 2, 20, 75],
    "toggles": [0.05, 0.3, 1.2, 2, 9, 20, 75],
    "mix": [0.05, 0.3, 1.2, 2, 9, 20, 45, 75, 125],
}
SYSCTLS = {
    "tcp_syncookies": [0, 1, 1, 2],
    "tcp_timestamps": [0, 1, 1, 1],
    "tcp_fin_timeout": [5, 20, 60, 60, 120],
    "tcp_max_tw_buckets": [0, 4096, 4096, 4096],
    "tcp_rfc1337": [0, 1],
}
LISTENERS = 90


class Connection:
    """A connection that the script continues, as its peer sees it."""

    def __init__(self, name, peer, port, to, local_port, ts, state):
        self.name, self.peer, self.port, self.to = name, peer, port, to
        self.local_port, self.ts, self.state = local_port, ts, state
        self.acked = self.finished = False


class Live(Script):
    """The themes of --live."""

    def __init__(self, seed):
        super().__init__(seed, False)
        self.theme = THEMES[seed % len(THEMES)]
        self.rng = random.Random("live %d" % seed)
        self.nr_peers = 0
        many = {"rows": (11, 0), "queues": (5, 2), "late": (4, 2)}
        v4, v6 = many.get(self.theme, (3, 2))
        self.peers = [self.new_peer(six) for six in [False] * v4 + [True] * v6]
        self.live = []
        self.nr_live = 0
        self.listeners = {}     # port: the connections that wait to be accepted
        self.backlogs = {}
        self.nr_listeners = 0
        # A listener whose connections wait has no others, because accept() takes the
        # first one in the queue.
        self.waiting = self.theme == "queues" or self.theme == "mix" and seed % 16 < 8
        self.halves = 0

    def new_peer(self, v6):
        peer = super().new_peer(v6)
        del peer.hosts[2:]
        return peer

    def pick(self, *weighted):
        """Chooses from (weight, what)."""
        n = self.rng.randrange(sum(weight for weight, _ in weighted))
        for weight, what in weighted:
            n -= weight
            if n < 0:
                return what
        return None

    def about(self, *themes):
        return self.theme in themes or self.theme == "mix" and "rows" not in themes

    def clock(self, peer):
        return self.rng.choice(peer.hosts).at(self.now)

    def target(self, peer, served=False):
        options = []
        if self.chance(30 if self.about("dual") else 10):
            options.append("to=" + ("2001:db8::2" if peer.v6 else "192.0.2.2"))
        if self.listeners and self.chance(60) and not (served and self.waiting):
            options.append("port=%d" % self.rng.choice(sorted(self.listeners)))
        return options

    def options(self):
        if not self.chance(4):
            return []
        return ["opt=" + self.rng.choice(["raw", "tfo", "secr:77", "win:0", "two:5000"])]

    def probe(self):
        peer = self.choose_peer()
        port = 30000 + self.port
        self.port += 1
        ts = None if self.chance(6) else self.clock(peer) + self.pick(
            (5, -5000), (3, -100000), (6, -50), (3, -3), (3, -1), (6, 0), (2, 1),
            (6, 50), (2, 5000), (1, M >> 1))
        return " ".join(
            ["conn %s:%d" % (peer.name, 1024 + port % 60000),
             "ts=none" if ts is None else "ts=%d" % (ts % M), "close=probe"] +
            self.target(peer) + self.options())

    def whole(self):
        """A connection that is played to its end at once."""
        peer = self.choose_peer()
        ts = None if self.chance(4) else self.clock(peer)
        if self.chance(5):
            return " ".join(["dial %s:%d" % (peer.name, self.rng.randint(8000, 8999)),
                             "ts=none" if ts is None else "ts=%d" % (ts % M),
                             "close=" + self.rng.choice(["server", "client"])])
        close = self.pick((4, "server"), (2, "finack"), (3, "client"), (1, "shutdown"),
                          (1, "simul"), (1, "shutack"), (1, "ackonly"), (1, "dupfin"))
        options = self.target(peer, served=True)
        if self.about("late") and self.chance(15):
            options.append("delay=0.4")
        return " ".join(["conn %s:%d" % (peer.name, self.choose_port(peer)),
                         "ts=none" if ts is None else "ts=%d" % (ts % M),
                         "close=" + close] + options)

    def open(self):
        peer = self.choose_peer()
        self.nr_live += 1
        name = "c%d" % self.nr_live
        ts = None if self.chance(4) else self.clock(peer)
        self.port += 1
        port = self.port
        state = "open"
        if self.waiting and self.listeners and self.halves < 40:
            # never so many that the queue of port 80 is full
            state = self.pick((4, "open"), (3, "half"), (2, "queued"))
            self.halves += state == "half"
        words, again = self.target(peer, served=state == "open"), []
        old = [c for c in self.live if c.peer is peer and c.state != "half"]
        if state == "open" and old and self.chance(50 if self.about("reuse") else 12):
            c = self.rng.choice(old[-4:])
            if not (self.waiting and any(w.startswith("port=") for w in c.to)):
                port, words = c.port, list(c.to)
                again = ["seq=%d" % self.rng.choice([5, 1000, 900000000, 3000000000])] \
                    if self.chance(40) else []
        local = None
        if state != "open":
            # a port for handshakes that stay incomplete, another for connections to
            # accept
            ports = [p for p in sorted(self.listeners) if p % 2 == (state == "queued")]
            if ports:
                local = self.rng.choice(ports)
                words = [w for w in words if not w.startswith("port=")]
                words.append("port=%d" % local)
            else:
                state, words = "open", []
        if self.about("late") and self.chance(10):
            again.append("delay=0.4")
        self.live.append(Connection(name, peer, port, words, local, ts, state))
        if state == "queued":
            queue = self.listeners[local]
            queue.append(self.live[-1])
            if len(queue) > self.backlogs[local]:
                queue.clear()       # the queue may have been full: no more accept()
                self.backlogs[local] = -1
        return " ".join(["conn %s:%d" % (peer.name, port),
                         "ts=none" if ts is None else "ts=%d" % (ts % M),
                         "close=%s id=%s" % (state, name)] + words + again)

    def recent(self, *states):
        return [c for c in self.live[-12:] if not states or c.state in states]

    def seg(self):
        c = self.rng.choice(self.recent())
        ts = self.clock(c.peer) if c.ts is None else \
            c.ts if self.chance(10) else self.later(c)
        words = ["ts=none" if c.ts is None else "ts=%d" % (ts % M)]
        if c.state == "half":
            flags = self.pick((7, "A"), (2, "R"), (1, "S"))
            c.state = "left" if flags == "A" else c.state
            if flags == "S":
                words += ["seq=-1", "keep"]
        elif self.chance(88):
            flags = self.pick((8 if not c.acked else 2, "A"),
                              (8 if not c.finished else 1, "FA"),
                              (3, "FA-"), (3, "PA"), (1, "FPA"), (1, "RA"))
            c.acked |= flags in ("A", "FA", "PA", "FPA") and c.state != "open"
            c.finished |= "F" in flags
            if flags == "FA-":
                flags = "FA"
                words.append("ack=-1")
            if "P" in flags:
                words.append("data=10")
        else:
            flags, odd = self.pick(
                (2, ("A", "seq=-1 keep")), (2, ("FA", "seq=-1 keep")),
                (2, ("FA", "seq=10 keep")), (2, ("S", "keep")), (1, ("SA", "keep")),
                (1, ("S", "seq=-100000 keep")), (1, ("A", "seq=100000000 keep")),
                (2, ("PA", "data=10 seq=-10 keep")), (1, ("A", "ack=-101 keep")),
                (1, ("A", "badsum keep")), (1, ("RA", "seq=-1 keep")), (1, ("R", "keep")))
            words += odd.split()
        return " ".join(["seg", c.name, flags] + words)

    def later(self, c):
        """A later timestamp of the same host."""
        rate = min(c.peer.hosts, key=lambda h: abs((h.at(self.now) - c.ts + (M >> 1)) %
                                                   M - (M >> 1)))
        return rate.at(self.now) + self.pick((6, 2), (2, 1), (2, 3), (1, -1), (1, -3),
                                             (1, -5000))

    def app(self):
        c = self.rng.choice(self.recent("open", "shut"))
        what = self.pick((8, "close"), (6 if c.state == "open" else 0, "shutwr"),
                         (2, "read"), (1, "write=100"), (1, "linger0"), (1, "linger=5"),
                         (1, "linger2=-1"), (1, "linger2=3"), (1, "shutrd"))
        if what == "shutwr":
            c.state = "shut"
        elif what in ("close", "linger0", "linger=5"):
            c.state = "closed"
        return "app %s %s" % (c.name, what)

    def acceptable(self):
        return [queue for queue in self.listeners.values() if queue]

    def accept(self):
        c = self.rng.choice(self.acceptable()).pop(0)
        c.state = "open"
        return "accept " + c.name

    def listen(self):
        if len(self.listeners) >= 3:
            port = self.rng.choice(sorted(self.listeners))
            del self.listeners[port]
            return "unlisten %d" % port
        port = LISTENERS + self.nr_listeners
        self.nr_listeners += 1
        backlog = self.rng.choice([0, 1, 4]) if self.about("queues") else 128
        dual = self.about("dual") and self.chance(70)
        self.listeners[port] = []
        self.backlogs[port] = backlog
        return "listen %d %d%s" % (port, backlog, " dual" if dual else "")

    def set(self):
        files = sorted(SYSCTLS) if self.about("toggles") else ["tcp_syncookies"]
        name = self.rng.choice(files)
        return "set /proc/sys/net/ipv4/%s %d" % (name, self.rng.choice(SYSCTLS[name]))

    def wait(self):
        seconds = self.rng.choice(LIVE_WAITS[self.theme])
        self.now += seconds
        return "wait %g" % seconds

    def lines(self):
        if self.theme == "rows":
            yield "# boot: tcpmhash_entries=2   (here rows=1)"
        for _ in range(LIVE_LINES):
            if self.theme == "rows":
                yield self.wait()
            settable = 4 if self.about("toggles", "queues") else 0
            listens = 3 if self.about("queues", "dual") and self.nr_listeners < 12 else 0
            can_open = self.nr_live < 50
            yield self.pick(
                (14 if self.theme != "rows" else 0, self.wait),
                (30, self.probe), (8 if self.theme != "rows" else 40, self.whole),
                (14 if can_open and self.theme != "rows" else 0, self.open),
                (16 if self.live else 0, self.seg),
                (14 if self.recent("open", "shut") else 0, self.app),
                (6 if self.acceptable() else 0, self.accept),
                (listens, self.listen), (settable, self.set))()


def main():
    args = sys.argv[1:]
    style = args.pop(0) if args[:1] in (["--mean"], ["--live"]) else ""
    if len(args) != 1 or not args[0].isdigit():
        sys.exit("usage: generate.py [--mean | --live] SEED")
    print("# generated, seed %s%s" % (args[0], style and ", " + style[2:]))
    seed = int(args[0])
    script = Live(seed) if style == "--live" else Script(seed, style == "--mean")
    for line in script.lines():
        print(line)


if __name__ == "__main__":
    main()
