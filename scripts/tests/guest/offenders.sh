#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# offenders.sh KO REPLAY - which peers were rejected, and how many hosts each one has
#
# A NAT with five hosts, whose clocks have three different rates, and a client that gives
# each connection an offset of its own. They connect every ten seconds, over IPv4 and
# IPv6. Needs a guest whose clock skips idle time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

replay=$2
nat4=198.51.100.1 nat6=2001:db8:1::1 one=198.51.100.2
rounds=12

# Host h of the NAT has offset h * 100,000,007; those of the other client are random.
awk -v "rounds=$rounds" -v "nat4=$nat4" -v "nat6=$nat6" -v "one=$one" 'BEGIN {
	split("1000 250 100 1000 1000", rate)
	for (r = 0; r < rounds; r++) {
		for (h = 1; h <= 5; h++) {
			ts = h * 100000007 + r * 10 * rate[h]
			printf "conn %s:%d ts=%d\n", nat4, 10000 + 100 * h + r, ts
			printf "conn [%s]:%d ts=%d\n", nat6, 10000 + 100 * h + r, ts
		}
		printf "conn %s:%d ts=%d\n", one, 10000 + r, \
			1000000000 - (r * 7919 % 11) * 90000000
		print "wait 10"
	}
}' >/tmp/offenders.tw

# of PEER COLUMN [FILE]: a value, by the names in the heading
of() {
	awk -v "peer=$1" -v "column=$2" '
		NR == 1 { for (i = 1; i <= NF; i++) place[$i] = i; next }
		$place["peer"] == peer { print $place[column]; found++ }
		END { exit found != 1 }' "${3:-$dbg/offenders}" ||
		fail "there is not one line of $1: $(cat "${3:-$dbg/offenders}")"
}

load
is "number of lines at first" 1 "$(wc -l <$dbg/offenders)"
mkfifo /tmp/hold
(
	# The namespace is kept, so that its counters can be read.
	unshare -n sh -c "$replay --no-module /tmp/offenders.tw >/tmp/said 2>&1
		echo \$? >/tmp/status; stat -Lc %i /proc/self/ns/net >/tmp/inode
		cat /tmp/hold"
) &
while [ ! -s /tmp/inode ]; do sleep 1; done
is "status of replay ($(tail -n 3 /tmp/said))" 0 "$(cat /tmp/status)"

all=0
for peer in $nat4 $nat6 $one; do
	all=$((all + $(of $peer rejected)))
	is "over, $peer" 0 "$(of $peer over)"
	is "older and untimed, $peer" "$(of $peer rejected)" \
		"$(($(of $peer older) + $(of $peer untimed)))"
	is "netns, $peer" "$(cat /tmp/inode)" "$(of $peer netns)"
done
is "rejected, of all" "$(count syns_rejected)" "$all"
is "lines" 4 "$(wc -l <$dbg/offenders)"

for peer in $nat4 $nat6; do
	# After the first round all hosts but the one with the newest clock are
	# rejected.
	[ "$(of $peer rejected)" -ge $((4 * (rounds - 1))) ] ||
		fail "only $(of $peer rejected) of $peer were rejected"
	is "clocks, $peer" 5 "$(of $peer clocks)"
	is "loose, $peer" 0 "$(of $peer loose)"
	is "seems, $peer" NAT "$(of $peer seems)"
	is "hosts, $peer" 5 "$(of $peer hosts)"
	# The last of them is host 4, which is a hundred million ticks behind.
	is "rate, $peer" 1000 "$(of $peer rate)"
	behind=$(of $peer behind)
	[ "$behind" -ge 99990000 ] && [ "$behind" -le 100010000 ] ||
		fail "$peer is $behind ticks behind"
	is "behind_ms, $peer" "$behind" "$(of $peer behind_ms)"
	first=$(of $peer first) last=$(of $peer last)
	[ $((first - last)) -ge $((10 * (rounds - 2))) ] && [ "$last" -ge 10 ] ||
		fail "$peer: first $first s ago, last $last s ago"
done
[ "$(of $one clocks)" -le 1 ] || fail "$one has $(of $one clocks) clocks"
case $(of $one seems) in
few|many)	;;
*)		fail "$one seems $(of $one seems)" ;;
esac
[ "$(of $one loose)" -ge 3 ] || fail "$one has $(of $one loose) loose TSvals"

# The peer with most rejected SYNs comes first. A namespace has a list of its own.
is "order" "$(awk 'NR > 1 { print $3 }' $dbg/offenders | sort -rn | xargs)" \
	"$(awk 'NR > 1 { print $3 }' $dbg/offenders | xargs)"
own=$dbg/netns/$(cat /tmp/inode)/offenders
is "rejected, in its namespace" "$(of $nat4 rejected)" "$(of $nat4 rejected "$own")"
is "lines of another namespace" 1 \
	"$(wc -l <"$dbg/netns/$(stat -Lc %i /proc/self/ns/net)/offenders")"
said="$(count syns_rejected) SYNs rejected, $(of $nat4 clocks) clocks behind $nat4"

# The lines go with the namespace.
echo >/tmp/hold
wait
while [ -e "$own" ]; do sleep 1; done
is "lines when the namespace is gone" 1 "$(wc -l <$dbg/offenders)"
unload
rm -f /tmp/hold /tmp/inode /tmp/status

# A single SYN does not show the rate of its clock, so the module assumes 1000. For two
# of the recorded clients, at 250 and 100, that gives too short a delay.
load
rc=0
unshare -n "$replay" --guess-rate "${0%/*}/../replay/traces/delays/delays.tw" \
	>/tmp/said 2>&1 || rc=$?
[ $rc -le 1 ] || fail "delays: $(tail -n 3 /tmp/said)"
is "delays that a guess gets wrong" "9:7 11:7" \
	"$(awk '$1 == "line" { line = $2 + 0 }
		/recorded.*seen/ { sub(/.*seen after-/, ""); printf "%s%s:%s", sep, line, $0; sep = " " }
		' /tmp/said)"
unload
echo "$said"
