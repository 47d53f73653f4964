// SPDX-License-Identifier: GPL-2.0
/*
 * calendar.c - when TIME-WAIT buckets went before 4.1
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "calendar.h"

/* Milliseconds of a short slot, INET_TWDR_RECYCLE_TICK at 1000 Hz, and of a long one. */
#define TWR_SHORT_SHIFT		7
#define TWR_LONG_MS		7500

/* What is to live for as long as this (TCP_TIMEWAIT_LEN) goes into the last long slot. */
#define TWR_LONGEST_MS		(60 * 1000)

void twr_calendar_init(struct twr_calendar *calendar)
{
	memset(calendar, 0, sizeof(*calendar));
	raw_spin_lock_init(&calendar->lock);
	calendar->hand = -1;
}

static void twr_slot_empty(struct twr_calendar *calendar, u32 slot)
{
	calendar->count -= calendar->slot[slot].buckets;
	calendar->slot[slot].buckets = 0;
	calendar->slot[slot].emptied++;
}

/* What had a place in the calendar has none any more. */
void twr_calendar_reset(struct twr_calendar *calendar)
{
	unsigned long flags;
	u32 slot;

	raw_spin_lock_irqsave(&calendar->lock, flags);
	for (slot = 0; slot < TWR_CALENDAR_SLOTS; slot++)
		twr_slot_empty(calendar, slot);
	calendar->hand = -1;
	calendar->next = 0;
	raw_spin_unlock_irqrestore(&calendar->lock, flags);
}

/*
 * The short slots at the time they asked for, as inet_twdr_twcal_tick() has it: all that
 * are due are emptied, and the hand comes to the first that is not.
 */
static void twr_short_tick(struct twr_calendar *calendar)
{
	u64 now = calendar->short_at, due = calendar->hand_at;
	u32 slot = calendar->hand;
	bool moved = false;
	int i;

	for (i = 0; i < TWR_CALENDAR_SHORT; i++) {
		if (due <= now) {
			twr_slot_empty(calendar, slot);
		} else {
			if (!moved) {
				calendar->hand = slot;
				calendar->hand_at = due;
				moved = true;
			}
			if (calendar->slot[slot].buckets) {
				calendar->short_at = due;
				return;
			}
		}
		due += 1 << TWR_SHORT_SHIFT;
		slot = (slot + 1) % TWR_CALENDAR_SHORT;
	}
	calendar->hand = -1;
}

/* inet_twdr_hangman() */
static void twr_long_tick(struct twr_calendar *calendar)
{
	twr_slot_empty(calendar, TWR_CALENDAR_SHORT + calendar->next);
	calendar->next = (calendar->next + 1) % TWR_CALENDAR_LONG;
	calendar->next_at += TWR_LONG_MS;
}

/* All that was due until now, in its order. */
static void twr_calendar_advance(struct twr_calendar *calendar, u64 now)
{
	for (;;) {
		u64 short_at = calendar->hand < 0 ? U64_MAX : calendar->short_at;
		u64 long_at = calendar->count ? calendar->next_at : U64_MAX;

		if (min(short_at, long_at) > now)
			return;
		if (short_at <= long_at)
			twr_short_tick(calendar);
		else
			twr_long_tick(calendar);
	}
}

static bool twr_place_holds(const struct twr_calendar *calendar,
			    struct twr_place place)
{
	return place.slot &&
	       (calendar->slot[place.slot - 1].emptied & 0xffffff) == place.emptied;
}

static void twr_place_leave(struct twr_calendar *calendar, struct twr_place place)
{
	if (!twr_place_holds(calendar, place))
		return;
	calendar->slot[place.slot - 1].buckets--;
	calendar->count--;
}

static u32 twr_slot_for(struct twr_calendar *calendar, u32 life, u64 now)
{
	u32 slot = (life + (1 << TWR_SHORT_SHIFT) - 1) >> TWR_SHORT_SHIFT;
	u64 due;

	if (slot >= TWR_CALENDAR_SHORT) {
		slot = TWR_CALENDAR_LONG - 1;
		if (life < TWR_LONGEST_MS)
			slot = min_t(u32, DIV_ROUND_UP(life, TWR_LONG_MS), slot);
		return TWR_CALENDAR_SHORT +
		       (calendar->next + slot) % TWR_CALENDAR_LONG;
	}

	due = now + (slot << TWR_SHORT_SHIFT);
	if (calendar->hand < 0) {
		calendar->hand = 0;
		calendar->hand_at = now;
		calendar->short_at = due;
		return slot;
	}
	calendar->short_at = min(calendar->short_at, due);
	return (calendar->hand + slot) % TWR_CALENDAR_SHORT;
}

void twr_calendar_put(struct twr_calendar *calendar, struct twr_place *place,
		      u32 life, u64 now)
{
	unsigned long flags;
	u32 slot;

	raw_spin_lock_irqsave(&calendar->lock, flags);
	twr_calendar_advance(calendar, now);
	twr_place_leave(calendar, *place);
	slot = twr_slot_for(calendar, life, now);
	if (!calendar->count++)
		calendar->next_at = now + TWR_LONG_MS;
	calendar->slot[slot].buckets++;
	place->slot = slot + 1;
	place->emptied = calendar->slot[slot].emptied;
	raw_spin_unlock_irqrestore(&calendar->lock, flags);
}

void twr_calendar_remove(struct twr_calendar *calendar, struct twr_place place,
			 u64 now)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&calendar->lock, flags);
	twr_calendar_advance(calendar, now);
	twr_place_leave(calendar, place);
	raw_spin_unlock_irqrestore(&calendar->lock, flags);
}

bool twr_calendar_has(struct twr_calendar *calendar, struct twr_place place,
		      u64 now)
{
	unsigned long flags;
	bool has;

	raw_spin_lock_irqsave(&calendar->lock, flags);
	twr_calendar_advance(calendar, now);
	has = twr_place_holds(calendar, place);
	raw_spin_unlock_irqrestore(&calendar->lock, flags);
	return has;
}
