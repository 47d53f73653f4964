#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# order.sh - the place of the module's hook among others of the last priority
#
# Of hooks with equal priority the one that was registered later comes first. A chain of
# nft at the last priority that was made before the module was loaded drops a SYN after
# the module has counted it. A chain that is made later drops it before that.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

last=2147483647

# nf_tables and what it needs may be modules.
modprobe -a nf_tables nfnetlink_hook 2>/dev/null || :

chain() {
	nft -f - <<-END || fail "no chain at priority $last"
		add table ip twr
		add chain ip twr last { type filter hook input priority $last; }
		add rule ip twr last tcp dport 80 counter drop
	END
}

dropped() {
	nft list chain ip twr last | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p'
}

# knock: send a SYN, and none of its retransmissions
knock() {
	python3 -c 'import socket
sock = socket.socket()
sock.setblocking(False)
sock.connect_ex(("127.0.0.1", 80))'
}

# stands WHERE: the module's line in the kernel's own list of hooks at the last priority
# is the first or the last, if the kernel and nft have such a list
stands() {
	nft list hooks ip 2>/dev/null >/tmp/hooks || return 0
	grep -q 'hook input' /tmp/hooks || return 0
	sed -n '/hook input/,/}/p' /tmp/hooks |
		awk -v "last=$last" '$1 + 0 == last' >/tmp/last
	is "number of hooks at the last priority" 2 "$(wc -l </tmp/last)"
	case $1 in
	first)	mine=$(head -n 1 /tmp/last) ;;
	*)	mine=$(tail -n 1 /tmp/last) ;;
	esac
	case $mine in
	*tw_recycle_sim*)	listed=", and nft list hooks shows it" ;;
	*)	fail "the module is not the $1: $(cat /tmp/hooks)" ;;
	esac
}

listed=
chain
load
stands first
knock
is "syns_seen before a chain that was there earlier" 1 "$(count syns_seen)"
is "packets that this chain drops" 1 "$(dropped)"
nft delete table ip twr

chain
stands last
knock
is "syns_seen behind a chain that came later" 1 "$(count syns_seen)"
is "packets that this chain drops" 1 "$(dropped)"
nft delete table ip twr
unload
echo "before a chain of the same priority that was there earlier, behind one that came later$listed"
