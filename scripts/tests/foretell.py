#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# foretell.py [--recorded | --served] SCRIPT ERA - what an old kernel answers
#
# Reads a script of connections (scripts/replay/traces/README.md has the form)
# and says of each `conn` and `dial` what a kernel with tcp_tw_recycle did with
# it: "LINE rejected", "LINE passed" or, where that hangs on the phase of the
# clock or on how long a timer took, "LINE ?". A second opinion, made from what
# is known of the old kernels, and from nothing of the module's.
#
# The script is played to two models at once, of the old kernel and of today's.
# Where a connection comes about in one world only, the two part, and what its
# peer does from there on is "?" as well. --recorded: as real kernels were asked,
# where there is no other world. --served: as `replay --serve-rejected` does.

import argparse
import collections
import itertools
import math
import sys

M = 1 << 32
PAWS_MINUTE = 60
LISTENER = 80
HOLE = 100              # how far close=hole is off
BEYOND = 0x10000000     # and close=oow
WINDOW = 65535          # at most: no peer offers window scaling
EVER = math.inf

# What the kernels differ in.
Era = collections.namedtuple("Era", [
    "version",
    "by_local",         # the cache tells local addresses apart
    "ipv6",             # it knows IPv6
    "untimed",          # a SYN without timestamp is rejected as an older one is
    "syn_fin",          # a SYN with FIN opens a connection
    "reopen6",          # an IPv6 SYN that reopens a bucket is checked
])


def era(version, syn_fin_fixed=False):
    return Era(version, version >= (3, 14), version >= (2, 6, 39),
               version >= (3, 17), version < (3, 3) and not syn_fin_fixed,
               version >= (3, 18))


ERAS = {
    "2.6": [era((2, 6, 32))],
    "2.6.32": [era((2, 6, 32))],
    "el6": [era((2, 6, 32), syn_fin_fixed=True)],
    "2.6.39": [era((2, 6, 39))],
    "3.2": [era((3, 2))],
    "3.5": [era((3, 5))],
    "3.6": [era((3, 6))],
    "3.10": [era((3, 10))],
    "3.14": [era((3, 14))],
    "3.16": [era((3, 16))],
    "3.17": [era((3, 17))],
    # whether it has 3.18's slip with IPv6 is not recorded
    "el7": [era((3, 17)), era((3, 18))],
    "4.11": [era((4, 11))],
}


def s32(n):
    n %= M
    return n - M if n >= M >> 1 else n


class Step:
    """A line of a script."""

    def __init__(self, line, text):
        words = text.split("#")[0].split()
        self.line = line
        self.kind = words[0] if words else None
        if self.kind == "wait":
            self.seconds = float(words[1])
        elif self.kind == "set":
            self.file, self.value = words[1:]
        elif self.kind:
            self.connection(words[1], dict(w.split("=", 1) for w in words[2:]))

    def connection(self, peer, options):
        self.peer, port = peer.rsplit(":", 1)
        self.port = int(port)
        self.v6 = peer.startswith("[")
        self.local = options.get("to", "2001:db8::1" if self.v6 else "192.0.2.1")
        self.local_port = int(options.get("port", LISTENER))
        self.timed = options["ts"] != "none"
        self.ts = int(options["ts"], 0) if self.timed else 0
        self.data = int(options.get("data", 0))
        self.close = options.get("close", "server")
        self.syn = options.get("syn")
        self.fin = (int(options["fin"], 0) if "fin" in options else
                    self.ts + 2 + self.data)
        self.tuple = (self.peer, self.port, self.local, self.local_port)


class Conn:
    """A connection as the machine has it, whatever kind of socket holds it."""

    def __init__(self, step, state, ts):
        self.state = state
        self.peer, self.local, self.v6 = step.peer, step.local, step.v6
        self.timed = step.timed
        self.ts = ts % M        # ts_recent
        self.stamp = None       # and when it came
        self.rcv_nxt = 0        # all that lies below has been acknowledged
        self.orphan = False     # the program is done with it
        self.dies = EVER
        self.last_ack = -EVER   # an answer to what was out of order
        self.slow = False       # its RTO is not the smallest there is


