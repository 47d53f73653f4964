# SPDX-License-Identifier: GPL-2.0
#
# twr-report - a picture of the clocks behind each address, from what the tracepoints
# of the module tw_recycle_sim told
#
# It reads the text of a recording, or makes one by itself, and writes one HTML page
# that needs nothing else. It wants Python 3.6 or newer and a file of Chart.js. The
# manual page, Documentation/twr-report.8, says what is on the page.

import array
import base64
import errno
import hashlib
import html
import ipaddress
import json
import math
import os
import random
import re
import signal
import stat
import statistics
import subprocess
import sys
import tempfile
import time

from common.arguments import Parser, parse_seconds, whole_number
from common.failure import Failure, exit_with
from common.files import mode_of_new_files, write_whole
from common.format import count_things, group_digits, spell_duration
from common.module import NAME, VERSION
from common.text import make_printable

EVENTS = ("syn_checked", "syn_rejected", "stamp_recorded")
PACKAGE = "libjs-chart.js"
LIBRARIES = [
    "/usr/share/javascript/chart.js/chart.min.js",
    "/usr/share/javascript/chart.js/chart.umd.js",
    "/usr/share/nodejs/chart.js/dist/chart.umd.js",
    "/usr/share/nodejs/chart.js/dist/chart.min.js",
    "/usr/local/lib/node_modules/chart.js/dist/chart.umd.js",
    "/usr/lib/node_modules/chart.js/dist/chart.umd.js",
]
DELAYS = ["0", "1", "3", "7", "15", "31", "63", "never"]
ROWS = 1000             # of the table of offenders
WRAP = 1 << 32
# A SYN is told by syn_checked and then by syn_rejected, with nothing but interrupts
# between; sent again it comes a second later.
SAME_SYN = 0.5


# What was recorded

class Peer:
    """The SYNs of one address to one of ours, as the module counts offenders."""

    def __init__(self, key):
        self.peer, self.local, self.netns = key
        # TSvals beside their times, -1 where there was none.
        self.accepted = array.array("d"), array.array("q")
        self.rejected = array.array("d"), array.array("q")
        self.stamps = array.array("d"), array.array("q")
        self.behind = array.array("q")
        self.untimed = 0

    def count(self):
        return len(self.rejected[0])

    def checked(self):
        return self.count() + len(self.accepted[0])


class Recording:
    """All that is read, line by line, from any number of recorders."""

    # No tracer writes longer ones.
    LONGEST = 4096
    # "130.787888: syn_checked: ...", whatever stands before it.
    OURS = re.compile(r"\s([0-9]+(?:\.[0-9]+)?): +(?:%s:)?(%s): +(\S.*)"
                      % (NAME, "|".join(EVENTS)))
    OTHERS = re.compile(r"\s[0-9]+(?:\.[0-9]+)?: +[\w.-]+(?::[\w.-]+)?:(?:\s|$)")
    LOST = re.compile(r"CPU:? ?[0-9]+ \[(?:LOST )?(?:([0-9]+) )?EVENTS(?: DROPPED)?\]"
                      r"|PERF_RECORD_LOST.* lost ([0-9]+)")
    WRITTEN = re.compile(r"# entries-in-buffer/entries-written: ([0-9]+)/([0-9]+)")
    # Headings, processors without an event, and call chains of perf's.
    NOISE = re.compile(r"\s*(?:#.*|cpus=[0-9]+|version = .*|CPU [0-9]+ is empty"
                       r"|[0-9a-f]+ .*\(.*\))?\s*$")

    def __init__(self):
        self.peers = {}
        self.hosts = {}         # what an address is written like, None for no address
        self.told = dict.fromkeys(EVENTS, 0)
        self.delays = {}        # by delay; of those rejected
        self.passed = 0         # with delay=
        self.unpaired = {}      # a rejected SYN that only one event has told
        self.lost = 0
        self.lost_unknown = 0   # times that something was lost, nobody knows how much
        self.unread = 0
        self.others = 0

    def read(self, lines):
        for line in lines:
            match = len(line) <= self.LONGEST and self.OURS.search(line)
            if match:
                try:
                    self.event(float(match.group(1)), match.group(2), match.group(3))
                except (ValueError, KeyError, OverflowError):
                    self.unread += 1
            else:
                self.no_event(line)

    def no_event(self, line):
        line = line[:self.LONGEST]
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

    def host(self, text):
        """The address of an endpoint."""
        text = text.rpartition(":")[0]
        if text not in self.hosts:
            # What stands behind a % may be anything.
            self.hosts[text] = make_printable(ipaddress.ip_address(text.strip("[]")))
        return self.hosts[text]

    def event(self, when, name, text):
        fields = dict(word.split("=", 1) for word in text.split())
        peer, local, netns = fields["peer"], fields["local"], int(fields["netns"])
        key = self.host(peer), self.host(local), netns
        if name == "stamp_recorded":
            tsval = stamp(fields["ts_recent"])
            self.told[name] += 1
            add(self.of(key).stamps, when, tsval)
            return

        tsval = stamp(fields["tsval"]) if flag(fields["timed"]) else -1
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

        self.told[name] += 1
        if verdict == "pass":
            add(self.of(key).accepted, when, tsval)
            self.passed += delay is not None
        elif not self.paired(name, when, (peer, local, netns, tsval, verdict)):
            found = self.of(key)
            add(found.rejected, when, tsval)
            if verdict == "untimed":
                found.untimed += 1
            else:
                found.behind.append(behind)
            if delay is not None:
                self.delays[delay] = self.delays.get(delay, 0) + 1

    def paired(self, name, when, syn):
        """Another event has told of this SYN, here or in another recording."""
        # A number takes less room than what it was made from.
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

    def of(self, key):
        found = self.peers.get(key)
        if found is None:
            found = self.peers[key] = Peer(key)
        return found


