#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# namespaces-cost.sh - what a network namespace costs with the module loaded
#
# Making and unmaking one: without the module, with it, and with a cache that is many
# times as large, in turn, so that all are measured at the same load, and the best of
# some rounds, for load only adds. Then the memory that namespaces take which stay,
# and how long rmmod takes while there are $2 of them.
#
# A namespace takes some 0.5 ms here, and is to take 0.1 ms more at most; walking every
# table when it goes took 4 ms. The limits lie in between, as multiples of what was
# measured beside, for a machine may be many times slower at this moment.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

namespaces=${2:-1000}
batch=${0%/*}/batch.py
each=25
work=$(mktemp -d)

# best NAME: that of all rounds
best() {
	sort -n "$work/$1" | head -n 1
}

# hold N: so many namespaces that stay, until let_go; leaves the time each took in
# $made, and the memory in kB that they take in $slab and $percpu
hold() {
	rm -f "$work/stop"
	: >"$work/held"
	memory_to "$work/before"
	"$batch" "$1" "$work/stop" >"$work/held" &
	holder=$!
	await test -s "$work/held"
	made=$(cat "$work/held")
	memory_to "$work/after"
	slab=$(($(kb Slab "$work/after") - $(kb Slab "$work/before")))
	percpu=$(($(kb Percpu "$work/after") - $(kb Percpu "$work/before")))
}

let_go() {
	touch "$work/stop"
	wait $holder
	# Until all are gone.
	"$batch" 1 >/dev/null
}

"$batch" $each >/dev/null
for _ in 1 2 3; do
	"$batch" $each >>"$work/without"
	for rows in 8192 262144; do
		load rows=$rows rows6=$rows
		"$batch" $each >>"$work/$rows"
		unload
	done
done
without=$(best without) small=$(best 8192) large=$(best 262144)
times="us to make and unmake a namespace: $without without the module, $small with it, $large with 262144 rows"
wrong=
for took in "$small" "$large"; do
	[ "$took" -lt $((without * 3)) ] || wrong=$times
done

hold "$namespaces"
slab_without=$slab percpu_without=$percpu made_without=$made
let_go
load
hold "$namespaces"
begin=$(date +%s%N)
rmmod tw_recycle_sim || fail "rmmod failed"
took=$((($(date +%s%N) - begin) / 1000000))
let_go

slab=$(((slab - slab_without) * 1024 / namespaces))
percpu=$(((percpu - percpu_without) * 1024 / namespaces))
memory="bytes of slab and of per-CPU memory more for each of $namespaces: $slab, $percpu"
[ $slab -lt 8192 ] && [ $percpu -lt 1024 ] || wrong="$wrong; $memory"

# As long as it took to make as many, twice.
ms="ms for rmmod with $namespaces namespaces: $took, to make them $((made_without * namespaces / 1000)) without the module, $((made * namespaces / 1000)) with it"
[ $took -lt $((made_without * namespaces / 500)) ] || wrong="$wrong; $ms"

rm -r "$work"
[ -z "$wrong" ] || fail "${wrong#; }"
echo "$times; $memory; $ms"
