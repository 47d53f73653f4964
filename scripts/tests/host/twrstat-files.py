#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# twrstat-files.py - twrstat on files in a folder, with known numbers: those of modules
# with all files and with few, of different kernels, and broken ones

import fcntl
import json
import os
import pty
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata
import unittest

TREE = os.path.dirname(os.path.abspath(__file__)).removesuffix("/scripts/tests/host")
TOOLS = os.path.join(TREE, "scripts/tools")
NOBODY = 65534

COUNTERS = {"syns_seen": 120, "syns_checked": 100, "syns_rejected": 42,
            "syns_rejected_older": 40, "syns_rejected_untimed": 2,
            "stamps_recorded": 31, "stamps_refused": 0, "peers": 7, "peers_evicted": 0}
EXEMPT = {"no_listener": 15, "timewait": 5, "queue_full": 0}
LOST = {"timewait": 0, "rejected": 0, "offenders": 0, "clocks": 0}
DELAYS = {"0": 58, "1": 20, "3": 0, "7": 10, "15": 0, "31": 5, "63": 3, "never": 4}
LOCAL6, PEER6 = "2001:db8:ffff:ffff:ffff:ffff:ffff:1", "2001:db8:1:2:3:4:5:7777"
HEADING = ("local peer rejected over older untimed checked behind behind_ms rate clocks "
           "loose seems hosts first last netns")
OFFENDERS = [
    "192.0.2.1 198.51.100.7 30 0 30 0 70 90000 90000 1000 3 0 NAT 3 7300 2 4026531840",
    LOCAL6 + " " + PEER6 + " 9 3 9 0 20 77 - - 1 11 offsets - 300 0 4026531840",
    "192.0.2.1 198.51.100.8 3 0 0 3 9 - - - 0 0 untimed - 500000 130 4026531840",
]
# As Linux 6.1 and 7.2 print them, without some columns.
NETSTAT = """\
TcpExt: SyncookiesSent SyncookiesFailed PAWSActive PAWSEstab PAWSTimewait ListenOverflows ListenDrops IPReversePathFilter TCPReqQFullDrop TCPTimeWaitOverflow
TcpExt: 4 0 0 2 1 17 25 6 5 8
IpExt: InNoRoutes InTruncatedPkts InCsumErrors
IpExt: 0 0 3
"""
SNMP = """\
Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors OutNoRoutes
Ip: 2 64 1000 0 12 0
Tcp: RtoAlgorithm MaxConn InErrs OutRsts InCsumErrors
Tcp: 1 -1 9 0 9
"""
SNMP6 = "Ip6InReceives                   \t5\nIp6InAddrErrors                 \t11\n"
CONNTRACK = """\
entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart
00000005  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000010 00000000 00000000  00000000 00000000 00000000 00000000
00000005  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000002 0000000a 00000000 00000000  00000000 00000000 00000000 00000000
"""
SOFTNET = """\
0000ffff 00000000 00000003 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000
00000101 0000001f 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001
"""
# As netstat -s of net-tools 2.10 prints it, without some lines.
TEXT = """\
Ip:
    Forwarding: 2
    149268 total packets received
    4 with invalid headers
    12 with invalid addresses
    0 forwarded
    11 incoming packets discarded
    149268 incoming packets delivered
    56957 requests sent out
    2 dropped because of missing route
Icmp:
    4 ICMP messages received
    ICMP input histogram:
        destination unreachable: 4
Tcp:
    180 active connection openings
    148684 segments received
    9 bad segments received
    InCsumErrors: 9
Udp:
    580 packets received
    InCsumErrors: 77
UdpLite:
TcpExt:
    4 SYN cookies sent
    5 SYN cookies received
    33 invalid SYN cookies received
    7 passive connections rejected because of time stamp
    2 packets rejected in established connections because of timestamp
    Quick ack mode was activated 1065 times
    17 times the listen queue of a socket overflowed
    30 SYNs to LISTEN sockets dropped
    8 connections aborted due to memory pressure
    IPReversePathFilter: 6
    TCPReqQFullDrop: 5
IpExt:
    InOctets: 100
    InCsumErrors: 3
"""
NOTHING = ("dropped, the accept queue of a listener was full",
           "dropped, the SYN queue of a listener was full")


