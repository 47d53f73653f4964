# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# lib.sh - what the tests that run in a guest share
#
# Each test gets the path of the module as $1. The guest has just booted or has run
# other tests. Each test leaves the module unloaded.

set -eu

ko=$1
sys=/sys/kernel/tw_recycle_sim
dbg=/sys/kernel/debug/tw_recycle_sim

# Unload the module, because the next test expects that.
fail() {
	echo "${0##*/}: $*" >&2
	rmmod tw_recycle_sim 2>/dev/null || :
	exit 1
}

# is WHAT WANTED GOT: fail if GOT is not WANTED
is() {
	[ "$3" = "$2" ] || fail "$1 is '$3', not '$2'"
}

# await COMMAND...: wait until COMMAND succeeds
await() {
	for _ in $(seq 1200); do
		! "$@" || return 0
		sleep 0.1
	done
	fail "waited too long for: $*"
}

# A program for python3 -c. It opens as many connections to port 80 of this machine as
# its first argument says, which leave a stamp each; then as many as its second argument
# says, without timestamps, which are rejected. It is one program, because a stamp
# counts for a minute, and a busy machine may take longer than that to start another
# one.
# shellcheck disable=SC2034 # the tests use it
connections="import socket, sys
listener = socket.create_server(('127.0.0.1', 80))
def connect(number):
    for _ in range(number):
        client = socket.create_connection(('127.0.0.1', 80))
        server = listener.accept()[0]
        server.close()
        client.recv(1)
        client.close()
connect(int(sys.argv[1]))
if len(sys.argv) > 2:
    with open('/proc/sys/net/ipv4/tcp_timestamps', 'w') as file:
        file.write('0')
    connect(int(sys.argv[2]))"

# connect [in NETNS] TIMED [UNTIMED]: such connections, in the network namespace that a file
# NETNS holds. Guests without Python have busybox.
connect() {
	in_netns=
	if [ "$1" = in ]; then
		in_netns="nsenter --net=$2"
		shift 2
	fi
	# shellcheck disable=SC2086 # words of a command
	if command -v python3 >/dev/null; then
		$in_netns python3 -c "$connections" "$@"
	else
		$in_netns "${0%/*}/connect.sh" "$@"
	fi
}

load() {
	insmod "$ko" "$@" || fail "insmod $* failed"
}

# fresh PARAMETER...: the module as after a load with these parameters. It is loaded
# again only if the parameters differ, because that takes longer than most plays.
fresh() {
	if [ -e "$sys" ] && [ "$*" = "$loaded_with" ]; then
		echo 1 >"$sys/reset"
		return
	fi
	[ ! -e "$sys" ] || unload
	load "$@"
	loaded_with=$*
}

unload() {
	rmmod tw_recycle_sim || fail "rmmod failed"
	[ ! -e "$sys" ] || fail "$sys is still there"
	[ ! -e "$dbg" ] || fail "$dbg is still there"
}

# files: each file of the loaded module with its mode, as interface.list has them
files() {
	modes_under sysfs "$sys"
	modes_under debugfs "$dbg" | sed 's|netns/[0-9]*|netns/INODE|'
	modes_under parameter /sys/module/tw_recycle_sim/parameters
}

# modes_under NAME FOLDER
modes_under() {
	find "$2" -type f | sort | xargs stat -c '%a %n' | sed "s|^\([0-9]*\) $2/|$1 \1 |"
}

count() {
	cat "$sys/$1"
}

# counted FOLDER NAME: a counter from one reading of the file counters of a folder
counted() {
	awk -v "name=$2" '$1 == name { print $2; found = 1 } END { exit !found }' \
		"$1/counters" || fail "there is no $2 in $1/counters"
}

# adds_up FOLDER: the sums hold in one reading of the file counters
adds_up() {
	awk '
		{ n[$1] = $2 }
		/^exempt\// { exempt += $2 }
		/^delays\// && $1 != "delays/0" { late += $2 }
		END {
			print n["syns_seen"], n["syns_checked"] + exempt
			print n["syns_rejected"],
				n["syns_rejected_older"] + n["syns_rejected_untimed"]
			print n["syns_rejected"], late
			print n["syns_checked"], n["syns_rejected"] + n["delays/0"]
		}' "$1/counters" >/tmp/sums
	while read -r number sum; do
		is "a sum of $1/counters" "$sum" "$number"
	done </tmp/sums
}

