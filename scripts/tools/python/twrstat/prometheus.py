# SPDX-License-Identifier: GPL-2.0
#
# prometheus: prints the counters of all namespaces in the text format of Prometheus
#
# A metric that the loaded module does not have is left out.

import sys

from common.failure import Failure
from common.files import write_whole
from common.module import SYSFS, VERSION_FILE
from common.text import make_printable
from twrstat.intervals import begin_and_wait
from twrstat.offenders import count_exactly, format_field, key_of, read_offenders
from twrstat.sample import Sample

PREFIX = "tw_recycle_sim_"
# Name, type, help text and counters of each family. If it has several counters, the last
# word of their names becomes the label `cause`.
FAMILIES = [
    ("syns_seen_total", "counter", "SYNs that came to this machine.",
     ["syns_seen"]),
    ("syns_checked_total", "counter",
     "SYNs that would have been compared with the cache of timestamps.",
     ["syns_checked"]),
    ("syns_listener_unknown_total", "counter",
     "SYNs that were checked although a BPF program chooses their listener, so that it is not "
     "known whether the listener or its queues would have stopped them.",
     ["listener_unknown"]),
    ("syns_unanswered_total", "counter",
     "SYNs that came again, since the running kernel had not answered them.",
     ["syns_unanswered"]),
    ("syns_rejected_total", "counter",
     "SYNs that would have been rejected, because their timestamp was older than the "
     "one remembered, or because they had none.",
     ["syns_rejected_older", "syns_rejected_untimed"]),
    ("stamps_recorded_total", "counter",
     "Timestamps of closed connections that the cache took.",
     ["stamps_recorded"]),
    ("stamps_refused_total", "counter",
     "Timestamps of closed connections that the cache refused, because it had a newer one.",
     ["stamps_refused"]),
    ("peers", "gauge", "Peers in the cache.", ["peers"]),
    ("peers_evicted_total", "counter", "Peers lost because the cache was full.",
     ["peers_evicted"]),
]


def quote_label(value):
    text = make_printable(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"%s"' % text


def format_metric(name, labels, value):
    inside = ",".join("%s=%s" % (label, quote_label(text)) for label, text in labels)
    return "%s%s%s %d\n" % (PREFIX, name, "{%s}" % inside if inside else "", value)


def format_family(name, kind, words, lines):
    """Empty if it has no values, because this module does not count that."""
    text = "".join(lines)
    heading = "# HELP {0}{1} {2}\n# TYPE {0}{1} {3}\n".format(PREFIX, name, words, kind)
    return heading + text if text else ""


def format_histogram(name, delays):
    """Lines of buckets. A delay without end counts in the last bucket and not in the sum. A
    delay that is not known is not counted at all."""
    delays = {delay: value for delay, value in delays.items()
              if delay not in ("pending", "unknown")}
    count = seconds = 0
    for delay, value in delays.items():
        if delay.isdigit():
            count += value
            seconds += int(delay) * value
            yield format_metric(name + "_bucket", [("le", delay)], count)
    if delays:
        count = sum(delays.values())
        yield format_metric(name + "_bucket", [("le", "+Inf")], count)
        yield format_metric(name + "_sum", [], seconds)
        yield format_metric(name + "_count", [], count)


def format_counters(sample, version):
    yield format_family("info", "gauge", "The module and the kernel that it simulates.",
                        [format_metric("info", [("version", version), ("era", sample.era)], 1)])
    for name, kind, words, sources in FAMILIES:
        lines = []
        for source in sources:
            value = sample.counters.get(source)
            labels = [("cause", source.rpartition("_")[2])] if len(sources) > 1 else []
            if value is not None:
                lines.append(format_metric(name, labels, value))
        yield format_family(name, kind, words, lines)
    yield format_family(
        "syns_exempt_total", "counter", "SYNs that would not have been checked.",
        [format_metric("syns_exempt_total", [("reason", reason)], value)
         for reason, value in sample.exempt.items()])
    yield format_family(
        "lost_total", "counter",
        "What had no room: records of the simulated kernel (timewait, "
        "rejected), after the first of which verdicts can be wrong; places among "
        "the offenders, and SYNs for the clocks of one (offenders, clocks).",
        [format_metric("lost_total", [("what", what)], value)
         for what, value in sample.lost.items()])
    yield format_family(
        "retry_delay_seconds", "histogram",
        "After how long the SYN of a client that retries as %s does would have "
        "passed the check, 0 at once; a SYN that never would is only in the last bucket, and "
        "not in the sum." % sample.schedule,
        format_histogram("retry_delay_seconds", sample.delays))
    for name, kind, words, source in (
            ("retry_delay_pending", "gauge",
             "Rejected SYNs whose delay is not known yet.", sample.delays.get("pending")),
            ("retry_delay_unknown_total", "counter",
             "Rejected SYNs whose delay will not be known, for want of room or since their "
             "network namespace ended.", sample.delays.get("unknown")),
            ("timewait_buckets", "gauge", "Connections in TIME-WAIT.",
             sample.timewait.get("buckets")),
            ("timewait_buckets_simulated", "gauge",
             "Connections in TIME-WAIT that there would be with tcp_tw_recycle.",
             sample.timewait.get("simulated")),
            ("timewait_syns_refused_total", "counter",
             "SYNs that TIME-WAIT answers with an ACK.", sample.timewait.get("refused")),
            ("timewait_syns_accepted_total", "counter",
             "SYNs that TIME-WAIT answers with an ACK and that would have been accepted with "
             "tcp_tw_recycle.", sample.timewait.get("accepted"))):
        yield format_family(name, kind, words,
                            [] if source is None else [format_metric(name, [], source)])


def count_rejected(row):
    """An older module does not report how many of them are this peer's."""
    return count_exactly(row) if "older" in row else row.get("rejected")


def format_offenders(rows):
    """Each peer once: Prometheus refuses a text that has the same metric twice."""
    rows = list({key_of(row): row for row in reversed(rows)}.values())[::-1]
    for name, kind, words, value in (
            ("offender_syns_rejected_total", "counter",
             "SYNs of a peer that would have been rejected, since it came into the table of "
             "offenders.", count_rejected),
            ("offender_clocks", "gauge", "Timestamp clocks seen at a peer's address.",
             lambda row: row.get("clocks"))):
        lines = []
        for row in rows:
            labels = [(label, format_field(row, label)) for label in ("peer", "local", "netns")]
            if isinstance(value(row), int):
                lines.append(format_metric(name, labels, value(row)))
        yield format_family(name, kind, words, lines)


def format_up(value):
    return format_family("up", "gauge", "1 if the module is loaded.",
                         [format_metric("up", [], value)])


def format_all(files, count):
    """All metrics; if the module is not loaded, only that it is not."""
    while True:
        inode = files.find_inode(SYSFS)
        if inode is None:
            return format_up(0)
        try:
            sample = Sample(files)
            rows = read_offenders(files)[:count] if count else []
        except Failure:
            if files.find_inode(SYSFS) == inode:
                raise
            continue
        version = (files.read_text(VERSION_FILE) or "").strip()
        # If the module was loaded again meanwhile, some metrics may be missing.
        if files.find_inode(SYSFS) == inode:
            return "".join([format_up(1), *format_counters(sample, version),
                            *format_offenders(rows)])


def run_prometheus(args, files):
    for _ in begin_and_wait(args.seconds, args.count):
        # The format is UTF-8 in every locale.
        data = format_all(files, args.offenders).encode("utf-8")
        if args.output is not None:
            write_whole(args.output, data, 0o644)
        else:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
