#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# timewait.sh KO - how many TIME-WAIT sockets there are, and how many there would be
#
# This machine closes connections with timestamps and some without. The simulated kernel
# keeps the former for less than a second. It keeps the latter for a minute as the running
# kernel does, unless it has rejected them. Needs a guest whose clock skips idle time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

timed=20 untimed=10

# of FOLDER NAME: a number of the file timewait
of() {
	awk -v "name=$2" '$1 == name { print $2; found = 1 } END { exit !found }' "$1/timewait" ||
		fail "there is no $2 in $1/timewait"
}

# kernels_own: the number of TIME-WAIT sockets that the kernel shows
kernels_own() {
	awk '$1 == "TCP:" { for (i = 2; i < NF; i += 2) if ($i == "tw") print $(i + 1) }' \
		/proc/net/sockstat
}

no_buckets() {
	[ "$(kernels_own)" = 0 ]
}

simulated() {
	[ "$(of $dbg simulated)" = "$1" ]
}

# after_a_while COMMAND...: wait until COMMAND succeeds; the guest skips the seconds
after_a_while() {
	for _ in $(seq 120); do
		! "$@" || return 0
		sleep 1
	done
	fail "waited too long for: $*"
}

own=$dbg/netns/$(stat -Lc %i /proc/self/ns/net)

# play ERA LEFT: LEFT buckets are left on the simulated kernel, once those of connections
# with timestamps have expired
play() {
	load "era=$1"
	# One clock for all connections, so that none is rejected for its timestamp.
	echo 2 >/proc/sys/net/ipv4/tcp_timestamps
	is "buckets at first" 0 "$(of $dbg buckets)"
	is "simulated at first" 0 "$(of $dbg simulated)"
	connect $timed $untimed
	is "buckets" $((timed + untimed)) "$(of $dbg buckets)"
	is "the kernel's own number" $((timed + untimed)) "$(kernels_own)"
	after_a_while simulated "$2"
	is "buckets that are left" $((timed + untimed)) "$(of $dbg buckets)"
	is "buckets of this namespace" $((timed + untimed)) "$(of "$own" buckets)"
	is "simulated of this namespace" "$2" "$(of "$own" simulated)"

	# Another namespace has none of them.
	ip netns add other
	other=$dbg/netns/$(stat -Lc %i /run/netns/other)
	is "buckets of another namespace" 0 "$(of "$other" buckets)"
	is "simulated of another namespace" 0 "$(of "$other" simulated)"
	ip netns del other

	after_a_while no_buckets
	is "buckets in the end" 0 "$(of $dbg buckets)"
	is "simulated in the end" 0 "$(of $dbg simulated)"
	unload
	echo 1 >/proc/sys/net/ipv4/tcp_timestamps
}

# In its first second the kernel takes a timestamp for none.
sleep 2
# A SYN without a timestamp is rejected since 3.17: the simulated kernel has no connection.
play 3.10 $untimed
play 4.11 0
echo "$timed buckets with timestamps and $untimed without, in two eras"
