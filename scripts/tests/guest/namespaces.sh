#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# namespaces.sh - each network namespace has its own cache and counters
#
# Two namespaces with the same addresses, one of them older than the load of the module.
# A connection over loopback leaves a stamp, because the server closes first.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

# A file holds each namespace, because busybox has no ip netns.
work=$(mktemp -d)

add() {
	: >"$1"
	unshare --net="$1" ip link set lo up
	# Without random offsets TSvals only grow.
	nsenter --net="$1" sysctl -qw net.ipv4.tcp_timestamps=2
}

inode() {
	nsenter --net="$1" stat -L -c %i /proc/self/ns/net
}

del() {
	umount "$1"
	rm "$1"
}

entries() {
	tail -n +2 "$dbg/netns/$1/peers" | wc -l
}

add "$work/first"
load
add "$work/second"
before=$(inode "$work/first")
after=$(inode "$work/second")

connect in "$work/first" 3
connect in "$work/second" 5
is "syns_checked of the first" 3 "$(counted "$dbg/netns/$before" syns_checked)"
is "syns_checked of the second" 5 "$(counted "$dbg/netns/$after" syns_checked)"
is "entries of the first" 1 "$(entries "$before")"
is "entries of the second" 1 "$(entries "$after")"
is syns_checked 8 "$(count syns_checked)"
is syns_rejected 0 "$(count syns_rejected)"
is peers 2 "$(count peers)"
recorded=$(count stamps_recorded)
[ "$recorded" -ge 8 ] || fail "only $recorded stamps recorded"
adds_up "$sys"
adds_up "$dbg/netns/$before"
adds_up "$dbg/netns/$after"

# A SYN without a timestamp is rejected where the peer is known, and only there.
connect in "$work/first" 1 1
is "syns_rejected of the first" 1 "$(counted "$dbg/netns/$before" syns_rejected)"
is "syns_rejected of the second" 0 "$(counted "$dbg/netns/$after" syns_rejected)"
is syns_rejected_untimed 1 "$(count syns_rejected_untimed)"

# The entries of a namespace go with it, its counts stay.
del "$work/second"
await test ! -e "$dbg/netns/$after"
is peers 1 "$(count peers)"
is syns_checked 10 "$(count syns_checked)"

echo 1 >"$sys/reset"
is syns_checked 0 "$(count syns_checked)"
is peers 0 "$(count peers)"
is "syns_checked of the first" 0 "$(counted "$dbg/netns/$before" syns_checked)"

del "$work/first"
rmdir "$work"
unload
