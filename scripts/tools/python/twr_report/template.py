# SPDX-License-Identifier: GPL-2.0
#
# template: fills in an HTML file
#
# $name stands for a value, which is escaped if it is not Markup. A part is between <!--begin
# name--> and <!--end name-->. It is left out, or comes once, or comes once for each item of a
# list. Other comments are left out. A line that begins with blanks continues the line before
# it, after one blank if it begins with text.

import html
import re

COMMENT = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
# A comment that is alone on its line is removed with the line.
COMMENT_LINE = re.compile(r"^(<!--(?:(?!-->).)*-->)\n", re.MULTILINE | re.DOTALL)
VALUE = re.compile(r"\$([a-z_]+)")


class Markup(str):
    """Text that is already HTML, or the content of a script or a style."""


class Template:
    def __init__(self, text):
        text = COMMENT_LINE.sub(r"\1", text)
        text = re.sub(r"\n +(?=<)", "", text)
        text = re.sub(r"\n +", " ", text)
        # For each open part, its name and its pieces so far.
        open_parts = [(None, [])]
        for i, piece in enumerate(COMMENT.split(text)):
            word, _, name = piece.partition(" ")
            if i % 2 == 0:
                open_parts[-1][1].append(piece)
            elif word == "begin":
                open_parts.append((name, []))
            elif word == "end":
                begun, part = open_parts.pop()
                if begun != name:
                    raise ValueError("%s ends before %s" % (name, begun))
                open_parts[-1][1].append((name, part))
        (_, self.pieces), = open_parts

    def fill(self, values):
        """A part is True, a dictionary of values, or a list of these; or None, False, []."""
        return "".join(fill_pieces(self.pieces, values))


def fill_pieces(pieces, values):
    def show(match):
        value = values[match.group(1)]
        return value if isinstance(value, Markup) else html.escape(str(value))

    for piece in pieces:
        if isinstance(piece, str):
            yield VALUE.sub(show, piece)
            continue
        name, part = piece
        turns = values.get(name) or []
        for turn in turns if isinstance(turns, list) else [turns]:
            yield from fill_pieces(part, values if turn is True else {**values, **turn})
