# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # set by scripts/check, which sources this
#
# Tests of the verdicts: scripts with recorded answers, and scripts that a model of the
# old kernels answers.

# traces: the names of all traces, on one line
traces()
{
	(cd "$twr_tree/scripts/tests/replay/traces" && printf '%s\n' ./*.tw ./*/*.tw) |
		sed 's/^..//; s/\.tw$//' | tr '\n' ' '
}

# replays KERNEL "ERA MODES"...: play every trace but those of more/, once for each
# argument. Emulated kernels are too slow for those of more/; user-mode Linux plays
# them.
replays()
{
	local kernel=$1 replay=$twr_tree/scripts/tests/replay ko how
	shift

	make -s -C "$replay" >&2
	ko=$("$setup" module "$kernel")
	for how; do
		"$guest" once --kernel "$kernel" --skip-idle --mem 512M --timeout 1500 -- \
			"$twr_tree/scripts/tests/guest/replay.sh $ko $replay/replay $how \
				$(traces | sed 's,more/[^ ]* ,,g')"
	done | awk '{ print; verdicts += $4 + $6 + $8; differ += $6; unseen += $8 }
		END { print NR " plays, " verdicts " verdicts, " differ " differ, " unseen " out of sight"
			exit differ || !verdicts }'
}

# all_columns: the kernels that the traces were recorded with, those with most answers
# first
all_columns()
{
	awk 'FNR == 1 { delete column; for (i = 3; i <= NF; i++) column[i] = $i; next }
		{ for (i in column) answers[column[i]]++ }
		END { for (name in answers) print answers[name], name }' \
		"$twr_tree"/scripts/tests/replay/traces/{,*/}*.expected |
		sort -k1,1rn -k2 | awk '{ print $2 }'
}

# replay_ways "COLUMN MODES"...: play every trace for these kernels, each in the modes
# of scripts/tests/guest/lib.sh that are named. Each argument has a guest of its own,
# whose clock skips idle time; two guests run at a time. The sum of their verdicts must
# be what the tables have.
replay_ways()
{
	local replay=$twr_tree/scripts/tests/replay said=$TWR_RUN/${FUNCNAME[1]}-said ko traces wanted rc=0

	make -s -C "$replay" >&2
	ko=$("$setup" module uml)
	traces=$(traces)
	mkdir -p "$said"
	# Each guest writes to a file of its own, so that long output is not mixed up.
	# shellcheck disable=SC2016 # for the inner shell
	printf '%s\n' "$@" | xargs -L 1 -P 2 sh -c '
		exec >"$1/$5-$6" 2>&1
		exec "$2" once --skip-idle --timeout 4800 -- "$3 $5 $6 $4"' - \
		"$said" "$guest" "$twr_tree/scripts/tests/guest/replay.sh $ko $replay/replay" \
		"$traces" || rc=1
	cat "$said"/* >"$said.all"
	grep -v ' passed, 0 failed, [0-9]* unseen$' "$said.all" || :
	wanted=$(printf '%s\n' "$@" | awk '
		FILENAME == "-" { modes[$1] += split($2, mode, ","); next }
		FNR == 1 {
			delete wanted
			for (i = 3; i <= NF; i++)
				if ($i in modes) {
					wanted[i] = modes[$i]
					plays += modes[$i]
				}
			next
		}
		{ for (i in wanted) verdicts += wanted[i] }
		END { print plays, verdicts }' - "$replay"/traces/{,*/}*.expected)
	awk -v "wanted=$wanted" '
		/^[^ ]+ [^ ]+ [^ ]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ unseen$/ &&
		!played[$1, $2, $3]++ {
			plays++
			traces += !seen[$3]++
			verdicts += $4 + $6 + $8
			differ += $6
			unseen += $8
		}
		END {
			short = plays " " verdicts != wanted
			if (short)
				print "plays and verdicts in the tables: " wanted
			print plays + 0 " plays of " traces + 0 " traces, " \
				verdicts + 0 " verdicts, " differ + 0 " differ, " \
				unseen + 0 " out of sight"
			exit short || differ
		}' "$said.all" || rc=1
	return $rc
}

# What the two kernels answered that people had last, in the mode `tun`.
test_replay()
{
	replay_ways "4.11 tun" "el7 tun"
}

# The other old kernels, in the same mode.
test_replay-older()
{
	local ways=() column

	for column in $(all_columns | grep -vxF -e 4.11 -e el7); do
		ways+=("$column tun")
	done
	replay_ways "${ways[@]}"
}

