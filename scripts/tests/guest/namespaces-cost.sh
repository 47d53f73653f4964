#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# namespaces-cost.sh - what a network namespace costs with the module loaded
#
# Measures the time to make and unmake a namespace without the module, with it, and with
# a cache that is many times larger. The three take turns, so that the load of the
# machine is the same for all, and the best of some rounds counts, because load only
# adds time. Then it measures the memory of namespaces that stay, and how long rmmod
# takes while $2 of them exist.
#
# With the module a namespace took about 0.5 ms, and may take 0.1 ms more; walking every
# table at its end took 4 ms. The limits lie in between. They are multiples of what is
# measured without the module, because a machine may be many times slower at the moment.

# shellcheck source=scripts/tests/guest/lib.sh
. "${0%/*}/lib.sh"

namespaces=${2:-1000}
batch=${0%/*}/batch.py
each=25
work=$(mktemp -d)

# best NAME: the shortest time of all rounds
best() {
	sort -n "$work/$1" | head -n 1
}

# hold N: make N namespaces that stay until let_go. Leaves the time that each took in
# $made, and the memory that they take, in kB, in $slab and $percpu.
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
	# Wait until all are gone.
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

# The limit is twice the time that it took to make as many.
ms="ms for rmmod with $namespaces namespaces: $took, to make them $((made_without * namespaces / 1000)) without the module, $((made * namespaces / 1000)) with it"
[ $took -lt $((made_without * namespaces / 500)) ] || wrong="$wrong; $ms"

rm -r "$work"
[ -z "$wrong" ] || fail "${wrong#; }"
echo "$times; $memory; $ms"
