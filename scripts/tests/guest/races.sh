#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# races.sh - everything at the same time, on a kernel that looks for data races
#
# Connections over loopback and over a veth pair, from and to the same and different
# peers, end in every way there is. Meanwhile all files are read, reset is written,
# namespaces come and go, and the module is loaded and unloaded, with eras that have a
# list and eras that have rows. No connection may be lost. The kernel reports a data
# race, which fails the guest.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

kcsan=/sys/kernel/debug/kcsan
seconds=8

# Twenty times as many accesses are watched as by default, and those in softirq for
# longer, because the machine is emulated.
if [ -e $kcsan ]; then
	echo 200 >/sys/module/kcsan/parameters/skip_watch
	echo 80 >/sys/module/kcsan/parameters/udelay_interrupt
fi

sysctl -qw net.ipv4.ip_local_port_range="1024 65535" net.ipv4.tcp_tw_reuse=1
ip netns add server
ip link add server netns server type veth peer name client
ip -netns server -batch - <<-END
	link set lo up
	link set server up
	addr add 192.0.2.1/24 dev server
	addr add 2001:db8::1/64 dev server nodad
END
ip -batch - <<-END
	link set client up
	addr add 192.0.2.2/24 dev client
	addr add 192.0.2.3/24 dev client
	addr add 2001:db8::2/64 dev client nodad
	addr add 2001:db8::3/64 dev client nodad
END

work=$(mktemp -d)
stop=$work/stop
trap 'touch "$stop"' EXIT

readers() {
	while [ ! -e "$stop" ]; do
		# The module may be unloaded meanwhile.
		cat "$sys"/* "$sys"/*/* "$dbg/peers" "$dbg"/netns/*/* \
			>/dev/null 2>&1 || :
	done
}

resets() {
	while [ ! -e "$stop" ]; do
		(echo 1 >"$sys/reset") 2>/dev/null || :
		sleep 0.3
	done
}

# With timestamps and without, so that SYNs are rejected for either cause.
clocks() {
	while [ ! -e "$stop" ]; do
		sysctl -qw net.ipv4.tcp_timestamps=0
		sleep 0.3
		sysctl -qw net.ipv4.tcp_timestamps=1
		sleep 1
	done
}

# Each namespace has entries of its own, and a socket that outlives its program.
namespaces() {
	while [ ! -e "$stop" ]; do
		unshare -n sh -c 'ip link set lo up; python3 -c "
import socket
listener = socket.create_server((\"127.0.0.1\", 80))
for _ in range(5):
    client = socket.create_connection((\"127.0.0.1\", 80))
    listener.accept()[0].close()
    client.close()"'
	done
}

# gone: unload the module, which fails while a reader has a file open
gone() {
	await unloaded
}

unloaded() {
	rmmod tw_recycle_sim 2>/dev/null
}

# moved COUNTER: it is not 0; the last reset may have been just now
moved() {
	[ "$(count "$1")" != 0 ]
}

"${0%/*}/races.py" "$stop" >"$work/lo" &
lo=$!
"${0%/*}/races.py" "$stop" server >"$work/veth" &
veth=$!
readers &
resets &
clocks &
namespaces &

rounds=0
rejected=0
for era in 4.11 2.6.32 3.5 el7 3.16 4.11; do
	load "era=$era"
	sleep $seconds
	rejected=$((rejected + $(count syns_rejected)))
	await moved syns_seen
	rounds=$((rounds + 1))
	[ $rounds -lt 6 ] || [ $rejected != 0 ] || await moved syns_rejected
	[ $rounds = 6 ] || gone
done

touch "$stop"
wait $lo || fail "the connections over loopback failed"
wait $veth || fail "the connections over veth failed"
wait
adds_up "$sys"
unload
ip netns del server

read -r made lost <"$work/lo"
read -r made2 lost2 <"$work/veth"
rm -r "$work"
trap - EXIT
is "number of connections lost" 0 $((lost + lost2))
watched=0
[ ! -e $kcsan ] || watched=$(sed -n 's/^setup_watchpoints: //p' $kcsan)
echo "$((made + made2)) connections under $rounds loads, none lost;" \
	"$watched accesses watched"