def stamp(text):
    value = int(text)
    if not 0 <= value < WRAP:
        raise ValueError(text)
    return value


def flag(text):
    return {"0": False, "1": True}[text]


def add(points, when, value):
    points[0].append(when)
    points[1].append(value)


# Where it comes from

def read_files(paths, recording):
    for path in paths or ["-"]:
        if path == "-":
            text = open(sys.stdin.fileno(), encoding="utf-8", errors="replace",
                        closefd=False)
            recording.read(text_of(text, "standard input"))
            continue
        try:
            with open(path, "rb") as file:
                magic = file.read(10)
            if magic == b"\x17\x08\x44tracing":
                from_trace_cmd(path, recording)
                continue
            with open(path, encoding="utf-8", errors="replace") as file:
                recording.read(text_of(file, path))
        except OSError as err:
            raise Failure("%s: %s" % (path, err.strerror))


def text_of(file, name):
    """Its lines; what is no text is said to be none by its first one."""
    first = True
    for line in file:
        if first and line.startswith("PERFILE2"):
            raise Failure("%s: perf's own format, give what perf script -i prints" % name)
        if first and "\x08Dtracing" in line:
            raise Failure("%s: trace-cmd's own format, give it as a file" % name)
        if first and "\0" in line:
            raise Failure("%s: no text" % name)
        first = False
        yield line


def from_trace_cmd(path, recording):
    try:
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            with subprocess.Popen(["trace-cmd", "report", "-i", path],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=said) as program:
                before = program.stdout.peek(1)
                recording.read(line.decode("utf-8", "replace")
                               for line in program.stdout)
            said.seek(0)
            if program.returncode or not before:
                said = said.read().strip().splitlines() or ["it printed nothing"]
                raise Failure("%s: trace-cmd report failed: %s" % (path, said[-1].strip()))
    except FileNotFoundError:
        raise Failure("%s: trace-cmd's own format, and there is no trace-cmd here" % path)


class Instance:
    """A tracing buffer of our own, that nobody else's tracing is touched by."""

    KB = 4096           # for each processor

    def __init__(self):
        self.path = None

    def __enter__(self):
        folders = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]
        try:
            found = [folder for folder in folders
                     if os.path.isdir(folder + "/instances")]
        except OSError:
            found = []
        if os.geteuid() != 0:
            raise Failure("--record is for root only, try sudo")
        if not os.path.isdir("/sys/kernel/" + NAME):
            raise Failure("the module is not loaded: modprobe " + NAME)
        if not found:
            raise Failure("no tracefs: mount -t tracefs tracefs /sys/kernel/tracing")
        if not os.path.isdir(found[0] + "/events/" + NAME):
            raise Failure("the module has no tracepoints: this kernel has no tracing")
        path = "%s/instances/twr-report-%d" % (found[0], os.getpid())
        try:
            os.mkdir(path)
            self.path = path
            self.write("buffer_size_kb", str(self.KB))
            # One clock for all processors, which goes on as that of the machine.
            self.write("trace_clock", "mono")
            for event in EVENTS:
                self.write("events/%s/%s/enable" % (NAME, event), "1")
            self.pipe = os.open(path + "/trace_pipe", os.O_RDONLY | os.O_NONBLOCK)
        except OSError as err:
            self.__exit__()
            raise Failure("%s: %s" % (err.filename or path, err.strerror))
        except BaseException:
            self.__exit__()
            raise
        self.pending = b""
        return self

    def write(self, name, text):
        with open(self.path + "/" + name, "w") as file:
            file.write(text)

    def __exit__(self, *_):
        if getattr(self, "pipe", None) is not None:
            os.close(self.pipe)
            self.pipe = None
        if self.path is not None:
            path, self.path = self.path, None
            os.rmdir(path)

    def stop(self):
        for event in EVENTS:
            try:
                self.write("events/%s/%s/enable" % (NAME, event), "0")
            except FileNotFoundError:
                # The module went meanwhile.
                pass

    def lines(self):
        """What has come since."""
        while True:
            try:
                text = os.read(self.pipe, 1 << 16)
            except OSError as err:
                if err.errno in (errno.EAGAIN, errno.EINTR):
                    return
                raise
            if not text:
                return
            *lines, self.pending = (self.pending + text).split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "replace") + "\n"


