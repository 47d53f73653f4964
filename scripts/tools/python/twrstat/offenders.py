# SPDX-License-Identifier: GPL-2.0
#
# offenders: reads the table of offenders, the peers that would have been rejected most
#
# A row is a dictionary with the names of the table's heading; None stands for -.

import re

from common.module import DEBUGFS
from twrstat.debugfs import read_debugfs


def parse_value(word):
    """A number, a word, or None for -."""
    if word == "-":
        return None
    return int(word) if re.match("-?[0-9]+$", word) else word


def read_offenders(files, netns=None):
    folder = DEBUGFS if netns is None else "%s/netns/%d" % (DEBUGFS, netns)
    lines = read_debugfs(files, folder + "/offenders", "offenders",
                         "offenders: the module that is loaded does not list them").splitlines()
    names = lines[0].split() if lines else []
    return [dict(zip(names, map(parse_value, line.split()))) for line in lines[1:]]


def format_field(row, name):
    return "-" if row.get(name) is None else str(row[name])


def key_of(row):
    return row.get("local"), row.get("peer"), row.get("netns")


def count_exactly(row):
    """How many SYNs were rejected since the peer came into the table. The field `rejected` also
    counts those of peers that had its place before."""
    return (row.get("older") or 0) + (row.get("untimed") or 0)


def add_rates(rows, before, seconds):
    """Adds per_s to each row: None for a peer that was not in the table before."""
    old = {key_of(row): row for row in before}
    for row in rows:
        was = old.get(key_of(row))
        moved = count_exactly(row) - count_exactly(was) if was else -1
        row["per_s"] = moved / seconds if moved >= 0 and seconds > 0 else None
