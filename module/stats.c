// SPDX-License-Identifier: GPL-2.0
/*
 * stats.c - per-namespace, per-CPU counters, and the figures made of them
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/u64_stats_sync.h>

#include "stats.h"

struct twr_stats_cpu {
	u64_stats_t count[TWR_COUNTERS];
	struct u64_stats_sync syncp;
};

#define TWR_REJECTED	(BIT(TWR_COUNT_OLDER) | BIT(TWR_COUNT_UNTIMED))
#define TWR_CHECKED	(BIT(TWR_COUNT_PASSED) | TWR_REJECTED)
#define TWR_EXEMPT(why)	BIT(TWR_COUNT_EXEMPT + (why))
#define TWR_RETRY(i)	BIT(TWR_COUNT_RETRY + (i))
#define TWR_EXEMPTED	GENMASK(TWR_COUNT_EXEMPT + TWR_EXEMPTIONS - 1, \
				TWR_COUNT_EXEMPT)

const struct twr_figure twr_figures[TWR_FIGURES] = {
	{ NULL, "syns_seen", TWR_CHECKED | TWR_EXEMPTED },
	{ NULL, "syns_checked", TWR_CHECKED },
	{ NULL, "syns_rejected", TWR_REJECTED },
	{ NULL, "syns_rejected_older", BIT(TWR_COUNT_OLDER) },
	{ NULL, "syns_rejected_untimed", BIT(TWR_COUNT_UNTIMED) },
	{ NULL, "stamps_recorded", BIT(TWR_COUNT_RECORDED) },
	{ NULL, "stamps_refused", BIT(TWR_COUNT_REFUSED) },
	{ NULL, "peers_evicted", BIT(TWR_COUNT_EVICTED) },
	{ "exempt", "no_listener", TWR_EXEMPT(TWR_NO_LISTENER) },
	{ "exempt", "request_pending", TWR_EXEMPT(TWR_REQUEST_PENDING) },
	{ "exempt", "established", TWR_EXEMPT(TWR_ESTABLISHED) },
	{ "exempt", "timewait", TWR_EXEMPT(TWR_TIMEWAIT) },
	{ "exempt", "syncookie", TWR_EXEMPT(TWR_SYNCOOKIE) },
	{ "exempt", "queue_full", TWR_EXEMPT(TWR_QUEUE_FULL) },
	{ "exempt", "source_route", TWR_EXEMPT(TWR_SOURCE_ROUTE) },
	{ "exempt", "bad_checksum", TWR_EXEMPT(TWR_BAD_CHECKSUM) },
	{ "exempt", "malformed", TWR_EXEMPT(TWR_MALFORMED) },
	{ "delays", "0", BIT(TWR_COUNT_PASSED) },
	{ "delays", "1", TWR_RETRY(0) },
	{ "delays", "3", TWR_RETRY(1) },
	{ "delays", "7", TWR_RETRY(2) },
	{ "delays", "15", TWR_RETRY(3) },
	{ "delays", "31", TWR_RETRY(4) },
	{ "delays", "63", TWR_RETRY(5) },
	{ "delays", "never", TWR_RETRY(6) },
};

int twr_stats_init(struct twr_stats *stats)
{
	int cpu;

	memset(stats, 0, sizeof(*stats));
	stats->cpu = alloc_percpu(struct twr_stats_cpu);
	if (!stats->cpu)
		return -ENOMEM;

	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats->cpu, cpu)->syncp);
	return 0;
}

void twr_stats_exit(struct twr_stats *stats)
{
	free_percpu(stats->cpu);
}

void twr_stats_count(struct twr_stats *stats, enum twr_counter counter)
{
	struct twr_stats_cpu *mine = this_cpu_ptr(stats->cpu);

	u64_stats_update_begin(&mine->syncp);
	u64_stats_inc(&mine->count[counter]);
	u64_stats_update_end(&mine->syncp);
}

/* Add up since the beginning, resets or not. */
static void twr_stats_raw(const struct twr_stats *stats, u64 *sums)
{
	u64 seen[TWR_COUNTERS];
	unsigned int seq;
	int cpu, i;

	for_each_possible_cpu(cpu) {
		const struct twr_stats_cpu *one = per_cpu_ptr(stats->cpu, cpu);

		do {
			seq = u64_stats_fetch_begin(&one->syncp);
			for (i = 0; i < TWR_COUNTERS; i++)
				seen[i] = u64_stats_read(&one->count[i]);
		} while (u64_stats_fetch_retry(&one->syncp, seq));

		for (i = 0; i < TWR_COUNTERS; i++)
			sums[i] += seen[i];
	}
}

void twr_stats_add(const struct twr_stats *stats, u64 *sums)
{
	int i;

	twr_stats_raw(stats, sums);
	for (i = 0; i < TWR_COUNTERS; i++)
		sums[i] -= stats->base[i];
}

void twr_stats_reset(struct twr_stats *stats)
{
	memset(stats->base, 0, sizeof(stats->base));
	twr_stats_raw(stats, stats->base);
}

u64 twr_stats_figure(const struct twr_figure *figure, const u64 *sums)
{
	u64 value = 0;
	int i;

	BUILD_BUG_ON(TWR_COUNTERS > 32);

	for (i = 0; i < TWR_COUNTERS; i++)
		if (figure->counters & BIT(i))
			value += sums[i];
	return value;
}
