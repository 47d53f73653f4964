/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stats.h - the counters of a network namespace, and the files that show them
 *
 * A SYN adds 1 to exactly one of the counters from %TWR_COUNT_PASSED to the last of
 * %TWR_COUNT_EXEMPT: what the simulated kernel would have done with it. (Some eras do not
 * count a SYN with FIN at all.) A rejected SYN later adds 1 to one of the counters from
 * %TWR_COUNT_DELAY to %TWR_COUNT_DELAY_UNKNOWN. The other counters count further facts. A
 * file shows the sum of some counters, less that of others. So within one reading of all
 * counters syns_seen, syns_checked, syns_rejected, exempt/ and delays/ agree with each other.
 *
 * A new namespace has one set of counters, shared by all CPUs under a lock. Once it has
 * counted often enough to be worth the memory, it gets a set for each CPU.
 */
#ifndef TWR_STATS_H
#define TWR_STATS_H

#include <linux/bits.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "observation.h"

/* The seconds of all retries of all schedules, for which there are counters. */
#define TWR_DELAYS	13
extern const u8 twr_stats_delays[TWR_DELAYS];

/* The delay of a rejected SYN of which no retry passes, and of one that was given up. */
#define TWR_DELAY_NEVER		(-1)
#define TWR_DELAY_UNKNOWN	(-2)

/**
 * enum twr_counter - what is counted
 * @TWR_COUNT_PASSED: SYNs that were checked and passed
 * @TWR_COUNT_OLDER: SYNs rejected for an older timestamp
 * @TWR_COUNT_UNTIMED: SYNs rejected for having no timestamp option
 * @TWR_COUNT_EXEMPT: SYNs that were not checked, one counter for each enum
 *	twr_exempt_reason
 * @TWR_COUNT_RECORDED: stamps that the cache took
 * @TWR_COUNT_REFUSED: stamps that the rule refused
 * @TWR_COUNT_EVICTED: entries evicted from the cache
 * @TWR_COUNT_UNKNOWN: SYNs that were checked although it was unknown whether their
 *	listener would have checked them
 * @TWR_COUNT_TIMEWAIT_REFUSED: SYNs that the running kernel answers with an ACK out of
 *	TIME-WAIT, so that the client gets no SYN-ACK
 * @TWR_COUNT_TIMEWAIT_ACCEPTED: of these, SYNs that the simulated kernel would have accepted
 * @TWR_COUNT_UNANSWERED: SYNs that came again since the running kernel did not answer them
 * @TWR_COUNT_LOST_TIMEWAIT: records of TIME-WAIT sockets that were evicted
 * @TWR_COUNT_LOST_REJECTED: records of rejected connections that were evicted
 * @TWR_COUNT_LOST_OFFENDERS: peers evicted from the offenders
 * @TWR_COUNT_LOST_CLOCKS: SYNs whose TSval was not assigned to a clock of their peer
 * @TWR_COUNT_DELAY: rejected SYNs by the first retry that would have passed: one counter for
 *	each of twr_stats_delays
 * @TWR_COUNT_DELAY_NEVER: rejected SYNs of which no retry would have passed
 * @TWR_COUNT_DELAY_UNKNOWN: rejected SYNs whose retries were given up
 * @TWR_COUNTERS: number of counters
 */
enum twr_counter {
	TWR_COUNT_PASSED,
	TWR_COUNT_OLDER,
	TWR_COUNT_UNTIMED,
	TWR_COUNT_EXEMPT,
	TWR_COUNT_RECORDED = TWR_COUNT_EXEMPT + TWR_EXEMPT_REASONS,
	TWR_COUNT_REFUSED,
	TWR_COUNT_EVICTED,
	TWR_COUNT_UNKNOWN,
	TWR_COUNT_TIMEWAIT_REFUSED,
	TWR_COUNT_TIMEWAIT_ACCEPTED,
	TWR_COUNT_UNANSWERED,
	TWR_COUNT_LOST_TIMEWAIT,
	TWR_COUNT_LOST_REJECTED,
	TWR_COUNT_LOST_OFFENDERS,
	TWR_COUNT_LOST_CLOCKS,
	TWR_COUNT_DELAY,
	TWR_COUNT_DELAY_NEVER = TWR_COUNT_DELAY + TWR_DELAYS,
	TWR_COUNT_DELAY_UNKNOWN,
	TWR_COUNTERS
};

