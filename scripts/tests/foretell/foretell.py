#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# foretell.py [--recorded | --served] SCRIPT ERA - predicts what an old kernel answers
#
# Reads a script of connections (scripts/tests/replay/traces/README.md describes the form)
# and prints for each `conn` and `dial` what a kernel with tcp_tw_recycle did with it:
# "LINE rejected" or "LINE passed". "LINE ?" means that this depends on the phase of the
# clock or on how long a timer took. The model was written from what is known of the old
# kernels, and from nothing of the module, so that each can be checked against the other.
#
# The model plays the script as the player does, segment by segment, to a small TCP that
# differs by release where the kernels did. Two of these run at the same time, one as the
# old kernel, one as the running kernel. Where a connection exists in only one of the two,
# their states differ, and from there on the answers to its peer are "?" as well.
#
# --recorded: as in the recordings of real kernels, where only the old kernel runs.
# --served: as with `replay --serve-rejected`.

import argparse
import collections
import heapq
import itertools
import math
import re
import sys
import zlib

M = 1 << 32
PAWS_MINUTE = 60
PAWS_24DAYS = 60 * 60 * 24 * 24
LISTENER = 80
TIMEWAIT_LEN = 60
RTO_MIN = 0.2
RTO_MAX = 120
ROW_DEPTH = 6           # entries of a row of the metrics hash
WINDOW = 29200          # of the model; it never fills
PEER_WINDOW = 32767     # of the player
HOLE = 100              # how far the FIN of close=hole is off
BEYOND = 0x10000000     # and that of close=oow
EVER = math.inf
PRECISION = 0.0005      # of the times that the player takes

# The differences between the kernels.
Era = collections.namedtuple("Era", [
    "version",
    "by_local",         # the cache distinguishes local addresses
    "ipv6",             # the cache knows IPv6
    "untimed",          # a SYN without timestamp is rejected as an older one is
    "syn_fin",          # a SYN with FIN opens a connection
    "reopen6",          # an IPv6 SYN that reopens a bucket is checked
    "metrics",          # tcp_metrics, not inet_peer: connections make entries
    "needs_route",      # a socket without route leaves no stamp
    "mapped",           # IPv4 peers of a dual-stack socket have entries of their own
    "cookies2",         # tcp_syncookies=2 sends cookies to all
    "old_backlog",      # the limit of requests is a power of two
    "young",            # a full accept queue accepts a first SYN
    "calendar",         # TIME-WAIT ends by the slots of inet_twdr
    "wheel",            # timers of 4.8 take up to an eighth longer
    "init_rto",         # of the SYN-ACK
    "rtt_kept",         # the cached RTT goes into the new connection's estimate
    "ts_before_ack",    # ts_recent changes before the ACK is checked
    "challenge",        # RFC 5961
    "silent_syn",       # a SYN that meets a connection gets no answer
    "host_queue",       # no retransmission while a device holds the last copy
    "limit",            # two ACKs of out-of-order segments are half a second apart
])


def era(version, **other):
    v = version
    e = Era(version=v, by_local=v >= (3, 14), ipv6=v >= (2, 6, 39),
            untimed=v >= (3, 17), syn_fin=v < (3, 3), reopen6=v >= (3, 18),
            metrics=v >= (3, 6), needs_route=v >= (3, 6),
            mapped=(3, 6) <= v < (3, 14), cookies2=v >= (3, 12),
            old_backlog=v < (4, 4), young=v < (4, 10), calendar=v < (4, 1),
            wheel=v >= (4, 8), init_rto=3 if v < (3, 1) else 1,
            rtt_kept=v < (3, 12), ts_before_ack=v < (3, 9),
            challenge=v >= (3, 6), silent_syn=(3, 8) <= v < (3, 18),
            host_queue=(3, 15) <= v < (3, 18), limit=v >= (4, 0))
    return e._replace(**other)


ERAS = {
    "2.6": era((2, 6, 32)),
    "2.6.32": era((2, 6, 32)),
    "el6": era((2, 6, 32), syn_fin=False),
    "2.6.39": era((2, 6, 39)),
    "3.2": era((3, 2)),
    "3.5": era((3, 5)),
    "3.6": era((3, 6)),
    "3.10": era((3, 10)),
    "3.14": era((3, 14)),
    "3.16": era((3, 16)),
    "3.17": era((3, 17)),
    "el7": era((3, 17), silent_syn=False, host_queue=False,
               limit=True),
    "4.11": era((4, 11)),
}
TODAY = era((6, 1))


def s32(n):
    n %= M
    return n - M if n >= M >> 1 else n


def after(a, b):
    return s32(a - b) > 0


def before(a, b):
    return s32(a - b) < 0


class Step:
    """A line of a script."""

    def __init__(self, line, text):
        words = text.split("#")[0].split()
        self.line = line
        self.kind = words[0] if words else None
        self.rows = None
        found = re.search(r"here rows=(\d+)", text)
        if found:
            self.rows = int(found.group(1))
        if self.kind == "wait":
            self.seconds = float(words[1])
        elif self.kind == "set":
            self.file, self.value = words[1:3]
        elif self.kind in ("conn", "dial"):
            self.connection(words[1], words[2:])
        elif self.kind == "seg":
            self.id, self.flags = words[1], words[2]
            self.options = dict((w.split("=", 1) + [""])[:2] for w in words[3:])
        elif self.kind == "app":
            self.id, self.what = words[1:3]
        elif self.kind == "accept":
            self.id = words[1]
        elif self.kind == "listen":
            self.local_port = int(words[1])
            self.backlog = int(words[2]) if len(words) > 2 else 128
            self.dual = len(words) > 3
        elif self.kind == "unlisten":
            self.local_port = int(words[1])
        elif self.kind:
            sys.exit("line %d: %s is no word of the language" % (line, self.kind))

    def connection(self, peer, words):
        options = dict(w.split("=", 1) for w in words)
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
        self.seq = int(options["seq"], 0) if "seq" in options else None
        self.delay = float(options.get("delay", 0))
        self.id = options.get("id")
        self.tuple = (self.peer, self.port, self.local, self.local_port)


# A segment. ts is None without the option; tsecr is when the echoed segment was sent.
Segment = collections.namedtuple("Segment", "tuple flags seq ack ts tsecr len bad")
# A segment that the kernel sends.
Sent = collections.namedtuple("Sent", "tuple flags seq len timed time")


def end_of(g):
    return g.seq + g.len + ("S" in g.flags) + ("F" in g.flags)


def in_window(seq, end, start, beyond):
    if seq % M == start % M:
        return True
    if after(end, start) and before(seq, beyond):
        return True
    return seq % M == beyond % M and seq % M == end % M


class Timer:
    def __init__(self, deed):
        self.deed = deed


