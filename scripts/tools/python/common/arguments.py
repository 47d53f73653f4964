# SPDX-License-Identifier: GPL-2.0
#
# arguments: a parser whose errors are one line, with status 2; types of arguments

import argparse
import re

from common.text import make_printable


class Parser(argparse.ArgumentParser):
    # Text after each error message.
    hint = ""

    def error(self, message):
        self.exit(2, "%s: %s%s\n" % (self.prog, make_printable(message), self.hint))


def whole_number(least):
    """A type for argparse: a whole number from least on."""
    def parse(text):
        if not re.match("[0-9]+$", text) or int(text) < least:
            raise argparse.ArgumentTypeError("'%s' is not a number from %d" % (text, least))
        return int(text)
    return parse


def parse_seconds(text):
    """A type for argparse: a number of seconds above 0."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError("'%s' is not a number of seconds" % text)
    return value
