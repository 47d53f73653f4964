# SPDX-License-Identifier: GPL-2.0
#
# netstat_text: takes counters out of the text of netstat -s or nstat, as reports quote it
#
# netstat -s has had the same words since net-tools 1.60, but for those with | below. A counter
# that it has no words for is printed by its name. It leaves out counters of TcpExt and IpExt
# that are zero.

import codecs
import json
import re
import sys

from common.failure import Failure
from twrstat.causes import CAUSES
from twrstat.proc import WrongForm, parse_number, parse_two_lines
from twrstat.sources import COUNTERS, MOST, Reading, TELLS

WORDS = [
    ("InHdrErrors", "with invalid headers"),
    ("InAddrErrors", "with invalid addresses"),
    ("InDiscards", "incoming packets discarded"),
    ("OutNoRoutes", "dropped because of missing route"),
    ("InNoRoutes", "incoming packets with no route"),
    ("TcpExtSyncookiesSent", "SYN cookies sent"),
    ("TcpExtSyncookiesFailed", "invalid SYN cookies received"),
    ("TcpExtPAWSPassive", "passive connections rejected because of time ?stamp"),
    ("TcpExtPAWSEstab",
     "packets reject(ed|s) in established connections because of time ?stamp"),
    ("TcpExtListenOverflows", "times the listen queue of a socket overflowed"),
    ("TcpExtListenDrops", "SYNs to LISTEN sockets (dropped|ignored)"),
    ("TcpExtTCPAbortOnMemory", "connections aborted due to memory pressure"),
]
NUMBER_BEFORE = r"(?<![\w.,-])(\d{1,3}(?:,\d{3})+|\d{1,20})\s+"
PATTERNS = [(name, re.compile(NUMBER_BEFORE + words, re.IGNORECASE),
             re.compile(r"[\s>|]*(\S+)\s+%s\.?\s*$" % words, re.IGNORECASE))
            for name, words in WORDS]
SECTION = re.compile(
    r"[\s>|]*(Ip6?|Icmp6?|IcmpMsg|Tcp|Udp6?|UdpLite|TcpExt|IpExt|MPTcpExt):\s*$")
BY_NAME = re.compile(r"[\s>|]*([A-Z][A-Za-z0-9]+):\s+(\S+)\s*$")
OF_NSTAT = re.compile(r"[\s>|]*((?:TcpExt|IpExt|MPTcpExt|Tcp|Ip6|Ip|Udp|Icmp)[A-Z0-9]\w*)\s+"
                      r"(\S+)(?:\s+[0-9.]+)?\s*$")
NSTAT_BEGINS = re.compile(r"^#(kernel|[0-9.]+ )", re.MULTILINE)
OF_PROC = re.compile(r"^(TcpExt|IpExt|Tcp|Ip): \S", re.MULTILINE)
# What a whole text has: that of `netstat -s`, or of `netstat -st`.
WHOLE = {"Tcp", "TcpExt"}


def split_name(counter):
    """The section of a counter."""
    found = re.match("TcpExt|IpExt|Ip6|Ip|Tcp", counter)
    return found and found.group()


# All counters that some cause needs.
NEEDED = {pattern.lstrip("-") for cause in CAUSES for pattern in cause[1].split()
          if split_name(pattern.lstrip("-"))}
LEFT_OUT = {
    "netstat": "counters that netstat -s leaves out: those that are zero, and those that its "
               "kernel does not have",
    "nstat": "counters that nstat leaves out: without -z those that are zero, without -a what "
             "was there at its last call",
}


