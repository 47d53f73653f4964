# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # set by scripts/check, which sources this
#
# Tests with random input: the fuzzers in user space, and random packets sent to a
# guest.

# fuzz TARGET FOLDER SECONDS LENGTH: run a fuzzer from its seeds for SECONDS (0: the
# seeds alone), with inputs of at most LENGTH bytes. Inputs that make it fail are kept
# in the cache.
fuzz()
{
	local target=$1 program=$2/$1 seconds=$3 length=$4 found=$twr_cache/found
	local log=$TWR_RUN/fuzz-$1.log corpus=$TWR_RUN/corpus-$1 limit=(-runs=0) rc=0

	mkdir -p "$found" "$corpus"
	[ "$seconds" = 0 ] || limit=("-max_total_time=$seconds")
	"$program" "${limit[@]}" -max_len="$length" -artifact_prefix="$found/$target-" \
		"$corpus" "$twr_tree/scripts/tests/fuzz/seeds/$target" >"$log" 2>&1 || rc=1
	if [ $rc != 0 ]; then
		grep -vE '^#[0-9]' "$log" | tail -n 60
		echo "to reproduce: $program FILE, with the FILE named above"
		return 1
	fi
	# Fail if the fuzzer hardly ran, or if the seeds reach hardly any code.
	awk -v "target=$target" '
		/^#[0-9]+[ \t]+DONE / {
			runs = substr($1, 2)
			printf "%s: %d runs, %d places, %d features, %s in the corpus\n",
				target, runs, $4, $6, $8
			reached = $4
		}
		END { exit !(runs > 10 && reached > 100) }' "$log"
}

# Runs the fuzzers, two at the same time. Prints their results on one line.
fuzz_all()
{
	local folder pair target length rc=0 pids

	folder=$("$setup" fuzz)
	for pair in "segment cache" "pcap engine"; do
		pids=()
		for target in $pair; do
			length=512
			# A whole connection is a longer input.
			[ "$target" != pcap ] || length=1100
			fuzz "$target" "$folder" "$1" "$length" \
				>"$TWR_RUN/fuzz-$target.said" 2>&1 &
			pids+=($!)
		done
		wait "${pids[0]}" || rc=1
		wait "${pids[1]}" || rc=1
	done
	if [ $rc = 0 ]; then
		cat "$TWR_RUN"/fuzz-{segment,cache,pcap,engine}.said | paste -sd ';' | sed 's/;/; /g'
	else
		cat "$TWR_RUN"/fuzz-{segment,cache,pcap,engine}.said
	fi
	return $rc
}

# Runs the fuzzers on their seeds alone. The seeds must be what seeds.py makes.
test_seeds()
{
	local made=$TWR_RUN/seeds file

	"$twr_tree/scripts/tests/fuzz/seeds.py" "$made"
	for file in "$made"/*/*; do
		cmp "$file" "$twr_tree/scripts/tests/fuzz/seeds/${file#"$made"/}"
	done
	fuzz_all 0
}

test_fuzz()
{
	fuzz_all 60
}

# A million packets on the debug kernel, in two guests that simulate different kernels,
# each with its own seed.
test_debug-pelt()
{
	local pelt=$twr_tree/scripts/tests/pelt said=$TWR_RUN/pelt-said ko rc=0

	make -s -C "$pelt" >&2
	ko=$("$setup" module uml-debug)
	printf '%s\n' "4.11 1" "3.2 2" | xargs -I '{}' -P 2 \
		"$guest" once --kernel uml-debug --skip-idle --timeout 1200 -- \
		"$twr_tree/scripts/tests/guest/pelt.sh $ko $pelt/pelt {} 500000" >"$said" 2>&1 ||
		rc=1
	cat "$said"
	awk '
		/ packets sent, / { sent += $1 }
		NF == 3 && $3 ~ /^[0-9]+$/ {
			if (!($2 in sum))
				order[++names] = $2
			sum[$2] += $3
		}
		END {
			printf "%d packets:", sent
			for (i = 1; i <= names; i++)
				printf " %s %d", order[i], sum[order[i]]
			print ""
			exit sent < 1000000
		}' "$said" || rc=1
	return $rc
}