class Case(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        os.chmod(self.root, 0o755)
        # The program as it is installed; another user may have no right to read the
        # source.
        self.twrstat = os.path.join(self.root, "twrstat")
        subprocess.run([TOOLS + "/pack", "twrstat", self.twrstat], check=True)

    def write(self, path, text):
        path = self.root + path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        # The file changes in one step for its readers, as the kernel's files do.
        with open(path + ".new", "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write("%s\n" % text if isinstance(text, int) else text)
        os.rename(path + ".new", path)

    def counters(self, folder="/sys/kernel/tw_recycle_sim", **changed):
        """The newest module has one file, and one for peers. The single files exist too,
        but have other numbers, which twrstat must not use."""
        self.whole(folder, {**COUNTERS, **changed})
        for name, value in {**COUNTERS, **changed}.items():
            self.write(folder + "/" + name, value if name == "peers" else value + 1000)

    def whole(self, folder, numbers, **groups):
        numbers = {name: value for name, value in numbers.items() if name != "peers"}
        for group, found in {"exempt": EXEMPT, "delays": DELAYS, "lost": LOST,
                             **groups}.items():
            numbers.update(("%s/%s" % (group, name), value) for name, value in found.items())
        self.write(folder + "/counters",
                   "".join("%s %d\n" % item for item in numbers.items()))

    def single_files(self, folder="/sys/kernel/tw_recycle_sim", **changed):
        """The files of an older module."""
        for name, value in {**COUNTERS, **changed}.items():
            self.write(folder + "/" + name, value)
        for name, value in EXEMPT.items():
            self.write(folder + "/exempt/" + name, value)

    def pipe(self, path):
        """A file whose reader waits for a writer."""
        if os.path.exists(self.root + path):
            os.remove(self.root + path)
        os.mkfifo(self.root + path)

    def answer(self, path, text):
        """Writes text once a reader has opened the pipe. Returns when that was."""
        with open(self.root + path, "w") as pipe:
            opened = time.monotonic()
            pipe.write(text)
        return opened

    def module(self, offenders=tuple(OFFENDERS), heading=HEADING):
        """All files of the newest module."""
        self.counters()
        self.write("/sys/kernel/tw_recycle_sim/era", "4.11\n")
        self.write("/sys/module/tw_recycle_sim/version", "0.1\n")
        for name, text in (("era", "4.11"), ("rows", "16384"), ("hz", "0")):
            self.write("/sys/module/tw_recycle_sim/parameters/" + name, text + "\n")
        self.offenders(offenders, heading)
        self.write("/proc/mounts", "debugfs /sys/kernel/debug debugfs rw 0 0\n")

    def offenders(self, lines, heading=HEADING):
        self.write("/sys/kernel/debug/tw_recycle_sim/offenders",
                   "".join(line + "\n" for line in (heading, *lines)))

    def machine(self):
        self.write("/proc/net/netstat", NETSTAT)
        self.write("/proc/net/snmp", SNMP)
        self.write("/proc/net/snmp6", SNMP6)
        self.write("/proc/net/stat/nf_conntrack", CONNTRACK)
        self.write("/proc/net/softnet_stat", SOFTNET)
        for name, value in (("rx_dropped", 3), ("rx_missed_errors", 70), ("tx_packets", 9)):
            self.write("/sys/class/net/eth0/statistics/" + name, value)
        for name, value in (("all", 0), ("default", 1), ("eth0", 1), ("lo", 0)):
            self.write("/proc/sys/net/ipv4/conf/%s/rp_filter" % name, value)
        self.write("/proc/sys/net/core/somaxconn", 4096)
        self.write("/proc/sys/net/netfilter/nf_conntrack_max", 65536)

    def start(self, *args, **more):
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C", **more.pop("env", {})}
        return subprocess.Popen([self.twrstat, "--root", self.root, *map(str, args)],
                                stdout=more.pop("stdout", subprocess.PIPE),
                                stderr=subprocess.PIPE, universal_newlines=True,
                                env=env, **more)

    def run_it(self, *args, status=0, **more):
        process = self.start(*args, **more)
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, status, err)
        if not status:
            self.assertEqual(err, "")
        return out if not status else err

    def refused(self, words, *args, status=1, **more):
        err = self.run_it(*args, status=status, **more)
        self.assertRegex(err, r"\Atwrstat: [^\n]*\n\Z")
        self.assertIn(words, err)

    def nobody(self):
        """Arguments that make a process one of a user without rights."""
        def change():
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return {"preexec_fn": change}


class Counters(Case):
    def test_words(self):
        self.module()
        self.assertEqual(self.run_it(), """\
TcpTwRecycle (simulated, era 4.11, all network namespaces):
    120 SYNs came to this machine
    100 SYNs would have been held against the cache of timestamps
    42 passive connections would have been rejected because of time stamp
        40 because it was older than the one remembered
        2 because they had none, and their peer had had one
    of these the client would have got in, if it retries as Linux 3.7 to 6.4 does,
        20 by the SYN sent again after 1 s
        10 by the SYN sent again after 7 s
        5 by the SYN sent again after 31 s
        3 by the SYN sent again after 63 s
        4 by none of its retries
    20 SYNs would not have been checked
        15 because nobody listens there
        5 because they met a connection in time wait
    31 timestamps of closed connections recorded
    7 peers in the cache
""")

    def test_pending_and_timewait(self):
        self.module()
        folder = "/sys/kernel/tw_recycle_sim"
        self.write("/sys/module/tw_recycle_sim/parameters/schedule", "bsd\n")
        delays = {"0": 58, "2": 20, "67": 9, "never": 4, "pending": 6, "unknown": 3}
        self.whole(folder, COUNTERS, delays=delays, timewait={"refused": 12, "accepted": 2})
        self.write(folder + "/timewait/buckets", 300)
        self.write(folder + "/timewait/simulated", 7)
        out = self.run_it()
        self.assertIn("""\
    of these the client would have got in, if it retries as an Apple system does,
        20 by the SYN sent again after 2 s
        9 by the SYN sent again after 67 s
        4 by none of its retries
        6 not known yet: their next retry comes later
        3 not known: too many waited, or their network namespace ended
""", out)
        self.assertIn("""\
    300 connections in time wait now
        7 there would be with tcp_tw_recycle
    12 SYNs answered by an ACK out of time wait
        2 would have been accepted, since the connection had left time wait
""", out)
        found = json.loads(self.run_it("--json"))
        self.assertEqual(found["delays"], delays)
        self.assertEqual(found["timewait"], {"refused": 12, "accepted": 2, "buckets": 300,
                                             "simulated": 7})

    def test_old_module(self):
        """Without the newest files, and with one that is newer than twrstat."""
        self.single_files()
        os.remove(self.root + "/sys/kernel/tw_recycle_sim/stamps_recorded")
        self.write("/sys/kernel/tw_recycle_sim/exempt/moon_phase", 3)
        out = self.run_it()
        self.assertNotIn("clock", out)
        self.assertNotIn("recorded", out)
        self.assertIn("    23 SYNs would not have been checked\n", out)
        self.assertIn("        3 because of moon_phase\n", out)
        self.assertIn("era ?", out)
        self.run_it("-i", 0.01, 1)
        self.assertNotIn("delays", json.loads(self.run_it("--json")))

    def test_new_names(self):
        """twrstat prints the name of what is newer than itself."""
        self.module()
        self.whole("/sys/kernel/tw_recycle_sim", COUNTERS, exempt={"moon_phase": 3},
                   lost={**LOST, "marbles": 8}, moon={"phase": 1})
        out = self.run_it()
        self.assertIn("        3 because of moon_phase\n", out)
        self.assertIn("    8 lost of marbles\n", out)
        self.assertEqual(json.loads(self.run_it("--json"))["counters"]["moon/phase"], 1)

    def test_lost(self):
        self.module()
        self.whole("/sys/kernel/tw_recycle_sim", {**COUNTERS, "listener_unknown": 9},
                   lost={"timewait": 3, "rejected": 1, "offenders": 2, "clocks": 6})
        out = self.run_it()
        self.assertIn("""\
    7 peers in the cache
    4 records of the simulated kernel lost for want of room
        3 of connections in time wait
        1 of connections that would have been rejected
        From the first of them on verdicts can be wrong: load the module with more records=
    2 peers lost their place among the offenders
    6 SYNs not noted among the clocks of an offender
""", out)
        self.assertIn("        9 of an unknown listener, for a BPF program chooses it", out)
        self.machine()
        for how in ("--top", "--why"):
            self.assertRegex(self.run_it(how), "4 records lost. From the first of them on "
                                               "verdicts can be wrong")
        heading, line = self.run_it("-i", 0.01, 1).splitlines()
        self.assertEqual(dict(zip(heading.split(), line.split()))["lost"], "0")
        # Losses that cost no verdict are no reason to warn.
        self.whole("/sys/kernel/tw_recycle_sim", COUNTERS,
                   lost={"timewait": 0, "rejected": 0, "offenders": 2, "clocks": 6})
        for how in ([], ["--top"], ["--why"]):
            self.assertNotIn("wrong:", self.run_it(*how))

    def test_zero(self):
        self.single_files(**dict.fromkeys(COUNTERS, 0))
        for name in EXEMPT:
            self.write("/sys/kernel/tw_recycle_sim/exempt/" + name, 0)
        self.assertEqual([line.split()[0] for line in self.run_it().splitlines()[1:]],
                         ["0", "0"])
        self.counters(**dict.fromkeys(COUNTERS, 0))
        self.whole("/sys/kernel/tw_recycle_sim", dict.fromkeys(COUNTERS, 0),
                   exempt=dict.fromkeys(EXEMPT, 0), delays=dict.fromkeys(DELAYS, 0))
        self.assertEqual([line.split()[0] for line in self.run_it().splitlines()[1:]],
                         ["0", "0"])

    def test_namespace(self):
        self.module()
        self.write("/run/netns/blue", "")
        inode = os.stat(self.root + "/run/netns/blue").st_ino
        folder = "/sys/kernel/debug/tw_recycle_sim/netns/%d" % inode
        self.single_files(folder, syns_seen=5)
        self.write(folder + "/peers", "local peer tsval age netns\na b 1 2 3\nc d 1 2 3\n")
        self.write(folder + "/offenders", HEADING + "\n" + OFFENDERS[2] + "\n")
        for how in (inode, "/run/netns/blue", "blue"):
            out = self.run_it("--netns", how)
            self.assertIn("network namespace %d)" % inode, out)
            self.assertIn("    5 SYNs came", out)
            self.assertIn("    2 peers in the cache", out)
        self.whole(folder, {**COUNTERS, "syns_seen": 6})
        out = self.run_it("--netns", "blue")
        self.assertIn("    6 SYNs came", out)
        self.assertIn("    2 peers in the cache", out)
        found = json.loads(self.run_it("--netns", "blue", "--json"))
        self.assertEqual((found["netns"], found["counters"]["syns_seen"],
                          len(found["offenders"])), (inode, 6, 1))
        self.assertEqual(len(self.run_it("--netns", "blue", "--top").splitlines()), 3)
        self.refused("no network namespace 1", "--netns", 1)
        self.refused("no network namespace red", "--netns", "red")


class Json(Case):
    def test_all(self):
        self.module()
        found = json.loads(self.run_it("--json"))
        for name in ("time", "monotonic"):
            self.assertGreater(found.pop(name), 0)
        rows = found.pop("offenders")
        self.assertEqual(found, {
            "era": "4.11", "netns": None, "version": "0.1", "counters": COUNTERS,
            "exempt": EXEMPT, "delays": DELAYS, "lost": LOST,
            "parameters": {"era": "4.11", "rows": 16384, "hz": 0}})
        self.assertEqual([row["peer"] for row in rows],
                         ["198.51.100.7", PEER6, "198.51.100.8"])
        self.assertEqual([row["behind_ms"] for row in rows], [90000, None, None])
        self.assertEqual(list(rows[0]), HEADING.split())

    def test_lines(self):
        self.module()
        lines = self.run_it("--json", "-i", 0.05, 3).splitlines()
        found = [json.loads(line) for line in lines]
        self.assertEqual(len(found), 3)
        for one, next_one in zip(found, found[1:]):
            self.assertGreater(next_one["monotonic"], one["monotonic"])

    def test_nobody(self):
        self.module()
        os.chmod(self.root + "/sys/kernel/debug", 0o700)
        found = json.loads(self.run_it("--json", **self.nobody()))
        self.assertIsNone(found["offenders"])
        self.assertIn("for root", found["offenders_missing"])
        self.assertEqual(found["counters"], COUNTERS)


class Rates(Case):
    ERA = "/sys/kernel/tw_recycle_sim/era"

    def between(self, *steps, interval=0.8):
        """Does each step between two readings of -i. Returns the lines, and the least and
        the greatest length of each interval."""
        self.pipe(self.ERA)
        begin = time.monotonic()
        process = self.start("-i", interval, len(steps))
        end = self.answer(self.ERA, "4.11\n")
        lines, spans = [process.stdout.readline()], []
        for step in steps:
            read = time.monotonic()
            step()
            now = self.answer(self.ERA, "4.11\n")
            lines.append(process.stdout.readline())
            spans.append((max(interval / 2, read - end), now - begin))
            begin, end = read, now
        out, err = process.communicate(timeout=300)
        self.assertEqual((out, err, process.returncode), ("", "", 0))
        return [line.split() for line in lines], spans

    def is_rate(self, number, text, span):
        # The rate is printed rounded: to a tenth, or to a whole number.
        slack = 0.05 if number < 100 else 0.5
        self.assertTrue(number / span[1] - slack <= float(text) <= number / span[0] + slack,
                        (number, text, span))

    def test_rates(self):
        self.module()
        (heading, first, second), spans = self.between(
            lambda: self.counters(syns_seen=620, syns_rejected=542, peers=9),
            lambda: None)
        first, second = (dict(zip(heading, line)) for line in (first, second))
        for name in ("seen", "rejected"):
            self.is_rate(500, first[name], spans[0])
        self.assertEqual((first["checked"], first["exempt"], first["peers"]), ("0", "0", "9"))
        self.assertEqual((second["seen"], second["peers"]), ("0", "9"))

    def test_slow(self):
        """A rate below one is not printed as zero."""
        self.module()
        (heading, line), spans = self.between(lambda: self.counters(syns_seen=121), interval=2)
        self.is_rate(1, dict(zip(heading, line))["seen"], spans[0])
        self.assertGreater(float(dict(zip(heading, line))["seen"]), 0)

    def test_stopped(self):
        """Missed intervals are not made up for with very short ones."""
        self.module()
        process = self.start("-i", 0.5, 6)
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        time.sleep(2)
        begin = time.monotonic()
        process.send_signal(signal.SIGCONT)
        _, err = process.communicate(timeout=300)
        self.assertEqual((err, process.returncode), ("", 0))
        self.assertGreaterEqual(time.monotonic() - begin, 5 * 0.25)

    def test_reset(self):
        self.module()
        (heading, reset, after), _ = self.between(
            lambda: self.counters(syns_seen=1000, syns_rejected=0, peers=1),
            lambda: self.counters(syns_seen=1000, syns_rejected=0, peers=1))
        for line, word in ((reset, "-"), (after, "0")):
            cells = dict(zip(heading, line))
            self.assertEqual(cells.pop("peers"), "1")
            self.assertEqual(set(cells.values()), {word})
        self.assertEqual((reset[len(heading):], after[len(heading):]), (["(reset)"], []))

    def test_reloaded(self):
        """The module was loaded again, though all its counters are higher by now."""
        self.module()
        process = self.start("-i", 0.2)
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        os.rename(self.root + "/sys/kernel/tw_recycle_sim", self.root + "/old")
        self.counters("/new", syns_seen=5000)
        os.rename(self.root + "/new", self.root + "/sys/kernel/tw_recycle_sim")
        process.send_signal(signal.SIGCONT)
        # Lines from before the stop may come first. No line may count the new module as
        # a rate.
        lines = iter(process.stdout.readline, "")
        for line in lines:
            if "(reset)" in line:
                break
            self.assertEqual(line.split()[1], "0")
        process.kill()
        self.assertIn("(reset)", line)
        process.communicate(timeout=300)

    def test_headings(self):
        """The heading comes again on each screen."""
        self.module()
        lines = self.run_it("-i", 0.01, 9, env={"COLUMNS": "80", "LINES": "6"}).splitlines()
        self.assertEqual([i for i, line in enumerate(lines) if "seen" in line], [0, 5, 10])
        self.assertEqual(len(lines), 9 + 3)

    def test_unloaded(self):
        self.module()
        process = self.start("-i", 0.1)
        process.stdout.readline()
        os.rename(self.root + "/sys/kernel/tw_recycle_sim", self.root + "/old")
        _, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 1)
        self.assertRegex(err, r"\Atwrstat: the module is not loaded: [^\n]*\n\Z")