# Clients that asked until they were answered. Their captures are beside the scripts.
test_loops()
{
	local replay=$twr_tree/scripts/tests/replay ko

	make -s -C "$replay" >&2
	ko=$("$setup" module uml)
	"$guest" once --skip-idle --mem 512M --timeout 1500 -- \
		"$twr_tree/scripts/tests/guest/loops.sh $ko $replay/replay \
			$twr_tree/scripts/tests/host/captures" | tail -n 1
}

# The newest old kernel in the other modes.
test_replay-4.11()
{
	replay_ways "4.11 no-early-demux" "4.11 loopback" "4.11 served"
}

# The other old kernels in the other modes.
test_replay-ways()
{
	local ways=() column

	for column in $(all_columns | grep -vxF 4.11); do
		ways+=("$column no-early-demux,loopback,served")
	done
	replay_ways "${ways[@]}"
}

# One old kernel with rows and one with a list, on the kernel with the checkers.
test_debug-replay()
{
	replays uml-debug "4.11 served" "3.2 tun"
}

# The model of the old kernels, which was written without looking at the module. It must
# give every recorded answer. Then the module must agree with it on scripts that were
# never recorded. The comparisons must be many enough to mean something.
test_foretell()
{
	local tests=$twr_tree/scripts/tests/foretell

	"$tests/foretold.py" tables "$twr_tree/scripts/tests/replay/traces"
	"$tests/foretold.py" tables "$twr_tree/scripts/tests/replay/traces/more"
	"$tests/foretold.py" tables "$twr_tree/scripts/tests/replay/traces/incidents"
	foretell_seeds 1 8
}

test_foretell-long()
{
	foretell_seeds 9 38
}

# foretell_seeds FIRST LAST: for each seed a script in the style of the recorded ones,
# and one with many rare cases; and the script that shows errors of earlier runs, once
# in each mode. The model may pass over few SYNs.
foretell_seeds()
{
	local tests=$twr_tree/scripts/tests/foretell scripts=$TWR_RUN/foretell-$1 seed

	mkdir -p "$scripts"
	for seed in $(seq "$1" "$2"); do
		"$tests/generate.py" "$seed" >"$scripts/usual-$seed.tw"
		"$tests/generate.py" --mean "$seed" >"$scripts/mean-$seed.tw"
	done
	for seed in {1..4}; do
		cp "$tests/foretell.tw" "$scripts/reduced-$seed.tw"
	done
	foretells "$scripts" $((2 * ($2 - $1 + 1) + 4))
	awk -v "seeds=$(($2 - $1 + 1))" '
		END { exit !($3 > 1500 * seeds && $5 > 200 * seeds && $7 * 30 < $3) }' \
		"$scripts.differ"
}

# The same segment by segment: each theme of the grammar twice.
test_foretell-live()
{
	local tests=$twr_tree/scripts/tests/foretell scripts=$TWR_RUN/foretell-live seed

	mkdir -p "$scripts"
	for seed in {1..16}; do
		"$tests/generate.py" --live "$seed" >"$scripts/live-$seed.tw"
	done
	foretells "$scripts" 16
	awk 'END { exit !($3 > 10000 && $5 > 500) }' "$scripts.differ"
}

# foretells FOLDER N: play the N scripts of FOLDER in each era, and compare the answers
# with those of the model
foretells()
{
	local scripts=$1 plays tests=$twr_tree/scripts/tests/foretell replay=$twr_tree/scripts/tests/replay
	local said=$1-said ko rc=0
	local eras=(4.11 3.17 3.16 3.10 3.5 3.2 2.6.39 2.6.32 el6 el7) i=0

	make -s -C "$replay" >&2
	ko=$("$setup" module uml)
	plays=$((${#eras[@]} * $2))
	# Each guest writes to a file of its own, so that long output is not mixed up.
	# shellcheck disable=SC2016 # for the inner shell
	for era in "${eras[@]}"; do
		echo "$era $((i++))"
	done | xargs -I '{}' -P 2 sh -c 'exec >"$1"; shift; exec "$@"' - "$said-{}" \
		"$guest" once --skip-idle --timeout 2400 -- \
		"$twr_tree/scripts/tests/guest/foretell.sh $ko $replay/replay {} /run/host$scripts/*.tw" || rc=1
	cat "$said"-* >"$said"
	"$tests/foretold.py" plays "$scripts" "$said" >"$scripts.differ" || rc=1
	cat "$scripts.differ"
	awk -v "plays=$plays" '
		$1 == "played" { played++ }
		END { exit played != plays }' "$said" || rc=1
	return $rc
}
