# SPDX-License-Identifier: GPL-2.0
#
# twr-report - draws the clocks behind each address, from the tracepoints of the module
# tw_recycle_sim
#
# It reads the text of a recording, or records by itself, and writes one HTML page that
# needs no other files. It needs Python 3.6 or newer and a file of Chart.js. The manual
# page, Documentation/twr-report.8, describes the page.

import os
import signal
import stat
import sys

from common.failure import Failure, exit_with
from common.files import mode_of_new_files, write_whole
from twr_report.arguments import parse_arguments
from twr_report.library import find_library
from twr_report.numbers import Report
from twr_report.page import describe_oddities, make_page
from twr_report.recording import Recording
from twr_report.sources import read_files
from twr_report.tracing import record_now


def write_page(text, path):
    if path is None:
        with open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False) as file:
            file.write(text)
    elif os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as err:
            raise Failure("%s: %s" % (path, err.strerror))
    else:
        write_whole(path, text.encode("utf-8"), mode_of_new_files())


def main():
    options = parse_arguments()
    # Find the library first: without it a long recording would be lost.
    library = find_library(options.chart_js)
    recording = Recording(options.ticks)
    if options.record is not None:
        record_now(options.record, options.save, recording)
    else:
        read_files(options.recordings, recording)
    report = Report(recording, options.charts, options.points, options.zero)
    write_page(make_page(report, library), options.output)
    for words in describe_oddities(recording):
        sys.stderr.write("twr-report: %s\n" % words.replace("\u202f", ""))


def run():
    try:
        main()
    except Failure as failure:
        exit_with("twr-report", failure)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