class Top(Case):
    def test_all(self):
        """Without a terminal nothing is cut."""
        self.module()
        out = self.run_it("--top").splitlines()
        self.assertEqual(out[0], "42 of 120 SYNs would have been rejected, era 4.11")
        rows = [line.split() for line in out[1:]]
        self.assertEqual(rows, [
            "peer rejected checked seems hosts clocks behind last loose older untimed first "
            "local over rate netns".split(),
            "198.51.100.7 30 70 NAT 3 3 90s 2s 0 30 0 2h 192.0.2.1 0 1000 4026531840".split(),
            [PEER6, *"9 20 offsets - 1 77ticks 0s 11 9 0 5m".split(), LOCAL6,
             *"3 - 4026531840".split()],
            "198.51.100.8 3 9 untimed - 0 - 2m 0 0 3 5d 192.0.2.1 0 - 4026531840".split()])
        self.assertEqual(len(self.run_it("--top", 2).splitlines()), 4)
        self.assertEqual(len(self.run_it("--top", 0).splitlines()), 5)
        self.assertEqual(len(self.run_it("--top", 99).splitlines()), 5)

    def test_any_order(self):
        """The names in the heading count, not their order; an unknown column comes
        last."""
        names = HEADING.split()
        order = [*reversed([name for name in names if name not in ("loose", "seems")]), "colour"]
        rows = [" ".join(dict(zip(names, line.split()), colour="red")[name]
                         for name in order) for line in OFFENDERS]
        self.module(rows, " ".join(order))
        rows = [line.split() for line in self.run_it("--top").splitlines()[1:]]
        self.assertEqual(rows[0], "peer rejected checked hosts clocks behind last older untimed "
                                  "first local over rate netns colour".split())
        self.assertEqual(rows[1][:3] + rows[1][-1:], ["198.51.100.7", "30", "70", "red"])

    def test_ten(self):
        self.module([OFFENDERS[0]] * 25)
        self.assertEqual(len(self.run_it("--top").splitlines()), 2 + 10)
        self.module([])
        self.assertEqual(self.run_it("--top").splitlines()[1], "no peers are listed")

    def test_refreshed(self):
        self.module()
        era = "/sys/kernel/tw_recycle_sim/era"
        self.pipe(era)
        begin = time.monotonic()
        process = self.start("--top", "-i", 0.8, 2)
        self.answer(era, "4.11\n")
        lines = [process.stdout.readline() for _ in range(5)]
        self.offenders([OFFENDERS[0].replace(" 30 0 30 ", " 80 0 80 "),
                        OFFENDERS[2].replace("100.8", "100.9")])
        end = self.answer(era, "4.11\n")
        out, err = process.communicate(timeout=300)
        self.assertEqual((err, process.returncode), ("", 0))
        self.assertNotIn("per_s", lines[1])
        out = [line.split() for line in out.splitlines()]
        self.assertEqual(out[0], [])
        self.assertEqual(out[2][:3], ["peer", "rejected", "per_s"])
        self.assertEqual(out[3][:2], ["198.51.100.7", "80"])
        self.assertTrue(50 / (end - begin) - 0.05 <= float(out[3][2]) <= 125, out[3])
        self.assertEqual(out[4][:3], ["198.51.100.9", "3", "-"])

    def test_errors(self):
        self.module()
        os.chmod(self.root + "/sys/kernel/debug", 0o700)
        self.refused("for root only", "--top", **self.nobody())
        self.refused("for root only", "--netns", 5, **self.nobody())
        os.remove(self.root + "/sys/kernel/debug/tw_recycle_sim/offenders")
        self.refused("does not list them", "--top")
        self.write("/proc/mounts", "proc /proc proc rw 0 0\n")
        self.refused("mount -t debugfs", "--top")


class Widths(Case):
    def widths(self, *args, widths=(20, 40, 80, 200)):
        """No line is longer than COLUMNS or the terminal allows. Yields what is
        printed."""
        # Widths that nobody uses need not look good.
        for width in (1, 5, 19):
            self.run_it(*args, env={"COLUMNS": str(width)})
        for width in widths:
            out = self.run_it(*args, env={"COLUMNS": str(width)})
            self.assertLessEqual(max(map(len, out.splitlines())), width, (args, width))
            yield width, out
        for width in (20, 80):
            parent, child = pty.openpty()
            fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
            process = self.start(*args, stdout=child)
            os.close(child)
            out = b""
            try:
                while True:
                    out += os.read(parent, 65536)
            except OSError:
                pass
            process.communicate(timeout=300)
            os.close(parent)
            self.assertEqual(process.returncode, 0)
            out = re.sub("\033\\[[HJ]", "", out.decode().replace("\r", ""))
            self.assertLessEqual(max(map(len, out.splitlines())), width, args)
            self.assertTrue(out)

    def test_top(self):
        self.module()
        whole = [line.split() for line in self.run_it("--top").splitlines()[1:]]
        columns = 0
        for width, out in self.widths("--top", widths=[*range(20, 60), 80, 110, 200]):
            lines = [line for line in out.splitlines() if "would have" not in line]
            self.assertEqual(len(lines), 4)
            # Only addresses may be cut.
            for line, all_cells in zip(lines, whole):
                cells = line.split()
                self.assertEqual(cells[1:], all_cells[1:len(lines[0].split())])
                self.assertGreaterEqual(len(cells), 2)
                self.assertTrue(all_cells[0].startswith(cells[0].rstrip("+")))
            # A wider screen never shows fewer columns, and a wide one shows whole
            # addresses.
            self.assertGreaterEqual(len(lines[0].split()), columns)
            columns = len(lines[0].split())
            if width >= len(PEER6) + len(" rejected"):
                self.assertIn(PEER6, out)
        self.assertEqual(columns, 16)

    def test_counters(self):
        self.module()
        for _, out in self.widths():
            self.assertEqual(re.findall("42 ?", " ".join(out.split())), ["42 "])

    def test_rates(self):
        self.module()
        for _, out in self.widths("-i", 0.01, 1):
            self.assertEqual(len(out.splitlines()), 2)
            self.assertEqual(out.split()[:2], ["rejected", "seen"])

    def test_why(self):
        self.machine()
        for _, out in self.widths("--why", "-a"):
            self.assertIn("    17 dropped", out)


