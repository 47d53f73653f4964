#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# report-files.py - twr-report on recordings in files with known numbers: the output of
# all recorders, lost events, broken and hostile recordings, and large ones

import html.parser
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

TREE = os.path.dirname(os.path.abspath(__file__)).removesuffix("/scripts/tests/host")
TOOLS = os.path.join(TREE, "scripts/tools")
NOBODY = 65534
EVENTS = 1000000

# How each recorder writes a time and an event.
RECORDERS = {
    "trace": "          replay-167     [000] b....   %.6f: %s: %s",
    "trace-cmd": "          replay-120   [000]   %.6f: %-20s %s",
    "perf": "          replay   129 [000]   %.6f: tw_recycle_sim:%s: %s",
    "perf --ns": "   a name 12   129 [000]   %.9f: tw_recycle_sim:%s: %s",
}


def syn(peer="198.51.100.7", port=40000, local="192.0.2.1", netns=4026531840, tsval=1000,
        behind=0, verdict="pass", delay=None):
    def end(address, port):
        return ("[%s]:%d" if ":" in address else "%s:%d") % (address, port)
    timed = tsval is not None
    return "peer=%s local=%s netns=%d timed=%d tsval=%d known=1 ts_recent=%d age=0 " \
        "behind=%d %sverdict=%s" % (
            end(peer, port), end(local, 80), netns, timed, tsval or 0,
            ((tsval or 0) + behind) % 2 ** 32, behind,
            "" if delay is None else "delay=%s " % delay, verdict)


def lines(events, form="trace"):
    form = RECORDERS[form]
    return "".join(form % (when, name + (":" if form is RECORDERS["trace-cmd"] else ""),
                           text) + "\n" for when, name, text in events)


def told(when, checked=True, rejected=True, **fields):
    """The events of one SYN."""
    text = syn(**fields)
    if checked:
        yield when, "syn_checked", text
    if rejected and fields.get("verdict", "pass") != "pass":
        yield when + 0.000004, "syn_rejected", text


def nat(rounds=10, **more):
    """Two hosts behind one address. The second one is always rejected."""
    for n in range(rounds):
        yield from told(100 + n, port=40000 + n, tsval=900000 + 1000 * n, delay=0, **more)
        yield from told(100.5 + n, port=41000 + n, tsval=500000 + 1000 * n,
                        behind=400000 - n * n, verdict="older", delay=-1 if n % 2 else 7,
                        **more)


