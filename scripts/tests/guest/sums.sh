#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# sums.sh - the counters of one reading add up, also while SYNs are counted
#
# syns_seen is the sum of checked and exempt SYNs. syns_rejected is the sum of older and
# untimed SYNs, and the sum of all delays but 0. This must hold in each of 200 readings
# of `counters` under a flood. The test proves more where there are two processors.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
load
said=$(unshare -n "${0%/*}/sums.py" 200 2>&1) || fail "$said"
unload
echo "$said"
