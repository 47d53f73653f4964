# SPDX-License-Identifier: GPL-2.0
#
# why: finds and prints the causes whose counters have changed on this machine

import fnmatch
import re
import time

from common.failure import Failure
from common.format import format_rate
from common.module import NAME
from twrstat.causes import ABSENT, CAUSES, UNCOUNTED, WITHOUT_MODULE
from twrstat.intervals import wait_intervals
from twrstat.module_counters import EVERYWHERE, PREFIX
from twrstat.netstat_text import read_netstat_text
from twrstat.sample import NotPermitted, Sample, WRONG
from twrstat.sources import Machine, TELLS
from twrstat.states import find_conntrack, find_states

# Kernels without these counters do not have the cause either.
GONE_WITH_CAUSE = "TcpExtPAWSPassive"


class NoFiles:
    """In place of Files, when the counters are those of another machine."""

    @staticmethod
    def read_text(_path):
        return None

    @staticmethod
    def open(path):
        raise FileNotFoundError(path)

    @staticmethod
    def list_names(_path):
        return []


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
    names = files.list_names(folder)
    if not names:
        return "sysctl -a | grep rp_filter tells"
    words = ["%s=%d" % (name, value) for name, value in
             ((name, files.read_number("%s/%s/rp_filter" % (folder, name)))
              for name in names if name != "default") if value]
    return "rp_filter is " + (" ".join(words) or "0 on all")


def show_sysctls(text, files):
    def show(match):
        name = match.group(1)
        if name == "rp_filter":
            return list_rp_filters(files)
        value = files.read_text("/proc/sys/" + name.replace(".", "/"))
        if value is None or not value.strip():
            return name
        return "%s (now %s)" % (name, " ".join(value[:80].split()))
    return re.sub(r"\{([a-z0-9_.]+)\}", show, text)


def find_gap(cause, reading):
    """The source that could not be read and has a counter of the cause, or None."""
    sources = {reading.tells(pattern) for pattern in cause[1].split()}
    return next((source for source in sorted(sources - {None}) if source in reading.gaps), None)


def find_causes(files, reading, everything, before=None, seconds=None):
    """The causes whose counters are above zero or, with before, have changed since then. With
    everything, also those that are zero, and those that nobody can tell."""
    found = []
    counters = reading.counters
    if before is not None and before.gaps:
        # What could not be read before has not grown from zero.
        counters = {name: counters[name] for name in counters if name in before.counters}
    for cause in CAUSES:
        total, parts = count_cause(cause, counters)
        if not total and find_gap(cause, reading):
            if everything:
                found.append({"what": cause[0], "count": None, "counters": {},
                              "means": cause[2], "do": show_sysctls(cause[3], files)})
            continue
        if total is None:
            continue
        entry = {"what": cause[0], "count": total,
                 "counters": {name: counters[name] for name in parts}}
        if before is not None:
            was = count_cause(cause, before.counters)[0] or 0
            # The counters of a device go when it is removed.
            entry["per_s"] = (total - was) / seconds if total >= was else None
        if everything or (entry["count"] if before is None else entry["per_s"]):
            entry["means"] = cause[2]
            entry["do"] = show_sysctls(cause[3], files)
            found.append(entry)
    return found


def tell_conntrack(files, reading):
    """What can be said about connection tracking without its own counters."""
    count, most = find_conntrack(files, reading)
    words = ""
    if count is not None and most:
        words = "; its table holds %d of %d now" % (count, most)
    if "log/conntrack_full" in reading.counters and not reading.counters["log/conntrack_full"]:
        words += "; the kernel log has no line of a full one"
    return words


def kernel_lacks(cause, reading):
    """True if the sources of a cause could be read, and have none of its counters."""
    if cause[1] == GONE_WITH_CAUSE or count_cause(cause, reading.counters)[0] is not None:
        return False
    sources = {reading.tells(pattern) for pattern in cause[1].split()}
    return not reading.others and None not in sources and not any(
        source in reading.gaps or source in reading.absent for source in sources)


