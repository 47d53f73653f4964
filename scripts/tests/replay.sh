#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# replay.sh KO REPLAY ERA MODES TRACE... - recorded traces agree
#
# REPLAY is scripts/replay/replay. ERA is the kernel to simulate, and the column
# of the tables to compare with; a trace that was not played to that kernel is
# passed over. MODES are some of those that lib.sh tells, with a comma between them.
#
# Each trace has a network namespace of its own and finds the module empty. Says
# in a line what each play came to; replay-unseen lists what no hook can know.
# Wants a guest whose clock jumps over waits.

# shellcheck source=scripts/tests/lib.sh
. "${0%/*}/lib.sh"

replay=$2
era=$3
modes=$4
shift 4
traces=${0%/*}/../replay/traces
differs=0

# has_column TRACE: whether it was played to the kernel that is simulated
has_column()
{
	read -r header <"$traces/$1.expected" || fail "$1 has no table"
	case " $header " in
	*" $era "*)	return 0 ;;
	*)		return 1 ;;
	esac
}

# load_for TRACE: the module as after a load, with what the simulated kernel was booted with
load_for()
{
	case $1 in
	# Two rows, and all peers in one of them.
	*/rows-*)	fresh "era=$era" rows=1 rows6=1 ;;
	*)		fresh "era=$era" ;;
	esac
}

# run_replay SCRIPT EXPECTED: what it says is left in a file
run_replay()
{
	rc=0
	replay_in "$mode" "$replay" --column "$era" "$1" "$2" >/tmp/said 2>&1 || rc=$?
	[ $rc -le 1 ] ||
		fail "era $era, mode $mode, script $1: $(grep '^replay: ' /tmp/said | tail -n 20)"
	came_as "$mode"
}

# unseen_for TRACE FIELD PATTERN: of the lines that are listed for this era and mode
# with such a cause
unseen_for()
{
	awk -v "era=$era" -v "mode=$mode" -v "trace=$1" -v "field=$2" -v "pattern=$3" \
		'$1 == era && $2 == trace && (NF < 5 || $5 == mode) && $4 ~ pattern {
			print $field
		}' "${0%/*}/replay-unseen" | sort -u
}

# differ: the lines of which run_replay said so
differ()
{
	sed -n 's/^  line \([0-9]*\): .*/\1/p' /tmp/said | sort -u
}

# as_listed TRACE PATTERN: what differs has a cause that is listed, and all that is
# listed with such a cause differs, but for what hangs on a phase
as_listed()
{
	differ >/tmp/differ
	unseen_for "$1" 3 "$2" >/tmp/listed
	unseen_for "$1" 3 '^phase$' >/tmp/may
	sort -u /tmp/listed /tmp/may | comm -13 - /tmp/differ >/tmp/unlisted
	comm -23 /tmp/listed /tmp/may | comm -23 - /tmp/differ >>/tmp/unlisted
	[ ! -s /tmp/unlisted ]
}

# unseen TRACE: the lines that differ are those that are listed; those whose cause is
# a line agree when it is taken away
unseen()
{
	unseen_for "$1" 3 . >/tmp/listed
	[ -s /tmp/listed ] || return 1
	as_listed "$1" . || return 1

	cp "$traces/$1.tw" /tmp/plain.tw
	causes=$(unseen_for "$1" 4 '^[0-9]*$')
	[ -n "$causes" ] || return 0
	for cause in $causes; do
		sed -i "${cause}s/ syn=fin//" /tmp/plain.tw
	done
	if cmp -s "$traces/$1.tw" /tmp/plain.tw; then
		return 1
	fi
	load_for "$1"
	run_replay /tmp/plain.tw "$traces/$1.expected"
	as_listed "$1" '^[a-z]'
}

play()
{
	unseen=0
	run_replay "$traces/$1.tw" "$traces/$1.expected"
	while read -r line; do
		said=$line
	done </tmp/said
	passed=${said%% passed*}
	failed=${said##*passed, }
	failed=${failed%% failed}
	if [ $rc = 1 ]; then
		cp /tmp/said /tmp/differs
		if unseen "$1"; then
			unseen=$failed
			failed=0
		else
			differs=1
			echo "era $era, mode $mode, trace $1:"
			sed -n '/^differs:$/,$p' /tmp/differs | sed '1d;$d'
		fi
	elif [ "${listed#* "$1" }" != "$listed" ] &&
		[ -n "$(unseen_for "$1" 3 '^([0-9]+|tun)$')" ]; then
		fail "era $era, mode $mode, trace $1 agrees, though listed in replay-unseen"
	fi
	echo "$era $mode $1: $passed passed, $failed failed, $unseen unseen"
}

# The traces that have such lines, with spaces around them.
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
