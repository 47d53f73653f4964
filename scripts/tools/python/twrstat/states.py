# SPDX-License-Identifier: GPL-2.0
#
# states: what is full or switched on right now, and so keeps SYNs from an answer
#
# No counter has to move for these: they hold at the moment of reading.

from twrstat.proc import WrongForm, parse_number

NETFILTER = "/proc/sys/net/netfilter/nf_conntrack_"
# Before 2.6.20.
OLD_NETFILTER = "/proc/sys/net/ipv4/netfilter/ip_conntrack_"
STAT = "/proc/net/stat/nf_conntrack"
LOG = "/dev/kmsg"
IPVS = "/proc/net/ip_vs"
VS = "/proc/sys/net/ipv4/vs/"
# A table is called nearly full from this part of its size on.
NEARLY = 0.9


def read_size(files, path, reading):
    """A number, or None if there is no such file. One that cannot be read is noted."""
    try:
        with files.open(path) as file:
            return parse_number(file.read(64).strip(), "it")
    except FileNotFoundError:
        return None
    except OSError as err:
        reading.gaps[path] = err.strerror or str(err)
    except WrongForm as err:
        reading.gaps[path] = str(err)
    return None


def find_conntrack(files, reading):
    """How many entries the table has, and how many it may have; None for what is unknown."""
    for prefix in NETFILTER, OLD_NETFILTER:
        count = read_size(files, prefix + "count", reading)
        most = read_size(files, prefix + "max", reading)
        if count is not None or most is not None:
            return count, most
    return None, None


def tell_conntrack(files, reading):
    """The state of connection tracking. Also notes in reading that nobody can tell whether it
    dropped, if its counters and the log are both missing."""
    count, most = find_conntrack(files, reading)
    if STAT in reading.absent and LOG in reading.absent and (
            count is not None or files.find_inode(NETFILTER + "max") is not None):
        reading.gaps[STAT] = "%s, and the kernel log: %s" % (
            reading.absent.pop(STAT), reading.absent.pop(LOG))
    if count is None or not most or count < most * NEARLY:
        return
    what = "connections tracked now, of %d: the connection tracking table is %s"
    entry = {"count": count,
             "counters": {"nf_conntrack_count": count, "nf_conntrack_max": most}}
    if count >= most:
        entry["what"] = what % (most, "full")
        entry["means"] = "The SYN of a new connection gets no answer: there is no room to " \
                         "note it. Connections that are already in the table go on."
    else:
        entry["what"] = what % (most, "nearly full")
        entry["means"] = "Not yet a reason. Once it is full, the SYN of a new connection " \
                         "gets no answer."
    entry["do"] = "sysctl -w net.netfilter.nf_conntrack_max=...; who fills it: conntrack -L, " \
                  "or /proc/net/nf_conntrack; rules with notrack for what needs no tracking"
    yield entry


def count_idle_services(text):
    """IPVS services with no server whose weight is above zero."""
    idle = services = 0
    takes = True
    for words in filter(None, map(str.split, text.splitlines())):
        if words[0] in ("TCP", "FWM"):
            idle += not takes
            services += 1
            takes = False
        elif words[0] == "->" and len(words) >= 4 and words[3].isdecimal():
            takes = takes or int(words[3]) > 0
        elif words[0] in ("UDP", "SCTP"):
            idle += not takes
            takes = True
    return services, idle + (not takes)


def tell_ipvs(files, reading):
    try:
        with files.open(IPVS) as file:
            services, idle = count_idle_services(file.read(1 << 24))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as err:
        reading.gaps[IPVS] = getattr(err, "strerror", None) or str(err)
        return
    if idle:
        yield {"what": "services of IPVS, of %d, have no server that takes connections" %
                       services,
               "count": idle, "counters": {"ip_vs": idle},
               "means": "A SYN for such a service gets no answer, or an ICMP error.",
               "do": "ipvsadm -Ln; the program that sets the servers (keepalived, kube-proxy)"}
    for name in "drop_packet", "drop_entry":
        mode = files.read_number(VS + name)
        if mode in (2, 3):
            yield {"what": "is net.ipv4.vs.%s: IPVS drops to save memory" % name,
                   "count": mode, "counters": {"net.ipv4.vs." + name: mode},
                   "means": "A part of all SYNs gets no answer."
                            if name == "drop_packet" else
                            "Entries of connections not yet open are dropped: their next "
                            "packets find no server.",
                   "do": "sysctl -w net.ipv4.vs.%s=0; free; sysctl net.ipv4.vs.amemthresh" %
                         name}


def find_states(files, reading):
    return [*tell_conntrack(files, reading), *tell_ipvs(files, reading)]
