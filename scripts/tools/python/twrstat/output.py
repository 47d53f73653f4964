# SPDX-License-Identifier: GPL-2.0
#
# output: prints lines that fit the terminal

import os
import shutil
import sys
import textwrap

from common.text import make_printable


class Output:
    """Lines no wider than the terminal. In a file or a pipe, lines are not broken."""

    def __init__(self):
        # A name may have letters that the locale lacks. Python 3.6 has no reconfigure.
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        self.tty = sys.stdout.isatty()
        self.width = None
        size = shutil.get_terminal_size((80, 24))
        # watch(1) reads a pipe, and passes the width of its screen.
        if self.tty or os.environ.get("COLUMNS", "").isdigit():
            self.width = max(size.columns, 1)
        self.height = max(size.lines, 4)

    def print_raw(self, text):
        print(make_printable(text), flush=True)

    def print_line(self, text):
        """Breaks a long line; the parts keep its indentation."""
        text = make_printable(text)
        if self.width is None or len(text) <= self.width:
            self.print_raw(text)
            return
        indent = len(text) - len(text.lstrip(" "))
        # A narrow terminal has no room for the indentation.
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
