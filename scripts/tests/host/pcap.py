#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# pcap.py - twr-pcap on captures of real kernels with recorded answers, and on the same
# captures in all the forms that users have
#
# usage: pcap.py TWR-PCAP [unittest's arguments]. TWR_CAPTURES may name a folder with more
# captures like those of scripts/tests/host/captures.

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import packets
from packets import Segment

TREE = os.path.dirname(os.path.abspath(__file__)).removesuffix("/scripts/tests/host")
CAPTURES = os.path.join(TREE, "scripts/tests/host/captures")
TRACES = os.path.join(TREE, "scripts/tests/replay/traces")
LOCALS = ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2")
LOCAL = sum((["--local", addr] for addr in LOCALS), [])
ON = "this server has it on. Turn it off: sysctl -w net.ipv4.tcp_tw_recycle=0"

# The answers that no capture explains: a sysctl makes the kernel always send SYN
# cookies.
UNSEEN = {("cookies", 5), ("cookies", 7), ("cookies", 9)}

program = None


def folders():
    return [CAPTURES] + os.environ.get("TWR_CAPTURES", "").split()


def capture(name):
    for folder in folders():
        path = os.path.join(folder, name + ".pcap.gz")
        if os.path.exists(path):
            return packets.read(path)
    raise FileNotFoundError(name)


def names(pattern):
    found = {os.path.basename(path)[:-len(".pcap.gz")] for folder in folders()
             for path in glob.glob(os.path.join(folder, pattern + ".pcap.gz"))}
    return sorted(found)


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        return path

    def run_it(self, *args, status=0, stdin=None, noise=False):
        done = subprocess.run([program, *args], input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120)
        self.said = done.stderr.decode()
        self.assertEqual(done.returncode, status, (args, self.said))
        if not noise and not status:
            self.assertEqual(self.said, "", args)
        return done.stdout.decode()

    def read_json(self, *args, **rest):
        return json.loads(self.run_it("--json", *args, **rest))

    def syns(self, *args):
        """The lines of --syns as dictionaries."""
        return [dict(word.split("=", 1) for word in line.split()[1:])
                for line in self.run_it("--syns", *args, noise=True).splitlines()]


def dropped(syn, era):
    return syn[era] in ("older", "untimed")


class Loops(Case):
    """Clients behind NATs: the SYNs without an answer, and no others, are to be
    dropped."""

    def old_kernel(self, name, era):
        path = self.file(name, packets.pcap(capture(name)))
        syns = self.syns("--era", era, path)
        self.assertGreater(len(syns), 100)
        for syn in syns:
            self.assertEqual(dropped(syn, era), syn["answer"] == "none", (name, syn))
        silent = sum(syn["answer"] == "none" for syn in syns)
        found = self.read_json(path)
        self.assertEqual(found["eras"][era]["counters"]["syns_rejected"], silent)
        self.assertRegex(found["verdict"], r"^%d of %d SYNs without an answer are what "
                         r"tcp_tw_recycle drops in .*, and none of the %d that were "
                         r"answered: %s$" % (silent, silent, len(syns) - silent,
                                             re.escape(ON)))
        return len(syns), silent

    def test_old_kernels(self):
        told = {"loop-1": (636, 486), "loop-9": (395, 182)}
        for name in names("loop-*.4.11") + names("loop-*.el7"):
            loop, _, kernel = name.partition(".")
            found = self.old_kernel(name, kernel)
            self.assertEqual(found, told.get(loop, found), name)

    def test_today(self):
        for name in names("loop-*.today"):
            found = self.read_json(self.file(name, packets.pcap(capture(name))))
            self.assertIn("tcp_tw_recycle is not on", found["verdict"], name)
            self.assertEqual(found["answers"]["none"], 0)
            self.assertGreater(found["counters"]["syns_rejected"], 20)