class Why(Case):
    def numbers(self, *args):
        """The lines that begin with a number, and those below them."""
        out = self.run_it("--why", *args).splitlines()
        return ([line.strip() for line in out if re.match(r"    [0-9<-]", line)],
                [line.strip() for line in out if line.startswith("        ")])

    def test_numbers(self):
        self.machine()
        told, more = self.numbers()
        self.assertEqual(told, [
            "17 dropped, the accept queue of a listener was full (TcpExtListenOverflows)",
            "5 dropped, the SYN queue of a listener was full (TcpExtTCPReqQFullDrop)",
            "3 dropped by a listener for other reasons (TcpExtListenDrops)",
            "6 dropped by reverse-path filter (TcpExtIPReversePathFilter)",
            "26 dropped, the connection tracking table was full (nf_conntrack/drop)",
            "2 dropped by connection tracking at insertion (nf_conntrack/insert_failed)",
            "31 dropped by the queue of a processor (softnet/dropped)",
            "70 lost by a network card, no room (eth0/rx_missed_errors)",
            "3 dropped on receive (eth0/rx_dropped)",
            "9 with a wrong TCP checksum (TcpInCsumErrors)",
            "3 with a wrong IP checksum or header (IpExtInCsumErrors)",
            "23 for an address that is not of this machine (IpInAddrErrors, Ip6InAddrErrors)",
            "3 rejected by timestamp, on open connections or in time wait "
            "(TcpExtPAWSEstab, TcpExtPAWSTimewait)",
            "4 answered with a SYN cookie (TcpExtSyncookiesSent)",
            "8 time wait buckets over the limit (TcpExtTCPTimeWaitOverflow)",
        ])
        self.assertEqual(len(more), 2 * len(told))
        more = "\n".join(more)
        self.assertIn("net.core.somaxconn (now 4096)", more)
        self.assertIn("net.netfilter.nf_conntrack_max (now 65536)", more)
        self.assertIn("rp_filter is eth0=1.", more)
        self.assertNotIn("{", more)

    def test_all(self):
        """-a also shows what is zero, but nothing that this kernel does not have."""
        self.machine()
        told, _ = self.numbers("-a")
        self.assertIn("0 without a route out", told)
        self.assertIn("0 SYN cookies that came back wrong", told)
        self.assertFalse([line for line in told if "tcp_tw_recycle" in line])
        self.assertFalse([line for line in told if "MD5" in line])

    def test_nothing(self):
        """All is zero; that is told only where all could be read."""
        self.machine()
        for name in "netstat", "snmp", "snmp6", "stat/nf_conntrack", "softnet_stat":
            with open(self.root + "/proc/net/" + name) as file:
                text = file.read()
            lines = [line if i % 2 == 0 and name in ("netstat", "snmp") or
                     i == 0 and name == "stat/nf_conntrack" else
                     re.sub("[0-9a-f]+$|(?<= )[0-9a-f]+(?= )", "0", line)
                     for i, line in enumerate(text.splitlines())]
            if name == "softnet_stat":
                lines = ["0 0 0 0 0"]
            self.write("/proc/net/" + name, "".join(line + "\n" for line in lines))
        for name in "rx_dropped", "rx_missed_errors":
            self.write("/sys/class/net/eth0/statistics/" + name, 0)
        self.assertEqual(self.numbers()[0],
                         ["0: no counter of this machine tells of a SYN without an answer"])

    def test_module(self):
        self.machine()
        self.module()
        told = self.numbers()[0]
        self.assertEqual(told[0], "42 SYNs of 120 would have been rejected by "
                                  "tcp_tw_recycle, era 4.11")
        everywhere = "(tw_recycle_sim(all namespaces)/exempt/"
        for line in ("5 SYNs that the module saw meet a connection in TIME-WAIT %stimewait)",
                     "15 SYNs that the module saw without a listener %sno_listener)"):
            self.assertIn(line % everywhere, told)
        self.assertNotIn("unanswered", "".join(told))
        self.assertNotIn("only the module counts", self.run_it("--why"))

    def test_module_of_this_namespace(self):
        """debugfs has the counters of this namespace alone."""
        self.machine()
        self.module()
        self.write("/proc/self/ns/net", "")
        inode = os.stat(self.root + "/proc/self/ns/net").st_ino
        self.whole("/sys/kernel/debug/tw_recycle_sim/netns/%d" % inode,
                   {"syns_unanswered": 9},
                   exempt={"timewait": 0, "established": 3, "queue_full": 2, "syncookie": 1,
                           "request_pending": 8, "bad_checksum": 6, "malformed": 1})
        told = self.numbers()[0]
        for line in (
                "9 SYNs that came again, and the first one had got no answer "
                "(tw_recycle_sim/syns_unanswered)",
                "3 SYNs that the module saw meet an open connection "
                "(tw_recycle_sim/exempt/established)",
                "2 SYNs that the module saw meet a full queue of a listener "
                "(tw_recycle_sim/exempt/queue_full)",
                "1 SYNs that the module saw a listener answer with cookies "
                "(tw_recycle_sim/exempt/syncookie)",
                "8 SYNs that the module saw come again while their SYN-ACK was out "
                "(tw_recycle_sim/exempt/request_pending)",
                "7 SYNs that the module saw with a wrong checksum or malformed "
                "(tw_recycle_sim/exempt/bad_checksum, tw_recycle_sim/exempt/malformed)"):
            self.assertIn(line, told)
        self.assertFalse([line for line in told if "TIME-WAIT" in line])

    def test_json(self):
        self.machine()
        found = json.loads(self.run_it("--why", "--json"))
        self.assertEqual(sorted(found),
                         ["cannot_tell", "monotonic", "not_counted", "time", "why"])
        self.assertEqual(found["cannot_tell"], [])
        drops = found["why"][0]
        self.assertEqual((drops["count"], drops["counters"]),
                         (17, {"TcpExtListenOverflows": 17}))
        self.module()
        found = json.loads(self.run_it("--why", "--json"))
        self.assertEqual((found["counters"], len(found["why"])), (COUNTERS, 17))

    def test_rates(self):
        self.machine()
        for name in "netstat", "snmp":
            self.pipe("/proc/net/" + name)
        process = self.start("--why", "-i", 1, 1)
        self.answer("/proc/net/netstat", NETSTAT)
        begin = self.answer("/proc/net/snmp", SNMP)
        # When twrstat reads netstat again, it has read everything else.
        self.answer("/proc/net/netstat", NETSTAT.replace(" 17 25 ", " 37 45 "))
        self.write("/sys/class/net/eth0/statistics/rx_dropped", 1)
        self.answer("/proc/net/snmp", SNMP)
        out, err = process.communicate(timeout=300)
        end = time.monotonic()
        self.assertEqual((err, process.returncode), ("", 0))
        told = [line.split() for line in out.splitlines() if re.match("    [^ W]", line)]
        self.assertEqual(len(told), 1, told)
        self.assertTrue(20 / (end - begin) - 0.05 <= float(told[0][0][:-2]) <= 40, told)
        self.assertTrue(told[0][0].endswith("/s"))


