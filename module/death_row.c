// SPDX-License-Identifier: GPL-2.0
/*
 * death_row.c - when TIME-WAIT buckets expired before 4.1
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "death_row.h"

/*
 * Duration of a short slot, as a shift: INET_TWDR_RECYCLE_TICK at 1000 Hz. Duration of a
 * long slot. Both in milliseconds.
 */
#define TWR_DEATH_ROW_SHORT_SHIFT	7
#define TWR_DEATH_ROW_LONG_MS		7500

/* A bucket with at least this timeout (TCP_TIMEWAIT_LEN) goes into the last long slot. */
#define TWR_DEATH_ROW_TIMEWAIT_MS	(60 * 1000)

void twr_death_row_init(struct twr_death_row *death_row)
{
	memset(death_row, 0, sizeof(*death_row));
	raw_spin_lock_init(&death_row->lock);
	death_row->hand = -1;
}

static void twr_death_row_empty_slot(struct twr_death_row *death_row, u32 slot)
{
	death_row->tw_count -= death_row->slot[slot].buckets;
	death_row->slot[slot].buckets = 0;
	death_row->slot[slot].generation++;
}

/* Emptying a slot makes all references to it invalid. */
void twr_death_row_reset(struct twr_death_row *death_row)
{
	unsigned long flags;
	u32 slot;

	raw_spin_lock_irqsave(&death_row->lock, flags);
	for (slot = 0; slot < TWR_DEATH_ROW_SLOTS; slot++)
		twr_death_row_empty_slot(death_row, slot);
	death_row->hand = -1;
	death_row->long_slot = 0;
	raw_spin_unlock_irqrestore(&death_row->lock, flags);
}

/*
 * The timer of the short slots fires. As in inet_twdr_twcal_tick(), it empties all slots
 * that are due and moves the hand to the first slot that is not.
 */
static void twr_death_row_short_tick(struct twr_death_row *death_row)
{
	u64 now = death_row->short_timer_ms, due = death_row->hand_ms;
	u32 slot = death_row->hand;
	bool moved = false;
	int i;

	for (i = 0; i < TWR_DEATH_ROW_SHORT_SLOTS; i++) {
		if (due <= now) {
			twr_death_row_empty_slot(death_row, slot);
		} else {
			if (!moved) {
				death_row->hand = slot;
				death_row->hand_ms = due;
				moved = true;
			}
			if (death_row->slot[slot].buckets) {
				death_row->short_timer_ms = due;
				return;
			}
		}
		due += 1 << TWR_DEATH_ROW_SHORT_SHIFT;
		slot = (slot + 1) % TWR_DEATH_ROW_SHORT_SLOTS;
	}
	death_row->hand = -1;
}

/* The timer of the long slots fires, see inet_twdr_hangman(). */
static void twr_death_row_long_tick(struct twr_death_row *death_row)
{
	twr_death_row_empty_slot(death_row, TWR_DEATH_ROW_SHORT_SLOTS + death_row->long_slot);
	death_row->long_slot = (death_row->long_slot + 1) % TWR_DEATH_ROW_LONG_SLOTS;
	death_row->long_timer_ms += TWR_DEATH_ROW_LONG_MS;
}

/* Let the timers fire that are due until now, in the order of time. */
static void twr_death_row_advance(struct twr_death_row *death_row, u64 now)
{
	for (;;) {
		u64 short_ms = death_row->hand < 0 ? U64_MAX : death_row->short_timer_ms;
		u64 long_ms = death_row->tw_count ? death_row->long_timer_ms : U64_MAX;

		if (min(short_ms, long_ms) > now)
			return;
		if (short_ms <= long_ms)
			twr_death_row_short_tick(death_row);
		else
			twr_death_row_long_tick(death_row);
	}
}

static bool twr_death_row_ref_is_valid(const struct twr_death_row *death_row,
				       struct twr_death_row_ref ref)
{
	return ref.slot &&
	       (death_row->slot[ref.slot - 1].generation & 0xffffff) == ref.generation;
}

static void twr_death_row_unlink(struct twr_death_row *death_row, struct twr_death_row_ref ref)
{
	if (!twr_death_row_ref_is_valid(death_row, ref))
		return;
	death_row->slot[ref.slot - 1].buckets--;
	death_row->tw_count--;
}

static u32 twr_death_row_choose_slot(struct twr_death_row *death_row, u32 timeo, u64 now)
{
	u32 slot = (timeo + (1 << TWR_DEATH_ROW_SHORT_SHIFT) - 1) >> TWR_DEATH_ROW_SHORT_SHIFT;
	u64 due;

	if (slot >= TWR_DEATH_ROW_SHORT_SLOTS) {
		slot = TWR_DEATH_ROW_LONG_SLOTS - 1;
		if (timeo < TWR_DEATH_ROW_TIMEWAIT_MS)
			slot = min_t(u32, DIV_ROUND_UP(timeo, TWR_DEATH_ROW_LONG_MS), slot);
		return TWR_DEATH_ROW_SHORT_SLOTS +
		       (death_row->long_slot + slot) % TWR_DEATH_ROW_LONG_SLOTS;
	}

	due = now + (slot << TWR_DEATH_ROW_SHORT_SHIFT);
	if (death_row->hand < 0) {
		death_row->hand = 0;
		death_row->hand_ms = now;
		death_row->short_timer_ms = due;
		return slot;
	}
	death_row->short_timer_ms = min(death_row->short_timer_ms, due);
	return (death_row->hand + slot) % TWR_DEATH_ROW_SHORT_SLOTS;
}

void twr_death_row_schedule(struct twr_death_row *death_row, struct twr_death_row_ref *ref,
			    u32 timeo, u64 now)
{
	unsigned long flags;
	u32 slot;

	raw_spin_lock_irqsave(&death_row->lock, flags);
	twr_death_row_advance(death_row, now);
	twr_death_row_unlink(death_row, *ref);
	slot = twr_death_row_choose_slot(death_row, timeo, now);
	if (!death_row->tw_count++)
		death_row->long_timer_ms = now + TWR_DEATH_ROW_LONG_MS;
	death_row->slot[slot].buckets++;
	ref->slot = slot + 1;
	ref->generation = death_row->slot[slot].generation;
	raw_spin_unlock_irqrestore(&death_row->lock, flags);
}

void twr_death_row_deschedule(struct twr_death_row *death_row, struct twr_death_row_ref ref,
			      u64 now)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&death_row->lock, flags);
	twr_death_row_advance(death_row, now);
	twr_death_row_unlink(death_row, ref);
	raw_spin_unlock_irqrestore(&death_row->lock, flags);
}

bool twr_death_row_has(struct twr_death_row *death_row, struct twr_death_row_ref ref,
		       u64 now)
{
	unsigned long flags;
	bool has;

	raw_spin_lock_irqsave(&death_row->lock, flags);
	twr_death_row_advance(death_row, now);
	has = twr_death_row_ref_is_valid(death_row, ref);
	raw_spin_unlock_irqrestore(&death_row->lock, flags);
	return has;
}
