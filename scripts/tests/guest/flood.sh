#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# flood.sh - a million SYNs from as many addresses, while peers are judged
#
# Connections with recorded answers are played while a flood of SYNs goes on between
# their segments. The answers must be those without a flood, and the module's memory must
# not grow. Then come floods that do reach what the module remembers, to show what
# follows. $2 is scripts/tests/replay/replay, $3 the number of SYNs in a burst; there are
# about 280 bursts.
#
# SYN cookies are on, as is usual (net.ipv4.tcp_syncookies=1). The flood goes to another
# port. The queue of that port is full after 129 SYNs of each family, and from then on
# its SYNs are exempt. The peers' own listener sees none of them.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

replay=$2 burst=$3
traces=${0%/*}/../replay/traces
segments=$traces/segments.tw
work=$(mktemp -d)
crowds=
modprobe tun 2>/dev/null || [ -e /dev/net/tun ] || fail "no TUN device"

# play NAME ARGUMENT...: run replay in a network namespace of its own, which stays until
# the next play. Leaves the answers, and the size and rate of the flood.
play() {
	name=$1
	shift
	ip netns del flood 2>/dev/null || :
	ip netns add flood
	ip netns exec flood "$replay" "$@" >"$work/$name.said" ||
		fail "play $name: $(tail -3 "$work/$name.said")"
	grep -E '^[0-9]+ [a-z]+$' "$work/$name.said" >"$work/$name" || :
	read -r _ syns _ rate _ <<-END
		$(grep '^flood ' "$work/$name.said" || :)
	END
}

# answers_like NAME OTHER
answers_like() {
	diff "$work/$2" "$work/$1" >"$work/differ" ||
		fail "answers differ, $1 and $2: $(head -10 "$work/differ")"
}

# still FIELD: this number did not change during the flood
still() {
	bounds=$(sed -n "s/^flood .* $1: \([0-9]* to [0-9]*\).*/\1/p" "$work/$name.said")
	[ -n "$bounds" ] && [ "${bounds% to *}" = "${bounds#* to }" ] ||
		fail "$1 went from $bounds kB in play $name"
}

