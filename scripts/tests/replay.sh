#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# replay.sh KO REPLAY ERA MODE TRACE... - recorded traces agree
#
# REPLAY is scripts/replay/replay. ERA is the kernel to simulate, and the column
# of the tables to compare with; a trace that was not played to that kernel is
# passed over. MODE is how packets find their sockets:
#
# tun             by early demux, as packets from the network do
# no-early-demux  from the network, with early demux switched off
# loopback        as packets of the machine's own, which never see early demux
#
# Each trace has a network namespace of its own and the module loaded anew. Says
# in a line what each play came to. Wants a guest whose clock jumps over waits.

# shellcheck source=scripts/tests/lib.sh
. "${0%/*}/lib.sh"

replay=$2
era=$3
mode=$4
shift 4
traces=${0%/*}/../replay/traces
differs=0

case $mode in
tun|no-early-demux)	delivery=tun ;;
loopback)		delivery=loopback ;;
*)			fail "no mode $mode" ;;
esac

# Run in the namespace, with the command as its arguments. The two files switch
# early demux off for IPv6 as well. What came over lo, and what TCP received, is
# left in a file.
cat >/tmp/play <<-'STOP'
	mode=$1
	shift
	if [ "$mode" = no-early-demux ]; then
		echo 0 >/proc/sys/net/ipv4/ip_early_demux || exit 2
		echo 0 >/proc/sys/net/ipv4/tcp_early_demux || exit 2
	fi
	"$@"
	rc=$?
	awk '$1 == "lo:" { lo = $3 } $1 == "Tcp:" { received = $11 }
		END { print lo, received }' /proc/net/dev /proc/net/snmp >/tmp/packets
	exit $rc
STOP

# has_column TRACE: whether it was played to the kernel that is simulated
has_column()
{
	read -r header <"$traces/$1.expected" || fail "$1 has no table"
	case " $header " in
	*" $era "*)	return 0 ;;
	*)		return 1 ;;
	esac
}

play()
{
	rc=0
	unshare -n sh /tmp/play "$mode" "$replay" --column "$era" \
		--delivery $delivery "$traces/$1.tw" >/tmp/said 2>&1 || rc=$?
	case $rc in
	0)	;;
	1)	differs=1
		echo "era $era, mode $mode, trace $1:"
		sed -n '/^differs:$/,$p' /tmp/said | sed '1d;$d' ;;
	*)	fail "era $era, mode $mode, trace $1: $(tail -n 20 /tmp/said)" ;;
	esac
	echo "$era $mode $1: $(tail -n 1 /tmp/said)"

	read -r over_lo received </tmp/packets
	if [ $mode = loopback ]; then
		is "number of packets over lo" "$received" "$over_lo"
	else
		is "number of packets over lo" 0 "$over_lo"
	fi
}

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
for trace; do
	has_column "$trace" || continue
	load "era=$era"
	play "$trace"
	adds_up "$sys"
	unload
done
exit $differs
