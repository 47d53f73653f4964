# SPDX-License-Identifier: GPL-2.0
#
# sources: what is known about this machine, and what could not be read
#
# A source that every kernel has, or that is there but cannot be read, is a gap: whatever
# hangs on it is not known. A source that a kernel may lack is only noted as absent.

import os
import re

from twrstat.kernel_log import KernelLog
from twrstat.module_counters import read_module
from twrstat.proc import (WrongForm, parse_dev, parse_netstat, parse_number, parse_snmp,
                          parse_snmp6, sum_processors, sum_softnet)

# More than any kernel prints into one of these files.
MOST = 1 << 24
DEVICES = "/sys/class/net"
# For each source, what its counters tell.
TELLS = {
    "/proc/net/netstat": "full queues of listeners, SYN cookies, timestamps, the reverse-path "
                         "filter, memory",
    "/proc/net/snmp": "checksums, addresses and routes of IPv4",
    "/proc/net/snmp6": "addresses and routes of IPv6",
    "/proc/net/stat/nf_conntrack": "connection tracking",
    "/proc/net/stat/rt_cache": "martian addresses",
    "/proc/net/stat/arp_cache": "neighbours of IPv4",
    "/proc/net/stat/ndisc_cache": "neighbours of IPv6",
    "/proc/net/softnet_stat": "queues of the processors",
    DEVICES: "network cards",
    "/dev/kmsg": "the kernel log: floods and full tables",
}
# The names of the counters of each source.
COUNTERS = {
    "/proc/net/netstat": "(TcpExt|IpExt)",
    "/proc/net/snmp": "(Ip|Tcp)(?!Ext|6)",
    "/proc/net/snmp6": "Ip6",
    "/proc/net/stat/nf_conntrack": "nf_conntrack/",
    "/proc/net/stat/rt_cache": "rt_cache/",
    "/proc/net/stat/arp_cache": "arp_cache/",
    "/proc/net/stat/ndisc_cache": "ndisc_cache/",
    "/proc/net/softnet_stat": "softnet/",
    DEVICES: r"\*/",
    "/dev/kmsg": "log/",
}
# Files that a kernel may lack: those of IPv6, of modules, and of the first namespace alone.
MAY_LACK = ("/proc/net/snmp6", "/proc/net/stat/nf_conntrack", "/proc/net/stat/rt_cache",
            "/proc/net/stat/arp_cache", "/proc/net/stat/ndisc_cache")
IPV6_IS_THERE = "/proc/net/if_inet6", "/proc/sys/net/ipv6"


class Reading:
    """Counters by name, and gaps: the reason by source. Sources in absent are those that this
    kernel lacks, others are texts about what else is not told."""

    def __init__(self):
        self.counters = {}
        self.gaps = {}
        self.absent = {}
        self.others = []

    def add(self, source, parse):
        try:
            self.counters.update(parse())
        except FileNotFoundError as err:
            (self.absent if source in MAY_LACK else self.gaps)[source] = err.strerror
        except OSError as err:
            self.gaps[source] = err.strerror or str(err)
        except (WrongForm, ValueError) as err:
            self.gaps[source] = str(err)

    def tells(self, pattern):
        """The source that would have the counter, or None if no source of TELLS does."""
        for source, names in COUNTERS.items():
            if re.match(names, pattern.lstrip("-")):
                return source
        return None


def read_whole(files, path):
    with files.open(path) as file:
        text = file.read(MOST + 1)
    if len(text) > MOST:
        raise WrongForm("it is longer than any kernel's")
    if not text.strip():
        raise WrongForm("it is empty")
    return text


def read_statistics(files, names):
    found = {}
    for device in names:
        folder = "%s/%s/statistics" % (DEVICES, device)
        for name in files.list_names(folder):
            if not name.startswith(("rx_", "tx_")):
                continue
            try:
                with files.open("%s/%s" % (folder, name)) as file:
                    text = file.read(64).strip()
            except (FileNotFoundError, NotADirectoryError):
                # The device was removed at that moment.
                continue
            found["%s/%s" % (device, name)] = parse_number(text, "%s/%s" % (device, name))
    return found


def read_devices(files):
    """/sys may be that of another network namespace, after `nsenter -n` for instance. The
    devices in /proc/net/dev are always those of the process."""
    names = [name for name in os.listdir(files.root + DEVICES)
             if files.find_inode("%s/%s/statistics" % (DEVICES, name)) is not None] \
        if files.find_inode(DEVICES) is not None else []
    text = files.read_text("/proc/net/dev")
    if text is not None:
        own = parse_dev(text)
        if {name.rpartition("/")[0] for name in own} != set(names):
            return own
    if not names:
        raise WrongForm("no devices in it")
    return read_statistics(files, sorted(names))


class Machine:
    """The machine that the program runs on, or a folder with its files."""

    def __init__(self, files):
        self.files = files
        self.log = KernelLog(files)

    def read(self):
        found = Reading()

        def add(path, parse, *args):
            found.add(path, lambda: parse(read_whole(self.files, path), *args))

        add("/proc/net/netstat", parse_netstat)
        add("/proc/net/snmp", parse_snmp)
        add("/proc/net/snmp6", parse_snmp6)
        for name in "nf_conntrack", "rt_cache", "arp_cache", "ndisc_cache":
            add("/proc/net/stat/" + name, sum_processors, name)
        add("/proc/net/softnet_stat", sum_softnet)
        found.add(DEVICES, lambda: read_devices(self.files))
        if "/proc/net/snmp6" in found.absent and any(
                self.files.find_inode(path) is not None for path in IPV6_IS_THERE):
            found.gaps["/proc/net/snmp6"] = found.absent.pop("/proc/net/snmp6")
        # The log repeats what counters tell, but for connection tracking: read_states() says
        # when it is missed.
        try:
            found.counters.update(self.log.read())
        except OSError as err:
            found.absent["/dev/kmsg"] = err.strerror
        read_module(self.files, found)
        return found