class Clock:
    """Real time, of which the kernels know only whole seconds."""

    def __init__(self, phase, lag):
        self.phase = phase
        self.lag = lag          # poll() may take a thousandth longer
        self.now = 0.0
        self.edges = set()      # phases at which the answers change
        self.unsure = False
        self.timers = []
        self.n = itertools.count()

    def at(self, time, deed):
        timer = Timer(deed)
        heapq.heappush(self.timers, (time, next(self.n), timer))
        return timer

    def after(self, seconds, deed):
        return self.at(self.now + seconds, deed)

    def next(self):
        while self.timers and not self.timers[0][2].deed:
            heapq.heappop(self.timers)
        return self.timers[0][0] if self.timers else EVER

    def run(self, until):
        """Runs the timers that expire until then."""
        while self.next() <= until:
            time, _, timer = heapq.heappop(self.timers)
            self.now = max(self.now, time)
            deed, timer.deed = timer.deed, None
            deed()
        self.now = max(self.now, until)

    def sleep(self, seconds):
        self.run(self.now + seconds + min(self.lag * seconds / 1000, 0.1))

    def passed(self, seconds, since, until):
        """Whether the kernel's clock has advanced by so many seconds."""
        span = until - since
        # so close to the end of a second that it matters how long "at once" takes
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


def stop(timer):
    if timer:
        timer.deed = None


