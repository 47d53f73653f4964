// SPDX-License-Identifier: GPL-2.0
/*
 * pending.c - rejected SYNs, until one of their retries would pass
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "pending.h"
#include "schedule.h"
#include "table_alloc.h"

/* Numbers of SYNs, plus one; 0 if there is none. */
struct twr_pending_queue {
	u16 first;
	u16 last;
};

/*
 * @any and @due are written under the lock and read without it: is there any SYN, and when
 * is the next retry due, in jiffies. @used is the number of places that were ever taken,
 * @free the first of those that are free again.
 */
struct twr_pending {
	const struct twr_schedule *schedule;
	struct twr_pending_ops ops;
	raw_spinlock_t lock; /* what follows */
	bool any;
	unsigned long due;
	bool closed;
	u16 used;
	u16 free;
	struct twr_pending_queue queue[TWR_RETRIES_MAX];
	struct twr_pending_syn syn[TWR_PENDING_MAX];
};

static struct twr_pending_syn *twr_pending_syn(struct twr_pending *pending, u16 number)
{
	return number ? &pending->syn[number - 1] : NULL;
}

static u16 twr_pending_number(const struct twr_pending *pending,
			      const struct twr_pending_syn *syn)
{
	return syn - pending->syn + 1;
}

/* All places are free. */
static void twr_pending_init_queues(struct twr_pending *pending)
{
	memset(pending->queue, 0, sizeof(pending->queue));
	pending->free = 0;
	pending->used = 0;
	WRITE_ONCE(pending->any, false);
}

struct twr_pending *twr_pending_new(const struct twr_schedule *schedule,
				    const struct twr_pending_ops *ops)
{
	struct twr_pending *pending = twr_table_alloc(sizeof(*pending));

	BUILD_BUG_ON(TWR_PENDING_MAX > 0xfffe);

	if (!pending)
		return NULL;
	raw_spin_lock_init(&pending->lock);
	pending->schedule = schedule;
	pending->ops = *ops;
	twr_pending_init_queues(pending);
	return pending;
}

void twr_pending_free(struct twr_pending *pending)
{
	vfree(pending);
}

const struct twr_schedule *twr_pending_schedule(const struct twr_pending *pending)
{
	return pending->schedule;
}

/* When the next retry of a SYN is due, in jiffies. */
static u64 twr_pending_due(const struct twr_pending *pending, const struct twr_pending_syn *syn)
{
	return syn->rejected.jiffies + (u64)pending->schedule->secs[syn->retry] * HZ;
}

static void twr_pending_append(struct twr_pending *pending, struct twr_pending_syn *syn)
{
	struct twr_pending_queue *queue = &pending->queue[syn->retry];
	u16 number = twr_pending_number(pending, syn);

	syn->next = 0;
	if (queue->first)
		twr_pending_syn(pending, queue->last)->next = number;
	else
		queue->first = number;
	queue->last = number;
}

static struct twr_pending_syn *twr_pending_remove_first(struct twr_pending *pending, int q)
{
	struct twr_pending_queue *queue = &pending->queue[q];
	struct twr_pending_syn *syn = twr_pending_syn(pending, queue->first);

	queue->first = syn->next;
	return syn;
}

/* The SYN is in no queue. Count its delay, tell it, and free its place. */
static void twr_pending_finish(struct twr_pending *pending, struct twr_pending_syn *syn,
			       s32 delay)
{
	/* Pairs with smp_rmb() in twr_stats_sum_raw(): whoever sees the delay sees the cause. */
	smp_mb();
	twr_stats_inc(syn->stats, twr_stats_delay_counter(delay));
	syn->stats->pending--;
	if (pending->ops.settled)
		pending->ops.settled(syn, delay);
	syn->next = pending->free;
	pending->free = twr_pending_number(pending, syn);
}

static bool twr_pending_retry_passes(const struct twr_pending *pending,
				     const struct twr_pending_syn *syn)
{
	u32 secs = pending->schedule->secs[syn->retry];
	struct twr_retry retry = {
		.conn = &syn->conn,
		.timed = syn->timed && syn->retry < pending->schedule->timed,
		.tsval = syn->tsval + syn->rate * secs,
		.now.seconds = syn->rejected.seconds + secs,
		.now.jiffies = syn->rejected.jiffies + (u64)secs * HZ,
	};

	return pending->ops.passes(pending->ops.arg, &retry);
}

/* Judge the retry of the first SYN of a queue, which is due. */
static void twr_pending_judge_first(struct twr_pending *pending, int q)
{
	struct twr_pending_syn *syn = twr_pending_remove_first(pending, q);

	if (twr_pending_retry_passes(pending, syn)) {
		twr_pending_finish(pending, syn, pending->schedule->secs[q]);
	} else if (++syn->retry == pending->schedule->retries) {
		twr_pending_finish(pending, syn, TWR_DELAY_NEVER);
	} else {
		/* Keeps the order: the queue before was in the order of rejection as well. */
		twr_pending_append(pending, syn);
	}
}

/*
 * Judge up to @most retries that are due at @now. If @give_up, finish the SYNs of all others.
 * Return: true if no retry is due any more.
 */
static bool twr_pending_judge_due(struct twr_pending *pending, u64 now, int most, bool give_up)
{
	const struct twr_pending_syn *first;
	u64 due, next = U64_MAX;
	int q, judged = 0;

	for (q = 0; q < pending->schedule->retries; q++) {
		while ((first = twr_pending_syn(pending, pending->queue[q].first))) {
			due = twr_pending_due(pending, first);
			if (due > now) {
				next = min(next, due);
				break;
			}
			if (judged++ < most)
				twr_pending_judge_first(pending, q);
			else if (give_up)
				twr_pending_finish(pending, twr_pending_remove_first(pending, q),
						   TWR_DELAY_UNKNOWN);
			else
				return false;
		}
	}
	WRITE_ONCE(pending->due, next);
	WRITE_ONCE(pending->any, next != U64_MAX);
	return true;
}

