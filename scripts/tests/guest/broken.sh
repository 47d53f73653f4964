#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# broken.sh - SYNs as the network may bring them, each in the right counter

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
load
"${0%/*}/broken.py" || fail "a packet was counted wrongly"
adds_up "$sys"
unload
