// SPDX-License-Identifier: GPL-2.0
/*
 * calendar_test.c - when TIME-WAIT buckets end before 4.1, which used slots and a hand
 */
#include <kunit/test.h>

#include "calendar.h"

static struct twr_calendar calendar;

/* A start time far from the end of 64 bits of jiffies, which no test reaches. */
#define START	BIT_ULL(40)

static int calendar_init(struct kunit *test)
{
	twr_calendar_init(&calendar);
	return 0;
}

static struct twr_place put(u32 life, u64 at)
{
	struct twr_place place = { };

	twr_calendar_put(&calendar, &place, life, START + at);
	return place;
}

/* The two look-ups are in the order of time, as they are in the kernel. */
static void expect_goes_at(struct kunit *test, struct twr_place place, u64 at)
{
	KUNIT_EXPECT_TRUE(test, twr_calendar_has(&calendar, place, START + at - 1));
	KUNIT_EXPECT_FALSE(test, twr_calendar_has(&calendar, place, START + at));
}

static void a_minute_is_a_minute_for_the_first(struct kunit *test)
{
	expect_goes_at(test, put(60000, 0), 60000);
}

static void a_minute_can_be_shorter_for_others(struct kunit *test)
{
	put(60000, 0);
	expect_goes_at(test, put(60000, 7000), 60000);
}

static void a_short_life_is_rounded_up(struct kunit *test)
{
	expect_goes_at(test, put(700, 0), 768);
	expect_goes_at(test, put(1, 10000), 10128);
	expect_goes_at(test, put(3900, 20000), 23968);
}

/*
 * The 0.7 s count from the hand, which is still where it was when the first bucket
 * came.
 */
static void the_hand_lags(struct kunit *test)
{
	struct twr_place first = put(700, 0);
	struct twr_place second = put(700, 700);

	KUNIT_EXPECT_TRUE(test, twr_calendar_has(&calendar, first, START + 767));
	expect_goes_at(test, second, 768);
	KUNIT_EXPECT_FALSE(test, twr_calendar_has(&calendar, first, START + 768));
}

static void a_shorter_life_has_the_slots_looked_at_earlier(struct kunit *test)
{
	struct twr_place late = put(2000, 0);
	struct twr_place soon = put(200, 100);

	expect_goes_at(test, soon, 356);
	expect_goes_at(test, late, 2048);
}

/*
 * 4.5 s take one slot of 7.5 s. The clock that the first bucket started says when a
 * slot ends.
 */
static void a_long_life_can_be_longer(struct kunit *test)
{
	put(60000, 0);
	expect_goes_at(test, put(4500, 7000), 15000);
}

static void the_clock_begins_anew_with_the_first_after_the_last(struct kunit *test)
{
	struct twr_place only = put(60000, 0);

	twr_calendar_remove(&calendar, only, START + 1000);
	expect_goes_at(test, put(5000, 2000), 2000 + 2 * 7500);
}

static void to_be_put_again_moves_it(struct kunit *test)
{
	struct twr_place place = put(700, 0);

	twr_calendar_put(&calendar, &place, 60000, START + 500);
	KUNIT_EXPECT_EQ(test, calendar.count, 1U);
	KUNIT_EXPECT_TRUE(test, twr_calendar_has(&calendar, place, START + 30000));
	twr_calendar_has(&calendar, place, START + 100000);
	KUNIT_EXPECT_EQ(test, calendar.count, 0U);
}

static void what_is_gone_is_not_taken_out_again(struct kunit *test)
{
	struct twr_place place = put(700, 0);
	struct twr_place other = put(60000, 5000);

	twr_calendar_remove(&calendar, place, START + 6000);
	twr_calendar_remove(&calendar, place, START + 6000);
	KUNIT_EXPECT_EQ(test, calendar.count, 1U);
	KUNIT_EXPECT_TRUE(test, twr_calendar_has(&calendar, other, START + 6000));
}

/*
 * After a reset the old references hold no place, and removing them removes no other
 * bucket.
 */
static void a_reset_empties_all_slots(struct kunit *test)
{
	struct twr_place place = put(700, 0), later = put(60000, 0);
	struct twr_place again;

	twr_calendar_reset(&calendar);
	KUNIT_EXPECT_EQ(test, calendar.count, 0U);
	KUNIT_EXPECT_FALSE(test, twr_calendar_has(&calendar, place, START));
	KUNIT_EXPECT_FALSE(test, twr_calendar_has(&calendar, later, START));

	again = put(60000, 0);
	twr_calendar_remove(&calendar, later, START);
	twr_calendar_remove(&calendar, place, START);
	KUNIT_EXPECT_EQ(test, calendar.count, 1U);
	KUNIT_EXPECT_TRUE(test, twr_calendar_has(&calendar, again, START));
}

static struct kunit_case calendar_cases[] = {
	KUNIT_CASE(a_minute_is_a_minute_for_the_first),
	KUNIT_CASE(a_minute_can_be_shorter_for_others),
	KUNIT_CASE(a_short_life_is_rounded_up),
	KUNIT_CASE(the_hand_lags),
	KUNIT_CASE(a_shorter_life_has_the_slots_looked_at_earlier),
	KUNIT_CASE(a_long_life_can_be_longer),
	KUNIT_CASE(the_clock_begins_anew_with_the_first_after_the_last),
	KUNIT_CASE(to_be_put_again_moves_it),
	KUNIT_CASE(what_is_gone_is_not_taken_out_again),
	KUNIT_CASE(a_reset_empties_all_slots),
	{ }
};

static struct kunit_suite calendar_suite = {
	.name = "twr_calendar",
	.init = calendar_init,
	.test_cases = calendar_cases,
};

kunit_test_suite(calendar_suite);
