# SPDX-License-Identifier: GPL-2.0
#
# page: makes the HTML page from the numbers of a report

import base64
import hashlib
import json
import pkgutil
import re
import statistics

from common.format import count_things, group_digits, spell_duration
from common.module import NAME, VERSION
from twr_report.recording import OTHER_RETRIES, RETRIES
from twr_report.template import Markup, Template

ROWS = 1000             # most rows of the table of offenders


def read_asset(name):
    """A file beside this one, without its first comment."""
    text = pkgutil.get_data("twr_report", name).decode("utf-8")
    return Markup(re.sub(r"\A/\*.*?\*/\n", "", text, flags=re.DOTALL))


# Read when the program starts: its file may be replaced during a long recording.
PAGE = Template(read_asset("page.html"))
STYLE = read_asset("page.css")
SCRIPT = read_asset("page.js")


def make_page(report, library):
    data = report.list_numbers()
    scripts = [Markup(library), SCRIPT] if report.rejected else []
    return PAGE.fill({
        "policy": make_policy(scripts),
        "style": STYLE,
        "scripts": [{"script": script} for script in scripts],
        "data": Markup(json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")),
        "module": NAME,
        "version": VERSION,
        **list_totals(report),
        **list_summary(report),
        **list_times(report),
        **list_charts(report),
        **list_offenders(report),
        **list_bars(data),
    })


def make_policy(scripts):
    """The page runs and loads nothing but what twr-report put into it."""
    return Markup(
        "default-src 'none'; script-src %s; style-src %s; base-uri 'none'; form-action 'none'"
        % (" ".join(map(hash_text, scripts)) or "'none'", hash_text(STYLE)))


def hash_text(text):
    digest = hashlib.sha256(text.encode()).digest()
    return "'sha256-%s'" % base64.b64encode(digest).decode()


def list_totals(report):
    recording = report.recording
    checked = group_digits(report.accepted + report.rejected)
    stamps = recording.told["stamp_recorded"]
    return {
        "checked": checked,
        "checked_or_not": checked if report.all_told else "not recorded",
        "rejected": group_digits(report.rejected),
        "rejected_syns": count_things(report.rejected, "SYN"),
        "older": group_digits(report.rejected - report.untimed),
        "untimed": group_digits(report.untimed),
        "stamps": group_digits(stamps) if stamps else "none, or not recorded",
        "peers": group_digits(len(recording.peers)),
        "offending": group_digits(len(report.offenders)),
        "addresses": count_things(len(report.offenders), "address", "addresses"),
        "namespaces": group_digits(len(report.namespaces)),
        "several_namespaces": len(report.namespaces) > 1,
        "some_rejected": bool(report.rejected),
        "lost_events": group_digits(recording.lost) +
        (" and more" if recording.lost_unknown else ""),
        "unread": group_digits(recording.unread),
        "others": group_digits(recording.others),
        "copies": group_digits(recording.copied),
    }


def list_summary(report):
    recording = report.recording
    checked = report.accepted + report.rejected
    return {
        "nothing": not checked,
        "something": bool(checked),
        "all_told": report.all_told and {
            "percent": "%.3g\u202f%%" % (100.0 * report.rejected / (checked or 1))},
        "only_rejected": not report.all_told,
        "duration": spell_duration(report.seconds),
        "some_lost": bool(recording.lost or recording.lost_unknown),
        "lost": describe_lost(recording),
    }


def describe_oddities(recording):
    """What else the user should know, for the page and for a terminal."""
    if recording.copied:
        yield "%s in two recordings, or twice in one, and counted once" % count_things(
            recording.copied, "event was", "events were")
    if recording.unread:
        yield "%s could not be read" % count_things(recording.unread, "line")


def list_times(report):
    """Whose times the page shows."""
    clock = report.clock
    known = clock.source != "unknown"
    return {
        "oddities": [{"oddity": words[0].upper() + words[1:]}
                     for words in describe_oddities(report.recording)],
        "time_known": known and {
            "began": clock.spell(report.start),
            "ended": clock.spell(report.start + report.seconds),
            "zones": clock.spell_zones()},
        "time_unknown": not known and {"start": "%.3f" % report.start},
        "time_given": clock.source == "given",
        "time_since_epoch": clock.source == "since 1970",
        "clock_set": [{
            "set_at": clock.spell(mark.when),
            "set_by": "%s by %s" % ("back" if step < 0 else "forward",
                                    spell_duration(abs(step)))
            if abs(step) >= mark.STEP else "to the zone " + mark.name_zone()}
            for mark, step in clock.list_changes()],
        "times_are": "times of day, " + clock.spell_zones() if known else
        "seconds since the first event",
    }


def describe_lost(recording):
    text = "%s in the ring buffer" % (
        count_things(recording.lost, "event was lost", "events were lost")
        if recording.lost else "An unknown number of events was lost")
    if recording.lost and recording.lost_unknown:
        text += ", and an unknown number %s" % count_things(recording.lost_unknown, "time")
    return text


def list_charts(report):
    charts = []
    for i, (peer, chart) in enumerate(zip(report.drawn, report.charts)):
        accepted = len(peer.accepted[0])
        charts.append({
            "index": i,
            "title": name_peer(peer, report),
            "told": describe_rejected(peer, report),
            "thinned": chart["thinned"] and {
                "all_accepted": group_digits(accepted),
                "some_accepted": group_digits(accepted - chart["thinned"])},
        })
    return {
        "clocks": bool(charts),
        "charts": charts,
        "more_clocks": len(report.offenders) > len(charts),
        "drawn": group_digits(len(charts)),
    }


def name_peer(peer, report):
    text = "%s \u2192 %s" % (peer.peer, peer.local)
    if len(report.namespaces) > 1:
        text += ", namespace %d" % peer.netns
    return text


def describe_rejected(peer, report):
    if report.all_told:
        text = "%s of %s" % (group_digits(peer.count_rejected()),
                             count_things(peer.count_checked(), "SYN"))
    else:
        text = count_things(peer.count_rejected(), "SYN")
    text += " would have been rejected"
    if peer.untimed:
        text += ", %s for having no timestamp (the strip at the bottom)" % \
            group_digits(peer.untimed)
    return text + "."


def list_offenders(report):
    offenders = [list_offender(peer, report) for peer in report.offenders[:ROWS]]
    return {
        "offender_table": bool(offenders),
        "offenders": offenders,
        "listed": group_digits(len(offenders)),
        "more_offenders": len(report.offenders) > len(offenders),
    }


def list_offender(peer, report):
    rejected, times, behind = peer.count_rejected(), peer.rejected[0], peer.behind
    return {
        "peer": peer.peer,
        "local": peer.local,
        "netns": peer.netns,
        "checked": group_digits(peer.count_checked()) if report.all_told else "-",
        "rejected": group_digits(rejected),
        "older": group_digits(rejected - peer.untimed),
        "untimed": group_digits(peer.untimed),
        "behind_median": group_digits(int(statistics.median(behind))) if behind else "-",
        "behind_most": group_digits(max(behind)) if behind else "-",
        "first": spell_time(min(times), report),
        "last": spell_time(max(times), report),
    }


def spell_time(when, report):
    if report.clock.source == "unknown":
        return "%.3f" % (when - report.start)
    edges = report.start, report.start + report.seconds
    days = {report.clock.spell(edge)[:10] for edge in edges}
    # The page says at its top which day it is.
    return report.clock.spell(when, 3)[11 if len(days) == 1 else 0:]


def spell_list(names):
    return "%s and %s" % (", ".join(names[:-1]), names[-1])


def list_bars(data):
    """The texts about the bars over time, and about those by delay."""
    delays = data["delays"]
    return {
        "width": spell_duration(data["bins"]["width"]),
        "no_delays": delays is None,
        "delays": delays and {
            "whose": "Linux 3.7 to 6.4" if RETRIES[-1] in delays else
                     "Linux since 6.5, as Apple's systems,",
            "times": spell_list(RETRIES if RETRIES[-1] in delays else OTHER_RETRIES),
            "each_delay": ", ".join("%s %s" % (name, group_digits(delays[name]))
                                    for name in delays if name != "0"),
            "delayed": count_things(sum(delays[name] for name in delays if name != "0"),
                                    "rejected SYN")},
    }