class CannotTell(Case):
    """What could not be read is named, and nothing is said about it."""

    def setUp(self):
        super().setUp()
        self.machine()

    def why(self, *args, **more):
        """The output and the one line on stderr of twrstat --why, whose status is 1."""
        process = self.start("--why", *args, **more)
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 1, (out, err))
        self.assertRegex(err, r"\Atwrstat: cannot tell all: [^\n]*\n\Z")
        self.assertNotIn("0: no counter", out)
        return out, err

    def missed(self, path, words):
        out, err = self.why()
        for text in out, err:
            self.assertRegex(text, "%s: [^)]*%s" % (re.escape(path), re.escape(words)))
        self.assertIn("    Cannot tell: ", out)
        found = json.loads(self.why("--json")[0])
        self.assertEqual([gap["source"] for gap in found["cannot_tell"]], [path])
        self.assertIn(words, found["cannot_tell"][0]["reason"])
        return out

    def test_empty_folder(self):
        shutil.rmtree(self.root + "/proc")
        shutil.rmtree(self.root + "/sys")
        out, err = self.why()
        for path in ("/proc/net/netstat: No such file", "/proc/net/snmp: No such file",
                     "/proc/net/softnet_stat: No such file", "/sys/class/net: no devices"):
            self.assertIn(path, out)
            self.assertIn(path, err)
        self.assertIn("    ?: no counter that could be read tells of", out)
        for words in ("connection tracking", "IPVS", "XDP or tc", "kernel log", "firewall",
                      "neighbours", "martian", "IPv6"):
            self.assertIn(words, out[out.index("What no counter here tells"):])
        self.why("-i", 0.01, 2)
        # Nothing is said to be zero, but for the log and the sizes of tables.
        self.assertNotRegex(self.why("-a")[0], "(?m)^    0")
        self.assertIn("    ? dropped, the accept queue of a listener", self.why("-a")[0])

    def test_missing(self):
        for name in "netstat", "snmp", "softnet_stat":
            self.machine()
            os.remove(self.root + "/proc/net/" + name)
            out = self.missed("/proc/net/" + name, "No such file or directory")
            self.assertIn("26 dropped, the connection tracking table was full", out)
        self.machine()
        shutil.rmtree(self.root + "/sys/class/net")
        self.missed("/sys/class/net", "no devices in it")

    def test_ipv6(self):
        """A kernel without IPv6 has no snmp6; one with IPv6 has."""
        os.remove(self.root + "/proc/net/snmp6")
        self.assertIn("IPv6 (no /proc/net/snmp6)", self.run_it("--why"))
        self.write("/proc/net/if_inet6", "")
        self.missed("/proc/net/snmp6", "No such file or directory")

    def test_no_rights(self):
        for path in ("/proc/net/netstat", "/proc/net/snmp", "/proc/net/stat/nf_conntrack"):
            os.chmod(self.root + path, 0)
            out, err = self.why(**self.nobody())
            self.assertIn(path + ": Permission denied", out)
            self.assertIn(path + ": Permission denied", err)
            os.chmod(self.root + path, 0o644)

    def test_wrong_form(self):
        for path, text, words in (
                ("netstat", NETSTAT.replace(" 17 ", " many "),
                 "TcpExtListenOverflows is 'many', not a number"),
                ("netstat", NETSTAT.replace(" 17 ", " "), "do not go with its names"),
                ("netstat", NETSTAT.replace(" 17 ", " \u00b2 "), "not a number"),
                ("netstat", NETSTAT.replace(" 17 ", " %s " % ("9" * 5000)), "not a number"),
                ("netstat", NETSTAT.replace("17", "\udcff"), "not a number"),
                ("netstat", NETSTAT.replace("TcpExt", "Tcp"), "it has no line 'TcpExt:'"),
                ("netstat", NETSTAT.rpartition("IpExt")[0], "it is cut off"),
                ("netstat", "", "it is empty"),
                ("netstat", "\0" * 99, "it is cut off"),
                ("netstat", TEXT, "it is what netstat -s prints: use --netstat FILE"),
                ("snmp", TEXT, "it is what netstat -s prints: use --netstat FILE"),
                ("snmp", NETSTAT, "it has no line 'Ip:'"),
                ("snmp6", SNMP, "a line has"),
                ("snmp6", "Ip6InReceives five\n", "Ip6InReceives is 'five', not a number"),
                ("stat/nf_conntrack", CONNTRACK.replace("0000000a", "none"),
                 "drop is 'none', not a hexadecimal number"),
                ("stat/nf_conntrack", CONNTRACK.partition("\n")[0], "no heading with numbers"),
                ("softnet_stat", "full\n", "a line has 1 words"),
                ("softnet_stat", SOFTNET.replace("0000001f", "x"), "not a hexadecimal"),
                ("dev", "Inter-|\n face |\n  eth0: 1 2 three\n", "not that of a device")):
            self.machine()
            self.write("/proc/net/" + path, text)
            self.missed("/proc/net/" + path if path != "dev" else "/sys/class/net", words)
            os.remove(self.root + "/proc/net/" + path)
        self.machine()
        self.write("/sys/class/net/eth0/statistics/rx_dropped", "lots\n")
        self.missed("/sys/class/net", "eth0/rx_dropped is 'lots', not a number")

    def test_huge(self):
        self.write("/proc/net/netstat", "TcpExt: " + "x " * (1 << 23) + "\n")
        self.missed("/proc/net/netstat", "it is longer than any kernel's")

    def test_module(self):
        self.module()
        path = "/sys/kernel/tw_recycle_sim/counters"
        for text in "exempt/timewait five\n", "exempt/timewait \u00b2\n", "a b c\n":
            self.write(path, text)
            out = self.missed(path, "a line has" if text[0] == "a" else "not a number")
            self.assertNotIn("only the module counts", out)

    def test_later(self):
        """A file that comes back has not grown from zero meanwhile."""
        os.rename(self.root + "/proc/net/snmp", self.root + "/snmp")
        for name in "netstat", "softnet_stat":
            self.pipe("/proc/net/" + name)
        process = self.start("--why", "-i", 0.01, 1)
        self.answer("/proc/net/netstat", NETSTAT)
        # twrstat has looked for snmp when it opens softnet_stat.
        with open(self.root + "/proc/net/softnet_stat", "w") as pipe:
            os.rename(self.root + "/snmp", self.root + "/proc/net/snmp")
            pipe.write(SOFTNET)
        self.answer("/proc/net/netstat", NETSTAT)
        self.answer("/proc/net/softnet_stat", SOFTNET)
        out, err = process.communicate(timeout=300)
        self.assertNotIn("IpInAddrErrors", out)
        self.assertEqual((err, process.returncode), ("", 0))


class OtherKernels(Case):
    """Files of kernels that lack something, or have more."""

    def test_old(self):
        self.machine()
        self.write("/proc/net/netstat", "TcpExt: SyncookiesSent PAWSPassive ListenOverflows "
                                        "ListenDrops\nTcpExt: 0 7 3 5\n")
        out = self.run_it("--why")
        for line in ("7 rejected by tcp_tw_recycle itself (TcpExtPAWSPassive)",
                     "3 dropped, the accept queue of a listener was full"):
            self.assertIn("    " + line, out)
        self.assertNotIn("for other reasons (", out)
        self.assertRegex(out, "this kernel has no counter for: .*'dropped, the SYN queue of a "
                              "listener was full'.*'dropped by reverse-path filter'")

    def test_new(self):
        self.machine()
        self.write("/proc/net/netstat", NETSTAT + "MoonExt: Phase\nMoonExt: 3\n")
        self.write("/proc/net/snmp", SNMP.replace("InErrs", "InErrs Moons").replace(" 9 0", " 9 1 0"))
        self.write("/proc/net/stat/nf_conntrack", CONNTRACK.replace("restart\n", "restart moon\n"))
        self.assertIn("26 dropped, the connection tracking table was full", self.run_it("--why"))

    def test_devices_of_another_namespace(self):
        """/sys may show those of another namespace; /proc/net/dev does not."""
        self.machine()
        head = "Inter-| Receive\n face |bytes\n"
        line = "%s: 1 2 3 44 5 6 0 0 9 9 70 8 0 0 0 0\n"
        self.write("/proc/net/dev", head + line % "  eth0")
        self.assertIn("70 lost by a network card, no room (eth0/rx_missed_errors)",
                      self.run_it("--why"))
        self.write("/proc/net/dev", head + line % "  blue" + line % "a:b")
        out = self.run_it("--why")
        self.assertNotIn("eth0/", out)
        self.assertIn("88 dropped on receive (a:b/rx_dropped, blue/rx_dropped)", out)
        self.assertIn("156 dropped on transmit", out)


class States(Case):
    """What is full right now."""

    def conntrack(self, count, most, folder="/proc/sys/net/netfilter/nf_conntrack_"):
        self.write(folder + "count", count)
        self.write(folder + "max", most)

    def test_conntrack(self):
        self.machine()
        os.remove(self.root + "/proc/net/stat/nf_conntrack")
        self.write("/dev/kmsg", "")
        self.conntrack(8, 8)
        out = self.run_it("--why")
        self.assertTrue(out.startswith(
            "    8 connections tracked now, of 8: the connection tracking table is full "
            "(nf_conntrack_count, nf_conntrack_max)\n        The SYN of a new connection gets "
            "no answer"), out)
        self.assertIn("    8 connections tracked now", self.run_it("--why", "-i", 0.01, 1))
        self.assertIn("conntrack -S; its table holds 8 of 8 now; the kernel log has no line of "
                      "a full one", out)
        self.conntrack(95, 100)
        self.assertIn("95 connections tracked now, of 100: the connection tracking table is "
                      "nearly full", self.run_it("--why"))
        for count, most in (5, 100), (5, 0):
            self.conntrack(count, most)
            self.assertNotIn("tracked now", self.run_it("--why"))
        for count, most, name in ("x\n", 8, "count"), (5, "x\n", "max"), ("", 8, "count"):
            self.conntrack(count, most)
            process = self.start("--why")
            out, err = process.communicate(timeout=300)
            self.assertEqual(process.returncode, 1)
            for text in out, err:
                self.assertRegex(text, "nf_conntrack_%s: it is '.?', not a number" % name)
            self.assertIn("Cannot tell: connection tracking (/proc/sys", out)
        self.conntrack(9, 8, "/proc/sys/net/ipv4/netfilter/ip_conntrack_")
        shutil.rmtree(self.root + "/proc/sys/net/netfilter")
        self.assertIn("9 connections tracked now, of 8", self.run_it("--why"))

    def test_conntrack_unknown(self):
        """Neither counters nor the log: it may have been full before."""
        self.machine()
        os.remove(self.root + "/proc/net/stat/nf_conntrack")
        self.conntrack(5, 100)
        process = self.start("--why")
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 1)
        self.assertIn("Cannot tell: connection tracking (/proc/net/stat/nf_conntrack: No such "
                      "file or directory, and the kernel log: No such file", out)
        self.assertIn("/proc/net/stat/nf_conntrack", err)

    def test_ipvs(self):
        self.machine()
        head = ("IP Virtual Server version 1.2.1 (size=4096)\n"
                "Prot LocalAddress:Port Scheduler Flags\n"
                "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n")
        good = "TCP  C0A80001:0050 rr  \n  -> C0A80002:0050      Masq    1      0          0\n"
        gone = "TCP  C0A80001:0051 rr  \n  -> C0A80002:0051      Masq    0      0          0\n"
        self.write("/proc/net/ip_vs", head + good + "UDP  C0A80001:0050 rr\n")
        self.assertNotIn("services of IPVS", self.run_it("--why"))
        self.write("/proc/net/ip_vs", head + good + gone + "FWM  00000001 wlc\n" + good)
        self.assertIn("2 services of IPVS, of 4, have no server", self.run_it("--why"))
        self.write("/proc/sys/net/ipv4/vs/drop_packet", 2)
        self.assertIn("2 is net.ipv4.vs.drop_packet: IPVS drops", self.run_it("--why"))


