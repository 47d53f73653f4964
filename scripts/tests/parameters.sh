#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# parameters.sh - values that make no sense are refused, and told why

# shellcheck source=scripts/tests/lib.sh
. "${0%/*}/lib.sh"

# refused PARAMETER WORDS: the log's one new line of ours has WORDS in it
refused() {
	dmesg -C
	if insmod "$ko" "$1" 2>/dev/null; then
		fail "$1 was taken"
	fi
	is "number of lines for $1" 1 "$(dmesg | grep -c tw_recycle_sim:)"
	dmesg | grep -q "tw_recycle_sim: $1: .*$2" ||
		fail "$1: the log does not say '$2': $(dmesg)"
	[ ! -e "$sys" ] && [ ! -e "$dbg" ] || fail "$1 left something behind"
}

# The first load of all says that the kernel is tainted now.
load
unload

for rows in 0 3 16383 -1 abc 0x 4294967296 "" 1.5; do
	refused "rows=$rows" "must be a power of two"
done
refused rows=2147483648 "not enough memory free"
for era in 3.10 4.12 el8 "" 4.11x; do
	refused "era=$era" "only 4.11 is known"
done

for rows in 1 2 1024 0x400 65536; do
	load "rows=$rows"
	is rows $((rows)) "$(cat /sys/module/tw_recycle_sim/parameters/rows)"
	unload
done
load era=4.11
is era 4.11 "$(cat /sys/module/tw_recycle_sim/parameters/era)"
unload

# What an old kernel would have had on as much memory.
load
mib=$(($(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo) / 1024))
default=16384
[ "$mib" -ge 512 ] || default=8192
is "rows by default" $default \
	"$(cat /sys/module/tw_recycle_sim/parameters/rows)"
unload