class Ended(Exception):
    """By a signal; what was begun is put away first."""


def record(seconds, save, recording):
    """For so long, or until an interrupt."""
    ended = []

    def end(number, _):
        if number != signal.SIGINT:
            raise Ended(number)
        ended.append(number)

    def copied(lines):
        for line in lines:
            if file is not None:
                file.write(line)
            yield line

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    file = None
    try:
        with Instance() as instance:
            if save is not None:
                file = open(save, "w", encoding="utf-8")
            until = time.monotonic() + seconds
            while not ended and time.monotonic() < until:
                recording.read(copied(instance.lines()))
                time.sleep(max(min(until - time.monotonic(), 0.2), 0))
            instance.stop()
            recording.read(copied(instance.lines()))
        if file is not None:
            file.close()
    except OSError as err:
        raise Failure("%s: %s" % (err.filename or "tracing", err.strerror))
    except Ended as err:
        signal.signal(err.args[0], signal.SIG_DFL)
        os.kill(os.getpid(), err.args[0])
    signal.signal(signal.SIGINT, signal.default_int_handler)


# What there is to draw

def lowest(values):
    """Where the axis begins: behind the widest gap in the circle of all TSvals."""
    ring = sorted(set(values))
    if not ring:
        return 0
    gaps = [(after - before) % WRAP for before, after in zip([ring[-1]] + ring, ring)]
    return ring[gaps.index(max(gaps))] if len(ring) > 1 else ring[0]


def few(points, limit):
    """At most so many of them, by chance: each nth could miss one of n hosts."""
    number = len(points[0])
    if number <= limit:
        return points, number
    chosen = sorted(random.Random(number).sample(range(number), limit))
    return tuple([values[i] for i in chosen] for values in points), number


def flat(points, start, base):
    """Milliseconds and ticks in turn, null where there was no TSval."""
    both = []
    for when, tsval in sorted(zip(*points)):
        both.append(round((when - start) * 1000))
        both.append(None if tsval < 0 else (tsval - base) % WRAP)
    return both


def chart_of(peer, start, limit):
    accepted, number = few(peer.accepted, limit)
    stamps, _ = few(peer.stamps, limit)
    base = lowest([tsval for points in (accepted, peer.rejected, stamps)
                   for tsval in points[1] if tsval >= 0])
    return {
        "base": base,
        "accepted": flat(accepted, start, base),
        "rejected": flat(peer.rejected, start, base),
        "stamps": flat(stamps, start, base),
        "thinned": number - len(accepted[0]),
    }


def bins(peers, start, seconds):
    """Rejected SYNs by time: the width of a bin, and two rows of numbers."""
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

    def __init__(self, recording, charts, points):
        peers = recording.peers.values()
        times = [when for peer in peers
                 for points_of in (peer.accepted, peer.rejected, peer.stamps)
                 if len(points_of[0])
                 for when in (min(points_of[0]), max(points_of[0]))]
        self.recording = recording
        self.start = min(times, default=0)
        self.seconds = max(times, default=0) - self.start
        self.offenders = sorted((peer for peer in peers if peer.count()),
                                key=lambda peer: (-peer.count(), peer.peer, peer.local,
                                                  peer.netns))
        self.namespaces = {peer.netns for peer in peers}
        self.accepted = sum(len(peer.accepted[0]) for peer in peers)
        self.rejected = sum(peer.count() for peer in peers)
        self.untimed = sum(peer.untimed for peer in peers)
        self.all_told = bool(recording.told["syn_checked"])
        self.drawn = self.offenders[:charts]
        self.charts = [chart_of(peer, self.start, points) for peer in self.drawn]

    def data(self):
        """For the page's program, and for others that want the numbers."""
        recording = self.recording
        delays = None
        if recording.delays or recording.passed:
            delays = {name: recording.delays.get(name, 0) for name in DELAYS}
            delays["0"] += recording.passed
        return {
            "checked": self.accepted + self.rejected if self.all_told else None,
            "accepted": self.accepted if self.all_told else None,
            "rejected": self.rejected,
            "older": self.rejected - self.untimed,
            "untimed": self.untimed,
            "seconds": round(self.seconds, 3),
            "lost": recording.lost,
            "unread": recording.unread,
            "bins": bins(self.offenders, self.start, self.seconds),
            "delays": delays,
            "charts": self.charts,
        }


