#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# seems.sh KO REPLAY - what the column `seems` says of the peers of public incidents
#
# Plays each script of incidents/ that has a file NAME.seems beside it, with a peer and
# what the peer must seem to be. Needs a guest whose clock skips idle time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

replay=$2
incidents=${0%/*}/../replay/traces/incidents

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
played=0
for file in "$incidents"/*.seems; do
	script=${file%.seems}.tw
	read -r peer wanted <"$file"
	fresh
	# A peer is listed as long as its network namespace exists.
	unshare -n sh -c "$replay --no-module $script >/tmp/said 2>&1 || exit
		cat $dbg/offenders >/tmp/offenders" ||
		fail "$script: $(tail -n 3 /tmp/said)"
	seems=$(awk -v "peer=$peer" '
		NR == 1 { for (i = 1; i <= NF; i++) place[$i] = i; next }
		$place["peer"] == peer { print $place["seems"] }' /tmp/offenders)
	is "${script##*/}: $peer seems" "$wanted" "$seems"
	played=$((played + 1))
done
unload
[ $played -gt 0 ] || fail "no incident was played"
echo "$played incidents, all told for what they are"
