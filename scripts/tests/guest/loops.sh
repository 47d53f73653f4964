#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# loops.sh KO REPLAY FOLDER - after how long clients behind NATs would have got in
#
# FOLDER has scripts of hosts behind NATs, and what real old kernels did with each client that
# sent its SYN until it was answered. The module sees each client's first SYN and its
# connection, and must give the recorded delay for 98 of 100 clients that waited. All that were
# served at once must be. The module measures the rates of their clocks itself. Needs a kernel
# with tracing, and a guest whose clock skips idle time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

replay=$2 folder=$3
tracefs=/sys/kernel/tracing

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
[ -d "$tracefs/events" ] || mount -t tracefs tracefs "$tracefs" || fail "no tracefs"
mkdir "$tracefs/instances/twr"
echo 8192 >"$tracefs/instances/twr/buffer_size_kb"
: >/tmp/all
for era in 4.11 el7; do
	fresh "era=$era"
	for script in "$folder"/*.loop; do
		echo 1 >"$sys/reset"
		rc=0
		unshare -n "$replay" --column "$era" --guess-rate \
			--events "$tracefs/instances/twr" "$script" >/tmp/said 2>&1 || rc=$?
		[ $rc -le 1 ] || fail "era $era: $(tail -n 3 /tmp/said)"
		grep '\.loop: delayed [0-9]' /tmp/said >/tmp/sum ||
			fail "era $era, $script: no summary: $(tail -n 3 /tmp/said)"
		sed "s/^/$era /" /tmp/sum >>/tmp/all
	done
done
unload
rmdir "$tracefs/instances/twr"
# ERA NAME: delayed N by-class N by-client N at-once N of N
awk '
	{ eras[$1]; delayed[$1] += $4; clients[$1] += $8; at_once += $10; served += $12 }
	END {
		for (era in eras) {
			few = few || !delayed[era] || clients[era] < 0.98 * delayed[era]
			right += clients[era]
			all += delayed[era]
		}
		print right " of " all " delays as recorded, " at_once " of " served " served at once"
		exit few || at_once != served || !served
	}' /tmp/all || { cat /tmp/all; fail "too many delays differ"; }
