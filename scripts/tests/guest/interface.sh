#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# interface.sh KO TWR_PCAP - every name that users rely on still exists
#
# This test lists each file of sysfs and debugfs with its mode, each parameter, each field
# of the tracepoints, each option and JSON key of the programs, and each metric of the
# exporter. interface.list has the same list as it is documented. A line that is missing
# breaks a user's script; a line that is new must be documented and added to the list.
# `interface.sh KO TWR_PCAP --write` prints the list instead of comparing it.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

pcap=$2
tests=${0%/*}
tools=$tests/../../tools

# keys: the paths of all keys of the JSON on standard input, an array's elements as one
keys() {
	python3 -c '
import json, sys

def walk(value, path):
    if isinstance(value, dict):
        for key in value:
            walk(value[key], path + "." + ("ERA" if path.endswith(".eras") else key))
    elif isinstance(value, list):
        for element in value:
            walk(element, path + "[]")
    else:
        found.add(path)

found = set()
walk(json.load(sys.stdin), "")
print("\n".join(sorted(found)))'
}

# options: the options that a --help on standard input explains
options() {
	sed -n 's/^ *\(-.*\)/\1/p' | grep -oE '(^|, )--?[a-zA-Z][a-z-]*' | tr -d ' ,' | sort -u
}

# under NAME: each line of standard input with NAME in front
under() {
	sed "s|^|$1 |"
}

list() {
	files
	for event in /sys/kernel/tracing/events/tw_recycle_sim/*/format; do
		name=${event%/format}
		# The first four fields are common to all events of the kernel.
		sed -n 's/^\tfield:\(.*\);\toffset.*/\1/p' "$event" | sed 1,4d |
			under "tracepoint ${name##*/}"
	done
	"$tools/twrstat" --help | options | under "twrstat option"
	"$tools/twrstat" --json | keys | under "twrstat json"
	"$tools/twrstat" --prometheus --offenders 1 |
		sed -n 's/^\([a-z_]*\)\({\([a-z_]*\)=.*\)\{0,1\} .*/\1 \3/p' | sort -u |
		under "twrstat metric"
	"$tools/twr-report" --help | options | under "twr-report option"
	"$pcap" --help | options | under "twr-pcap option"
	for part in "--closed-loop" "--closed-loop --shard 1/2"; do
		# shellcheck disable=SC2086 # options and their arguments
		zcat "$tests/../host/captures/"basics.4.11.pcap.gz | "$pcap" --json $part - | keys
	done | sort -u | under "twr-pcap json"
}

load
mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
ip link set lo up
# All connections count from the same offset, so that none is older than another.
sysctl -qw net.ipv4.tcp_timestamps=2
python3 -c "$connections" 3 2
sysctl -qw net.ipv4.tcp_timestamps=1
[ "$(count syns_rejected)" = 2 ] || fail "not two offenders to be shown: $(cat "$sys"/counters)"
list >/tmp/list
unload
if [ "${3:-}" = --write ]; then
	cat /tmp/list
	exit
fi
diff "$tests/interface.list" /tmp/list >/tmp/changed ||
	fail "changed (<: it was so, >: it is so): $(cat /tmp/changed)"
echo "$(wc -l </tmp/list) names that users go by are there"
