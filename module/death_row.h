/* SPDX-License-Identifier: GPL-2.0 */
/*
 * death_row.h - when TIME-WAIT buckets went before 4.1
 *
 * From 4.1 on (789f558cfb36) each bucket has a timer of its own. Before, and in CentOS 7,
 * inet_twsk_schedule() put all buckets of the machine into a few slots, and a timer
 * emptied slot after slot. What was to live for some 4 s or more went with one of 8 slots
 * of 7.5 s, what was to live for less with one of 32 slots of 128 ms. The short slots
 * counted from a hand that moved only when one of them was emptied, so that a bucket could
 * go long before its time; the long ones began when the first bucket came, so that it could
 * go long after. All of that follows from when buckets came and went, which is what is
 * simulated here, at the 1000 ticks a second that distributions' kernels had.
 *
 * Times are in milliseconds. Any context but NMI; each function takes the death row's lock.
 */
#ifndef TWR_DEATH_ROW_H
#define TWR_DEATH_ROW_H

#include <linux/spinlock.h>
#include <linux/types.h>

/* Slots of 128 ms, and of 7.5 s (INET_TWDR_RECYCLE_SLOTS, INET_TWDR_TWKILL_SLOTS). */
#define TWR_DEATH_ROW_SHORT_SLOTS	32
#define TWR_DEATH_ROW_LONG_SLOTS	8
#define TWR_DEATH_ROW_SLOTS		(TWR_DEATH_ROW_SHORT_SLOTS + TWR_DEATH_ROW_LONG_SLOTS)

/* The longest that a bucket can stay, when it is put there for a minute. */
#define TWR_DEATH_ROW_MAX_MS		(TWR_DEATH_ROW_LONG_SLOTS * 7500)

/**
 * struct twr_death_row - the slots
 * @lock: of all the rest
 * @tw_count: buckets in all slots
 * @slot: for each slot how many buckets it has, and how often it was emptied
 * @hand: the short slot that comes first, -1 while all short ones are empty
 * @hand_ms: when that one is due
 * @short_timer_ms: when the short slots are looked at next
 * @long_slot: the long slot that comes first
 * @long_timer_ms: when that one is emptied, while there are buckets
 */
struct twr_death_row {
	raw_spinlock_t lock; /* of all the rest */
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
 * @slot: its slot, plus one; 0 for nowhere
 * @generation: how often that had been emptied when the bucket came
 */
struct twr_death_row_ref {
	u32 slot : 8;
	u32 generation : 24;
};

/**
 * twr_death_row_init() - set an empty death row up
 * @death_row: the death row, which nobody uses yet
 */
void twr_death_row_init(struct twr_death_row *death_row);

/**
 * twr_death_row_reset() - empty all slots
 * @death_row: the death row
 */
void twr_death_row_reset(struct twr_death_row *death_row);

/**
 * twr_death_row_schedule() - put a bucket into the slot for its timeout (inet_twsk_schedule())
 * @death_row: the death row
 * @ref: where it is, nowhere if it is new; set to where it goes
 * @timeo: how long it is to live
 * @now: the current time
 */
void twr_death_row_schedule(struct twr_death_row *death_row, struct twr_death_row_ref *ref,
			    u32 timeo, u64 now);

/**
 * twr_death_row_deschedule() - take a bucket out before its time (inet_twsk_deschedule())
 * @death_row: the death row
 * @ref: where it is
 * @now: the current time
 */
void twr_death_row_deschedule(struct twr_death_row *death_row, struct twr_death_row_ref ref,
			      u64 now);

/**
 * twr_death_row_has() - is a bucket still there?
 * @death_row: the death row
 * @ref: where it was put
 * @now: the current time
 *
 * Return: false if its slot was emptied since.
 */
bool twr_death_row_has(struct twr_death_row *death_row, struct twr_death_row_ref ref,
		       u64 now);

#endif /* TWR_DEATH_ROW_H */
