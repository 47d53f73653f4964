#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# device.sh - a close without a packet leaves its stamp, whichever device has the next SYN
#
# A program half-closes a socket that is bound to a device, and then closes it without a
# packet. The peer's next SYN, with an older TSval, is rejected, by the same device and
# by another. $2 is not used. Needs a guest whose clock skips idle time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
load
unshare -n "${0%/*}/device.py" >/tmp/said 2>&1 || fail "$(cat /tmp/said)"
adds_up "$sys"
unload
echo "rejected by the device of the connection and by another"