# The page

def element(name, text, **attributes):
    """Escaped; a trailing _ is for names that Python has taken."""
    return "<%s%s>%s</%s>" % (name, "".join(
        ' %s="%s"' % (key.rstrip("_").replace("_", "-"), html.escape(str(value)))
        for key, value in attributes.items()), html.escape(text), name)


def table(caption, head, rows, words):
    """Rows of texts in a box that scrolls by itself; the first columns are words."""
    def cells(row, kind):
        return "".join(element(kind, cell, **dict(
            {"scope": "col"} if kind == "th" else {},
            **({} if i < words else {"class_": "n"}))) for i, cell in enumerate(row))
    return "\n".join(
        ['<div class="scroll" tabindex="0" role="region" aria-label="%s">'
         % html.escape(caption), "<table>", element("caption", caption),
         "<thead><tr>%s</tr></thead>" % cells(head, "th"), "<tbody>"]
        + ["<tr>%s</tr>" % cells(row, "td") for row in rows] + ["</tbody></table></div>"])


def figure(name, label, sentence, tall=False):
    return "\n".join([
        "<figure>", '<div class="box%s"><canvas id="%s" role="img" aria-label="%s">'
        "</canvas></div>" % (" tall" if tall else "", name, html.escape(label)),
        element("figcaption", sentence), "</figure>"])


def title_of(peer, report):
    text = "%s \u2192 %s" % (peer.peer, peer.local)
    if len(report.namespaces) > 1:
        text += ", namespace %d" % peer.netns
    return text


LOOK = ("Each host behind the address has a clock of its own, and its SYNs lie on one "
        "rising line: parallel lines are hosts behind a NAT. They look level where the hosts "
        "were started long before each other. A SYN below the remembered timestamp would "
        "have been rejected and, as timestamps go round in a circle, also one that is more "
        "than half of it above. Points all over, on no line, are clients that give each "
        "connection an offset of its own.")


def chart_sections(report):
    for i, (peer, chart) in enumerate(zip(report.drawn, report.charts)):
        told = "%s would have been rejected" % count_things(peer.count(), "SYN")
        if report.all_told:
            told = "%s of %s would have been rejected" % (
                group_digits(peer.count()), count_things(peer.checked(), "SYN"))
        if peer.untimed:
            told += ", %s for having no timestamp (the strip at the bottom)" % \
                group_digits(peer.untimed)
        told += "."
        look = told + " Look for parallel lines: each is a host."
        if chart["thinned"]:
            look += " Of %s accepted SYNs %s are drawn, chosen by chance; all that " \
                "would have been rejected are." % (
                    group_digits(len(peer.accepted[0])),
                    group_digits(len(peer.accepted[0]) - chart["thinned"]))
        yield "<section>"
        yield element("h3", title_of(peer, report))
        yield figure("clock%d" % i, "TSval over time of the SYNs from %s: %s"
                     % (title_of(peer, report), told), look, tall=True)
        yield "</section>"


def summary(report):
    recording = report.recording
    if not report.accepted and not report.rejected:
        return ["<p class=\"lead\">%s</p>" % html.escape(
            "No SYN was checked while this was recorded. A SYN is checked when it "
            "meets a listener, and when nothing else decides its fate first.")]
    lead = "The old kernel would have rejected %s" % count_things(report.rejected, "SYN")
    if report.all_told:
        share = 100.0 * report.rejected / (report.accepted + report.rejected)
        lead += " of the %s that it would have checked (%.3g\u202f%%)" % (
            group_digits(report.accepted + report.rejected), share)
    if report.rejected:
        lead += ": %s for an older timestamp, %s for having none. They came from %s" % (
            group_digits(report.rejected - report.untimed), group_digits(report.untimed),
            count_things(len(report.offenders), "address", "addresses"))
    lead += ". This was recorded in %s." % spell_duration(report.seconds)
    lines = [element("p", lead, class_="lead")]
    if not report.all_told:
        lines.append(element(
            "p", "Accepted SYNs were not recorded (syn_checked was off), so that only "
            "those are here that would have been rejected.", class_="note"))
    if recording.lost or recording.lost_unknown:
        lines.append(element("p", lost(recording), class_="note"))
    return lines


