// SPDX-License-Identifier: GPL-2.0
/*
 * death_row_test.c - when TIME-WAIT buckets end before 4.1, which used slots and a hand
 */
#include <kunit/test.h>

#include "death_row.h"

static struct twr_death_row death_row;

/* A start time far from the end of 64 bits of jiffies, which no test reaches. */
#define START	BIT_ULL(40)

static int death_row_init(struct kunit *test)
{
	twr_death_row_init(&death_row);
	return 0;
}

static struct twr_death_row_ref schedule_bucket(u32 timeo, u64 at)
{
	struct twr_death_row_ref ref = { };

	twr_death_row_schedule(&death_row, &ref, timeo, START + at);
	return ref;
}

/* The two look-ups are in the order of time, as they are in the kernel. */
static void expect_expires_at(struct kunit *test, struct twr_death_row_ref ref, u64 at)
{
	KUNIT_EXPECT_TRUE(test, twr_death_row_has(&death_row, ref, START + at - 1));
	KUNIT_EXPECT_FALSE(test, twr_death_row_has(&death_row, ref, START + at));
}

static void the_first_bucket_lasts_a_minute(struct kunit *test)
{
	expect_expires_at(test, schedule_bucket(60000, 0), 60000);
}

static void later_buckets_can_expire_earlier(struct kunit *test)
{
	schedule_bucket(60000, 0);
	expect_expires_at(test, schedule_bucket(60000, 7000), 60000);
}

static void a_short_timeout_is_rounded_up(struct kunit *test)
{
	expect_expires_at(test, schedule_bucket(700, 0), 768);
	expect_expires_at(test, schedule_bucket(1, 10000), 10128);
	expect_expires_at(test, schedule_bucket(3900, 20000), 23968);
}

/*
 * The 0.7 s count from the hand, which is still where it was when the first bucket
 * came.
 */
static void the_hand_lags_behind(struct kunit *test)
{
	struct twr_death_row_ref first = schedule_bucket(700, 0);
	struct twr_death_row_ref second = schedule_bucket(700, 700);

	KUNIT_EXPECT_TRUE(test, twr_death_row_has(&death_row, first, START + 767));
	expect_expires_at(test, second, 768);
	KUNIT_EXPECT_FALSE(test, twr_death_row_has(&death_row, first, START + 768));
}

static void a_shorter_timeout_brings_the_timer_forward(struct kunit *test)
{
	struct twr_death_row_ref late = schedule_bucket(2000, 0);
	struct twr_death_row_ref soon = schedule_bucket(200, 100);

	expect_expires_at(test, soon, 356);
	expect_expires_at(test, late, 2048);
}

/*
 * 4.5 s take one slot of 7.5 s. The clock that the first bucket started says when a
 * slot ends.
 */
static void a_long_timeout_can_be_extended(struct kunit *test)
{
	schedule_bucket(60000, 0);
	expect_expires_at(test, schedule_bucket(4500, 7000), 15000);
}

static void the_long_timer_starts_with_the_first_bucket(struct kunit *test)
{
	struct twr_death_row_ref only = schedule_bucket(60000, 0);

	twr_death_row_deschedule(&death_row, only, START + 1000);
	expect_expires_at(test, schedule_bucket(5000, 2000), 2000 + 2 * 7500);
}

static void rescheduling_moves_a_bucket(struct kunit *test)
{
	struct twr_death_row_ref ref = schedule_bucket(700, 0);

	twr_death_row_schedule(&death_row, &ref, 60000, START + 500);
	KUNIT_EXPECT_EQ(test, death_row.tw_count, 1U);
	KUNIT_EXPECT_TRUE(test, twr_death_row_has(&death_row, ref, START + 30000));
	twr_death_row_has(&death_row, ref, START + 100000);
	KUNIT_EXPECT_EQ(test, death_row.tw_count, 0U);
}

static void an_expired_bucket_is_not_descheduled(struct kunit *test)
{
	struct twr_death_row_ref ref = schedule_bucket(700, 0);
	struct twr_death_row_ref other = schedule_bucket(60000, 5000);

	twr_death_row_deschedule(&death_row, ref, START + 6000);
	twr_death_row_deschedule(&death_row, ref, START + 6000);
	KUNIT_EXPECT_EQ(test, death_row.tw_count, 1U);
	KUNIT_EXPECT_TRUE(test, twr_death_row_has(&death_row, other, START + 6000));
}

/*
 * After a reset the old references hold no place, and removing them removes no other
 * bucket.
 */
static void a_reset_empties_all_slots(struct kunit *test)
{
	struct twr_death_row_ref ref = schedule_bucket(700, 0), later = schedule_bucket(60000, 0);
	struct twr_death_row_ref again;

	twr_death_row_reset(&death_row);
	KUNIT_EXPECT_EQ(test, death_row.tw_count, 0U);
	KUNIT_EXPECT_FALSE(test, twr_death_row_has(&death_row, ref, START));
	KUNIT_EXPECT_FALSE(test, twr_death_row_has(&death_row, later, START));

	again = schedule_bucket(60000, 0);
	twr_death_row_deschedule(&death_row, later, START);
	twr_death_row_deschedule(&death_row, ref, START);
	KUNIT_EXPECT_EQ(test, death_row.tw_count, 1U);
	KUNIT_EXPECT_TRUE(test, twr_death_row_has(&death_row, again, START));
}

static struct kunit_case death_row_cases[] = {
	KUNIT_CASE(the_first_bucket_lasts_a_minute),
	KUNIT_CASE(later_buckets_can_expire_earlier),
	KUNIT_CASE(a_short_timeout_is_rounded_up),
	KUNIT_CASE(the_hand_lags_behind),
	KUNIT_CASE(a_shorter_timeout_brings_the_timer_forward),
	KUNIT_CASE(a_long_timeout_can_be_extended),
	KUNIT_CASE(the_long_timer_starts_with_the_first_bucket),
	KUNIT_CASE(rescheduling_moves_a_bucket),
	KUNIT_CASE(an_expired_bucket_is_not_descheduled),
	KUNIT_CASE(a_reset_empties_all_slots),
	{ }
};

static struct kunit_suite death_row_suite = {
	.name = "twr_death_row",
	.init = death_row_init,
	.test_cases = death_row_cases,
};

kunit_test_suite(death_row_suite);
