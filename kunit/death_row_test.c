// SPDX-License-Identifier: GPL-2.0
/*
 * death_row_test.c - when buckets go before 4.1, by the slots and by the hand
 */
#include <kunit/test.h>

#include "death_row.h"

static struct twr_death_row death_row;

/* A time that no test comes near the end of, as 64 bits of jiffies are. */
#define START	BIT_ULL(40)

static int death_row_init(struct kunit *test)
{
	twr_death_row_init(&death_row);
	return 0;
}

static struct twr_death_row_ref put(u32 timeo, u64 at)
{
	struct twr_death_row_ref ref = { };

	twr_death_row_schedule(&death_row, &ref, timeo, START + at);
	return ref;
}

/* Looks are in the order of time, as they are in the kernel. */
static void expect_goes_at(struct kunit *test, struct twr_death_row_ref ref, u64 at)
{
	KUNIT_EXPECT_TRUE(test, twr_death_row_has(&death_row, ref, START + at - 1));
	KUNIT_EXPECT_FALSE(test, twr_death_row_has(&death_row, ref, START + at));
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

/* 0.7 s from the hand, which stands where the first bucket came. */
static void the_hand_lags(struct kunit *test)
{
	struct twr_death_row_ref first = put(700, 0);
	struct twr_death_row_ref second = put(700, 700);

	KUNIT_EXPECT_TRUE(test, twr_death_row_has(&death_row, first, START + 767));
	expect_goes_at(test, second, 768);
	KUNIT_EXPECT_FALSE(test, twr_death_row_has(&death_row, first, START + 768));
}

static void a_shorter_life_has_the_slots_looked_at_earlier(struct kunit *test)
{
	struct twr_death_row_ref late = put(2000, 0);
	struct twr_death_row_ref soon = put(200, 100);

	expect_goes_at(test, soon, 356);
	expect_goes_at(test, late, 2048);
}

/* 4.5 s are a slot of 7.5 s, and a slot goes when the clock of the first says so. */
static void a_long_life_can_be_longer(struct kunit *test)
{
	put(60000, 0);
	expect_goes_at(test, put(4500, 7000), 15000);
}

static void the_clock_begins_anew_with_the_first_after_the_last(struct kunit *test)
{
	struct twr_death_row_ref only = put(60000, 0);

	twr_death_row_deschedule(&death_row, only, START + 1000);
	expect_goes_at(test, put(5000, 2000), 2000 + 2 * 7500);
}

static void to_be_put_again_moves_it(struct kunit *test)
{
	struct twr_death_row_ref ref = put(700, 0);

	twr_death_row_schedule(&death_row, &ref, 60000, START + 500);
	KUNIT_EXPECT_EQ(test, death_row.tw_count, 1U);
	KUNIT_EXPECT_TRUE(test, twr_death_row_has(&death_row, ref, START + 30000));
	twr_death_row_has(&death_row, ref, START + 100000);
	KUNIT_EXPECT_EQ(test, death_row.tw_count, 0U);
}

static void what_is_gone_is_not_taken_out_again(struct kunit *test)
{
	struct twr_death_row_ref ref = put(700, 0);
	struct twr_death_row_ref other = put(60000, 5000);

	twr_death_row_deschedule(&death_row, ref, START + 6000);
	twr_death_row_deschedule(&death_row, ref, START + 6000);
	KUNIT_EXPECT_EQ(test, death_row.tw_count, 1U);
	KUNIT_EXPECT_TRUE(test, twr_death_row_has(&death_row, other, START + 6000));
}

/* What had a place before has none, and takes nobody else out. */
static void a_reset_empties_all_slots(struct kunit *test)
{
	struct twr_death_row_ref ref = put(700, 0), later = put(60000, 0);
	struct twr_death_row_ref again;

	twr_death_row_reset(&death_row);
	KUNIT_EXPECT_EQ(test, death_row.tw_count, 0U);
	KUNIT_EXPECT_FALSE(test, twr_death_row_has(&death_row, ref, START));
	KUNIT_EXPECT_FALSE(test, twr_death_row_has(&death_row, later, START));

	again = put(60000, 0);
	twr_death_row_deschedule(&death_row, later, START);
	twr_death_row_deschedule(&death_row, ref, START);
	KUNIT_EXPECT_EQ(test, death_row.tw_count, 1U);
	KUNIT_EXPECT_TRUE(test, twr_death_row_has(&death_row, again, START));
}

static struct kunit_case death_row_cases[] = {
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

static struct kunit_suite death_row_suite = {
	.name = "twr_death_row",
	.init = death_row_init,
	.test_cases = death_row_cases,
};

kunit_test_suite(death_row_suite);