# What the peer does in each mode, after the program's first deed. A segment is
# (what it is, TSval from F, sequence number from the next one due).
MODES = {
    "server": ["close", ("ack", -1), "gap", ("fin", 0)],
    "shutdown": ["shut", ("ack", -1), "gap", ("fin", 0), "await end", "close"],
    "finack": ["close", ("fin", 0)],
    "simul": ["close", ("fin, old ack", 0), ("ack", 1)],
    "ackonly": ["close", ("ack", 0)],
    "shutack": ["shut", ("ack", 0), "gap", "close"],
    "halfdata": ["shut", ("ack", -1), ("data", 0), "await data", ("fin", 1),
                 "await end", "close"],
    "datafin": ["close", ("data, fin", 0)],
    "oow": ["close", ("fin", 0, BEYOND)],
    "hole": ["close", ("fin", 0, HOLE)],
    "badsum": ["close"],
    "partack": ["close", ("old ack", 0)],
    "overack": ["close", ("fin, old ack", 0)],
    "paws": ["close", ("fin", "paws")],
    "dupfin": ["close", ("fin", 0), "gap", ("fin again", 500)],
    "client": [("fin, no ack", 0), "await end", "close", ("ack", 1)],
    "rst": ["gone"],
    "linger0": ["gone"],
    "open": [],
}

GAP = 0.002             # between two segments, where a mode has one
PATIENCE = 0.1          # for an end that does not come
LONG_PATIENCE = 65      # for data that do not come
SILENCE = 0.3           # for an answer to a SYN
RATE_LIMIT = 0.5        # between two ACKs to what is out of order, from 4.0
PRECISION = 0.0005      # of all these


class World:
    """A kernel: the old one or, without an era, today's, which has no cache."""

    def __init__(self, era, clock, slack):
        self.era = era
        self.clock = clock
        self.slack = slack      # of all timers: 0 or 1, the least or the most
        self.cache = {}
        self.table = {}
        self.cookies = False
        # the timer wheel of 4.8 takes up to an eighth longer than it is told
        self.short, self.long, self.request = (60, 65), (60, 65), (62.5, 65)
        if era:
            self.short = (0.7, 0.9)
            # before, those of TIME-WAIT went by slots of 7.5 s and ended early
            # (the most is today's, for what meets a bucket then is not told)
            if era.version < (4, 2):
                self.long = (52.4, 65)
            if era.version < (3, 1):    # when the first RTO was 3 s
                self.request = (62.5, 192)
        self.syn_fin = era and era.syn_fin

    # --- the cache ---

    def key(self, c):
        return (c.peer, c.local if self.era.by_local else None)

    def fresh(self, step):
        """Whether the check lets a SYN in."""
        e = self.era
        if not e or self.cookies or step.v6 and not e.ipv6:
            return True
        ts, stamp = self.cache.get(self.key(step), (0, -EVER))
        if self.clock.passed(PAWS_MINUTE, stamp, self.clock.now):
            return True
        return s32(ts - step.ts) <= 1 if step.timed else not e.untimed

    def remember(self, c):
        """Whether the stamp of a connection that closes had a place to go to."""
        e = self.era
        if not e or not c.timed or c.v6 and not e.ipv6:
            return False
        ts, stamp = self.cache.get(self.key(c), (c.ts, -EVER))
        if s32(ts - c.ts) <= 0 or \
           (self.clock.passed(PAWS_MINUTE + 1, stamp, self.clock.now) and
            self.clock.passed(0, stamp, c.stamp)):
            self.cache[self.key(c)] = (c.ts, c.stamp)
        return True

    # --- timers ---

    def live(self, c, span):
        c.dies = self.clock.now + span[self.slack]

    def time_wait(self, c):
        c.state = "TIME-WAIT"
        short = self.remember(c)
        # 3.5 times the RTO, which can be the greater
        if c.slow:
            self.live(c, (self.short[0] if short else self.long[0], 700))
        else:
            self.live(c, self.short if short else self.long)

    def mini(self, c):
        c.state = "MINI"
        self.remember(c)
        self.live(c, (self.long[0], 700) if c.slow else self.long)

    def abandon(self, c):
        """An orphan sends its FIN for a while."""
        c.orphan = True
        slow = c.slow or not c.timed and self.era and self.era.version < (3, 1)
        self.live(c, (30, 700) if slow else (102, 115))

    # --- a SYN ---

    def find(self, step):
        c = self.table.get(step.tuple)
        if c and self.clock.now >= c.dies - 1e-6:
            del self.table[step.tuple]
            return None
        return c

    def listen(self, step, reopened):
        if step.local_port != LISTENER:
            return "reset"
        if step.syn == "rst" or step.syn == "fin" and not self.syn_fin:
            return "silent"
        if step.syn == "ack":
            return "reset"
        if (not reopened or step.v6 and self.era and self.era.reopen6) and \
           not self.fresh(step):
            return "rejected"
        return "accepted"

    def answer(self, c):
        """To a segment that is out of order."""
        if self.clock.now - c.last_ack < RATE_LIMIT:
            return "silent"
        c.last_ack = self.clock.now
        return "acked"

    def syn(self, step):
        if step.syn == "badsum":
            return "silent"
        c = self.find(step)
        if not c:
            return self.listen(step, False)
        if c.state != "TIME-WAIT":
            return "silent" if step.syn == "rst" else self.answer(c)
        if step.syn == "rst":
            return "silent"
        old = self.paws(c, step.timed and c.timed, step.ts, 0)
        if old or step.syn == "ack":
            self.live(c, self.long)
            return self.answer(c)
        # its initial sequence number is always beyond the last one
        del self.table[step.tuple]
        return self.listen(step, True)

    def request_stays(self, step):
        if not self.cookies:
            c = self.table[step.tuple] = Conn(step, "REQUEST", step.ts)
            self.live(c, self.request)

    # --- a connection ---

    def establish(self, step):
        c = self.table[step.tuple] = Conn(step, "ESTABLISHED", step.ts + 1)
        c.stamp = self.clock.now
        for k in range(step.data):
            self.segment(c, "data", step.ts + 1 + k)
        return c

    def connect(self, step):
        c = Conn(step, "ESTABLISHED", step.ts)
        c.stamp = self.clock.now
        return c

    def paws(self, c, timed, ts, window):
        return timed and s32(c.ts - ts) > window and c.ts != 0

    def take_ts(self, c, ts):
        if c.timed and not self.paws(c, True, ts, 0):
            c.ts = ts % M
            c.stamp = self.clock.now

    def segment(self, c, what, ts, off=0):
        """A segment from the peer; whether it brought what came with it."""
        words = what.replace(",", "").split()
        fin, data = "fin" in words, "data" in words
        acks_fin = "old" not in words and "no" not in words
        seq = c.rcv_nxt + off
        if c.state in ("GONE", "REQUEST"):
            return False
        if c.state == "TIME-WAIT":
            # a second FIN, the only one that comes that late
            self.live(c, self.long)
            return False
        if c.state == "MINI":
            if self.paws(c, c.timed, ts, 0):
                return False
            if fin:
                c.ts, c.stamp = ts % M, self.clock.now
                self.time_wait(c)
            return True

        if self.paws(c, c.timed, ts, 1) or seq > c.rcv_nxt + WINDOW:
            return False
        if seq <= c.rcv_nxt:
            self.take_ts(c, ts)

        if acks_fin and c.state == "CLOSING":
            self.time_wait(c)
            return True
        if acks_fin and c.state == "LAST-ACK":
            c.state = "GONE"
            return True
        if acks_fin and c.state == "FIN-WAIT-1":
            c.state = "FIN-WAIT-2"
            if c.orphan and (data or fin and seq > c.rcv_nxt):
                c.state = "GONE"        # answered with a reset
            elif c.orphan and not fin:
                self.mini(c)
        if c.state == "GONE" or seq > c.rcv_nxt:
            return False
        if data:
            c.rcv_nxt += 10
        if fin:
            c.rcv_nxt += 1
            if c.state == "FIN-WAIT-2":
                self.time_wait(c)
            else:
                c.state = {"ESTABLISHED": "CLOSE-WAIT",
                           "FIN-WAIT-1": "CLOSING"}[c.state]
        return True

    def shut(self, c):
        c.state = {"ESTABLISHED": "FIN-WAIT-1",
                   "CLOSE-WAIT": "LAST-ACK"}.get(c.state, c.state)

    def program_closes(self, c):
        self.shut(c)
        if c.state == "FIN-WAIT-2":
            self.mini(c)
        elif c.state in ("FIN-WAIT-1", "CLOSING", "LAST-ACK"):
            self.abandon(c)


