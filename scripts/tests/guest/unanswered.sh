#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# unanswered.sh - which SYNs the running kernel left without an answer
#
# A peer sends each SYN several times. The machine answers some with a SYN-ACK, a SYN
# cookie, a RST or the ACK of a TIME-WAIT socket, and drops others because the accept
# queue of their listener is full. Only the dropped ones count. $2 is not used.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
load
unshare -n "${0%/*}/unanswered.py" >/tmp/said 2>&1 || fail "$(cat /tmp/said)"
adds_up "$sys"
unload
cat /tmp/said
