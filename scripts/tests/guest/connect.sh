#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# connect.sh TIMED [UNTIMED] | until FILE - connections over loopback, with busybox alone
#
# For guests without Python. The server sends a word and closes first. With numbers: as many
# connections with timestamps, then as many without them. With `until`: one after another
# until there is a FILE; prints how many there were, how many a second, and how many were
# lost, as connect.py does.

set -eu

# A client whose input ended would close first, so this one never ends.
pipe=$(mktemp -u)
mkfifo "$pipe"
exec 3<>"$pipe"
rm "$pipe"

busybox nc -ll -p 80 -e echo hello &
server=$!
trap 'kill $server' EXIT
until grep -q '^ *[0-9]*: 0*:0050 0*:0000 0A ' /proc/net/tcp /proc/net/tcp6; do
	kill -0 $server
	sleep 0.1
done

made=0 lost=0
connect() {
	made=$((made + 1))
	[ "$(busybox nc 127.0.0.1 80 <&3)" = hello ] || lost=$((lost + 1))
}

now() {
	read -r seconds _ </proc/uptime
	echo "${seconds%.*}"
}

# connect_times NUMBER
connect_times() {
	for _ in $(seq "$1"); do
		connect
	done
}

if [ "$1" = until ]; then
	begin=$(now)
	while [ ! -e "$2" ]; do
		connect
	done
	echo $made $((made / ($(now) - begin + 1))) $lost
else
	connect_times "$1"
	if [ $# -gt 1 ]; then
		echo 0 >/proc/sys/net/ipv4/tcp_timestamps
		connect_times "$2"
	fi
	[ $lost = 0 ]
fi