class Page(html.parser.HTMLParser):
    """The parts of a page, as a browser reads it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.scripts, self.attributes = [], "", [], []
        self.data = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "script":
            self.scripts.append(dict(attrs).get("type"))

    def handle_data(self, data):
        if self.lasttag != "script":
            self.text += data
        elif self.scripts[-1] == "application/json" and self.data is None:
            self.data = json.loads(data)


class Case(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        os.chmod(self.root, 0o755)
        # The program as it is installed.
        self.report = os.path.join(self.root, "twr-report")
        subprocess.run([TOOLS + "/pack", "twr-report", self.report], check=True)

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text):
        mode = "wb" if isinstance(text, bytes) else "w"
        with open(self.path(name), mode) as file:
            file.write(text)
        return self.path(name)

    def run_it(self, *args, status=0, stdin="", env=(), **more):
        if isinstance(stdin, str):
            stdin = stdin.encode()
        done = subprocess.run(
            [self.report, *map(str, args)], input=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=300,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", **dict(env)}, **more)
        err = done.stderr.decode()
        self.assertEqual(done.returncode, status, err)
        if not status:
            # A page may have notes; page() compares them with its numbers.
            self.notes = err.splitlines()
            for note in self.notes:
                self.assertRegex(note, "could not be read$|counted once$")
            return done.stdout.decode()
        self.assertEqual(done.stdout, b"")
        self.assertEqual(len(err.splitlines()), 1, err)
        return err

    def page(self, text, *args, **more):
        page = Page(self.run_it(*args, stdin=text, **more))
        wanted = []
        for number, words in (
                (page.data["copies"], "event(s were| was) in two recordings, or twice in one, "
                 "and counted once"),
                (page.data["unread"], "lines? could not be read")):
            if number:
                wanted.append("%d %s" % (number, words))
                self.assertRegex(page.text.replace("\u202f", ""), wanted[-1] + r"\.")
        self.assertEqual(len(self.notes), len(wanted), self.notes)
        for note, words in zip(self.notes, wanted):
            self.assertRegex(note, "^twr-report: %s$" % words)
        return page

    def files(self, *texts, args=(), **more):
        """The page of several recordings."""
        return self.page("", *args, *[self.write("file%d" % i, text)
                                      for i, text in enumerate(texts)], **more)

    def counts(self, page, **wanted):
        self.assertEqual({name: page.data[name] for name in wanted}, wanted)

    def points(self, page, kind):
        return [(chart[kind][i], chart[kind][i + 1]) for chart in page.data["charts"]
                for i in range(0, len(chart[kind]), 2)]


class Recorders(Case):
    def test_each(self):
        events = [*nat(), (111, "stamp_recorded", "peer=198.51.100.7:1 local=192.0.2.1:80 "
                           "netns=4026531840 ts_recent=909001 age=0")]
        for form in RECORDERS:
            page = self.page("cpus=1\n# tracer: nop\n#\n\n" + lines(events, form))
            self.counts(page, checked=20, accepted=10, rejected=10, older=10, untimed=0,
                        lost=0, unread=0, seconds=11.0)
            self.assertEqual(page.data["delays"], {
                "0": 10, "1": 0, "3": 0, "7": 5, "15": 0, "31": 0, "63": 0, "never": 5,
                "pending": 0, "unknown": 0})
            self.assertEqual(len(self.points(page, "accepted")), 10)
            self.assertEqual(len(self.points(page, "rejected")), 10)
            self.assertEqual(self.points(page, "stamps"), [(11000, 409001)])
            self.assertEqual(sum(page.data["bins"]["older"]), 10)
            self.assertIn("rejected 10 SYNs of the 20", page.text)

    def test_documented(self):
        """twr-report can read the examples of each recorder in the documentation."""
        with open(os.path.join(TREE, "Documentation/numbers.rst")) as file:
            events = [line for line in file if re.search(r"[0-9]: .*(syn|stamp)_\w+: ", line)]
        page = self.page("".join(events))
        self.counts(page, unread=0, untimed=2)
        self.assertGreater(len(events), 9)

    def test_whole_files(self):
        """Several files, and - among them."""
        one, two = lines(nat(3)), lines(nat(4, peer="198.51.100.8"))
        three = lines(nat(5, peer="198.51.100.9"))
        page = Page(self.run_it(self.write("one", one), "-", self.write("three", three),
                                stdin=two))
        self.counts(page, rejected=12, checked=24)

    def test_once(self):
        """A rejected SYN counts once, whichever events it has, in any order."""
        both = list(nat())
        only = [event for event in both if event[1] == "syn_rejected"]
        checked = [event for event in both if event[1] == "syn_checked"]
        for events in (both, checked, only + checked, checked + only, both[::-1]):
            self.counts(self.page(lines(events)), rejected=10, accepted=10)
        # One event of each kind is lost, and two SYNs differ only in their time.
        events = [*told(1, rejected=False, verdict="older", behind=9),
                  *told(2, verdict="older", behind=9),
                  *told(3, checked=False, verdict="older", behind=9),
                  *told(4, verdict="older", behind=9)]
        self.counts(self.page(lines(events)), rejected=4, checked=4)

    def test_only_rejected(self):
        page = self.page(lines(event for event in nat() if event[1] == "syn_rejected"))
        self.counts(page, rejected=10, accepted=None, checked=None)
        self.assertIn("Accepted SYNs were not recorded", page.text)
        self.assertNotIn("Accepted SYNs were not", self.page(lines(nat())).text)

    def test_settled(self):
        """The delay comes in an event of its own. One SYN has none yet, and one was rejected
        before the recording began."""
        events = [event for n in range(5)
                  for event in told(n, port=40000 + n, verdict="older", behind=9, delay="-")]
        for port, delay in ((40000, "7"), (40001, "never"), (40002, "unknown"), (40004, "7"),
                            (39999, "1")):
            events.append((80, "syn_settled", "peer=198.51.100.7:%d local=192.0.2.1:80 "
                           "netns=4026531840 timed=1 tsval=1000 delay=%s" % (port, delay)))
        page = self.page(lines(events))
        self.assertEqual(page.data["delays"], {
            "0": 0, "1": 0, "3": 0, "7": 2, "15": 0, "31": 0, "63": 0, "never": 1,
            "pending": 1, "unknown": 1})
        self.counts(page, rejected=5, unread=0)
        # Another schedule, and a delay that no schedule has.
        page = self.page(lines(events).replace("delay=7", "delay=11"))
        self.assertEqual(page.data["delays"]["11"], 2)
        self.assertIn("Linux since 6.5", page.text)
        self.counts(self.page(lines(events).replace("delay=7", "delay=6")), unread=2)

    def test_old_module(self):
        """Without delay=."""
        page = self.page(lines(told(1, verdict="older", behind=9)))
        self.assertIsNone(page.data["delays"])
        self.assertIn("does not tell", page.text)
        self.assertNotIn("does not tell", self.page(lines(nat())).text)

    def test_future_module(self):
        """More fields, in another order."""
        text = lines(nat())
        self.counts(self.page(text.replace("known=1 ", "").replace(" verdict", " new=x verdict")),
                    rejected=10, unread=0)


class Keys(Case):
    def test_each_its_own(self):
        events = []
        for n, key in enumerate((dict(peer="198.51.100.7"), dict(peer="198.51.100.8"),
                                 dict(peer="198.51.100.7", local="192.0.2.2"),
                                 dict(peer="198.51.100.7", netns=4026532000),
                                 dict(peer="2001:db8::7", local="2001:db8::1"))):
            events += nat(n + 1, **key)
        page = self.page(lines(events))
        self.assertEqual([len(chart["rejected"]) // 2 for chart in page.data["charts"]],
                         [5, 4, 3, 2, 1])
        self.assertIn("2001:db8::7 \u2192 2001:db8::1, namespace 4026531840", page.text)
        self.counts(page, rejected=15)
        # The peers with most rejected SYNs have charts; all peers are in the table.
        page = self.page(lines(events), "-n", 2)
        self.assertEqual(len(page.data["charts"]), 2)
        self.counts(page, rejected=15)
        self.assertIn("These are the 2 with the most rejected SYNs, of 5", page.text)
        self.assertEqual(page.text.count("198.51.100.8"), 1)
        self.assertEqual(page.text.count("2001:db8::7"), 2)

    def test_rows(self):
        events = [event for n in range(1005) for event in told(
            n, peer="10.0.%d.%d" % divmod(n, 256), verdict="older", behind=5)]
        page = self.page(lines(events))
        self.assertIn("first 1\u202f000 of 1\u202f005 addresses", page.text)
        self.counts(page, rejected=1005)
        self.assertEqual(len(page.data["charts"]), 12)

    def test_table(self):
        page = self.page(lines([*nat(9), *told(150, tsval=None, verdict="untimed"),
                                *told(151, tsval=None)]))
        row = page.text.split("behind, most")[1].split("last")[1]
        self.assertIn("198.51.100.7192.0.2.1201091399\u202f984400\u202f0000.50050.000",
                      re.sub(r"\n", "", row))


class Axis(Case):
    def test_wrap(self):
        """A line over the end of the 32-bit numbers does not break."""
        events = [event for n in range(20) for event in told(
            n, port=n, tsval=(2 ** 32 - 10000 + 1000 * n) % 2 ** 32, behind=5,
            verdict="older" if n % 2 else "pass")]
        page = self.page(lines(events))
        self.assertEqual(page.data["charts"][0]["base"], 2 ** 32 - 10000)
        self.assertEqual(sorted(self.points(page, "accepted") + self.points(page, "rejected")),
                         [(1000 * n, 1000 * n) for n in range(20)])

    def test_untimed(self):
        page = self.page(lines([*nat(2), *told(110, tsval=None, verdict="untimed"),
                                *told(112, tsval=None)]))
        self.counts(page, rejected=3, untimed=1)
        self.assertIn((10000, None), self.points(page, "rejected"))
        self.assertIn((12000, None), self.points(page, "accepted"))
        self.assertEqual(sum(page.data["bins"]["untimed"]), 1)

    def test_bins(self):
        for seconds in (0, 0.001, 3, 59, 5000, 90000, 10000000):
            events = [*told(7, verdict="older", behind=5),
                      *told(7 + seconds, port=2, verdict="older", behind=5)]
            page = self.page(lines(events))
            bins = page.data["bins"]
            self.assertLessEqual(len(bins["older"]), 61)
            self.assertEqual(sum(bins["older"]), 2)
            self.assertEqual(bins["older"][0] + bins["older"][-1],
                             2 if len(bins["older"]) > 1 else 4)

    def test_thinned(self):
        events = list(nat(500)) + list(nat(500, peer="198.51.100.8"))
        page = self.page(lines(events), "--points", 100)
        self.assertEqual(len(self.points(page, "accepted")), 200)
        self.assertEqual(len(self.points(page, "rejected")), 1000)
        self.counts(page, accepted=1000, rejected=1000)
        self.assertEqual(page.text.count("Of 500 accepted SYNs 100 are drawn"), 2)
        self.assertNotIn("chosen at random", self.page(lines(events)).text)


class Losses(Case):
    def test_lost(self):
        for text, number, more in (
                ("CPU:0 [LOST 34 EVENTS]\n", 34, False),
                ("CPU:3 [LOST EVENTS]\n", 0, True),
                ("CPU:1 [34 EVENTS DROPPED]\n", 34, False),
                ("CPU:1 [EVENTS DROPPED]\n", 0, True),
                ("CPU:0 [LOST 34 EVENTS]\nCPU:1 [LOST 6 EVENTS]\n", 40, False),
                ("# entries-in-buffer/entries-written: 20/54   #P:1\n", 34, False),
                ("      swapper     0 [000] 5.0: PERF_RECORD_LOST lost 34\n", 34, False)):
            page = self.page(text + lines(nat()))
            self.counts(page, lost=number, unread=0, rejected=10)
            self.assertIn("lost in the ring buffer:", page.text)
            if number:
                self.assertIn("%d events were lost" % number, page.text)
            self.assertEqual("unknown number" in page.text, more, text)
        page = self.page("# entries-in-buffer/entries-written: 20/20   #P:1\n" + lines(nat()))
        self.assertNotIn("lost in the ring buffer:", page.text)

    def test_unread(self):
        good = lines(nat())
        event = lines(told(1, verdict="older", behind=1)).splitlines()[0]
        for change in (("verdict=older", ""), ("verdict=older", "verdict=late"),
                       ("peer=198.51.100.7:40000", "peer=me:1"), ("tsval=1000", "tsval="),
                       ("tsval=1000", "tsval=4294967296"), ("timed=1", "timed=2"),
                       ("netns=4026531840", "netns=x"), ("behind=1", "behind"),
                       ("behind=1", "behind=1 delay=6"), ("age=0 behind=1", "age")):
            bad = event.replace(*change)
            self.assertNotEqual(bad, event)
            self.counts(self.page(good + bad + "\n"), unread=1, rejected=10)
        # A line that is cut, and text that is not an event.
        page = self.page(good + event[:90] + "\nhello\n" + event[:20] + "\n")
        self.counts(page, unread=3, rejected=10)
        self.assertIn("lines that could not be read3", page.text.replace("\n", ""))
        # Events of other kinds are not errors.
        page = self.page(good + "  a-1  [000] d..1 5.1: sched_switch: x ==> y\n"
                         "  a  1 [000]  5.1: sched:sched_switch: x\n")
        self.counts(page, unread=0)
        self.assertIn("lines of other events2", page.text.replace("\n", ""))

    def test_nothing(self):
        for text in ("", "\n", "# tracer: nop\n#\n", "cpus=1\n"):
            page = self.page(text)
            self.counts(page, rejected=0, charts=[])
            self.assertIn("No SYN was checked", page.text)
        page = self.page(lines(told(5)))
        self.counts(page, rejected=0, accepted=1)
        self.assertNotIn("No SYN was checked", page.text)
        self.assertIn("rejected 0 SYNs of the 1", page.text)


class NoRecording(Case):
    TEXTS = (
        "hello\n",
        "10:00:00.123456 IP 10.0.0.1.80 > 10.0.0.2.4000: Flags [P.], seq 1:101, ack 1, "
        "length 100: HTTP: HTTP/1.1 200 OK\n",
        "Nov 28 07:40:01 host nginx[1234]: 12: http: closed\n",
        '{"counters": {"syns_seen": 1}}\n',
        "TcpExt: 3 passive connections rejected because of time stamp\n",
        "    1 0.000000000 10.0.0.1 \u2192 10.0.0.2 TCP 74 4000 \u2192 80 [SYN] Seq=0 Win=1\n")

    def test_text(self):
        for text in self.TEXTS:
            err = self.run_it(stdin=text, status=1)
            self.assertRegex(err, "standard input: 1 line, and none is of a tracepoint; expected "
                             "is the text of trace, trace_pipe, trace-cmd report, perf script or "
                             "twr-pcap")
            self.assertEqual("twr-pcap --events FILE | twr-report" in err,
                             "[SYN]" in text or "Flags" in text)
            # One such file among recordings is an error too, whichever it is.
            good, bad = self.write("good", lines(nat())), self.write("bad", text * 2)
            for files in ((good, bad), (bad, good)):
                self.assertIn(bad + ": 2 lines, and", self.run_it(*files, status=1))
            # Lines of it in a recording are counted.
            self.counts(self.page(text * 3 + lines(nat()) + text), rejected=10, unread=4)

    def test_capture(self):
        for magic in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1",
                      b"\xa1\xb2\x3c\x4d", b"\x0a\x0d\x0d\x0a"):
            data = magic + bytes(60)
            path = self.write("a file.pcap", data)
            self.assertIn("a packet capture; twr-pcap --events '%s' | twr-report -o page.html"
                          % path, self.run_it(path, status=1))
            self.assertIn("twr-pcap --events - | twr-report", self.run_it(stdin=data, status=1))
        for data in (b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"):
            self.assertIn("unpack", self.run_it(stdin=data + b"x", status=1))
        self.assertIn("--events ./-x.pcap |", self.run_it(
            "--", "-x.pcap", status=1, cwd=os.path.dirname(self.write("-x.pcap", magic))))


class Copies(Case):
    NAT = list(nat())

    def test_twice(self):
        """Every recorder's form of the same recording, and the same again."""
        for form in RECORDERS:
            later = [(when + 0.000003, name, text) for when, name, text in self.NAT]
            for events in (self.NAT, later):
                page = self.files(lines(self.NAT), lines(events, form))
                self.counts(page, rejected=10, accepted=10, copies=30)
        page = self.files(*[lines(self.NAT)] * 3)
        self.counts(page, rejected=10, accepted=10, copies=60)
        self.assertEqual(len(self.points(page, "rejected")), 10)
        self.assertEqual(page.data["delays"]["7"], 5)

    def test_overlap(self):
        first, last = self.NAT[:20], self.NAT[10:]
        for page in (self.files(lines(first), lines(last)), self.files(lines(last), lines(first)),
                     self.page(lines(first) + lines(last))):
            self.counts(page, rejected=10, accepted=10, copies=10)
        stamp = [(111, "stamp_recorded", "peer=198.51.100.7:1 local=192.0.2.1:80 "
                  "netns=4026531840 ts_recent=909001 age=0")]
        page = self.files(lines(self.NAT + stamp), lines(self.NAT[20:] + stamp))
        self.assertEqual(len(self.points(page, "stamps")), 1)
        # After another, and with a part of the events.
        both = [event for event in nat(5)] + [(when + 100, name, text.replace(":4", ":5"))
                                             for when, name, text in nat(5)]
        self.counts(self.files(lines(both[:15]), lines(both[15:])), rejected=10, copies=0)
        rejected = [event for event in self.NAT if event[1] == "syn_rejected"]
        self.counts(self.files(lines(rejected), lines(self.NAT)), rejected=10, copies=10)

    def test_same_syn(self):
        """The network can bring a SYN twice. It counts twice, also in two copies."""
        for gap in (0, 0.00001, 0.05, 1):
            events = [*told(5, verdict="older", behind=9), *told(5 + gap, verdict="older", behind=9)]
            self.counts(self.page(lines(events)), rejected=2, copies=0)
            self.counts(self.files(lines(events), lines(events)), rejected=2, copies=4)

    def test_lost(self):
        text = "CPU:0 [LOST 34 EVENTS]\nhello\n" + lines(self.NAT)
        self.counts(self.files(text, text), lost=34, unread=1, copies=30)
        self.counts(self.files(text, text + lines(told(200))), lost=68, unread=2, copies=30)

    def test_other_clock(self):
        """The same minutes by another clock cannot be told apart from others."""
        later = [(when + 7, name, text) for when, name, text in self.NAT]
        err = self.run_it(self.write("one", lines(self.NAT)), self.write("two", lines(later)),
                          status=1)
        self.assertIn("two: most of its SYNs are in another recording too, at other times", err)
        since = [(when + 1.7e9, name, text.replace(":4", ":5")) for when, name, text in self.NAT]
        self.assertIn("some times count from 1970", self.run_it(
            self.path("one"), self.write("three", lines(since)), status=1))


