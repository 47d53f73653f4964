#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# installed.sh VERSION FILE - modprobe finds the installed module. It has this version,
# counts a SYN and can be unloaded. Unlike the other tests this one does not take the
# path of a module.

# shellcheck disable=SC2034 # lib.sh uses these
version=$1 file=$2
set -- tw_recycle_sim
# shellcheck source=scripts/tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"

is "its path" "/lib/modules/$(uname -r)/$file" "$(modinfo -F filename tw_recycle_sim)"
modprobe tw_recycle_sim || fail "modprobe failed"
is "its version" "$version" "$(cat /sys/module/tw_recycle_sim/version)"

is "syns_seen" 0 "$(count syns_seen)"
# Nothing listens on this port.
bash -c ': </dev/tcp/127.0.0.1/9' 2>/dev/null || :
is "syns_seen" 1 "$(count syns_seen)"
adds_up "$sys"

modprobe -r tw_recycle_sim || fail "modprobe -r failed"
[ ! -e "$sys" ] || fail "$sys is still there"
