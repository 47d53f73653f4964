/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stats.h - the counters of a network namespace, and the numbers made of them
 *
 * A SYN is counted once, under what became of it, and an update once, under what the
 * cache did with it. The numbers people read are sums of these counters. So numbers that
 * are made of one reading of the counters cannot contradict each other.
 *
 * Counters are kept for each CPU from the moment a namespace has counted something often
 * enough for that to be worth its memory. Until then they are kept once, under a lock.
 */
#ifndef TWR_STATS_H
#define TWR_STATS_H

#include <linux/bits.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "observation.h"

/**
 * enum twr_counter - what is counted
 * @TWR_COUNT_PASSED: SYNs that were checked and passed
 * @TWR_COUNT_OLDER: SYNs rejected for an older timestamp: a counter for each of
 *	twr_syn_retry_secs, the first that would have passed, and one for those where none would
 * @TWR_COUNT_UNTIMED: the same of SYNs rejected for having no timestamp option
 * @TWR_COUNT_EXEMPT: SYNs not checked, a counter for each enum twr_exempt_reason
 * @TWR_COUNT_RECORDED: stamps taken
 * @TWR_COUNT_REFUSED: stamps turned down
 * @TWR_COUNT_EVICTED: entries lost to a full row
 * @TWR_COUNT_UNKNOWN: SYNs that were checked although nobody could tell whether their
 *	listener would have come to that
 * @TWR_COUNT_LOST_TIMEWAIT: records of TIME-WAIT buckets that made room for others
 * @TWR_COUNT_LOST_REJECTED: records of rejected connections that did
 * @TWR_COUNT_LOST_OFFENDERS: peers that lost their place among the offenders
 * @TWR_COUNT_LOST_CLOCKS: SYNs whose TSval did not go to the clocks of their peer
 * @TWR_COUNTERS: their number
 */
enum twr_counter {
	TWR_COUNT_PASSED,
	TWR_COUNT_OLDER,
	TWR_COUNT_UNTIMED = TWR_COUNT_OLDER + TWR_SYN_RETRIES + 1,
	TWR_COUNT_EXEMPT = TWR_COUNT_UNTIMED + TWR_SYN_RETRIES + 1,
	TWR_COUNT_RECORDED = TWR_COUNT_EXEMPT + TWR_EXEMPT_REASONS,
	TWR_COUNT_REFUSED,
	TWR_COUNT_EVICTED,
	TWR_COUNT_UNKNOWN,
	TWR_COUNT_LOST_TIMEWAIT,
	TWR_COUNT_LOST_REJECTED,
	TWR_COUNT_LOST_OFFENDERS,
	TWR_COUNT_LOST_CLOCKS,
	TWR_COUNTERS
};

/**
 * struct twr_counter_file - a file with one number
 * @dir: the directory it is in, NULL for the top
 * @name: its name
 * @counters: mask of the counters that the number is the sum of
 */
struct twr_counter_file {
	const char *dir;
	const char *name;
	u64 counters;
};

/* Every counter file, those with the same @dir side by side. */
#define TWR_COUNTER_FILES	30
extern const struct twr_counter_file twr_counter_files[TWR_COUNTER_FILES];

struct twr_stats_cpu;

/**
 * struct twr_stats - counters of one network namespace
 * @cpu: what the CPUs count, never set back; NULL while @shared serve
 * @lock: of @shared and @shared_total
 * @shared: what was counted before there was @cpu, never set back
 * @shared_total: how many of these there were
 * @grow_work: makes @cpu
 * @reset_base: what the counters stood at when they were last reset
 */
struct twr_stats {
	struct twr_stats_cpu __percpu *cpu;
	raw_spinlock_t lock; /* shared and shared_total */
	u64 shared[TWR_COUNTERS];
	u32 shared_total;
	struct work_struct grow_work;
	u64 reset_base[TWR_COUNTERS];
};

/**
 * twr_stats_init() - set counters up, all zero
 * @stats: the counters
 *
 * Process context.
 */
void twr_stats_init(struct twr_stats *stats);

/**
 * twr_stats_exit() - give the counters' memory back
 * @stats: the counters; nobody may count any more
 *
 * Process context, may sleep.
 */
void twr_stats_exit(struct twr_stats *stats);

/**
 * twr_stats_inc() - count one
 * @stats: the counters
 * @counter: which
 *
 * Any context but NMI.
 */
void twr_stats_inc(struct twr_stats *stats, enum twr_counter counter);

/**
 * twr_stats_sum() - add up what was counted since the last reset
 * @stats: the counters
 * @sums: TWR_COUNTERS sums that each counter is added to
 *
 * Each counter is read once. Process context; the caller keeps twr_stats_reset() away.
 */
void twr_stats_sum(struct twr_stats *stats, u64 *sums);

/**
 * twr_stats_reset() - let the counters read zero
 * @stats: the counters; packets may go on being counted
 *
 * Process context; the caller keeps readers away.
 */
void twr_stats_reset(struct twr_stats *stats);

/**
 * twr_stats_file_value() - the number in a file
 * @file: the file
 * @sums: sums of all the counters
 *
 * Return: the value. Any context.
 */
u64 twr_stats_file_value(const struct twr_counter_file *file, const u64 *sums);

/* The longest line of twr_stats_format_line(). */
#define TWR_COUNTER_LINE_MAX	64

/**
 * twr_stats_format_line() - a counter file as one line of text
 * @line: where the text goes, TWR_COUNTER_LINE_MAX bytes
 * @file: the file
 * @sums: one reading of all counters
 *
 * Return: @line: directory and name of the file, the number, a newline. Any context.
 */
const char *twr_stats_format_line(char *line, const struct twr_counter_file *file,
				  const u64 *sums);

#endif /* TWR_STATS_H */