def lost(recording):
    text = "%s in the ring buffer" % (
        count_things(recording.lost, "event was lost", "events were lost")
        if recording.lost else "An unknown number of events was lost")
    if recording.lost and recording.lost_unknown:
        text += ", and an unknown number %s" % count_things(recording.lost_unknown, "time")
    return text + ": what is here is less than what was."


def page(report, library):
    data = report.data()
    body = ["<header>", "<h1>The clocks behind each address</h1>"]
    body += summary(report)
    body.append("<noscript><p class=\"note\">The charts want JavaScript; the tables do "
                "not.</p></noscript></header>\n<main>")
    if report.drawn:
        body.append("<h2>TSval over time</h2>")
        body.append(element("p", LOOK))
        if len(report.offenders) > len(report.drawn):
            body.append(element("p", "These are the %s with the most rejected SYNs, of %s."
                                % (group_digits(len(report.drawn)), group_digits(len(report.offenders)))))
        body += chart_sections(report)
    if report.rejected:
        body.append("<section><h2>Rejections over time</h2>")
        width = data["bins"]["width"]
        body.append(figure(
            "bins", "Rejected SYNs over time, %s in all" % group_digits(report.rejected),
            "Each bar is %s. A level row of bars is the daily life of a NAT; a single "
            "heap is an event: a reboot behind the address, a failover, a scan."
            % spell_duration(width)))
        body.append("</section><section><h2>How long the clients would have waited</h2>")
        body += delay_section(report, data["delays"])
        body.append("</section>")
    body.append("<section><h2>Numbers</h2>")
    body += tables(report)
    body.append("</section></main>")
    body.append(element("footer", "Made by twr-report %s from the tracepoints of %s; the "
                        "charts are drawn by Chart.js. This page asks nothing of any "
                        "network." % (VERSION, NAME)))

    scripts = [library, SCRIPT] if report.rejected else []
    policy = "default-src 'none'; script-src %s; style-src %s; base-uri 'none'; " \
        "form-action 'none'" % (" ".join(map(digest, scripts)) or "'none'", digest(STYLE))
    embedded = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    return "\n".join([
        "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
        '<meta http-equiv="Content-Security-Policy" content="%s">'
        % html.escape(policy, quote=False),
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        "<title>The clocks behind each address: %s rejected</title>"
        % count_things(report.rejected, "SYN"),
        "<style>%s</style>" % STYLE, "</head>", "<body>"] + body + [
        '<div class="paper" hidden></div>',
        '<script type="application/json" id="data">%s</script>' % embedded] +
        ["<script>%s</script>" % script for script in scripts] + ["</body>", "</html>", ""])


def digest(text):
    return "'sha256-%s'" % base64.b64encode(
        hashlib.sha256(text.encode()).digest()).decode()


def delay_section(report, delays):
    if delays is None:
        return [element("p", "This recording does not tell: the module was of a version "
                        "whose tracepoints have no delay.")]
    told = sum(delays[name] for name in DELAYS[1:])
    return [figure(
        "delays", "Rejected SYNs by the seconds that the client would have waited: "
        + ", ".join("%s %s" % (name, group_digits(delays[name])) for name in DELAYS[1:]),
        "A client sends its SYN again after 1, 3, 7, 15, 31 and 63 seconds. The bars are "
        "the first of these that would have got in, for %s; at \u201cnever\u201d the client "
        "gives up." % count_things(told, "rejected SYN"))]


