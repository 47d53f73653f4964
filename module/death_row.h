/* SPDX-License-Identifier: GPL-2.0 */
/*
 * death_row.h - when TIME-WAIT buckets expired before 4.1
 *
 * Since 4.1 (789f558cfb36) each bucket (TIME-WAIT socket) has its own timer. Before 4.1, and
 * in CentOS 7,
 * inet_twsk_schedule() put all buckets of the machine into a few slots of
 * inet_timewait_death_row, and one timer emptied slot after slot. A bucket with a timeout
 * of about 4 s or more went into one of 8 slots of 7.5 s, a bucket with a shorter timeout
 * into one of 32 slots of 128 ms.
 *
 * The short slots were counted from a hand, which moved only when a short slot was
 * emptied. So a bucket could expire long before its timeout. The clock of the long slots
 * started when a bucket came and there was no other. So a bucket could expire long after
 * its timeout. Both depend only on when buckets came and went. This file simulates that,
 * with 1000 ticks per second, as Red Hat's and CentOS's kernels had (CONFIG_HZ, whose default
 * in kernel/Kconfig.hz is 250).
 *
 * All times are in milliseconds. Each function takes the lock of the death row, except
 * twr_death_row_init(), and can be called in any context but NMI.
 */
#ifndef TWR_DEATH_ROW_H
#define TWR_DEATH_ROW_H

#include <linux/spinlock.h>
#include <linux/types.h>

/* Slots of 128 ms and of 7.5 s: INET_TWDR_RECYCLE_SLOTS and INET_TWDR_TWKILL_SLOTS. */
#define TWR_DEATH_ROW_SHORT_SLOTS	32
#define TWR_DEATH_ROW_LONG_SLOTS	8
#define TWR_DEATH_ROW_SLOTS		(TWR_DEATH_ROW_SHORT_SLOTS + TWR_DEATH_ROW_LONG_SLOTS)

/* The longest time that a bucket with a timeout of a minute can stay. */
#define TWR_DEATH_ROW_MAX_MS		(TWR_DEATH_ROW_LONG_SLOTS * 7500)

/**
 * struct twr_death_row - the slots
 * @lock: protects all other fields
 * @tw_count: number of buckets in all slots
 * @slot: for each slot, the number of its buckets and how often it was emptied
 * @hand: the short slot that expires next, -1 while all short slots are empty
 * @hand_ms: when the slot at the hand expires
 * @short_timer_ms: when the timer of the short slots fires next
 * @long_slot: the long slot that is emptied next
 * @long_timer_ms: when @long_slot is emptied, if there are buckets
 */
struct twr_death_row {
	raw_spinlock_t lock; /* all other fields */
	u32 tw_count;
	struct {
		u32 buckets;
		u32 generation;
	} slot[TWR_DEATH_ROW_SLOTS];
	int hand;
	u64 hand_ms;
	u64 short_timer_ms;
	u32 long_slot;
	u64 long_timer_ms;
};

/**
 * struct twr_death_row_ref - where a bucket is in the death row
 * @slot: number of the slot plus one; 0 for a bucket in no slot
 * @generation: how often the slot had been emptied when the bucket was put there
 */
struct twr_death_row_ref {
	u32 slot : 8;
	u32 generation : 24;
};

/**
 * twr_death_row_init() - set up an empty death row
 * @death_row: the death row, which nobody uses yet
 */
void twr_death_row_init(struct twr_death_row *death_row);

/**
 * twr_death_row_reset() - empty all slots
 * @death_row: the death row
 *
 * All references become invalid.
 */
void twr_death_row_reset(struct twr_death_row *death_row);

/**
 * twr_death_row_schedule() - put a bucket into the slot of its timeout
 * @death_row: the death row
 * @ref: where the bucket is, all zero for a new bucket; set to its new slot
 * @timeo: timeout of the bucket
 * @now: the current time
 *
 * Does what inet_twsk_schedule() did.
 */
void twr_death_row_schedule(struct twr_death_row *death_row, struct twr_death_row_ref *ref,
			    u32 timeo, u64 now);

/**
 * twr_death_row_deschedule() - take a bucket out before it expires
 * @death_row: the death row
 * @ref: where the bucket is
 * @now: the current time
 *
 * Does what inet_twsk_deschedule() did. Does nothing if the bucket has expired.
 */
void twr_death_row_deschedule(struct twr_death_row *death_row, struct twr_death_row_ref ref,
			      u64 now);

/**
 * twr_death_row_has() - is a bucket still there?
 * @death_row: the death row
 * @ref: where the bucket was put
 * @now: the current time
 *
 * Return: false if the slot was emptied since then.
 */
bool twr_death_row_has(struct twr_death_row *death_row, struct twr_death_row_ref ref,
		       u64 now);

#endif /* TWR_DEATH_ROW_H */
