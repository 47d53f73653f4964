#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# sums.sh - counters of one reading add up, also while SYNs are counted
#
# syns_seen is what was checked and what was exempt, syns_rejected is what was older and
# what was untimed, and all delays but 0, in every one of 200 readings of `counters`
# under a flood. Shows something where there are two processors.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
load
said=$(unshare -n "${0%/*}/sums.py" 200 2>&1) || fail "$said"
unload
echo "$said"
