#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# report.py - how a browser shows a page of twr-report
#
# report.py PAGE COUNTERS FOLDER: compares the page, as shown wide and narrow, light and
# dark, with what the module counted (lines of "name value"). Pictures go to FOLDER.
#
# report.py --picture: makes the pictures of the documentation, Documentation/clocks.png
# and clocks-dark.png, from the NAT of the demo, which it runs.

import json
import os
import re
import subprocess
import sys

from browser import Browser

SIZES = {"wide": 1280, "phone": 375}
DELAYS = ["1", "3", "7", "15", "31", "63", "never"]
ELSEWHERE = "https://192.0.2.1/planted.png"

# The number of painted pixels of each canvas, and of those in a colour of rejected
# SYNs.
PAINTED = """
(() => {
  const style = getComputedStyle(document.documentElement);
  const rgb = name => style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/g)
    .map(part => parseInt(part, 16));
  const marks = [rgb("--older"), rgb("--untimed")];
  return [...document.querySelectorAll("canvas")].map(canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let painted = 0, rejected = 0;
    for (let i = 0; i < data.length; i += 4) {
      painted += data[i + 3] > 0;
      rejected += data[i + 3] > 200 && marks.some(mark =>
        mark.every((part, n) => Math.abs(part - data[i + n]) < 12));
    }
    return { id: canvas.id, painted, rejected };
  });
})()"""

# The numbers that the charts have, from the library's own objects.
CHARTS = """
Object.fromEntries([...document.querySelectorAll("canvas")].map(canvas => {
  const chart = Chart.getChart(canvas);
  return [canvas.id, Object.fromEntries(chart.data.datasets.map((set, i) =>
    [set.label, { shown: chart.getDatasetMeta(i).data.length, style: set.pointStyle,
                  colour: set.backgroundColor,
                  values: chart.config.type === "bar" ? set.data : null }]))];
}))"""

# The contrast with the background, as WCAG defines it.
CONTRAST = """
(() => {
  const style = getComputedStyle(document.documentElement);
  const light = name => style.getPropertyValue("--" + name).trim().match(/[0-9a-f]{2}/g)
    .map(part => parseInt(part, 16) / 255)
    .map(part => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
    .reduce((sum, part, n) => sum + part * [.2126, .7152, .0722][n], 0);
  const paper = light("paper");
  return Object.fromEntries(["ink", "soft", "accepted", "older", "untimed", "stamp"].map(
    name => [name, (Math.max(light(name), paper) + .05) / (Math.min(light(name), paper) + .05)]));
})()"""

failed = 0


def check(what, wanted, got):
    global failed
    if wanted != got:
        print("report: %s is %r, not %r" % (what, got, wanted))
        failed += 1


def must(what, true):
    check(what, True, bool(true))


def plain(text):
    return int(re.sub(r"\D", "", text))


def numbers(browser, counters, name):
    """The charts, the text and the data have the numbers that the module counted."""
    rejected = counters["syns_rejected"]
    charts = browser.evaluate(CHARTS)
    clocks = {label: chart for label, chart in charts.items() if label.startswith("clock")}
    check(name + ": rejected points", rejected, sum(
        part["shown"] for chart in clocks.values() for label, part in chart.items()
        if label.startswith("rejected")))
    check(name + ": untimed points", counters["syns_rejected_untimed"], sum(
        chart.get("rejected, no timestamp", {"shown": 0})["shown"]
        for chart in clocks.values()))
    for label, chart in charts.items():
        looks = [part for key, part in chart.items() if not key.startswith("accepted, ")]
        for kind in ("colour", "style") if label in clocks else ("colour",):
            check("%s: things that differ by %s in %s" % (name, kind, label), len(looks),
                  len({look[kind] for look in looks}))
    check(name + ": rejected in bars over time", rejected,
          sum(sum(part["values"]) for part in charts["bins"].values()))
    check(name + ": delays in bars",
          [counters["delays/" + delay] for delay in DELAYS] +
          [counters["delays/" + rest] for rest in ("pending", "unknown")
           if counters["delays/" + rest]],
          charts["delays"]["rejected"]["values"])
    data = json.loads(browser.evaluate("document.getElementById('data').textContent"))
    check(name + ": delays", {key[7:]: value for key, value in counters.items()
                              if key.startswith("delays/")}, data["delays"])
    lead = browser.evaluate("document.querySelector('.lead').textContent")
    said = re.search(r"rejected ([\d\u202f]+) SYNs? of the ([\d\u202f]+)", lead)
    check(name + ": the text", [rejected, counters["syns_checked"]],
          [plain(part) for part in said.groups()] if said else lead)
    total = browser.evaluate(
        "[...document.querySelectorAll('table')].map(t => [...t.rows].slice(1)"
        ".map(r => [...r.cells].map(c => c.textContent)))")
    check(name + ": the table's sum", rejected, sum(plain(row[3]) for row in total[0]))


