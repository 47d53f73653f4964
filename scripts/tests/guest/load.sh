#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# load.sh - the module loads, has all files that are promised, and unloads completely

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

counters="syns_seen syns_checked syns_rejected syns_rejected_older
	syns_rejected_untimed listener_unknown syns_unanswered
	stamps_recorded stamps_refused peers_evicted
	exempt/no_listener exempt/request_pending exempt/established
	exempt/timewait exempt/syncookie exempt/queue_full exempt/source_route
	exempt/bad_checksum exempt/malformed
	delays/0 delays/1 delays/3 delays/7 delays/15 delays/31 delays/63 delays/never
	delays/pending delays/unknown timewait/refused timewait/accepted
	lost/timewait lost/rejected lost/offenders lost/clocks"
inode=$(stat -L -c %i /proc/self/ns/net)

ip link set lo down
load

for file in $counters peers timewait/buckets timewait/simulated; do
	is "$file" 0 "$(count "$file")"
	is "mode of $file" 400 "$(stat -c %a "$sys/$file")"
done
is "mode of counters" 400 "$(stat -c %a "$sys/counters")"
is "mode of era" 444 "$(stat -c %a "$sys/era")"
# shellcheck disable=SC2086 # a list of words
is "the file counters" "$(printf '%s 0\n' $counters)" "$(cat "$sys/counters")"
is era 4.11 "$(count era)"
is "mode of reset" 200 "$(stat -c %a "$sys/reset")"
is "number of files" 41 "$(find "$sys" -type f | wc -l)"

is "mode of debugfs peers" 400 "$(stat -c %a "$dbg/peers")"
is "mode of debugfs offenders" 400 "$(stat -c %a "$dbg/offenders")"
is "heading of offenders" "local peer rejected over older untimed checked behind \
behind_ms rate clocks loose seems hosts unanswered first last netns" "$(tr -s ' ' <"$dbg/offenders")"
is "heading of peers" "local peer tsval age netns" \
	"$(tr -s ' ' <"$dbg/peers" | sed 's/^ //')"
is "files of a namespace" "counters offenders peers timewait unanswered" "$(cd "$dbg/netns/$inode" && echo ./* | sed "s,\./,,g")"
is "the namespace's counters" "$(cat "$sys/counters")" "$(cat "$dbg/netns/$inode/counters")"
is "lines of the namespace's peers" 1 "$(wc -l <"$dbg/netns/$inode/peers")"

for wrong in 0 2 on "1 1" ""; do
	if (echo "$wrong" >"$sys/reset") 2>/dev/null; then
		fail "reset took '$wrong'"
	fi
done
echo 1 >"$sys/reset"
unload

for _ in $(seq 20); do
	load
	unload
done
ip link set lo up
