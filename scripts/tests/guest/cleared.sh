#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# cleared.sh - a rejected connection is forgotten when its four-tuple is used again
#
# The simulated kernel rejects a SYN. The connection that the running kernel makes of it
# ends by a RST, from the peer or from the machine. Then the machine connects from the
# same port to the same peer, and closes first. The simulated kernel has that
# connection, so it leaves a stamp. $2 is not used. Needs a guest whose clock skips idle
# time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
load
unshare -n "${0%/*}/cleared.py" >/tmp/said 2>&1 || fail "$(cat /tmp/said)"
adds_up "$sys"
unload
echo "3 rejected connections that ended by RST, and the stamps of what came after"
