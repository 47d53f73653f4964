#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# trace.sh - the tracepoints report what the counters count
#
# Uses tracefs alone, while connections are played. $2 is scripts/tests/replay/replay.
# Needs a kernel with tracing, and a guest whose clock skips idle time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

tests=${0%/*}
traces=$tests/../replay/traces
tracefs=/sys/kernel/tracing
mine=$tracefs/instances/twr
events=$mine/events/tw_recycle_sim

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
[ -d "$tracefs/events" ] || mount -t tracefs tracefs "$tracefs" || fail "no tracefs"
mkdir "$mine"

# Leaves the inode number of the network namespace in a file. The last retries are over, and
# judged by a reader, before the namespace ends.
cat >/tmp/replay <<-END
	#!/bin/sh
	stat -Lc %i /proc/self/ns/net >/tmp/netns
	"$2" --no-module "\$@" || exit
	sleep 70
	cat "$sys/counters" >/tmp/counters
END
chmod +x /tmp/replay

play() {
	echo >"$mine/trace"
	replay_in tun /tmp/replay "$1" >/tmp/said 2>&1 || fail "cannot play $1: $(cat /tmp/said)"
	cat "$mine"/per_cpu/cpu*/stats | awk '/^(overrun|dropped events):/ { lost += $NF }
		END { exit lost }' || fail "the buffer is too small"
	sed -n 's/^[^#].*: \([a-z_]*: peer=\)/\1/p' "$mine/trace" >/tmp/events
}

switch() {
	echo "$2" >"$events/$1" || fail "cannot switch $1 to $2"
}

# told EVENT NUMBER
told() {
	is "number of $1 events" "$2" "$(grep -c "^$1: " /tmp/events)"
}

# all_told: there are as many events of each kind as the counters say.
all_told() {
	told syn_checked "$(count syns_checked)"
	told syn_rejected "$(count syns_rejected)"
	told stamp_recorded "$(count stamps_recorded)"
	for verdict in older untimed; do
		is "number of SYNs that are $verdict" "$(count syns_rejected_$verdict)" \
			"$(grep -c "^syn_rejected: .* verdict=$verdict\$" /tmp/events)"
	done
	told syn_settled "$(count syns_rejected)"
	for delay in 1 3 7 15 31 63 never unknown; do
		is "number of SYNs with the delay $delay" "$(count delays/$delay)" \
			"$(grep -c "^syn_settled: .* delay=$delay\$" /tmp/events)"
	done
	is "delays that are not known at the end" 0 "$(count delays/unknown)"
	! grep '^syn_rejected: .* verdict=pass$' /tmp/events ||
		fail "a rejected SYN that passed"
	# The fields must agree with the text.
	"$tests/trace.py" "$mine" >/tmp/fields || fail "the raw records cannot be read"
	diff /tmp/events /tmp/fields >/tmp/differ ||
		fail "text and fields differ: $(head /tmp/differ)"
	total=$((total + $(wc -l </tmp/events)))
}

total=0
load
is "what is recorded after the load" 0 "$(cat "$events/enable")"
play "$tests/trace.tw"
[ "$(count syns_rejected)" != 0 ] && [ "$(count stamps_recorded)" != 0 ] &&
	[ "$(count stamps_refused)" != 0 ] || fail "there was nothing to record"
is "what was recorded while all was off" "" "$(cat /tmp/events)"
echo 1 >"$sys/reset"

# Every word is compared, but the age may differ: a second may end between two packets.
switch enable 1
play "$tests/trace.tw"
all_told
sed "s/ netns=$(cat /tmp/netns)//" /tmp/events >/tmp/all
grep -v '^syn_settled' /tmp/all >/tmp/seen
grep -vE '^(#|syn_settled)' "$tests/trace.events" >/tmp/wanted
paste -d '\n' /tmp/wanted /tmp/seen | awk '
	{ match($0, / age=[0-9]+/); age = substr($0, RSTART + 5, RLENGTH - 5)
	  sub(/ age=[0-9]+/, " age=") }
	NR % 2 { wanted = $0; least = age; next }
	$0 != wanted || age < least || age > least + 1 { print; differ = 1 }
	END { exit differ }' >/tmp/differ || fail "told otherwise: $(head /tmp/differ)"
# A SYN is settled when somebody looks, so the order of these events means nothing.
grep '^syn_settled' /tmp/all | sort >/tmp/seen
grep '^syn_settled' "$tests/trace.events" | sort | diff - /tmp/seen >/tmp/differ ||
	fail "settled otherwise: $(head /tmp/differ)"
echo 1 >"$sys/reset"

# With one event on and a filter, no other events are recorded.
switch enable 0
switch syn_rejected/enable 1
switch syn_rejected/filter 'verdict == 2 && family == 10'
play "$traces/basics.tw"
is "number of events" 1 "$(wc -l </tmp/events)"
is "number of IPv6 SYNs that are untimed" 1 \
	"$(grep -c '^syn_rejected: peer=\[2001:db8:1::7\]:41003 .* verdict=untimed$' /tmp/events)"
switch syn_rejected/filter 0
unload

# An unload while the events are on removes them. After the next load they are off.
for era in 4.11 3.2; do
	[ ! -e "$events" ] || fail "the events are still there"
	load "era=$era"
	is "what is recorded after a load" 0 "$(cat "$events/enable")"
	switch enable 1
	for trace in basics more; do
		play "$traces/$trace.tw"
		all_told
		echo 1 >"$sys/reset"
	done
	unload
done
rmdir "$mine"
echo "$total events, as many as were counted"
