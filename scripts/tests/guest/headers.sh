#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# headers.sh - SYNs behind IPv6 headers count if TCP answers them
#
# headers.py writes to a TUN device in a network namespace of its own.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

load
[ -c /dev/net/tun ] || modprobe tun
ip netns add headers
ip netns exec headers "${0%/*}/headers.py" || fail "a SYN was counted wrongly"
adds_up "$sys"
said="$(count syns_seen) SYNs behind IPv6 headers, all that TCP answered and no other"
ip netns del headers
unload
echo "$said"
