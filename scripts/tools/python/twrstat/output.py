# SPDX-License-Identifier: GPL-2.0
#
# output: prints lines that fit the terminal

import os
import shutil
import sys
import textwrap

from common.text import make_printable


class Output:
    """Lines no wider than the terminal; into a file or a pipe they go as they are."""

    def __init__(self):
        # A name may have letters that the locale lacks. Python 3.6 has no reconfigure.
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        self.tty = sys.stdout.isatty()
        self.width = None
        size = shutil.get_terminal_size((80, 24))
        # watch(1) reads a pipe, and says how wide its screen is.
        if self.tty or os.environ.get("COLUMNS", "").isdigit():
            self.width = max(size.columns, 1)
        self.height = max(size.lines, 4)

    def print_raw(self, text):
        print(make_printable(text), flush=True)

    def print_line(self, text):
        """Breaks a long line; what follows keeps its indentation."""
        text = make_printable(text)
        if self.width is None or len(text) <= self.width:
            self.print_raw(text)
            return
        indent = len(text) - len(text.lstrip(" "))
        # A narrow terminal has no room for that.
        indent = indent if indent * 3 < self.width else 0
        for part in textwrap.wrap(text.strip(), self.width, initial_indent=" " * indent,
                                  subsequent_indent=" " * (indent and indent + 2)):
            self.print_raw(part)

    def begin_page(self, first):
        """Clears the terminal; elsewhere prints an empty line between two pages."""
        if self.tty:
            print("\033[H\033[J", end="")
        elif not first:
            self.print_raw("")
