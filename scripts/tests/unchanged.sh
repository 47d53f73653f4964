#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# unchanged.sh - every packet is what it is without the module
#
# The same connections, in all the ways there are to close one, are played
# without the module and with it, each time in a network namespace of its own.
# What goes over the wire must be the same.
# $2 is scripts/replay/replay. Wants a clock that jumps over waits.

# shellcheck source=scripts/tests/lib.sh
. "${0%/*}/lib.sh"

replay=$2
modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"

# play NAME: leaves the packets, a line each, and what was answered
play()
{
	cat >/tmp/play <<-END
		set -e
		ip link set lo up
		tcpdump -i any -y LINUX_SLL -Z root -U --immediate-mode \
			-w /tmp/$1.pcap 2>/tmp/tcpdump &
		until grep -q ^tcpdump:.listening /tmp/tcpdump; do sleep 0.1; done
		"$replay" --no-module "$traces/segments.tw" >/tmp/$1.answers
		sleep 1
		kill \$!
		wait
	END
	rm -f /tmp/tcpdump
	: >/tmp/tcpdump
	unshare -n sh /tmp/play || fail "cannot play: $(cat /tmp/tcpdump)"
	"${0%/*}/unchanged.py" /tmp/$1.pcap >/tmp/$1.packets ||
		fail "cannot read the capture"
}

# The second play after the first, to know that plays do not differ by themselves.
traces=${0%/*}/../replay/traces
play once
play again
load
play with
seen=$(count syns_seen)
rejected=$(count syns_rejected)
unload

for name in again with; do
	for what in answers packets; do
		diff /tmp/once.$what /tmp/$name.$what >/tmp/differ ||
			fail "$what differ ($name): $(head -20 /tmp/differ)"
	done
done
[ "$seen" -gt 100 ] && [ "$rejected" -gt 20 ] ||
	fail "the module saw only $seen SYNs, $rejected to reject"
echo "$(wc -l </tmp/with.packets) packets the same, $rejected of $seen SYNs would have been rejected"
