# SPDX-License-Identifier: GPL-2.0
#
# page: puts the HTML page together

import base64
import hashlib
import html
import json
import pkgutil
import re
import statistics

from common.format import count_things, group_digits, spell_duration
from common.module import NAME, VERSION
from twr_report.recording import DELAYS

ROWS = 1000             # of the table of offenders, at most


def read_asset(name):
    """A file beside this one, without the comment that it begins with."""
    text = pkgutil.get_data("twr_report", name).decode("utf-8")
    return re.sub(r"\A/\*.*?\*/\n", "", text, flags=re.DOTALL)


# Read at the start: later the file of the program may be another one.
STYLE = read_asset("page.css")
SCRIPT = read_asset("page.js")


def element(name, text, **attributes):
    """Escaped; a trailing _ is for names that Python has taken."""
    return "<%s%s>%s</%s>" % (name, "".join(
        ' %s="%s"' % (key.rstrip("_").replace("_", "-"), html.escape(str(value)))
        for key, value in attributes.items()), html.escape(text), name)


def table(caption, head, rows, words):
    """Rows of texts in a box that scrolls by itself; the first columns are words."""
    def cells(row, kind):
        return "".join(element(kind, cell, **dict(
            {"scope": "col"} if kind == "th" else {},
            **({} if i < words else {"class_": "n"}))) for i, cell in enumerate(row))
    return "\n".join(
        ['<div class="scroll" tabindex="0" role="region" aria-label="%s">'
         % html.escape(caption), "<table>", element("caption", caption),
         "<thead><tr>%s</tr></thead>" % cells(head, "th"), "<tbody>"]
        + ["<tr>%s</tr>" % cells(row, "td") for row in rows] + ["</tbody></table></div>"])


def figure(name, label, sentence, tall=False):
    return "\n".join([
        "<figure>", '<div class="box%s"><canvas id="%s" role="img" aria-label="%s">'
        "</canvas></div>" % (" tall" if tall else "", name, html.escape(label)),
        element("figcaption", sentence), "</figure>"])


def title_of(peer, report):
    text = "%s \u2192 %s" % (peer.peer, peer.local)
    if len(report.namespaces) > 1:
        text += ", namespace %d" % peer.netns
    return text


LOOK = ("Each host behind the address has a clock of its own, and its SYNs lie on one "
        "rising line: parallel lines are hosts behind a NAT. They look level where the hosts "
        "were started long before each other. A SYN below the remembered timestamp would "
        "have been rejected and, as timestamps go round in a circle, also one that is more "
        "than half of it above. Points all over, on no line, are clients that give each "
        "connection an offset of its own.")


def chart_sections(report):
    for i, (peer, chart) in enumerate(zip(report.drawn, report.charts)):
        told = "%s would have been rejected" % count_things(peer.count_rejected(), "SYN")
        if report.all_told:
            told = "%s of %s would have been rejected" % (
                group_digits(peer.count_rejected()), count_things(peer.count_checked(), "SYN"))
        if peer.untimed:
            told += ", %s for having no timestamp (the strip at the bottom)" % \
                group_digits(peer.untimed)
        told += "."
        look = told + " Look for parallel lines: each is a host."
        if chart["thinned"]:
            look += " Of %s accepted SYNs %s are drawn, chosen by chance; all that " \
                "would have been rejected are." % (
                    group_digits(len(peer.accepted[0])),
                    group_digits(len(peer.accepted[0]) - chart["thinned"]))
        yield "<section>"
        yield element("h3", title_of(peer, report))
        yield figure("clock%d" % i, "TSval over time of the SYNs from %s: %s"
                     % (title_of(peer, report), told), look, tall=True)
        yield "</section>"


def summary(report):
    recording = report.recording
    if not report.accepted and not report.rejected:
        return ["<p class=\"lead\">%s</p>" % html.escape(
            "No SYN was checked while this was recorded. A SYN is checked when it "
            "meets a listener, and when nothing else decides its fate first.")]
    lead = "The old kernel would have rejected %s" % count_things(report.rejected, "SYN")
    if report.all_told:
        share = 100.0 * report.rejected / (report.accepted + report.rejected)
        lead += " of the %s that it would have checked (%.3g\u202f%%)" % (
            group_digits(report.accepted + report.rejected), share)
    if report.rejected:
        lead += ": %s for an older timestamp, %s for having none. They came from %s" % (
            group_digits(report.rejected - report.untimed), group_digits(report.untimed),
            count_things(len(report.offenders), "address", "addresses"))
    lead += ". This was recorded in %s." % spell_duration(report.seconds)
    lines = [element("p", lead, class_="lead")]
    if not report.all_told:
        lines.append(element(
            "p", "Accepted SYNs were not recorded (syn_checked was off), so that only "
            "those are here that would have been rejected.", class_="note"))
    if recording.lost or recording.lost_unknown:
        lines.append(element("p", lost(recording), class_="note"))
    return lines


def lost(recording):
    text = "%s in the ring buffer" % (
        count_things(recording.lost, "event was lost", "events were lost")
        if recording.lost else "An unknown number of events was lost")
    if recording.lost and recording.lost_unknown:
        text += ", and an unknown number %s" % count_things(recording.lost_unknown, "time")
    return text + ": what is here is less than what was."