class Clocks(Case):
    def in_ticks(self, rate, form="trace"):
        return "".join(re.sub(r"[0-9]+\.[0-9]+(?=:)", lambda match: "%d" % round(
            float(match.group()) * rate), line, 1) for line in lines(nat(), form).splitlines(True))

    def test_ticks(self):
        for form in ("trace", "trace-cmd"):
            for rate in (100, 2500000000, 10 ** 9):
                text = self.in_ticks(rate, form)
                err = self.run_it(stdin=text, status=1)
                self.assertIn("ticks, as those of the trace clocks x86-tsc, ppc-tb, s390-tod, "
                              "uptime, counter do", err)
                page = self.page(text, "--ticks", rate)
                self.counts(page, rejected=10, accepted=10, seconds=9.5, copies=0)
        # trace-cmd leaves no blank before a long number.
        text = re.sub(r"\] +", "]", self.in_ticks(10 ** 13, "trace-cmd"))
        self.assertIn("ticks", self.run_it(stdin=text, status=1))
        self.counts(self.page(text, "--ticks", 10 ** 13), rejected=10)
        # One time without a fraction is enough.
        text = lines(nat()) + self.in_ticks(10 ** 9).splitlines(True)[0]
        self.assertIn("ticks", self.run_it(stdin=text, status=1))
        self.assertIn("its times are seconds", self.run_it("--ticks", 5, stdin=lines(nat()),
                                                           status=1))

    def test_uptime_by_trace_cmd(self):
        events = [(when / 1e7, name, text) for when, name, text in nat()]
        self.assertIn("trace clock uptime", self.run_it(stdin=lines(events, "trace-cmd"),
                                                        status=1))
        self.counts(self.page(lines(events)), rejected=10)

    def test_nonsense(self):
        """No page has a time that is none."""
        for when in (2e11, 1e17, 1e300):
            page = self.page(lines(nat()) + lines(told(when)))
            self.counts(page, unread=1, seconds=9.5)

    def test_trace_dat(self):
        """trace-cmd tells the clock of a trace.dat."""
        def run(clock, text, *args, **more):
            self.write("trace-cmd", "#!/bin/sh\ncase $1 in\ndump) printf '\t\t[Option TRACECLOCK,"
                       " 67 bytes]\\nlocal [%s] other\\n' ;;\n*) cat %s ;;\nesac\n" % (
                           clock, self.write("said", text)))
            os.chmod(self.path("trace-cmd"), 0o755)
            return self.run_it(self.write("t.dat", b"\x17\x08\x44tracing6\0"), *args, env={
                "PATH": self.root + ":" + os.environ["PATH"]}, **more)
        good = lines(nat(), "trace-cmd")
        for clock in ("local", "global", "perf", "mono", "mono_raw"):
            self.counts(Page(run(clock, good)), rejected=10, seconds=9.5)
        for clock in ("boot", "tai"):
            self.counts(Page(run(clock, self.in_ticks(10 ** 9, "trace-cmd"))), rejected=10,
                        seconds=9.5)
        for clock in ("x86-tsc", "ppc-tb", "s390-tod", "counter", "uptime"):
            self.assertIn("recorded with the trace clock " + clock, run(clock, good, status=1))
        text = self.in_ticks(5000, "trace-cmd")
        for clock in ("x86-tsc", "ppc-tb", "s390-tod"):
            self.counts(Page(run(clock, text, "--ticks", 5000)), rejected=10, seconds=9.5)
        for clock in ("counter", "uptime"):
            run(clock, text, "--ticks", 100, status=1)


