# SPDX-License-Identifier: GPL-2.0
#
# sample: all counters of the module at one moment
#
# A newer module has one file with all counters, an older one has a file for each.

import os
import re
import time

from common.failure import Failure
from common.module import DEBUGFS, PARAMETERS, SYSFS
from twrstat.debugfs import read_debugfs

LOAD = "modprobe tw_recycle_sim, or insmod module/tw_recycle_sim.ko"
DENIED = "the module's counters: for root only, or load the module with mode=0440 " \
         "gid=GROUP; try sudo"
# Folders of counters, such as exempt/timewait.
GROUPS = "exempt", "delays", "timewait", "lost"
# What is of this moment, and does not only grow.
GAUGES = "delays/pending", "timewait/buckets", "timewait/simulated"
# Records of the simulated kernel that had no room: after the first loss verdicts can be wrong.
LOST_RECORDS = "timewait", "rejected"
WRONG = "From the first of them on verdicts can be wrong: load the module with more records="


class NotPermitted(Failure):
    """The module is loaded, but its counters may not be read."""


def parse_counters(text):
    """The file counters has a path and a number in each line, all of one moment."""
    words = (line.split() for line in text.splitlines())
    return {pair[0]: int(pair[1]) for pair in words
            if len(pair) == 2 and re.match("[0-9]{1,20}$", pair[1])}


def read_single_files(files, folder):
    """The same for an older module. Each file is read at a different moment."""
    found = files.read_numbers(folder)
    for group in GROUPS:
        found.update(("%s/%s" % (group, name), value)
                     for name, value in files.read_numbers("%s/%s" % (folder, group)).items())
    return found


def order_by_delay(item):
    return (not item[0].isdigit(), int(item[0]) if item[0].isdigit() else 0, item[0])


# When clients send a SYN again, by the module's parameter.
SCHEDULES = {"linux": "Linux 3.7 to 6.4", "linux-6.5": "Linux since 6.5",
             "bsd": "an Apple system"}


def find_schedule(files):
    """Whose schedule it is. A module without the parameter has that of Linux 3.7 to 6.4."""
    name = (files.read_text(PARAMETERS + "/schedule") or "linux").strip()
    return SCHEDULES.get(name, name)


class Sample:
    """The counters of all namespaces or of one."""

    def __init__(self, files, netns=None, peers=True):
        self.netns = netns
        while True:
            self.inode = files.find_inode(SYSFS)
            if self.inode is None:
                raise Failure("the module is not loaded: " + LOAD)
            self.read(files, peers)
            # If the module was loaded again meanwhile, some counters are those of the old one.
            if files.find_inode(SYSFS) == self.inode:
                break
        if not self.counters:
            raise Failure("the module is not loaded: " + LOAD)

    def read(self, files, peers):
        self.time = time.monotonic()
        self.era = (files.read_text(SYSFS + "/era") or "?").strip()
        self.schedule = find_schedule(files)
        if self.netns is None:
            self.counters = self.read_all(files)
        else:
            self.counters = self.read_namespace(files)
        groups = {name: {} for name in GROUPS}
        for path in [path for path in self.counters if "/" in path]:
            group, _, name = path.partition("/")
            if group in groups:
                groups[group][name] = self.counters.pop(path)
        self.exempt = groups["exempt"]
        self.delays = dict(sorted(groups["delays"].items(), key=order_by_delay))
        self.timewait = groups["timewait"]
        self.lost = groups["lost"]
        self.counters.pop("peers", None)
        self.read_buckets(files)
        if peers:
            self.read_peers(files)

    @staticmethod
    def read_all(files):
        for name in "counters", "syns_seen":
            try:
                with files.open("%s/%s" % (SYSFS, name)) as file:
                    text = file.read()
            except FileNotFoundError:
                continue
            except PermissionError:
                if os.geteuid() == 0:
                    raise NotPermitted("the module's counters: not permitted, not even "
                                       "to root")
                raise NotPermitted(DENIED)
            except OSError:
                # The module was unloaded at that moment.
                return {}
            if name == "counters":
                return parse_counters(text)
            break
        return read_single_files(files, SYSFS)

    def read_namespace(self, files):
        folder = "%s/netns/%d" % (DEBUGFS, self.netns)
        found = files.read_text(folder + "/counters")
        if found is not None:
            return parse_counters(found)
        # Every older version has this file, so the error of reading it is the reason.
        what = "namespace %d" % self.netns
        read_debugfs(files, folder + "/syns_seen", what, "the module knows no network " + what)
        return read_single_files(files, folder)

    def read_peers(self, files):
        """The number of peers is not one of the counters. It has a file of its own or, in a
        namespace, is the length of a table."""
        if self.netns is None:
            peers = files.read_number(SYSFS + "/peers")
        else:
            table = files.read_text("%s/netns/%d/peers" % (DEBUGFS, self.netns))
            peers = None if table is None else max(len(table.splitlines()) - 1, 0)
        if peers is not None:
            self.counters["peers"] = peers

    def read_buckets(self, files):
        """The numbers of TIME-WAIT sockets are no counters either. An older module has none."""
        if self.netns is None:
            found = {name: files.read_number("%s/timewait/%s" % (SYSFS, name))
                     for name in ("buckets", "simulated")}
        else:
            found = parse_counters(files.read_text("%s/netns/%d/timewait" % (
                DEBUGFS, self.netns)) or "")
        for name in "buckets", "simulated":
            self.timewait.pop(name, None)
            if found.get(name) is not None:
                self.timewait[name] = found[name]

    def count_lost_records(self):
        return sum(self.lost.get(name, 0) for name in LOST_RECORDS)

    def list_growing(self):
        """The values that only grow, by name."""
        flat = {name: value for name, value in self.counters.items() if name != "peers"}
        for group, found in (("exempt", self.exempt), ("delays", self.delays),
                             ("timewait", self.timewait), ("lost", self.lost)):
            flat.update(("%s/%s" % (group, name), value) for name, value in found.items()
                        if "%s/%s" % (group, name) not in GAUGES)
        return flat

    def find_rates(self, before):
        """Rates per second since before; None if the counters were reset or the module was
        reloaded."""
        old = before.list_growing()
        new = self.list_growing()
        if self.inode != before.inode or any(new.get(name, 0) < old[name] for name in old):
            return None
        seconds = self.time - before.time
        rates = {name: (new[name] - old.get(name, 0)) / seconds for name in new}
        rates["exempt"] = sum(rate for name, rate in rates.items()
                              if name.startswith("exempt/"))
        if self.lost:
            rates["lost"] = sum(rates.get("lost/" + name, 0) for name in LOST_RECORDS)
        return rates


def find_netns(files, text):
    """The inode number of a namespace. The user gives the number, a file or a name."""
    if text.isdigit():
        return int(text)
    path = text if "/" in text else "/run/netns/" + text
    inode = files.find_inode(path)
    if inode is None:
        raise Failure("there is no network namespace %s (no file %s)" % (text, path))
    return inode
