# SPDX-License-Identifier: GPL-2.0
#
# hooks.awk - makes the table and the ratios of scripts/benchmarks/hooks from lines of
# "round configuration kind ns packets"

# measure(): the cost of a packet in each round, without the bare loop; sets median,
# least and most. Returns the number of rounds.
function measure(kind, config,	n, r, a)
{
	n = 0
	for (r in seen) {
		if ((r, config, kind) in cost)
			a[++n] = cost[r, config, kind] - \
				(config == "none" ? 0 : cost[r, "none", kind])
	}
	bounds(a, n)
	return n
}

function added(kind, config)
{
	measure(kind, config)
	return median
}

function judge(text, got, wanted, form)
{
	printf "%-58s " form " (wanted: at most " form ")  %s\n", text, got, wanted,
		got <= wanted ? "met" : "missed"
}

# ratio(): a ratio to a cost of about zero means nothing, so it is not printed.
function ratio(text, a, b, wanted)
{
	if (b <= 0)
		printf "%-58s not printed: it is a ratio to %.1f ns\n", text, b
	else
		judge(text, a / b, wanted, "%.3f")
}

{
	seen[$1]
	cost[$1, $2, $3] = $4 / $5
	configs[$2]
	if (!($3 in kinds)) {
		kinds[$3]
		kind_list[++kind_count] = $3
	}
}

END {
	all = split("none empty module conntrack nft recent bpf", names)
	for (c = 1; c <= all; c++) {
		if (names[c] in configs)
			order[++n] = names[c]
	}
	print "ns a packet, or a change of state: of the bare loop, and added to it by each;"
	print "median (least..most)\n"
	printf "%-11s", ""
	for (c = 1; c <= n; c++)
		printf "%-23s", order[c] == "none" ? "bare loop" : order[c]
	print ""
	for (k = 1; k <= kind_count; k++) {
		printf "%-11s", kind_list[k]
		for (c = 1; c <= n; c++) {
			rounds = measure(kind_list[k], order[c])
			printf "%-23s", rounds ? sprintf("%.1f (%.1f..%.1f)", median, least, most) : "-"
		}
		print ""
	}
	print ""
	if ("bpf" in configs)
		print "User-mode Linux has no JIT for BPF: that program is interpreted.\n"

	# To SYN-RECV, FIN-WAIT-1 and FIN-WAIT-2: the module ignores all three.
	printf "%-58s %.1f\n\n", "the five changes of a connection closed by this side, ns",
		added("opens", "module") + 3 * added("shuts", "module") + added("closes", "module")

	empty = added("data", "empty")
	ratio("data: module / conntrack, both less an empty hook",
		added("data", "module") - empty,
		added("data", "conntrack") - empty, 1 / 40)
	judge("data: module less empty hook, ns",
		added("data", "module") - empty, 3, "%.1f")
	known = added("syn_known", "nft")
	ratio("syn_known: module / nft, an update of a known address",
		added("syn_known", "module"), known, 1)
	ratio("syn_new: module / nft, an update of a known address",
		added("syn_new", "module"), known, 1)
	ratio("syn_new: module / nft, an address that is new",
		added("syn_new", "module"), added("syn_new", "nft"), 1 / 10)
	ratio("syn_new: module / conntrack, a flow that is new",
		added("syn_new", "module"), added("syn_new", "conntrack"), 1 / 5)
}
