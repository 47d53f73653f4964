#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# replay.sh KO REPLAY ERA MODES TRACE... - the module gives the recorded answers
#
# REPLAY is scripts/tests/replay/replay. ERA is the kernel to simulate, and the column
# of the tables to compare with. Traces that were not recorded with that kernel are
# passed over. MODES are some of the modes of lib.sh, with commas between them.
#
# Each trace has a network namespace of its own and starts with an empty module. Prints
# the result of each play on a line. replay-unseen lists the answers that the module
# cannot give. Needs a guest whose clock skips idle time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

replay=$2
era=$3
modes=$4
shift 4
traces=${0%/*}/../replay/traces
differs=0

# has_column TRACE: whether the trace was recorded with the simulated kernel
has_column()
{
	read -r header <"$traces/$1.expected" || fail "$1 has no table"
	case " $header " in
	*" $era "*)	return 0 ;;
	*)		return 1 ;;
	esac
}

# load_for TRACE: the module as after a load, with the parameters that fit the recorded
# kernel
load_for()
{
	case $1 in
	# Two rows, one for each family, so that all peers of a family share one.
	*/rows-*)	fresh "era=$era" rows=1 rows6=1 ;;
	*)		fresh "era=$era" ;;
	esac
}

# run_replay SCRIPT EXPECTED [OPTION]...: run replay, with its output in /tmp/said
run_replay()
{
	script=$1 expected=$2
	shift 2
	rc=0
	replay_in "$mode" "$replay" --column "$era" "$@" "$script" "$expected" \
		>/tmp/said 2>&1 || rc=$?
	[ $rc -le 1 ] ||
		fail "era $era, mode $mode, script $script: $(grep '^replay: ' /tmp/said | tail -n 20)"
	came_as "$mode"
}

# both FILE OTHER: the lines of FILE that OTHER has too. busybox has no comm.
both()
{
	awk -v "other=$2" 'BEGIN { while ((getline line <other) > 0) has[line] }
		$0 in has' "$1"
}

# only FILE OTHER: the lines of FILE that OTHER does not have
only()
{
	awk -v "other=$2" 'BEGIN { while ((getline line <other) > 0) has[line] }
		!($0 in has)' "$1"
}

# differ: the lines that differ, from the output of run_replay
differ()
{
	sed -n 's/^  line \([0-9]*\): .*/\1/p' /tmp/said | sort -u
}

# differ_at_any_phase TRACE [SCRIPT]: leave the lines that differ in /tmp/differ. Stamps
# have whole seconds for a date. The fraction of the second at which a recording began
# is not known, and its steps took some time each. So a line near the turn of a second
# agrees if it agrees at one of four fractions. The caller has tried one of them.
differ_at_any_phase()
{
	differ >/tmp/differ
	for phase in 0 250 750; do
		[ -s /tmp/differ ] || break
		load_for "$1"
		run_replay "${2:-$traces/$1.tw}" "$traces/$1.expected" --phase $phase
		differ >/tmp/again
		both /tmp/differ /tmp/again >/tmp/both
		mv /tmp/both /tmp/differ
	done
}

# unseen_for TRACE FIELD [CAUSE]: a field of the lines listed for this era and mode
unseen_for()
{
	awk -v "era=$era" -v "mode=$mode" -v "trace=$1" -v "field=$2" -v "cause=${3:-}" \
		'$1 == era && $2 == trace && (NF < 5 || $5 == mode) &&
		(cause == "" || $4 == cause) { print $field }' \
		"${0%/*}/replay-unseen" | sort -u
}

# as_listed TRACE: the lines that differ are the listed ones, but for those that depend
# on a tick. Lines whose cause is a line agree without what is unusual in that line.
as_listed()
{
	unseen_for "$1" 3 >/tmp/listed
	unseen_for "$1" 3 tick >/tmp/may
	only /tmp/listed /tmp/differ | only - /tmp/may >/tmp/odd
	only /tmp/differ /tmp/listed >>/tmp/odd
	[ ! -s /tmp/odd ] || return 1
	causes=$(unseen_for "$1" 4 | grep -x '[0-9]*') || return 0
	cp "$traces/$1.tw" /tmp/plain.tw
	for cause in $causes; do
		sed -i "${cause}s/ syn=fin//" /tmp/plain.tw
	done
	if cmp -s "$traces/$1.tw" /tmp/plain.tw; then
		return 1
	fi
	load_for "$1"
	run_replay /tmp/plain.tw "$traces/$1.expected"
	differ_at_any_phase "$1" /tmp/plain.tw
	[ ! -s /tmp/differ ]
}

play()
{
	run_replay "$traces/$1.tw" "$traces/$1.expected"
	while read -r line; do
		said=$line
	done </tmp/said
	passed=${said%% passed*}
	failed=${said##*passed, }
	failed=${failed%% failed}
	unseen=0
	: >/tmp/differ
	if [ $rc = 1 ]; then
		cp /tmp/said /tmp/differs
		all=$((passed + failed))
		differ_at_any_phase "$1"
		failed=$(wc -l </tmp/differ)
		passed=$((all - failed))
	fi
	if [ "$failed" != 0 ] || [ "${listed#* "$1" }" != "$listed" ]; then
		if as_listed "$1"; then
			unseen=$failed
			failed=0
		else
			[ "$failed" != 0 ] ||
				fail "era $era, mode $mode, trace $1 agrees, though listed in replay-unseen"
			differs=1
			echo "era $era, mode $mode, trace $1:"
			sed -n '/^differs:$/,$p' /tmp/differs | sed '1d;$d'
		fi
	fi
	echo "$era $mode $1: $passed passed, $failed failed, $unseen unseen"
}

# listed: the traces with listed lines, with spaces around them
listed=$(awk -v "era=$era" '$1 == era { printf " %s ", $2 }' "${0%/*}/replay-unseen")

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
for mode in $(echo "$modes" | tr , ' '); do
	for trace; do
		has_column "$trace" || continue
		load_for "$trace"
		play "$trace"
		adds_up "$sys"
	done
done
unload
exit $differs
