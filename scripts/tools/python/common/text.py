# SPDX-License-Identifier: GPL-2.0
#
# text: makes text that others wrote safe to print
#
# Names of devices, namespaces and files, and the lines of a recording, may hold
# anything. A terminal must not obey them, and a reader must see what is there.

import unicodedata

# Unicode says that these letters are printable, but they show nothing.
BLANK = "\u115f\u1160\u2800\u3164\uffa0"


def escape_char(char):
    """Replaces a character that shows nothing, or changes its neighbours, by its number."""
    if char.isprintable() and char not in BLANK and unicodedata.category(char)[0] != "M":
        return char
    code = ord(char)
    if 0xdc80 <= code <= 0xdcff:
        # Python's form of a byte that is not UTF-8.
        code -= 0xdc00
    return ("\\x%02x" if code < 0x100 else "\\u%04x" if code < 0x10000 else "\\U%08x") % code


def make_printable(text):
    return "".join(map(escape_char, str(text)))
