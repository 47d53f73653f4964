#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# pelt.sh KO PELT ERA SEED NUMBER - packets that no normal peer would send
#
# PELT is scripts/tests/pelt/pelt, which sends NUMBER packets. The guest fails if the
# kernel complains about them. The counters must add up, each of them must have been
# reached, and the module must still work: it counts a connection correctly and can be
# unloaded. Needs a guest whose clock skips idle time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

pelt=$2
era=$3
seed=$4
number=$5

# figures: the counters, one a line: name, value
figures()
{
	for file in "$sys"/syns_* "$sys"/exempt/* "$sys"/stamps_* \
		"$sys"/peers_evicted; do
		echo "${file##*/} $(cat "$file")"
	done
}

# connection: the server closes first, and the client has timestamps
connection()
{
	python3 - <<-'END'
		import socket
		server = socket.create_server(("127.0.0.1", 7))
		client = socket.create_connection(("127.0.0.1", 7))
		accepted = server.accept()[0]
		accepted.close()
		client.recv(1)
		client.close()
	END
}

modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"
# So few rows that peers are evicted.
load "era=$era" rows=2
rc=0
"$pelt" "$seed" "$number" || rc=$?
[ "$rc" = 0 ] || fail "seed $seed: pelt ended with $rc"
adds_up "$sys"

figures >/tmp/figures
# A list has room for all peers. Eras that accept SYNs without a timestamp reject none
# for lack of one.
case $era in
2.*|3.[0-5]|el6)	never="syns_rejected_untimed peers_evicted" ;;
3.[6-9]|3.1[0-6])	never="syns_rejected_untimed" ;;
*)			never= ;;
esac
while read -r name value; do
	echo "$era $name $value"
	case " $never " in
	*" $name "*)	is "$name" 0 "$value" ;;
	*)		[ "$value" != 0 ] || fail "seed $seed: nothing counted as $name" ;;
	esac
done </tmp/figures

sysctl -qw net.ipv4.tcp_timestamps=1 net.ipv4.tcp_syncookies=1
seen=$(count syns_seen) checked=$(count syns_checked)
recorded=$(count stamps_recorded)
connection
is "syns_seen after a connection" $((seen + 1)) "$(count syns_seen)"
is "syns_checked after a connection" $((checked + 1)) "$(count syns_checked)"
is "stamps_recorded after a connection" $((recorded + 1)) \
	"$(count stamps_recorded)"
adds_up "$sys"
unload