def tables(report):
    recording = report.recording
    several = len(report.namespaces) > 1
    rows = []
    for peer in report.offenders[:ROWS]:
        behind = peer.behind
        rows.append([
            peer.peer, peer.local,
            group_digits(peer.checked()) if report.all_told else "-", group_digits(peer.count()),
            group_digits(peer.count() - peer.untimed), group_digits(peer.untimed),
            group_digits(int(statistics.median(behind))) if behind else "-",
            group_digits(max(behind)) if behind else "-",
            "%.3f" % (min(peer.rejected[0]) - report.start),
            "%.3f" % (max(peer.rejected[0]) - report.start)]
            + [str(peer.netns)] * several)
    lines = []
    if rows:
        lines.append(table(
            "Who would have been turned away", [
                "peer", "local", "checked", "rejected", "older", "untimed",
                "behind, median", "behind, most", "first", "last"] + ["netns"] * several,
            rows, 2))
        text = "\u201cbehind\u201d is in ticks of the peer's clock, \u201cfirst\u201d and " \
            "\u201clast\u201d in seconds since the recording began."
        if len(report.offenders) > len(rows):
            text = "The table has the first %s of %s addresses. " % (
                group_digits(len(rows)), group_digits(len(report.offenders))) + text
        lines.append(element("p", text, class_="small"))
    totals = [
        ["SYNs that were checked", group_digits(report.accepted + report.rejected)
         if report.all_told else "not recorded"],
        ["SYNs that would have been rejected", group_digits(report.rejected)],
        ["for an older timestamp", group_digits(report.rejected - report.untimed)],
        ["for having no timestamp", group_digits(report.untimed)],
        ["timestamps remembered", group_digits(recording.told["stamp_recorded"])
         if recording.told["stamp_recorded"] else "none, or not recorded"],
        ["addresses, rejected or not", group_digits(len(report.recording.peers))],
        ["network namespaces", group_digits(len(report.namespaces))],
        ["events lost in the ring buffer", group_digits(recording.lost) +
         (" and more" if recording.lost_unknown else "")],
        ["lines that could not be read", group_digits(recording.unread)],
        ["lines of other events", group_digits(recording.others)],
    ]
    lines.append(table("In all", ["what", "number"], totals, 1))
    return lines


STYLE = """
:root, .paper {
  --paper: #ffffff; --ink: #1b1f24; --soft: #57606a; --rule: #d0d7de; --raised: #f6f8fa;
  --accepted: #0072b2; --older: #c43d00; --untimed: #8a3b80; --stamp: #6e7781;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --ink: #e6e9ed; --soft: #a3adb8; --rule: #39424d; --raised: #1d232a;
    --accepted: #56b4e9; --older: #ff9f45; --untimed: #dd9ed6; --stamp: #8b949e;
  }
}
* { box-sizing: border-box; }
html { color-scheme: light dark; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 70rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { max-width: 46rem; margin: .5rem 0; }
.lead { font-size: 1.1rem; }
.note { border-left: .25rem solid var(--older); padding-left: .75rem; }
.small, footer, figcaption { color: var(--soft); font-size: .9rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--rule); padding-top: .75rem; }
figure { margin: 0; }
figcaption { max-width: 46rem; }
.box { position: relative; width: 100%; height: 15rem; }
.tall { height: 22rem; }
.scroll { overflow-x: auto; margin: 1rem 0; border: 1px solid var(--rule); border-radius: .4rem; }
.scroll:focus-visible { outline: 2px solid var(--accepted); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; overflow-wrap: normal; }
caption { text-align: left; padding: .5rem .75rem; font-weight: 600; }
th, td { padding: .3rem .75rem; text-align: left; white-space: nowrap; }
th { background: var(--raised); font-weight: 600; }
tbody tr { border-top: 1px solid var(--rule); }
td:first-child:nth-last-child(2) { white-space: normal; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
@media print {
  body { max-width: none; padding: 0; }
  section, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; border: 0; }
  table { font-size: .7rem; }
  th, td { white-space: normal; padding: .2rem .3rem; }
}
"""

