# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # set by scripts/check, which sources this
#
# Tests of the source itself: style, sparse, both compilers, the documentation.

# Checks the page of twr-report with a linter for each language. NODE_PATH is needed
# where Node.js is not Debian's: it does not look for Debian's modules.
lint_page()
{
	local page=scripts/tools/python/twr_report/page rc=0
	local eslint=(eslint -f unix --no-eslintrc -c scripts/tests/host/eslint.json)

	export NODE_PATH=/usr/share/nodejs
	tidy -q -e $page.html || rc=1
	node scripts/tests/host/css.js $page.css || rc=1
	"${eslint[@]}" --env browser --global Chart $page.js || rc=1
	"${eslint[@]}" --env node scripts/tests/host/css.js || rc=1
	return $rc
}

test_style()
{
	local rc=0

	cd "$twr_tree" || return
	perl "$source/scripts/checkpatch.pl" --strict --terse --no-summary -q -f \
		module/*.[ch] kunit/*.[ch] scripts/tests/replay/*.[ch] scripts/tests/pelt/*.[ch] \
		scripts/tests/fuzz/*.[ch] scripts/tools/pcap/*.[ch] scripts/benchmarks/*.c || rc=1
	# These headers use macros where the kernel uses macros.
	perl "$source/scripts/checkpatch.pl" --strict --terse --no-summary -q \
		--ignore MACRO_ARG_REUSE,VOLATILE,DATA_RACE,MEMORY_BARRIER,UNNECESSARY_CASTS \
		-f scripts/shim/*/*.h scripts/shim/base/*/*.h || rc=1
	perl "$source/scripts/kernel-doc" -none -Werror module/*.h || rc=1
	perl "$source/scripts/get_abi.pl" --dir Documentation/ABI validate || rc=1
	# All shell scripts, in whatever folder.
	git ls-files -z -co --exclude-standard .ci scripts |
		xargs -0 grep -lE '^#!/bin/(ba)?sh|^# shellcheck shell=' -- |
		xargs -d '\n' shellcheck -S warning -x -P . -P scripts -P scripts/tests || rc=1
	pycodestyle --max-line-length=96 scripts/tools scripts/tools/twrstat \
		scripts/tools/twr-report scripts/tools/pack scripts/benchmarks/capture || rc=1
	lint_page || rc=1
	pyflakes3 scripts/tools/twrstat scripts/tools/twr-report scripts/tools/pack \
		scripts/tools/python scripts/tests scripts/benchmarks/capture || rc=1
	return $rc
}

# builds KERNEL: the module must build without a warning from the compiler or from
# sparse
builds()
{
	local kernel=$1
	shift

	"$setup" module "$kernel" W=1 C=2 KCFLAGS=-Werror CHECK="sparse -Wsparse-error" "$@" \
		>/dev/null
}

# This includes the suites of kunit/ and the module of scripts/bench.
test_sparse()
{
	builds uml TWR_KUNIT=y TWR_BENCH=m
}

# The module as users build it, with the headers of this machine and with both
# compilers.
test_clang()
{
	local tree headers

	tree=$(mktemp -d)
	git -C "$twr_tree" ls-files -co --exclude-standard | tar -C "$twr_tree" -cT - |
		tar -C "$tree" -x
	headers=$(printf '%s\n' /usr/src/linux-headers-*-amd64 | grep -v -- -cloud- |
		sort -V | tail -1)
	make -C "$tree" KDIR="$headers" W=1 KCFLAGS=-Werror
	make -C "$tree" KDIR="$headers" clean
	make -C "$tree" KDIR="$headers" W=1 KCFLAGS=-Werror LLVM=1
	[ -e "$tree/module/tw_recycle_sim.ko" ]
	rm -r "$tree"
	echo "built for ${headers##*/linux-headers-}"
}

test_docs()
{
	local out

	out=$(mktemp -d)
	sphinx-build -q -W --keep-going -b html "$twr_tree/Documentation" "$out"
	[ -s "$out/index.html" ]
	rm -r "$out"
	mandoc -T lint -W warning "$twr_tree"/Documentation/*.8
}

# The module compiles on headers that differ from Debian's, or says that it cannot.
test_compat()
{
	"$twr_tree/scripts/tests/host/compat.sh"
}

# The module compiles for kernels that are configured in other ways.
test_variants()
{
	"$twr_tree/scripts/tests/host/variants.sh"
}
