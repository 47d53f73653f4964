# SPDX-License-Identifier: GPL-2.0
#
# wire.py - what the tests share that read and write packets

import struct


def ones_sum(data):
    """The one's complement sum of RFC 1071; 0xffff over data with a right checksum."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total
