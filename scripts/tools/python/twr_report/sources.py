# SPDX-License-Identifier: GPL-2.0
#
# sources: opens the recordings that the user names, as text or in trace-cmd's format

import io
import re
import shlex
import subprocess
import sys
import tempfile

from common.failure import Failure
from twr_report.clock import NANOSECONDS, TICKS, USE_ANOTHER

TRACE_CMD = b"\x17\x08\x44tracing"
WHOLE = re.compile(r"(\s\[[0-9]{3,5}\]\s*)([0-9]{1,30}): ")
CAPTURE = "a packet capture; twr-pcap --events %s | twr-report -o page.html"
# What a file that is no text begins with, and what to do with it.
MAGIC = [
    (b"PERFILE2", "perf's own format; use the output of perf script -i"),
    (TRACE_CMD, "trace-cmd's own format; give it as a file"),
    # pcap of both byte orders, with microseconds and with nanoseconds, and pcapng.
    (b"\xd4\xc3\xb2\xa1", CAPTURE),
    (b"\xa1\xb2\xc3\xd4", CAPTURE),
    (b"\x4d\x3c\xb2\xa1", CAPTURE),
    (b"\xa1\xb2\x3c\x4d", CAPTURE),
    (b"\x0a\x0d\x0d\x0a", CAPTURE),
    (b"\x1f\x8b", "compressed; unpack it first"),
    (b"\xfd7zXZ", "compressed; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed; unpack it first"),
]


def check_format(head, name, path):
    for magic, words in MAGIC:
        if head.startswith(magic):
            # twr-pcap would take a name that begins with - for an option.
            path = "./" + path if path.startswith("-") and path != "-" else path
            raise Failure("%s: %s" % (name, words.replace("%s", shlex.quote(path))))
    if b"\0" in head.split(b"\n")[0]:
        raise Failure("%s: not text" % name)


def read_text(file, name, path, recording):
    file = io.BufferedReader(file, 1 << 16)
    check_format(file.peek(256), name, path)
    recording.read_file(io.TextIOWrapper(file, encoding="utf-8", errors="replace"), name)


def find_clock(path):
    """The trace clock of a trace.dat; None if trace-cmd does not tell."""
    said = subprocess.run(["trace-cmd", "dump", "--options", "-i", path],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout.decode("utf-8", "replace")
    found = re.search(r"Option TRACECLOCK[^\n]*\n[^\n]*\[([\w-]+)\]", said)
    return found and found.group(1)


def check_clock(path, recording):
    """Refuses the clocks that count no time. Sets the unit of the others."""
    clock = find_clock(path)
    if clock in TICKS and (clock in ("counter", "uptime") or not recording.ticks):
        raise Failure("%s: recorded with the trace clock %s, which counts no seconds; %s%s" % (
            path, clock, USE_ANOTHER,
            "" if clock in ("counter", "uptime") else ", or give --ticks"))
    return clock


def write_seconds(line):
    """trace-cmd prints some clocks in whole nanoseconds."""
    return WHOLE.sub(lambda match: "%s%d.%09d: " % (
        match.group(1), *divmod(int(match.group(2)), 10 ** 9)), line, 1)


def read_trace_cmd(path, recording):
    try:
        clock = check_clock(path, recording)
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            with subprocess.Popen(["trace-cmd", "report", "-i", path],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=said) as program:
                before = program.stdout.peek(1)
                lines = (line.decode("utf-8", "replace") for line in program.stdout)
                if clock in NANOSECONDS:
                    lines = map(write_seconds, lines)
                recording.read_file(lines, path)
            said.seek(0)
            if program.returncode or not before:
                said = said.read().strip().splitlines() or ["it printed nothing"]
                raise Failure("%s: trace-cmd report failed: %s" % (path, said[-1].strip()))
    except FileNotFoundError:
        raise Failure("%s: trace-cmd's own format, and trace-cmd is not installed" % path)


def read_files(paths, recording):
    for path in paths or ["-"]:
        if path == "-":
            with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as file:
                read_text(file, "standard input", path, recording)
            continue
        try:
            with open(path, "rb") as file:
                magic = file.read(len(TRACE_CMD))
            if magic == TRACE_CMD:
                read_trace_cmd(path, recording)
                continue
            with open(path, "rb", buffering=0) as file:
                read_text(file, path, path, recording)
        except OSError as err:
            raise Failure("%s: %s" % (path, err.strerror))
