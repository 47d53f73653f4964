#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# faults.sh KO REPLAY TRACE... - memory that is asked for and not to be had
#
# Each allocation of a load, of a new namespace and of a read fails once
# (faults.py). On the way of a packet there is none: connections are played, with
# REPLAY, while whatever the module's functions ask for fails, and what they call,
# and the verdicts are those on record.
#
# The log is not for the console here: where memory fails the kernel says so with a
# trace of the stack. faults.py puts the rest there.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

replay=$2
shift 2
debug=/sys/kernel/debug
tracefs=/sys/kernel/tracing
[ -d $tracefs/events ] || mount -t tracefs tracefs $tracefs || fail "no tracefs"
dmesg -n 1

# A list, and rows.
for era in 2.6.32 4.11; do
	"${0%/*}/faults.py" "$ko" $era load net read >>/tmp/tally ||
		fail "era $era"
done
"${0%/*}/faults.py" "$ko" 4.11 percpu >>/tmp/tally || fail "per-CPU memory"
cat /tmp/tally
# What fails from here on does so in silence.
dmesg -n 7

# ours PERCENT: so much of what the module asks for, and of what others ask for on
# its behalf, fails from now on
ours() {
	read -r _ size _ _ _ start _ <<-END
		$(grep '^tw_recycle_sim ' /proc/modules)
	END
	end=$(printf %#x $((start + size)))
	for inject in failslab fail_page_alloc; do
		cd $debug/$inject
		echo 0 >verbose
		echo N >task-filter
		echo N >ignore-gfp-wait
		echo 1000000 >./times
		echo 32 >stacktrace-depth
		echo "$start" >require-start
		echo "$end" >require-end
		echo "$1" >probability
		cd - >/dev/null
	done
	echo 0 >$debug/fail_page_alloc/min-order
}

# How many faults there were.
faults() {
	echo $((2000000 - $(cat $debug/failslab/times) -
		$(cat $debug/fail_page_alloc/times)))
}

# A namespace that has no hooks for want of memory is none, and leaves nothing.
inode=$(stat -L -c %i /proc/self/ns/net)
load
ours 100
python3 -c "import ctypes
for _ in range(800):
    assert ctypes.CDLL(None).unshare(0x40000000)"
is "directories of namespaces" "$inode" "$(ls "$dbg/netns")"
ours 0
unload

played=0
for era in 4.11 3.2; do
	for trace; do
		head -n 1 "$trace.expected" | grep -qwF "$era" || continue
		load "era=$era"
		ip netns add play
		# Wants memory for files and hooks, for a seq_file.
		ours 100
		! unshare -n true 2>/dev/null || fail "a namespace was made"
		! cat "$dbg/peers" 2>/dev/null || fail "peers was read"
		known=$(faults)
		[ "$known" -ge 2 ] || fail "nothing of the module's fails"

		ip netns exec play "$replay" --column "$era" "$trace.tw" \
			>/tmp/said || fail "$era $trace: $(cat /tmp/said)"
		is "faults on the way of a packet" "$known" "$(faults)"
		ours 0
		played=$((played + 1))
		ip netns del play
		unload
	done
done
awk -v "played=$played" '
	{ for (i = 3; i <= NF; i += 2) sum[$(i + 1)] += $i }
	END {
		print sum["faults,"] + sum["faults"] " faults at " sum["points"] \
			" points, " played " plays without an allocation"
	}' /tmp/tally
