# SPDX-License-Identifier: GPL-2.0
#
# proc: reads what the kernel itself counts on this machine
#
# Counters have the names that nstat gives them. Those of devices, and of per-CPU tables, are
# called FOLDER/NAME.


def parse_two_lines(text):
    """/proc/net/netstat and snmp have names in one line and values in the next."""
    found = {}
    lines = [line.split() for line in (text or "").splitlines()]
    for names, values in zip(lines[::2], lines[1::2]):
        if names[:1] == values[:1]:
            for name, value in zip(names[1:], values[1:]):
                found[names[0].rstrip(":") + name] = int(value)
    return found


def parse_lines(text):
    """/proc/net/snmp6 has a name and a value in each line."""
    words = [line.split() for line in (text or "").splitlines()]
    return {pair[0]: int(pair[1]) for pair in words if len(pair) == 2}


def sum_processors(text):
    """/proc/net/stat/* have a heading, then a line of hexadecimal numbers per processor."""
    lines = [line.split() for line in (text or "").splitlines()]
    if not lines:
        return {}
    return {name: sum(int(line[i], 16) for line in lines[1:] if i < len(line))
            for i, name in enumerate(lines[0])}


def sum_softnet(text):
    lines = [[int(word, 16) for word in line.split()] for line in (text or "").splitlines()]
    found = {name: sum(line[i] for line in lines if i < len(line))
             for name, i in (("dropped", 1), ("time_squeeze", 2))}
    return found if lines else {}


def read_machine(files):
    found = parse_two_lines(files.read_text("/proc/net/netstat"))
    found.update(parse_two_lines(files.read_text("/proc/net/snmp")))
    found.update(parse_lines(files.read_text("/proc/net/snmp6")))
    for name in ("nf_conntrack", "rt_cache", "arp_cache", "ndisc_cache"):
        for column, value in sum_processors(files.read_text("/proc/net/stat/" + name)).items():
            # This is not a counter: each line repeats the size of the whole table.
            if column != "entries":
                found[name + "/" + column] = value
    for column, value in sum_softnet(files.read_text("/proc/net/softnet_stat")).items():
        found["softnet/" + column] = value
    for device in files.list_names("/sys/class/net"):
        folder = "/sys/class/net/%s/statistics" % device
        for name, value in files.read_numbers(folder).items():
            if name.startswith(("rx_", "tx_")):
                found["%s/%s" % (device, name)] = value
    return found
