# SPDX-License-Identifier: GPL-2.0
#
# proc: takes counters out of the texts of /proc
#
# Counters have the names that nstat gives them. Each function raises WrongForm if a text is
# not what it should be: numbers that were guessed would be worse than none.

import re

NUMBER = re.compile("-?[0-9]{1,20}$")
HEX = re.compile("[0-9a-fA-F]{1,16}$")
# A line that only `netstat -s` prints.
OF_NETSTAT = re.compile(r"^\s+\d+ (total packets received|requests sent out|segments received|"
                        r"active connections? openings)", re.MULTILINE)


class WrongForm(Exception):
    """A text is not what it should be; the exception's text says what is wrong."""


def parse_number(word, name):
    if not NUMBER.match(word):
        raise WrongForm("%s is '%.20s', not a number" % (name, word))
    return int(word)


def parse_hex(word, name):
    if not HEX.match(word):
        raise WrongForm("%s is '%.20s', not a hexadecimal number" % (name, word))
    return int(word, 16)


def parse_two_lines(text, sections):
    """/proc/net/netstat and snmp have names in one line and values in the next. A kernel may
    have more sections than these, but not fewer."""
    found = {}
    lines = [line.split() for line in text.splitlines() if line.strip()]
    for names, values in zip(lines[::2], lines[1::2]):
        if not names[0].endswith(":") or names[0] != values[0] or len(names) != len(values):
            raise WrongForm("the values of '%.20s' do not go with its names" % names[0])
        section = names[0][:-1]
        found.update((section + name, parse_number(value, section + name))
                     for name, value in zip(names[1:], values[1:]))
    if len(lines) % 2:
        raise WrongForm("it is cut off")
    for section in sections:
        if section + ":" not in (line[0] for line in lines):
            raise WrongForm("it has no line '%s:'" % section)
    return found


def parse_netstat(text):
    if OF_NETSTAT.search(text):
        raise WrongForm("it is what netstat -s prints: use --netstat FILE")
    return parse_two_lines(text, ["TcpExt"])


def parse_snmp(text):
    if OF_NETSTAT.search(text):
        raise WrongForm("it is what netstat -s prints: use --netstat FILE")
    return parse_two_lines(text, ["Ip", "Tcp"])


def parse_snmp6(text):
    """A name and a value in each line."""
    found = {}
    for words in filter(None, map(str.split, text.splitlines())):
        if len(words) != 2:
            raise WrongForm("a line has %d words" % len(words))
        found[words[0]] = parse_number(words[1], words[0])
    return found


def sum_processors(text, folder):
    """/proc/net/stat/* have a heading, then a line of hexadecimal numbers per processor."""
    names, *lines = [line.split() for line in text.splitlines() if line.strip()]
    if not lines or names[0] != "entries":
        raise WrongForm("it has no heading with numbers below")
    found = {}
    for place, name in enumerate(names):
        # This is not a counter: each line repeats the size of the whole table.
        if name != "entries":
            found["%s/%s" % (folder, name)] = sum(parse_hex(line[place], name)
                                                  for line in lines if place < len(line))
    return found


def sum_softnet(text):
    found = {"softnet/dropped": 0, "softnet/time_squeeze": 0}
    for words in filter(None, map(str.split, text.splitlines())):
        if len(words) < 3:
            raise WrongForm("a line has %d words" % len(words))
        found["softnet/dropped"] += parse_hex(words[1], "dropped")
        found["softnet/time_squeeze"] += parse_hex(words[2], "time_squeeze")
    return found


def parse_dev(text):
    """/proc/net/dev sums up what /sys/class/net/*/statistics has one by one."""
    found = {}
    for line in text.splitlines()[2:]:
        device, colon, numbers = line.rpartition(":")
        words = numbers.split()
        if not colon or len(words) != 16:
            raise WrongForm("a line is not that of a device")
        device = device.strip()
        for place, name in ((3, "rx_dropped"), (4, "rx_fifo_errors"), (5, "rx_frame_errors"),
                            (10, "tx_errors"), (11, "tx_dropped")):
            found["%s/%s" % (device, name)] = parse_number(words[place], name)
    return found
