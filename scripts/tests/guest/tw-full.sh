#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# tw-full.sh - TIME-WAIT as in the old kernel, where the running kernel's table is full
#
# When there are as many buckets as tcp_max_tw_buckets allows, a connection ends without
# one. The old kernel's buckets lasted for less than a second, so it still had room. In
# both cases a SYN of the same four-tuple meets what the old kernel had, and later the
# listener. Only with a limit of 0 had the old kernel no bucket either. $2 is not used.
# Needs a guest whose clock skips idle time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
load
unshare -n "${0%/*}/tw-full.py" >/tmp/said 2>&1 || fail "$(cat /tmp/said)"
adds_up "$sys"
unload
echo "the old kernel's bucket is met, with room in today's table and without"
