# SPDX-License-Identifier: GPL-2.0
#
# why: finds and prints the causes whose counters have changed on this machine

import fnmatch
import re
import time

from common.failure import Failure
from common.format import format_rate
from twrstat.causes import CAUSES, UNCOUNTED
from twrstat.intervals import wait_intervals
from twrstat.proc import read_machine
from twrstat.sample import NotPermitted, Sample, WRONG


def count_cause(cause, counters):
    """The sum of a cause's counters, and the names of those above zero. The sum is None if this
    kernel has none of them."""
    total = None
    parts = []
    for pattern in cause[1].split():
        off = pattern.startswith("-")
        for name in sorted(fnmatch.filter(counters, pattern.lstrip("-"))):
            total = (total or 0) + (-counters[name] if off else counters[name])
            if counters[name] and not off:
                parts.append(name)
        if off and total is not None:
            # Files are read one after another, and packets arrive meanwhile.
            total = max(total, 0)
    return total, parts


def list_rp_filters(files):
    """The kernel applies the larger of the device's value and that of `all`."""
    folder = "/proc/sys/net/ipv4/conf"
    words = ["%s=%d" % (name, value) for name, value in
             ((name, files.read_number("%s/%s/rp_filter" % (folder, name)))
              for name in files.list_names(folder) if name != "default") if value]
    return "rp_filter is " + (" ".join(words) or "0 on all")


def show_sysctls(text, files):
    def show(match):
        name = match.group(1)
        if name == "rp_filter":
            return list_rp_filters(files)
        value = files.read_text("/proc/sys/" + name.replace(".", "/"))
        if value is None:
            return name
        return "%s (now %s)" % (name, " ".join(value.split()))
    return re.sub(r"\{([a-z0-9_.]+)\}", show, text)


def find_causes(files, counters, everything, before=None, seconds=None):
    """The causes whose counters are above zero or, with before, have changed since then."""
    found = []
    for cause in CAUSES:
        total, parts = count_cause(cause, counters)
        if total is None:
            continue
        entry = {"what": cause[0], "count": total,
                 "counters": {name: counters[name] for name in parts}}
        if before is not None:
            was = count_cause(cause, before)[0] or 0
            # The counters of a device go when it is removed.
            entry["per_s"] = (total - was) / seconds if total >= was else None
        if everything or (entry["count"] if before is None else entry["per_s"]):
            entry["means"] = cause[2]
            entry["do"] = show_sysctls(cause[3], files)
            found.append(entry)
    return found


def print_why(found, rates, loaded, out):
    if isinstance(loaded, NotPermitted):
        out.print_line("    The module is loaded, and its counters cannot be read: %s" %
                       str(loaded).partition(": ")[2])
    elif loaded is not None:
        rejected = loaded.counters.get("syns_rejected", 0)
        out.print_line("    %d SYNs of %d would have been rejected by tcp_tw_recycle, era %s" %
                       (rejected, loaded.counters.get("syns_seen", 0), loaded.era))
        out.print_line("        The module drops none: this is no reason here and now.")
        if loaded.count_lost_records():
            out.print_line("        %d records lost. %s" % (loaded.count_lost_records(), WRONG))
    for entry in found:
        number = format_rate(entry["per_s"]) + "/s" if rates else "%d" % entry["count"]
        names = ", ".join(entry["counters"])
        names = " (%s)" % names if names else ""
        out.print_line("    %s %s%s" % (number, entry["what"], names))
        out.print_line("        " + entry["means"])
        out.print_line("        > " + entry["do"])
    if not found:
        out.print_line("    0: no counter of this machine %s a SYN without an answer" %
                       ("has moved for" if rates else "tells of"))
    out.print_line("    " + UNCOUNTED)


def run_why(args, files, out):
    def read_sample():
        try:
            return Sample(files, peers=False)
        except NotPermitted as err:
            return err
        except Failure:
            return None

    if args.seconds is None:
        print_why(find_causes(files, read_machine(files), args.all), False, read_sample(), out)
        return
    before, then = read_machine(files), time.monotonic()
    for n in wait_intervals(args.seconds, args.count):
        counters, now = read_machine(files), time.monotonic()
        out.begin_page(n == 1)
        found = find_causes(files, counters, args.all, before, now - then)
        print_why(found, True, read_sample(), out)
        before, then = counters, now
