#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# pcap-loop.py - the closed loop of twr-pcap: what becomes of each client of a capture if
# its SYN is sent again until it is answered, compared with what real old kernels answered
#
# usage: pcap-loop.py TWR-PCAP [unittest's arguments]. TWR_CAPTURES may name folders with
# more captures and scripts like those of scripts/tests/host/captures.

import collections
import os
import socket
import struct
import subprocess
import sys
import unittest

import packets
import pcap

Host = collections.namedtuple("Host", "address rate first")

# Flags of TCP.
FIN, SYN, RST, ACK = 1, 2, 4, 16

# The server of crafted captures, and the second when they begin.
SERVER = "192.0.2.1"
BEGIN = 1700000000


def read(name):
    """The words of each line of a file, with the number of the line."""
    for folder in pcap.folders():
        path = os.path.join(folder, name)
        if os.path.exists(path):
            with open(path) as file:
                return [(number, line.split()) for number, line in enumerate(file, 1)
                        if line.strip()]
    return None


def script(name):
    """The hosts of a script, and the line of each client by its address and port."""
    hosts, asked, clients = {}, collections.Counter(), {}
    for number, words in read(name + ".loop"):
        if words[0] == "host":
            hosts[words[1]] = Host(words[2], int(words[4]), 20001 + 300 * len(hosts))
        elif words[0] == "ask":
            host = hosts[words[1]]
            clients[host.address, host.first + asked[words[1]]] = number
            asked[words[1]] += 1
    return hosts, clients


def expected(name):
    """The answers of each kernel by the line of the script, but those left out."""
    rows = [words for _, words in read(name + ".expected")]
    kernels = rows[0][2:]
    answers = {kernel: {} for kernel in kernels}
    for row in rows[1:]:
        for kernel, answer in zip(kernels, row[1:]):
            if answer != "-":
                answers[kernel][int(row[0])] = answer
    return answers


def packet(src, sport, dst, dport, seq, ack, flags, tsval, data=b""):
    """A packet of raw IPv4; tsval None is one without a timestamp option."""
    options = b"" if tsval is None else struct.pack(">BBBBII", 1, 1, 8, 10, tsval % 2 ** 32, 1)
    tcp = struct.pack(">HHIIBBHHH", sport, dport, seq, ack, (20 + len(options)) << 2, flags,
                      65535, 0, 0) + options + data
    addresses = socket.inet_aton(src) + socket.inet_aton(dst)
    tcp = tcp[:16] + checksum(addresses + struct.pack(">HH", 6, len(tcp)) + tcp) + tcp[18:]
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + addresses
    return header[:10] + checksum(header) + header[12:] + tcp


