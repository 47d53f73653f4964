#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# broken.sh - broken and unusual SYNs count in the right counters

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
load
"${0%/*}/broken.py" || fail "a packet is in the wrong counter"
adds_up "$sys"
unload