class Log(Case):
    """Lines of the kernel log."""

    def told(self, text):
        self.machine()
        self.write("/dev/kmsg", text)
        return self.run_it("--why")

    def test_lines(self):
        for line, words in (
                ("nf_conntrack: nf_conntrack: table full, dropping packet",
                 "the connection tracking table was full"),
                ("ip_conntrack: table full, dropping packet.", "tracking table was full"),
                ("nf_conntrack: nf_conntrack: table full in netns 7, dropping packet",
                 "tracking table was full"),
                ("TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.  "
                 "Check SNMP counters.", "about SYN flooding"),
                ("possible SYN flooding on port 80. Dropping request.", "about SYN flooding"),
                ("neighbour: arp_cache: neighbor table overflow!", "neighbours, or of routes"),
                ("Neighbour table overflow.", "neighbours, or of routes"),
                ("Route cache is full: consider increasing sysctl net.ipv6.route.max_size.",
                 "neighbours, or of routes"),
                ("TCP: out of memory -- consider tuning tcp_mem", "TCP had too little memory"),
                ("IPVS: rr: TCP 192.0.2.1:80 - no destination available",
                 "IPVS had no server")):
            for text in ("[ 12.5] %s\n" % line * 2, "4,77,1234,-;%s\n SUBSYSTEM=x\n" % line * 2,
                         "<4>" + line + "\n" + line):
                self.assertRegex(self.told(text), "    2 lines of the kernel log.*" + words)

    def test_not_the_kernels(self):
        """Programs write into the log too."""
        for text in ("12,77,1234,-;nf_conntrack: table full, dropping packet\n", "\udcff\0\n",
                     "4,1,2,-;x\n nf_conntrack: table full\n", ""):
            self.assertNotIn("lines of the kernel log:", self.told(text).split("What no")[0])

    def test_other_namespace(self):
        self.machine()
        self.write("/proc/self/ns/net", "")
        inode = os.stat(self.root + "/proc/self/ns/net").st_ino
        for netns, count in (inode, 1), (inode + 1, 0):
            out = self.told("nf_conntrack: table full in netns %d, dropping packet\n" % netns)
            self.assertEqual(out.count("the connection tracking table was full (log/"), count)

    def test_no_rights(self):
        """What the log tells is in counters too, so it is only noted."""
        self.machine()
        self.write("/dev/kmsg", "")
        os.chmod(self.root + "/dev/kmsg", 0)
        self.assertIn("lines of the kernel log (Permission denied; sudo dmesg)",
                      self.run_it("--why", **self.nobody()))


class NetstatText(Case):
    def told(self, text, *args, status=0, **more):
        mode = {"encoding": "utf-8", "errors": "surrogateescape"}
        with open(self.root + "/text", "w", **{**mode, **more}) as file:
            file.write(text)
        if status:
            return self.run_it("--why", "--netstat", self.root + "/text", *args, status=status)
        out = self.run_it("--why", "--netstat", self.root + "/text", *args)
        return [line.strip() for line in out.splitlines() if re.match("    [0-9?]", line)]

    def test_whole(self):
        want = [
            "7 rejected by tcp_tw_recycle itself (TcpExtPAWSPassive)",
            "17 dropped, the accept queue of a listener was full (TcpExtListenOverflows)",
            "5 dropped, the SYN queue of a listener was full (TcpExtTCPReqQFullDrop)",
            "1 dropped by a listener for other reasons (TcpExtListenDrops)",
            "6 dropped by reverse-path filter (TcpExtIPReversePathFilter)",
            "9 with a wrong TCP checksum (TcpInCsumErrors)",
            "7 with a wrong IP checksum or header (IpExtInCsumErrors, IpInHdrErrors)",
            "12 for an address that is not of this machine (IpInAddrErrors)",
            "2 without a route out (IpOutNoRoutes)",
            "11 dropped for want of memory (IpInDiscards)",
            "8 connections ended for want of TCP memory (TcpExtTCPAbortOnMemory)",
            "2 rejected by timestamp, on open connections or in time wait (TcpExtPAWSEstab)",
            "4 answered with a SYN cookie (TcpExtSyncookiesSent)",
            "33 SYN cookies that came back wrong (TcpExtSyncookiesFailed)",
        ]
        self.assertEqual(self.told(TEXT), want)
        # As it was before 2.0, and as mails quote it.
        old = TEXT
        for new, words in (("packets rejected in", "packets rejects in"),
                           ("LISTEN sockets dropped", "LISTEN sockets ignored"),
                           ("\n", "\r\n")):
            old = old.replace(new, words)
        self.assertEqual(self.told(old), want)
        self.assertEqual(self.told("\ufeff" + TEXT.replace("\n", "\n> ")), want)
        self.assertEqual(self.told(TEXT, encoding="utf-16"), want)
        with open(self.root + "/text", "w") as file:
            file.write(TEXT)
        with open(self.root + "/text") as file:
            out = self.run_it("--why", "--netstat", "-", stdin=file)
        self.assertEqual(out, self.run_it("--why", "--netstat", self.root + "/text"))
        self.assertIn("counters that netstat -s leaves out", out)
        self.assertIn("connection tracking; ", out)
        # Nothing of this machine is mixed in.
        self.module()
        self.machine()
        self.assertEqual(self.run_it("--why", "--netstat", self.root + "/text"), out)
        self.assertNotIn("now ", out)

    def test_nothing(self):
        text = re.sub(r"\d+ (SYN|inv|pass|packets rej|times|conn|with|drop|inc)", r"0 \1",
                      re.sub(r": \d+", ": 0", TEXT))
        out = self.told(text)
        self.assertEqual(out, ["0: no counter in it tells of a SYN without an answer"])

    def test_parts(self):
        """Lines that somebody has picked out."""
        for text, line in (
                ("  354 times the listen queue of a socket overflowed\n"
                 "  360 SYNs to LISTEN sockets dropped\n",
                 "6 dropped by a listener for other reasons (TcpExtListenDrops)"),
                ("# netstat -s | grep LISTEN\n  1,354 SYNs to LISTEN sockets ignored\n",
                 "1354 dropped by a listener, for whatever reason (text/TcpExtListenDrops)"),
                ("    TCPReqQFullDrop: 9\n",
                 "9 dropped, the SYN queue of a listener was full (TcpExtTCPReqQFullDrop)"),
                ("    IPReversePathFilter: 9\n",
                 "9 dropped by reverse-path filter (TcpExtIPReversePathFilter)"),
                ("TcpExtPAWSPassive               7                  0.0\n",
                 "7 rejected by tcp_tw_recycle itself (TcpExtPAWSPassive)"),
                ("2 passive connections rejected because of time stamp",
                 "2 rejected by tcp_tw_recycle itself (TcpExtPAWSPassive)")):
            self.assertEqual(self.told(text)[-1], line)
            # No all-clear for the rest.
            self.assertIn("is only a part",
                          self.run_it("--why", "--netstat", self.root + "/text"))
        self.assertIn("only a part", self.told("  0 SYNs to LISTEN sockets dropped\n",
                                               status=1))

    def test_nstat(self):
        text = ("#kernel\nIpInAddrErrors                  12                 0.0\n"
                "TcpInSegs                       99                 0.0\n"
                "TcpExtListenOverflows           17                 0.0\n"
                "TcpExtListenDrops               17                 0.0\n")
        want = ["17 dropped, the accept queue of a listener was full (TcpExtListenOverflows)",
                "12 for an address that is not of this machine (IpInAddrErrors)"]
        self.assertEqual(self.told(text), want)
        zero = "TcpExtTCPReqQFullDrop           0                  0.0\n"
        self.assertEqual(self.told(text + zero), want)
        self.assertIn("0 " + NOTHING[1], self.told(text + zero, "-a"))
        self.assertEqual(self.told('{"kernel":{"TcpExtListenOverflows":17,"IpInAddrErrors":12}}'),
                         want)
        self.assertEqual(self.told(NETSTAT + SNMP)[0], want[0])

    def test_wrong(self):
        for text, words in (
                ("", "it is empty"), ("\n \n", "it is empty"),
                ("\udcff\0\udcfe\n", "no line of it"),
                ("tcp:\n\t123 packets sent\n\t9 listen queue overflows\n", "no line of it"),
                ("Tcp:\n    12 aktive Verbindungen\n", "only a part"),
                ("netstat: command not found\n", "no line of it"),
                ('{"kernel":[]}', "not the JSON of nstat"), ("{" * 10000, "JSON of nstat"),
                ('{"kernel":{"TcpExtListenDrops":"x"}}', "is 'x', not a number"),
                ("TcpExt: ListenDrops\nTcpExt: many\n", "is 'many', not a number"),
                (TEXT.replace("17 times", "many times"),
                 "TcpExtListenOverflows is 'many', not a number"),
                (TEXT.replace("TCPReqQFullDrop: 5", "TCPReqQFullDrop: ?"),
                 "TcpExtTCPReqQFullDrop is '?', not a number")):
            err = self.told(text, status=1)
            self.assertRegex(err, r"\Atwrstat: [^\n]*\n\Z")
            self.assertIn(words, err)
        self.refused("No such file", "--why", "--netstat", self.root + "/nowhere")
        self.refused("Is a directory", "--why", "--netstat", self.root)
        self.refused("longer than", "--why", "--netstat", "/dev/zero")

    def test_json(self):
        self.told(TEXT)
        found = json.loads(self.run_it("--why", "--json", "--netstat", self.root + "/text"))
        self.assertEqual(sorted(found),
                         ["cannot_tell", "monotonic", "not_counted", "time", "why"])
        self.assertEqual(found["why"][1]["counters"], {"TcpExtListenOverflows": 17})