# grew FIELD KB: this number grew by less than KB during the flood
grew() {
	bounds=$(sed -n "s/^flood .* $1: \([0-9]* to [0-9]*\).*/\1/p" "$work/$name.said")
	[ $((${bounds#* to } - ${bounds% to *})) -lt "$2" ] ||
		fail "$1 went from $bounds kB in play $name"
}


is tcp_syncookies 1 "$(cat /proc/sys/net/ipv4/tcp_syncookies)"

# Without the module, to compare the rate.
play without --no-module --flood "$burst" "$segments"
plain=$rate

# The recorded answers of a kernel with rows and of one with a list. The module
# remembers nothing of the flood: there are as many peers, stamps and rejected SYNs as
# without it.
for era in 4.11 3.2; do
	for how in "" --serve-rejected; do
		options="--column $era $how"
		each=$burst
		[ "$era$how" = 4.11 ] || each=$((burst / 6))

		load era=$era
		# shellcheck disable=SC2086 # a list of options
		play "quiet$era$how" $options "$segments"
		peers=$(count peers)
		stamps=$(count stamps_recorded)
		unload

		load era=$era
		# shellcheck disable=SC2086 # a list of options
		play "flood$era$how" $options --flood "$each" "$segments"
		answers_like "flood$era$how" "quiet$era$how"
		is syns_rejected "$(grep -c ' rejected$' "$work/quiet$era$how")" \
			"$(count syns_rejected)"
		is peers "$peers" "$(count peers)"
		is stamps_recorded "$stamps" "$(count stamps_recorded)"
		adds_up "$sys"
		[ "$(count exempt/syncookie)" -gt $((syns - syns / 50 - 1000)) ] ||
			fail "only $(count exempt/syncookie) of $syns met a full queue"
		still VmallocUsed
		still Percpu
		grew Slab 4096
		unload
		[ "$era$how" != 4.11 ] ||
			most="$syns SYNs, $rate a second ($plain without the module)"
	done
done

# The flood goes to the peers' own port. Where the queue is full and cookies answer, the
# old kernel did not ask its cache, so the peers' SYNs are exempt too.
cp "$segments" "$work/segments.tw"
load
play same-port --flood 600,80 "$work/segments.tw"
is "syns_rejected on the same port" 0 "$(count syns_rejected)"
adds_up "$sys"
# From time to time a request that is not completed makes room, which the flood takes.
[ "$(count syns_checked)" -lt $((syns / 100)) ] ||
	fail "$(count syns_checked) of $syns SYNs were checked though the queue was full"
# Where a request would have been pending, there is none.
for name in quiet4.11 same-port; do
	sed 's/rejected\|acked/accepted/' "$work/$name" >"$work/$name.served"
done
answers_like same-port.served quiet4.11.served
unload

# A flood from the address of a known peer: the simulated kernel rejects each SYN, and
# the module remembers each rejected connection until its request ends. A connection of
# the peer is rejected but served. While the module remembers it, its close leaves no
# stamp. If its record is pushed out, its close does leave one, and the next SYN of the
# peer is compared with that.
cat >"$work/known.tw" <<-END
	conn 198.51.100.1:3001 ts=7000000 fin=7000100
	conn 198.51.100.1:3002 ts=6000000 fin=7500000
	conn 198.51.100.1:3003 ts=7200000 close=half
END
printf '1 accepted\n2 rejected\n3 accepted\n' >"$work/kept"
printf '1 accepted\n2 rejected\n3 rejected\n' >"$work/forgotten"

load
play known --serve-rejected "$work/known.tw"
answers_like known kept
unload
load
play strangers --serve-rejected --flood 40000 "$work/known.tw"
answers_like strangers kept
unload
# Each SYN of this flood is reset, which ends its record: nothing is pushed out.
load
play acquaintance --serve-rejected --flood 40000,80 --flood-from 198.51.100.1 "$work/known.tw"
answers_like acquaintance kept
[ "$(count syns_rejected)" -gt 100000 ] ||
	fail "only $(count syns_rejected) of $syns were rejected"
still VmallocUsed
still Percpu
grew Slab 4096
known="$(count syns_rejected) of $syns SYNs of one known address rejected"
unload

# These requests stay pending, in a queue of 128. In a table of the usual size nothing is
# pushed out, in one of the least size the record of the served connection is.
load
play pending --serve-rejected --flood 8,80 --flood-from 198.51.100.1 --flood-pending \
	"$work/known.tw"
answers_like pending kept
is lost/rejected 0 "$(count lost/rejected)"
unload
load records=1
play crowded --serve-rejected --flood 8,80 --flood-from 198.51.100.1 --flood-pending \
	"$work/known.tw"
answers_like crowded forgotten
[ "$(count lost/rejected)" -gt 0 ] || fail "no record of a rejected connection was pushed out"
unload

# crowd PEERS: between two SYNs of a peer, PEERS others complete a connection each,
# which leaves a stamp
crowd() {
	awk -v "peers=$1" 'BEGIN {
		print "conn 198.51.100.1:3001 ts=7000000"
		for (i = 0; i < peers; i++)
			printf "conn 10.%d.%d.%d:3001 ts=%d close=finack\n",
				i / 65536, i / 256 % 256, i % 256, i + 5
		print "conn 198.51.100.1:3002 ts=6000000 close=half"
	}' >"$work/crowd.tw"
}

# Only a full cache forgets a peer, and then the peer's SYN passes. Each peer has an
# entry or was evicted.
for full in "4.11 64 384" "2.6.32 1024 65664"; do
	read -r era rows room <<-END
		$full
	END
	for peers in $((room / 12)) $((room + room / 12 * (rows == 64 ? 60 : 1))); do
		crowd "$peers"
		load era="$era" rows="$rows"
		play crowd --only-rejected "$work/crowd.tw"
		is "peers and peers_evicted" $((peers + 1)) \
			$(($(count peers) + $(count peers_evicted)))
		if [ "$peers" -lt "$room" ]; then
			is syns_rejected 1 "$(count syns_rejected)"
			is peers_evicted 0 "$(count peers_evicted)"
		else
			is syns_rejected 0 "$(count syns_rejected)"
			is peers "$room" "$(count peers)"
			crowds="$crowds$peers peers in $era's $room, "
		fi
		unload
	done
done

ip netns del flood
rm -r "$work"
echo "$most; $known; $crowds$(kb VmallocUsed) kB of vmalloc left"
