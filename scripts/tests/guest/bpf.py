# SPDX-License-Identifier: GPL-2.0
#
# bpf.py - the part of bpf(2) that the tests need, without a compiler or a library

import ctypes
import errno
import os
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_BPF = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
MAP_CREATE, LOOKUP, UPDATE, PROG_LOAD, LINK_CREATE = 0, 1, 2, 5, 28
ARRAY, SOCKMAP = 2, 15
SOCKET_FILTER, SK_LOOKUP = 1, 30
ATTACH_SK_LOOKUP = 36
MAP_LOOKUP_ELEM, SK_RELEASE, SK_ASSIGN = 1, 86, 124     # helpers
R0, R1, R2, R3, R6, R7, R8, R10 = 0, 1, 2, 3, 6, 7, 8, 10


def bpf(command, attr):
    attr = ctypes.create_string_buffer(attr, 128)
    done = LIBC.syscall(SYS_BPF, command, attr, len(attr))
    if done < 0:
        raise OSError(ctypes.get_errno(), "bpf(%d): %s" % (
            command, errno.errorcode[ctypes.get_errno()]))
    return done


def address(buffer):
    return ctypes.addressof(buffer)


def new_map(kind, value_size, entries):
    return bpf(MAP_CREATE, struct.pack("IIII", kind, 4, value_size, entries))


def update(fd, key, value):
    key, value = (ctypes.create_string_buffer(b, len(b))
                  for b in (struct.pack("I", key), value))
    bpf(UPDATE, struct.pack("I4xQQQ", fd, address(key), address(value), 0))


def lookup(fd, key):
    """Returns a 32-bit value."""
    key = ctypes.create_string_buffer(struct.pack("I", key), 4)
    value = ctypes.create_string_buffer(4)
    bpf(LOOKUP, struct.pack("I4xQQQ", fd, address(key), address(value), 0))
    return struct.unpack("I", value.raw)[0]


def insn(code, dst=0, src=0, off=0, imm=0):
    return struct.pack("<BBhi", code, src << 4 | dst, off, imm)


# Each of these functions returns some instructions of 8 bytes.
def mov(dst, src):
    return insn(0xbf, dst, src)


def mov_imm(dst, imm):
    return insn(0xb7, dst, imm=imm)


def add_imm(dst, imm):
    return insn(0x07, dst, imm=imm)


def and_imm(dst, imm):
    return insn(0x57, dst, imm=imm)


def load(dst, src, off):
    return insn(0x61, dst, src, off)


def store(dst, off, src):
    return insn(0x63, dst, src, off)


def map_fd(dst, fd):
    return insn(0x18, dst, 1, imm=fd) + insn(0)


def call(helper):
    return insn(0x85, imm=helper)


def end():
    return insn(0x95)


def unless_zero(register, then):
    return insn(0x15, register, off=len(then) // 8) + then


def counter_and_1(counter, then):
    """R7 = counter++ & 1, then the instructions `then`. R1 is the context, which R6 keeps.
   """
    return mov(R6, R1) + mov_imm(R1, 0) + store(R10, -4, R1) + \
        mov(R2, R10) + add_imm(R2, -4) + map_fd(R1, counter) + \
        call(MAP_LOOKUP_ELEM) + unless_zero(
            R0, load(R7, R0, 0) + mov(R8, R7) + add_imm(R8, 1) +
            store(R0, 0, R8) + and_imm(R7, 1) + then)


def load_program(kind, insns, attach=0):
    insns = ctypes.create_string_buffer(insns, len(insns))
    gpl = ctypes.create_string_buffer(b"GPL")
    log = ctypes.create_string_buffer(65536)
    try:
        return bpf(PROG_LOAD, struct.pack(
            "IIQQIIQII16sII", kind, len(insns) // 8, address(insns), address(gpl),
            1, len(log), address(log), 0, 0, b"", 0, attach))
    except OSError:
        print(log.value.decode())
        raise


def sk_lookup(counter, sockets):
    """A program that gives each lookup of a listener to the next of two sockets."""
    assign = mov(R7, R0) + mov(R1, R6) + mov(R2, R0) + mov_imm(R3, 0) + \
        call(SK_ASSIGN) + mov(R1, R7) + call(SK_RELEASE)
    pick = store(R10, -4, R7) + mov(R2, R10) + add_imm(R2, -4) + \
        map_fd(R1, sockets) + call(MAP_LOOKUP_ELEM) + unless_zero(R0, assign)
    return load_program(SK_LOOKUP, counter_and_1(counter, pick) +
                        mov_imm(R0, 1) + end(), ATTACH_SK_LOOKUP)


def next_of_two(counter):
    """A program that gives each SYN to the next of two sockets of an SO_REUSEPORT group.
   """
    return load_program(SOCKET_FILTER, counter_and_1(counter, mov(R0, R7)) + end())


def attach_to_netns(program, netns):
    return bpf(LINK_CREATE, struct.pack("IIII", program, netns, ATTACH_SK_LOOKUP, 0))