class Traces(Case):
    """Each SYN of the recorded scripts, and why it got no SYN-ACK."""

    @staticmethod
    def recorded(name):
        """The answers of 4.11, and the line of each connection by its first sequence
        number."""
        with open(os.path.join(TRACES, name + ".expected")) as file:
            lines = [line.split() for line in file]
        column = lines[0].index("4.11") - 1
        answers = {int(line[0]): line[column] for line in lines[1:]}
        conns = {}
        with open(os.path.join(TRACES, name + ".tw")) as file:
            said = [(number, line.split()[0]) for number, line in enumerate(file, 1)
                    if line.strip()]
        count = 0
        for number, word in said:
            if word in ("conn", "dial"):
                count += 1
                if word == "conn":
                    conns[(1000 + 1000003 * count) % 2 ** 32] = number
        return answers, conns

    def test_verdicts(self):
        compared, differ = 0, set()
        for name in names("*.4.11"):
            if name.startswith("loop-"):
                continue
            trace = name[:-len(".4.11")]
            answers, conns = self.recorded(trace)
            path = self.file(name, packets.pcap(capture(name)))
            for syn in self.syns("--era", "4.11", *LOCAL, path):
                line = conns.get(int(syn["seq"]))
                if line is None:
                    continue
                compared += 1
                if dropped(syn, "4.11") != (answers[line] == "rejected"):
                    differ.add((trace, line))
        self.assertEqual(differ, UNSEEN)
        self.assertGreater(compared, 1700)
        print("%d verdicts of recorded scripts, %d out of sight" % (compared, len(differ)))

    def test_sentences(self):
        for name in names("*.4.11"):
            if name.startswith("loop-"):
                continue
            path = self.file(name, packets.pcap(capture(name)))
            verdict = self.read_json("--era", "4.11,3.10,2.6.32", path,
                                     noise=True)["verdict"]
            # One SYN is too few, and cookies accept what the check drops.
            wanted = "this server may have it on" if name[:-5] in ("active", "cookies") else ON
            self.assertIn(wanted, verdict, name)
            if name != "cookies.4.11":
                self.assertIn("tcp_tw_recycle drops in 4.11", verdict, name)

    def test_others_are_not_laid_at_the_door(self):
        path = self.file("segments", packets.pcap(capture("segments.4.11")))
        found = self.read_json("--era", "4.11", *LOCAL, path)
        self.assertGreater(found["exempt"]["bad_checksum"], 0)
        self.assertGreater(found["answers"]["ack"], 0)
        matrix = found["matrix"]
        for fate in "older", "untimed":
            self.assertEqual(matrix[fate]["reset"] + matrix[fate]["ack"], 0)


