#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# churn.sh - loaded and unloaded again and again while connections come and go
#
# $2 times, under as many connections a second as the guest can make. No
# connection may be lost, and the module must have seen some each time.

# shellcheck source=scripts/tests/lib.sh
. "${0%/*}/lib.sh"

times=$2
work=$(mktemp -d)
# Ports must not run out while TIME-WAIT holds them for a minute. Nor must the room
# for that: without, the socket of the server is gone at once, and if its FIN had
# been sent twice the client is reset before it has read to the end.
sysctl -qw net.ipv4.ip_local_port_range="1024 65535" net.ipv4.tcp_tw_reuse=1 \
	net.ipv4.tcp_max_tw_buckets=262144
"${0%/*}/connect.py" "$work/stop" >"$work/said" &

for i in $(seq "$times"); do
	load
	for _ in $(seq 20); do
		sleep 1
		[ "$(count syns_seen)" = 0 ] || break
	done
	[ "$(count syns_seen)" != 0 ] || fail "round $i: nothing was seen"
	unload
done
touch "$work/stop"
wait $! || fail "the connections failed"

read -r made rate lost <"$work/said"
rm -r "$work"
[ "$lost" = 0 ] || fail "$lost of $made connections were lost"
echo "$times rounds under $made connections, $rate a second, none lost"
