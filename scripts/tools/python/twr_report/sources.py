# SPDX-License-Identifier: GPL-2.0
#
# sources: opens the recordings that the user names, as text or in trace-cmd's format

import subprocess
import sys
import tempfile

from common.failure import Failure


def check_lines(file, name):
    """The lines of a file. The first line shows whether it is text."""
    first = True
    for line in file:
        if first and line.startswith("PERFILE2"):
            raise Failure("%s: perf's own format; use the output of perf script -i" % name)
        if first and "\x08Dtracing" in line:
            raise Failure("%s: trace-cmd's own format; give it as a file" % name)
        if first and "\0" in line:
            raise Failure("%s: not text" % name)
        first = False
        yield line


def read_trace_cmd(path, recording):
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
        raise Failure("%s: trace-cmd's own format, and trace-cmd is not installed" % path)


def read_files(paths, recording):
    for path in paths or ["-"]:
        if path == "-":
            text = open(sys.stdin.fileno(), encoding="utf-8", errors="replace",
                        closefd=False)
            recording.read(check_lines(text, "standard input"))
            continue
        try:
            with open(path, "rb") as file:
                magic = file.read(10)
            if magic == b"\x17\x08\x44tracing":
                read_trace_cmd(path, recording)
                continue
            with open(path, encoding="utf-8", errors="replace") as file:
                recording.read(check_lines(file, path))
        except OSError as err:
            raise Failure("%s: %s" % (path, err.strerror))
