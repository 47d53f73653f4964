#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# ipsec.sh - a SYN that passes LOCAL_IN more than once counts once
#
# A server and a client, each in a network namespace of its own, with security
# associations between them. In transport mode a packet passes LOCAL_IN with its IPsec
# header and again without it.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

connections=10
key=0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
total=0

ip netns add server
ip netns add client
ip link add server netns server type veth peer name client netns client
ip -netns server -batch - <<-END
	link set lo up
	link set server up
	addr add 192.0.2.1/24 dev server
	addr add 2001:db8::1/64 dev server nodad
END
ip -netns client -batch - <<-END
	link set lo up
	link set client up
	addr add 192.0.2.2/24 dev client
	addr add 2001:db8::2/64 dev client nodad
END
settled()
{
	ip -netns "$1" -6 addr show dev "$1" scope link -tentative | grep -q inet6
}
await settled server
await settled client

# associate NAMESPACE WAY PROTOCOL MODE FROM TO PREFIX: add an association for TCP only,
# so that neighbour discovery works without one
associate()
{
	case $3 in
	ah)	set -- "$@" auth "hmac(sha256)" $key ;;
	esp)	set -- "$@" enc "ecb(cipher_null)" "" auth "hmac(sha256)" $key ;;
	esac
	netns=$1 way=$2 protocol=$3 mode=$4 from=$5 to=$6 prefix=$7
	shift 7
	ip -netns "$netns" xfrm state add src "$from" dst "$to" proto "$protocol" \
		spi 0x100 mode "$mode" "$@" &&
		ip -netns "$netns" xfrm policy add src "$from/$prefix" \
			dst "$to/$prefix" proto tcp dir "$way" \
			tmpl src "$from" dst "$to" proto "$protocol" mode "$mode" ||
		fail "no association of $protocol, $mode mode"
}

# associations PROTOCOL MODE SERVER CLIENT PREFIX
associations()
{
	associate server out "$1" "$2" "$3" "$4" "$5"
	associate server in "$1" "$2" "$4" "$3" "$5"
	associate client out "$1" "$2" "$4" "$3" "$5"
	associate client in "$1" "$2" "$3" "$4" "$5"
}

no_associations()
{
	for netns in server client; do
		ip -netns $netns xfrm state flush
		ip -netns $netns xfrm policy flush
	done
}

# sent_again: how many SYNs the client has retransmitted, as happens on a busy machine
sent_again()
{
	ip netns exec client awk '
		$1 == "TcpExt:" && !names { names = split($0, name); next }
		$1 == "TcpExt:" { for (i = 1; i <= names; i++)
			if (name[i] == "TCPSynRetrans") print $i }' /proc/net/netstat
}

# connect ADDRESS: open $connections connections, each from a port of its own
connect()
{
	ip netns exec client python3 -c "
import socket, sys
for _ in range(int(sys.argv[2])):
    with socket.create_connection((sys.argv[1], 80), 120) as connection:
        connection.recv(1)" "$1" "$connections"
}

load
ip netns exec server python3 -c "
import select, socket
listeners = [socket.create_server((address, 80), family=family, backlog=4096)
             for family, address in ((socket.AF_INET, '192.0.2.1'),
                                     (socket.AF_INET6, '2001:db8::1'))]
print('ready', flush=True)
while True:
    for listener in select.select(listeners, [], [])[0]:
        listener.accept()[0].close()" >/tmp/serving &
server=$!
await test -s /tmp/serving

for how in "none -" "ah transport" "esp transport" "ah tunnel" "esp tunnel"; do
	for ends in "192.0.2.1 192.0.2.2 32" "2001:db8::1 2001:db8::2 128"; do
		# shellcheck disable=SC2086 # words
		set -- $how $ends
		[ "$1" = none ] || associations "$@"
		before=$(count syns_seen) again=$(sent_again)
		checked=$(count syns_checked)
		connect "$3" || fail "no connection by $1, $2 mode, to $3"
		syns=$((connections + $(sent_again) - again))
		is "syns_seen by $1, $2 mode, from $4" $syns \
			$(($(count syns_seen) - before))
		[ $(($(count syns_checked) - checked)) -ge $connections ] ||
			fail "not every SYN by $1, $2 mode, from $4 was checked"
		is "number of those rejected" 0 "$(count syns_rejected)"
		if [ "$1" != none ]; then
			ip -netns server -s xfrm state |
				awk '/, [0-9]+\(packets\)/ { sub(/.*, /, ""); n += $0 + 0 }
					END { exit n < 40 }' ||
				fail "the packets went without $1"
		fi
		no_associations
		total=$((total + syns))
	done
done
adds_up "$sys"

kill $server
ip netns del server
ip netns del client
unload
echo "$total SYNs by AH, ESP and none of them, each counted once"
