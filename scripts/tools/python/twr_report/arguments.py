# SPDX-License-Identifier: GPL-2.0
#
# arguments: the options of twr-report

import argparse

from common.arguments import Parser, parse_seconds, whole_number
from common.module import VERSION
from twr_report.clock import parse_time_of_day


def parse_zero(text):
    mark = parse_time_of_day(text)
    if not mark:
        raise argparse.ArgumentTypeError("'%s' is not a time such as 2026-11-28 07:40:01, "
                                         "2026-11-28T07:40:01+01:00 or @1795851601" % text)
    return mark


def parse_arguments():
    parser = Parser(
        prog="twr-report", allow_abbrev=False,
        usage="%(prog)s [-o FILE] [-n N] [--points N] [--zero TIME] [--ticks N]\n"
              "                  [--chart-js FILE] [RECORDING...]\n"
              "       %(prog)s --record SECONDS [--save FILE] [-o FILE] ...",
        description="One HTML page with the clocks behind each address that "
                    "tcp_tw_recycle would have turned away, from the text of the "
                    "tracepoints of tw_recycle_sim.")
    parser.add_argument("recordings", metavar="RECORDING", nargs="*",
                        help="text of trace, trace_pipe, trace-cmd report or perf script, "
                             "or a trace.dat; - or none: standard input")
    parser.add_argument("-o", "--output", metavar="FILE", help="the page (default: stdout)")
    parser.add_argument("-n", "--charts", metavar="N", type=whole_number(0), default=12,
                        help="addresses that get a chart, the heaviest (default: 12)")
    parser.add_argument("--points", metavar="N", type=whole_number(1), default=4000,
                        help="accepted SYNs in a chart, at most (default: 4000)")
    parser.add_argument("--record", metavar="SECONDS", type=parse_seconds,
                        help="record now, for so long or until an interrupt")
    parser.add_argument("--save", metavar="FILE", help="with --record: keep the text")
    parser.add_argument("--zero", metavar="TIME", type=parse_zero,
                        help="time of day when the clock of the recording was 0, such as "
                             "'2026-11-28 07:40:01' (uptime -s prints when the machine booted) "
                             "or @ and seconds since 1970")
    parser.add_argument("--ticks", metavar="N", type=whole_number(1),
                        help="the recording counts ticks, so many in a second")
    parser.add_argument("--chart-js", metavar="FILE", help="a file of Chart.js")
    parser.add_argument("--version", action="version", version="%(prog)s " + VERSION)
    options = parser.parse_args()
    if options.record is not None and options.recordings:
        parser.error("--record makes a recording, and takes none")
    if options.record is not None and (options.zero or options.ticks):
        parser.error("--zero and --ticks are for recordings of other tools")
    if options.save is not None and options.record is None:
        parser.error("--save goes with --record")
    return options
