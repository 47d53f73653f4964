#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# variants.sh [VARIANT]... - the module compiles for kernels that are configured otherwise
#
# Each variant is a kernel configuration, another compiler, or both. This test prepares the
# kernel's source for it, compiles the module and its KUnit suites without a warning, and
# boots nothing. Newer compilers than Debian 12's have a small Debian of their own, with
# headers of Linux 6.12. `scripts/guests/setup variants` gets what this test needs.

set -eu -o pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../lib.sh"

# Name, architecture, arguments of make, and the options that differ. The compiler is gcc 12
# if none is named. With `compilers` the headers are those of Debian's 6.12, without suites,
# and the options go to make: gcc 13 lacks an option of gcc 14, which configured them.
variants="
ipv6-off um - CONFIG_IPV6=n
debugfs-off um - CONFIG_DEBUG_FS=n
syn-cookies-off um - CONFIG_SYN_COOKIES=n
net-ns-off um - CONFIG_NET_NS=n
sysfs-off um - CONFIG_SYSFS=n
ftrace-off um - CONFIG_FTRACE=n
modversions um - CONFIG_MODVERSIONS=y
kunit-module um - CONFIG_KUNIT=m
kunit-off um TWR_KUNIT= CONFIG_KUNIT=n
gcc-11 um CC=gcc-11 CONFIG_FTRACE=y
smp-off x86_64 - CONFIG_SMP=n
preempt-off x86_64 - CONFIG_PREEMPT_NONE=y CONFIG_PREEMPT=n CONFIG_DEBUG_PREEMPT=n
clang-lto x86_64 LLVM=1 CONFIG_LTO_NONE=n CONFIG_LTO_CLANG_THIN=y
clang-cfi x86_64 LLVM=-16 CONFIG_CFI_CLANG=y
gcc-13 compilers CC=gcc-13 CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=
gcc-14 compilers CC=gcc-14
"

guests=$twr_tree/scripts/guests
source=$("$guests/setup" source)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kmake+=(-s "-j$(nproc)")

mkdir "$work/tree"
module_sources kunit | tar -C "$twr_tree" -cT - | tar -C "$work/tree" -x

# fragments ARCHITECTURE: the files with its usual options
fragments()
{
	case $1 in
	um)	echo "$guests/guest.config" "$guests/uml.config" "$guests/trace.config" ;;
	*)	echo "$guests/guest.config" "$guests/smp.config" ;;
	esac
}

# compile NAME ARCHITECTURE MAKE-ARGUMENT OPTION...
compile()
{
	local name=$1 arch=$2 argument=$3 out=$work/$2-${3//[^A-Za-z0-9]/} args missing
	shift 3

	if [ "$arch" = compilers ]; then
		"$guests/setup" module compilers "$argument" "$@" W=1 KCFLAGS=-Werror
		return
	fi
	args=(ARCH="$arch" O="$out")
	[ "$argument" = - ] || args+=("$argument")
	mkdir -p "$out"
	# Of several lines for an option Kconfig takes the last.
	# shellcheck disable=SC2046 # a list of files
	{
		cat $(fragments "$arch")
		printf '%s\n' "$@"
	} | grep '^CONFIG_' >"$out/wanted"
	"${kmake[@]}" -C "$source" "${args[@]}" KCONFIG_ALLCONFIG="$out/wanted" allnoconfig
	missing=$(refused "$out/.config" "$@")
	[ -z "$missing" ] || { echo "the configuration does not take" $missing; return 1; }
	"${kmake[@]}" -C "$source" "${args[@]}" modules_prepare
	find "$work/tree" -name '*.o' -delete
	# Nothing was built that could tell modpost which symbols the kernel exports.
	[ "$arch" != um ] || args+=(UBSAN_SANITIZE=y)
	"${kmake[@]}" -C "$source" M="$work/tree" W=1 KCFLAGS=-Werror TWR_KUNIT=y "${args[@]}" \
		KBUILD_MODPOST_WARN=1 modules
	[ -e "$work/tree/module/tw_recycle_sim.ko" ]
}

rc=0 done=0
while read -r name arch argument options; do
	[ -n "$name" ] || continue
	[ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
	begin=$SECONDS
	# Not as a condition: bash would switch errexit off inside.
	set +e
	# shellcheck disable=SC2086 # a list of words
	(set -e; compile "$name" "$arch" "$argument" $options) >"$work/log" 2>&1 </dev/null
	result=$?
	set -e
	if [ $result = 0 ]; then
		echo "$name: ok, $((SECONDS - begin)) s"
	else
		grep -vE 'modpost: .* undefined!|WARNING: modpost' "$work/log" | tail -n 40 || :
		echo "$name: the module does not compile"
		rc=1
	fi
	done=$((done + 1))
done <<<"$variants"
[ $done -gt 0 ] || die "there is no such variant"
[ $rc = 0 ] && echo "$done variants of the configuration compiled"