def shown(browser, name, page, screen):
    """The page is painted, within the screen, without a console message or a request."""
    check(name + ": what the console says", [], browser.said)
    check(name + ": requests", ["file://" + page], browser.requests)
    # innerWidth does not do: a phone shrinks a page that is too wide.
    width = browser.evaluate("document.documentElement.scrollWidth")
    must("%s: %d pixels on a screen of %d" % (name, width, screen), width <= screen)
    boxes = browser.evaluate("[...document.querySelectorAll('table')].map(table =>"
                             " table.parentNode.className)")
    check(name + ": what tables are in", ["scroll"] * len(boxes), boxes)
    for canvas in browser.evaluate(PAINTED):
        must("%s: %s painted (%d)" % (name, canvas["id"], canvas["painted"]),
             canvas["painted"] > 2000)
        must("%s: rejected colour in %s (%d)" % (name, canvas["id"], canvas["rejected"]),
             canvas["rejected"] > 20)
    labels = browser.evaluate("[...document.querySelectorAll('canvas')].map(canvas =>"
                              " canvas.getAttribute('role') + canvas.ariaLabel)")
    must(name + ": labels", labels and all(
        re.match("img.{20}", label) for label in labels))
    for what, contrast in browser.evaluate(CONTRAST).items():
        must("%s: contrast of %s (%.1f)" % (name, what, contrast),
             contrast >= (4.5 if what in ("ink", "soft") else 3))


def background(browser):
    return browser.evaluate("getComputedStyle(document.body).backgroundColor")


def colours(browser):
    return browser.evaluate("Object.values(Chart.instances).map(chart =>"
                            " chart.data.datasets.map(set => set.backgroundColor))")


def prefers(browser, page):
    """The charts follow when the user's preference changes, and are light on paper."""
    browser.look(1280)
    browser.open(page)
    light = background(browser), colours(browser)
    browser.look(1280, dark=True)
    browser.settle()
    dark = background(browser), colours(browser)
    must("the background of dark is another one", light[0] != dark[0])
    must("all colours of dark are others", all(
        one != other for lights, darks in zip(light[1], dark[1])
        for one, other in zip(lights, darks)))
    browser.evaluate("addEventListener('beforeprint', () => { window.onPaper ="
                     " Object.values(Chart.instances).map(chart =>"
                     " chart.data.datasets.map(set => set.backgroundColor)); })")
    must("it prints", len(browser.call("Page.printToPDF")["data"]) > 10000)
    check("colours on paper", light[1], browser.evaluate("window.onPaper"))
    check("colours after it", dark[1], colours(browser))


def sealed(browser, page, folder):
    """The policy of the page holds, and without it this test would see a request."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    planted = os.path.join(folder, "planted.html")
    text = text.replace("<main>", '<main><img src="%s" alt="">' % ELSEWHERE, 1)
    for policy in (True, False):
        with open(planted, "w", encoding="utf-8") as file:
            file.write(text if policy else re.sub("<meta http-equiv.*", "", text))
        browser.open(planted)
        check("a planted request is made, %s the policy" % ("with" if policy else "without"),
              not policy, ELSEWHERE in browser.requests and not any(
                  "Content Security Policy" in said for said in browser.said))
        must("the console tells of it", browser.said)
    os.unlink(planted)


def main(page, counters, folder):
    page = os.path.abspath(page)
    with open(counters) as file:
        counters = {name: int(value) for name, value in map(str.split, file)
                    if value.isdigit()}
    must("there is something to show", counters["syns_rejected_older"] and
         counters["syns_rejected_untimed"])
    with Browser() as browser:
        for size, width in SIZES.items():
            for dark in (False, True):
                name = "%s-%s" % (size, "dark" if dark else "light")
                browser.look(width, dark=dark)
                browser.open(page)
                shown(browser, name, page, width)
                numbers(browser, counters, name)
                browser.picture(os.path.join(folder, name + ".png"))
        prefers(browser, page)
        sealed(browser, page, folder)
    print("%d of %d SYNs rejected, in charts, tables and words, in four looks" % (
        counters["syns_rejected"], counters["syns_checked"]))
    sys.exit(failed != 0)


def picture():
    scripts = os.path.abspath(__file__).split("/tests/")[0]
    subprocess.run([scripts + "/guests/setup", "browser"], check=True)
    said = subprocess.run([scripts + "/demo"], check=True, stdout=subprocess.PIPE,
                          universal_newlines=True).stdout
    page = re.search(r"(/\S*/scene2\.html)$", said, re.M).group(1)
    with Browser() as browser:
        for name, dark in (("clocks", False), ("clocks-dark", True)):
            browser.look(760, scale=2, dark=dark)
            browser.open(page)
            browser.evaluate("document.querySelector('figcaption').remove()")
            browser.settle()
            browser.picture(scripts + "/../Documentation/%s.png" % name, "section", 12)


if sys.argv[1:] == ["--picture"]:
    picture()
else:
    main(*sys.argv[1:])