class Text:
    """The counters of a text, the sections that it has, and words that are no numbers."""

    def __init__(self, text):
        self.counters = {}
        self.sections = set()
        self.wrong = []
        self.kind = "netstat"
        if text.lstrip()[:1] == "{":
            self.read_json(text)
        elif OF_PROC.search(text):
            self.kind = "proc"
            lines = [line for line in text.splitlines() if re.match(r"\w+: \S", line)]
            self.counters = parse_two_lines("\n".join(lines), [])
            self.sections = {line.partition(":")[0] for line in lines}
        else:
            self.whole_nstat = bool(NSTAT_BEGINS.search(text))
            self.read_lines(text)

    def has_zeros(self):
        """Whether the text also has counters of TcpExt that are zero."""
        return any(not value for name, value in self.counters.items()
                   if name.startswith("TcpExt"))

    def read_json(self, text):
        try:
            found = json.loads(text)["kernel"]
            self.counters = {str(name): parse_number(str(value), name)
                             for name, value in found.items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise WrongForm("it is not the JSON of nstat")
        self.kind = "nstat"
        self.sections = {"Ip", "Tcp", "TcpExt"}

    def take(self, name, word):
        try:
            self.counters[name] = parse_number(word.replace(",", ""), name)
        except WrongForm as err:
            if name in NEEDED:
                self.wrong.append(str(err))

    def read_lines(self, text):
        section = None
        for line in text.splitlines():
            heading = SECTION.match(line)
            if heading:
                section = heading.group(1)
                self.sections.add(section)
                continue
            named = BY_NAME.match(line)
            if named:
                for known in [section] if section else ["TcpExt", "IpExt"]:
                    if section or known + named.group(1) in NEEDED:
                        self.take(known + named.group(1), named.group(2))
                continue
            counted = OF_NSTAT.match(line)
            if counted:
                self.kind = "nstat"
                self.take(*counted.groups())
                if self.whole_nstat:
                    self.sections.update(("Ip", "Tcp", "TcpExt"))
                continue
            self.read_words(line, section)

    def read_words(self, line, section):
        for name, pattern, without in PATTERNS:
            match = pattern.search(line) or without.match(line)
            if match:
                # The words about IP are the same for IPv4 and IPv6.
                if not name.startswith("TcpExt"):
                    if section not in (None, "Ip", "Ip6"):
                        continue
                    name = (section or "Ip") + name
                self.take(name, match.group(1))
                return


def read_file(path):
    try:
        if path == "-":
            data = sys.stdin.buffer.read(MOST + 1)
        else:
            with open(path, "rb") as file:
                data = file.read(MOST + 1)
    except OSError as err:
        raise Failure("%s: %s" % (path, err.strerror))
    if len(data) > MOST:
        raise Failure("%s: longer than any text of netstat -s" % path)
    # Windows writes such files.
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if wide else "utf-8-sig", "replace")


def read_netstat_text(path):
    """A reading of what the text tells; nothing of this machine is in it."""
    name = "standard input" if path == "-" else path
    text = read_file(path)
    if not text.strip():
        raise Failure("%s: it is empty" % name)
    try:
        found = Text(text)
    except WrongForm as err:
        raise Failure("%s: cannot tell: %s" % (name, err))
    if not (found.counters or found.wrong or found.sections & WHOLE):
        raise Failure("%s: cannot tell: no line of it is one of netstat -s or nstat of Linux, "
                      "in English (LC_ALL=C)" % name)
    reading = Reading()
    reading.counters = found.counters
    if found.wrong:
        reading.gaps[name] = "; ".join(found.wrong)
    judge_whole(found, reading, name)
    return reading


def judge_whole(found, reading, name):
    """Adds zeros for what a whole text leaves out. What a part leaves out is not known."""
    counters = reading.counters
    if found.sections >= WHOLE or found.kind == "proc":
        if found.kind in LEFT_OUT and not found.has_zeros():
            reading.others.append(LEFT_OUT[found.kind])
            wrong = {text.partition(" ")[0] for text in found.wrong}
            counters.update((counter, 0) for counter in NEEDED - wrong - set(counters)
                            if split_name(counter) in found.sections | {"IpExt"})
    else:
        reading.others.append("the rest of the text, which is only a part")
        if "TcpExtListenDrops" in counters and "TcpExtListenOverflows" not in counters:
            counters["text/TcpExtListenDrops"] = counters.pop("TcpExtListenDrops")
        if not any(counters.get(counter) for counter in {*NEEDED, "text/TcpExtListenDrops"}):
            reading.gaps.setdefault(name, "only a part of the text, of use is all of it: "
                                          "netstat -s without grep")
    for source, words in TELLS.items():
        if not any(re.match(COUNTERS[source], counter) for counter in counters):
            reading.others.append(words)
