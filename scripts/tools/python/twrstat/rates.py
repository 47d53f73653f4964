# SPDX-License-Identifier: GPL-2.0
#
# rates: prints the counters as rates, one line for each interval

from common.format import format_rate
from twrstat.table import fit_columns

# Headings and names of the columns. A narrow screen shows the first ones.
RATES = [
    ("rejected", "syns_rejected"), ("seen", "syns_seen"), ("checked", "syns_checked"),
    ("older", "syns_rejected_older"), ("untimed", "syns_rejected_untimed"),
    ("exempt", "exempt"), ("stamps", "stamps_recorded"), ("lost", "lost"),
    ("evicted", "peers_evicted"), ("peers", "peers"), ("refused", "stamps_refused"),
]


def print_rates(take, ticks, out):
    before = take()
    columns = [(head, name, max(len(head), 6)) for head, name in RATES
               if name in before.counters or name == "exempt" or
               name == "lost" and before.lost]
    columns = columns[:fit_columns([width for _, _, width in columns], out.width)]
    heading = " ".join(head.rjust(width) for head, _, width in columns)[:out.width]
    out.print_raw(heading)
    printed = 0
    for _ in ticks:
        now = take()
        rates = now.find_rates(before)
        note = " (reset)" if rates is None else ""
        rates = dict(rates or {})
        rates["peers"] = now.counters.get("peers")
        if printed == out.height - 2:
            out.print_raw(heading)
            printed = 0
        line = " ".join(format_rate(rates.get(name)).rjust(width) for _, name, width in columns)
        # The note needs room; an unknown rate is printed as - in any case.
        if out.width and len(line + note) > out.width:
            note = ""
        out.print_raw(line + note)
        printed += 1
        before = now
