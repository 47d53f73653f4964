// SPDX-License-Identifier: GPL-2.0
/*
 * stats.c - the counters of a network namespace, and the files that show them
 */
#include <linux/build_bug.h>
#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/u64_stats_sync.h>

#include "compat.h"
#include "schedule.h"
#include "stats.h"

/* After this many counts, counters for each CPU are worth their memory. */
#define TWR_STATS_PERCPU_AFTER	256

struct twr_stats_cpu {
	u64_stats_t count[TWR_COUNTERS];
	struct u64_stats_sync syncp;
};

#define TWR_MASK_REJECTED	(BIT_ULL(TWR_COUNT_OLDER) | BIT_ULL(TWR_COUNT_UNTIMED))
#define TWR_MASK_CHECKED	(BIT_ULL(TWR_COUNT_PASSED) | TWR_MASK_REJECTED)
#define TWR_MASK_EXEMPTED	GENMASK_ULL(TWR_COUNT_RECORDED - 1, TWR_COUNT_EXEMPT)
#define TWR_MASK_EXEMPT(reason)	BIT_ULL(TWR_COUNT_EXEMPT + (reason))
#define TWR_MASK_DELAYS		GENMASK_ULL(TWR_COUNT_DELAY_UNKNOWN, TWR_COUNT_DELAY)

const u8 twr_stats_delays[TWR_DELAYS] = { 1, 2, 3, 4, 5, 7, 11, 15, 19, 31, 35, 63, 67 };

/* The file of the retry @i of twr_stats_delays. */
#define TWR_DELAY_FILE(i, secs)	\
	{ "delays", #secs, BIT_ULL(TWR_COUNT_DELAY + (i)), 0, secs }

const struct twr_counter_file twr_counter_files[TWR_COUNTER_FILES] = {
	{ NULL, "syns_seen", TWR_MASK_CHECKED | TWR_MASK_EXEMPTED },
	{ NULL, "syns_checked", TWR_MASK_CHECKED },
	{ NULL, "syns_rejected", TWR_MASK_REJECTED },
	{ NULL, "syns_rejected_older", BIT_ULL(TWR_COUNT_OLDER) },
	{ NULL, "syns_rejected_untimed", BIT_ULL(TWR_COUNT_UNTIMED) },
	{ NULL, "listener_unknown", BIT_ULL(TWR_COUNT_UNKNOWN) },
	{ NULL, "syns_unanswered", BIT_ULL(TWR_COUNT_UNANSWERED) },
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
	TWR_DELAY_FILE(0, 1),
	TWR_DELAY_FILE(1, 2),
	TWR_DELAY_FILE(2, 3),
	TWR_DELAY_FILE(3, 4),
	TWR_DELAY_FILE(4, 5),
	TWR_DELAY_FILE(5, 7),
	TWR_DELAY_FILE(6, 11),
	TWR_DELAY_FILE(7, 15),
	TWR_DELAY_FILE(8, 19),
	TWR_DELAY_FILE(9, 31),
	TWR_DELAY_FILE(10, 35),
	TWR_DELAY_FILE(11, 63),
	TWR_DELAY_FILE(12, 67),
	{ "delays", "never", BIT_ULL(TWR_COUNT_DELAY_NEVER) },
	{ "delays", "pending", TWR_MASK_REJECTED, TWR_MASK_DELAYS },
	{ "delays", "unknown", BIT_ULL(TWR_COUNT_DELAY_UNKNOWN) },
	{ "timewait", "refused", BIT_ULL(TWR_COUNT_TIMEWAIT_REFUSED) },
	{ "timewait", "accepted", BIT_ULL(TWR_COUNT_TIMEWAIT_ACCEPTED) },
	{ "lost", "timewait", BIT_ULL(TWR_COUNT_LOST_TIMEWAIT) },
	{ "lost", "rejected", BIT_ULL(TWR_COUNT_LOST_REJECTED) },
	{ "lost", "offenders", BIT_ULL(TWR_COUNT_LOST_OFFENDERS) },
	{ "lost", "clocks", BIT_ULL(TWR_COUNT_LOST_CLOCKS) },
};

/* Without memory the shared counters stay in use, and a later count tries again. */
static void twr_stats_grow(struct work_struct *work)
{
	struct twr_stats *stats = container_of(work, struct twr_stats, grow_work);
	struct twr_stats_cpu __percpu *cpus;
	int cpu;

	if (stats->cpu)
		return;
	cpus = alloc_percpu_gfp(struct twr_stats_cpu, GFP_KERNEL | __GFP_NOWARN);
	if (!cpus)
		return;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(cpus, cpu)->syncp);
	/* Pairs with READ_ONCE() in twr_stats_inc() and the acquire in twr_stats_sum_some(). */
	smp_store_release(&stats->cpu, cpus);
}

void twr_stats_init(struct twr_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	raw_spin_lock_init(&stats->lock);
	INIT_WORK(&stats->grow_work, twr_stats_grow);
}

void twr_stats_exit(struct twr_stats *stats)
{
	cancel_work_sync(&stats->grow_work);
	free_percpu(stats->cpu);
}

