#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# sk-lookup.sh - programs that choose a listener run as often as without the module
#
# A program gives each connection to the next of two listeners. It must run once for
# each SYN, and the choice must be the same before the module is loaded, while it is
# loaded and after. Where a program is attached to the network namespace, the module
# cannot know which listener the program will choose. So the SYN is checked and counts
# in listener_unknown too.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

chosen() {
	got=$("${0%/*}/sk-lookup.py" "$1") || fail "no program of $1: $got"
	is "what came to the two listeners of $1, and runs of its program, $2," \
		"10 10 20" "$got"
}

ip link set lo up
for how in reuseport sk_lookup; do
	chosen $how "before"
	load
	chosen $how "with the module"
	is "syns_checked of $how" 20 "$(count syns_checked)"
	[ $how = reuseport ] || is listener_unknown 20 "$(count listener_unknown)"
	adds_up "$sys"
	unload
	chosen $how "after"
done
echo "20 runs for 20 SYNs each, 10 to each of two listeners"
