# SPDX-License-Identifier: GPL-2.0
#
# numbers: computes what the page shows: sums, the points of charts, bars over time

import math
import random

from twr_report.clock import TimeOfDay
from twr_report.recording import NOT_IN, OTHER_RETRIES, RETRIES, WRAP


def find_base(values):
    """Where the axis of TSvals begins: where the widest gap between TSvals ends, because TSvals
    wrap around."""
    ring = sorted(set(values))
    if not ring:
        return 0
    gaps = [(after - before) % WRAP for before, after in zip([ring[-1]] + ring, ring)]
    return ring[gaps.index(max(gaps))] if len(ring) > 1 else ring[0]


def choose_points(points, limit):
    """At most limit points, chosen at random: every nth point could miss one of n hosts."""
    number = len(points[0])
    if number <= limit:
        return points, number
    chosen = sorted(random.Random(number).sample(range(number), limit))
    return tuple([values[i] for i in chosen] for values in points), number


def flatten_points(points, start, base):
    """Milliseconds and ticks alternate; None for a SYN without a TSval."""
    both = []
    for when, tsval in sorted(zip(*points)):
        both.append(round((when - start) * 1000))
        both.append(None if tsval < 0 else (tsval - base) % WRAP)
    return both


def make_chart(peer, start, limit):
    accepted, number = choose_points(peer.accepted, limit)
    stamps, _ = choose_points(peer.stamps, limit)
    base = find_base([tsval for points in (accepted, peer.rejected, stamps)
                      for tsval in points[1] if tsval >= 0])
    return {
        "base": base,
        "accepted": flatten_points(accepted, start, base),
        "rejected": flatten_points(peer.rejected, start, base),
        "stamps": flatten_points(stamps, start, base),
        "thinned": number - len(accepted[0]),
    }


def count_bins(peers, start, seconds):
    """Rejected SYNs over time: the width of a bar in seconds, and two rows of bars."""
    widths = [n * 10 ** e for e in range(-2, 2) for n in (1, 2, 5)]
    widths += [60 * n for n in (2, 5, 10, 30, 60, 120, 360, 720, 1440)]
    width = next((width for width in widths if seconds / width <= 60),
                 86400 * math.ceil(seconds / 86400 / 60))
    number = int(seconds / width) + 1
    older, untimed = [0] * number, [0] * number
    for peer in peers:
        for when, tsval in zip(*peer.rejected):
            row = untimed if tsval < 0 else older
            row[min(int((when - start) / width), number - 1)] += 1
    return {"width": width, "older": older, "untimed": untimed}


class Report:
    """The numbers of the page."""

    def __init__(self, recording, charts, points, zero=None):
        peers = recording.peers.values()
        times = [when for peer in peers
                 for points_of in (peer.accepted, peer.rejected, peer.stamps)
                 if len(points_of[0])
                 for when in (min(points_of[0]), max(points_of[0]))]
        self.recording = recording
        self.start = min(times, default=0)
        self.seconds = max(times, default=0) - self.start
        self.clock = TimeOfDay(recording.marks, zero, self.start, self.start + self.seconds)
        self.offenders = sorted((peer for peer in peers if peer.count_rejected()),
                                key=lambda peer: (-peer.count_rejected(), peer.peer, peer.local,
                                                  peer.netns))
        self.namespaces = {peer.netns for peer in peers}
        self.accepted = sum(len(peer.accepted[0]) for peer in peers)
        self.rejected = sum(peer.count_rejected() for peer in peers)
        self.untimed = sum(peer.untimed for peer in peers)
        self.all_told = bool(recording.told["syn_checked"])
        self.drawn = self.offenders[:charts]
        self.charts = [make_chart(peer, self.start, points) for peer in self.drawn]

    def list_numbers(self):
        """For page.js, and for other programs that read the page."""
        recording = self.recording
        delays = None
        if recording.delays or recording.passed or recording.waiting:
            retries = OTHER_RETRIES if set(recording.delays) - {"0", *RETRIES, *NOT_IN} \
                else RETRIES
            delays = {name: recording.delays.get(name, 0) for name in ("0", *retries, *NOT_IN)}
            delays["0"] += recording.passed
            delays["pending"] = sum(recording.waiting.values())
        return {
            "checked": self.accepted + self.rejected if self.all_told else None,
            "accepted": self.accepted if self.all_told else None,
            "rejected": self.rejected,
            "older": self.rejected - self.untimed,
            "untimed": self.untimed,
            "seconds": round(self.seconds, 3),
            "lost": recording.lost,
            "unread": recording.unread,
            "copies": recording.copied,
            "clock": {
                "start": round(self.start, 6),
                "source": self.clock.source,
                # Each from that second of the page on: seconds since 1970 at second 0, and
                # seconds that local time is ahead of UTC.
                "marks": [[round(max(mark.when - self.start, 0), 3),
                           round(self.start + mark.ahead(), 3), mark.utc]
                          for mark in self.clock.marks]},
            "bins": count_bins(self.offenders, self.start, self.seconds),
            "delays": delays,
            "charts": self.charts,
        }