class TimeOfDay(Case):
    # 2023-11-14 22:13:20 UTC is 1700000000.
    MARK = "# twr-report: clock=%.6f time=%.6f utc=%+d zone=%s\n"
    EVENTS = lines(nat())

    def test_unknown(self):
        page = self.page(self.EVENTS)
        self.assertIn("no time of day. The times on this page are seconds since the first event, "
                      "which came at second 100.000", page.text)
        self.assertEqual(page.data["clock"], {"start": 100, "source": "unknown", "marks": []})
        self.assertIn("\u201clast\u201d are seconds since the first event", page.text)

    def test_recorded(self):
        text = self.MARK % (90, 1699999990, 3600, "CET") + self.EVENTS
        page = self.page(text)
        self.assertEqual(page.data["clock"], {"start": 100, "source": "recorded",
                                              "marks": [[0, 1700000000, 3600]]})
        self.assertIn("in 9.5 s, from 2023-11-14 23:13:20 to 2023-11-14 23:13:30 "
                      "UTC+01:00 (CET).", page.text)
        self.assertIn("23:13:20.50023:13:29.500\u201cbehind\u201d", page.text.replace("\n", ""))
        self.assertNotIn("no time of day", page.text)
        self.assertNotIn("was set", page.text)
        self.counts(page, unread=0)
        # The clock that NTP corrects is not set, and a copy has the same marks.
        slow = self.MARK % (104, 1700000004.004, 3600, "CET")
        for page in (self.files(text + slow, text), self.page(text + slow)):
            self.assertEqual(len(page.data["clock"]["marks"]), 1)

    def test_set(self):
        page = self.page(self.MARK % (90, 1699999990, 0, "UTC") + self.EVENTS +
                         self.MARK % (105, 1700000605, -12600, "-0330"))
        self.assertEqual(page.data["clock"]["marks"],
                         [[0, 1700000000, 0], [5, 1700000600, -12600]])
        self.assertIn("the clock of the machine was set forward by 10 min 0 s, at 2023-11-14 "
                      "18:53:25.", page.text)
        self.assertIn("from 2023-11-14 22:13:20 to 2023-11-14 18:53:30 UTC, then UTC-03:30.",
                      page.text)
        # Only a recording of several days has the date with each time.
        page = self.page(self.MARK % (90, 1699999990, 6397, "UTC") + self.EVENTS)
        self.assertIn("2023-11-14 23:59:57.5002023-11-15 00:00:06.500",
                      page.text.replace("\n", ""))
        page = self.page(self.MARK % (90, 1699999990, 0, "GMT") + self.EVENTS +
                         self.MARK % (105, 1700000005, 3600, "BST"))
        self.assertIn("was set to the zone UTC+01:00 (BST), at 2023-11-14 23:13:25", page.text)

    def test_given(self):
        for zero, zone, wall, shown in (
                ("@1699999900", "Asia/Tokyo", 1700000000, "2023-11-15 07:13:20 "),
                ("2023-11-14 22:11:40", "UTC", 1700000000, "2023-11-14 22:13:20 "),
                ("2023-11-14T22:11:40.5Z", "Asia/Tokyo", 1700000000.5, "2023-11-14 22:13:20 "),
                ("2023-11-15 03:41:40+05:30", "UTC", 1700000000, "2023-11-15 03:43:20 "),
                ("2023-11-14 17:11:40-0500", "UTC", 1700000000, "2023-11-14 17:13:20 ")):
            page = self.page(self.EVENTS, "--zero", zero, env={"TZ": zone})
            self.assertEqual(page.data["clock"]["source"], "given")
            self.assertEqual(page.data["clock"]["marks"][0][1], wall)
            self.assertIn("from " + shown, page.text)
            self.assertIn("follow from --zero", page.text)
        for zero in ("yesterday", "2023-13-01 00:00:00", "2023-02-30 00:00:00", "@", "@-1",
                     "2023-11-14", "2023-11-14 24:00:00", "1969-01-01 00:00:00"):
            self.run_it("--zero", zero, status=2)
        # It can correct a machine whose clock was wrong.
        page = self.page(self.MARK % (90, 1699999990, 0, "UTC") + self.EVENTS, "--zero", "@1000")
        self.assertEqual(page.data["clock"]["marks"], [[0, 1100, 0]])

    def test_since_1970(self):
        events = [(when + 1699999900, name, text) for when, name, text in nat()]
        page = self.page(lines(events))
        self.assertEqual(page.data["clock"]["source"], "since 1970")
        self.assertIn("from 2023-11-14 22:13:20 to 2023-11-14 22:13:30 UTC.", page.text)
        self.assertIn("trace clock tai", page.text)
        self.assertIn("--zero for one that needs none", self.run_it(
            "--zero", "@5", stdin=lines(events), status=1))

    def test_broken_marks(self):
        for mark in ("# twr-report: clock=1e9 time=5.0 utc=+0 zone=UTC",
                     "# twr-report: clock=9.0 time=5.0 utc=+0 zone=UTC",
                     "# twr-report: clock=1.0 time=99999999999999.0 utc=+0 zone=UTC",
                     "# twr-report: clock=1.0 time=5.0 utc=+999999 zone=UTC",
                     "# twr-report: clock=1.0 time=5.0 utc=+0 zone=<b>&x;</b>" + "y" * 20):
            self.assertEqual(self.page(mark + "\n" + self.EVENTS).data["clock"]["marks"], [])
        text = self.run_it(stdin=self.MARK % (1, 5, 60, "<b>&</b>") + self.EVENTS)
        self.assertNotIn("<b>", text)


