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
            "" if delay is None else "delay=%d " % delay, verdict)


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
            self.assertEqual(err, "")
            return done.stdout.decode()
        self.assertEqual(done.stdout, b"")
        self.assertEqual(len(err.splitlines()), 1, err)
        return err

    def page(self, text, *args):
        return Page(self.run_it(*args, stdin=text))

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
                "0": 10, "1": 0, "3": 0, "7": 5, "15": 0, "31": 0, "63": 0, "never": 5})
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
                       ("behind=1", "behind=1 delay=2"), ("age=0 behind=1", "age")):
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
        self.assertIn("no line of this could be read", self.run_it(stdin="hello\n", status=1))
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
                     ("--save", "file"), ("--rec", "1")):
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
