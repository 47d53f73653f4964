#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# fleet-rules.py TOOLS - the files of scripts/tools/fleet fit the output of
# twrstat --prometheus, checked with the tools of their users. TOOLS has Prometheus and
# its node exporter, unpacked.

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import yaml

TOOLS = sys.argv.pop(1)
TREE = os.path.dirname(os.path.abspath(__file__)).removesuffix("/scripts/tests/host")
TWRSTAT = TREE + "/scripts/tools/twrstat"
FLEET = TREE + "/scripts/tools/fleet"
PROMTOOL = TOOLS + "/usr/bin/promtool"
UNIT = "tw-recycle-sim-metrics"
FILES = {
    **{"kernel/tw_recycle_sim/" + name: number for number, name in enumerate(
        "syns_seen syns_checked syns_rejected syns_rejected_older syns_rejected_untimed "
        "stamps_recorded stamps_refused peers peers_evicted listener_unknown "
        "syns_unanswered "
        "exempt/timewait exempt/malformed lost/timewait lost/rejected lost/offenders lost/clocks "
        "delays/0 delays/1 delays/3 delays/7 delays/15 delays/31 delays/63 "
        "delays/never delays/pending delays/unknown timewait/refused timewait/accepted "
        "timewait/buckets timewait/simulated".split(), 7)},
    "kernel/tw_recycle_sim/era": "4.11",
    "module/tw_recycle_sim/version": "0.1",
}
# Names that no kernel prints, but that must not break a scrape. One peer comes twice.
OFFENDERS = """\
local peer rejected over older untimed clocks netns
192.0.2.1 198.51.100.7 30 0 30 0 3 4026531840
192.0.2.1 198.51.100.7 29 0 29 0 2 4026531840
a"b {c="\\n\\d\\"} 9 3 9 0 1 -
\udcff\u00e9\u2028 } 9 3 9 0 - 5
"""


def read(name):
    with open(name if name[0] == "/" else FLEET + "/" + name, encoding="utf-8") as file:
        return file.read()


def load(name):
    return yaml.safe_load(read(name))


def rules(kind):
    return {rule[kind]: rule for group in load("rules.yml")["groups"]
            for rule in group["rules"] if kind in rule}


def dashboard():
    return json.loads(read("dashboard.json"))


def queries():
    return [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]


def used(text):
    """The metrics that a text names; a histogram by its name without a suffix."""
    # Recorded metrics have a test of their own.
    text = re.sub(r"(instance|job):[a-z0-9_:]+", "", text)
    return {re.sub("_(bucket|sum|count)$", "", name)
            for name in re.findall(r"\btw_recycle_sim_[a-z0-9_]+", text)}


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        for name, value in FILES.items():
            self.write("/sys/" + name, "%s\n" % value)
        # The newest module has all counters in one file too.
        folder = "kernel/tw_recycle_sim/"
        self.write("/sys/" + folder + "counters", "".join(
            "%s %d\n" % (name[len(folder):], value) for name, value in FILES.items()
            if isinstance(value, int) and
            not name.endswith(("/peers", "timewait/buckets", "timewait/simulated"))))
        self.write("/sys/kernel/debug/tw_recycle_sim/offenders", OFFENDERS)

    def write(self, path, text):
        path = self.root + path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)

    def run_it(self, *command, status=0, **more):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=300, check=False, **more)
        out = done.stdout.decode(errors="replace")
        self.assertEqual(done.returncode, status, out)
        return out

    def exported(self, *args):
        return self.run_it(TWRSTAT, "--root", self.root, "--prometheus", *args)

    def families(self):
        return set(re.findall("^# TYPE ([^ ]*) ", self.exported("--offenders", "9"), re.M))

    def writes(self, args):
        """twrstat accepts these arguments and writes to --output, here in another
        folder."""
        args = list(args)
        place = args.index("--output") + 1
        file = self.root + "/" + os.path.basename(args[place])
        args[place] = file
        process = subprocess.Popen([sys.executable, TWRSTAT, "--root", self.root, *args])
        end = time.monotonic() + 300
        while not os.path.exists(file) and time.monotonic() < end:
            time.sleep(0.02)
        if "-i" in args:
            process.kill()
            process.wait()
        else:
            self.assertEqual(process.wait(300), 0)
        with open(file, encoding="utf-8") as written:
            self.assertEqual(written.read(), self.exported())


