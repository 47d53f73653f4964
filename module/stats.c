// SPDX-License-Identifier: GPL-2.0
/*
 * stats.c - the counters of a network namespace, and the numbers made of them
 */
#include <linux/build_bug.h>
#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/u64_stats_sync.h>

#include "stats.h"

/* So much is counted before counters for each CPU are worth their memory. */
#define TWR_STATS_FEW	256

struct twr_stats_cpu {
	u64_stats_t count[TWR_COUNTERS];
	struct u64_stats_sync syncp;
};

#define TWR_OLDER	GENMASK_ULL(TWR_COUNT_UNTIMED - 1, TWR_COUNT_OLDER)
#define TWR_UNTIMED	GENMASK_ULL(TWR_COUNT_EXEMPT - 1, TWR_COUNT_UNTIMED)
#define TWR_CHECKED	(BIT_ULL(TWR_COUNT_PASSED) | TWR_OLDER | TWR_UNTIMED)
#define TWR_EXEMPTED	GENMASK_ULL(TWR_COUNT_RECORDED - 1, TWR_COUNT_EXEMPT)
#define TWR_MASK_EXEMPT(reason)	BIT_ULL(TWR_COUNT_EXEMPT + (reason))
#define TWR_RETRY(i)	((BIT_ULL(TWR_COUNT_OLDER) | BIT_ULL(TWR_COUNT_UNTIMED)) << (i))

const struct twr_number twr_numbers[TWR_NUMBERS] = {
	{ NULL, "syns_seen", TWR_CHECKED | TWR_EXEMPTED },
	{ NULL, "syns_checked", TWR_CHECKED },
	{ NULL, "syns_rejected", TWR_OLDER | TWR_UNTIMED },
	{ NULL, "syns_rejected_older", TWR_OLDER },
	{ NULL, "syns_rejected_untimed", TWR_UNTIMED },
	{ NULL, "listener_unknown", BIT_ULL(TWR_COUNT_UNKNOWN) },
	{ NULL, "stamps_recorded", BIT_ULL(TWR_COUNT_RECORDED) },
	{ NULL, "stamps_refused", BIT_ULL(TWR_COUNT_REFUSED) },
	{ NULL, "peers_evicted", BIT_ULL(TWR_COUNT_EVICTED) },
	{ "exempt", "no_listener", TWR_MASK_EXEMPT(TWR_EXEMPT_NO_LISTENER) },
	{ "exempt", "request_pending", TWR_MASK_EXEMPT(TWR_EXEMPT_REQUEST_PENDING) },
	{ "exempt", "established", TWR_MASK_EXEMPT(TWR_EXEMPT_ESTABLISHED) },
	{ "exempt", "timewait", TWR_MASK_EXEMPT(TWR_EXEMPT_TIMEWAIT) },
	{ "exempt", "syncookie", TWR_MASK_EXEMPT(TWR_EXEMPT_SYNCOOKIE) },
	{ "exempt", "queue_full", TWR_MASK_EXEMPT(TWR_EXEMPT_QUEUE_FULL) },
	{ "exempt", "source_route", TWR_MASK_EXEMPT(TWR_EXEMPT_SOURCE_ROUTE) },
	{ "exempt", "bad_checksum", TWR_MASK_EXEMPT(TWR_EXEMPT_BAD_CHECKSUM) },
	{ "exempt", "malformed", TWR_MASK_EXEMPT(TWR_EXEMPT_MALFORMED) },
	{ "delays", "0", BIT_ULL(TWR_COUNT_PASSED) },
	{ "delays", "1", TWR_RETRY(0) },
	{ "delays", "3", TWR_RETRY(1) },
	{ "delays", "7", TWR_RETRY(2) },
	{ "delays", "15", TWR_RETRY(3) },
	{ "delays", "31", TWR_RETRY(4) },
	{ "delays", "63", TWR_RETRY(5) },
	{ "delays", "never", TWR_RETRY(6) },
	{ "lost", "timewait", BIT_ULL(TWR_COUNT_LOST_TIMEWAIT) },
	{ "lost", "rejected", BIT_ULL(TWR_COUNT_LOST_REJECTED) },
	{ "lost", "offenders", BIT_ULL(TWR_COUNT_LOST_OFFENDERS) },
	{ "lost", "clocks", BIT_ULL(TWR_COUNT_LOST_CLOCKS) },
};

