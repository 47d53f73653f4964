#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# rights.sh - who may read the counters
#
# The counters of all namespaces reveal connections of other users. So only root may
# read them, unless the module is loaded with another mode or group.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

gid=54321

# nobody COMMAND...: run COMMAND as a user without any rights, in $group if it is set
nobody() {
	setpriv --reuid 65534 --regid "${group:-65534}" --clear-groups "$@"
}

# modes MODE GID: every file has the right mode and group
modes() {
	find "$sys" -type f -printf '%P %m %U %G\n' | sort >/tmp/files
	awk -v "mode=$1" -v "gid=$2" '
		$1 == "reset" { want = "200 0 0" }
		$1 == "era" { want = "444 0 0" }
		$1 != "reset" && $1 != "era" { want = mode " 0 " gid; counters++ }
		$2 " " $3 " " $4 != want && !wrong++ { print $1 " has " $2 " " $3 " " $4 ", not " want }
		END { if (wrong > 1) print wrong " files in all"; if (counters < 20) print "only " counters " files" }' \
		/tmp/files >/tmp/wrong
	[ ! -s /tmp/wrong ] || fail "mode, owner, group: $(paste -sd ';' /tmp/wrong)"
	[ -f "$sys/counters" ] || fail "no file counters"
}

# readable COMMAND...: how many of the counters `COMMAND... cat` can read
readable() {
	n=0
	while read -r file _; do
		[ "$file" != era ] || continue
		! "$@" cat "$sys/$file" >/dev/null 2>&1 || n=$((n + 1))
	done </tmp/files
	echo $n
}

# refused PARAMETER VALUE: the module does not load, and the log says which value was
# wrong
refused() {
	dmesg -c >/dev/null
	if insmod "$ko" "$1=$2" 2>/dev/null; then
		fail "$1=$2 is not refused"
	fi
	[ ! -e "$sys" ] && [ ! -e "$dbg" ] || fail "$1=$2 leaves something behind"
	# The message of the kernel's number parser alone is not enough.
	dmesg -t | grep "^tw_recycle_sim: $1=$2: " >/tmp/said ||
		fail "$1=$2 is refused without a reason: $(dmesg -t | tail -1)"
	is "lines that tell why $1=$2 is refused" 1 "$(wc -l </tmp/said)"
}

load
modes 400 0
is "files of counters that a user can read" 0 "$(readable nobody)"
# As root of a user namespace and a network namespace of its own.
own=
if nobody unshare -Urn true 2>/dev/null; then
	is "files of counters that root of another user namespace can read" 0 \
		"$(readable nobody unshare -Urn)"
	own=", nor as root of its own namespaces"
fi
for file in reset counters; do
	! nobody unshare -Urn sh -c "echo 1 >$sys/$file" 2>/dev/null ||
		fail "a user can write $file"
done
! nobody ls "$dbg" >/dev/null 2>&1 || fail "a user can list $dbg"
echo 1 >"$sys/reset" || fail "root cannot write reset"
[ "$(readable env)" -gt 20 ] || fail "root can read only $(readable env) files"
unload

load mode=0440 gid=$gid
modes 440 $gid
all=$(readable env)
is "files of counters that the group can read" "$all" "$(group=$gid; readable nobody)"
is "files of counters that others can read" 0 "$(readable nobody)"
unload

load mode=0444
modes 444 0
is "files of counters that anybody can read" "$all" "$(readable nobody)"
unload

for value in 0600 0640 0222 0111 01400 9 -1 0x100 rw; do
	refused mode "$value"
done
for value in -1 4294967295 4294967296 nobody 1.5; do
	refused gid "$value"
done
echo "$all files of counters: root's alone, a group's or everybody's, as asked for; none for a user$own"
