#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# load-one.sh CONFIGURATION - one measurement of scripts/bench.d/load, in its guest
#
#    client  192.0.2.101 ... 108 ---- veth ---- 192.0.2.1 ... 8  server
#
# Two network namespaces that were never used before, joined by a veth pair, so
# that packets find their sockets by early demux. nginx serves in one, wrk asks from
# the other, each time by a new connection, which nginx closes. CONFIGURATION:
#
# nothing	no netfilter hook in either namespace but AppArmor's, which is in all
#		where it is built in
# module	tw_recycle_sim; it watches all namespaces, so that of the client too
# conntrack	connection tracking in the server's namespace alone, by a rule in a
#		chain that no packet walks: there are its hooks, and no other
#
# Prints "ok CONNECTIONS-A-SECOND CONNECTIONS REJECTED TEXT"; TEXT is what shows
# that all of them met what the configuration names. Status 77: this kernel has
# none. From the environment: twr_module, twr_nginx, twr_wrk, seconds, atonce.

set -eu -o pipefail
: "${twr_module:?}" "${twr_nginx:?}" "${twr_wrk:?}" "${seconds:?}" "${atonce:?}"

what=$1
here=${0%/*}
sys=/sys/kernel/tw_recycle_sim
work=$(mktemp -d)
addresses=8

fail()
{
	echo "$what: $*" >&2
	clear_away
	exit 1
}

in_server()
{
	ip netns exec server "$@"
}

# clear_away: until all is gone, also what goes later: loading and unloading a
# module that watches namespaces waits for those that are being dismantled.
clear_away()
{
	local name

	[ ! -e "$work/nginx.pid" ] || kill "$(<"$work/nginx.pid")" || :
	for _ in {1..100}; do
		[ -n "$(ip netns pids server 2>/dev/null)" ] || break
		sleep 0.1
	done
	for name in server client; do
		ip netns del $name 2>/dev/null || :
	done
	rmmod tw_recycle_sim 2>/dev/null || :
	sleep 1
	insmod "$twr_module"
	rmmod tw_recycle_sim
	rm -r "$work"
}

# network: ports, and room for TIME-WAIT, that do not run out
network()
{
	local i

	ip netns add server
	ip netns add client
	ip link add server netns server type veth peer name client netns client
	for ((i = 1; i <= addresses; i++)); do
		ip -netns server addr add "192.0.2.$i/24" dev server
		ip -netns client addr add "192.0.2.10$i/24" dev client
	done
	ip -netns server link set server up
	ip -netns client link set client up
	for ((i = 1; i <= addresses; i++)); do
		ip -netns client route add "192.0.2.$i" dev client src "192.0.2.10$i"
	done
	in_server sysctl -qw net.ipv4.tcp_max_tw_buckets=1000000
	ip netns exec client sysctl -qw net.ipv4.ip_local_port_range="1024 65535"
}

serve()
{
	cat >"$work/nginx.conf" <<-END
		pid $work/nginx.pid;
		user root;
		worker_processes 1;
		events { worker_connections 4096; }
		http {
			client_body_temp_path $work;
			proxy_temp_path $work;
			fastcgi_temp_path $work;
			uwsgi_temp_path $work;
			scgi_temp_path $work;
			access_log off;
			server {
				listen 80 reuseport backlog=4096;
				location / { return 200 hello; }
			}
		}
	END
	in_server "$twr_nginx" -e "$work/error.log" -c "$work/nginx.conf" ||
		fail "nginx does not start"
}

# track: the rule; a kernel without the first has perhaps the second
track()
{
	local rule file=/proc/sys/net/netfilter/nf_conntrack_max

	modprobe -q nf_conntrack 2>/dev/null || :
	in_server test -e $file || return 77
	for rule in "ct state new" masquerade; do
		! in_server nft "table ip load { chain never { $rule; }; }" 2>/dev/null || break
		rule=
	done
	[ -n "$rule" ] || return 77
	echo 1000000 >$file
	echo 131072 >/sys/module/nf_conntrack/parameters/hashsize
	way="'$rule'"
}

# tracked: the entries that the server's namespace has
tracked()
{
	in_server cat /proc/sys/net/netfilter/nf_conntrack_count 2>/dev/null || echo 0
}

# hooks: those of IPv4 in either namespace. There are kernels that do not tell.
hooks()
{
	local name

	for name in server client; do
		ip netns exec $name nft list hooks ip 2>/dev/null |
			sed -n '/ apparmor_/d; s/^[[:space:]]*[-+ ]*[0-9]\{10\} *//p'
	done
}

# ask SECONDS: wrk's own count
ask()
{
	local line made time

	ip netns exec client "$twr_wrk" -t $addresses -c "$atonce" -d "$1s" --timeout 20s \
		-H 'Connection: close' -s "$here/load.lua" http://192.0.2.1/ \
		>"$work/wrk" 2>&1 || fail "wrk: $(tail -1 "$work/wrk")"
	line=$(grep '^asked ' "$work/wrk") || fail "wrk: $(tail -1 "$work/wrk")"
	read -r _ made time failed <<<"$line"
	[ -z "${failed//[a-z]*=0/}" ] || fail "requests failed: $failed"
	[ "$made" -gt 0 ] || fail "wrk made no request"
	asked=$((asked + made))
	rate=$((made * 1000000 / time))
}

[ ! -e $sys ] || fail "the module is loaded already"
asked=0 rejected=0 way=
network
case $what in
module)		insmod "$twr_module" ;;
conntrack)	track || { clear_away; exit 77; } ;;
esac
serve
# What is done for the first time is not measured.
ask 1
ask "$seconds"

entries=$(tracked)
case $what in
nothing)
	[ ! -e $sys ] || fail "the module is loaded"
	[ "$entries" = 0 ] || fail "conntrack has $entries entries"
	[ -z "$(hooks)" ] || fail "there are hooks: $(hooks | xargs)"
	text="no module, no entries"
	! in_server nft list hooks ip 2>/dev/null | grep -q . || text+=", no hooks" ;;
module)
	checked=$(<$sys/syns_checked)
	[ "$checked" -ge $asked ] ||
		fail "$checked SYNs checked of $asked connections: $(grep -r . $sys/exempt | xargs)"
	[ "$entries" = 0 ] || fail "conntrack has $entries entries"
	rejected=$(<$sys/syns_rejected)
	text="$checked SYNs checked, $rejected of them rejected" ;;
conntrack)
	[ ! -e $sys ] || fail "the module is loaded"
	[ "$entries" -ge $asked ] || fail "$entries entries of $asked connections"
	text="$entries entries, by $way" ;;
esac
clear_away
echo "ok $rate $asked $rejected $text"
