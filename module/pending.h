/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pending.h - rejected SYNs, until one of their retries would pass
 *
 * A client whose SYN is dropped sends it again, by a schedule. The running kernel did not drop
 * the SYN, so the retries never come. Here each of them is judged as if it had come: by the
 * stamp that the peer has at the time of the retry. The first that passes says how long the
 * client would have waited. If none passes, the client would never have got in.
 *
 * No timer runs. A retry that is due is judged before the cache changes, so that it meets the
 * stamp of its own time; and when somebody reads the counters. All SYNs that wait for the
 * same retry are in one queue, in the order in which they were rejected. So only the heads of
 * the queues have to be looked at, and a SYN costs as much as it has retries.
 *
 * The table has a fixed size. When it is full, the SYN that was rejected first is given up:
 * its delay is unknown. So are the delays of SYNs whose network namespace ends.
 *
 * The SYN of a client that would have got in late has its own connection later, too, and that
 * leaves its stamp later. This is not simulated.
 */
#ifndef TWR_PENDING_H
#define TWR_PENDING_H

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/types.h>

#include "conn.h"
#include "observation.h"
#include "stats.h"

struct twr_schedule;

/* Number of SYNs in the table. */
#define TWR_PENDING_MAX		16384

/* A packet pays for so many retries at most. */
#define TWR_PENDING_BATCH	1024

/**
 * struct twr_pending_syn - a rejected SYN
 * @conn: the connection that it asks for
 * @stats: the counters of its network namespace
 * @rejected: when it was rejected
 * @tsval: its TSval, if @timed
 * @rate: ticks per second of the client's clock
 * @timed: it has a timestamp option
 * @retry: number of the next retry in the schedule
 * @next: number of the next SYN in the same queue, plus one; 0 for the last one
 */
struct twr_pending_syn {
	struct twr_conn conn;
	struct twr_stats *stats;
	struct twr_time rejected;
	u32 tsval;
	u32 rate;
	bool timed;
	u8 retry;
	u16 next;
};

/**
 * struct twr_retry - a retry of a rejected SYN
 * @conn: the connection that the SYN asks for
 * @timed: the retry has a timestamp option
 * @tsval: its TSval, if @timed
 * @now: when it is sent
 */
struct twr_retry {
	const struct twr_conn *conn;
	bool timed;
	u32 tsval;
	struct twr_time now;
};

/**
 * struct twr_pending_ops - what the table asks, and what it tells
 * @passes: would a retry pass? Any context; must not sleep
 * @arg: its first argument
 * @settled: the delay of a SYN is known: seconds, TWR_DELAY_NEVER or TWR_DELAY_UNKNOWN. Any
 *	context; must not sleep. May be NULL
 *
 * Both functions are called with the lock of the table held and interrupts off.
 */
struct twr_pending_ops {
	bool (*passes)(const void *arg, const struct twr_retry *retry);
	const void *arg;
	void (*settled)(const struct twr_pending_syn *syn, s32 delay);
};

struct twr_pending;

/**
 * twr_pending_new() - make an empty table
 * @schedule: when clients send a SYN again
 * @ops: what the table asks and tells; copied
 *
 * Allocates all the memory that the table will ever take. Process context, may sleep.
 *
 * Return: the table, NULL if there is not enough free memory.
 */
struct twr_pending *twr_pending_new(const struct twr_schedule *schedule,
				    const struct twr_pending_ops *ops);

/**
 * twr_pending_free() - free a table
 * @pending: the table; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_pending_free(struct twr_pending *pending);

/**
 * twr_pending_schedule() - the schedule of a table
 * @pending: the table
 *
 * Return: the schedule. Any context.
 */
const struct twr_schedule *twr_pending_schedule(const struct twr_pending *pending);

/**
 * twr_pending_add() - count a SYN as rejected, and wait for its retries
 * @pending: the table
 * @syn: the SYN; @syn->retry and @syn->next do not matter
 * @cause: the counter of its cause
 *
 * Any context but NMI.
 */
void twr_pending_add(struct twr_pending *pending, const struct twr_pending_syn *syn,
		     enum twr_counter cause);

/**
 * twr_pending_settle() - judge the retries that are due
 * @pending: the table
 * @now: the current time
 *
 * To be called before the cache changes. Takes no lock if nothing is due. Judges up to
 * TWR_PENDING_BATCH retries and gives up further SYNs with a retry that is due. Any context
 * but NMI.
 */
void twr_pending_settle(struct twr_pending *pending, const struct twr_time *now);

/**
 * twr_pending_settle_all() - judge all retries that are due
 * @pending: the table
 * @now: the current time
 *
 * To be called before counters are read. Process context, may sleep.
 */
void twr_pending_settle_all(struct twr_pending *pending, const struct twr_time *now);

/**
 * twr_pending_drop() - give up all SYNs of a network namespace
 * @pending: the table
 * @stats: the counters of the namespace, in which nobody counts any more
 *
 * Process context, may sleep.
 */
void twr_pending_drop(struct twr_pending *pending, struct twr_stats *stats);

/**
 * twr_pending_close() - empty the table and keep it empty
 * @pending: the table
 *
 * The SYNs are not counted: all counters must be reset, each by twr_pending_reset_stats(),
 * before twr_pending_open(). The delay of a SYN that is rejected meanwhile is unknown. Process
 * context, may sleep.
 */
void twr_pending_close(struct twr_pending *pending);

/**
 * twr_pending_reset_stats() - make all counters of a network namespace read zero
 * @pending: the table, closed
 * @stats: the counters
 *
 * Process context, may sleep.
 */
void twr_pending_reset_stats(struct twr_pending *pending, struct twr_stats *stats);

/**
 * twr_pending_open() - take SYNs again
 * @pending: the table
 *
 * Process context, may sleep.
 */
void twr_pending_open(struct twr_pending *pending);

#endif /* TWR_PENDING_H */
