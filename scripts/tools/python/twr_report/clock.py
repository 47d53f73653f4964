# SPDX-License-Identifier: GPL-2.0
#
# clock: what the times of a recording mean: ticks, seconds, and the time of day
#
# A recorder writes the time of its trace clock. Most of these clocks count from boot, and some
# count no seconds. twr-report --record writes a line about the time of day at the beginning,
# and again when the clock of the machine was set or its time zone changed.

import calendar
import re
import time

from common.failure import Failure

# A capture, trace-cmd record --date and the trace clock tai count from 1970. No machine has
# been up for so many seconds, which are 31 years.
SINCE_1970 = 1e9
# Above this (year 5138) a time is nonsense.
TIME_LIMIT = 1e11
# Trace clocks of Linux 5.10 to 7.2 that count ticks of a rate that the text does not tell:
# kernel/trace/trace.c, and arch/*/include/asm/trace_clock.h.
TICKS = "x86-tsc", "ppc-tb", "s390-tod", "uptime", "counter"
# Those that count nanoseconds. trace-cmd 3.1 prints boot as a whole number.
NANOSECONDS = "local", "global", "perf", "mono", "mono_raw", "boot", "tai"
USE_ANOTHER = "record with the clock mono"

MARK = re.compile(r"# twr-report: clock=([0-9]{1,11}\.[0-9]+) time=([0-9]{1,11}\.[0-9]+) "
                  r"utc=([+-][0-9]{1,5}) zone=(\S{1,16})$")
GIVEN = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})"
                   r"(\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?$")


class Mark:
    """At the time `when` of the recording, it was `wall` seconds since 1970, in a zone that is
    `utc` seconds ahead of UTC."""

    def __init__(self, when, wall, utc=0, zone="UTC"):
        self.when, self.wall, self.utc, self.zone = when, wall, utc, zone

    # Less than this is no change, in seconds: a clock that NTP corrects moves all the time.
    STEP = 0.01

    def ahead(self):
        return self.wall - self.when

    def continues(self, other):
        return abs(self.ahead() - other.ahead()) < self.STEP and \
            (self.utc, self.zone) == (other.utc, other.zone)

    def line(self):
        return "# twr-report: clock=%.6f time=%.6f utc=%+d zone=%s\n" % (
            self.when, self.wall, self.utc, self.zone)

    def name_zone(self):
        if not self.utc:
            return "UTC"
        name = "UTC%s%02d:%02d" % ("-" if self.utc < 0 else "+",
                                   *divmod(abs(self.utc) // 60, 60))
        return name if self.zone[:1] in "+-" else "%s (%s)" % (name, self.zone)


def parse_mark(line):
    """None if the line is none that --record wrote."""
    match = MARK.match(line.rstrip("\n"))
    if not match or float(match.group(2)) < float(match.group(1)):
        return None
    return Mark(float(match.group(1)), float(match.group(2)), int(match.group(3)),
                match.group(4))


def mark_of(when, wall):
    """With the zone of this machine at that time."""
    local = time.localtime(wall)
    return Mark(when, wall, local.tm_gmtoff, re.sub(r"\s", "", local.tm_zone)[:16] or "-")


def mark_now():
    """Compares the monotonic clock, which --record records with, and the time of day."""
    tries = []
    for _ in range(3):
        before = time.clock_gettime(time.CLOCK_MONOTONIC)
        wall = time.clock_gettime(time.CLOCK_REALTIME)
        after = time.clock_gettime(time.CLOCK_MONOTONIC)
        tries.append((after - before, (before + after) / 2, wall))
    _, when, wall = min(tries)
    return mark_of(when, wall)


class Watch:
    """Notices that the clock of this machine was set."""

    def __init__(self):
        self.last = None

    def find_change(self):
        """A new mark, or None."""
        mark, last = mark_now(), self.last
        if last and mark.continues(last):
            return None
        self.last = mark
        return mark


def parse_time_of_day(text):
    """The mark of a recording whose clock was 0 at the time that the user gives: @SECONDS since
    1970 or YYYY-MM-DD HH:MM:SS with or without Z or +HH:MM. None if it is no such time."""
    if re.match(r"@[0-9]{1,10}(\.[0-9]+)?$", text):
        return mark_of(0, float(text[1:]))
    match = GIVEN.match(text)
    if not match:
        return None
    numbers, (fraction, zone) = tuple(map(int, match.groups()[:6])), match.groups()[6:]
    year, month, day, hour, minute, second = numbers
    if year < 1970 or not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59 or \
            not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    fraction = float(fraction or 0)
    if zone is None:
        return mark_of(0, time.mktime(numbers + (0, 0, -1)) + fraction)
    utc = 0
    if zone != "Z":
        digits = zone.replace(":", "")
        utc = (int(digits[1:3]) * 3600 + int(digits[3:5]) * 60) * (-1 if zone[0] == "-" else 1)
    return Mark(0, max(calendar.timegm(numbers + (0, 0, 0)) + fraction - utc, 0), utc, "+")


class TimeOfDay:
    """Tells the time of day of each time of the recording, if it is known."""

    def __init__(self, marks, given, start, end):
        self.source = "unknown"
        self.marks = []
        for mark in sorted(marks, key=lambda mark: mark.when):
            if not self.marks or not mark.continues(self.marks[-1]):
                self.marks.append(mark)
        if given:
            self.source, self.marks = "given", [given]
        elif marks:
            self.source = "recorded"
        elif start >= SINCE_1970:
            self.source, self.marks = "since 1970", [Mark(0, 0)]
        if (start < SINCE_1970 <= end) or (start >= SINCE_1970 and self.source != "since 1970"):
            raise Failure("some times count from 1970 and others do not: recordings with "
                          "different clocks, or --zero for one that needs none")
        # A mark holds until the next one, the first one also for what was before it.
        self.marks = [mark for i, mark in enumerate(self.marks)
                      if i + 1 == len(self.marks) or self.marks[i + 1].when > start]

    def find(self, when):
        if not self.marks:
            return None
        return next((mark for mark in reversed(self.marks) if mark.when <= when), self.marks[0])

    def spell(self, when, digits=0):
        """The time of day, as 2026-11-28 07:40:01."""
        mark = self.find(when)
        number = round(when + mark.ahead() + mark.utc, digits)
        whole = int(number // 1)
        text = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(whole))
        return text + ("%.*f" % (digits, number - whole))[1:] if digits else text

    def spell_zones(self):
        names = []
        for mark in self.marks:
            if mark.name_zone() not in names:
                names.append(mark.name_zone())
        return ", then ".join(names)

    def list_changes(self):
        """When the clock of the machine was set, and by how much."""
        pairs = zip(self.marks, self.marks[1:])
        return [(new, new.ahead() - old.ahead()) for old, new in pairs]