def checksum(data):
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data[:len(data) // 2 * 2]))
    total += data[-1] << 8 if len(data) % 2 else 0
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return struct.pack(">H", 0xffff - total)


class World:
    """A capture that is made by hand. The clock of each client has 1000 ticks a second."""

    def __init__(self):
        self.packets = []
        self.seq = 1000

    def send(self, at, client, clock, seq, ack, flags, data=b"", server=False):
        us = BEGIN * 1000000 + round(at * 1000000)
        ends = ("198.51.100.7", client, SERVER, 80)
        if server:
            ends = ends[2:] + ends[:2]
        tsval = None if clock is None else 1 if server else clock + int(at * 1000)
        self.packets.append((us, packet(*ends, seq, ack, flags, tsval, data)))

    def ask(self, at, client, clock):
        """A SYN without an answer. Returns its sequence number."""
        self.seq += 1000000
        self.send(at, client, clock, self.seq, 0, SYN)
        return self.seq

    def connection(self, at, client, clock, hold=0.02, server_closes=True):
        """A connection, and its close."""
        a, b = self.ask(at, client, clock) + 1, 5000
        self.send(at, client, clock, b, a, SYN | ACK, server=True)
        b += 1
        self.send(at, client, clock, a, b, ACK)
        self.send(at, client, clock, a, b, ACK, b"hello")
        a += 5
        self.send(at, client, clock, b, a, ACK, server=True)
        at += hold
        if server_closes:
            self.send(at, client, clock, b, a, FIN | ACK, server=True)
            self.send(at, client, clock, a, b + 1, ACK)
            self.send(at + 0.002, client, clock, a, b + 1, FIN | ACK)
            self.send(at + 0.002, client, clock, b + 1, a + 1, ACK, server=True)
        else:
            self.send(at, client, clock, a, b, FIN | ACK)
            self.send(at, client, clock, b, a + 1, FIN | ACK, server=True)
            self.send(at, client, clock, a + 1, b + 1, ACK)

    def pcap(self):
        return packets.pcap(sorted(self.packets, key=lambda one: one[0]))


class Case(pcap.Case):
    def clients(self, *args):
        """The lines of --syns as dictionaries, with the time of the first SYN."""
        found = []
        for line in self.run_it("--closed-loop", "--syns", *args, noise=True).splitlines():
            time, *words = line.split()
            found.append(dict((word.split("=", 1) for word in words), time=float(time)))
        return found

    def answers(self, world, *args, era="4.11"):
        """The answers to the clients of a world, by their port."""
        path = self.file("world", world.pcap())
        found = {}
        for client in self.clients("--era", era, *args, path):
            port = int(client["peer"].rpartition(":")[2])
            found.setdefault(port, []).append(client[era])
        return found


class Loops(Case):
    """Clients behind NATs: each gets the answer that real old kernels gave."""

    def compare(self, name, *args, capture):
        """How many clients have the wrong answer, of how many, and dropped SYNs."""
        _, lines = script(name)
        answers = expected(name)
        path = self.file(capture, packets.pcap(pcap.capture(capture)))
        clients = self.clients("--era", ",".join(answers), *args, path)
        self.assertEqual(len(clients), len(lines), name)
        wrong = right = 0
        for client in clients:
            address, _, port = client["peer"].rpartition(":")
            line = lines[address, int(port)]
            for kernel, wanted in answers.items():
                if line in wanted:
                    same = client[kernel] == wanted[line]
                    right += same
                    wrong += not same
        return wrong, right + wrong, sum(int(client["dropped"]) for client in clients)

    @staticmethod
    def scripts():
        return [name[:-len(".today")] for name in pcap.names("loop-*.today")
                if read(name[:-len("today")] + "loop")]

    def test_rates_given(self):
        compared = 0
        for name in self.scripts():
            hosts, _ = script(name)
            clocks = self.file("clocks", "# hosts of a script\n" + "".join(
                "%s %d-%d %d\n" % (host.address, host.first, host.first + 299, host.rate)
                for host in hosts.values()))
            wrong, count, _ = self.compare(name, "--clocks", clocks, capture=name + ".today")
            self.assertEqual(wrong, 0, name)
            compared += count
        self.assertGreater(compared, 1500)
        print("%d answers to clients foretold, rates given: none is wrong" % compared)

    def test_rates_told(self):
        all_wrong = compared = 0
        for name in self.scripts():
            wrong, count, _ = self.compare(name, capture=name + ".today")
            self.assertLessEqual(wrong, count / 100, name)
            all_wrong += wrong
            compared += count
        print("%d answers to clients foretold, rates told: %d wrong" % (compared, all_wrong))

    def test_dropped(self):
        """The old kernel's capture has as many SYNs without an answer as are dropped."""
        for name in self.scripts():
            if name + ".4.11" not in pcap.names("loop-*.4.11"):
                continue
            _, _, dropped = self.compare(name, capture=name + ".today")
            path = self.file("old", packets.pcap(pcap.capture(name + ".4.11")))
            self.assertEqual(dropped, self.read_json("--era", "4.11", path)["answers"]["none"])

    def test_old_kernels(self):
        """In a capture of an old kernel, all retries are there, and it changes nothing."""
        for name in self.scripts():
            for kernel in "4.11", "el7":
                capture = "%s.%s" % (name, kernel)
                if capture in pcap.names("loop-*"):
                    wrong, _, _ = self.compare(name, capture=capture)
                    self.assertEqual(wrong, 0, capture)


class Crafted(Case):
    """What each step of the closed loop does, in worlds made by hand. The client of port
    1000 has the newest TSvals; the clock of 2000 is 20 s behind it, and so on."""

    def test_late_connection_leaves_its_stamp_then(self):
        world = World()
        world.connection(0.5, 1000, 100000)
        world.connection(2.5, 2000, 80000)  # in after 31 s, when its TSval is 113500
        world.connection(34.5, 3000, 60000)  # 94500, behind that stamp until 53.5 s
        self.assertEqual(self.answers(world), {1000: ["after-0"], 2000: ["after-31"],
                                               3000: ["after-31"]})
        last = self.clients("--era", "4.11", os.path.join(self.folder, "world"))[-1]
        self.assertEqual(last["by"], "198.51.100.7:2000")
        self.assertAlmostEqual(float(last["by_time"]), BEGIN + 2.5 + 31.022, 3)

    def test_never_let_in_leaves_nothing(self):
        world = World()
        for second in range(0, 80):
            world.connection(second + 0.5, 1000 + second, 200000)
        world.connection(10.75, 3000, 0)
        world.connection(10.75 + 63 + 6, 4000, 100000)
        found = self.answers(world)
        self.assertEqual(found[3000], ["never"])
        self.assertEqual(found[4000], ["after-63"])

    def test_port_in_use(self):
        """The same port again, while the client before still asks."""
        world = World()
        world.connection(0.5, 1000, 100000)
        world.connection(2.5, 2000, 80000, server_closes=False)
        world.connection(10.5, 2000, 80000, hold=40, server_closes=False)
        self.assertEqual(self.answers(world)[2000], ["after-31", "after-15"])

    def test_client_gave_up(self):
        """The same port again, and the client before got no answer in the capture."""
        world = World()
        world.connection(0.5, 1000, 100000)
        world.ask(2.5, 2000, 80000)
        world.connection(10.5, 2000, 80000)
        self.assertEqual(self.answers(world)[2000], ["never", "after-15"])

    def test_late_bucket(self):
        """A bucket stays for 0.7 s. It takes the SYN, and the stamp does not matter."""
        for at, answer in (33.8, "after-0"), (34.8, "after-7"):
            world = World()
            world.connection(0.5, 1000, 100000)
            world.connection(2.5, 2000, 80000)  # its bucket begins at 33.522 s
            world.connection(33.6, 1001, 85000)  # TSval 118600
            world.connection(at, 2000, 80000)
            self.assertEqual(self.answers(world)[2000], ["after-31", answer], at)

    def test_unanswered(self):
        world = World()
        seq = world.ask(0.5, 1000, 100000)
        world.send(1.5, 1000, 100000, seq, 0, SYN)
        world.connection(2.5, 1001, 100000)
        world.ask(3.5, 2000, 0)
        self.assertEqual(self.answers(world), {1000: ["unknown"], 1001: ["after-0"],
                                               2000: ["unknown"]})
        found = self.read_json("--closed-loop", "--era", "4.11",
                               os.path.join(self.folder, "world"))
        found = found["closed_loop"]["eras"]["4.11"]
        self.assertEqual((found["clients"], found["unknown"], found["after"]["0"]), (3, 2, 1))
        self.assertEqual(found["paws_passive"], 6)

    def test_answered_by_a_retry(self):
        """The retries in the capture count by their time and TSval there. If the check lets
        by one that got no answer, the connection is earlier than in the capture."""
        for clock, answer, begin in (100000, "after-0", 1.5), (97000, "after-3", 4.6):
            world = World()
            world.connection(0.5, 1000, 100000)
            seq = world.ask(1.5, 2000, clock)
            for retry in 1.1, 3.1:
                world.send(1.5 + retry, 2000, clock, seq, 0, SYN)
            world.seq = seq - 1000000
            world.connection(8.7, 2000, clock)
            world.connection(9.5, 3000, 0)
            self.assertEqual(self.answers(world)[2000], [answer])
            last = self.clients("--era", "4.11", os.path.join(self.folder, "world"))[-1]
            self.assertAlmostEqual(float(last["by_time"]), BEGIN + begin + 0.022, 3)

    def test_refused(self):
        world = World()
        world.connection(0.5, 1000, 100000)
        seq = world.ask(1.5, 2000, 100000)
        world.send(1.5, 2000, 100000, 0, seq + 1, RST | ACK, server=True)
        self.assertEqual(self.answers(world), {1000: ["after-0"]})
        found = self.read_json("--closed-loop", os.path.join(self.folder, "world"))
        self.assertEqual(found["closed_loop"]["refused"], 1)

    def test_bsd(self):
        """Apple's SYNs have no timestamp after 11 s, and until 3.16 such a SYN passed."""
        world = World()
        for second in range(0, 100):
            world.connection(second + 0.5, 1000 + second, 900000)
        world.connection(10.75, 3000, 0)
        for era, name, answer in (("3.14", "bsd", "after-11"), ("3.14", "linux", "never"),
                                  ("3.14", "linux-6.5", "never"),
                                  ("4.11", "bsd", "never")):
            found = self.answers(world, "--retries", name, era=era)
            self.assertEqual(found[3000], [answer], (era, name))
        # A connection without timestamps leaves no stamp.
        world = World()
        world.connection(0.5, 1000, 900000)
        world.connection(5.5, 1000, 900000)
        world.connection(10.75, 3000, 0)
        world.connection(23.75, 3001, 2000)
        found = self.answers(world, "--retries", "bsd", era="3.14")
        self.assertEqual((found[3000], found[3001]), (["after-11"], ["after-11"]))

    def test_rates(self):
        """A rate that the connection is too short to show is that of the line."""
        world = World()
        for second in range(0, 8):
            world.connection(second + 0.5, 1000 + second, 100000, hold=0)
        path = self.file("world", world.pcap())
        for args, rate, told in ([], "1000", "line"), (["--hz", "250"], "250", "given"):
            for client in self.clients("--era", "4.11", *args, path):
                self.assertEqual((client["rate"], client["rate_from"]), (rate, told))
        world = World()
        world.connection(0.5, 1000, None)
        world.connection(1.5, 1001, 100000, hold=0)
        world.connection(2.5, 1002, 100000, hold=2)
        found = self.clients("--era", "4.11", self.file("world", world.pcap()))
        self.assertEqual([client["rate_from"] for client in found], ["none", "assumed", "own"])


class Output(Case):
    def setUp(self):
        super().setUp()
        self.path = self.file("capture", packets.pcap(pcap.capture("loop-1.today")))

    def test_words(self):
        out = self.run_it("--closed-loop", self.path)
        self.assertIn("    143 would have got in at once\n", out)
        self.assertIn("    486 SYNs dropped, which TcpExtPAWSPassive would have counted\n",
                      out)
        self.assertRegex(out, r"\n    4\.1 to 4\.11 +143 +0 +0 +1 +0 +1 +5 +64 +486\n")
        self.assertRegex(out, r"\n    198\.51\.100\.12 to 192\.0\.2\.1 +91 .* 57 +399\n")
        self.assertIn("measured for 214.\n", out)
        top = self.run_it("--closed-loop", "--top", "1", self.path)
        self.assertIn("\n    and 1 more; see --top\n", top)

    def test_notes_once(self):
        self.run_it("--closed-loop", "--era", "el5,4.11", self.path, noise=True)
        self.assertEqual(self.said.count("read from the source"), 1)

    def test_json(self):
        found = self.read_json("--closed-loop", self.path)["closed_loop"]
        self.assertEqual(found["retries"], "linux")
        self.assertEqual(sum(found["rates"].values()), 214)
        self.assertEqual(len(found["eras"]), 10)
        for era in found["eras"].values():
            self.assertEqual(era["clients"], era["never"] + era["unknown"] +
                             sum(era["after"].values()))
            for key in "clients", "never", "paws_passive", "after_capture":
                self.assertEqual(era[key], sum(peer[key] for peer in era["peers"]))
        self.assertNotIn("closed_loop", self.read_json(self.path))

    def test_events(self):
        events = self.run_it("--closed-loop", "--events", self.path)
        self.assertEqual(events.count(": syn_rejected: "), 486)
        page = os.path.join(self.folder, "page.html")
        subprocess.run([os.path.join(pcap.TREE, "scripts/tools/twr-report"), "-o", page,
                        self.file("events", events)], check=True, stdout=subprocess.DEVNULL)
        self.assertGreater(os.path.getsize(page), 10000)

    def test_wrong_options(self):
        bad = [self.file("bad%d" % number, text) for number, text in enumerate((
            "192.0.2.7", "192.0.2.7 0", "x 100", "192.0.2.7 9-1 100", "192.0.2.7 1 2 3",
            "192.0.2.7 1-70000 100", "192.0.2.7 1-2 100 x"))]
        for args in ([["--closed-loop", "--clocks", path, self.path] for path in bad] +
                     [["--closed-loop", "--clocks", self.folder + "/none", self.path],
                      ["--closed-loop", "--retries", "x", self.path],
                      ["--retries", "x", self.path], ["--clocks", bad[0], self.path],
                      ["--closed-loop", "-i", "lo"]]):
            self.run_it(*args, status=2)
            self.assertRegex(self.said, r"^twr-pcap: [^\n]+\n$", args)


class Shards(pcap.Parts):
    """The sums of the parts are the whole."""

    def test_real_captures(self):
        for name in "loop-1.today", "loop-9.4.11", "basics.4.11":
            path = self.file(name, packets.pcap(pcap.capture(name)))
            for of in 1, 3:
                whole, _ = self.add_up(of, "--closed-loop", path)
            self.assertGreater(len(whole["closed_loop"]["eras"]["4.11"]["peers"]), 1)

    def test_crowd(self):
        """The peers are divided, and some clients of each part wait."""
        servers = ["192.0.2.1", "192.0.2.2"]
        path = self.file("crowd", packets.pcap(packets.crowd(600, servers)))
        clocks = self.file("clocks", "192.0.2.9 250\n")
        _, parts = self.add_up(4, "--closed-loop", "--retries", "bsd", "--clocks", clocks,
                               path)
        for part in parts:
            era = part["closed_loop"]["eras"]["4.11"]
            self.assertGreater(len(era["peers"]), 50)
            self.assertGreater(era["paws_passive"], 20)

    def test_other_options(self):
        path = self.file("crowd", packets.pcap(packets.crowd(30)))
        clocks = [self.file("clocks%d" % hz, "192.0.2.9 %d\n" % hz) for hz in (100, 250)]
        one, two = self.parts(2, "--closed-loop", "--clocks", clocks[0], path)
        for args in ([], ["--closed-loop"], ["--closed-loop", "--clocks", clocks[1]],
                     ["--closed-loop", "--clocks", clocks[0], "--retries", "bsd"]):
            odd = self.run_it("--json", "--shard", "2/2", *args, path)
            self.run_it("--add", one, self.file("odd", odd), status=1)
            self.assertIn("they have other options", self.said)
        text = self.text(two)
        for broken in (text.replace('"closed_loop"', '"open_loop"'),
                       text.replace('"paws_passive": ', '"paws_passive": -'),
                       text.replace('"never_unanswered"', '"never"'),
                       text.replace('"peers": [{"peer": "1', '"peers": [{"peer": "x')):
            self.assertNotEqual(broken, text)
            self.run_it("--add", one, self.file("odd", broken), status=1)
            self.assertIn("not what twr-pcap --json --shard K/N prints", self.said)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: pcap-loop.py TWR-PCAP")
    pcap.program = os.path.abspath(sys.argv.pop(1))
    unittest.main()
