# SPDX-License-Identifier: GPL-2.0
#
# failure: an error that ends the program with one line and status 1

import sys

from common.text import make_printable


class Failure(Exception):
    """The program cannot do what the user asked for; the text says why."""


def exit_with(program, failure):
    sys.stderr.write("%s: %s\n" % (program, make_printable(failure)))
    sys.exit(1)
