#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# churn.sh - loaded and unloaded again and again while connections come and go
#
# $2 times, under as many connections a second as ab(1) and nginx make
# here. No connection may be lost, and the module must have seen some each time.

# shellcheck source=scripts/tests/lib.sh
. "${0%/*}/lib.sh"

times=$2
work=$(mktemp -d)
cat >"$work/nginx.conf" <<CONF
pid $work/nginx.pid;
error_log $work/error.log;
events { worker_connections 4096; }
http {
	access_log off;
	keepalive_timeout 0;
	client_body_temp_path $work;
	proxy_temp_path $work;
	fastcgi_temp_path $work;
	uwsgi_temp_path $work;
	scgi_temp_path $work;
	server {
		listen 127.0.0.1:80 backlog=4096;
		location / { return 200 "hello\n"; }
	}
}
CONF
# Ports must not run out while TIME-WAIT holds them for a minute.
sysctl -qw net.ipv4.ip_local_port_range="1024 65535" net.ipv4.tcp_tw_reuse=1
"$NGINX_PROGRAM" -c "$work/nginx.conf" -e "$work/error.log"

begin=$(date +%s)
while :; do
	ab -q -r -n 2000 -c 50 http://127.0.0.1/ >>"$work/ab" 2>&1
	echo >>"$work/rounds"
	[ ! -e "$work/stop" ] || break
done &
load_pid=$!

for i in $(seq "$times"); do
	load
	for _ in $(seq 50); do
		[ "$(count syns_seen)" = 0 ] || break
		sleep 0.05
	done
	[ "$(count syns_seen)" != 0 ] || fail "round $i: nothing was seen"
	unload
done
touch "$work/stop"
wait $load_pid
"$NGINX_PROGRAM" -c "$work/nginx.conf" -e "$work/error.log" -s stop

lost=$(sed -n 's/^Failed requests: *//p' "$work/ab" | paste -sd+ | bc)
requests=$(sed -n 's/^Complete requests: *//p' "$work/ab" | paste -sd+ | bc)
seconds=$(($(date +%s) - begin))
echo "$times rounds under $requests connections, $((requests / (seconds + 1))) a second, $lost lost"
[ "$lost" = 0 ] || fail "$lost connections were lost"
is "requests answered" $((2000 * $(wc -l <"$work/rounds"))) "$requests"
rm -r "$work"