class Hostile(Case):
    WORDS = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\"'"

    def test_text(self):
        """No hostile text reaches the page as anything but text."""
        good = self.run_it(stdin=lines(nat()))
        event = lines(told(1, verdict="older", behind=1, delay=7)).splitlines()[0]
        evil = self.WORDS.replace(" ", "/")
        spots = [event.replace("replay-167", evil[:15]), event + " " + self.WORDS,
                 event.replace("peer=198.51.100.7", "peer=" + evil),
                 event.replace("verdict=older", "verdict=" + evil), self.WORDS,
                 "CPU:0 [LOST %s EVENTS]" % self.WORDS, "# " + self.WORDS,
                 event.replace("delay", evil), "\0\x1b[31m\u202e", "x" * 1000000, "a " + "(" * 1000000]
        text = self.run_it(stdin=lines(nat()) + "\n".join(spots) + "\n")
        page = Page(text)
        self.assertEqual(page.tags.count("script"), Page(good).tags.count("script"))
        self.assertNotIn("img", page.tags)
        self.assertNotIn("alert(1)", text)
        self.assertFalse([name for name, _ in page.attributes if name.startswith("on")])
        # These two count: a program with that name, and an event with an unknown field.
        self.counts(page, rejected=12, unread=8)
        self.assertEqual(len(self.notes), 1)

    def test_printable(self):
        """Neither page nor error has characters that a terminal or a browser obeys."""
        event = lines(told(1, verdict="older", behind=1, delay=7)).splitlines()[0]
        for nasty in ("\x1b[2J", "\x9b2J", "\x7f", "\u202e", "\u2066", "\u200b", "o\u0300"):
            text = self.run_it(stdin=lines(nat()) + re.sub(
                r"peer=198\.51\.100\.7\b", "peer=[fe80::1%" + nasty + "]", event) + "\n")
            self.assertNotIn(nasty, text)
            # Older versions of Python do not accept this as an address.
            if sys.version_info >= (3, 9):
                self.assertIn("fe80::1%", text)
            for args, status in (([self.path("no" + nasty)], 1), (["--record", nasty], 2),
                                 (["-o", "/nowhere/" + nasty], 1), (["--" + nasty], 2),
                                 (["--chart-js", "/nowhere/" + nasty], 1)):
                err = self.run_it(*args, status=status)
                self.assertTrue(err.rstrip("\n").isprintable(), err)
                self.assertNotIn(nasty, err)
                self.assertIn("\\", err)

    def test_policy(self):
        text = self.run_it(stdin=lines(nat()))
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
        self.assertTrue(policy.startswith("default-src 'none'; "))
        self.assertNotIn("unsafe", policy)
        self.assertNotIn("http", policy)
        # Comments of the library name places, but the page loads nothing.
        self.assertFalse([pair for pair in Page(text).attributes
                          if pair[0] in ("src", "href", "action", "srcset", "data")])

    def test_broken_input(self):
        self.assertIn("not text", self.run_it(stdin=b"\0\1\2\n", status=1))
        self.run_it(stdin=b"\xff\xfe\n" + lines(nat()).encode())
        self.assertIn("perf script", self.run_it(stdin=b"PERFILE2\0\0", status=1))
        dat = b"\x17\x08\x44tracing6\0\0\0\n"
        self.assertIn("give it as a file", self.run_it(stdin=dat, status=1))
        dat = self.write("trace.dat", dat)
        self.assertIn("trace-cmd is not installed",
                      self.run_it(dat, status=1, env={"PATH": "/nowhere"}))
        if shutil.which("trace-cmd"):
            self.assertIn("trace-cmd report failed", self.run_it(dat, status=1))
        self.assertIn("No such file", self.run_it("/nowhere/file", status=1))
        self.assertIn("directory", self.run_it(self.root, status=1).lower())

    def test_arguments(self):
        for args in (("--what",), ("-n", "-1"), ("-n", "x"), ("--points", "0"), ("--record",),
                     ("--record", "0"), ("--record", "nan"), ("--record", "1", "file"),
                     ("--save", "file"), ("--rec", "1"), ("--ticks", "0"), ("--zero",),
                     ("--record", "1", "--zero", "@1"), ("--record", "1", "--ticks", "9")):
            self.run_it(*args, status=2)
        self.assertRegex(self.run_it("--version"), r"twr-report \d")
        self.assertIn("--chart-js", self.run_it("--help"))

    def test_library(self):
        self.assertIn("No such file", self.run_it("--chart-js", "/nowhere", status=1))
        for text in ("alert(1)", "/*! Chart.js v2.9.4 */", b"\xff\xfe"):
            self.run_it("--chart-js", self.write("chart.js", text), status=1)
        text = self.run_it("--chart-js", self.write(
            "chart.js", "/*! Chart.js v3.0.0 */ '</script><!--'"), stdin=lines(nat()))
        self.assertEqual(Page(text).tags.count("script"), 3)
        self.assertEqual(text.count("</script"), 3)
        self.assertNotIn("<!--", text)
        # If it is in none of the usual places, the error names the package.
        tree = shutil.copytree(TOOLS, self.path("tools"))
        module = tree + "/python/twr_report/library.py"
        with open(module) as file:
            program, changed = re.subn(r'"/usr/[^"]*chart\.[^"]*js"', '"/nowhere"', file.read())
        self.assertGreater(changed, 0)
        with open(module, "w") as file:
            file.write(program)
        self.report = tree + "/twr-report"
        self.assertIn("libjs-chart.js", self.run_it(status=1))