class Calendar:
    """inet_twsk_schedule() before 4.1, at 1000 Hz."""

    TICK, FAST = 7, 32
    PERIOD, SLOW = 7500, 8

    def __init__(self, clock):
        self.clock = clock
        self.fast = [[] for _ in range(self.FAST)]
        self.cells = [[] for _ in range(self.SLOW)]
        self.hand = -1
        self.slot = 0
        self.count = 0
        self.fast_timer = self.slow_timer = None
        self.fast_expires = 0

    def now(self):
        return round(self.clock.now * 1000)

    def remove(self, bucket):
        if bucket.cell is not None:
            bucket.cell.remove(bucket)
            bucket.cell = None
            self.count -= 1
            return True
        return False

    def deschedule(self, bucket):
        if self.remove(bucket) and self.count == 0:
            stop(self.slow_timer)

    def schedule(self, bucket, seconds):
        timeo = int(seconds * 1000)
        slot = (timeo + (1 << self.TICK) - 1) >> self.TICK
        self.remove(bucket)
        if slot >= self.FAST:
            if timeo >= TIMEWAIT_LEN * 1000:
                slot = self.SLOW - 1
            else:
                slot = min(-(-timeo // self.PERIOD), self.SLOW - 1)
            bucket.cell = self.cells[(self.slot + slot) % self.SLOW]
        else:
            expires = self.now() + (slot << self.TICK)
            if self.hand < 0:
                self.hand = 0
                self.jiffie = self.now()
                self.arm_fast(expires)
            else:
                if self.fast_expires > expires:
                    self.arm_fast(expires)
                slot = (self.hand + slot) % self.FAST
            bucket.cell = self.fast[slot]
        bucket.cell.insert(0, bucket)
        if self.count == 0:
            self.arm_slow()
        self.count += 1

    def arm_fast(self, expires):
        stop(self.fast_timer)
        self.fast_expires = expires
        self.fast_timer = self.clock.at(expires / 1000, self.tick)

    def arm_slow(self):
        stop(self.slow_timer)
        self.slow_timer = self.clock.after(self.PERIOD / 1000, self.hangman)

    def kill(self, cell):
        for bucket in list(cell):
            self.remove(bucket)
            bucket.gone()

    def tick(self):
        if self.hand < 0:
            return
        now, slot, j, adv = self.now(), self.hand, self.jiffie, False
        for _ in range(self.FAST):
            if j <= now:
                self.kill(self.fast[slot])
            else:
                if not adv:
                    adv, self.jiffie, self.hand = True, j, slot
                if self.fast[slot]:
                    self.arm_fast(j)
                    break
            j += 1 << self.TICK
            slot = (slot + 1) % self.FAST
        else:
            self.hand = -1
        if self.count == 0:
            stop(self.slow_timer)

    def hangman(self):
        if self.count == 0:
            return
        self.kill(self.cells[self.slot])
        self.slot = (self.slot + 1) % self.SLOW
        if self.count:
            self.arm_slow()


class Entry:
    """The cache's data about a peer."""

    def __init__(self, used):
        self.ts, self.stamp = 0, -EVER
        self.rtt = self.rttvar = 0
        self.used = used


class Listener:
    def __init__(self, backlog, v6, dual):
        self.backlog, self.v6, self.dual = backlog, v6, dual
        self.requests = []
        self.queue = []         # to be accepted
        self.open = True

    def bound(self, old):
        if not old:
            return self.backlog
        n = max(self.backlog, 8) + 1
        return 1 << (n - 1).bit_length()


class Request:
    def __init__(self, world, listener, g, timed, iss):
        self.world, self.listener = world, listener
        self.tuple, self.isn, self.iss = g.tuple, g.seq, iss
        self.timed = timed
        self.ts = g.ts if timed else 0
        self.sent = world.clock.now
        self.timeouts = 0
        self.state = "REQUEST"
        self.acked = False
        self.arm()

    def arm(self):
        w = self.world
        wait = min(w.era.init_rto << self.timeouts, RTO_MAX)
        extra = w.slack * wait * (0.04 if w.era.wheel else 0.01)
        self.timer = w.clock.after(wait + extra, self.timeout)

    def timeout(self):
        self.timeouts += 1
        if self.timeouts > 5:
            self.drop()
            return
        if not self.acked:
            self.world.send_synack(self)
        self.arm()

    def drop(self):
        stop(self.timer)
        if self in self.listener.requests:
            self.listener.requests.remove(self)
        if self.world.table.get(self.tuple) is self:
            del self.world.table[self.tuple]


class Bucket:
    """A socket in TIME-WAIT, or, as a mini-socket, in FIN-WAIT-2."""

    def __init__(self, sock, state):
        self.world, self.tuple = sock.world, sock.tuple
        self.state = state
        self.sock_key = sock.key()
        self.v6, self.timed = sock.v6, sock.timed
        self.ts, self.stamp = sock.ts, sock.stamp
        self.rcv_nxt, self.snd_nxt = sock.rcv_nxt, sock.snd_nxt
        self.window = sock.window()
        self.timeout = TIMEWAIT_LEN
        self.cell = self.timer = None
        self.last_ack = -EVER

    def schedule(self, seconds):
        w = self.world
        if w.calendar:
            w.calendar.schedule(self, seconds)
            return
        stop(self.timer)
        # A timer that the granularity of the wheel delays.
        most = seconds / 8 + 0.008 if w.era.wheel else 0.002
        self.timer = w.clock.after(seconds + w.slack * most, self.gone)

    def gone(self):
        """The timer removes the bucket."""
        if self.world.table.get(self.tuple) is self:
            del self.world.table[self.tuple]
            self.world.nr_buckets -= 1

    def kill(self):
        if self.world.calendar:
            self.world.calendar.deschedule(self)
        stop(self.timer)
        self.gone()

    def answer(self):
        w = self.world
        if w.era.limit and w.clock.now - self.last_ack < 0.5:
            return
        self.last_ack = w.clock.now
        w.send(self.tuple, "A", self.snd_nxt, 0, self.timed)

    def receive(self, g):
        """tcp_timewait_state_process(); True for a SYN of a new connection"""
        w = self.world
        saw = g.ts is not None and w.timestamps and self.stamp is not None
        paws = saw and w.paws_reject(self.ts, self.stamp, g.ts, "R" in g.flags)
        end = end_of(g)

        if self.state == "MINI":
            if paws or not in_window(g.seq, end, self.rcv_nxt,
                                     self.rcv_nxt + self.window):
                self.answer()
                return False
            if "R" in g.flags:
                self.kill()
                return False
            if "S" in g.flags and not before(g.seq, self.rcv_nxt):
                self.reset()
                return False
            if "A" not in g.flags or not after(end, self.rcv_nxt) or \
               end % M == g.seq % M:
                return False
            if "F" not in g.flags or end % M != (self.rcv_nxt + 1) % M:
                self.reset()
                return False
            self.state = "TIME-WAIT"
            self.rcv_nxt = end
            if saw:
                self.ts, self.stamp = g.ts % M, w.clock.now
            short = w.recycle and self.stamp is not None and \
                w.remember_bucket(self)
            self.schedule(self.timeout if short else TIMEWAIT_LEN)
            w.send(self.tuple, "A", self.snd_nxt, 0, self.timed)
            return False

        if not paws and g.seq % M == self.rcv_nxt % M and \
           (g.seq % M == end % M or "R" in g.flags):
            if "R" in g.flags and not w.sysctl("tcp_rfc1337"):
                self.kill()
                return False
            self.schedule(TIMEWAIT_LEN)
            if saw:
                self.ts, self.stamp = g.ts % M, w.clock.now
            return False
        if "S" in g.flags and "R" not in g.flags and "A" not in g.flags and \
           not paws and (after(g.seq, self.rcv_nxt) or
                         saw and s32(self.ts - g.ts) < 0):
            return True
        if "R" not in g.flags:
            if paws or "A" in g.flags:
                self.schedule(TIMEWAIT_LEN)
            self.answer()
        return False

    def reset(self):
        self.kill()
        self.world.send(self.tuple, "R", self.snd_nxt, 0, False)


class Sock:
    """A connection that is a full socket."""

    def __init__(self, world, tuple, v6, mapped, iss, isn, timed):
        self.world, self.tuple, self.v6, self.mapped = world, tuple, v6, mapped
        self.timed = timed
        self.state = "ESTABLISHED"
        self.ts, self.stamp = 0, None
        self.rcv_nxt = self.rcv_wup = isn + 1
        self.iss = iss
        self.snd_una = self.snd_nxt = iss + 1
        self.wl1 = isn
        self.retrans_at = None
        self.fin_sent = False
        self.flying = {}        # end of a segment that is not acknowledged: (when, sent again)
        self.rcv_shut = self.send_shut = False
        self.orphan = self.lingering = False
        self.linger2 = 0
        self.route = True
        self.srtt = self.mdev = self.mdev_max = 0
        self.rttvar = 3 if world.era.init_rto == 3 else 1
        self.rtt_seq = iss + 1
        self.rto = world.era.init_rto
        self.backoff = self.retransmits = 0
        self.timer = self.keepalive = self.delack = self.linger_timer = None
        self.early = []             # segments that came out of order
        self.unread = 0
        self.seen_data = self.pingpong = False
        self.last_ack = -EVER
        self.listener = None

    def key(self):
        peer, _, local, _ = self.tuple
        family = 6 if self.v6 else 4
        if self.mapped and self.world.era.mapped:
            family = 46
        return (family, peer, local if self.world.era.by_local else None)

    def window(self):
        return max(self.rcv_wup + WINDOW - self.rcv_nxt, 0)

    # --- what the socket sends ---

    def send(self, flags, seq=None, length=0):
        self.route = True
        if "A" in flags:
            self.rcv_wup = self.rcv_nxt
            stop(self.delack)
        self.world.send(self.tuple, flags, self.snd_nxt if seq is None else seq,
                        length, self.timed)

    def ack(self):
        if self.state != "CLOSE":
            self.send("A")

    def dupack(self):
        now = self.world.clock.now
        if self.world.era.limit and now - self.last_ack < 0.5:
            return
        self.last_ack = now
        self.ack()

    def write(self, length, fin=False):
        seq = self.snd_nxt
        self.snd_nxt += length + fin
        self.fin_sent |= fin
        self.flying[self.snd_nxt] = [self.world.clock.now, False]
        self.send("FA" if fin else "PA", seq, length)
        if not (self.timer and self.timer.deed):
            self.rearm()

    def rearm(self):
        stop(self.timer)
        w = self.world
        extra = w.slack * self.rto / 8 if w.era.wheel and self.rto > 0.063 else 0
        self.timer = w.clock.after(self.rto + extra, self.timed_out)

    def expired(self, boundary):
        """retransmits_timed_out()"""
        if not self.retransmits:
            return False
        t = ((2 << boundary) - 1) * RTO_MIN if boundary <= 9 else \
            ((2 << 9) - 1) * RTO_MIN + (boundary - 9) * RTO_MAX
        return self.world.clock.now - self.retrans_at >= t - 0.0005

    def held_back(self):
        """skb_still_in_host_queue(): a TUN device holds what the player has not read yet,
        as happens while the player waits. This counts only for a recording. In a play
        the running kernel decides when segments are sent."""
        return self.world.era.host_queue and self.world.alone and any(
            g.tuple == self.tuple and g.seq == self.snd_una and (g.len or
            "F" in g.flags) for g in self.world.out)

    def timed_out(self):
        retries = 15
        if self.orphan:
            retries = 8 if self.rto < RTO_MAX else 0
        if self.expired(retries):
            self.done()
            return
        if not self.held_back():
            if self.retrans_at is None:
                self.retrans_at = self.world.clock.now
            next(iter(self.flying.values()))[1] = True
            last = len(self.flying) == 1
            self.send("FA" if self.fin_sent and last else "PA", self.snd_una,
                      max(self.snd_nxt - self.snd_una - self.fin_sent, 0))
        self.retransmits += 1
        self.backoff += 1
        self.rto = min(self.rto * 2, RTO_MAX)
        self.rearm()
        if self.expired(4):
            self.route = False

    # --- what the socket measures ---

    def measured(self, m):
        """tcp_rtt_estimator() and tcp_set_rto()"""
        m = max(m, 0.001)
        if self.srtt:
            m -= self.srtt
            self.srtt += m / 8
            if m < 0:
                m = -m - self.mdev / 4
                if m > 0:
                    m /= 8
            else:
                m -= self.mdev / 4
            self.mdev += m
            if self.mdev > self.mdev_max:
                self.mdev_max = self.mdev
                self.rttvar = max(self.rttvar, self.mdev_max)
            if after(self.snd_una, self.rtt_seq):
                if self.mdev_max < self.rttvar:
                    self.rttvar -= (self.rttvar - self.mdev_max) / 4
                self.rtt_seq = self.snd_nxt
                self.mdev_max = RTO_MIN
        else:
            self.srtt = m
            self.mdev = 2 * m
            self.mdev_max = self.rttvar = max(self.mdev, RTO_MIN)
            self.rtt_seq = self.snd_nxt
        self.rto = min(self.srtt + self.rttvar, RTO_MAX)
        self.backoff = 0

    def opened(self, m):
        """The handshake is complete, and took m seconds."""
        if m is not None:
            self.measured(m)
        e = self.world.entry(self, True)
        rtt = e.rtt if e else 0
        if self.world.era.rtt_kept:
            if rtt and self.srtt:
                self.srtt = max(self.srtt, rtt)
                if e.rttvar > self.mdev:
                    self.mdev = e.rttvar
                    self.mdev_max = self.rttvar = max(self.mdev, RTO_MIN)
                self.rto = self.srtt + self.rttvar
        elif rtt > self.srtt:
            self.rto = rtt + max(2 * rtt, RTO_MIN)
            return
        if not self.srtt:
            self.rto = self.rttvar = self.mdev = self.mdev_max = 3

    def keep_metrics(self):
        """tcp_update_metrics()"""
        w = self.world
        if not self.route:
            return
        if self.backoff or not self.srtt:
            e = w.entry(self, False)
            if e:
                e.rtt = 0
            return
        e = w.entry(self, True)
        if not e:
            return
        m = e.rtt - self.srtt
        e.rtt = self.srtt if m <= 0 else e.rtt - m / 8
        m = max(abs(m) / 2 * 8, self.mdev)
        if w.era.rtt_kept:
            e.rttvar = m if m >= e.rttvar else e.rttvar - (e.rttvar - m) / 4
        e.used = w.clock.now

    # --- how the socket ends ---

    def done(self):
        self.state = "CLOSE"
        for timer in self.timer, self.keepalive, self.delack, self.linger_timer:
            stop(timer)
        if self.world.table.get(self.tuple) is self:
            del self.world.table[self.tuple]
        if self.listener and self in self.listener.queue and self.listener.open:
            self.state = "CLOSE"    # it still waits to be accepted

    def reset(self):
        self.send("RA")
        self.done()

    def fin_time(self):
        return max(self.linger2 or self.world.sysctl("tcp_fin_timeout"),
                   3.5 * self.rto)

    def time_wait(self, state, timeo):
        """tcp_time_wait()"""
        w = self.world
        short = w.recycle and self.stamp is not None and w.remember(self)
        rto = 3.5 * self.rto
        bucket = None
        if w.nr_buckets < w.sysctl("tcp_max_tw_buckets"):
            bucket = Bucket(self, state)
            timeo = max(timeo, rto)
            if short:
                bucket.timeout = rto
            elif state == "TIME-WAIT":
                timeo = TIMEWAIT_LEN
        self.keep_metrics()
        self.done()
        if bucket:
            w.nr_buckets += 1
            w.table[self.tuple] = bucket
            bucket.schedule(timeo)

    def half_closed(self, wait_for_fin):
        """An orphan in FIN-WAIT-2."""
        tmo = self.fin_time()
        if tmo > TIMEWAIT_LEN or wait_for_fin:
            stop(self.keepalive)
            self.keepalive = self.world.clock.after(
                tmo - TIMEWAIT_LEN if tmo > TIMEWAIT_LEN else tmo,
                self.kept_long_enough)
            return False
        self.time_wait("MINI", tmo)
        return True

    def kept_long_enough(self):
        if self.state != "FIN-WAIT-2" or not self.orphan:
            return
        tmo = self.fin_time() - TIMEWAIT_LEN
        if self.linger2 >= 0 and tmo > 0:
            self.time_wait("MINI", tmo)
        else:
            self.reset()

    # --- what the program does ---

    def send_fin(self):
        """tcp_close_state() and tcp_send_fin()"""
        following = {"ESTABLISHED": "FIN-WAIT-1", "CLOSE-WAIT": "LAST-ACK"}
        if self.state in following:
            self.state = following[self.state]
            self.send_shut = True
            self.write(0, fin=True)

    def shutdown(self, how):
        if self.state == "CLOSE":
            return
        if how == "rd":
            self.rcv_shut = True
        else:
            self.send_shut = True
            self.send_fin()

    def close(self, linger=None):
        self.rcv_shut = self.send_shut = True
        if self.state != "CLOSE":
            if self.unread:
                self.reset()
            elif linger == 0:
                self.reset() if self.state not in ("CLOSING", "LAST-ACK") else \
                    self.done()
            else:
                self.send_fin()
        if linger and self.state in ("FIN-WAIT-1", "CLOSING", "LAST-ACK"):
            self.lingering = True
            self.linger_timer = self.world.clock.after(linger, self.adjudge)
            return
        self.adjudge()

    def adjudge(self):
        stop(self.linger_timer)
        self.lingering = False
        self.orphan = True
        if self.state == "FIN-WAIT-2":
            if self.linger2 < 0:
                self.reset()
            else:
                self.half_closed(False)

    # --- what the peer sends ---

    def paws_discard(self, g):
        w = self.world
        if w.paws_check(self.ts, self.stamp, g.ts, 1):
            return False
        disordered = "A" in g.flags and g.len == 0 and \
            not set("SF") & set(g.flags) and g.seq % M == self.rcv_nxt % M and \
            g.ack % M == self.snd_una % M and not after(g.seq, self.wl1) and \
            s32(self.ts - g.ts) <= self.rto * 1024
        return not disordered

    def replace_ts(self, g):
        w = self.world
        if g.ts is not None and self.timed and not after(g.seq, self.rcv_wup) and \
           w.paws_check(self.ts, self.stamp, g.ts, 0):
            self.ts, self.stamp = g.ts % M, w.clock.now

    def valid(self, g):
        """tcp_validate_incoming()"""
        w, end = self.world, end_of(g)
        if g.ts is not None and self.timed and self.paws_discard(g) and \
           "R" not in g.flags:
            self.dupack()
            return False
        if before(end, self.rcv_wup) or after(g.seq, self.rcv_nxt + self.window()):
            if "R" not in g.flags:
                self.dupack()
            return False
        if "R" in g.flags:
            if g.seq % M == self.rcv_nxt % M or not w.era.challenge:
                self.done()
            else:
                self.ack()
            return False
        if w.era.ts_before_ack:
            self.replace_ts(g)
        if "S" in g.flags:
            if w.era.challenge:
                self.ack()
            elif not before(g.seq, self.rcv_nxt):
                self.reset()
            return False
        return True

    def acknowledged(self, g):
        """tcp_ack(); False for an ACK of what was never sent"""
        w = self.world
        if before(g.ack, self.snd_una):
            if w.era.challenge and before(g.ack, self.snd_una - PEER_WINDOW):
                self.ack()
                return False
            return w.era is not TODAY or self.state in ("ESTABLISHED", "CLOSE-WAIT")
        if after(g.ack, self.snd_nxt):
            return False
        moved = after(g.ack, self.snd_una)
        if moved:
            self.retransmits = 0
        if not w.era.ts_before_ack:
            self.replace_ts(g)
        self.wl1 = g.seq
        if not moved:
            return True
        self.snd_una += s32(g.ack - self.snd_una)
        sample, again = None, False
        for end in [e for e in self.flying if e <= self.snd_una]:
            when, resent = self.flying.pop(end)
            again |= resent
            if sample is None and not resent:
                sample = w.clock.now - when
            self.retrans_at = None if not self.flying else self.retrans_at
        if again:
            sample = None
        if (sample is None or w.era.version < (3, 12)) and self.timed and \
           g.ts is not None and g.tsecr is not None:
            sample = w.clock.now - g.tsecr
        if sample is not None:
            self.measured(sample)
        stop(self.timer)
        if self.flying:
            self.rearm()
        return True

    def receive(self, g):
        """tcp_rcv_established() and tcp_rcv_state_process()"""
        if not set("AR" if self.world.era.silent_syn else "ARS") & set(g.flags):
            return
        if not self.valid(g):
            return
        if "A" not in g.flags:
            return
        established = self.state == "ESTABLISHED"
        taken = self.acknowledged(g)
        if established:
            if taken:
                self.text(g)
            return
        if not taken and self.world.era is TODAY:
            return
        self.after_ack(g)
        if self.lingering and self.state not in ("FIN-WAIT-1", "CLOSING", "LAST-ACK"):
            self.adjudge()

    def brings_more(self, g):
        """Data that no program will read, or a FIN that is not the next in sequence."""
        end = end_of(g)
        return end % M != g.seq % M and after(end - ("F" in g.flags), self.rcv_nxt)

    def after_ack(self, g):
        fin = "F" in g.flags
        all_acked = self.snd_una == self.snd_nxt
        if self.state == "FIN-WAIT-1" and self.fin_sent and all_acked:
            self.state = "FIN-WAIT-2"
            # a program that lingers in close() wakes up after the segment is handled
            if self.orphan:
                if self.linger2 < 0 or self.brings_more(g):
                    self.done()
                    self.world.send(self.tuple, "R", g.ack, 0, False)
                    return
                if self.half_closed(fin):
                    return
        elif self.state == "CLOSING" and all_acked:
            self.time_wait("TIME-WAIT", 0)
            return
        elif self.state == "LAST-ACK" and all_acked:
            self.keep_metrics()
            self.done()
            return
        if self.state in ("FIN-WAIT-1", "FIN-WAIT-2") and self.rcv_shut and \
           self.brings_more(g):
            self.done()
            self.world.send(self.tuple, "R", g.ack, 0, False)
            return
        if self.state in ("ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2"):
            self.text(g)

    def text(self, g):
        """tcp_data_queue()"""
        end = end_of(g)
        if end % M == g.seq % M:
            return
        if not after(end, self.rcv_nxt):
            self.ack()
            return
        if not before(g.seq, self.rcv_nxt + self.window()):
            self.ack()
            return
        if after(g.seq, self.rcv_nxt):
            self.early.append(g)
            self.ack()
            return
        self.take(g)
        taken = True
        while taken:
            taken = False
            for e in list(self.early):
                if self.state in ("TIME-WAIT", "CLOSE"):
                    return
                if not after(e.seq, self.rcv_nxt):
                    self.early.remove(e)
                    if after(end_of(e), self.rcv_nxt):
                        self.take(e)
                        taken = True
        if self.state == "CLOSE":
            return
        if self.seen_data and not self.pingpong or "F" not in g.flags:
            self.ack()
        elif self.state != "CLOSE":
            stop(self.delack)
            self.delack = self.world.clock.after(0.001, self.ack)

    def take(self, g):
        end, fin = end_of(g), "F" in g.flags
        start = self.rcv_nxt
        self.rcv_nxt += s32(end - self.rcv_nxt)
        got = self.rcv_nxt - start - fin
        if got > 0:
            self.unread += got
            self.seen_data = True
        if not fin:
            return
        self.rcv_shut = True
        if self.state == "ESTABLISHED":
            self.state = "CLOSE-WAIT"
            self.pingpong = True
        elif self.state == "FIN-WAIT-1":
            self.ack()
            self.state = "CLOSING"
        elif self.state == "FIN-WAIT-2":
            self.ack()
            self.time_wait("TIME-WAIT", 0)


class World:
    """A kernel: the old one, or the running one, which has no cache."""

    DEFAULTS = {"tcp_fin_timeout": 60, "tcp_syncookies": 1, "tcp_timestamps": 1,
                "tcp_max_tw_buckets": 4096, "tcp_rfc1337": 0,
                "tcp_tw_recycle": 1}

    def __init__(self, era, clock, slack, rows):
        self.era = era
        self.clock = clock
        self.slack = slack      # of all timers: 0 or 1, the smallest or the largest
        self.rows = rows        # 1: all peers share a row
        self.cache = collections.OrderedDict()  # in the order of creation
        self.table = {}
        self.cookies = {}
        self.listeners = {}
        self.values = {}
        self.nr_buckets = 0
        self.rejections = 0
        self.out = collections.deque()
        self.calendar = Calendar(clock) if era.calendar else None
        self.alone = False
        self.far = 0            # the time that the peers' answers take, apart from waits
        self.listen(LISTENER, 128, False)

    def sysctl(self, name):
        return self.values.get(name, self.DEFAULTS[name])

    @property
    def timestamps(self):
        return self.sysctl("tcp_timestamps")

    @property
    def recycle(self):
        return self.era is not TODAY and self.sysctl("tcp_tw_recycle")

    def send(self, tuple, flags, seq, length, timed):
        self.out.append(Sent(tuple, flags, seq, length, timed, self.clock.now))

    # --- the cache ---

    def lookup(self, key, create):
        e = self.cache.get(key)
        if not e and create:
            e = Entry(self.clock.now)
            if self.rows and self.era.metrics:
                family6 = key[0] != 4
                row = [k for k in self.cache if (k[0] != 4) == family6]
                if len(row) >= ROW_DEPTH:
                    # the newest entry comes first, and wins a tie
                    oldest = min(reversed(row), key=lambda k: self.cache[k].used)
                    # the new entry takes the place of the oldest
                    items = [(key, e) if k == oldest else (k, v)
                             for k, v in self.cache.items()]
                    self.cache = collections.OrderedDict(items)
                    return e
            self.cache[key] = e
        return e

    def entry(self, sock, create):
        """The entry of tcp_metrics. inet_peer has none until the first stamp."""
        return self.lookup(sock.key(), create) if self.era.metrics and \
            self.era is not TODAY else None

    def replace(self, e, ts, stamp):
        clock = self.clock
        if e.stamp == -EVER or s32(e.ts - ts) <= 0 or \
           (clock.passed(PAWS_MINUTE + 1, e.stamp, clock.now) and
            clock.passed(0, e.stamp, stamp)):
            e.ts, e.stamp = ts, stamp

    def remember(self, sock):
        """tcp_remember_stamp()"""
        if sock.v6 and not self.era.ipv6 or self.era.needs_route and not sock.route:
            return False
        self.replace(self.lookup(sock.key(), True), sock.ts, sock.stamp)
        return True

    def remember_bucket(self, bucket):
        """tcp_tw_remember_stamp()"""
        if bucket.v6 and not self.era.ipv6:
            return False
        e = self.lookup(bucket.sock_key, not self.era.metrics)
        if e:
            self.replace(e, bucket.ts, bucket.stamp)
        return e is not None

    def fresh(self, tuple, v6, ts):
        """tcp_peer_is_proven()"""
        era = self.era
        if not self.recycle or v6 and not era.ipv6:
            return True
        peer, _, local, _ = tuple
        e = self.cache.get((6 if v6 else 4, peer, local if era.by_local else None))
        if not e or e.stamp == -EVER or \
           self.clock.passed(PAWS_MINUTE, e.stamp, self.clock.now):
            return True
        return s32(e.ts - ts) <= 1 if ts is not None else not era.untimed

    # --- PAWS ---

    def paws_check(self, ts_recent, stamp, ts, window):
        if s32(ts_recent - ts) <= window or not ts_recent:
            return True
        return self.clock.passed(PAWS_24DAYS, stamp, self.clock.now)

    def paws_reject(self, ts_recent, stamp, ts, rst):
        if self.paws_check(ts_recent, stamp, ts, 0):
            return False
        return not (rst and self.clock.passed(PAWS_MINUTE, stamp, self.clock.now))

    # --- listeners ---

    def listen(self, port, backlog, dual):
        six = Listener(backlog, True, dual)
        self.listeners[port] = [six if dual else Listener(backlog, False, False), six]

    def unlisten(self, port):
        for listener in set(self.listeners.pop(port, [])):
            listener.open = False
            for request in list(listener.requests):
                request.drop()
            for sock in list(listener.queue):
                if sock.state != "CLOSE":
                    sock.reset()
            listener.queue = []

    def accept(self, port, v6):
        queue = self.listeners[port][v6].queue
        return queue.pop(0) if queue else None

    # --- segments ---

    def receive(self, g):
        if g.bad:
            return
        v6 = g.tuple[0].startswith("[")
        held = self.table.get(g.tuple)
        reopened = None
        if isinstance(held, Bucket):
            if not held.receive(g):
                return
            if not self.listener(g.tuple[3], v6):
                held.answer()
                return
            reopened = (held.snd_nxt + 65537) % M
            held.kill()
        elif isinstance(held, Request):
            self.requested(held, g)
            return
        elif held:
            held.receive(g)
            return
        self.listened(g, v6, reopened)

    def listener(self, port, v6):
        pair = self.listeners.get(port)
        return pair[v6] if pair else None

    def reset(self, g):
        if "R" not in g.flags:
            self.send(g.tuple, "R", g.ack, 0, False)

    def listened(self, g, v6, reopened):
        listener = self.listener(g.tuple[3], v6)
        if not listener:
            self.reset(g)
            return
        if "R" in g.flags:
            return
        if "A" in g.flags:
            if "S" not in g.flags and self.by_cookie(g, listener, v6):
                return
            self.reset(g)
            return
        if "S" not in g.flags or "F" in g.flags and not self.era.syn_fin:
            return
        self.asked(g, listener, v6, reopened)

    def iss(self, g):
        return (zlib.crc32(repr(g.tuple).encode()) +
                int(self.clock.now * 15625000)) % M

    def asked(self, g, listener, v6, isn):
        """tcp_conn_request()"""
        era = self.era
        cookies = self.sysctl("tcp_syncookies")
        cookie = False
        if (cookies == 2 and era.cookies2 or len(listener.requests) >=
                listener.bound(era.old_backlog)) and isn is None:
            if not cookies:
                return
            cookie = True
        if len(listener.queue) > listener.backlog:
            young = sum(not r.timeouts for r in listener.requests)
            if not era.young or young > 1:
                return
        ts = g.ts if self.timestamps else None
        checked = isn is None or v6 and era.reopen6
        if not cookie and checked and not self.fresh(g.tuple, v6, ts):
            self.rejections += 1
            return
        if v6 and era.reopen6:
            isn = None
        iss = self.iss(g) if isn is None else isn
        if cookie:
            self.cookies[g.tuple] = (iss, g.seq, ts is not None, self.clock.now)
            self.send(g.tuple, "SA", iss, 0, ts is not None)
            return
        request = Request(self, listener, g, ts is not None, iss)
        listener.requests.append(request)
        self.table[g.tuple] = request
        self.send_synack(request)

    def send_synack(self, request):
        self.send(request.tuple, "SA", request.iss, 0, request.timed)

    def by_cookie(self, g, listener, v6):
        if g.tuple not in self.cookies or not self.sysctl("tcp_syncookies"):
            return False
        iss, isn, timed, when = self.cookies[g.tuple]
        if g.ack % M != (iss + 1) % M or g.seq % M != (isn + 1) % M or \
           self.clock.now - when > 120:
            return False
        if timed and (g.ts is None or not self.timestamps):
            return not self.timestamps
        del self.cookies[g.tuple]
        if len(listener.queue) > listener.backlog:
            return True
        sock = Sock(self, g.tuple, v6, listener.dual and not v6, iss, isn, timed)
        m = self.clock.now - when if timed else None
        self.child(sock, g, listener, g.ts, m)
        return True

    def child(self, sock, g, listener, ts, m):
        if sock.timed:
            sock.ts, sock.stamp = ts % M, self.clock.now
        self.table[sock.tuple] = sock
        sock.listener = listener
        listener.queue.append(sock)
        sock.opened(m)
        sock.wl1 = g.seq
        if end_of(g) % M != g.seq % M:
            sock.text(g)

    def requested(self, r, g):
        """tcp_check_req()"""
        clock = self.clock
        timed = g.ts is not None and self.timestamps
        paws = timed and self.paws_reject(r.ts, clock.now - 1, g.ts, "R" in g.flags)
        flags = set(g.flags) & set("SAR")
        end = end_of(g)
        if g.seq % M == r.isn % M and flags == {"S"} and not paws:
            self.send_synack(r)
            return
        if "A" in flags and g.ack % M != (r.iss + 1) % M:
            v6 = g.tuple[0].startswith("[")
            self.listened(g, v6, None)
            return
        if paws or not in_window(g.seq, end, r.isn + 1, r.isn + 1 + WINDOW):
            if "R" not in flags:
                self.send(r.tuple, "A", r.iss + 1, 0, r.timed)
            return
        ts = r.ts
        if timed and not after(g.seq, r.isn + 1):
            ts = r.ts = g.ts
        if g.seq % M == r.isn % M:
            flags.discard("S")
        if flags & set("RS"):
            self.reset(g)
            r.drop()
            return
        if "A" not in flags:
            return
        listener = r.listener
        if len(listener.queue) > listener.backlog:
            r.acked = True
            return
        r.drop()
        v6 = g.tuple[0].startswith("[")
        sock = Sock(self, r.tuple, v6, listener.dual and not v6, r.iss, r.isn, r.timed)
        m = clock.now - r.sent + self.far
        if r.timeouts:
            m = None
            if r.timed and g.ts is not None and g.tsecr is not None:
                m = clock.now - g.tsecr
        if self.era.version < (3, 1) and not r.timed:
            m = None
        self.child(sock, g, listener, ts, m)


class Live:
    """A connection that the script continues: what its peer knows."""

    def __init__(self, step, seq, ack, timed, ts, tsecr, socks, base):
        self.tuple, self.local_port, self.v6 = step.tuple, step.local_port, step.v6
        self.seq, self.ack, self.timed = seq, ack, timed
        self.ts, self.tsecr = ts, tsecr
        self.socks = socks      # {world: socket}, or None: not accepted yet
        self.base = base        # {world: initial sequence number}


class Play:
    """One play of a script."""

    def __init__(self, mode, phase, era, slack_then, slack_now, lag, rows):
        self.mode = mode
        self.clock = Clock(phase, lag)
        self.old = World(era, self.clock, slack_then, rows)
        self.worlds = [self.old]
        self.seen = self.old
        self.old.alone = mode == "recorded"
        self.old.far = 0.004 * lag
        if mode != "recorded":
            self.seen = self.today = World(TODAY, self.clock, slack_now, rows)
            self.worlds.append(self.seen)
        self.parted = set()
        self.lost = False
        self.lives = {}
        self.isn = 1000

    # --- the player ---

    def inject(self, tuple, flags, seq, ack, ts, tsecr, length=0, bad=False,
               base=None, worlds=None):
        for world in worlds or self.worlds:
            a = ack
            if base and world is not self.seen and world in base and \
               self.seen in base:
                a = ack + base[world] - base[self.seen]
            world.receive(Segment(tuple, flags, seq % M, a % M,
                                  None if ts is None else ts % M, tsecr, length, bad))

    def note(self, g):
        """live_note()"""
        if "R" in g.flags:
            return
        end = g.seq + g.len + ("S" in g.flags) + ("F" in g.flags)
        for c in self.lives.values():
            if c.tuple == g.tuple:
                if after(end, c.ack) or "S" in g.flags:
                    c.ack = end
                if g.timed:
                    c.tsecr = g.time

    def pull(self):
        for world in self.worlds:
            if world is not self.seen:
                world.out.clear()
        g = self.seen.out.popleft()
        self.note(g)
        return g

    def drain(self, ms):
        end = self.clock.now + ms / 1000
        while True:
            if self.seen.out:
                self.pull()
                end = self.clock.now + ms / 1000
            elif ms and self.clock.next() <= end:
                self.clock.run(self.clock.next())
            else:
                break
        self.clock.run(end)

    def expect(self, tuple, ms):
        end = self.clock.now + ms / 1000
        end += self.clock.lag * min(ms / 1e6, 0.1)
        while True:
            while self.seen.out:
                g = self.pull()
                if g.tuple == tuple:
                    return g
            if self.clock.next() > end:
                self.clock.run(end)
                return None
            self.clock.run(self.clock.next())

    def expect_fin(self, tuple, ms):
        for _ in range(3):
            g = self.expect(tuple, ms)
            if not g:
                return None
            if "F" in g.flags:
                return g
        return None

    def conn(self, step):
        t = step.tuple
        seq = step.seq
        if seq is None:
            self.isn += 1000003
            seq = self.isn
        ts = step.ts if step.timed else None
        flags = {"fin": "SF", "rst": "SR", "ack": "SA", "ece": "SEC"}.get(step.syn, "S")
        before_it = self.old.rejections
        holders = {w: w.table.get(t) for w in self.worlds}
        begun = self.clock.now
        self.inject(t, flags, seq, 12345, ts, None, 16 if step.syn == "data" else 0,
                    step.syn == "badsum")
        answers = {w: [g for g in w.out if g.tuple == t] for w in self.worlds}
        moved = self.old.rejections != before_it
        g = self.expect(t, 20)
        if not g and not moved:
            g = self.expect(t, 280)
        if moved:
            verdict = "rejected"
        elif self.mode != "recorded":
            verdict = self.word(answers[self.old][0] if answers[self.old] else None)
        else:
            verdict = self.word(g)
        seen = self.word(g)
        if self.mode != "recorded":
            if (verdict == "accepted") != (seen == "accepted") and \
               verdict != "rejected":
                self.parted.add(step.peer)
            # the same answer can have two causes
            elif verdict != "rejected" and type(holders[self.old]) is not \
                    type(holders[self.today]) and seen != "accepted":
                self.parted.add(step.peer)
        counted = moved and self.mode != "served"
        if seen == "accepted" and (counted or step.close in ("half", "probe")):
            if counted or step.close == "probe":
                self.inject(t, "R", seq + 1, 0, None, None)
            elif step.id:
                self.lives[step.id] = Live(step, seq + 1, g.seq + 1, step.timed,
                                           step.ts, g.time, None, self.base(t))
            return verdict
        if seen != "accepted" or counted:
            return verdict
        self.drive(step, seq + 1, g)
        # what a rejected connection leaves after a minute can be taken
        if moved and self.clock.now - begun > 59:
            self.parted.add(step.peer)
        return verdict

    def word(self, g):
        if not g:
            return "silent"
        if "S" in g.flags and "A" in g.flags:
            return "accepted"
        return "reset" if "R" in g.flags else "acked"

    def base(self, tuple):
        base = {}
        for w in self.worlds:
            held = w.table.get(tuple)
            if isinstance(held, (Request, Sock)):
                base[w] = held.iss
            elif tuple in w.cookies:
                base[w] = w.cookies[tuple][0]
        return base

    def accepted(self, step):
        socks = {}
        for w in self.worlds:
            if step.local_port in w.listeners:
                sock = w.accept(step.local_port, step.v6)
                if sock:
                    socks[w] = sock
        if self.seen not in socks:
            self.clock.sleep(1)
        return socks

    def drive(self, step, seq, g):
        t = step.tuple
        base = self.base(t)
        ack, tsecr = g.seq + 1, g.time

        def peer(flags, ts, off=0, acks=0, length=0, bad=False):
            self.inject(t, flags, seq + off, ack + acks,
                        ts if step.timed else None, tsecr, length, bad, base)

        if step.delay:
            self.clock.sleep(step.delay)
        peer("A", step.ts + 1)
        if step.close == "queued":
            if step.id:
                self.lives[step.id] = Live(step, seq, ack, step.timed, step.ts + 1,
                                           tsecr, None, base)
            self.drain(5)
            return
        socks = self.accepted(step)
        if self.seen not in socks:
            return
        for i in range(step.data):
            peer("PA", step.ts + 1 + i, length=10)
            seq += 10
            for s in socks.values():
                s.unread = 0
            self.expect(t, 60)

        def each(deed, *args):
            for s in socks.values():
                deed(s, *args)

        mode, fin = step.close, step.fin
        if mode == "open":
            if step.id:
                self.lives[step.id] = Live(
                    step, seq, ack, step.timed,
                    step.ts + 1 + (step.data - 1 if step.data else 0), tsecr, socks,
                    base)
            return
        if mode == "rst":
            peer("RA", fin)
            each(Sock.close)
            return
        if mode == "linger0":
            each(Sock.close, 0)
            self.expect(t, 300)
            return
        if mode == "client":
            peer("FA", fin)
            seq += 1
            self.expect(t, 100)
            each(Sock.close)
            g = self.expect_fin(t, 300)
            if g:
                ack, tsecr = g.seq + 1, g.time
                peer("A", fin + 1)
            return
        if mode in ("shutdown", "shutack", "halfdata"):
            each(Sock.shutdown, "wr")
        else:
            each(Sock.close)
        g = self.expect_fin(t, 500)
        if not g:
            return
        ack, tsecr = g.seq + g.len + 1, g.time
        if mode == "simul":
            peer("FA", fin, acks=-1)
            seq += 1
            self.expect(t, 100)
            peer("A", fin + 1)
        elif mode == "finack":
            peer("FA", fin)
            self.expect(t, 100)
        elif mode == "shutack":
            peer("A", fin)
            self.clock.sleep(0.002)
            each(Sock.close)
        elif mode == "halfdata":
            peer("A", fin - 1)
            peer("PA", fin, length=10)
            seq += 10
            self.clock.sleep(0.002)
            if not socks[self.seen].unread and socks[self.seen].state != "CLOSE":
                self.read_waits(step, socks)
            for s in socks.values():
                s.unread = 0
            peer("FA", fin + 1)
            self.expect(t, 100)
            each(Sock.close)
        elif mode == "datafin":
            peer("FPA", fin, length=10)
            self.expect(t, 100)
        elif mode == "oow":
            peer("FA", fin, off=BEYOND)
            self.expect(t, 100)
        elif mode == "hole":
            peer("FA", fin, off=HOLE)
            self.expect(t, 100)
        elif mode == "badsum":
            peer("FA", fin, bad=True)
            self.expect(t, 100)
        elif mode == "partack":
            peer("A", fin, acks=-1)
            self.expect(t, 100)
        elif mode == "overack":
            peer("FA", fin, acks=1000)
            self.expect(t, 100)
        elif mode == "paws":
            peer("FA", step.ts - 100000)
            self.expect(t, 100)
        elif mode == "dupfin":
            peer("FA", fin)
            self.clock.sleep(0.002)
            peer("FA", fin + 500)
            self.expect(t, 100)
        elif mode == "ackonly":
            peer("A", fin)
        else:
            peer("A", fin - 1)
            self.clock.sleep(0.002)
            peer("FA", fin)
            self.expect(t, 100)
            if mode == "shutdown":
                each(Sock.close)

    def read_waits(self, step, socks):
        """A read() that waits for data that do not come, for an unknown time."""
        self.clock.sleep(65)
        self.lost = self.mode != "recorded" and len(socks) != len(self.worlds)

    def dial(self, step):
        self.isn += 1000003
        seq, t = self.isn, (step.peer, step.port, step.local, -self.isn)
        socks, base = {}, {}
        for w in self.worlds:
            timed = step.timed and bool(w.timestamps)
            s = Sock(w, t, step.v6, False, 7000000, seq, timed)
            if timed:
                s.ts, s.stamp = step.ts % M, self.clock.now
            w.table[t] = socks[w] = s
            s.opened(0)
            base[w] = s.iss
        seq, ack, tsecr = seq + 1, 7000001, self.clock.now

        def peer(flags, ts):
            self.inject(t, flags, seq, ack, ts if step.timed else None, tsecr,
                        base=base)

        if step.close == "client":
            peer("FA", step.fin)
            seq += 1
            self.expect(t, 100)
            for s in socks.values():
                s.close()
            g = self.expect_fin(t, 300)
            if g:
                ack, tsecr = g.seq + 1, g.time
                peer("A", step.fin + 1)
            return "connected"
        for s in socks.values():
            s.close()
        g = self.expect_fin(t, 500)
        if g:
            ack, tsecr = g.seq + 1, g.time
            peer("A", step.fin - 1)
            self.clock.sleep(0.002)
            peer("FA", step.fin)
            self.expect(t, 100)
        return "connected"

    def seg(self, step):
        c = self.lives.get(step.id)
        if not c:
            return
        self.drain(0)
        o = step.options
        timed = c.timed
        if "ts" in o:
            timed = o["ts"] != "none"
            if timed:
                c.ts = int(o["ts"], 0)
        length = int(o.get("data", 0))
        off = int(o.get("seq", "0"), 0)
        self.inject(c.tuple, step.flags, c.seq + off,
                    c.ack + int(o.get("ack", "0"), 0) if "A" in step.flags else 0,
                    c.ts if timed else None, c.tsecr, length, "badsum" in o, c.base)
        if "keep" not in o:
            c.seq += off + length + ("F" in step.flags) + ("S" in step.flags)
        self.drain(5)

    def app(self, step):
        c = self.lives.get(step.id)
        if not c or c.socks is None:
            return
        self.drain(0)
        what, _, value = step.what.partition("=")
        socks = c.socks.values()
        if what in ("close", "linger0", "linger"):
            ack = c.ack
            for s in socks:
                s.close(None if what == "close" else int(value or 0))
            c.socks = None
            if what == "linger":
                for _ in range(10):
                    if c.ack != ack:
                        break
                    self.drain(20)
        for s in socks:
            if what in ("shutwr", "shutrd"):
                s.shutdown(what[4:])
            elif what == "linger2":
                n = int(value)
                s.linger2 = -1 if n < 0 else \
                    0 if n > s.world.sysctl("tcp_fin_timeout") else n
            elif what == "write" and s.state in ("ESTABLISHED", "CLOSE-WAIT"):
                s.write(int(value))
            elif what == "read":
                s.unread = 0
        self.drain(5)

    def accept(self, step):
        c = self.lives.get(step.id)
        if c and c.socks is None and c.local_port in self.seen.listeners:
            c.socks = self.accepted(c)
            if self.seen not in c.socks:
                c.socks = None

    def play(self, steps):
        """A verdict for each connection, "?" where there is none."""
        said = []
        for step in steps:
            if step.kind == "wait":
                self.clock.sleep(step.seconds)
                self.drain(0)
            elif step.kind == "set":
                for w in self.worlds:
                    w.values[step.file.rsplit("/", 1)[1]] = int(step.value)
            elif step.kind == "listen":
                for w in self.worlds:
                    w.listen(step.local_port, step.backlog, step.dual)
            elif step.kind == "unlisten":
                for w in self.worlds:
                    w.unlisten(step.local_port)
            elif step.kind in ("seg", "app", "accept"):
                getattr(self, step.kind)(step)
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
    """[(line, verdict)], over all phases of the clock and all delays of timers"""
    lines = [step.line for step in steps if step.kind in ("conn", "dial")]
    rows = max((step.rows or 0 for step in steps), default=0)
    plays = []
    for slacks in itertools.product((0, 1), (0, 1) if mode != "recorded" else (0,),
                                    (0, 1)):
        todo, done = {0.537}, set()
        while todo:
            phase = todo.pop()
            play = Play(mode, phase, ERAS[era], *slacks, rows)
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
