#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nfqueue.sh - what happens to packets that wait in an NFQUEUE
#
# Netfilter drops them whenever any hook is unregistered, and the owner of the hook
# cannot prevent it. So rmmod drops them. A load that fails must not drop them: the
# module registers its hooks when nothing else can fail.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

tests=${0%/*}

# held WHAT WANTED COMMAND...: of 5 packets that are held during COMMAND, WANTED arrive
held() {
	what=$1 wanted=$2
	shift 2
	is "packets of 5 that arrive, held while $what," "$wanted" \
		"$("$tests/nfqueue.py" held "$@" 2>/tmp/said)"
}

modprobe -a nf_tables nfnetlink_queue nft_queue 2>/dev/null || :
ip link set lo up
# The module's hook comes after this chain.
nft -f - <<-END || fail "no rule that queues"
	add table ip twr
	add chain ip twr held { type filter hook input priority 0; }
	add rule ip twr held udp dport 9999 queue num 0
	add rule ip twr held tcp dport 80 tcp flags syn / syn,ack queue num 0
END

held "nothing happens" 5
held "the module is loaded" 5 insmod "$ko"

# The module judges SYNs that a program accepts in the context of that program.
said=$("$tests/nfqueue.py" syns 100)
is "connections whose SYNs were held and let go" 100 "${said% *}"
is syns_seen "${said#* }" "$(count syns_seen)"
is syns_checked 100 "$(count syns_checked)"
adds_up "$sys"

# A second module that makes the same files cannot be loaded. What the kernel prints
# about that must not reach the console, where guests are checked for errors.
"$tests/twin.py" "$ko" /tmp/twin.ko || fail "no twin"
console=$(cut -f 1 /proc/sys/kernel/printk)
echo 1 >/proc/sys/kernel/printk
failed=$("$tests/nfqueue.py" held insmod /tmp/twin.ko 2>/tmp/said)
echo "$console" >/proc/sys/kernel/printk
grep -q 'could not insert module' /tmp/said || fail "the twin did not fail as it should: $(cat /tmp/said)"
[ ! -d /sys/module/tw_recycle_two ] || fail "the twin is loaded"

held "the module is unloaded" 0 rmmod tw_recycle_sim
unload_said=$(cat /tmp/said)
[ ! -e "$sys" ] || fail "it is still there: $unload_said"
is "packets of 5 that arrive, held while a load fails," 5 "$failed"
nft delete table ip twr
echo "5 of 5 packets arrive that wait in a queue while a load fails, none while the module is unloaded; 100 SYNs from a queue judged"
