# SPDX-License-Identifier: GPL-2.0
#
# kernel_log: counts lines of the kernel log that say why a SYN got no answer
#
# The kernel limits how often it prints such a line, and forgets old ones: there were at
# least as many events.

import errno
import os
import re

PATH = "/dev/kmsg"
# Messages have changed their beginnings and capital letters since 2.6.
LINES = {
    "log/conntrack_full": "(nf|ip)_conntrack: .*table full",
    "log/syn_flooding": "possible SYN flooding on port",
    "log/neighbour_full": "neighbou?r table overflow",
    "log/route_full": "dst cache overflow|Route cache is full",
    "log/tcp_memory": "TCP: out of memory|Out of socket memory|too many (of )?orphaned sockets",
    "log/ipvs_no_server": "IPVS: .*no destination available",
}
PATTERNS = {name: re.compile(words, re.IGNORECASE) for name, words in LINES.items()}
# A record of /dev/kmsg: its facility and level, its number, its time, and flags.
RECORD = re.compile(r"(\d+),\d+,\d+,[^;]*;(.*)")
NAMESPACE = re.compile(r"in netns (\d+)")
MOST = 1 << 24


class KernelLog:
    """Counts lines from the beginning of the log on; each read() adds those that are new."""

    def __init__(self, files):
        self.path = files.root + PATH
        self.netns = files.find_inode("/proc/self/ns/net")
        self.fd = None
        self.counts = dict.fromkeys(LINES, 0)

    def count(self, text):
        record = RECORD.match(text)
        if record:
            # Records of programs have another facility than 0, that of the kernel.
            if int(record.group(1)) >> 3:
                return
            text = record.group(2)
        for name, pattern in PATTERNS.items():
            if pattern.search(text):
                where = NAMESPACE.search(text)
                if where is None or self.netns in (None, int(where.group(1))):
                    self.counts[name] += 1

    def read(self):
        """Raises OSError if the log may not be read."""
        if self.fd is None:
            self.fd = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        data = b""
        while len(data) < MOST:
            try:
                part = os.read(self.fd, 65536)
            except BlockingIOError:
                break
            except OSError as err:
                # Records were overwritten before they could be read.
                if err.errno == errno.EPIPE:
                    continue
                raise
            if not part:
                break
            data += part
        for line in data.decode("utf-8", "replace").split("\n"):
            # The lines after a record's first one belong to it.
            if not line.startswith(" "):
                self.count(line)
        return dict(self.counts)
