# SPDX-License-Identifier: GPL-2.0
#
# arguments: the options of twrstat, and which of them go together

import math
import os

from common.arguments import Parser
from common.module import VERSION


def make_parser():
    parser = Parser(
        prog="twrstat", allow_abbrev=False,
        description="Shows what the module tw_recycle_sim has counted: by default all "
                    "counters, in the words of netstat -s.",
        epilog="The counters are for root, or for the group that the module was loaded "
               "with (mode=0440 gid=). Status: 0; 1 on an error, which is printed on one "
               "line; 2 for bad arguments. See twrstat(8).")
    parser.hint = " (see twrstat --help)"
    parser.add_argument("-i", dest="interval", nargs="+", metavar=("SECONDS", "COUNT"),
                        help="repeat after each interval, COUNT times; counters as rates per "
                             "second, the first line after the first interval")
    parser.add_argument("--top", nargs="?", type=int, const=10, metavar="N",
                        help="the N peers (10; 0: all) that would have been rejected most "
                             "often, for root")
    parser.add_argument("--json", action="store_true",
                        help="everything as one JSON object in a line; offenders need root")
    parser.add_argument("--why", action="store_true",
                        help="other reasons of this machine for a SYN without an "
                             "answer, and what to do; needs no module; status 1 if "
                             "something could not be read")
    parser.add_argument("--netstat", metavar="FILE",
                        help="with --why: read the text of netstat -s or nstat -az, of any "
                             "machine, from FILE (-: standard input)")
    parser.add_argument("-a", "--all", action="store_true",
                        help="with --why: also counters that are zero")
    parser.add_argument("--prometheus", action="store_true",
                        help="all counters in the text format of Prometheus")
    parser.add_argument("--output", metavar="FILE",
                        help="with --prometheus: write to FILE, which is replaced as a whole")
    parser.add_argument("--offenders", type=int, metavar="N",
                        help="with --prometheus: also the N peers that would have been "
                             "rejected most often, for root")
    parser.add_argument("--netns", metavar="INODE|PATH|NAME",
                        help="only one network namespace, for root")
    parser.add_argument("--root", default="", metavar="FOLDER",
                        help="read FOLDER/sys, FOLDER/proc and FOLDER/dev/kmsg (for tests)")
    parser.add_argument("--version", action="version", version="%(prog)s " + VERSION)
    return parser


def parse_interval(args, parser):
    """Sets seconds and count from the values of -i, or to None."""
    args.seconds = args.count = None
    if not args.interval:
        return
    if len(args.interval) > 2:
        parser.error("-i takes SECONDS and COUNT, not '%s' as well" % args.interval[2])
    try:
        args.seconds = float(args.interval[0])
    except ValueError:
        args.seconds = math.nan
    if not 0.01 <= args.seconds <= 1e6:
        parser.error("-i %s: not a number of seconds" % args.interval[0])
    if len(args.interval) > 1:
        if not args.interval[1].isdigit() or not int(args.interval[1]):
            parser.error("-i: %s is not a COUNT" % args.interval[1])
        args.count = int(args.interval[1])


def check_combinations(args, parser):
    if args.top is not None and args.top < 0:
        parser.error("--top %d: not a number of peers" % args.top)
    if args.top is not None and (args.why or args.json):
        parser.error("--top goes with neither --why nor --json")
    if args.all and not args.why:
        parser.error("-a goes with --why")
    if args.netstat is not None and (not args.why or args.interval):
        parser.error("--netstat goes with --why, and not with -i")
    if args.prometheus and (args.why or args.json or args.netns or args.top is not None):
        parser.error("--prometheus goes with none of --json, --netns, --top and --why")
    if not args.prometheus and (args.output is not None or args.offenders is not None):
        parser.error("--output and --offenders go with --prometheus")
    if args.prometheus and args.interval and args.output is None:
        parser.error("--prometheus with -i needs an --output")
    if args.output is not None and not os.path.basename(args.output):
        parser.error("--output '%s': not a file" % args.output)
    if args.offenders is not None and args.offenders < 1:
        parser.error("--offenders %d: not a number of peers" % args.offenders)
    if args.why and args.netns:
        parser.error("--why reports the namespace it runs in: ip netns exec NAME "
                     "twrstat --why")


def parse_arguments():
    parser = make_parser()
    args = parser.parse_args()
    parse_interval(args, parser)
    check_combinations(args, parser)
    return args
