#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# many.sh - $2 network namespaces come and go under traffic
#
# Each has connections that leave a stamp, and so has all the time a namespace that
# stays. None may be lost. What the namespaces counted must stay in the sums. Nothing
# else of them may stay: no entry, no directory, no memory.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

namespaces=$2 each=3
tests=${0%/*}
work=$(mktemp -d)

# left N: wait until N namespaces are left; the kernel takes some time for this
left() {
	for _ in $(seq 1200); do
		set -- "$1" "$dbg"/netns/*
		[ $# = $(($1 + 1)) ] && return
		sleep 0.1
	done
	fail "$(($# - 1)) namespaces are left, not $1: $*"
}

load

# Some namespaces first, for memory that the kernel keeps for later use.
"$tests/many.py" 200 $each >/dev/null || fail "the first namespaces failed"
left 1
echo 1 >$sys/reset
memory_to "$work/before"

ip netns add stays
inode=$(ip netns exec stays stat -L -c %i /proc/self/ns/net)
ip netns exec stays sh -c '
	ip link set lo up
	# Ports must not run out while TIME-WAIT holds them for a minute.
	sysctl -qw net.ipv4.ip_local_port_range="1024 65535" net.ipv4.tcp_tw_reuse=1
	exec "$@"' - "$tests/connect.py" "$work/stop" 0.002 >"$work/steady" &
"$tests/many.py" "$namespaces" $each >"$work/said" || fail "$(cat "$work/said")"
touch "$work/stop"
wait $! || fail "the steady connections failed"
left 2

read -r made lost <"$work/said"
is "lost of $made connections in namespaces" 0 "$lost"
read -r steady rate lost <"$work/steady"
is "lost of $steady steady connections" 0 "$lost"

[ -d "$dbg/netns/$inode" ] || fail "the namespace that stays is gone"
is peers 1 "$(count peers)"
is "namespaces in the list of peers" "$inode" \
	"$(awk 'NR > 1 { print $NF }' "$dbg/peers" | sort -u)"
is syns_seen $((made + steady)) "$(count syns_seen)"
is "syns_seen of the one that stays" "$steady" "$(counted "$dbg/netns/$inode" syns_seen)"
[ "$(count stamps_recorded)" -gt "$(counted "$dbg/netns/$inode" stamps_recorded)" ] ||
	fail "the sums have no stamps of the namespaces that are gone"
adds_up $sys
adds_up "$dbg/netns/$inode"

sums=$(count syns_seen)
ip netns del stays
left 1
is peers 0 "$(count peers)"
is "syns_seen when all are gone" "$sums" "$(count syns_seen)"
adds_up $sys
memory_to "$work/after"
# On one processor per-CPU memory is allocated in pieces of 32 kB. Allocations that
# outlive the namespaces may keep one piece in use. A leak for each namespace would keep
# many.
memory_back "$work/before" "$work/after" 48

unload
rm -r "$work"
echo "$namespaces namespaces, $made connections in them beside $steady, $rate a second, none lost; $memory"