class Clock:
    """Real time, of which the kernels know whole seconds only."""

    def __init__(self, phase, lag):
        self.phase = phase
        self.lag = lag          # poll() may take a thousandth longer
        self.now = 0
        self.edges = set()      # phases that change what it says
        self.unsure = False

    def sleep(self, seconds):
        self.now += seconds + min(self.lag * seconds / 1000, 0.1)

    def passed(self, seconds, since, until):
        """Whether the kernel's clock went on by so many seconds."""
        span = until - since
        # so close to a second's end that it matters how long "at once" takes
        if abs(span - seconds + 1) <= PRECISION and \
           (since + self.phase) % 1 > 1 - 6 * PRECISION:
            self.unsure = True
        if not seconds - 1 + PRECISION < span < seconds - PRECISION:
            return span > seconds - 0.5
        for time in since, until:
            for phase in -time - PRECISION, -time + PRECISION:
                self.edges.add(round(phase % 1, 4))
        return (math.floor(until + self.phase) -
                math.floor(since + self.phase)) >= seconds


class Play:
    """A script, played once."""

    def __init__(self, mode, phase, era, slack_then, slack_now, lag):
        self.mode = mode
        self.clock = Clock(phase, lag)
        self.old = World(era, self.clock, slack_then)
        self.today = World(None, self.clock, slack_now)
        self.parted = set()
        self.lost = False

    def closes(self, step, pairs):
        """The deeds of a mode, in both worlds."""
        due = 0         # the peer's next sequence number
        for deed in MODES[step.close]:
            if deed == "gap":
                self.clock.sleep(GAP)
            elif deed == "gone":
                for _, c in pairs:
                    c.state = "GONE"
            elif deed == "close":
                for world, c in pairs:
                    world.program_closes(c)
            elif deed == "shut":
                for world, c in pairs:
                    world.shut(c)
            elif deed == "await end":
                if not got:
                    self.clock.sleep(PATIENCE)
            elif deed == "await data":
                if not got:
                    for _, c in pairs:
                        c.slow = True
                    self.clock.sleep(LONG_PATIENCE)
            else:
                what, ts, *off = deed
                ts = step.ts - 100000 if ts == "paws" else step.fin + ts
                got = False
                for world, c in pairs:
                    start = 0 if "again" in what else due
                    if off:
                        start += off[0]
                    got |= world.segment(c, what, ts, start + c.first -
                                         c.rcv_nxt)
                if not off and "again" not in what:
                    due += 10 * ("data" in what) + ("fin" in what)

    def conn(self, step):
        before = self.clock.now
        verdict = self.old.syn(step)
        seen = self.today.syn(step)
        if self.mode == "recorded":
            seen = verdict
        if seen == "silent":
            self.clock.sleep(SILENCE)

        worlds = []
        if verdict == "accepted":
            worlds.append(self.old)
        if self.mode != "recorded" and seen == "accepted" and \
           (verdict != "rejected" or self.mode == "served"):
            worlds.append(self.today)
        if (verdict == "accepted") != (seen == "accepted") and \
           verdict != "rejected":
            self.parted.add(step.peer)
            # one of the two may wait for data while the other does not
            self.lost |= step.close == "halfdata"
        if step.close == "half":
            for world in worlds:
                world.request_stays(step)
        else:
            pairs = [(world, world.establish(step)) for world in worlds]
            for world, c in pairs:
                c.first = c.rcv_nxt
            if pairs:
                self.closes(step, pairs)
            for world, c in pairs:
                if c.state == "GONE":
                    del world.table[step.tuple]
            # what a ghost leaves after a minute can be taken
            if verdict == "rejected" and self.clock.now - before > 59:
                self.parted.add(step.peer)
        return verdict

    def dial(self, step):
        pairs = [(world, world.connect(step)) for world in (self.old, self.today)]
        for _, c in pairs:
            c.first = 0
        self.closes(step, pairs)
        return "connected"

    def play(self, steps):
        """A verdict for each line, None where none is to be had."""
        said = []
        for step in steps:
            if step.kind == "wait":
                self.clock.sleep(step.seconds)
            elif step.kind == "set":
                if step.file.endswith("/tcp_syncookies"):
                    self.old.cookies = self.today.cookies = step.value == "2"
            elif step.kind:
                parted = self.lost or step.peer in self.parted
                verdict = self.conn(step) if step.kind == "conn" else self.dial(step)
                if self.clock.unsure:
                    self.clock.unsure = False
                    self.parted.add(step.peer)
                    verdict = "?"
                said.append("?" if parted else verdict)
        return said


