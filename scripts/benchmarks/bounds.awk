# SPDX-License-Identifier: GPL-2.0
#
# bounds.awk - the median, the smallest and the largest of some numbers, for the tables
# of scripts/benchmarks. awk reads this file before the script of the table.

# sort in place, ascending
function sort(a, n,	i, j, x)
{
	for (i = 2; i <= n; i++) {
		x = a[i]
		for (j = i - 1; j >= 1 && a[j] > x; j--)
			a[j + 1] = a[j]
		a[j + 1] = x
	}
}

# bounds(a, n): sort a; set median, least and most
function bounds(a, n)
{
	sort(a, n)
	median = n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
	least = a[1]
	most = a[n]
}
