# SPDX-License-Identifier: GPL-2.0
#
# twrstat - prints what the module tw_recycle_sim has counted, and other reasons of this
# machine for a SYN without an answer
#
# It reads files of /sys and /proc and writes only the file of --output. It needs Python
# 3.6 or newer and nothing else. The manual page, Documentation/twrstat.8, describes the
# output.

import signal

from common.failure import Failure, exit_with
from common.files import Files
from twrstat.arguments import parse_arguments
from twrstat.intervals import wait_intervals
from twrstat.json_object import run_json
from twrstat.netstat import print_counters
from twrstat.output import Output
from twrstat.prometheus import run_prometheus
from twrstat.rates import print_rates
from twrstat.sample import Sample, find_netns
from twrstat.top import run_top
from twrstat.why import run_why


def run():
    # A closed pipe and Ctrl-C end the program without a message.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    args = parse_arguments()
    files = Files(args.root)
    out = Output()
    try:
        netns = find_netns(files, args.netns) if args.netns else None
        if args.prometheus:
            run_prometheus(args, files)
        elif args.json:
            run_json(args, files, netns)
        elif args.why:
            run_why(args, files, out)
        elif args.top is not None:
            run_top(args, files, netns, out)
        elif args.seconds is not None:
            print_rates(lambda: Sample(files, netns),
                        wait_intervals(args.seconds, args.count), out)
        else:
            print_counters(Sample(files, netns), out)
    except Failure as err:
        exit_with("twrstat", err)
