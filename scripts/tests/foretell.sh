#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# foretell.sh KO REPLAY ERA N SCRIPT... - play scripts, say what was answered
#
# REPLAY is scripts/replay/replay, ERA the kernel to simulate. Each script has a
# network namespace of its own and the module loaded anew, and is played in one
# of the modes of replay.sh in turn, from the Nth. foretold.py reads what is said.
# Wants a guest whose clock jumps over waits.

# shellcheck source=scripts/tests/lib.sh
. "${0%/*}/lib.sh"

replay=$2
era=$3
turn=$4
shift 4

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
for script; do
	files=
	case $((turn % 4)) in
	0)	mode=tun how="--delivery tun" ;;
	1)	mode=loopback how="--delivery loopback" ;;
	2)	mode=served how="--serve-rejected" ;;
	3)	mode=no-early-demux how="--delivery tun"
		files="/proc/sys/net/ipv4/ip_early_demux /proc/sys/net/ipv4/tcp_early_demux" ;;
	esac
	turn=$((turn + 1))

	load "era=$era"
	echo "play ${script##*/} $era $mode"
	# shellcheck disable=SC2086 # files, options
	unshare -n sh -ec 'files=$1; shift
		for file in $files; do echo 0 >"$file"; done
		exec "$@"' - "$files" "$replay" $how "$script" ||
		fail "era $era, mode $mode: cannot play $script"
	echo played
	unload
done
