#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# faults.sh KO REPLAY TRACE... - the module when allocations fail
#
# Each allocation during a load, during the making of a namespace and during a read
# fails once (faults.py). For a packet the module allocates nothing: REPLAY plays
# connections while all allocations of the module's functions, and of functions they
# call, fail. The verdicts must be the recorded ones.
#
# The kernel's messages do not go to the console directly, because the kernel prints a
# stack trace for each failed allocation. faults.py passes the other messages on.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

replay=$2
shift 2
debug=/sys/kernel/debug
tracefs=/sys/kernel/tracing
[ -d $tracefs/events ] || mount -t tracefs tracefs $tracefs || fail "no tracefs"
dmesg -n 1

# An era with a list, and one with rows.
for era in 2.6.32 4.11; do
	"${0%/*}/faults.py" "$ko" $era load net read >>/tmp/tally ||
		fail "era $era"
done
"${0%/*}/faults.py" "$ko" 4.11 percpu >>/tmp/tally || fail "per-CPU memory"
cat /tmp/tally
# The failures from here on print nothing.
dmesg -n 7

# ours PERCENT: from now on so many of the module's allocations fail, and of those that
# other functions make for it
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

# faults: the number of faults since the limits were set
faults() {
	echo $((2000000 - $(cat $debug/failslab/times) -
		$(cat $debug/fail_page_alloc/times)))
}

# A namespace that gets no memory for its hooks is not made, and leaves nothing.
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
		# These need memory: a namespace for its files and hooks, a read for its
		# seq_file.
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
