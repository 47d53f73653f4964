# SPDX-License-Identifier: GPL-2.0
#
# json_object: prints all data as one JSON object in a line

import json
import time

from common.failure import Failure
from common.module import PARAMETERS, VERSION_FILE
from twrstat.intervals import begin_and_wait
from twrstat.offenders import read_offenders
from twrstat.sample import NotPermitted, Sample
from twrstat.sources import Machine
from twrstat.why import check_gaps, explain, explain_text


def make_object(files, sample, netns):
    found = {
        "era": sample.era,
        "netns": netns,
        "version": (files.read_text(VERSION_FILE) or "").strip() or None,
        "parameters": {},
        "counters": dict(sample.counters),
        "exempt": sample.exempt,
    }
    for name in files.list_names(PARAMETERS):
        text = files.read_text(PARAMETERS + "/" + name)
        if text is not None:
            text = text.strip()
            found["parameters"][name] = int(text) if text.isdigit() else text
    if sample.delays:
        found["delays"] = sample.delays
    if sample.timewait:
        found["timewait"] = sample.timewait
    if sample.lost:
        found["lost"] = sample.lost
    try:
        found["offenders"] = read_offenders(files, netns)
    except Failure as err:
        found["offenders"] = None
        found["offenders_missing"] = str(err)
    return found


def add_module(found, args, files, netns):
    try:
        found.update(make_object(files, Sample(files, netns), netns))
    except Failure as err:
        # --why needs no module.
        if not args.why:
            raise
        if isinstance(err, NotPermitted):
            found.update(counters=None, counters_missing=str(err))


def run_json(args, files, netns):
    machine = Machine(files)
    gaps = {}
    for _ in begin_and_wait(args.seconds, args.count):
        found = {"time": time.time(), "monotonic": time.monotonic()}
        if args.netstat is not None:
            found.update(explain_text(args.netstat, args.all))
        else:
            add_module(found, args, files, netns)
            if args.why:
                found.update(explain(files, machine.read(), args.all))
        print(json.dumps(found), flush=True)
        gaps.update((gap["source"], gap) for gap in found.get("cannot_tell", ()))
    check_gaps(gaps.values())
