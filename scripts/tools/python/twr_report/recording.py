# SPDX-License-Identifier: GPL-2.0
#
# recording: reads the tracepoints of the module from the text of any recorder
#
# Trace files, trace_pipe, trace-cmd report and perf script write an event in a line each,
# with different words before it.

import array
import ipaddress
import re

from common.failure import Failure
from common.module import NAME
from common.text import make_printable
from twr_report.clock import TICKS, TIME_LIMIT, USE_ANOTHER, parse_mark
from twr_report.copies import Copies

EVENTS = ("syn_checked", "syn_rejected", "syn_settled", "stamp_recorded")
# When clients send a SYN again: Linux 3.7 to 6.4, and Linux since 6.5 and Apple's systems.
RETRIES = ["1", "3", "7", "15", "31", "63"]
OTHER_RETRIES = ["1", "2", "3", "4", "5", "7", "11", "19", "35", "67"]
NOT_IN = ["never", "pending", "unknown"]
DELAYS = {"0", "-", "never", "unknown", *RETRIES, *OTHER_RETRIES}
WRAP = 1 << 32
# syn_checked and syn_rejected report the same SYN at almost the same time. A SYN that is sent
# again comes a second later. In seconds.
SAME_SYN = 0.5


def parse_stamp(text):
    value = int(text)
    if not 0 <= value < WRAP:
        raise ValueError(text)
    return value


def parse_flag(text):
    return {"0": False, "1": True}[text]


def add_point(points, when, value):
    points[0].append(when)
    points[1].append(value)


class Peer:
    """The SYNs of one address to one local address, as the module counts offenders."""

    def __init__(self, key):
        self.peer, self.local, self.netns = key
        # Times and TSvals; -1 for a SYN without one.
        self.accepted = array.array("d"), array.array("q")
        self.rejected = array.array("d"), array.array("q")
        self.stamps = array.array("d"), array.array("q")
        self.behind = array.array("q")
        self.untimed = 0

    def count_rejected(self):
        return len(self.rejected[0])

    def count_checked(self):
        return self.count_rejected() + len(self.accepted[0])


