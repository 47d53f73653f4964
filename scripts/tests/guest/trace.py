#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# trace.py - prints the events of a trace buffer from their fields alone
#
# trace.py FOLDER: reads the raw records from a folder of tracefs with events, by the
# format files, as tracers do. Prints each as its line of `trace` should read, from the
# event's name on.

import glob
import ipaddress
import os
import re
import struct
import sys

EVENTS = "/events/tw_recycle_sim/"
PADDING, EXTEND, STAMP = 29, 30, 31     # the buffer's own records
# The types that every tracer knows: bpftrace does not accept bool on kernels without
# BTF.
TYPES = ["__u8", "__u16", "__u32", "__s32"]
VERDICTS = ["pass", "older", "untimed"]
# Delays that are printed as words. That of a SYN that was just rejected is not known.
DELAYS = {"syn_checked": {-2: "-"}, "syn_rejected": {-2: "-"},
          "syn_settled": {-1: "never", -2: "unknown"}}
FAMILIES = {2: 4, 10: 6}
LINE = {
    "syn_checked": ["timed", "tsval", "known", "ts_recent", "age", "behind",
                    "delay", "verdict"],
    "syn_settled": ["timed", "tsval", "delay"],
    "stamp_recorded": ["ts_recent", "age"],
}
LINE["syn_rejected"] = LINE["syn_checked"]


def formats(folder):
    """By number: the name of the event and its fields, as offset, size, signed."""
    found = {}
    for name in LINE:
        with open(folder + EVENTS + name + "/format") as file:
            text = file.read()
        number = int(re.search(r"^ID: (\d+)$", text, re.M).group(1))
        found[number] = name, {}
        for kind, field, offset, size, signed in re.findall(
                r"field:(.*?) ?(\w+)(?:\[\d+\])?;\s*offset:(\d+);"
                r"\s*size:(\d+);\s*signed:([01]);", text):
            if not field.startswith("common_") and kind not in TYPES:
                sys.exit("trace: %s is of the type %s" % (field, kind))
            found[number][1][field] = int(offset), int(size), signed == "1"
    return found


def records(page):
    """The events in a page of the buffer, without the buffer's own records."""
    place, end = 16, 16 + (struct.unpack_from("=Q", page, 8)[0] & 0xfffff)
    while place < end:
        kind = struct.unpack_from("=I", page, place)[0] & 31
        if kind == PADDING:
            return
        place += 4
        if kind in (EXTEND, STAMP):
            place += 4
            continue
        size = kind * 4
        if kind == 0:
            size = struct.unpack_from("=I", page, place)[0]
            yield page[place + 4:place + size]
        else:
            yield page[place:place + size]
        place += size


def pages(folder):
    for name in sorted(glob.glob(folder + "/per_cpu/cpu*/trace_pipe_raw")):
        file = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
        try:
            while page := os.read(file, 4096):
                yield page
        except BlockingIOError:
            pass
        os.close(file)


def end(record, fields, side, family):
    """Address and port, which must agree with the socket address."""
    def raw(field):
        return record[fields[field][0]:][:fields[field][1]]

    address = ipaddress.IPv6Address(raw(side))
    port = raw(side + "_port")
    if FAMILIES[family] == 4:
        address = address.ipv4_mapped
        text = "%s:%d"
        sockaddr = struct.pack("=H", family) + struct.pack(
            ">H", *struct.unpack("=H", port)) + address.packed
    else:
        text = "[%s]:%d"
        sockaddr = struct.pack("=H", family) + struct.pack(
            ">HI", *struct.unpack("=H", port), 0) + address.packed
    if raw(side + "_sockaddr") != sockaddr.ljust(28, b"\0"):
        sys.exit("trace: %s_sockaddr is %s" % (
            side, raw(side + "_sockaddr").hex()))
    return text % (address, struct.unpack("=H", port)[0])


def line(record, name, fields):
    def number(field):
        offset, size, signed = fields[field]
        return int.from_bytes(record[offset:offset + size], sys.byteorder,
                              signed=signed)

    words = ["%s: peer=%s local=%s netns=%d" % (
        name, *(end(record, fields, side, number("family"))
                for side in ("peer", "local")), number("netns"))]
    for field in LINE[name]:
        value = number(field)
        if field == "verdict":
            value = VERDICTS[value]
        elif field == "delay":
            value = DELAYS[name].get(value, value)
        words.append("%s=%s" % (field, value))
    return " ".join(words)


def main(folder):
    known = formats(folder)
    for page in pages(folder):
        for record in records(page):
            number = struct.unpack_from("=H", record)[0]
            print(line(record, *known[number]))


main(sys.argv[1])
