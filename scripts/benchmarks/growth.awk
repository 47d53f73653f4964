# SPDX-License-Identifier: GPL-2.0
#
# growth.awk - makes the table of scripts/benchmarks/growth from lines of "round table
# peers cpus kind ns packets kept", for `what`, peers or cpus. Writes the numbers to
# plot to the file `data`: the number, and median, least and most of each column.

# cost(): the cost of a SYN in each round, without the bare loop
function cost(table, number, kind,	n, r, a)
{
	n = 0
	for (r in rounds)
		a[++n] = ns[r, table, number, kind] - \
			(table == "none" ? 0 : ns[r, "none", number, kind])
	bounds(a, n)
}

function column(table, number, kind)
{
	cost(table, number, kind)
	printf "%-24s", sprintf("%.1f (%.1f..%.1f)", median, least, most)
	if (table != "none")
		printf " %.2f %.2f %.2f", median, least, most >data
}

# known(): the mean number of peers with a stamp
function known(table, number,	r, n, sum)
{
	for (r in rounds) {
		n++
		sum += kept[r, table, number]
	}
	return sum / n
}

{
	number = what == "peers" ? $3 : $4
	rounds[$1]
	ns[$1, $2, number, $5] = $6 / $7
	kept[$1, $2, number] = $8
	if (!(number in seen)) {
		seen[number]
		numbers[++count] = number
	}
}

END {
	tables = what == "peers" ? split("large fitted", table, " ") : split("fitted", table, " ")
	sort(numbers, count)

	if (what == "peers") {
		printf "%-10s%-48s", "", "bare loop, the addresses of"
		printf "%-57s%s\n", "2097152 rows (256 MiB)", "rows for the peers, 2 to 4 places each"
	}
	printf "%-10s%-24s%-24s", what, "known peers", "strangers"
	for (t = 1; t <= tables; t++)
		printf "%-9s%-24s%-24s", "kept", "known peers", "strangers"
	print ""
	for (i = 1; i <= count; i++) {
		printf "%-10d", numbers[i]
		printf "%d", numbers[i] >data
		column("none", numbers[i], "syn_peers")
		column("none", numbers[i], "syn_new")
		for (t = 1; t <= tables; t++) {
			printf "%-9d", known(table[t], numbers[i])
			column(table[t], numbers[i], "syn_peers")
			column(table[t], numbers[i], "syn_new")
		}
		print ""
		print "" >data
	}
}
