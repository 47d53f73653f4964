#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# parameters.sh - the module refuses bad values and says what would do

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

parameters=/sys/module/tw_recycle_sim/parameters

# refused PARAMETER WORDS: the log has one new line of the module, with WORDS in it
refused() {
	dmesg -C
	if insmod "$ko" "$1" 2>/dev/null; then
		fail "$1 was taken"
	fi
	is "number of lines for $1" 1 "$(dmesg | grep -c tw_recycle_sim:)"
	dmesg | grep -q "tw_recycle_sim: .*$1.*: .*$2" ||
		fail "$1: the log does not say '$2': $(dmesg)"
	[ ! -e "$sys" ] && [ ! -e "$dbg" ] || fail "$1 left something behind"
}

# Load once first: the first load logs that the kernel is tainted.
load
unload

for rows in 0 3 16383 -1 abc 0x 4294967296 "" 1.5; do
	refused "rows=$rows" "must be a power of two"
	refused "rows6=$rows" "must be a power of two"
done
refused rows=2147483648 "not enough memory free"
refused rows6=2147483648 "not enough memory free"
for era in 2.6.40 3.20 el4 "" 4.11x generic; do
	refused "era=$era" "no such era, must be a release from 2.6.9 to 4.11, el5, el6, el7, or"
done
for era in 4.12 5.10 5.10.0-8-amd64 4.18.0-553.el8_10.x86_64 4.14.35-2047.el7uek.x86_64 el8; do
	refused "era=$era" "tcp_tw_recycle was removed in 4.12"
done
refused era=4.11.0-rc8 "a candidate, whose rules nobody knows"
refused era=2.6.8-4-686 "the rules before 2.6.9 are not known"

# The kernel logs a line of its own for each of these.
refused_at_once() {
	dmesg -C
	if insmod "$ko" "$1" 2>/dev/null; then
		fail "$1 was taken"
	fi
	dmesg | grep -q "tw_recycle_sim: $1: $2" ||
		fail "$1: the log does not say '$2': $(dmesg)"
	[ ! -e "$sys" ] && [ ! -e "$dbg" ] || fail "$1 left something behind"
}

for records in 0 -1 abc 1073741825 1.5; do
	refused_at_once "records=$records" "must be a number of connections"
done
refused records=1073741824 "not enough memory free"

# This parameter can be changed later too, so the kernel logs a line of its own.
for hz in -1 abc 1000000001 1.5; do
	dmesg -C
	if insmod "$ko" "hz=$hz" 2>/dev/null; then
		fail "hz=$hz was taken"
	fi
	dmesg | grep -q "tw_recycle_sim: hz=$hz: must be ticks a second" ||
		fail "hz=$hz: the log does not say what would do: $(dmesg)"
done
load hz=250
is hz 250 "$(cat $parameters/hz)"
echo 1000 >$parameters/hz
is hz 1000 "$(cat $parameters/hz)"
if echo 2000000000 >$parameters/hz 2>/dev/null; then fail "hz was taken"; fi
is hz 1000 "$(cat $parameters/hz)"
unload

# Each schedule shows the files of its own retries.
for schedule in apple LINUX linux-6.4 6; do
	refused_at_once "schedule=$schedule" "no such schedule, must be linux, linux-6.5 or bsd"
done
while read -r schedule retries; do
	load "schedule=$schedule"
	is schedule "$schedule" "$(cat $parameters/schedule)"
	is "files of schedule $schedule" "$retries never pending unknown" \
		"$(cd "$sys/delays" && { printf '%s\n' [0-9]* | sort -n; printf '%s\n' [a-z]*; } | xargs)"
	is "lines of schedule $schedule" "$(($(echo "$retries" | wc -w) + 3))" \
		"$(grep -c '^delays/' "$sys/counters")"
	unload
done <<END
linux 0 1 3 7 15 31 63
linux-6.5 0 1 2 3 4 5 7 11 19 35 67
bsd 0 1 2 3 4 5 7 11 19 35 67
END

for rows in 1 2 1024 0x400 65536; do
	load "rows=$rows" rows6=8
	is rows $((rows)) "$(cat $parameters/rows)"
	is rows6 8 "$(cat $parameters/rows6)"
	unload
	load "rows6=$rows" rows=8
	is rows 8 "$(cat $parameters/rows)"
	is rows6 $((rows)) "$(cat $parameters/rows6)"
	unload
done
for era in 2.6.32 2.6.39 3.2.102 3.6 3.10.108 3.16 3.18 4.11 el6 el7; do
	load "era=$era"
	is era "$era" "$(cat "$sys/era")"
	is era "$era" "$(cat $parameters/era)"
	unload
done

# What uname -r prints, the row, and what the log says of it.
while read -r text row words; do
	dmesg -C
	load "era=$text"
	is era "$row" "$(cat "$sys/era")"
	is era "$text" "$(cat $parameters/era)"
	dmesg | grep -q "tw_recycle_sim: watching as $row," || fail "era=$text: $(dmesg)"
	if [ -n "$words" ]; then
		dmesg | grep -q "tw_recycle_sim: era=$text: .*$words" ||
			fail "era=$text: the log does not say '$words': $(dmesg)"
	else
		is "number of lines for era=$text" 1 "$(dmesg | grep -c tw_recycle_sim:)"
	fi
	unload
done <<END
3.10.0-1160.el7.x86_64 el7
2.6.32-754.el6.x86_64 el6
2.6.18-419.el5 el5 no answers of such a kernel were recorded
4.4.0-210-generic 4.4.0 what its distribution changed is not known
4.1.12-124.el7uek.x86_64 4.1.12 what its distribution changed is not known
3.10 3.10 CentOS 7 has another kernel, el7
2.6.9 2.6.9 no answers of such a kernel were recorded
END

# Before 3.6 there were no rows.
dmesg -C
load era=3.5 rows=64 rows6=64
for name in rows rows6; do
	is $name 0 "$(cat $parameters/$name)"
	dmesg | grep -q "tw_recycle_sim: $name=64: of no effect, era 3.5 has one list" ||
		fail "the log does not say that $name has no effect: $(dmesg)"
done
unload

# The size that an old kernel would have chosen for this memory.
load
mib=$(($(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo) / 1024))
default=16384
[ "$mib" -ge 512 ] || default=8192
is "rows by default" $default "$(cat $parameters/rows)"
is "rows6 by default" $default "$(cat $parameters/rows6)"
unload