class Output(Case):
    def test_in_one_piece(self):
        where = self.write("page.html", "what was")
        # No room for the new page; the file of Chart.js alone is larger.
        def small():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))
        before = sorted(os.listdir(self.root))
        self.assertIn("File too large", self.run_it("-o", where, stdin=lines(nat()), status=1,
                                                    preexec_fn=small))
        with open(where) as file:
            self.assertEqual(file.read(), "what was")
        self.assertEqual(sorted(os.listdir(self.root)), before)
        self.assertEqual(self.run_it("-o", where, stdin=lines(nat())), "")
        with open(where) as file:
            self.assertEqual(Page(file.read()).data["rejected"], 10)
        self.assertEqual(sorted(os.listdir(self.root)), before)
        os.umask(0o022)
        self.run_it("-o", where, stdin=lines(nat()))
        self.assertEqual(os.stat(where).st_mode & 0o777, 0o644)

    def test_elsewhere(self):
        self.assertIn("No such file", self.run_it("-o", "/nowhere/page", status=1))
        self.assertIn("directory", self.run_it("-o", self.root, status=1).lower())
        self.assertIn("Permission denied", self.run_it(
            "-o", self.path("page"), status=1,
            preexec_fn=lambda: os.setuid(NOBODY)))
        # A bad recording makes no file.
        self.run_it("-o", self.path("page"), stdin="hello\n", status=1)
        self.assertNotIn("page", os.listdir(self.root))
        self.assertIn("for root only", self.run_it(
            "--record", 1, status=1, preexec_fn=lambda: os.setuid(NOBODY)))

    def test_closed_pipe(self):
        process = subprocess.Popen([self.report], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.close()
        process.stdin.write(lines(nat()).encode())
        process.stdin.close()
        self.assertEqual(process.stderr.read(), b"")
        process.wait()
        process.stderr.close()


class Large(Case):
    def test_million(self):
        """A million events in reasonable time and memory."""
        rng = random.Random(1)
        with open(self.path("large"), "w") as file:
            n = rejected = 0
            while n < EVENTS:
                when = n / 5000
                behind = rng.randrange(4) * 100000
                events = list(told(when, peer="10.0.%d.%d" % (rng.randrange(4), rng.randrange(250)),
                                   port=n % 60000 + 1, tsval=5000000 + n - behind,
                                   behind=behind, verdict="older" if behind else "pass",
                                   delay=63 if behind else 0))
                n += len(events)
                rejected += behind > 0
                file.write(lines(events))
        start = time.monotonic()
        page = Page(self.run_it(self.path("large")))
        Large.seconds = time.monotonic() - start
        self.counts(page, rejected=rejected, unread=0)
        self.assertEqual(sum(page.data["bins"]["older"]), rejected)
        self.assertLess(Large.seconds, 60)
        Large.kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.assertLess(Large.kilobytes, 1 << 20)


if os.geteuid() != 0:
    sys.exit("report-files.py: needs root, to be another user")
result = unittest.main(exit=False).result
if result.wasSuccessful():
    print("%d tests of twr-report on files, a million events in %.0f s and %d MB" % (
        result.testsRun, Large.seconds, Large.kilobytes / 1024))
sys.exit(not result.wasSuccessful())