/**
 * struct twr_counter_file - a file that shows one number
 * @dir: the directory of the file, NULL for the top
 * @name: the name of the file
 * @counters: mask of the counters whose sum the file shows
 * @minus: mask of the counters whose sum is subtracted
 * @retry_secs: the file is for a retry so many seconds after the first SYN; 0 for others
 */
struct twr_counter_file {
	const char *dir;
	const char *name;
	u64 counters;
	u64 minus;
	u8 retry_secs;
};

/* All counter files; those with the same @dir stand side by side. */
#define TWR_COUNTER_FILES	42
extern const struct twr_counter_file twr_counter_files[TWR_COUNTER_FILES];

struct twr_schedule;
struct twr_stats_cpu;

/**
 * struct twr_stats - the counters of one network namespace
 * @cpu: counters of each CPU, never set back; NULL until @grow_work has allocated them
 * @lock: protects @shared and @shared_total
 * @shared: what was counted before there was @cpu, never set back
 * @shared_total: the sum of @shared
 * @pending: number of rejected SYNs that wait for a retry; belongs to pending.c
 * @grow_work: allocates @cpu
 * @reset_base: values of the counters at the last reset
 */
struct twr_stats {
	struct twr_stats_cpu __percpu *cpu;
	raw_spinlock_t lock; /* shared and shared_total */
	u64 shared[TWR_COUNTERS];
	u32 shared_total;
	u32 pending;
	struct work_struct grow_work;
	u64 reset_base[TWR_COUNTERS];
};

/**
 * twr_stats_init() - set up counters, all zero
 * @stats: the counters
 *
 * Process context.
 */
void twr_stats_init(struct twr_stats *stats);

/**
 * twr_stats_exit() - free the memory of counters
 * @stats: the counters; nobody may count any more
 *
 * Waits for @stats->grow_work to end. Process context, may sleep.
 */
void twr_stats_exit(struct twr_stats *stats);

/**
 * twr_stats_inc() - increment a counter
 * @stats: the counters
 * @counter: the counter
 *
 * Any context but NMI.
 */
void twr_stats_inc(struct twr_stats *stats, enum twr_counter counter);

/**
 * twr_stats_delay_counter() - the counter of a delay
 * @delay: seconds of a retry, TWR_DELAY_NEVER or TWR_DELAY_UNKNOWN
 *
 * Return: the counter. Any context.
 */
enum twr_counter twr_stats_delay_counter(s32 delay);

/**
 * twr_stats_sum() - add what was counted since the last reset
 * @stats: the counters
 * @sums: TWR_COUNTERS sums, to each of which its counter is added
 *
 * Reads each counter once, those of delays before those of causes, so that no delay is seen
 * without its rejection. The caller excludes twr_stats_reset(). Process context.
 */
void twr_stats_sum(struct twr_stats *stats, u64 *sums);

/**
 * twr_stats_reset() - make all counters read zero
 * @stats: the counters; other CPUs may go on counting
 *
 * The caller excludes readers. Process context.
 */
void twr_stats_reset(struct twr_stats *stats);

/**
 * twr_stats_file_value() - the number that a counter file shows
 * @file: the file
 * @sums: sums of all counters
 *
 * Return: the number. Any context.
 */
u64 twr_stats_file_value(const struct twr_counter_file *file, const u64 *sums);

/**
 * twr_stats_file_is_shown() - does a counter file exist?
 * @file: the file
 * @schedule: when clients send a SYN again
 *
 * Return: true if it does; false for a retry that is not in @schedule. Any context.
 */
bool twr_stats_file_is_shown(const struct twr_counter_file *file,
			     const struct twr_schedule *schedule);

/* Size of the longest line of twr_stats_format_line(). */
#define TWR_COUNTER_LINE_MAX	64

/**
 * twr_stats_format_line() - format a counter file as one line of text
 * @line: buffer of TWR_COUNTER_LINE_MAX bytes
 * @file: the file
 * @sums: one reading of all counters
 *
 * Return: @line with directory and name of the file, its number and a newline. Any context.
 */
const char *twr_stats_format_line(char *line, const struct twr_counter_file *file,
				  const u64 *sums);

#endif /* TWR_STATS_H */
