#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# cleared.sh - a rejected connection is forgotten when its four-tuple begins anew
#
# A SYN would have been rejected, and the connection that today's kernel made of it
# ends by a RST, the peer's or the machine's. Then the machine itself connects from
# the same port to the same peer, and closes first: that connection there was in the
# old kernel too, and it leaves a stamp. $2 is not used. Wants a clock that jumps.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
load
unshare -n "${0%/*}/cleared.py" >/tmp/said 2>&1 || fail "$(cat /tmp/said)"
adds_up "$sys"
unload
echo "3 rejected connections that ended by RST, and the stamps of what came after"
