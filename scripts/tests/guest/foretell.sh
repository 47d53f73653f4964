#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# foretell.sh KO REPLAY ERA N SCRIPT... - play scripts and print the answers
#
# REPLAY is scripts/tests/replay/replay, ERA the kernel to simulate. Each script has a
# network namespace of its own, starts with an empty module and is played in one of the
# modes of lib.sh: the first in mode N, the next ones in the modes that follow.
# foretold.py reads the output. Needs a guest whose clock skips idle time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

replay=$2
era=$3
turn=$4
shift 4

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
for script; do
	case $((turn % 4)) in
	0)	mode=tun ;;
	1)	mode=loopback ;;
	2)	mode=served ;;
	3)	mode=no-early-demux ;;
	esac
	turn=$((turn + 1))

	# A script that fills rows says in its first lines how many rows it needs.
	rows=$(sed -n 's/.*here rows=\([0-9]*\).*/rows=\1 rows6=\1/p' "$script")
	# shellcheck disable=SC2086 # two words
	fresh "era=$era" $rows
	echo "play ${script##*/} $era $mode"
	replay_in $mode "$replay" "$script" ||
		fail "era $era, mode $mode: cannot play $script"
	came_as $mode
	echo played
done
unload
