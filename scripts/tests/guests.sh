# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # set by scripts/check, which sources this
#
# Tests of the module in a guest.

# kunit KERNEL: run all suites in a guest; scripts/kunit reads their results from the
# log
kunit()
{
	local kernel=$1 log=$TWR_RUN/kunit-$1.log ko options=() rc=0

	ko=$("$setup" module "$kernel" TWR_KUNIT=y)
	[[ " $built " != *" $kernel "* ]] || options=(--smp 2 --mem 768M)
	"$guest" once --kernel "$kernel" "${options[@]}" --append kunit.enable=1 \
		--append kunit.autorun=1 --timeout 1500 -- \
		"insmod $ko && dmesg | sed 's/^\[[^]]*\] //' && rmmod tw_recycle_sim" \
		>"$log" 2>"$log.guest" || rc=$?
	"$twr_tree/scripts/kunit" --parse "$log" "$source" >"$log.parsed" || rc=1
	sed -n 's/.*Testing complete. Ran/ran/p' "$log.parsed"
	if [ $rc != 0 ]; then
		grep -E 'FAILED|ERROR|SKIP|CRASH|EXPECT|Expected|==' "$log.parsed" | head -60
		grep -E 'not ok|# .*:.*at /' -A6 "$log" | head -60
		grep -vE '^ *(ok|KTAP|#|[0-9]+\.\.)' "$log.guest" | head -20
		return 1
	fi
}

test_kunit()
{
	kunit uml
}

test_debug-kunit()
{
	kunit uml-debug
}

# plays KERNEL TEST [GUEST-OPTION]...: run a test of scripts/tests/guest that plays
# connections, in a guest whose clock skips idle time
plays()
{
	local kernel=$1 test=$2 replay=$twr_tree/scripts/tests/replay ko
	shift 2

	# The explicit returns are needed where the caller tests the status: errexit is
	# off there.
	make -s -C "$replay" >&2 || return
	ko=$("$setup" module "$kernel") || return
	"$guest" once --kernel "$kernel" --skip-idle "$@" -- \
		"$twr_tree/scripts/tests/guest/$test.sh $ko $replay/replay"
}

test_unchanged()
{
	# With nohz=off every timer runs on a tick. Otherwise the kernel rounds the
	# delay of a timer that is set between two ticks, and by how much depends on
	# when the timer is set.
	plays uml unchanged --append nohz=off --timeout 900
}

# Which functions of the module run for a packet depends on the packet, so the test
# plays many of them. It leaves out the traces that scripts/tests/guest/replay-unseen
# lists.
test_faults()
{
	local replay=$twr_tree/scripts/tests/replay ko

	make -s -C "$replay" >&2
	ko=$("$setup" module uml-debug)
	"$guest" once --kernel uml-debug --skip-idle --mem 512M --timeout 900 -- \
		"$twr_tree/scripts/tests/guest/faults.sh $ko $replay/replay \
			$replay/traces/basics $replay/traces/active \
			$replay/traces/cookies $replay/traces/segments"
}

test_smp-kunit()
{
	kunit smp
}

test_rt-debug-kunit()
{
	kunit rt-debug
}

test_i686-kunit()
{
	kunit i686
}

test_offenders()
{
	plays uml offenders --timeout 900
}

test_seems()
{
	plays uml seems --timeout 900
}

test_timewait()
{
	plays uml timewait --mem 256M --timeout 900
}

test_unanswered()
{
	plays uml unanswered --mem 256M --timeout 900
}

test_cleared()
{
	plays uml cleared --mem 256M --timeout 900
}

test_device()
{
	plays uml device --mem 256M --timeout 900
}

test_tw-full()
{
	plays uml tw-full --mem 256M --timeout 900
}

# in_guest KERNEL TEST ARGUMENT...: run a test of scripts/tests/guest in a guest of its
# own
in_guest()
{
	local kernel=$1 test=$2 ko options=() mem=512M
	shift 2

	ko=$("$setup" module "$kernel")
	[[ " $built $kernels " != *" $kernel "* ]] || options=(--smp 2)
	# The checkers of these kernels take memory themselves.
	[[ " $built " != *" $kernel "* ]] || mem=768M
	"$guest" once --kernel "$kernel" "${options[@]}" --mem $mem --timeout 900 -- \
		"$twr_tree/scripts/tests/guest/$test.sh $ko $*"
}

# traced KERNEL: the test of the tracepoints
traced()
{
	plays "$1" trace --mem 768M --timeout 900
}

test_debug-trace()
{
	traced uml-debug
}

test_smp-trace()
{
	traced smp
}

# on_stock KERNEL TEST: one of the tests of on_each
on_stock()
{
	local kernel=$1 test=$2

	case $test in
	build)	builds "$kernel" ;;
	# In the mode `served`, all traces.
	replay)	replays "$kernel" "4.11 served" ;;
	trace)	traced "$kernel" ;;
	nat)	GUEST=$kernel "$twr_tree/scripts/tests/host/demo.sh" ;;
	*)	in_guest "$kernel" "$test" "$(rounds "$kernel")" ;;
	esac
}

# The names that users rely on: files, parameters, tracepoints, options, keys, metrics.
test_interface()
{
	make -s -C "$twr_tree/scripts/tools/pcap" >&2
	in_guest uml interface "$twr_tree/scripts/tools/pcap/twr-pcap"
}

test_namespaces-many()
{
	in_guest uml many 1000
}

test_namespaces-10000()
{
	in_guest uml many 10000
}

test_namespaces-cost()
{
	in_guest uml namespaces-cost 1000
}

test_churn-long()
{
	in_guest uml churn 200
}

# About 280 bursts, a million SYNs.
test_flood()
{
	local replay=$twr_tree/scripts/tests/replay

	make -s -C "$replay" >&2
	in_guest uml flood "$replay/replay" 3600
}

# How often churn loads and unloads the module; fewer times in slow guests.
rounds()
{
	case $1 in
	uml) echo 20 ;;
	*) echo 10 ;;
	esac
}