def page(report, library):
    data = report.list_numbers()
    body = ["<header>", "<h1>The clocks behind each address</h1>"]
    body += summary(report)
    body.append("<noscript><p class=\"note\">The charts want JavaScript; the tables do "
                "not.</p></noscript></header>\n<main>")
    if report.drawn:
        body.append("<h2>TSval over time</h2>")
        body.append(element("p", LOOK))
        if len(report.offenders) > len(report.drawn):
            body.append(element("p", "These are the %s with the most rejected SYNs, of %s."
                                % (group_digits(len(report.drawn)), group_digits(len(report.offenders)))))
        body += chart_sections(report)
    if report.rejected:
        body.append("<section><h2>Rejections over time</h2>")
        width = data["bins"]["width"]
        body.append(figure(
            "bins", "Rejected SYNs over time, %s in all" % group_digits(report.rejected),
            "Each bar is %s. A level row of bars is the daily life of a NAT; a single "
            "heap is an event: a reboot behind the address, a failover, a scan."
            % spell_duration(width)))
        body.append("</section><section><h2>How long the clients would have waited</h2>")
        body += delay_section(report, data["delays"])
        body.append("</section>")
    body.append("<section><h2>Numbers</h2>")
    body += tables(report)
    body.append("</section></main>")
    body.append(element("footer", "Made by twr-report %s from the tracepoints of %s; the "
                        "charts are drawn by Chart.js. This page asks nothing of any "
                        "network." % (VERSION, NAME)))

    scripts = [library, SCRIPT] if report.rejected else []
    policy = "default-src 'none'; script-src %s; style-src %s; base-uri 'none'; " \
        "form-action 'none'" % (" ".join(map(digest, scripts)) or "'none'", digest(STYLE))
    embedded = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    return "\n".join([
        "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
        '<meta http-equiv="Content-Security-Policy" content="%s">'
        % html.escape(policy, quote=False),
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        "<title>The clocks behind each address: %s rejected</title>"
        % count_things(report.rejected, "SYN"),
        "<style>%s</style>" % STYLE, "</head>", "<body>"] + body + [
        '<div class="paper" hidden></div>',
        '<script type="application/json" id="data">%s</script>' % embedded] +
        ["<script>%s</script>" % script for script in scripts] + ["</body>", "</html>", ""])


def digest(text):
    return "'sha256-%s'" % base64.b64encode(
        hashlib.sha256(text.encode()).digest()).decode()


def delay_section(report, delays):
    if delays is None:
        return [element("p", "This recording does not tell: the module was of a version "
                        "whose tracepoints have no delay.")]
    told = sum(delays[name] for name in DELAYS[1:])
    return [figure(
        "delays", "Rejected SYNs by the seconds that the client would have waited: "
        + ", ".join("%s %s" % (name, group_digits(delays[name])) for name in DELAYS[1:]),
        "A client sends its SYN again after 1, 3, 7, 15, 31 and 63 seconds. The bars are "
        "the first of these that would have got in, for %s; at \u201cnever\u201d the client "
        "gives up." % count_things(told, "rejected SYN"))]


def tables(report):
    recording = report.recording
    several = len(report.namespaces) > 1
    rows = []
    for peer in report.offenders[:ROWS]:
        behind = peer.behind
        rows.append([
            peer.peer, peer.local,
            group_digits(peer.count_checked()) if report.all_told else "-", group_digits(peer.count_rejected()),
            group_digits(peer.count_rejected() - peer.untimed), group_digits(peer.untimed),
            group_digits(int(statistics.median(behind))) if behind else "-",
            group_digits(max(behind)) if behind else "-",
            "%.3f" % (min(peer.rejected[0]) - report.start),
            "%.3f" % (max(peer.rejected[0]) - report.start)]
            + [str(peer.netns)] * several)
    lines = []
    if rows:
        lines.append(table(
            "Who would have been turned away", [
                "peer", "local", "checked", "rejected", "older", "untimed",
                "behind, median", "behind, most", "first", "last"] + ["netns"] * several,
            rows, 2))
        text = "\u201cbehind\u201d is in ticks of the peer's clock, \u201cfirst\u201d and " \
            "\u201clast\u201d in seconds since the recording began."
        if len(report.offenders) > len(rows):
            text = "The table has the first %s of %s addresses. " % (
                group_digits(len(rows)), group_digits(len(report.offenders))) + text
        lines.append(element("p", text, class_="small"))
    totals = [
        ["SYNs that were checked", group_digits(report.accepted + report.rejected)
         if report.all_told else "not recorded"],
        ["SYNs that would have been rejected", group_digits(report.rejected)],
        ["for an older timestamp", group_digits(report.rejected - report.untimed)],
        ["for having no timestamp", group_digits(report.untimed)],
        ["timestamps remembered", group_digits(recording.told["stamp_recorded"])
         if recording.told["stamp_recorded"] else "none, or not recorded"],
        ["addresses, rejected or not", group_digits(len(report.recording.peers))],
        ["network namespaces", group_digits(len(report.namespaces))],
        ["events lost in the ring buffer", group_digits(recording.lost) +
         (" and more" if recording.lost_unknown else "")],
        ["lines that could not be read", group_digits(recording.unread)],
        ["lines of other events", group_digits(recording.others)],
    ]
    lines.append(table("In all", ["what", "number"], totals, 1))
    return lines