/* Where there is no memory, the few go on, and this is tried again later. */
static void twr_stats_grow(struct work_struct *work)
{
	struct twr_stats *stats = container_of(work, struct twr_stats, grow);
	struct twr_stats_cpu __percpu *cpus;
	int cpu;

	if (stats->cpu)
		return;
	cpus = alloc_percpu_gfp(struct twr_stats_cpu, GFP_KERNEL | __GFP_NOWARN);
	if (!cpus)
		return;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(cpus, cpu)->syncp);
	/* Whoever finds it finds it set up. */
	smp_store_release(&stats->cpu, cpus);
}

void twr_stats_init(struct twr_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	raw_spin_lock_init(&stats->lock);
	INIT_WORK(&stats->grow, twr_stats_grow);
}

void twr_stats_exit(struct twr_stats *stats)
{
	cancel_work_sync(&stats->grow);
	free_percpu(stats->cpu);
}

static noinline void twr_stats_count_few(struct twr_stats *stats,
					 enum twr_counter counter)
{
	unsigned long flags;
	u32 total;

	raw_spin_lock_irqsave(&stats->lock, flags);
	stats->few[counter]++;
	total = ++stats->total;
	raw_spin_unlock_irqrestore(&stats->lock, flags);
	if (total >= TWR_STATS_FEW && is_power_of_2(total))
		schedule_work(&stats->grow);
}

void twr_stats_count(struct twr_stats *stats, enum twr_counter counter)
{
	struct twr_stats_cpu __percpu *cpus = READ_ONCE(stats->cpu);
	struct twr_stats_cpu *mine;
	unsigned long irq = 0;
	unsigned long flags;

	if (unlikely(!cpus)) {
		twr_stats_count_few(stats, counter);
		return;
	}

	/*
	 * On 64 bits, where nothing is switched off, an increment is one step. On 32 bits
	 * kernels before 6.1 switch nothing off either if there is one processor.
	 */
	mine = get_cpu_ptr(cpus);
	if (BITS_PER_LONG == 32)
		local_irq_save(irq);
	flags = u64_stats_update_begin_irqsave(&mine->syncp);
	u64_stats_inc(&mine->count[counter]);
	u64_stats_update_end_irqrestore(&mine->syncp, flags);
	if (BITS_PER_LONG == 32)
		local_irq_restore(irq);
	put_cpu_ptr(cpus);
}

static void twr_stats_cpu_add(const struct twr_stats_cpu *one, u64 *sums)
{
	u64 seen[TWR_COUNTERS];
	unsigned long flags;
	unsigned int seq;
	int i;

	/* With 32 bits and one processor there is no other protection. */
	local_irq_save(flags);
	do {
		seq = u64_stats_fetch_begin(&one->syncp);
		for (i = 0; i < TWR_COUNTERS; i++)
			seen[i] = u64_stats_read(&one->count[i]);
	} while (u64_stats_fetch_retry(&one->syncp, seq));
	local_irq_restore(flags);

	for (i = 0; i < TWR_COUNTERS; i++)
		sums[i] += seen[i];
}

/* Add up since the beginning, resets or not. */
static void twr_stats_raw(struct twr_stats *stats, u64 *sums)
{
	/* As twr_stats_grow() set it up. */
	struct twr_stats_cpu __percpu *cpus = smp_load_acquire(&stats->cpu);
	u64 seen[TWR_COUNTERS];
	unsigned long flags;
	int cpu, i;

	raw_spin_lock_irqsave(&stats->lock, flags);
	memcpy(seen, stats->few, sizeof(seen));
	raw_spin_unlock_irqrestore(&stats->lock, flags);
	for (i = 0; i < TWR_COUNTERS; i++)
		sums[i] += seen[i];

	if (cpus)
		for_each_possible_cpu(cpu)
			twr_stats_cpu_add(per_cpu_ptr(cpus, cpu), sums);
}

void twr_stats_add(struct twr_stats *stats, u64 *sums)
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

u64 twr_stats_number(const struct twr_number *number, const u64 *sums)
{
	u64 value = 0;
	int i;

	BUILD_BUG_ON(TWR_COUNTERS > 64);

	for (i = 0; i < TWR_COUNTERS; i++)
		if (number->counters & BIT_ULL(i))
			value += sums[i];
	return value;
}

const char *twr_number_line(char *line, const struct twr_number *number,
			    const u64 *sums)
{
	snprintf(line, TWR_NUMBER_LINE, "%s%s%s %llu\n", number->dir ?: "",
		 number->dir ? "/" : "", number->name,
		 twr_stats_number(number, sums));
	return line;
}