def foretell(steps, era, mode):
    """[(line, verdict)], over all phases of the clock and all slack of timers"""
    lines = [step.line for step in steps if step.kind in ("conn", "dial")]
    plays = []
    for variant in itertools.product(ERAS[era], (0, 1), (0, 1), (0, 1)):
        todo, done = {0.537}, set()
        while todo:
            phase = todo.pop()
            play = Play(mode, phase, *variant)
            plays.append(play.play(steps))
            done.add(phase)
            todo |= play.clock.edges - done
    result = []
    for line, *verdicts in zip(lines, *plays):
        said = {"?" if v == "?" else v == "rejected" for v in verdicts}
        result.append((line, said.pop() if len(said) == 1 else "?"))
    return [(line, {True: "rejected", False: "passed"}.get(v, v)) for line, v in result]


def read_script(name):
    with open(name) as f:
        return [Step(n, text) for n, text in enumerate(f, 1)]


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--recorded", dest="mode", action="store_const", const="recorded")
    args.add_argument("--served", dest="mode", action="store_const", const="served")
    args.add_argument("script")
    args.add_argument("era", choices=sorted(ERAS))
    args = args.parse_args()
    for line, verdict in foretell(read_script(args.script), args.era, args.mode):
        print(line, verdict)


if __name__ == "__main__":
    main()
