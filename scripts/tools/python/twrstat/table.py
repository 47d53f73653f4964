# SPDX-License-Identifier: GPL-2.0
#
# table: lays out rows of words and numbers as columns

from common.text import make_printable


def fit_columns(widths, limit):
    """How many columns fit into limit, with a blank between them; at least one."""
    used = -1
    for i, width in enumerate(widths):
        used += 1 + width
        if limit and used > limit:
            return max(i, 1)
    return len(widths)


def format_table(heads, rows, left, width):
    """Lines no wider than width. The columns in left have words, the others numbers."""
    heads = list(map(make_printable, heads))
    rows = [list(map(make_printable, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *rows)]
    # A long address must leave room for the number beside it.
    if width and len(widths) > 1 and widths[0] + 1 + widths[1] > width:
        widths[0] = max(width - 1 - widths[1], 1)
    n = fit_columns(widths, width)
    for row in [heads] + rows:
        cells = []
        for head, cell, size in list(zip(heads, row, widths))[:n]:
            if len(cell) > size:
                cell = cell[:size - 1] + "+"
            cells.append(cell.ljust(size) if head in left else cell.rjust(size))
        yield " ".join(cells).rstrip()[:width or None]
