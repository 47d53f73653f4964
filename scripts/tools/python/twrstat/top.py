# SPDX-License-Identifier: GPL-2.0
#
# top: prints the offenders as a table, again after each interval

from common.format import format_duration, format_rate
from twrstat.intervals import begin_and_wait
from twrstat.offenders import add_rates, format_field, read_offenders
from twrstat.sample import Sample, WRONG
from twrstat.table import format_table


def format_behind(row):
    ms = row.get("behind_ms")
    if ms is not None:
        return format_duration(ms / 1000)
    return "-" if row.get("behind") is None else "%dticks" % row["behind"]


def show_field(name):
    return lambda row: format_field(row, name)


# Heading, fields that it needs, text. A narrow screen shows the first ones.
TOP = [
    ("peer", "peer", show_field("peer")),
    ("rejected", "rejected", show_field("rejected")),
    ("per_s", "per_s", lambda row: format_rate(row["per_s"])),
    ("checked", "checked", show_field("checked")),
    ("seems", "seems", show_field("seems")),
    ("hosts", "hosts", show_field("hosts")),
    ("clocks", "clocks", show_field("clocks")),
    ("behind", "behind", format_behind),
    ("unanswered", "unanswered", show_field("unanswered")),
    ("last", "last", lambda row: format_duration(row.get("last"))),
    ("loose", "loose", show_field("loose")),
    ("older", "older", show_field("older")),
    ("untimed", "untimed", show_field("untimed")),
    ("first", "first", lambda row: format_duration(row.get("first"))),
    ("local", "local", show_field("local")),
    ("over", "over", show_field("over")),
    ("rate", "rate", show_field("rate")),
    ("netns", "netns", show_field("netns")),
]
# Fields that have no column of their own.
TOP_TOLD = {"behind_ms"}


def print_top(rows, count, sample, out):
    rejected = sample.counters.get("syns_rejected", 0)
    summary = "%d of %d SYNs would have been rejected, era %s" % (
        rejected, sample.counters.get("syns_seen", 0), sample.era)
    if out.width is None or len(summary) <= out.width:
        out.print_raw(summary)
    if sample.count_lost_records():
        out.print_line("%d records lost. %s" % (sample.count_lost_records(), WRONG))
    rows = rows[:count] if count else rows
    if not rows:
        out.print_line("no peer would have been rejected" if not rejected else
                       "no peers are listed")
        return
    names = set().union(*rows)
    columns = [column for column in TOP if names.issuperset(column[1].split())]
    told = TOP_TOLD.union(*(column[1].split() for column in TOP))
    columns += [(name, name, show_field(name)) for name in rows[0] if name not in told]
    for line in format_table([head for head, _, _ in columns],
                             [[text(row) for _, _, text in columns] for row in rows],
                             {"peer", "seems", "local"}, out.width):
        out.print_raw(line)


def run_top(args, files, netns, out):
    before = None
    for n in begin_and_wait(args.seconds, args.count):
        sample = Sample(files, netns, peers=False)
        rows = read_offenders(files, netns)
        if before is not None:
            add_rates(rows, before[0], sample.time - before[1])
        before = rows, sample.time
        if args.seconds is not None:
            out.begin_page(n == 0)
        count = args.top
        if args.seconds is not None and out.tty:
            above = 3 + 3 * bool(sample.count_lost_records())
            count = min(count or len(rows), max(out.height - above, 1))
        print_top(rows, count, sample, out)
