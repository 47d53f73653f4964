#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# files.sh - every file of the module is there and can be read, and the numbers agree

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

load
ip link set lo up
# All connections count from the same offset, so that none is older than another.
echo 2 >/proc/sys/net/ipv4/tcp_timestamps
connect 3 2
echo 1 >/proc/sys/net/ipv4/tcp_timestamps

files >/tmp/files
grep -E '^(sysfs|debugfs|parameter) ' "${0%/*}/interface.list" >/tmp/wanted
diff /tmp/wanted /tmp/files >/tmp/changed ||
	fail "files (-: wanted, +: there): $(cat /tmp/changed)"
find "$sys" "$dbg" /sys/module/tw_recycle_sim/parameters -type f >/tmp/files
while read -r file; do
	[ "$file" != "$sys/reset" ] || continue
	cat "$file" >/tmp/text || fail "$file cannot be read"
	[ -s /tmp/text ] || fail "$file is empty"
done </tmp/files

# One reading of all against each of its own.
while read -r name number; do
	is "$name" "$number" "$(count "$name")"
done <"$sys/counters"
is syns_seen 5 "$(count syns_seen)"
is syns_rejected_untimed 2 "$(count syns_rejected_untimed)"
is peers 1 "$(count peers)"
# The stamp as it is shown, and the peer that was turned away.
is "lines of peers" 2 "$(wc -l <"$dbg/peers")"
is "lines of offenders" 2 "$(wc -l <"$dbg/offenders")"
is "the offender" "127.0.0.1 127.0.0.1 2" "$(awk 'NR == 2 { print $1, $2, $3 }' "$dbg/offenders")"
adds_up "$sys"
for netns in "$dbg"/netns/*; do
	adds_up "$netns"
done
unload
echo "$(wc -l </tmp/files) files can be read"
