#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# fleet.py WHAT ... - queries the Prometheus of fleet.sh
#
# unloaded: Prometheus knows that the module is not loaded, and nothing else
# counters: every number is that of sysfs
# queries DASHBOARD: all recording rules and all queries of the dashboard have an answer
# firing ALERT: that alert fires
# reset: Prometheus sees that the module was loaded again, and increase() loses nothing
#
# Prometheus scrapes each second, so each check is repeated for a while before it fails.

import http.client
import json
import os
import sys
import time
import urllib.parse

SYS = "/sys/kernel/tw_recycle_sim/"
OFFENDERS = "/sys/kernel/debug/tw_recycle_sim/offenders"
NAME = "tw_recycle_sim_"
PATIENCE = 120          # seconds, for what usually takes two or three

# One connection for all queries: its SYN is counted like any other.
connection = http.client.HTTPConnection("127.0.0.1", 9090, timeout=PATIENCE)


def ask(what, **arguments):
    connection.request("GET", "/api/v1/" + what + "?" + urllib.parse.urlencode(arguments))
    with connection.getresponse() as answer:
        status, body = answer.status, answer.read()
    # Prometheus is not ready yet.
    if status == 503:
        raise ConnectionError(body)
    if status != 200:
        sys.exit(f"{arguments}: {body.decode()}")
    found = json.loads(body)
    # The answer would also have infos and warnings, if there were any.
    assert set(found) == {"status", "data"}, found
    return found["data"]


def query(text):
    return ask("query", query=text)["result"]


def until(true):
    """Waits until true() returns nothing; until then it returns what is wrong."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            wrong = true()
        except ConnectionError as err:
            wrong = str(err)
            connection.close()
        if not wrong:
            return
        if time.monotonic() > end:
            sys.exit(wrong)
        time.sleep(0.2)


def number(name):
    with open(SYS + name) as file:
        return int(file.read())


def in_sysfs():
    """What Prometheus must have, read by this program itself."""
    found = {("up",): 1, ("peers",): number("peers")}
    for name in ("syns_seen syns_checked syns_unanswered listener_unknown stamps_recorded stamps_refused "
                 "peers_evicted").split():
        if name == "listener_unknown":
            found["syns_listener_unknown_total",] = number(name)
        else:
            found[name + "_total",] = number(name)
    for cause in "older", "untimed":
        found["syns_rejected_total", cause] = number("syns_rejected_" + cause)
    for reason in os.listdir(SYS + "exempt"):
        found["syns_exempt_total", reason] = number("exempt/" + reason)
    for what in os.listdir(SYS + "lost"):
        found["lost_total", what] = number("lost/" + what)
    delays = {int(name): number("delays/" + name)
              for name in os.listdir(SYS + "delays") if name.isdigit()}
    # What is pending or unknown is in no bucket.
    known = sum(delays.values()) + number("delays/never")
    for limit in delays:
        found["retry_delay_seconds_bucket", str(limit)] = sum(
            value for delay, value in delays.items() if delay <= limit)
    found["retry_delay_seconds_bucket", "+Inf"] = known
    found["retry_delay_seconds_count",] = known
    found["retry_delay_pending",] = number("delays/pending")
    found["retry_delay_unknown_total",] = number("delays/unknown")
    for name in "buckets", "buckets_simulated", "syns_refused_total", "syns_accepted_total":
        file = name.replace("buckets_", "").replace("syns_", "").replace("_total", "")
        found["timewait_" + name,] = number("timewait/" + file)
    found["retry_delay_seconds_sum",] = sum(delay * value for delay, value in delays.items())
    with open(OFFENDERS) as file:
        names, *lines = [line.split() for line in file]
    for line in lines:
        row = dict(zip(names, line))
        who = row["peer"], row["local"], row["netns"]
        found["offender_syns_rejected_total", *who] = int(row["older"]) + int(row["untimed"])
        found["offender_clocks", *who] = int(row["clocks"])
    with open(SYS + "era") as file:
        era = file.read().strip()
    with open("/sys/module/tw_recycle_sim/version") as file:
        found["info", file.read().strip(), era] = 1
    return found


def in_prometheus():
    found = {}
    for sample in query('{__name__=~"%s.+"}' % NAME):
        labels = sample["metric"]
        name = labels["__name__"][len(NAME):]
        key = tuple(labels[label] for label in ("cause", "reason", "what", "le", "version", "era",
                                                "peer", "local", "netns") if label in labels)
        found[(name, *key)] = float(sample["value"][1])
    return found


def counters():
    def differ():
        wanted, found = in_sysfs(), in_prometheus()
        return [f"{key}: {wanted.get(key)} in sysfs, {found.get(key)} in Prometheus"
                for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key)]
    until(differ)
    said = f"{len(in_prometheus())} series as in sysfs"
    with open("/tmp/counters", "w") as file:
        file.write(said)


def unloaded():
    until(lambda: in_prometheus() != {("up",): 0} and str(in_prometheus()))


def queries(dashboard):
    groups = ask("rules")["groups"]
    records = [rule["name"] for group in groups for rule in group["rules"]
               if rule["type"] == "recording"]
    with open(dashboard) as file:
        asked = [target["expr"] for panel in json.load(file)["panels"]
                 for target in panel["targets"]]
    for text in records + asked:
        for name, value in (("$job", ".*"), ("$instance", ".*"), ("$__rate_interval", "1m"),
                            ("$__range", "1m")):
            text = text.replace(name, value)
        assert "$" not in text, text
        until(lambda text=text: not query(text) and f"no answer to {text}")
        assert all(sample["value"][1] != "NaN" for sample in query(text)), text
    rules = [rule for group in ask("rules")["groups"] for rule in group["rules"]]
    assert all(rule["health"] == "ok" for rule in rules), rules
    share, = query("instance:tw_recycle_sim_syns_rejected:ratio_rate5m")
    # About half of the SYNs with a timestamp are rejected, and nearly all without. One
    # SYN had no listener.
    assert 0.1 < float(share["value"][1]) < 0.9, share
    with open("/tmp/counters") as file, open("/tmp/said", "w") as said:
        said.write(f"{file.read()}, {len(rules)} rules and {len(asked)} queries answered\n")


def firing(name):
    def states():
        return [alert["state"] for alert in ask("alerts")["alerts"]
                if alert["labels"]["alertname"] == name]
    until(lambda: states() != ["firing"] and f"{name} is {states()}")


def reset():
    text = NAME + "syns_seen_total[1h]"
    until(lambda: [sample["value"][1] for sample in query(f"resets({text})")] != ["1"] and
          "the counter was not seen to begin anew")
    # The restart must not reduce the increase.
    more, = query(f"increase({text})")
    assert float(more["value"][1]) >= number("syns_seen"), more


globals()[sys.argv[1]](*sys.argv[2:])
