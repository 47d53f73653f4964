#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# churn.sh - the module is loaded and unloaded while connections open and close
#
# $2 times, under as many connections a second as the guest can make. No connection may
# be lost, the module must have seen some each time, and at the end all memory must be
# free again.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

times=$2
work=$(mktemp -d)
# Guests without Python have busybox.
connect=${0%/*}/connect.py
command -v python3 >/dev/null || connect="${0%/*}/connect.sh until"

# connections: open and close connections until $work/stop exists. They have a network
# namespace of their own. Removing it frees all that they left, so that memory can be
# compared.
connections() {
	rm -f "$work/stop"
	# shellcheck disable=SC2086 # a list of words
	unshare -n sh -c '
		ip link set lo up
		# Ports must not run out while TIME-WAIT holds them for a minute. Nor
		# must TIME-WAIT sockets: without one the socket of the server is gone
		# at once, and if its FIN was sent twice, the client is reset before it
		# has read to the end.
		sysctl -qw net.ipv4.ip_local_port_range="1024 65535" \
			net.ipv4.tcp_tw_reuse=1 net.ipv4.tcp_max_tw_buckets=262144
		exec "$@"' - $connect "$work/stop" >"$work/said" &
}

something_seen() {
	[ "$(count syns_seen)" != 0 ]
}

round() {
	load
	await something_seen
	unload
}

# One round first, for memory that the kernel keeps for later use.
connections
round
touch "$work/stop"
wait $!
memory_to "$work/before"

connections
for _ in $(seq "$times"); do
	round
done
touch "$work/stop"
wait $! || fail "the connections failed"
memory_to "$work/after"
memory_back "$work/before" "$work/after"

read -r made rate lost <"$work/said"
rm -r "$work"
[ "$lost" = 0 ] || fail "$lost of $made connections were lost"
echo "$times rounds under $made connections, $rate a second, none lost; $memory"