SCRIPT = """
"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let charts = [];

  // A colour of the page, or of paper.
  function palette(paper) {
    const style = getComputedStyle(paper ? document.querySelector(".paper")
                                         : document.documentElement);
    return name => style.getPropertyValue("--" + name).trim();
  }

  const grouped = value => Math.round(value).toLocaleString("en").replace(/,/g, "\\u202f");

  // Seconds, as short as the length of the recording lets them be.
  function clock(seconds) {
    if (data.seconds < 120)
      return +seconds.toFixed(3) + " s";
    const whole = Math.round(seconds), two = n => String(n).padStart(2, "0");
    return Math.floor(whole / 3600) + ":" + two(Math.floor(whole / 60) % 60) + ":" +
      two(whole % 60);
  }

  // Milliseconds and ticks in turn; those without a TSval have a strip of their own.
  function points(flat, timed) {
    const found = [];
    for (let i = 0; i < flat.length; i += 2)
      if ((flat[i + 1] !== null) === timed)
        found.push({ x: flat[i] / 1000, y: timed ? flat[i + 1] : 0 });
    return found;
  }

  function axis(colour, title, more) {
    return Object.assign({
      title: { display: true, text: title, color: colour("soft") },
      grid: { color: colour("rule"), borderColor: colour("rule") },
    }, more);
  }

  function ticks(colour, callback) {
    return Object.assign({ color: colour("soft"), maxRotation: 0, autoSkipPadding: 16,
                           includeBounds: false }, callback ? { callback } : {});
  }

  function legend(colour) {
    return { position: "top", align: "start",
             labels: { usePointStyle: true, color: colour("ink"), boxHeight: 7,
                       filter: item => item.text !== "" } };
  }

  function clocks(canvas, chart, colour) {
    const size = Math.max(3, Math.min(canvas.parentNode.clientWidth / 150, 5));
    const dots = { pointStyle: "circle", radius: size * .7, borderWidth: 0,
                   backgroundColor: colour("accepted"), borderColor: colour("accepted") };
    const crosses = { pointStyle: "crossRot", radius: size, borderWidth: 2,
                      backgroundColor: colour("older"), borderColor: colour("older") };
    const wedges = { pointStyle: "triangle", radius: size, borderWidth: 1,
                     backgroundColor: colour("untimed"), borderColor: colour("untimed") };
    const datasets = [
      Object.assign({ label: "rejected, older", yAxisID: "y",
                      data: points(chart.rejected, true) }, crosses),
      Object.assign({ label: "rejected, no timestamp", yAxisID: "none",
                      data: points(chart.rejected, false) }, wedges),
      Object.assign({ label: "accepted", yAxisID: "y", data: points(chart.accepted, true) }, dots),
      Object.assign({ label: "accepted, no timestamp", yAxisID: "none",
                      data: points(chart.accepted, false) }, dots),
      { label: "remembered timestamp", yAxisID: "y", type: "line", stepped: true, radius: 0,
        borderWidth: 1.5, pointStyle: "line", borderColor: colour("stamp"),
        backgroundColor: colour("stamp"), data: points(chart.stamps, true) },
    ].filter(set => set.data.length);
    const tops = datasets.filter(set => set.yAxisID !== "none").flatMap(set =>
      set.data.reduce((top, point) => Math.max(top, point.y), 0));
    const room = Math.max(Math.max(0, ...tops) * .04, 1);
    const many = datasets.reduce((sum, set) => sum + set.data.length, 0) > 20000;
    const side = (data.seconds || 1) * .01;
    // The first one of those that share a side is at the bottom.
    const scales = {};
    if (datasets.some(set => set.yAxisID === "none"))
      scales.none = { type: "linear", axis: "y", min: -1, max: 1, stack: "v", stackWeight: 1,
                      grid: { drawTicks: false, color: "transparent",
                              borderColor: colour("rule") },
                      ticks: { color: colour("soft"), stepSize: 1, autoSkip: false,
                               callback: value => value === 0 ? "none" : "" } };
    scales.y = axis(colour, "TSval, ticks above " + grouped(chart.base), {
      type: "linear", ticks: ticks(colour, grouped), stack: "v", stackWeight: 9,
      min: -room, max: Math.max(0, ...tops) + room });
    scales.x = axis(colour, "time", { type: "linear", min: -side,
                                      max: (data.seconds || 1) + side,
                                      ticks: ticks(colour, clock) });
    return new Chart(canvas, {
      type: "scatter",
      data: { datasets },
      options: {
        animation: false, parsing: false, normalized: true, maintainAspectRatio: false,
        clip: 8, events: many ? [] : undefined, scales,
        plugins: {
          legend: legend(colour),
          tooltip: { callbacks: { label: item => item.dataset.label + " at " +
            clock(item.parsed.x) + (item.dataset.yAxisID === "none" ? "" : ", TSval " +
            grouped((item.parsed.y + chart.base) % 4294967296)) } },
        },
      },
    });
  }

  function bars(canvas, colour, title, labels, skip, sets) {
    return new Chart(canvas, {
      type: "bar",
      data: { labels, datasets: sets.filter(set => set.data.some(value => value)) },
      options: {
        animation: false, maintainAspectRatio: false,
        datasets: { bar: { categoryPercentage: .95, barPercentage: .95 } },
        scales: {
          x: axis(colour, title, { stacked: true, ticks: Object.assign(ticks(colour), { autoSkip: skip }),
                                   grid: { display: false, borderColor: colour("rule") } }),
          y: axis(colour, "rejected SYNs", { stacked: true, beginAtZero: true,
            ticks: Object.assign(ticks(colour, grouped), { precision: 0 }) }),
        },
        plugins: { legend: legend(colour) },
      },
    });
  }

  function draw(paper) {
    const colour = palette(paper);
    charts.forEach(chart => chart.destroy());
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    charts = data.charts.map((chart, i) =>
      clocks(document.getElementById("clock" + i), chart, colour));
    const set = (label, values, name) => ({ label, data: values, pointStyle: "rect",
      backgroundColor: colour(name) });
    charts.push(bars(document.getElementById("bins"), colour, "time",
      data.bins.older.map((_, i) => clock(i * data.bins.width)), true,
      [set("older", data.bins.older, "older"),
       set("no timestamp", data.bins.untimed, "untimed")]));
    if (data.delays) {
      const names = ["1", "3", "7", "15", "31", "63", "never"];
      charts.push(bars(document.getElementById("delays"), colour,
        "seconds until a SYN would have got in", names, false,
        [set("rejected", names.map(name => data.delays[name]), "older")]));
    }
  }

  draw(false);
  dark.addEventListener("change", () => draw(false));
  addEventListener("beforeprint", () => draw(true));
  addEventListener("afterprint", () => draw(false));
})();
"""


