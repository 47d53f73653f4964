#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# tw-full.sh - TIME-WAIT as the old kernel had it, where today's table is full
#
# With as many buckets as tcp_max_tw_buckets allows a connection ends without one. The
# old kernel's buckets stood for less than a second, so that there was room. A SYN of
# the same four-tuple meets what the old kernel had, and later the listener, in both
# cases. Only where the limit is 0 had the old kernel none either. $2 is not used. Wants a clock that jumps over waits.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
load
unshare -n "${0%/*}/tw-full.py" >/tmp/said 2>&1 || fail "$(cat /tmp/said)"
adds_up "$sys"
unload
echo "the old kernel's bucket is met, with room in today's table and without"
