# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the bash scripts share (source this file): where things are, how to report
# errors, and how to run separated from the machine.

twr_tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
twr_cache=${TWR_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tw_recycle_sim}
[[ $twr_cache == /* ]] || twr_cache=$PWD/$twr_cache

note()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	note "$@"
	exit 1
}

# make for kernels, without the variables of an outer make
# shellcheck disable=SC2034 # for those who source this
kmake=(env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u KDIR make)

# module_sources [FOLDER]...: the files that the module is built from, and those of the
# same kinds in other folders; without those that a build leaves
module_sources()
{
	(cd "$twr_tree" && find Kbuild module "$@" -type f \
		\( -name Kbuild -o -name '*.mk' -o -name '*.[ch]' \) ! -name '*.mod.c') |
		LC_ALL=C sort
}

# refused CONFIG OPTION...: the options that a kernel's configuration did not take, because
# Kconfig drops them silently. CONFIG_X=n is taken if there is no other value.
refused()
{
	local config=$1 option
	shift

	for option; do
		case $option in
		*=n)	! grep -q "^${option%n}" "$config" ;;
		*)	grep -qxF -- "$option" "$config" ;;
		esac || echo "$option"
	done
}

# Kernel command lines and kbuild both take a space for the end of a path.
case $twr_tree$twr_cache in
*[[:space:]:]*)
	die "the path of the source or of the cache has a space or a colon in it"
	;;
esac

# contain COMMAND...: run COMMAND with a network, processes and mounts of its own, and
# return its status. All that COMMAND starts (guests, bridges, captures) ends when
# COMMAND ends or when the caller dies, and so does $TWR_RUN, a folder in memory for the
# state of guests.
contain()
{
	local child

	[ "$(id -u)" = 0 ] || die "needs root (to make a network of its own)"
	unshare --net --pid --fork --mount-proc true 2>/dev/null ||
		die "cannot make namespaces for network and processes"

	# shellcheck disable=SC2016 # for the inner shell
	TWR_RUN=/dev/shm setpriv --pdeathsig KILL \
		unshare --net --pid --fork --kill-child --mount-proc \
		sh -c 'mount -t tmpfs tmpfs /dev/shm && exec "$@"' - "$@" </dev/null &
	child=$!
	# shellcheck disable=SC2064 # the value of now is wanted
	trap "kill -KILL $child 2>/dev/null && wait $child 2>/dev/null || :" EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	wait "$child"
}
