# SPDX-License-Identifier: GPL-2.0
#
# why.py TWRSTAT - sets off causes of a SYN without an answer, and looks for each of them in
# what `twrstat --why` prints
#
# It runs in the network namespace red, with the client's end of a veth pair; blue has the
# server's end, 192.0.2.1. It sends packets that no client would send. The causes of whole
# machines, which only the first namespace counts, it sets off through nsenter.

import json
import socket
import struct
import subprocess
import sys
import time

from wire import ones_sum

HOME, CLIENT, NOBODY, UNROUTED = "192.0.2.1", "192.0.2.2", "192.0.2.99", "198.51.100.9"
SYN, ACK = 2, 16
# A process in blue that does what it is told, a line of Python at a time.
SERVANT = """
import json, socket, sys
kept = {}
def sysctl(name, value):
    with open("/proc/sys/net/" + name, "w") as file:
        file.write(str(value))
def listen(port, backlog):
    kept[port] = listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("192.0.2.1", port))
    listener.listen(backlog)
# The peer does not read, so that the FIN waits.
def leave_unread(port):
    server = kept[port].accept()[0]
    server.setblocking(False)
    try:
        while server.send(bytes(65536)):
            pass
    except BlockingIOError:
        server.close()
for line in sys.stdin:
    print(json.dumps(eval(line)), flush=True)
"""


def fail(words):
    sys.exit("why.py: " + words)


def await_that(condition, what):
    end = time.monotonic() + 120
    while not condition():
        if time.monotonic() > end:
            fail("waited too long for: " + what)
        time.sleep(0.05)


class Blue:
    def __init__(self):
        self.servant = subprocess.Popen(
            ["ip", "netns", "exec", "blue", sys.executable, "-c", SERVANT],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)
        # The device of blue has the name of the other namespace.
        self.mac = bytes.fromhex(
            self.tell("open('/sys/class/net/red/address').read()").strip().replace(":", ""))

    def tell(self, line):
        self.servant.stdin.write(line + "\n")
        self.servant.stdin.flush()
        answer = self.servant.stdout.readline()
        if not answer:
            fail("blue did not do: " + line)
        return json.loads(answer)

    def sysctl(self, name, value):
        self.tell("sysctl(%r, %r)" % (name, value))

    def count(self, name):
        """A counter of blue. /proc/PID/net is that of the process's namespace."""
        folder = "/proc/%d/net/" % self.servant.pid
        for path in "netstat", "snmp":
            with open(folder + path) as file:
                lines = [line.split() for line in file]
            for names, values in zip(lines[::2], lines[1::2]):
                found = dict(zip((names[0][:-1] + word for word in names), values))
                if name in found:
                    return int(found[name])
        with open(folder + "stat/rt_cache") as file:
            lines = [line.split() for line in file]
        return sum(int(line[lines[0].index(name)], 16) for line in lines[1:])

    def await_count(self, name, value):
        await_that(lambda: self.count(name) >= value, "%s of %d" % (name, value))



def ask_why(twrstat, *where):
    """What twrstat tells, as objects by cause."""
    out = subprocess.run([*where, twrstat, "--why", "--json", "-a"], stdout=subprocess.PIPE,
                         check=True).stdout
    found = json.loads(out.decode())
    if found["cannot_tell"]:
        fail("it cannot tell %s" % found["cannot_tell"])
    return {entry["what"]: entry for entry in found["why"]}


def ask_both(twrstat):
    """In blue, and for what only the first namespace shows, there."""
    told = ask_why(twrstat, "nsenter", "-t", "1", "-n")
    told.update(ask_why(twrstat, "ip", "netns", "exec", "blue"))
    return told


class Wire:
    """Sends packets from red to the device of blue."""

    def __init__(self, mac):
        self.mac = mac
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.socket.bind(("blue", 0))

    def frame(self, payload, kind=0x0800):
        own = self.socket.getsockname()[4]
        self.socket.send(self.mac + own + struct.pack(">H", kind) + payload)

    def segment(self, port, **more):
        """A SYN, if nothing else is said. Adding to a checksum makes it wrong."""
        source = socket.inet_aton(more.get("source", CLIENT))
        target = socket.inet_aton(more.get("target", HOME))
        options = b""
        if "tsval" in more:
            options = struct.pack(">BBBBII", 1, 1, 8, 10, more["tsval"] & 0xffffffff, 0)
        tcp = struct.pack(">HHIIBBHHH", more.get("sport", 4000), port, more.get("seq", 1000),
                          more.get("ack", 0), (20 + len(options)) << 2,
                          more.get("flags", SYN), 32767, 0, 0) + options
        pseudo = source + target + struct.pack(">HH", 6, len(tcp))
        check = (~ones_sum(pseudo + tcp) + more.get("add_tcp", 0)) & 0xffff
        tcp = tcp[:16] + struct.pack(">H", check) + tcp[18:]
        header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 7, 0, 64, 6, 0) + \
            source + target
        check = (~ones_sum(header) + more.get("add_ip", 0)) & 0xffff
        self.frame(header[:10] + struct.pack(">H", check) + header[12:] + tcp)