def find_uncounted(files, reading):
    """What no counter tells that could be read."""
    found = list(reading.others)
    values = {"log": reading.absent.get("/dev/kmsg"),
              "conntrack": tell_conntrack(files, reading)}
    found += [ABSENT[source].format(**values) for source in ABSENT if source in reading.absent]
    if not any(name.startswith((PREFIX, EVERYWHERE)) for name in reading.counters) and not any(
            NAME in source for source in reading.gaps):
        found.append(WITHOUT_MODULE)
    lacking = [cause[0] for cause in CAUSES if kernel_lacks(cause, reading)]
    if lacking:
        found.append("what this kernel has no counter for: " + ", ".join(map(repr, lacking)))
    return UNCOUNTED + found


def list_gaps(reading):
    return [{"source": source, "reason": reason,
             "tells": TELLS.get(source, "what the module saw" if NAME in source else
                                "IPVS" if "vs" in source else "connection tracking")}
            for source, reason in reading.gaps.items()]


def check_gaps(gaps):
    """Status 1, and one line on stderr, if an answer is not whole."""
    if gaps:
        raise Failure("cannot tell all: " + "; ".join(
            "%s: %s" % (gap["source"], gap["reason"]) for gap in gaps))


def print_module(loaded, out):
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


def print_entry(entry, number, out):
    names = ", ".join(entry["counters"])
    names = " (%s)" % names if names else ""
    out.print_line("    %s %s%s" % (number, entry["what"], names))
    out.print_line("        " + entry["means"])
    out.print_line("        > " + entry["do"])


def print_why(why, rates, loaded, out, whose="of this machine"):
    print_module(loaded, out)
    for gap in why["cannot_tell"]:
        out.print_line("    Cannot tell: %s (%s: %s)" % (gap["tells"], gap["source"],
                                                         gap["reason"]))
    for entry in why["why"]:
        if entry["count"] is None:
            number = "?"
        elif rates and "per_s" in entry:
            number = format_rate(entry["per_s"]) + "/s"
        else:
            number = "%d" % entry["count"]
        print_entry(entry, number, out)
    if not why["why"]:
        out.print_line("    %s a SYN without an answer" % (
            ("?: no counter that could be read %s" if why["cannot_tell"] else
             "0: no counter " + whose + " %s") % ("has moved for" if rates else "tells of")))
    out.print_line("    What no counter here tells: %s." % "; ".join(why["not_counted"]))


def explain(files, reading, everything, before=None, seconds=None):
    """The answer as an object: causes, what could not be read, what nothing counts."""
    states = find_states(files, reading)
    causes = find_causes(files, reading, everything, before, seconds)
    return {"why": states + causes, "cannot_tell": list_gaps(reading),
            "not_counted": find_uncounted(files, reading)}


def explain_text(path, everything):
    """The same from the text of netstat -s of some machine."""
    reading = read_netstat_text(path)
    return {"why": find_causes(NoFiles(), reading, everything),
            "cannot_tell": list_gaps(reading),
            "not_counted": find_uncounted(NoFiles(), reading)}


def run_why(args, files, out):
    def read_sample():
        try:
            return Sample(files, peers=False)
        except NotPermitted as err:
            return err
        except Failure:
            return None

    if args.netstat is not None:
        why = explain_text(args.netstat, args.all)
        print_why(why, False, None, out, "in it")
        check_gaps(why["cannot_tell"])
        return
    machine = Machine(files)
    before, then = machine.read(), time.monotonic()
    if args.seconds is None:
        why = explain(files, before, args.all)
        print_why(why, False, read_sample(), out)
        check_gaps(why["cannot_tell"])
        return
    gaps = {}
    for n in wait_intervals(args.seconds, args.count):
        reading, now = machine.read(), time.monotonic()
        out.begin_page(n == 1)
        why = explain(files, reading, args.all, before, now - then)
        print_why(why, True, read_sample(), out)
        gaps.update((gap["source"], gap) for gap in why["cannot_tell"])
        before, then = reading, now
    check_gaps(gaps.values())