class Metrics(Case):
    def test_lint(self):
        """promtool has no complaint, not even about style."""
        shutil.rmtree(self.root + "/sys/kernel/debug")
        for text in (self.exported(), self.full()):
            self.assertEqual(self.run_it(PROMTOOL, "check", "metrics", input=text.encode()), "")
        shutil.rmtree(self.root + "/sys/kernel/tw_recycle_sim")
        text = self.exported("--offenders", "3")
        self.assertEqual(text.splitlines()[2:], ["tw_recycle_sim_up 0"])
        self.assertEqual(self.run_it(PROMTOOL, "check", "metrics", input=text.encode()), "")

    def full(self):
        self.write("/sys/kernel/debug/tw_recycle_sim/offenders", OFFENDERS)
        text = self.exported("--offenders", "9")
        self.assertEqual(text.count("offender_syns_rejected_total{"), 3)
        self.assertIn('peer="{c=\\"\\\\n\\\\d\\\\\\"}",local="a\\"b",netns="-"', text)
        return text

    def test_documented(self):
        """Each metric has a line in the table of the page, and each line has a metric."""
        page = read(TREE + "/Documentation/fleet.rst")
        told = re.findall(r"^``(tw_recycle_sim_\w+)", page, re.M)
        self.assertEqual(sorted(told), sorted(self.families()))
        self.assertLessEqual(used(page), self.families())
        for record in rules("record"):
            self.assertIn("``%s``" % record, page)


class Rules(Case):
    def test_check(self):
        out = self.run_it(PROMTOOL, "check", "rules", "--lint-fatal", FLEET + "/rules.yml")
        self.assertIn("SUCCESS: %d rules" % len({**rules("record"), **rules("alert")}), out)

    def test_rules(self):
        self.run_it(PROMTOOL, "test", "rules", FLEET + "/rules_test.yml")

    def test_all_tested(self):
        """Each alert fires in a test and does not fire in another; each record is
        tested."""
        tests = load("rules_test.yml")["tests"]
        fired = {(case["alertname"], bool(case["exp_alerts"])) for test in tests
                 for case in test.get("alert_rule_test", [])}
        self.assertEqual(fired, {(alert, fires) for alert in rules("alert")
                                 for fires in (False, True)})
        expressions = " ".join(case["expr"] for test in tests
                               for case in test.get("promql_expr_test", []))
        for record in rules("record"):
            self.assertIn(record, expressions)

    def test_metrics(self):
        for rule in [*rules("record").values(), *rules("alert").values()]:
            self.assertLessEqual(used(rule["expr"]), self.families())

    def test_alerts(self):
        """Each alert has what its receiver needs, and a section on the page."""
        page = read(TREE + "/Documentation/fleet.rst")
        for name, rule in rules("alert").items():
            self.assertIn(rule["labels"]["severity"], ("info", "warning"))
            self.assertTrue(rule["for"])
            notes = rule["annotations"]
            self.assertEqual(sorted(notes), ["description", "runbook", "summary"])
            self.assertEqual(notes["runbook"], "Documentation/fleet.rst#" + name.lower())
            self.assertRegex(page, r"\n%s\n-{%d}\n" % (name, len(name)))


class Dashboard(Case):
    def test_metrics(self):
        names = used(" ".join(queries()) + str(dashboard()["templating"]))
        self.assertEqual(names, self.families())
        for record in re.findall("(?:instance|job):[a-z0-9_:]+", " ".join(queries())):
            self.assertIn(record, rules("record"))

    def test_source(self):
        """All queries use the chosen data source, and the chosen job and instance."""
        board = dashboard()
        first, *others = board["templating"]["list"]
        self.assertEqual((first["name"], first["type"], first["query"]),
                         ("DS_PROMETHEUS", "datasource", "prometheus"))
        self.assertEqual([other["name"] for other in others], ["job", "instance"])
        for asker in [*others, *board["panels"],
                      *(target for panel in board["panels"] for target in panel["targets"])]:
            self.assertEqual(asker["datasource"],
                             {"type": "prometheus", "uid": "${DS_PROMETHEUS}"})
        for query in queries():
            names = re.findall(r"tw_recycle_sim_\w+(?::\w+)?|node_textfile\w+", query)
            self.assertEqual(len(names), query.count('{job=~"$job", instance=~"$instance"'))

    def test_panels(self):
        panels = dashboard()["panels"]
        for what in ("id", "title"):
            self.assertEqual(len({panel[what] for panel in panels}), len(panels))
        taken = set()
        for panel in panels:
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])}
            self.assertFalse(taken & cells, panel["title"])
            self.assertTrue(cells and max(x for x, _ in cells) < 24, panel["title"])
            taken |= cells
            ids = [target["refId"] for target in panel["targets"]]
            self.assertEqual(len(set(ids)), len(ids))
            for word in re.findall("Value #(.)", json.dumps(panel)):
                self.assertIn(word, ids)


