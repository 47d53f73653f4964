#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# replay.sh - a recorded trace agrees, but for the lines known to differ
#
# $2 is scripts/replay/replay, $3 the name of the trace. Wants a guest of its own
# for each trace, one whose clock jumps over waits.

# shellcheck source=scripts/tests/lib.sh
. "${0%/*}/lib.sh"

trace=$3
traces=${0%/*}/../replay/traces
modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
load
rc=0
"$2" "$traces/$trace.tw" >/tmp/verdicts 2>&1 || rc=$?
[ $rc -le 1 ] || fail "$(cat /tmp/verdicts)"
adds_up "$sys"
unload

# The verdict each line has, and the one that was recorded.
awk '$1 ~ /^[0-9]+$/ && NF == 2 { print $1, $2 == "rejected" }' /tmp/verdicts >/tmp/seen
awk '$1 ~ /^[0-9]+$/ { print $1, $2 == "rejected" }' "$traces/$trace.expected" >/tmp/recorded
is "number of verdicts" "$(wc -l </tmp/recorded)" "$(wc -l </tmp/seen)"
diff /tmp/recorded /tmp/seen | sed -n 's/^> \([0-9]*\) .*/\1/p' >/tmp/differ
sed -n "s/^$trace //p" "${0%/*}/replay-gaps" >/tmp/gaps
if ! diff /tmp/gaps /tmp/differ >/tmp/news; then
	cat /tmp/verdicts
	fail "$trace: lines that differ (>), or agree though listed in replay-gaps (<):
$(cat /tmp/news)"
fi
echo "$trace: $(wc -l </tmp/seen) verdicts, $(wc -l </tmp/differ) known to differ"