# replay_in MODE REPLAY ARGUMENT...: scripts/tests/replay/replay plays in a network
# namespace of its own; the status is that of replay. MODE is how packets find their
# sockets, or what happens to rejected connections:
#
# tun             by early demux, as packets from the network do
# no-early-demux  from the network, with early demux switched off
# loopback        as packets of the machine itself, which never see early demux
# served          as tun, and a connection whose SYN would have been rejected is
#                 played to its end, as the running kernel serves it
replay_in() {
	mode=$1 replay=$2
	shift 2
	case $mode in
	tun|no-early-demux)	how="--delivery tun" ;;
	loopback)		how="--delivery loopback" ;;
	served)			how="--serve-rejected" ;;
	*)			fail "no mode $mode" ;;
	esac

	# The two files switch early demux off for IPv6 too. The number of packets over
	# lo and the number that TCP received are left in a file. The shell alone does
	# this, because user-mode Linux starts programs slowly.
	[ -e /tmp/play ] || cat >/tmp/play <<-'STOP'
		mode=$1
		shift
		if [ "$mode" = no-early-demux ]; then
			echo 0 >/proc/sys/net/ipv4/ip_early_demux || exit 2
			echo 0 >/proc/sys/net/ipv4/tcp_early_demux || exit 2
		fi
		"$@"
		rc=$?
		while read -r device _ over_lo _; do
			[ "$device" != lo: ] || break
		done </proc/net/dev
		while read -r name _ _ _ _ _ _ _ _ _ received _; do
			[ "$name" != Tcp: ] || tcp=$received
		done </proc/net/snmp
		echo "$over_lo $tcp" >/tmp/packets
		exit $rc
	STOP
	# shellcheck disable=SC2086 # options
	unshare -n sh /tmp/play "$mode" "$replay" $how "$@"
}

# came_as MODE: check that the packets of the last play came the way that they should
came_as() {
	read -r over_lo received </tmp/packets
	if [ "$1" = loopback ]; then
		is "number of packets over lo" "$received" "$over_lo"
	else
		is "number of packets over lo" 0 "$over_lo"
	fi
}

# kb FIELD [FILE]: a number of /proc/meminfo, or of a saved copy of it
kb() {
	awk -v "field=$1:" '$1 == field { print $2 }' "${2:-/proc/meminfo}"
}

# memory_to FILE: save /proc/meminfo, after the kernel has dropped its caches
memory_to() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 1
	cat /proc/meminfo >"$1"
}

# memory_back BEFORE AFTER [PERCPU]: the guest must have the memory again that it had
# when BEFORE was saved. All numbers are in kB. The limits for vmalloc, which has all
# tables, and for per-CPU memory are close. The limits for the rest are wider: the
# kernel and programs keep memory for later use, more of it where there are drivers and
# several processors. KASAN delays frees for long, but then kmemleak looks for leaks.
memory_back() {
	for _ in $(seq 60); do
		! memory_is_back "$@" || return 0
		memory_to "$2"
	done
	fail "$memory"
}

memory_is_back() {
	lost=$(($(kb MemFree "$1") - $(kb MemFree "$2")))
	vmalloc=$(($(kb VmallocUsed "$2") - $(kb VmallocUsed "$1")))
	percpu=$(($(kb Percpu "$2") - $(kb Percpu "$1")))
	slab=$(($(kb Slab "$2") - $(kb Slab "$1")))
	memory="memory: $lost kB less free, vmalloc $vmalloc kB, per-CPU $percpu kB, slab $slab kB more"
	[ "$vmalloc" -lt 64 ] && [ "$percpu" -lt "${3:-16}" ] || return 1
	limit=512
	[ "$TWR_BACKEND" = uml ] || limit=3072
	[ -e /sys/kernel/debug/kmemleak ] ||
		{ [ "$lost" -lt 3072 ] && [ "$slab" -lt $limit ]; }
}
