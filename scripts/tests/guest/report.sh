#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# report.sh KO REPLAY - twr-report records all that the module counts
#
# The clients are: a NAT with four hosts, over IPv4 and IPv6, where the TSvals of one host
# wrap around; a NAT with a host that has no timestamps; a client that gives each
# connection an offset of its own; one that is never rejected. Prints the recording and
# the counters, each under a heading, for the test on the host. Needs a kernel with
# tracing, and a guest whose clock skips idle time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

replay=$2
# A place that another user can read.
report=/tmp/twr-report
"${0%/*}/../../tools/pack" twr-report $report
tracefs=/sys/kernel/tracing
err=/tmp/err

[ -d "$tracefs/events" ] || mount -t tracefs tracefs "$tracefs" || fail "no tracefs"

# The clocks of the hosts are so far apart that clients wait for each of the delays.
awk 'BEGIN {
	split("0 2500 12000 70000", behind)
	for (r = 0; r < 15; r++) {
		for (h = 1; h <= 4; h++) {
			ts = 4294927296 + r * 4000 - behind[h] + h % 2
			ts = ts % 4294967296
			printf "conn 198.51.100.1:%d ts=%.0f\n", 10000 + 100 * h + r, ts
			ts = 600000000 + r * 4000 - behind[h] / 2
			printf "conn [2001:db8:1::1]:%d ts=%d\n", 10000 + 100 * h + r, ts
		}
		printf "conn 198.51.100.2:%d ts=%d\n", 10000 + r, 5000000 + r * 4000
		if (r % 3 == 1)
			printf "conn 198.51.100.2:%d ts=none close=half\n", 11000 + r
		printf "conn 198.51.100.3:%d ts=%d\n", 10000 + r, \
			1000000000 - (r * r * 7919 % 17) * 50000000
		printf "conn 198.51.100.4:%d ts=%d\n", 10000 + r, 8000000 + r * 4000
		print "wait 4"
	}
}' >/tmp/report.tw

# refuses WORDS COMMAND...: COMMAND prints one line with WORDS, and its status is 1
refuses() {
	words=$1
	shift
	rc=0
	"$@" >/tmp/out 2>$err || rc=$?
	is "status of $*" 1 $rc
	is "number of lines on stderr of $*" 1 "$(wc -l <$err)"
	grep -qF -- "$words" $err || fail "$* does not say '$words' but: $(cat $err)"
	[ ! -s /tmp/out ] || fail "$* printed $(cat /tmp/out)"
}

recording() {
	[ "$(cat "$tracefs"/instances/*/events/tw_recycle_sim/enable 2>/dev/null)" = 1 ]
}

none_left() {
	is "instances that are left" "" "$(ls "$tracefs/instances")"
	is "other people's tracing" 0 "$(cat "$tracefs/events/tw_recycle_sim/enable")"
}