static bool twr_pending_is_due(const struct twr_pending *pending, const struct twr_time *now)
{
	return READ_ONCE(pending->any) &&
	       time_after_eq((unsigned long)now->jiffies, READ_ONCE(pending->due));
}

void twr_pending_settle(struct twr_pending *pending, const struct twr_time *now)
{
	unsigned long flags;

	if (likely(!twr_pending_is_due(pending, now)))
		return;
	raw_spin_lock_irqsave(&pending->lock, flags);
	twr_pending_judge_due(pending, now->jiffies, TWR_PENDING_BATCH, true);
	raw_spin_unlock_irqrestore(&pending->lock, flags);
}

void twr_pending_settle_all(struct twr_pending *pending, const struct twr_time *now)
{
	unsigned long flags;
	bool done = !twr_pending_is_due(pending, now);

	while (!done) {
		raw_spin_lock_irqsave(&pending->lock, flags);
		done = twr_pending_judge_due(pending, now->jiffies, TWR_PENDING_BATCH, false);
		raw_spin_unlock_irqrestore(&pending->lock, flags);
		cond_resched();
	}
}

/* The table is full. */
static void twr_pending_give_up_oldest(struct twr_pending *pending)
{
	const struct twr_pending_syn *first, *oldest = NULL;
	int q, oldest_q = 0;

	for (q = 0; q < pending->schedule->retries; q++) {
		first = twr_pending_syn(pending, pending->queue[q].first);
		if (!first || (oldest && !time_before64(first->rejected.jiffies,
							oldest->rejected.jiffies)))
			continue;
		oldest = first;
		oldest_q = q;
	}
	twr_pending_finish(pending, twr_pending_remove_first(pending, oldest_q),
			   TWR_DELAY_UNKNOWN);
}

/* Return: a place that is free at @now. */
static struct twr_pending_syn *twr_pending_take_place(struct twr_pending *pending, u64 now)
{
	struct twr_pending_syn *place;

	if (!pending->free && pending->used < TWR_PENDING_MAX)
		return &pending->syn[pending->used++];
	if (!pending->free)
		twr_pending_judge_due(pending, now, TWR_PENDING_BATCH, false);
	if (!pending->free)
		twr_pending_give_up_oldest(pending);
	place = twr_pending_syn(pending, pending->free);
	pending->free = place->next;
	return place;
}

static void twr_pending_insert(struct twr_pending *pending, const struct twr_pending_syn *syn)
{
	struct twr_pending_syn *place = twr_pending_take_place(pending, syn->rejected.jiffies);
	unsigned long due;

	*place = *syn;
	place->retry = 0;
	place->stats->pending++;
	twr_pending_append(pending, place);

	due = twr_pending_due(pending, place);
	if (!pending->any || time_before(due, pending->due))
		WRITE_ONCE(pending->due, due);
	WRITE_ONCE(pending->any, true);
}

void twr_pending_add(struct twr_pending *pending, const struct twr_pending_syn *syn,
		     enum twr_counter cause)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&pending->lock, flags);
	twr_stats_inc(syn->stats, cause);
	if (unlikely(pending->closed)) {
		smp_mb(); /* As in twr_pending_finish(). */
		twr_stats_inc(syn->stats, TWR_COUNT_DELAY_UNKNOWN);
	} else {
		twr_pending_insert(pending, syn);
	}
	raw_spin_unlock_irqrestore(&pending->lock, flags);
}

/* Give up the SYNs of a queue that count in @stats. */
static void twr_pending_drop_from(struct twr_pending *pending, int q,
				  const struct twr_stats *stats)
{
	struct twr_pending_queue old = pending->queue[q];
	struct twr_pending_syn *syn;

	memset(&pending->queue[q], 0, sizeof(pending->queue[q]));
	while ((syn = twr_pending_syn(pending, old.first))) {
		old.first = syn->next;
		if (syn->stats == stats)
			twr_pending_finish(pending, syn, TWR_DELAY_UNKNOWN);
		else
			twr_pending_append(pending, syn);
	}
}

void twr_pending_drop(struct twr_pending *pending, struct twr_stats *stats)
{
	unsigned long flags;
	int q;

	for (q = 0; q < pending->schedule->retries; q++) {
		raw_spin_lock_irqsave(&pending->lock, flags);
		if (stats->pending)
			twr_pending_drop_from(pending, q, stats);
		raw_spin_unlock_irqrestore(&pending->lock, flags);
		cond_resched();
	}
}

void twr_pending_close(struct twr_pending *pending)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&pending->lock, flags);
	pending->closed = true;
	twr_pending_init_queues(pending);
	raw_spin_unlock_irqrestore(&pending->lock, flags);
}

/* Under the lock no SYN can be counted by its cause and not yet by its delay. */
void twr_pending_reset_stats(struct twr_pending *pending, struct twr_stats *stats)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&pending->lock, flags);
	twr_stats_reset(stats);
	stats->pending = 0;
	raw_spin_unlock_irqrestore(&pending->lock, flags);
}

void twr_pending_open(struct twr_pending *pending)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&pending->lock, flags);
	pending->closed = false;
	raw_spin_unlock_irqrestore(&pending->lock, flags);
}