static noinline void twr_stats_inc_shared(struct twr_stats *stats,
					  enum twr_counter counter)
{
	unsigned long flags;
	u32 total;

	raw_spin_lock_irqsave(&stats->lock, flags);
	stats->shared[counter]++;
	total = ++stats->shared_total;
	raw_spin_unlock_irqrestore(&stats->lock, flags);
	if (total >= TWR_STATS_PERCPU_AFTER && is_power_of_2(total))
		schedule_work(&stats->grow_work);
}

void twr_stats_inc(struct twr_stats *stats, enum twr_counter counter)
{
	struct twr_stats_cpu __percpu *cpus = READ_ONCE(stats->cpu);
	struct twr_stats_cpu *mine;
	unsigned long irq = 0;
	unsigned long flags;

	if (unlikely(!cpus)) {
		twr_stats_inc_shared(stats, counter);
		return;
	}

	/*
	 * On 64 bits u64_stats disables nothing, and an increment is one instruction. On 32
	 * bits kernels before 6.1 disable nothing either if there is only one CPU.
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

enum twr_counter twr_stats_delay_counter(s32 delay)
{
	int i = 0;

	if (delay == TWR_DELAY_NEVER)
		return TWR_COUNT_DELAY_NEVER;
	while (i < TWR_DELAYS && twr_stats_delays[i] != delay)
		i++;
	return i < TWR_DELAYS ? TWR_COUNT_DELAY + i : TWR_COUNT_DELAY_UNKNOWN;
}

/* Add the counters from @first to @last. */
static void twr_stats_sum_cpu(const struct twr_stats_cpu *one, int first, int last, u64 *sums)
{
	u64 seen[TWR_COUNTERS];
	unsigned long flags;
	unsigned int seq;
	int i;

	/* On 32 bits with one CPU there is no other protection. */
	local_irq_save(flags);
	do {
		seq = u64_stats_fetch_begin(&one->syncp);
		for (i = first; i <= last; i++)
			seen[i] = u64_stats_read(&one->count[i]);
	} while (u64_stats_fetch_retry(&one->syncp, seq));
	local_irq_restore(flags);

	for (i = first; i <= last; i++)
		sums[i] += seen[i];
}

/* The same for the counters of all CPUs and the shared ones. */
static void twr_stats_sum_some(struct twr_stats *stats, int first, int last, u64 *sums)
{
	/* Pairs with smp_store_release() in twr_stats_grow(). */
	struct twr_stats_cpu __percpu *cpus = smp_load_acquire(&stats->cpu);
	u64 seen[TWR_COUNTERS];
	unsigned long flags;
	int cpu, i;

	raw_spin_lock_irqsave(&stats->lock, flags);
	memcpy(seen, stats->shared, sizeof(seen));
	raw_spin_unlock_irqrestore(&stats->lock, flags);
	for (i = first; i <= last; i++)
		sums[i] += seen[i];

	if (cpus)
		for_each_possible_cpu(cpu)
			twr_stats_sum_cpu(per_cpu_ptr(cpus, cpu), first, last, sums);
}

/* Add what was counted since the beginning, including before resets. */
static void twr_stats_sum_raw(struct twr_stats *stats, u64 *sums)
{
	twr_stats_sum_some(stats, TWR_COUNT_DELAY, TWR_COUNT_DELAY_UNKNOWN, sums);
	/* Pairs with smp_mb() in twr_pending_finish(). */
	smp_rmb();
	twr_stats_sum_some(stats, 0, TWR_COUNT_DELAY - 1, sums);
}

void twr_stats_sum(struct twr_stats *stats, u64 *sums)
{
	int i;

	twr_stats_sum_raw(stats, sums);
	for (i = 0; i < TWR_COUNTERS; i++)
		sums[i] -= stats->reset_base[i];
}

void twr_stats_reset(struct twr_stats *stats)
{
	memset(stats->reset_base, 0, sizeof(stats->reset_base));
	twr_stats_sum_raw(stats, stats->reset_base);
}

u64 twr_stats_file_value(const struct twr_counter_file *file, const u64 *sums)
{
	u64 value = 0;
	int i;

	BUILD_BUG_ON(TWR_COUNTERS > 64);

	for (i = 0; i < TWR_COUNTERS; i++)
		if (file->counters & BIT_ULL(i))
			value += sums[i];
	for (i = 0; i < TWR_COUNTERS; i++)
		if (file->minus & BIT_ULL(i))
			value -= sums[i];
	return value;
}

bool twr_stats_file_is_shown(const struct twr_counter_file *file,
			     const struct twr_schedule *schedule)
{
	return !file->retry_secs || twr_schedule_has(schedule, file->retry_secs);
}

const char *twr_stats_format_line(char *line, const struct twr_counter_file *file,
				  const u64 *sums)
{
	snprintf(line, TWR_COUNTER_LINE_MAX, "%s%s%s %llu\n", file->dir ?: "",
		 file->dir ? "/" : "", file->name,
		 twr_stats_file_value(file, sums));
	return line;
}
