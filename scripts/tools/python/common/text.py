# SPDX-License-Identifier: GPL-2.0
#
# text: makes text of others safe to print
#
# Names of devices, namespaces and files, and the lines of a recording, can have any
# characters. A terminal must not obey them, and a reader must see what is there.

import unicodedata

# Unicode calls these letters printable, but they are invisible.
BLANK = "\u115f\u1160\u2800\u3164\uffa0"


def escape_char(char):
    """Replaces a character that is invisible, or that changes its neighbours, by its number."""
    if char.isprintable() and char not in BLANK and unicodedata.category(char)[0] != "M":
        return char
    code = ord(char)
    if 0xdc80 <= code <= 0xdcff:
        # This is how Python represents a byte that is not UTF-8.
        code -= 0xdc00
    return ("\\x%02x" if code < 0x100 else "\\u%04x" if code < 0x10000 else "\\U%08x") % code


def make_printable(text):
    return "".join(map(escape_char, str(text)))