class Kubernetes(Case):
    def test_daemonset(self):
        daemonset = load("daemonset.yaml")
        self.assertEqual((daemonset["apiVersion"], daemonset["kind"]), ("apps/v1", "DaemonSet"))
        template = daemonset["spec"]["template"]
        self.assertEqual(daemonset["spec"]["selector"]["matchLabels"],
                         template["metadata"]["labels"])
        pod = template["spec"]
        container, = pod["containers"]
        mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        self.assertEqual(sorted(mounts), sorted(volume["name"] for volume in pod["volumes"]))
        python, program, *args = container["command"]
        self.assertEqual((python, program), ("python3", mounts["twrstat"]))
        output = args[args.index("--output") + 1]
        self.assertEqual(os.path.dirname(output), mounts["textfile"])
        self.writes(args)
        self.assertEqual(host_folder(pod), folder_of_node_exporter(self))

    def test_rights(self):
        pod = load("daemonset.yaml")["spec"]["template"]["spec"]
        self.assertFalse({"hostNetwork", "hostPID", "hostIPC"} & set(pod))
        self.assertIs(pod["automountServiceAccountToken"], False)
        context = pod["containers"][0]["securityContext"]
        self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
        self.assertIs(context["readOnlyRootFilesystem"], True)
        self.assertIs(context["privileged"], False)
        self.assertIs(context["allowPrivilegeEscalation"], False)


def host_folder(pod):
    path, = (volume["hostPath"]["path"] for volume in pod["volumes"] if "hostPath" in volume)
    return path


def folder_of_node_exporter(case):
    """Where Debian's node exporter looks by default."""
    out = case.run_it(TOOLS + "/usr/bin/prometheus-node-exporter", "--help")
    return re.search(r'--collector.textfile.directory="([^"]*)"', out).group(1)


class Systemd(Case):
    def exec_start(self):
        return re.search("^ExecStart=(.*)$", read(UNIT + ".service"), re.M).group(1)

    def test_units(self):
        program, *args = shlex.split(self.exec_start())
        self.assertEqual(program, "/usr/sbin/twrstat")
        output = args[args.index("--output") + 1]
        self.writes(args)
        folder = os.path.dirname(output)
        self.assertEqual(folder, folder_of_node_exporter(self))
        text = read(UNIT + ".service")
        self.assertIn("\nReadWritePaths=%s\n" % folder, text)
        self.assertIn("\nConditionPathIsDirectory=%s\n" % folder, text)

    def test_verify(self):
        """The units as they are, but with a program that exists on this machine."""
        self.write("/%s.service" % UNIT, read(UNIT + ".service").replace(
            "/usr/sbin/twrstat", TWRSTAT))
        self.write("/%s.timer" % UNIT, read(UNIT + ".timer"))
        units = [self.root + "/" + UNIT + kind for kind in (".service", ".timer")]
        self.assertEqual(self.run_it("systemd-analyze", "verify", "--man=no", *units), "")
        # The exposure was 13 of 100 when this was written.
        self.run_it("systemd-analyze", "security", "--offline=true", "--threshold=20",
                    units[0])


result = unittest.main(exit=False).result
print("%d tests, %d metrics, %d recording rules, %d alerts, %d queries" % (
    result.testsRun, len(used(read(TREE + "/Documentation/fleet.rst"))),
    len(rules("record")), len(rules("alert")), len(queries())))
sys.exit(not result.wasSuccessful())
