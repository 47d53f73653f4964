/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stats.h - per-namespace, per-CPU counters, and the figures made of them
 *
 * A SYN is counted once, under what became of it, and an update once, under
 * what the cache did with it. The figures people read are sums of these, so
 * they cannot contradict each other.
 */
#ifndef TWR_STATS_H
#define TWR_STATS_H

#include <linux/bits.h>
#include <linux/types.h>

#include "observe.h"

/**
 * enum twr_counter - what is counted
 * @TWR_COUNT_PASSED: SYNs that were checked and passed
 * @TWR_COUNT_OLDER: SYNs rejected for an older timestamp
 * @TWR_COUNT_UNTIMED: SYNs rejected for having no timestamp option
 * @TWR_COUNT_EXEMPT: SYNs not checked, a counter for each enum twr_exempt
 * @TWR_COUNT_RETRY: SYNs rejected, a counter for each of twr_retry, the first that
 *	would have passed, and one for those where none would
 * @TWR_COUNT_RECORDED: stamps taken
 * @TWR_COUNT_REFUSED: stamps turned down
 * @TWR_COUNT_EVICTED: entries lost to a full row
 * @TWR_COUNTERS: their number
 */
enum twr_counter {
	TWR_COUNT_PASSED,
	TWR_COUNT_OLDER,
	TWR_COUNT_UNTIMED,
	TWR_COUNT_EXEMPT,
	TWR_COUNT_RETRY = TWR_COUNT_EXEMPT + TWR_EXEMPTIONS,
	TWR_COUNT_RECORDED = TWR_COUNT_RETRY + TWR_RETRIES + 1,
	TWR_COUNT_REFUSED,
	TWR_COUNT_EVICTED,
	TWR_COUNTERS
};

/**
 * struct twr_figure - a number that people read
 * @dir: the directory its file is in, NULL for the top
 * @name: the file
 * @counters: mask of the counters it is the sum of
 */
struct twr_figure {
	const char *dir;
	const char *name;
	u32 counters;
};

/* Every figure, those with the same @dir side by side. */
#define TWR_FIGURES	25
extern const struct twr_figure twr_figures[TWR_FIGURES];

struct twr_stats_cpu;

/**
 * struct twr_stats - counters of one network namespace
 * @cpu: what the CPUs count, never set back
 * @base: what the counters stood at when they were last reset
 */
struct twr_stats {
	struct twr_stats_cpu __percpu *cpu;
	u64 base[TWR_COUNTERS];
};

/**
 * twr_stats_init() - set counters up, all zero
 * @stats: the counters
 *
 * Process context, may sleep.
 *
 * Return: 0, or -ENOMEM.
 */
int twr_stats_init(struct twr_stats *stats);

/**
 * twr_stats_exit() - give the counters' memory back
 * @stats: the counters; nobody may count any more
 *
 * Process context.
 */
void twr_stats_exit(struct twr_stats *stats);

/**
 * twr_stats_count() - count one
 * @stats: the counters
 * @counter: which
 *
 * Softirq context, or process context with softirqs off.
 */
void twr_stats_count(struct twr_stats *stats, enum twr_counter counter);

/**
 * twr_stats_add() - add up what was counted since the last reset
 * @stats: the counters
 * @sums: TWR_COUNTERS sums that each counter is added to
 *
 * Process context; the caller keeps twr_stats_reset() away.
 */
void twr_stats_add(const struct twr_stats *stats, u64 *sums);

/**
 * twr_stats_reset() - let the counters read zero
 * @stats: the counters; packets may go on being counted
 *
 * Process context; the caller keeps readers away.
 */
void twr_stats_reset(struct twr_stats *stats);

/**
 * twr_stats_figure() - the value of a figure
 * @figure: which
 * @sums: sums of all the counters
 *
 * Return: the value. Any context.
 */
u64 twr_stats_figure(const struct twr_figure *figure, const u64 *sums);

#endif /* TWR_STATS_H */