class Prometheus(Case):
    """The text itself; scripts/tests/host/fleet-rules.py tests it with other programs."""

    def values(self, *args, **more):
        out = self.run_it("--prometheus", *args, **more)
        return dict(line.rsplit(" ", 1) for line in out.splitlines() if line[0] != "#")

    def test_values(self):
        self.module()
        found = self.values()
        name = "tw_recycle_sim_"
        for key, value in (
                ("up", 1), ('info{version="0.1",era="4.11"}', 1), ("syns_seen_total", 120),
                ("syns_checked_total", 100), ('syns_rejected_total{cause="older"}', 40),
                ('syns_rejected_total{cause="untimed"}', 2),
                ('syns_exempt_total{reason="no_listener"}', 15),
                ('syns_exempt_total{reason="queue_full"}', 0),
                ('syns_exempt_total{reason="timewait"}', 5), ("stamps_recorded_total", 31),
                ("stamps_refused_total", 0), ("peers", 7), ("peers_evicted_total", 0),
                ('lost_total{what="timewait"}', 0), ('lost_total{what="rejected"}', 0),
                ('lost_total{what="offenders"}', 0), ('lost_total{what="clocks"}', 0),
                # 20 after 1 s, 10 after 7, 5 after 31, 3 after 63, and 4 never.
                ("retry_delay_seconds_sum", 20 + 70 + 155 + 189),
                ("retry_delay_seconds_count", 100)):
            self.assertEqual(found.pop(name + key), str(value), key)
        self.assertEqual(found, {
            name + 'retry_delay_seconds_bucket{le="%s"}' % le: value for le, value in
            zip("0 1 3 7 15 31 63 +Inf".split(), "58 78 78 88 88 93 96 100".split())})

    def test_old_module(self):
        self.single_files()
        self.assertEqual(self.values()["tw_recycle_sim_syns_seen_total"], "120")
        self.assertFalse([name for name in self.values() if "delay" in name or "lost" in name])

    def test_listener_unknown(self):
        self.module()
        self.counters(listener_unknown=4)
        self.assertEqual(self.values()["tw_recycle_sim_syns_listener_unknown_total"], "4")

    def test_not_loaded(self):
        self.assertEqual(self.values("--offenders", 5), {"tw_recycle_sim_up": "0"})

    def test_offenders(self):
        self.module([line.replace(" 9 3 9 0 ", " 9 3 6 0 ") for line in OFFENDERS])
        found = self.values("--offenders", 2)
        self.assertEqual([value for name, value in found.items() if "offender_" in name],
                         # What the place counted before is not this peer's.
                         ["30", "6", "3", "1"])
        self.assertEqual(found['tw_recycle_sim_offender_clocks{peer="%s",local="%s",'
                               'netns="4026531840"}' % (PEER6, LOCAL6)], "1")
        os.chmod(self.root + "/sys/kernel/debug", 0o700)
        self.refused("for root only", "--prometheus", "--offenders", 2, **self.nobody())
        self.assertEqual(self.values(**self.nobody())["tw_recycle_sim_peers"], "7")

    def test_any_locale(self):
        self.module(["\u00e9 b 5", "a b c"], "local peer rejected")
        for env in ({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
                    {"LC_ALL": "C.UTF-8"}):
            out = subprocess.run([self.twrstat, "--root", self.root, "--prometheus",
                                  "--offenders", "9"], stdout=subprocess.PIPE, env=env,
                                 check=True).stdout
            self.assertIn('{peer="b",local="\u00e9",netns="-"} 5'.encode(), out)
            self.assertNotIn(b" c\n", out)

    def test_output(self):
        self.module()
        folder = self.root + "/out"
        file = folder + "/a.prom"
        os.mkdir(folder)
        old = os.umask(0o077)
        self.addCleanup(os.umask, old)
        self.assertEqual(self.run_it("--prometheus", "--output", file), "")
        with open(file) as written:
            self.assertEqual(written.read(), self.run_it("--prometheus"))
        self.assertEqual(os.stat(file).st_mode & 0o7777, 0o644)
        self.run_it("--prometheus", "--output", "a.prom", cwd=folder)
        self.assertEqual(os.listdir(folder), ["a.prom"])

    def test_whole(self):
        """A reader finds the old file or the new one, and all of it."""
        self.module()
        file = self.root + "/a.prom"
        whole = self.run_it("--prometheus")
        inodes = set()
        process = self.start("--prometheus", "--output", file, "-i", 0.01, 100)
        while process.poll() is None:
            try:
                with open(file) as written:
                    self.assertEqual(written.read(), whole)
                    inodes.add(os.fstat(written.fileno()).st_ino)
            except FileNotFoundError:
                self.assertFalse(inodes)
            self.assertFalse([name for name in os.listdir(self.root)
                              if name.endswith(".prom") and name != "a.prom"])
        self.assertEqual(process.communicate(), ("", ""))
        self.assertGreater(len(inodes), 1)

    def test_errors(self):
        """On an error the old file stays, and nothing is left of the new one."""
        self.module()
        os.mkdir(self.root + "/out")
        self.write("/out/a.prom", "old\n")
        file = self.root + "/out/a.prom"
        # The file is too large, as on a full disk.
        limit = {"preexec_fn": lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                                        resource.setrlimit(resource.RLIMIT_FSIZE, (99, 99)))}
        self.refused("File too large", "--prometheus", "--output", file, **limit)
        self.refused("ermission denied", "--prometheus", "--output", file, **self.nobody())
        os.rename(self.root + "/sys/kernel/debug", self.root + "/debug")
        self.refused("offenders", "--prometheus", "--offenders", 3, "--output", file)
        self.assertEqual(os.listdir(self.root + "/out"), ["a.prom"])
        with open(file) as kept:
            self.assertEqual(kept.read(), "old\n")
        self.refused("No such file", "--prometheus", "--output", self.root + "/no/a.prom")
        self.refused("Is a directory", "--prometheus", "--output", self.root + "/out")

    def meanwhile(self, step):
        """Runs twrstat, does step while it reads, and returns its output."""
        inside = self.root + "/sys/kernel/tw_recycle_sim"
        # A reader waits at this file for a writer.
        with open(inside + "/counters") as file:
            text = file.read()
        self.pipe("/sys/kernel/tw_recycle_sim/counters")
        process = self.start("--prometheus", "--offenders", 1)
        with open(inside + "/counters", "w") as pipe:
            os.rename(inside, self.root + "/old")
            step(inside)
            pipe.write(text)
        out, err = process.communicate(timeout=300)
        self.assertEqual((err, process.returncode), ("", 0))
        return out

    def test_unloaded_meanwhile(self):
        self.module()
        out = self.meanwhile(lambda inside: shutil.rmtree(
            self.root + "/sys/kernel/debug/tw_recycle_sim"))
        self.assertEqual(out, self.run_it("--prometheus"))

    def test_reloaded_meanwhile(self):
        """All numbers are of one module, the new one."""
        self.module()
        shutil.copytree(self.root + "/sys/kernel/tw_recycle_sim", self.root + "/new")
        self.counters("/new", syns_seen=999)
        out = self.meanwhile(lambda inside: os.rename(self.root + "/new", inside))
        self.assertIn("syns_seen_total 999\n", out)
        self.assertEqual(out, self.run_it("--prometheus", "--offenders", 1))


