#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# unchanged.sh - the module changes no packet, and no packet's time
#
# The same connections, in every state there is and closed in all the ways there are,
# are played without the module and with it, each time in a network namespace of its own
# and from the same instant on. The packets must be the same. $2 is
# scripts/tests/replay/replay. Needs user-mode Linux with a clock that skips idle time.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

tests=${0%/*}
traces=$tests/../replay/traces
modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"

# Switch off what is random and not needed: flow labels, which are hashes with a secret
# of each socket, and router solicitations, which come at random times.
cat >/tmp/replay <<-END
	#!/bin/sh
	echo 0 >/proc/sys/net/ipv6/auto_flowlabels || exit 2
	echo 0 >/proc/sys/net/ipv6/conf/default/router_solicitations || exit 2
	exec "$2" --no-module --states --capture /tmp/capture "\$@"
END
chmod +x /tmp/replay

# play MODE SCRIPT NAME: leaves the packets, the answers and the states that SYNs met
play() {
	replay_in "$1" /tmp/replay "$2" >"/tmp/$3.answers" || fail "cannot play $2 ($1)"
	came_as "$1"
	mv /tmp/capture "/tmp/$3.pcap"
}

# same NAME: the play is like the first one
same() {
	diff /tmp/once.answers "/tmp/$1.answers" >/tmp/differ ||
		fail "$script, $mode: answers differ ($1): $(head -20 /tmp/differ)"
	packets=$("$tests/unchanged.py" /tmp/once.pcap "/tmp/$1.pcap" 2>/tmp/differ) ||
		fail "$script, $mode: packets differ ($1): $(cat /tmp/differ)"
}

plays=0 total=0 seen=0 rejected=0
for mode in tun no-early-demux loopback; do
	for script in "$traces/segments.tw" "$tests/unchanged.tw"; do
		# Twice without the module, to prove that plays do not differ without
		# it.
		play "$mode" "$script" once
		play "$mode" "$script" again
		same again
		for era in 4.11 2.6.32; do
			load era=$era
			play "$mode" "$script" "$era"
			seen=$((seen + $(count syns_seen)))
			rejected=$((rejected + $(count syns_rejected)))
			unload
			same $era
			plays=$((plays + 1))
			total=$((total + packets))
		done
	done

	# The last script reaches every state, with a SYN and with another segment.
	awk '$1 == "state" { states++; if (!$3 || !$4) missed = missed " " $2 }
		END { print missed; exit states != 11 || missed != "" }' \
		/tmp/once.answers >/tmp/missed || fail "states not met:$(cat /tmp/missed)"
done
[ "$seen" -gt 1000 ] && [ "$rejected" -gt 200 ] ||
	fail "the module saw only $seen SYNs, $rejected to reject"
echo "$total packets of $plays plays the same to the byte and nanosecond, in all 11 states; $rejected of $seen SYNs would have been rejected"