# on_page FILE: the numbers of the page are those of the counters
on_page() {
	sed -n 's/.*<script type="application\/json" id="data">\(.*\)<\/script>/\1/p' \
		"/tmp/$1" >/tmp/data
	for pair in checked:syns_checked rejected:syns_rejected older:syns_rejected_older \
		untimed:syns_rejected_untimed; do
		is "${pair%:*} in $1" "$(count "${pair#*:}")" \
			"$(sed -n "s/.*[{,]\"${pair%:*}\":\([0-9]*\)[,}].*/\1/p" /tmp/data)"
	done
}

refuses "the module is not loaded" "$report" --record 1
load
refuses "for root only" setpriv --reuid 65534 --regid 65534 --clear-groups \
	python3 "$report" --record 1
umount "$tracefs"
# Unmount debugfs too: tracefs is also mounted below it.
umount /sys/kernel/debug
refuses "no tracefs" "$report" --record 1
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs "$tracefs"
refuses "/nowhere/save: No such file" "$report" --record 1 --save /nowhere/save
none_left

# However a recording ends, its instance is removed. A short recording makes a page too.
for signal in INT TERM KILL; do
	"$report" --record 3600 -o /tmp/$signal.html 2>$err &
	reporter=$!
	await recording
	kill -$signal $reporter
	rc=0
	wait $reporter || rc=$?
	case $signal in
	INT)	is "status after SIGINT ($(cat $err))" 0 $rc
		grep -q "No SYN was checked" /tmp/INT.html || fail "no page after SIGINT" ;;
	TERM)	is "status after SIGTERM" 143 $rc
		[ ! -e /tmp/TERM.html ] || fail "a page after SIGTERM" ;;
	KILL)	rmdir "$tracefs"/instances/* ;;
	esac
	none_left
done

# Events between the last read and the end are on the page too.
"$report" --record 3600 -o /tmp/late.html 2>$err &
reporter=$!
await recording
kill -STOP $reporter
unshare -n "$replay" --no-module "${0%/*}/trace.tw" >/tmp/said 2>&1 ||
	fail "cannot play: $(tail -n 3 /tmp/said)"
kill -INT $reporter
kill -CONT $reporter
wait $reporter || fail "twr-report: status $?, $(cat $err)"
on_page late.html
echo 1 >"$sys/reset"

"$report" --record 3600 --save /tmp/recording -o /tmp/page.html 2>$err &
reporter=$!
await recording
# At the same time the program that other users record with.
trace-cmd record -q -C mono -e tw_recycle_sim -o /tmp/trace.dat \
	unshare -n "$replay" --no-module /tmp/report.tw >/tmp/said 2>&1 ||
	fail "cannot play: $(tail -n 3 /tmp/said)"
kill -INT $reporter
wait $reporter || fail "twr-report: status $?, $(cat $err)"
[ ! -s $err ] || fail "twr-report said $(cat $err)"
none_left
adds_up "$sys"

# The pages that are made from other recordings have all events.
trace-cmd report -i /tmp/trace.dat >/tmp/report.txt 2>$err || fail "trace-cmd: $(cat $err)"
"$report" -o /tmp/dat.html /tmp/trace.dat || fail "trace.dat: status $?"
"$report" </tmp/report.txt >/tmp/txt.html || fail "trace-cmd report: status $?"
# Two recordings of the same minutes, and one given twice, count once.
"$report" -o /tmp/two.html /tmp/recording /tmp/trace.dat 2>$err || fail "two: $(cat $err)"
grep -q "events were in two recordings, or twice in one, and counted once" $err ||
	fail "twr-report does not say that two recordings are one: $(cat $err)"
"$report" -o /tmp/twice.html /tmp/trace.dat /tmp/report.txt /tmp/trace.dat 2>$err ||
	fail "twice: $(cat $err)"
for page in page dat txt two twice; do
	on_page $page.html
done

echo "== recording"
cat /tmp/recording
echo "== counters"
cd "$sys"
for file in * delays/*; do
	# The file counters has the same numbers again.
	[ -d "$file" ] || [ "$file" = reset ] || [ "$file" = counters ] ||
		echo "$file $(cat "$file")"
done
cd /

# clocks FILE: the marks of the time of day in a recording, as time minus clock
clocks() {
	sed -n 's/^# twr-report: clock=\([0-9.]*\) time=\([0-9.]*\) utc=.*/\1 \2/p' "$1" 2>/dev/null |
		awk '{ printf "%.0f\n", $2 - $1 }'
}

marks() {
	[ "$(clocks /tmp/set | wc -l)" = "$1" ]
}

# The time of day is recorded, again when the clock is set.
before=$(date +%s)
"$report" --record 3600 --save /tmp/set -o /tmp/set.html 2>$err &
reporter=$!
await marks 1
unshare -n "$replay" --no-module "${0%/*}/trace.tw" >/tmp/said 2>&1 ||
	fail "cannot play: $(tail -n 3 /tmp/said)"
after=$(date +%s)
date -s "@$((after + 100))" >/dev/null
await marks 2
kill -INT $reporter
wait $reporter || fail "twr-report: status $?, $(cat $err)"
clocks /tmp/set | awk 'NR == 1 { first = $1 } END { exit $1 - first < 98 || $1 - first > 101 }' ||
	fail "the clock was set by 100 s: $(clocks /tmp/set)"
grep -q "the clock of the machine was set forward by" /tmp/set.html ||
	fail "the page does not tell that the clock was set"
start=$(sed -n 's/.*"source":"recorded","marks":\[\[0,\([0-9]*\)[.,].*/\1/p' /tmp/set.html)
[ "$start" -ge $((before - 1)) ] && [ "$start" -le "$after" ] ||
	fail "the page begins at '$start', not between $before and $after"

# Clocks that count no seconds are refused by name. trace-cmd prints boot in nanoseconds.
for clock in boot mono_raw counter uptime; do
	trace-cmd record -q -C $clock -e tw_recycle_sim -o /tmp/clock.dat \
		unshare -n "$replay" --no-module "${0%/*}/trace.tw" >/tmp/said 2>&1 ||
		fail "cannot play: $(tail -n 3 /tmp/said)"
	trace-cmd report -i /tmp/clock.dat >/tmp/clock.txt 2>$err || fail "$(cat $err)"
	case $clock in
	counter|uptime)
		refuses "recorded with the trace clock $clock" "$report" /tmp/clock.dat
		refuses "$clock" "$report" /tmp/clock.txt ;;
	*)	"$report" -o /tmp/clock.html /tmp/clock.dat || fail "$clock: status $?"
		seconds=$(sed -n 's/.*"untimed":[0-9]*,"seconds":\([0-9]*\)[.,].*/\1/p' \
			/tmp/clock.html)
		[ "$seconds" -lt 1000 ] || fail "$clock: a page of $seconds s" ;;
	esac
done
unload