def damage(blue, wire):
    wire.segment(90, add_tcp=1)
    blue.await_count("TcpInCsumErrors", 1)
    wire.segment(90, add_ip=1)
    blue.await_count("IpExtInCsumErrors", 1)
    # A protocol that nobody knows; it ends before the packet after it.
    wire.frame(b"x" * 46, 0x88b5)


def misroute(blue, wire):
    wire.segment(90, target="203.0.113.9")
    blue.await_count("IpInAddrErrors", 1)
    blue.sysctl("ipv4/conf/red/forwarding", 1)
    wire.segment(90, target="203.0.113.9")
    blue.await_count("IpExtInNoRoutes", 1)
    blue.sysctl("ipv4/conf/red/forwarding", 0)
    wire.segment(90, source="127.0.0.1")
    blue.await_count("in_martian_src", 1)
    for name in "all", "red":
        blue.sysctl("ipv4/conf/%s/rp_filter" % name, 0)
    blue.tell("listen(90, 9)")
    wire.segment(90, source=UNROUTED)
    blue.await_count("IpOutNoRoutes", 1)
    blue.await_count("TcpExtListenDrops", blue.count("TcpExtListenOverflows") + 1)


def flood(blue, wire):
    """SYNs of a host that is not there fill the queue of a listener."""
    blue.sysctl("ipv4/tcp_syncookies", 0)
    blue.tell("listen(91, 1)")
    for sport in range(5000, 5020):
        wire.segment(91, source=NOBODY, sport=sport)
    blue.await_count("TcpExtTCPReqQFullDrop", 1)
    blue.sysctl("ipv4/tcp_syncookies", 1)
    for sport in range(5020, 5040):
        wire.segment(91, source=NOBODY, sport=sport)
    blue.await_count("TcpExtSyncookiesSent", 1)
    wire.segment(91, sport=5050, flags=ACK, ack=1)
    blue.await_count("TcpExtSyncookiesFailed", 1)


def far_away(blue, wire):
    blue.tell("listen(92, 9)")
    # IP_MINTTL, which Python does not name.
    blue.tell("kept[92].setsockopt(0, 21, 200)")
    wire.segment(92)
    blue.await_count("TcpExtTCPMinTTLDrop", 1)


def come_again(blue, wire):
    """SYNs for connections that are still open."""
    blue.sysctl("ipv4/tcp_invalid_ratelimit", 60000)
    # The client's timestamps count from its boot, without an offset.
    with open("/proc/sys/net/ipv4/tcp_timestamps", "w") as file:
        file.write("2")
    blue.tell("listen(93, 9)")
    before = blue.count("TcpExtPAWSEstab")
    client = socket.create_connection((HOME, 93))
    sport = client.getsockname()[1]
    newer = int(time.clock_gettime(time.CLOCK_MONOTONIC) * 1000) + (1 << 24)
    wire.segment(93, sport=sport, tsval=newer)
    blue.await_count("TcpExtTCPSYNChallenge", 1)
    for _ in range(3):
        wire.segment(93, sport=sport, tsval=1)
    blue.await_count("TcpExtPAWSEstab", before + 3)
    blue.await_count("TcpExtTCPACKSkippedPAWS", 1)


def untimed(blue, wire):
    """A SYN without timestamps and with an old sequence number meets TIME-WAIT. Only the
    module counts it. No connection of red was closed before, so the simulated kernel takes
    this one and has the bucket too."""
    with open("/proc/sys/net/ipv4/tcp_timestamps", "w") as file:
        file.write("0")
    blue.tell("listen(95, 9)")
    client = socket.create_connection((HOME, 95))
    sport = client.getsockname()[1]
    blue.tell("kept[95].accept()[0].close()")
    client.recv(1)
    client.close()
    bucket = ":005F %08X:%04X 06 " % (struct.unpack("=I", socket.inet_aton(CLIENT))[0], sport)
    path = "/proc/%d/net/tcp" % blue.servant.pid

    def waits():
        with open(path) as file:
            return bucket in file.read()

    await_that(waits, "TIME-WAIT")
    with open("/sys/kernel/tw_recycle_sim/exempt/timewait") as file:
        before = int(file.read())
    wire.segment(95, sport=sport, seq=1)

    def counted():
        with open("/sys/kernel/tw_recycle_sim/exempt/timewait") as file:
            return int(file.read()) > before

    await_that(counted, "exempt/timewait")


def refuse(blue, wire):
    resets = blue.count("TcpOutRsts")
    wire.segment(97)
    blue.await_count("TcpOutRsts", resets + 1)


def answer_nobody(blue, wire):
    """A SYN comes twice from a host that is not there, so that the SYN-ACK has no way."""
    blue.tell("listen(98, 9)")
    failed = count_in_first("arp_cache", "res_failed")
    for _ in range(2):
        wire.segment(98, source="192.0.2.98")
    await_that(lambda: count_in_first("arp_cache", "res_failed") > failed, "a neighbour that fails")