# Everything else

def find_library(path):
    places = [path] if path else LIBRARIES
    for place in places:
        try:
            with open(place, encoding="utf-8") as file:
                text = file.read()
        except UnicodeDecodeError:
            raise Failure("%s: no text, so no Chart.js" % place)
        except OSError as err:
            if path:
                raise Failure("%s: %s" % (place, err.strerror))
            continue
        version = re.search(r"Chart\.js v([0-9]+)\.", text[:500])
        if not version:
            raise Failure("%s: not Chart.js, as it does not say so at its beginning" % place)
        if int(version.group(1)) < 3:
            raise Failure("%s: Chart.js %s, 3 or newer is wanted" % (place, version.group(1)))
        # Neither may end the element that it stands in.
        return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    raise Failure("no Chart.js here; on Debian: apt-get install %s, elsewhere: --chart-js FILE"
                  % PACKAGE)


def write_page(text, path):
    if path is None:
        with open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False) as file:
            file.write(text)
    elif os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as err:
            raise Failure("%s: %s" % (path, err.strerror))
    else:
        write_whole(path, text.encode("utf-8"), mode_of_new_files())


def arguments():
    parser = Parser(
        prog="twr-report", allow_abbrev=False,
        usage="%(prog)s [-o FILE] [-n N] [--points N] [--chart-js FILE] [RECORDING...]\n"
              "       %(prog)s --record SECONDS [--save FILE] [-o FILE] ...",
        description="One HTML page with the clocks behind each address that "
                    "tcp_tw_recycle would have turned away, from the text of the "
                    "tracepoints of tw_recycle_sim.")
    parser.add_argument("recordings", metavar="RECORDING", nargs="*",
                        help="text of trace, trace_pipe, trace-cmd report or perf script, "
                             "or a trace.dat; - or none: standard input")
    parser.add_argument("-o", "--output", metavar="FILE", help="the page (default: stdout)")
    parser.add_argument("-n", "--charts", metavar="N", type=whole_number(0), default=12,
                        help="addresses that get a chart, the heaviest (default: 12)")
    parser.add_argument("--points", metavar="N", type=whole_number(1), default=4000,
                        help="accepted SYNs in a chart, at most (default: 4000)")
    parser.add_argument("--record", metavar="SECONDS", type=parse_seconds,
                        help="record now, for so long or until an interrupt")
    parser.add_argument("--save", metavar="FILE", help="with --record: keep the text")
    parser.add_argument("--chart-js", metavar="FILE", help="a file of Chart.js")
    parser.add_argument("--version", action="version", version="%(prog)s " + VERSION)
    options = parser.parse_args()
    if options.record is not None and options.recordings:
        parser.error("--record makes a recording, and takes none")
    if options.save is not None and options.record is None:
        parser.error("--save goes with --record")
    return options


def main():
    options = arguments()
    # Before a long recording that would be for nothing.
    library = find_library(options.chart_js)
    recording = Recording()
    if options.record is not None:
        record(options.record, options.save, recording)
    else:
        read_files(options.recordings, recording)
    known = sum(recording.told.values()) + recording.others + recording.lost
    if recording.unread and not known:
        raise Failure("no line of this could be read, is it the text of tracepoints?")
    write_page(page(Report(recording, options.charts, options.points), library),
               options.output)


def run():
    try:
        main()
    except Failure as failure:
        exit_with("twr-report", failure)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
