#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# probe.sh - a probe for servers with tcp_tw_recycle on recognizes the simulated one
#
# A server and a probe, each in a network namespace of its own.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

in_server="ip netns exec server"
in_probe="ip netns exec probe"

# settled NAMESPACE: neighbour discovery uses the link-local address, which must have
# passed duplicate address detection
settled()
{
	ip -netns "$1" -6 addr show dev "$1" scope link -tentative | grep -q inet6
}

ip netns add server
ip netns add probe
ip link add server netns server type veth peer name probe netns probe
ip -netns server -batch - <<-END
	link set lo up
	link set server up
	addr add 192.0.2.1/24 dev server
	addr add 2001:db8::1/64 dev server nodad
	route add 198.51.100.7 via 192.0.2.2
	route add 2001:db8:1::7 via 2001:db8::2
END
# While the probe's address is removed, packets for it must vanish without an ICMP
# error.
ip -netns probe -batch - <<-END
	link set lo up
	link set probe up
	addr add 192.0.2.2/24 dev probe
	addr add 2001:db8::2/64 dev probe nodad
	addr add 198.51.100.7/32 dev lo
	addr add 2001:db8:1::7/128 dev lo nodad
	route add blackhole 198.51.100.7
	route add blackhole 2001:db8:1::7
END
await settled server
await settled probe
# Without random offsets TSvals only grow.
$in_probe sysctl -qw net.ipv4.tcp_timestamps=2

load
: >/tmp/serving
$in_server "${0%/*}/probe.py" serve >/tmp/serving &
server=$!
await test -s /tmp/serving
$in_probe "${0%/*}/probe.py" || fail "a SYN is in the wrong counter"
adds_up "$sys"
said="$(count syns_rejected) of $(count syns_seen) SYNs would have been rejected"

kill $server
ip netns del server
ip netns del probe
unload
echo "$said"
