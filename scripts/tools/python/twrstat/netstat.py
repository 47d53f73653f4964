# SPDX-License-Identifier: GPL-2.0
#
# netstat: prints the counters in the words of netstat -s
#
# A text that begins with a blank is left out if its counter is zero. One with > is indented
# below the line above it.

from twrstat.sample import WRONG

WORDS = [
    ("syns_seen", "SYNs came to this machine"),
    ("syns_checked", " SYNs would have been held against the cache of timestamps"),
    ("listener_unknown",
     " >of an unknown listener, for a BPF program chooses it: a full queue of it would "
     "have stopped them before"),
    ("syns_unanswered", " SYNs came again since the running kernel had not answered them"),
    ("syns_rejected",
     "passive connections would have been rejected because of time stamp"),
    ("syns_rejected_older", " >because it was older than the one remembered"),
    ("syns_rejected_untimed", " >because they had none, and their peer had had one"),
]
WORDS_AFTER = [
    ("stamps_recorded", " timestamps of closed connections recorded"),
    ("stamps_refused", " timestamps of closed connections refused, a newer one was there"),
    ("peers", " peers in the cache"),
    ("peers_evicted", " peers lost because the cache was full"),
]
# Records and entries that had no room, the most important ones first.
LOST_RECORD_WORDS = {
    "timewait": " >of connections in time wait",
    "rejected": " >of connections that would have been rejected",
}
LOST_OTHERS = {
    "offenders": " peers lost their place among the offenders",
    "clocks": " SYNs not noted among the clocks of an offender",
}
DELAYS = {
    "never": " by none of its retries",
    "pending": " not known yet: their next retry comes later",
    "unknown": " not known: too many waited, or their network namespace ended",
}
TIMEWAIT = [
    ("buckets", " connections in time wait now"),
    ("simulated", ">there would be with tcp_tw_recycle"),
    ("refused", " SYNs answered by an ACK out of time wait"),
    ("accepted", ">would have been accepted, since the connection had left time wait"),
]
EXEMPT = {
    "no_listener": "because nobody listens there",
    "request_pending": "because their connection request was pending",
    "established": "because they met an open connection",
    "timewait": "because they met a connection in time wait",
    "syncookie": "because the listener answered with SYN cookies",
    "queue_full": "because a queue of the listener was full",
    "source_route": "because they came by a source route",
    "bad_checksum": "because of a wrong checksum",
    "malformed": "because they were malformed",
}


def print_counters(sample, out):
    where = "all network namespaces"
    if sample.netns is not None:
        where = "network namespace %d" % sample.netns
    out.print_line("TcpTwRecycle (simulated, era %s, %s):" % (sample.era, where))

    def say(value, words, depth=1):
        if value is None or (words[0] == " " and not value):
            return
        words = words.lstrip()
        out.print_line("%s%d %s" % ("    " * (depth + words.startswith(">")), value,
                                    words.lstrip(">")))

    for name, words in WORDS:
        say(sample.counters.get(name), words)
    if sum(value for name, value in sample.delays.items() if name != "0"):
        out.print_line("    of these the client would have got in, if it retries as %s does," %
                       sample.schedule)
        for name, value in sample.delays.items():
            if name != "0":
                say(value, DELAYS.get(name, " by the SYN sent again after %s s" % name), 2)
    say(sum(sample.exempt.values()), " SYNs would not have been checked")
    for name in [*EXEMPT, *(name for name in sample.exempt if name not in EXEMPT)]:
        say(sample.exempt.get(name), " " + EXEMPT.get(name, "because of " + name), 2)
    for name, words in WORDS_AFTER:
        say(sample.counters.get(name), words)
    above = 0
    for name, words in TIMEWAIT:
        if not words.startswith(">"):
            above = sample.timewait.get(name)
        if above:
            say(sample.timewait.get(name), words)
    say(sample.count_lost_records(), " records of the simulated kernel lost for want of room")
    for name, words in LOST_RECORD_WORDS.items():
        say(sample.lost.get(name), words)
    if sample.count_lost_records():
        out.print_line("        " + WRONG)
    for name in [*LOST_OTHERS, *(name for name in sample.lost
                                 if name not in {**LOST_OTHERS, **LOST_RECORD_WORDS})]:
        say(sample.lost.get(name), LOST_OTHERS.get(name, " lost of " + name))