class Rights(Case):
    """Root may read the counters, or the group that the module was told."""
    GROUP = 4711

    def setUp(self):
        super().setUp()
        self.machine()
        self.module()
        os.chmod(self.root + "/sys/kernel/debug", 0o700)
        self.mode(0o400, 0)

    def mode(self, mode, group):
        folder = self.root + "/sys/kernel/tw_recycle_sim"
        for path, _, names in os.walk(folder):
            for name in names:
                if name != "era":
                    os.chown(os.path.join(path, name), 0, group)
                    os.chmod(os.path.join(path, name), mode)

    def member(self):
        def change():
            os.setgroups([])
            os.setgid(self.GROUP)
            os.setuid(NOBODY)
        return {"preexec_fn": change}

    def test_all_modes(self):
        """Each mode says so, and what to do."""
        for args in ([], ["-i", 1], ["--json"], ["--json", "-i", 1], ["--top"],
                     ["--prometheus"], ["--prometheus", "--offenders", 1]):
            for words in "for root only", "mode=0440 gid=GROUP", "try sudo":
                self.refused(words, *args, **self.nobody())
        self.refused("for root only", "--netns", 1, **self.nobody())

    def test_old_module(self):
        """An older module, which has only the single files."""
        os.remove(self.root + "/sys/kernel/tw_recycle_sim/counters")
        self.refused("mode=0440 gid=GROUP", **self.nobody())

    def test_why(self):
        out = self.run_it("--why", **self.nobody())
        self.assertTrue(out.startswith("    The module is loaded, and its counters cannot be "
                                       "read: for root only, "), out)
        self.assertIn("17 dropped", out)
        found = json.loads(self.run_it("--why", "--json", **self.nobody()))
        self.assertIsNone(found["counters"])
        self.assertIn("for root only", found["counters_missing"])
        self.assertEqual(len(found["why"]), 15)

    def test_prometheus(self):
        """Without the counters there is no up 1, and the old file stays."""
        os.mkdir(self.root + "/out")
        os.chmod(self.root + "/out", 0o777)
        self.write("/out/a.prom", "old\n")
        self.refused("for root only", "--prometheus", "--output", self.root + "/out/a.prom",
                     **self.nobody())
        with open(self.root + "/out/a.prom") as kept:
            self.assertEqual(kept.read(), "old\n")

    def test_group(self):
        self.mode(0o440, self.GROUP)
        for args in ([], ["-i", 0.01, 1], ["--prometheus"], ["--why"]):
            self.assertEqual(self.run_it(*args, **self.member()).splitlines()[0],
                             self.run_it(*args).splitlines()[0])
        found = json.loads(self.run_it("--json", **self.member()))
        self.assertEqual(found["counters"], COUNTERS)
        self.refused("for root only", **self.nobody())


class Escapes(Case):
    """Names that others chose do not reach the terminal unchanged."""
    # Clear the screen, in two ways; a title; delete, overrides of direction, Unicode's
    # separators of lines and paragraphs, invisible characters, a byte that is not
    # UTF-8, a combining mark.
    NASTY = ("\x1b[2J", "\x9b2J", "\x1b]0;t\x07", "\x7f", "\u202e", "\u2066", "\u2028",
             "\u2029", "\u200b", "\u3164", "\udc9b", "o\u0300", "a\rb", "a\bb", "\U000e0041")

    def shown(self, text, nasty):
        for line in text.split("\n"):
            for char in line:
                self.assertTrue(char.isprintable() and unicodedata.category(char)[0] != "M" and
                                char != "\u3164", (nasty, line))
        self.assertIn("\\", text)

    def test_devices(self):
        for nasty in self.NASTY:
            self.machine()
            folder = "/sys/class/net/" + nasty
            self.write(folder + "/statistics/rx_dropped", 5)
            self.write("/proc/sys/net/ipv4/conf/%s/rp_filter" % nasty, 2)
            for args, env in ((["--why"], {}), (["--why"], {"COLUMNS": "40"}),
                              (["--why", "-a"], {"LC_ALL": "C.UTF-8"})):
                self.shown(self.run_it(*args, env=env), nasty)
            shutil.rmtree(self.root + folder)
            shutil.rmtree(self.root + "/proc/sys/net/ipv4/conf/" + nasty)

    def test_counters(self):
        for nasty in self.NASTY:
            # The line or the word ends at this character anyway.
            if nasty in "\u2028\u2029" or nasty == "a\rb":
                continue
            # Invalid UTF-8 is not shown either.
            told = "exempt/%s 3\nlost/%s 4\nsyns_seen 9\n" % (nasty, nasty + "\x1b")
            self.module()
            self.write("/sys/kernel/tw_recycle_sim/counters", told)
            self.write("/sys/kernel/tw_recycle_sim/era", nasty + "\x1b")
            out = self.run_it("--prometheus", env={"LC_ALL": "C.UTF-8"})
            for text in (out, self.run_it(), self.run_it(env={"COLUMNS": "30"})):
                self.shown(text, nasty)

    def test_offenders(self):
        for nasty in self.NASTY:
            if nasty in "\u2028\u2029" or nasty == "a\rb":
                continue
            self.module(["%s\x1b b 5 6" % nasty], "local peer rejected %s\x1b" % nasty)
            for width in {}, {"COLUMNS": "20"}, {"COLUMNS": "80"}:
                out = self.run_it("--top", env=width)
                for line in out.splitlines() if width else ():
                    self.assertLessEqual(len(line), int(width["COLUMNS"]))
                if not width or width["COLUMNS"] == "80":
                    self.shown(out, nasty)
            self.shown(self.run_it("--prometheus", "--offenders", 3), nasty)

    def test_errors(self):
        """Files and arguments that an error names."""
        self.module()
        for nasty in self.NASTY:
            for args in (["--prometheus", "--output", "/nowhere/" + nasty],
                         ["--netns", nasty]):
                self.shown(self.refused_with(*args), nasty)
            self.shown(self.refused_with("-i", nasty, status=2), nasty)
            self.shown(self.refused_with("--" + nasty, status=2), nasty)

    def refused_with(self, *args, status=1):
        err = self.run_it(*args, status=status)
        self.assertRegex(err, r"\Atwrstat: [^\n]*\n\Z")
        return err


class Errors(Case):
    def test_not_loaded(self):
        self.refused("modprobe tw_recycle_sim")
        for args in (["--json"], ["--top"], ["-i", "1"], ["--netns", "5"]):
            self.refused("not loaded", *args)

    def test_arguments(self):
        for args in (["-i"], ["-i", "x"], ["-i", "0"], ["-i", "-1"], ["-i", "nan"],
                     ["-i", "inf"], ["-i", "1", "0"], ["-i", "1", "x"], ["-i", "1", "2", "3"],
                     ["--top", "x"], ["--top", "-1"], ["--top", "--json"], ["-a"], ["--al"],
                     ["--why", "--netns", "1"], ["--netns"], ["--netstat", "x"],
                     ["--why", "--netstat", "x", "-i", "1"], ["nonsense"],
                     ["--prometheus", "--json"], ["--prometheus", "--top"],
                     ["--prometheus", "--why"], ["--prometheus", "--netns", "1"],
                     ["--prometheus", "-i", "1"], ["--output", "x"], ["--offenders", "1"],
                     ["--prometheus", "--offenders", "0"], ["--prometheus", "--output", ""],
                     ["--prometheus", "--output", "x/"]):
            self.refused("", *args, status=2)

    def test_help(self):
        self.assertIn("--why", self.run_it("-h"))
        self.assertEqual(self.run_it("--help"), self.run_it("-h"))
        with open(TREE + "/module/main.c") as file:
            version = re.search('MODULE_VERSION\\("(.*)"\\)', file.read()).group(1)
        self.assertEqual(self.run_it("--version"), "twrstat %s\n" % version)

    def test_source_tree(self):
        """twrstat runs in the source tree too, and leaves no files there."""
        self.module()
        installed = self.run_it()
        # The files that it reads are outside the copied tree.
        tree = shutil.copytree(TOOLS, self.root + "/tools",
                               ignore=shutil.ignore_patterns("__pycache__"))
        files = list(os.walk(tree))
        self.twrstat = tree + "/twrstat"
        self.assertEqual(self.run_it(), installed)
        self.assertEqual(list(os.walk(tree)), files)

    def test_packed(self):
        """The packed file is the same, whatever times and modes the files of the tree
        have."""
        tree = shutil.copytree(TOOLS, self.root + "/tools")
        for folder, _, names in os.walk(tree):
            for name in names:
                os.utime(os.path.join(folder, name), (1e9, 1e9))
                os.chmod(os.path.join(folder, name), 0o700)
        subprocess.run([tree + "/pack", "twrstat", self.root + "/again"], check=True)
        with open(self.twrstat, "rb") as file, open(self.root + "/again", "rb") as again:
            self.assertEqual(file.read(), again.read())
        for args in [], ["twrstat"], ["what", self.root + "/what"]:
            done = subprocess.run([TOOLS + "/pack", *args], stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 2)
        self.assertNotIn("what", os.listdir(self.root))

    def test_signals(self):
        """A closed pipe and Ctrl-C end twrstat without a message."""
        self.module()
        for end in (lambda process: process.stdout.close(),
                    lambda process: process.send_signal(signal.SIGINT)):
            process = self.start("-i", 0.05)
            process.stdout.readline()
            end(process)
            self.assertLess(process.wait(300), 0)
            self.assertEqual(process.stderr.read(), "")
            process.stderr.close()
            process.stdout.close()

    def test_any_bytes(self):
        """A device's name may have any letters, and the locale may have none of them."""
        self.machine()
        self.write("/sys/class/net/\u00e9th/statistics/rx_dropped", 5)
        for env in ({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
                    {"LC_ALL": "C.UTF-8"}):
            self.assertIn("8 dropped on receive (eth0/rx_dropped, ",
                          self.run_it("--why", env=env))
            for text in ("\u00e9\n", "\udcff\n"):
                self.write("/proc/sys/net/core/somaxconn", text)
                self.assertIn("17 dropped", self.run_it("--why", env=env))
        # Tables that the kernel never prints, but that must not break twrstat.
        self.module(["a b c", "", "1 2 3"], "local peer rejected")
        self.run_it("--top")


if os.geteuid() != 0:
    sys.exit("twrstat-files.py: needs root, to be another user")
result = unittest.main(exit=False).result
print("%d tests of twrstat on files in a folder" % result.testsRun)
sys.exit(not result.wasSuccessful())
