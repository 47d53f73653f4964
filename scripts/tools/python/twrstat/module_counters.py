# SPDX-License-Identifier: GPL-2.0
#
# module_counters: what the module knows about SYNs that no counter of the kernel tells
#
# The file of this network namespace is in debugfs, for root. Others, and those without
# debugfs, see the sum of all namespaces.

from common.module import DEBUGFS, SYSFS
from twrstat.proc import WrongForm, parse_number

PREFIX = "tw_recycle_sim/"
# Where the counters are summed up for all namespaces, their names say so.
EVERYWHERE = "tw_recycle_sim(all namespaces)/"


def parse_module(text, prefix):
    found = {}
    for words in filter(None, map(str.split, text.splitlines())):
        if len(words) != 2:
            raise WrongForm("a line has %d words" % len(words))
        found[prefix + words[0]] = parse_number(words[1], words[0])
    return found


def read_module(files, reading):
    """Adds nothing if the module is not loaded, is too old, or may not be read."""
    inode = files.find_inode("/proc/self/ns/net")
    for path, prefix in (("%s/netns/%s/counters" % (DEBUGFS, inode), PREFIX),
                         (SYSFS + "/counters", EVERYWHERE)):
        text = files.read_text(path)
        if text is not None:
            reading.add(path, lambda: parse_module(text, prefix))
            return
