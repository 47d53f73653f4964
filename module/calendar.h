/* SPDX-License-Identifier: GPL-2.0 */
/*
 * calendar.h - when TIME-WAIT buckets went before 4.1
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
 * Times are in milliseconds. Any context but NMI; each function takes the calendar's lock.
 */
#ifndef TWR_CALENDAR_H
#define TWR_CALENDAR_H

#include <linux/spinlock.h>
#include <linux/types.h>

/* Slots of 128 ms, and of 7.5 s (INET_TWDR_RECYCLE_SLOTS, INET_TWDR_TWKILL_SLOTS). */
#define TWR_CALENDAR_SHORT	32
#define TWR_CALENDAR_LONG	8
#define TWR_CALENDAR_SLOTS	(TWR_CALENDAR_SHORT + TWR_CALENDAR_LONG)

/* The longest that a bucket can stay, when it is put there for a minute. */
#define TWR_CALENDAR_MOST	(TWR_CALENDAR_LONG * 7500)

/**
 * struct twr_calendar - the slots
 * @lock: of all the rest
 * @count: buckets in all slots
 * @slot: for each slot how many buckets it has, and how often it was emptied
 * @hand: the short slot that comes first, -1 while all short ones are empty
 * @hand_at: when that one is due
 * @short_at: when the short slots are looked at next
 * @next: the long slot that comes first
 * @next_at: when that one is emptied, while there are buckets
 */
struct twr_calendar {
	raw_spinlock_t lock; /* of all the rest */
	u32 count;
	struct {
		u32 buckets;
		u32 emptied;
	} slot[TWR_CALENDAR_SLOTS];
	int hand;
	u64 hand_at;
	u64 short_at;
	u32 next;
	u64 next_at;
};

/**
 * struct twr_place - where a bucket is in the calendar
 * @slot: its slot, plus one; 0 for nowhere
 * @emptied: how often that had been emptied when the bucket came
 */
struct twr_place {
	u32 slot : 8;
	u32 emptied : 24;
};

/**
 * twr_calendar_init() - set an empty calendar up
 * @calendar: the calendar, which nobody uses yet
 */
void twr_calendar_init(struct twr_calendar *calendar);

/**
 * twr_calendar_reset() - empty all slots
 * @calendar: the calendar
 */
void twr_calendar_reset(struct twr_calendar *calendar);

/**
 * twr_calendar_put() - put a bucket into the slot for its life (inet_twsk_schedule())
 * @calendar: the calendar
 * @place: where it is, nowhere if it is new; set to where it goes
 * @life: how long it is to live
 * @now: the current time
 */
void twr_calendar_put(struct twr_calendar *calendar, struct twr_place *place,
		      u32 life, u64 now);

/**
 * twr_calendar_remove() - take a bucket out before its time (inet_twsk_deschedule())
 * @calendar: the calendar
 * @place: where it is
 * @now: the current time
 */
void twr_calendar_remove(struct twr_calendar *calendar, struct twr_place place,
			 u64 now);

/**
 * twr_calendar_has() - is a bucket still there?
 * @calendar: the calendar
 * @place: where it was put
 * @now: the current time
 *
 * Return: false if its slot was emptied since.
 */
bool twr_calendar_has(struct twr_calendar *calendar, struct twr_place place,
		      u64 now);

#endif /* TWR_CALENDAR_H */