class Forms(Case):
    """The same capture in every form has the same counters."""

    def setUp(self):
        super().setUp()
        self.packets = capture("basics.4.11")
        self.wanted = self.counters(self.file("plain", packets.pcap(self.packets)))
        self.assertGreater(self.wanted["counters"]["syns_rejected"], 5)

    def tcp(self):
        return [(us, packet) for us, packet in self.packets
                if packet[6 if packet[0] >> 4 == 6 else 9] == 6]

    def counters(self, *args, **rest):
        found = self.read_json("--era", "4.11", *args, **rest)
        return {key: found["eras"]["4.11"][key] for key in ("counters", "exempt", "matrix")}

    def same(self, *args, **rest):
        self.assertEqual(self.counters(*args, **rest), self.wanted, args)

    def test_pcap(self):
        self.same(self.file("nano", packets.pcap(self.packets, nano=True)))
        self.same(self.file("big", packets.pcap(self.packets, order=">")))
        self.same(self.file("bignano", packets.pcap(self.packets, order=">", nano=True)))
        self.same(self.file("snap", packets.pcap(self.packets, snaplen=96)))

    def test_pcapng(self):
        self.same(self.file("ng", packets.pcapng(self.packets)))
        self.same(self.file("ngnano", packets.pcapng(self.packets, nano=True)))
        self.same(self.file("ngraw", packets.pcapng(self.packets, link=packets.RAW)))

    def test_links(self):
        for link in (packets.ETHERNET, packets.SLL, packets.SLL2, packets.NULL,
                     packets.LOOP):
            self.same(self.file("link", packets.pcap(self.packets, link=link)))
        for tags in (0x8100,), (0x88a8, 0x8100), (0x9100, 0x8100):
            self.same(self.file("vlan", packets.pcap(
                self.packets, link=packets.ETHERNET, tags=tags)))

    def test_standard_input(self):
        self.same("-", stdin=packets.pcap(self.packets))
        self.same("-", stdin=packets.pcapng(self.packets))

    def test_rotated(self):
        third = len(self.packets) // 3
        parts = [self.file(name, packets.pcap(self.packets[at:end])) for name, at, end in (
            ("a", 0, third), ("b", third, 2 * third), ("c", 2 * third, None))]
        self.same(parts[2], parts[0], parts[1])
        # Or two captures that ran at the same time. Only a file gives an order to
        # packets of the same time.
        times = sorted({us for us, _ in self.packets})
        odd = set(times[::2])
        self.same(self.file("even", packets.pcap([p for p in self.packets if p[0] not in odd])),
                  self.file("odd", packets.pcap([p for p in self.packets if p[0] in odd])))

    def test_captured_twice(self):
        twice = [packet for packet in self.packets for _ in range(2)]
        self.same(self.file("twice", packets.pcap(twice)))

    def test_headers(self):
        def longer(packet):
            if packet[0] >> 4 == 6:
                # Hop-by-hop options before TCP, all padding.
                size = int.from_bytes(packet[4:6], "big") + 8
                return packet[:4] + size.to_bytes(2, "big") + b"\0" + packet[7:40] + \
                    bytes([6, 0, 1, 4, 0, 0, 0, 0]) + packet[40:]
            size = int.from_bytes(packet[2:4], "big") + 4
            return bytes([packet[0] + 1, packet[1]]) + size.to_bytes(2, "big") + \
                packet[4:20] + b"\1\1\1\0" + packet[20:]
        self.same(self.file("longer", packets.pcap(
            [(us, longer(packet)) for us, packet in self.packets])))

    def test_fragments_and_cut(self):
        def fragment(packet):
            return packet[:6] + b"\x20\0" + packet[8:]
        v4 = [(us, packet) for us, packet in self.packets if packet[0] >> 4 == 4]
        more = [(us + 1, fragment(packet)) for us, packet in v4[:5]]
        path = self.file("frag", packets.pcap(
            sorted(self.packets + more, key=lambda p: p[0])))
        self.same(path)
        self.assertIn("5 TCP segments came in fragments", self.run_it(path))
        out = self.run_it(self.file("cut", packets.pcap(self.packets, snaplen=50)))
        self.assertRegex(out, r"Note: \d+ packets were cut before the end of their TCP header")

    def test_broken(self):
        data = packets.pcap(self.packets)
        out = self.run_it(self.file("broken", data[:len(data) // 2 + 5]), status=1)
        self.assertRegex(self.said, r"^twr-pcap: .*/broken: broken after \d+ packets: .*\n$")
        self.assertIn("SYNs came to this machine", out)
        for junk in b"", b"\0", b"hello\n", data[:20], data[:24] + b"\xff" * 40:
            self.run_it(self.file("junk", junk), status=1)
            self.assertEqual(self.said.count("\n"), 1, self.said)
        self.run_it(os.path.join(self.folder, "none"), status=1)
        self.assertEqual(self.said.count("\n"), 1, self.said)

    def test_packed(self):
        self.run_it(os.path.join(CAPTURES, "basics.4.11.pcap.gz"), status=1)
        self.assertIn("it is compressed; zcat ", self.said)

    def test_no_syn(self):
        out = self.run_it(self.file("empty", packets.pcap([])))
        self.assertTrue(out.startswith("There is no SYN in this capture"), out)

    def test_one_way(self):
        path = self.file("oneway", packets.pcap(
            [(us, packet) for us, packet in self.tcp()
             if Segment(packet).dst in LOCALS]))
        self.assertIn("Only what clients sent was captured", self.run_it(path))

    def test_text_of_tcpdump(self):
        path = self.file("plain", packets.pcap(self.packets))
        printed = {}
        for options in ("-n", "-ntt", "-ntttt", "-nv", "-nS", "-nvS", "-nttt"):
            printed[options] = subprocess.run(
                ["tcpdump", options, "-r", path], check=True, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, env={"TZ": "UTC"}).stdout
            # -ttt prints the time since the packet before, which is not a time of day.
            if options != "-nttt":
                self.same_text(printed[options])
        any_device = re.sub(rb"^(\S+) IP", rb"\1 eth0  In  IP", printed["-n"],
                            flags=re.MULTILINE)
        self.same_text(any_device)

    # If the first packets come before midnight, the others come on the next day.
    def test_text_past_midnight(self):
        first = self.packets[0][0]
        late = 86400000000 - first % 86400000000 - 30000000
        path = self.file("late", packets.pcap([(us + late, packet)
                                               for us, packet in self.packets]))
        self.same_text(subprocess.run(
            ["tcpdump", "-n", "-r", path], check=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={"TZ": "UTC"}).stdout)

    def test_text_of_old_tcpdump(self):
        lines = ["%02d:%02d:%02d.%06d %s" % (
            us // 3600000000 % 24, us // 60000000 % 60, us // 1000000 % 60, us % 1000000,
            Segment(packet).old()) for us, packet in self.tcp()]
        self.same_text("\n".join(lines))

    def test_text_of_wireshark(self):
        for arrow in "\u2192", "->", ">":
            isn = {}
            first = self.packets[0][0] // 1000000 * 1000000
            lines = [Segment(packet).wireshark(number, (us - first) / 1e6, isn, arrow)
                     for number, (us, packet) in enumerate(self.tcp(), 1)]
            self.same_text("\n".join(lines))

    def test_text_that_is_none(self):
        text = subprocess.run(
            ["tcpdump", "-n", "-r", self.file("plain", packets.pcap(self.packets))],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        out = self.run_it(self.file("text", b"what is this?\n" + text))
        self.assertIn("Note: 1 lines are none of the forms that are known", out)

    def same_text(self, text):
        path = self.file("text", text)
        found = self.counters(path)
        # Text does not show a wrong checksum, nor all of what a packet was.
        self.assertEqual(found["counters"]["syns_rejected"],
                         self.wanted["counters"]["syns_rejected"])
        self.assertEqual(found["matrix"], self.wanted["matrix"])


class Output(Case):
    def setUp(self):
        super().setUp()
        self.path = self.file("capture", packets.pcap(capture("loop-1.today")))

    def test_words(self):
        out = self.run_it(self.path)
        self.assertIn("    71 passive connections would have been rejected because of "
                      "time stamp\n", out)

    def test_json(self):
        found = self.read_json(self.path)
        for era in found["eras"].values():
            seen = era["counters"]["syns_seen"]
            self.assertEqual(sum(sum(row.values()) for row in era["matrix"].values()), seen)
            self.assertEqual(seen, era["counters"]["syns_checked"] +
                             sum(era["exempt"].values()))
        self.assertEqual(found["counters"], found["eras"][found["era"]]["counters"])
        self.assertTrue(found["offenders"])

    def test_eras(self):
        found = self.read_json("--era", "3.10,el6,2.6.32.71", self.path, noise=True)
        self.assertEqual(list(found["eras"]), ["3.10", "el6", "2.6.32.71"])
        self.assertEqual(self.said, "twr-pcap: --era=3.10: taken for Linux as released; "
                         "CentOS 7 has another kernel, el7\n")
        self.assertEqual(len(self.read_json("--era", "all", self.path)["eras"]), 10)

    # The table is as full as it gets, and half of it is removed; the rest must be found.
    def test_full_table(self):
        path = self.file("crowd", packets.pcap(packets.crowd(2730)))
        found = self.read_json("--connections", "5460", "--era", "4.11", path)["capture"]
        self.assertEqual(found["again"], 910)
        self.assertEqual(found["in"] + found["out"] + 4 * 2730, found["segments"])

    # "all" begins at 2.6.32: the eras before it differ from it in a TSval of 0 alone.
    def test_eras_before_2_6_32(self):
        eras = "2.6.32,2.6.31,2.6.29,2.6.9"
        for name in "loop-1.4.11", "basics.4.11", "random-01.4.11":
            path = self.file(name, packets.pcap(capture(name)))
            found = self.read_json("--era", eras, path, noise=True)["eras"]
            for era in eras.split(","):
                self.assertEqual(found[era], found["2.6.32"], (name, era))
        syn = packets.segment("10.0.0.0", "192.0.2.1", 4002, 80, 2, 100, 0, (0, 0))
        path = self.file("zero", packets.pcap(packets.crowd(1)[:6] + [(1700000005000000, syn)]))
        found = self.read_json("--era", eras, path, noise=True)["eras"]
        rejected = [found[era]["counters"]["syns_rejected"] for era in eras.split(",")]
        self.assertEqual(rejected, [1, 1, 0, 0])

    def test_eras_by_uname(self):
        found = self.read_json("--era", "3.10.0-1160.el7.x86_64,el6,4.4.0-210-generic,"
                               "2.6.18-419.el5", self.path, noise=True)
        self.assertEqual(list(found["eras"]), ["el7", "el6", "4.4.0", "el5"])
        said = self.said.splitlines()
        self.assertEqual(len(said), 2)
        self.assertIn("--era=4.4.0-210-generic: taken for Linux as released", said[0])
        self.assertIn("--era=2.6.18-419.el5: read from the source", said[1])
        for name, reason in (("5.10.0-8-amd64", "tcp_tw_recycle was removed in 4.12"),
                             ("el8", "tcp_tw_recycle was removed in 4.12"),
                             ("4.11.0-rc8", "no release but a candidate"),
                             ("2.6.8", "the rules before 2.6.9 are not known"),
                             ("3.20", "no such era, must be a release from 2.6.9 to 4.11"),
                             ("4.11,4.11.0-1-x,4.11", "--era: 4.11 is named twice")):
            self.run_it("--era", name, self.path, status=2)
            self.assertIn(reason, self.said.splitlines()[-1])

    def test_untimed_tells_the_release(self):
        path = self.file("basics", packets.pcap(capture("basics.4.11")))
        verdict = self.read_json(path)["verdict"]
        self.assertIn("tcp_tw_recycle drops in 3.17 to 4.11 and CentOS 7, and none", verdict)

    def test_top(self):
        lines = self.run_it("--top", "1", self.path).splitlines()
        self.assertRegex(lines[-1], r"^\d+\.\d+\.\d+\.\d+ +\d+ +\d+ NAT ")

    def test_events(self):
        events = self.run_it("--events", self.path)
        self.assertIn(": syn_rejected: peer=", events)
        page = os.path.join(self.folder, "page.html")
        subprocess.run([self.report(), "-o", page, self.file("events", events)], check=True,
                       stdout=subprocess.DEVNULL)
        self.assertGreater(os.path.getsize(page), 10000)

    @staticmethod
    def report():
        return os.path.join(TREE, "scripts/tools/twr-report")

    def test_local(self):
        found = self.read_json("--local", "192.0.2.0/24", self.path)
        self.assertEqual(found["counters"]["syns_rejected"], 71)
        found = self.read_json("--local", "2001:db8::/32", self.path)
        self.assertEqual(found["counters"]["syns_seen"], 0)

    def test_bounded(self):
        found = self.read_json("--connections", "16", self.path)
        self.assertGreater(found["capture"]["forgotten"], 0)

    def test_wrong_options(self):
        for args in (["--era", "4.12", self.path], ["--era", "", self.path],
                     ["--local", "192.0.2.1/33", self.path], ["--local", "x", self.path],
                     ["--connections", "1", self.path], ["--rows", "3", self.path],
                     ["--hz", "0", self.path], ["--json", "--events", self.path], [],
                     ["-i", "lo", self.path], ["-I", "1", self.path],
                     ["--shard", "1/2", self.path], ["--json", "--shard", "0/2", self.path],
                     ["--json", "--shard", "3/2", self.path], ["--add", "-i", "lo"],
                     ["--json", "--shard", "1/2x", self.path], ["--add"],
                     ["--json", "--shard", "1/257", self.path],
                     ["--json", "--shard", "1/2", "-i", "lo"]):
            self.run_it(*args, status=2)
            self.assertRegex(self.said, r"^twr-pcap: [^\n]+\n$", args)
        self.run_it("--nonsense", status=2)

    def test_full_output(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([program, self.path], stdout=full,
                                  stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"cannot write", done.stderr)


class Parts(Case):
    def parts(self, of, *args):
        names = []
        for part in range(1, of + 1):
            names.append(self.file("part%d" % part, self.run_it(
                "--json", "--shard", "%d/%d" % (part, of), *args)))
        return names

    @staticmethod
    def text(name):
        with open(name) as file:
            return file.read()

    def add_up(self, of, *args):
        whole = self.run_it("--json", *args)
        names = self.parts(of, *args)
        # In no certain order.
        self.assertEqual(self.run_it("--add", *reversed(names)), whole, (of, args))
        parts = [json.loads(self.text(name)) for name in names]
        self.plain_sums(json.loads(whole), parts, "")
        return json.loads(whole), parts

    # Each number is the sum of those of the parts, but for times and words.
    def plain_sums(self, whole, parts, path):
        for key, value in whole.items():
            if key in ("time", "first", "last", "verdict", "offenders", "era", "retries"):
                continue
            values = [part[key] for part in parts]
            if isinstance(value, dict):
                self.plain_sums(value, values, path + "." + key)
            elif isinstance(value, list):
                self.assertEqual(sum(map(len, values)), len(value), path + "." + key)
            else:
                self.assertEqual(sum(values), value, path + "." + key)


class Shards(Parts):
    """The sums of the parts are the whole."""

    def test_real_captures(self):
        for name in "loop-1.4.11", "loop-1.today", "loop-1.el7", "basics.4.11":
            path = self.file(name, packets.pcap(capture(name)))
            for of in 1, 4:
                self.add_up(of, path)
        self.add_up(3, "--era", "el7,4.4.0", "--local", "192.0.2.0/24", "--hz", "250", path)

    def crowd(self, peers, *servers):
        return self.file("crowd", packets.pcap(packets.crowd(peers, servers)))

    # What is forgotten is forgotten in the parts too: peers, offenders, connections.
    def test_evictions(self):
        path = self.crowd(2000, "192.0.2.1")
        whole, parts = self.add_up(3, "--rows", "64", "--era", "4.11,el7,3.10.1,el6", path)
        for era in "4.11", "el7", "3.10.1":
            self.assertGreater(whole["eras"][era]["counters"]["peers_evicted"], 1000)
            self.assertGreater(whole["eras"][era]["counters"]["syns_rejected"], 300)
        # The peers of the newest eras are divided, and no part is idle.
        for part in parts:
            self.assertGreater(part["eras"]["4.11"]["counters"]["syns_rejected"], 50)
            self.assertGreater(part["eras"]["4.11"]["counters"]["peers_evicted"], 300)
        whole, parts = self.add_up(4, "--era", "4.11", path)
        self.assertGreater(whole["lost"]["offenders"], 1000)
        self.assertEqual(len(whole["offenders"]), 512)
        self.assertTrue(all(part["offenders"] for part in parts))
        self.assertGreater(whole["capture"]["again"], 500)
        whole, _ = self.add_up(3, "--connections", "100", "--era", "4.11,4.0", path)
        self.assertGreater(whole["capture"]["forgotten"], 500)

    def test_more_parts_than_work(self):
        self.add_up(20, "--era", "4.11,el7", self.crowd(50, "192.0.2.1"))
        self.add_up(3, "--era", "4.11", "--rows", "8", self.crowd(50, "192.0.2.1"))

    def test_many_machines(self):
        servers = ["192.0.2.%d" % number for number in range(1, 31)]
        whole, parts = self.add_up(6, self.crowd(900, *servers))
        self.assertEqual(whole["capture"]["machines"], 30)
        for part in parts:
            self.assertGreater(part["eras"]["3.6"]["counters"]["syns_rejected"], 30)

    def refuses(self, words, *names):
        self.run_it("--add", *names, status=1)
        self.assertRegex(self.said, r"^twr-pcap: --add: [^\n]+\n$")
        self.assertIn(words, self.said)

    def test_parts_that_do_not_belong_together(self):
        path = self.crowd(30, "192.0.2.1")
        one, two, three = self.parts(3, path)
        self.refuses("part 2 of 3 is missing", one, three)
        self.refuses("part 3 of 3 is missing", one, two)
        self.refuses("are both part 1", one, two, three, one)
        other = self.file("other", packets.pcap(packets.crowd(31)))
        for args, words in (((path, "--era", "4.11"), "they have other options"),
                            ((path, "--hz", "100"), "they have other options"),
                            ((path, "--rows", "64"), "they have other options"),
                            ((path, "--connections", "64"), "they have other options"),
                            ((path, "--local", "192.0.2.1"), "they have other options"),
                            ((other,), "they are of other packets")):
            said = self.run_it("--json", "--shard", "2/3", *args)
            self.refuses(words, one, self.file("odd", said), three)
        self.refuses("their N is not the same", one, self.file("odd", self.run_it(
            "--json", "--shard", "2/2", path)))
        whole = self.run_it("--json", path)
        text = self.text(two)
        for broken in (whole, "", "{}", "[" * 100, text[:-20], text + "x", "\0" + text,
                       text.replace('"peers": ', '"peers": -'),
                       text.replace('"older"', '"elder"'),
                       text.replace('"part": 2', '"part": 7')):
            self.refuses("not what twr-pcap --json --shard K/N prints", one,
                         self.file("broken", broken), three)
        self.refuses("No such file", one, two, os.path.join(self.folder, "nothing"))

    # As capture.rst describes it.
    def test_gnu_parallel(self):
        path = self.crowd(300, "192.0.2.1", "192.0.2.2")
        subprocess.run(["parallel", "--will-cite", "-j", "2",
                        program + " --json --shard {}/4 " + path + " > " + self.folder +
                        "/{}.json", ":::", "1", "2", "3", "4"], check=True,
                       env=dict(os.environ, HOME=self.folder))
        self.assertEqual(self.run_it("--add", *glob.glob(self.folder + "/?.json")),
                         self.run_it("--json", path))


# Connections on the loopback device of a network namespace of its own: ten for each
# family, which the server closes first, and one to a port without a listener.
TALK = """
import socket, time
for family, address in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
    server = socket.socket(family)
    server.bind((address, 8080))
    server.listen(10)
    for _ in range(10):
        client = socket.create_connection((address, 8080))
        accepted, _ = server.accept()
        accepted.close()
        client.close()
        time.sleep(0.01)
try:
    socket.create_connection(("127.0.0.1", 8081))
except OSError:
    pass
"""


@unittest.skipIf(os.geteuid(), "live capture needs root")
class Live(Case):
    def listen(self, *args):
        # The script waits until twr-pcap listens, and stops it after all is answered.
        script = ("ip link set lo up; \"$@\" 2>err & pid=$!; "
                  "while ! grep -q listening err; do kill -0 $pid || exit 9; sleep 0.1; done; "
                  "grep -E '^Uid:|^CapEff:' /proc/$pid/status >rights; "
                  "python3 -c \"$TALK\"; sleep 2.5; kill -INT $pid; wait $pid")
        done = subprocess.run(["unshare", "--net", "sh", "-c", script, "-", program, *args],
                              cwd=self.folder, stdout=subprocess.PIPE, timeout=60,
                              env=dict(os.environ, TALK=TALK))
        self.assertEqual(done.returncode, 0)
        with open(os.path.join(self.folder, "rights")) as file:
            rights = file.read().split()
        self.assertEqual(rights[:5] + rights[5:], ["Uid:"] + 4 * ["65534"] +
                         ["CapEff:", "0000000000000000"])
        return done.stdout.decode()

    def test_counts(self):
        for device in "lo", "any":
            found = json.loads(self.listen("--json", "--era", "4.11", "-i", device))
            self.assertEqual(found["answers"]["syn_ack"], 20)
            self.assertEqual(found["answers"]["reset"], 1)
            self.assertGreater(found["counters"]["stamps_recorded"], 1)

    def test_rates(self):
        lines = self.listen("-I", "1", "-i", "lo").splitlines()
        self.assertEqual(lines[0].split(), ["rejected", "seen", "checked", "silent", "stamps"])
        seen = [float(line.split()[1]) for line in lines[1:]
                if re.match(r"[ 0-9.e+-]+$", line)]
        self.assertGreater(sum(seen), 0, lines)

    def test_no_device(self):
        self.run_it("-i", "nosuch0", status=1)
        self.assertRegex(self.said, r"^twr-pcap: nosuch0: [^\n]+\n$")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: pcap.py TWR-PCAP")
    program = os.path.abspath(sys.argv.pop(1))
    unittest.main()
