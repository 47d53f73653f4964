# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# lib.sh - what the tests that run inside a guest share
#
# Each is called with the module's path as $1, on a guest fresh from boot or
# left by another of them, and leaves the module unloaded.

set -eu

ko=$1
sys=/sys/kernel/tw_recycle_sim
dbg=/sys/kernel/debug/tw_recycle_sim

# The next test is to find the machine as this one did.
fail() {
	echo "${0##*/}: $*" >&2
	rmmod tw_recycle_sim 2>/dev/null || :
	exit 1
}

# is WHAT WANTED GOT
is() {
	[ "$3" = "$2" ] || fail "$1 is '$3', not '$2'"
}

load() {
	insmod "$ko" "$@" || fail "insmod $* failed"
}

unload() {
	rmmod tw_recycle_sim || fail "rmmod failed"
	[ ! -e "$sys" ] || fail "$sys is still there"
	[ ! -e "$dbg" ] || fail "$dbg is still there"
}

count() {
	cat "$sys/$1"
}

# syns_seen is what was checked and what was exempt, always.
adds_up() {
	exempt=0
	for file in "$1"/exempt/*; do
		exempt=$((exempt + $(cat "$file")))
	done
	is "$1/syns_seen" $(($(cat "$1/syns_checked") + exempt)) \
		"$(cat "$1/syns_seen")"
	is "$1/syns_rejected" \
		$(($(cat "$1/syns_rejected_older") + \
		   $(cat "$1/syns_rejected_untimed"))) \
		"$(cat "$1/syns_rejected")"
}