class Recording:
    """The events of any number of recordings."""

    # No recorder writes longer lines.
    LONGEST = 4096
    # "130.787888: syn_checked: ..." after the words of the recorder. trace-cmd puts no blank
    # before a long time.
    OURS = re.compile(r"[\s\]]([0-9]+(?:\.[0-9]+)?): +(?:%s:)?(%s): +(\S.*)"
                      % (NAME, "|".join(EVENTS)))
    # Every recorder writes the processor in brackets. Text of other programs, such as
    # "length 100: HTTP: GET", has colons too.
    OTHERS = re.compile(r"\s\[[0-9]{3,5}\](?:\s+[\w.#]{4,6}\s)?\s*[0-9]+(?:\.[0-9]+)?: +"
                        r"[\w.-]+(?::[\w.-]+)?:(?:\s|$)")
    # How trace-cmd report begins a line.
    TRACE_CMD = re.compile(r".*\s\[[0-9]{3,5}\]\s*[0-9.]+: (?:%s): +" % "|".join(EVENTS))
    # Lines of tcpdump and tshark.
    CAPTURE = re.compile(r".* > \S+: Flags \[|.*\[SYN\] Seq=")
    LOST = re.compile(r"CPU:? ?[0-9]+ \[(?:LOST )?(?:([0-9]+) )?EVENTS(?: DROPPED)?\]"
                      r"|PERF_RECORD_LOST.* lost ([0-9]+)")
    WRITTEN = re.compile(r"# entries-in-buffer/entries-written: ([0-9]+)/([0-9]+)")
    # Headings, processors without an event, and perf's call chains.
    NOISE = re.compile(r"\s*(?:#.*|cpus=[0-9]+|version = .*|CPU [0-9]+ is empty"
                       r"|[0-9a-f]+ .*\(.*\))?\s*$")

    def __init__(self, ticks=None):
        self.ticks = ticks      # in a second, if the times count ticks
        self.marks = []
        self.copies = Copies()
        self.copied = 0         # events that are in several recordings
        self.files = -1
        self.peers = {}
        self.hosts = {}         # addresses as they are printed, by what the recorder wrote
        self.told = dict.fromkeys(EVENTS, 0)
        self.delays = {}        # how many rejected SYNs had each delay
        self.waiting = {}       # how many rejected SYNs have none yet, by their fields
        self.passed = 0         # accepted SYNs whose event has a delay
        self.unpaired = {}      # rejected SYNs that only one of the two events has reported
        self.lost = 0
        self.lost_unknown = 0   # how often the recorder lost an unknown number of events
        self.unread = 0
        self.others = 0
        self.begin_file()

    def begin_file(self):
        self.files += 1
        self.copies.begin_file()
        self.latest = 0         # the largest time
        self.wrong_unit = 0     # times that are ticks, or that are not with --ticks
        self.is_trace_cmd = False
        self.is_capture = False

    def read_file(self, lines, name):
        """Reads one recording. Refuses it if it is none."""
        self.begin_file()
        before = self.lost, self.lost_unknown, self.unread, self.others
        self.read(lines)
        copies = self.copies
        events = copies.new + copies.copies
        if self.wrong_unit:
            raise Failure("%s: --ticks, but its times are seconds" % name if self.ticks else
                          "%s: its times count ticks, as those of the trace clocks %s do, and "
                          "boot as trace-cmd prints it; %s, or give --ticks" % (
                              name, ", ".join(TICKS), USE_ANOTHER))
        if self.is_trace_cmd and self.latest < 1 and not self.ticks:
            raise Failure("%s: all times are less than a second after boot: trace-cmd prints "
                          "the trace clock uptime so; %s" % (name, USE_ANOTHER))
        if self.files > 1 and copies.elsewhen > events / 2:
            raise Failure("%s: most of its SYNs are in another recording too, at other times; "
                          "one of the two has another trace clock" % name)
        unread = self.unread - before[2]
        if unread and not events and self.others == before[3] and self.lost == before[0]:
            raise Failure("%s: %d line%s, and none is of a tracepoint; expected is the text of "
                          "trace, trace_pipe, trace-cmd report, perf script or twr-pcap "
                          "--events%s" % (
                              name, unread, "s" * (unread > 1), "; for the text of a capture: "
                              "twr-pcap --events FILE | twr-report -o page.html"
                              if self.is_capture else ""))
        self.copied += copies.copies
        if copies.copies and not copies.new:
            # What was lost, and what could not be read, was counted with the first copy.
            self.lost, self.lost_unknown, self.unread, self.others = before

    def read(self, lines):
        for line in lines:
            match = len(line) <= self.LONGEST and self.OURS.search(line)
            if match:
                try:
                    self.read_event(self.read_time(match.group(1), line), match.group(2),
                                    match.group(3))
                except (ValueError, KeyError, OverflowError):
                    self.unread += 1
            else:
                self.read_other(line)

    def read_time(self, text, line):
        if ("." in text) == bool(self.ticks):
            self.wrong_unit += 1
        when = float(text) / (self.ticks or 1)
        if self.wrong_unit:
            # The recording will be refused.
            when = 0.0
        if when > TIME_LIMIT:
            raise ValueError(text)
        if when > self.latest:
            self.latest = when
        if when < 1 and self.TRACE_CMD.match(line):
            self.is_trace_cmd = True
        return when

    def read_other(self, line):
        line = line[:self.LONGEST]
        mark = parse_mark(line)
        if mark:
            self.marks.append(mark)
            return
        lost = self.LOST.search(line)
        written = self.WRITTEN.match(line)
        if lost:
            number = lost.group(1) or lost.group(2)
            self.lost += int(number or 0)
            self.lost_unknown += number is None
        elif written:
            self.lost += max(int(written.group(2)) - int(written.group(1)), 0)
        elif self.NOISE.match(line):
            pass
        elif self.OTHERS.search(line):
            self.others += 1
        else:
            self.unread += 1
            self.is_capture = self.is_capture or bool(self.CAPTURE.match(line))

    def find_host(self, text):
        """The address of ADDRESS:PORT, as it is printed."""
        text = text.rpartition(":")[0]
        if text not in self.hosts:
            # The zone of an address, after a %, can be any text.
            self.hosts[text] = make_printable(ipaddress.ip_address(text.strip("[]")))
        return self.hosts[text]

    def read_event(self, when, name, text):
        fields = dict(word.split("=", 1) for word in text.split())
        peer, local, netns = fields["peer"], fields["local"], int(fields["netns"])
        key = self.find_host(peer), self.find_host(local), netns
        if name == "stamp_recorded":
            tsval = parse_stamp(fields["ts_recent"])
            if self.copies.is_copy(when, (name, peer, local, netns, tsval)):
                return
            self.told[name] += 1
            add_point(self.find_peer(key).stamps, when, tsval)
            return

        tsval = parse_stamp(fields["tsval"]) if parse_flag(fields["timed"]) else -1
        if name == "syn_settled":
            self.read_settled(when, (peer, local, netns, tsval), fields["delay"])
            return
        verdict = fields["verdict"]
        behind = int(fields["behind"])
        delay = fields.get("delay")
        if delay is not None:
            delay = "never" if delay == "-1" else delay
            if delay not in DELAYS:
                raise ValueError(delay)
        if verdict not in ("pass", "older", "untimed"):
            raise ValueError(verdict)
        if verdict == "pass" and name == "syn_rejected":
            raise ValueError(name)

        if self.copies.is_copy(when, (name, peer, local, netns, tsval, verdict)):
            return
        self.told[name] += 1
        if verdict == "pass":
            add_point(self.find_peer(key).accepted, when, tsval)
            self.passed += delay is not None
        elif not self.is_told_before(name, when, (peer, local, netns, tsval, verdict)):
            found = self.find_peer(key)
            add_point(found.rejected, when, tsval)
            if verdict == "untimed":
                found.untimed += 1
            else:
                found.behind.append(behind)
            if delay == "-":
                syn = hash((peer, local, netns, tsval))
                self.waiting[syn] = self.waiting.get(syn, 0) + 1
            elif delay is not None:
                self.delays[delay] = self.delays.get(delay, 0) + 1

    def read_settled(self, when, syn, delay):
        """The delay of a SYN that was rejected before, in this recording."""
        if delay not in DELAYS or delay in ("0", "-"):
            raise ValueError(delay)
        if self.copies.is_copy(when, ("syn_settled", *syn, delay)):
            return
        self.told["syn_settled"] += 1
        syn = hash(syn)
        if syn not in self.waiting:
            return
        self.waiting[syn] -= 1
        if not self.waiting[syn]:
            del self.waiting[syn]
        self.delays[delay] = self.delays.get(delay, 0) + 1

    def is_told_before(self, name, when, syn):
        """Whether the other event has reported this SYN, in this recording or in another
        one."""
        # A hash takes less memory than the fields.
        syn = hash(syn)
        waiting = self.unpaired.get(syn, ())
        near = [other for other in waiting
                if other[0] != name and abs(other[1] - when) <= SAME_SYN]
        if not near:
            self.unpaired[syn] = (*waiting, (name, when))
            return False
        other = min(near, key=lambda other: abs(other[1] - when))
        left = tuple(entry for entry in waiting if entry is not other)
        if left:
            self.unpaired[syn] = left
        else:
            del self.unpaired[syn]
        return True

    def find_peer(self, key):
        found = self.peers.get(key)
        if found is None:
            found = self.peers[key] = Peer(key)
        return found