def count_in_first(file, name):
    """A counter of the machine, which only the first namespace shows."""
    with open("/proc/1/net/stat/" + file) as stream:
        lines = [line.split() for line in stream]
    return sum(int(line[lines[0].index(name)], 16) for line in lines[1:])


def set_in_first(name, value):
    """Set a sysctl of the machine, which only the first namespace has, and return what it was."""
    sysctl = ["nsenter", "-t", "1", "-n", "sysctl"]
    old = subprocess.run([*sysctl, "-n", name], stdout=subprocess.PIPE, check=True).stdout
    subprocess.run([*sysctl, "-qw", "%s=%s" % (name, value)], check=True)
    return old.decode().strip()


def leave_orphans(blue, _wire):
    """TCP may keep no socket that its program has closed. The kernel counts them ten times a
    second."""
    old = set_in_first("net.ipv4.tcp_max_orphans", "0")
    blue.tell("listen(99, 9)")
    clients = []

    def aborts():
        clients.append(socket.create_connection((HOME, 99)))
        blue.tell("leave_unread(99)")
        return blue.count("TcpExtTCPAbortOnMemory") > 0

    await_that(aborts, "TcpExtTCPAbortOnMemory")
    for client in clients:
        client.close()
    set_in_first("net.ipv4.tcp_max_orphans", old)


def no_time_wait(blue, _wire):
    blue.sysctl("ipv4/tcp_max_tw_buckets", 0)
    blue.tell("listen(94, 9)")
    client = socket.create_connection((HOME, 94))
    blue.tell("kept[94].accept()[0].close()")
    client.recv(1)
    client.close()
    blue.await_count("TcpExtTCPTimeWaitOverflow", 1)


def fill_conntrack(blue, wire):
    """A table of eight, too few for the SYNs that come. A rule of NAT switches tracking on."""
    subprocess.run(["ip", "netns", "exec", "blue", "nft", "-f", "-"], check=True,
                   input=b"table ip t {\nchain c {\n"
                         b"type nat hook postrouting priority 100;\n"
                         b"oifname lo masquerade\n}\n}\n")
    old = set_in_first("net.netfilter.nf_conntrack_max", "8")
    received = blue.count("IpInReceives")
    for sport in range(6000, 6020):
        wire.segment(90, sport=sport)
    blue.await_count("IpInReceives", received + 20)
    await_that(lambda: int(blue.tell(
        "open('/proc/sys/net/netfilter/nf_conntrack_count').read()")) >= 8, "eight entries")
    return lambda: set_in_first("net.netfilter.nf_conntrack_max", old)


# What each step must have added to, by the beginning of the cause's name.
CAUSES = [
    (damage, ["with a wrong TCP checksum", "with a wrong IP checksum", "dropped on receive",
              "SYNs that the module saw with a wrong checksum"]),
    (misroute, ["for an address that is not of this machine", "without a route in",
                "with a martian address", "without a route out",
                "dropped by a listener for other reasons"]),
    (flood, ["dropped, the SYN queue of a listener was full", "answered with a SYN cookie",
             "SYN cookies that came back wrong", "lines of the kernel log about SYN flooding",
             "SYNs that the module saw a listener answer with cookies",
             "SYNs that the module saw meet a full queue"]),
    (far_away, ["dropped for their low TTL"]),
    (come_again, ["that met an open connection", "rejected by timestamp, on open connections",
                  "answers skipped", "SYNs that the module saw meet an open connection"]),
    (untimed, ["SYNs that the module saw meet a connection in TIME-WAIT"]),
    (refuse, ["SYNs that the module saw without a listener"]),
    (answer_nobody, ["answers whose next hop did not answer",
                     "SYNs that the module saw come again while their SYN-ACK was out"]),
    (leave_orphans, ["connections ended for want of TCP memory",
                     "lines of the kernel log: TCP had too little memory"]),
    (no_time_wait, ["time wait buckets over the limit"]),
    (fill_conntrack, ["lines of the kernel log: the connection tracking table was full",
                      "connections tracked now"]),
]


def main():
    twrstat = sys.argv[1]
    blue = Blue()
    wire = Wire(blue.mac)
    before = ask_both(twrstat)
    undo = [step(blue, wire) for step, _ in CAUSES]
    after = ask_both(twrstat)
    told = 0
    for step, causes in CAUSES:
        for cause in causes:
            name = next((name for name in after if name.startswith(cause)), None)
            if name is None:
                fail("%s: nothing is told of what was %s" % (step.__name__, cause))
            was = before[name]["count"] if name in before else 0
            if after[name]["count"] <= was:
                fail("%s: still %d %s" % (step.__name__, was, name))
            if not after[name]["means"] or not after[name]["do"]:
                fail("no words for what was " + name)
            told += 1
    for step in filter(None, undo):
        step()
    blue.servant.kill()
    print(told)


main()
