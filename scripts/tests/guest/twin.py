#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# twin.py KO TWIN - writes the module with another name to TWIN
#
# The kernel takes it for another module. It fails to load beside the first one, because
# its files in /sys/kernel exist already. The name is stored twice, in .modinfo and in
# the struct module of .gnu.linkonce.this_module; other strings do not change.

import struct
import sys

NAME, OTHER = b"tw_recycle_sim\0", b"tw_recycle_two\0"

with open(sys.argv[1], "rb") as file:
    elf = bytearray(file.read())
at, = struct.unpack_from("<Q", elf, 40)
size, number, names = struct.unpack_from("<HHH", elf, 58)
headers = [struct.unpack_from("<IIQQQQ", elf, at + n * size) for n in range(number)]
done = 0
for header in headers:
    name = elf[headers[names][4] + header[0]:].split(b"\0", 1)[0]
    start, end = header[4], header[4] + header[5]
    for section, before in ((b".modinfo", b"name="),
                            (b".gnu.linkonce.this_module", b"")):
        if name == section:
            found = elf.find(before + NAME, start, end) + len(before)
            if found < start + len(before):
                sys.exit("no name in %s" % section.decode())
            elf[found:found + len(NAME)] = OTHER
            done += 1
if done != 2:
    sys.exit("%d sections with a name, not 2" % done)
with open(sys.argv[2], "wb") as file:
    file.write(elf)
