# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # set by scripts/check, which sources this
#
# Tests on other architectures, those of scripts/guests/architectures.

# on_foreign NAME TEST
on_foreign()
{
	case $2 in
	build)	foreign_module "$1" >/dev/null ;;
	boot)	boots_foreign "$1" ;;
	esac
}

# The suites of kunit/ for 32 bits. Debian's kernels lack KUnit, so its functions, and no
# others, may be missing: a division of 64 bits would need one of the compiler's library.
test_i386-suites()
{
	local ko

	ko=$("$setup" module i386 W=1 KCFLAGS=-Werror TWR_KUNIT=y KBUILD_MODPOST_WARN=1)
	grep -o 'modpost: ".*undefined!' "$(dirname "$(dirname "$ko")")/build.log" >"$TWR_RUN/i386-missing"
	! grep -vE '"_*kunit_' "$TWR_RUN/i386-missing"
	echo "built, $(wc -l <"$TWR_RUN/i386-missing") functions of KUnit missing"
}

# foreign_module NAME: built without a warning of the compiler's
foreign_module()
{
	"$setup" module "$1" W=1 KCFLAGS=-Werror
}

# boots_foreign NAME: what a guest can show that has busybox and the trace player alone.
# On one processor: two of these were seen to stall at boot when the clock counts
# instructions. Debian's kernel for s390x ticks also when nothing runs, so the clock does
# not jump far there; the traces are those that take the least of the guest's time.
boots_foreign()
{
	local ko replay tests=$twr_tree/scripts/tests/guest

	ko=$(foreign_module "$1")
	replay=$("$setup" replay "$1")
	"$guest" once --kernel "$1" --skip-idle --timeout 2400 -- "
		uname -mr
		for test in load namespaces files 'churn $(rounds "$1")'; do
			set -- \$test
			test=\$1
			shift
			$tests/\$test.sh $ko \"\$@\" || exit
		done
		$tests/replay.sh $ko $replay 4.11 tun,served \
			basics active cookies segments more random-15" | tee "$TWR_RUN/$1.said"
	awk '/ passed, [0-9]+ failed, [0-9]+ unseen$/ { plays++; verdicts += $4 }
		NR == 1 { kernel = $0 }
		END { print kernel ": " plays + 0 " plays, " verdicts + 0 " verdicts agree"
			exit !verdicts }' "$TWR_RUN/$1.said"
}
