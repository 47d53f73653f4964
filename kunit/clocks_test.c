// SPDX-License-Identifier: GPL-2.0
/*
 * clocks_test.c - tests that the clocks of hosts behind one address are told apart
 */
#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "clocks.h"

#define START	1000000ULL	/* milliseconds */

struct host {
	u32 offset;
	u32 rate;
	u32 drift;	/* clock is fast by one part in this many, 0 if it is right */
};

/* Return: what the host's clock shows, in ticks. */
static u32 tsval_of(const struct host *host, u64 ms)
{
	u64 ticks = div_u64(ms * host->rate, MSEC_PER_SEC);

	if (host->drift)
		ticks += div_u64(ticks - div_u64(START * host->rate,
						 MSEC_PER_SEC), host->drift);
	return host->offset + (u32)ticks;
}

static struct twr_clocks *new_clocks(struct kunit *test)
{
	struct twr_clocks *clocks;

	clocks = kunit_kzalloc(test, sizeof(*clocks), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, clocks);
	return clocks;
}

static void expect_clocks(struct kunit *test, const struct twr_clocks *clocks,
			  u32 wanted, u32 wanted_loose)
{
	u32 loose;

	KUNIT_EXPECT_EQ(test, twr_clocks_count(clocks, &loose), wanted);
	KUNIT_EXPECT_EQ(test, loose, wanted_loose);
}

static void one_tsval_is_no_clock(struct kunit *test)
{
	struct twr_clocks *clocks = new_clocks(test);

	expect_clocks(test, clocks, 0, 0);
	KUNIT_EXPECT_EQ(test, twr_clocks_add_tsval(clocks, 4711, START), 0U);
	expect_clocks(test, clocks, 0, 1);
}

static void two_tsvals_give_the_rate(struct kunit *test)
{
	static const u32 rates[] = { 100, 250, 1000 };
	int i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		/* The clock wraps during the test. */
		struct host host = { .rate = rates[i],
				     .offset = 0 - div_u64((START + 500) * rates[i],
							   MSEC_PER_SEC) };
		struct twr_clocks *clocks = new_clocks(test);

		twr_clocks_add_tsval(clocks, tsval_of(&host, START), START);
		KUNIT_EXPECT_EQ(test, twr_clocks_add_tsval(clocks,
							   tsval_of(&host, START + 2000),
							   START + 2000), rates[i]);
		expect_clocks(test, clocks, 1, 0);
	}
}

static void tsvals_too_close_give_no_rate(struct kunit *test)
{
	struct host host = { .rate = 250, .offset = 77 };
	struct twr_clocks *clocks = new_clocks(test);
	u64 ms;

	for (ms = START; ms < START + 100; ms += 10)
		KUNIT_EXPECT_EQ(test, twr_clocks_add_tsval(clocks,
							   tsval_of(&host, ms), ms),
				0U);
	expect_clocks(test, clocks, 0, 1);

	/* The first TSval is still there to compare with. */
	KUNIT_EXPECT_EQ(test, twr_clocks_add_tsval(clocks,
						   tsval_of(&host, START + 1000),
						   START + 1000), 250U);
	expect_clocks(test, clocks, 1, 0);
}

/*
 * Packets are late by up to 90 ms, and clocks are wrong by 400 parts in a million, over
 * an hour.
 */
static void each_host_is_a_clock(struct kunit *test)
{
	static const u32 rates[] = { 100, 250, 1000 };
	struct twr_clocks *clocks = new_clocks(test);
	struct host hosts[12];
	struct rnd_state rnd;
	u64 ms = START;
	int i, h;

	prandom_seed_state(&rnd, 4711);
	for (h = 0; h < ARRAY_SIZE(hosts); h++)
		hosts[h] = (struct host) {
			.offset = prandom_u32_state(&rnd),
			.rate = rates[h % ARRAY_SIZE(rates)],
			.drift = h % 2 ? 2500 : 0,
		};
	for (i = 0; i < 4000; i++) {
		struct host *host;
		u32 rate;

		h = prandom_u32_state(&rnd) % ARRAY_SIZE(hosts);
		host = &hosts[h];
		ms += prandom_u32_state(&rnd) % 1800;
		rate = twr_clocks_add_tsval(clocks, tsval_of(host, ms), ms +
					    prandom_u32_state(&rnd) % 90);
		if (i > 500)
			KUNIT_EXPECT_EQ(test, rate, host->rate);
	}
	expect_clocks(test, clocks, ARRAY_SIZE(hosts), 0);
}

/* After a quarter of an hour of silence, a clock can be off by more than any delay. */
static void a_drifting_clock_is_one_clock(struct kunit *test)
{
	struct host host = { .rate = 1000, .offset = 77, .drift = 2500 };
	struct twr_clocks *clocks = new_clocks(test);
	static const u64 after[] = { 0, 1000, 900000, 1800000 };
	int i;

	for (i = 0; i < ARRAY_SIZE(after); i++)
		twr_clocks_add_tsval(clocks, tsval_of(&host, START + after[i]),
				     START + after[i]);
	expect_clocks(test, clocks, 1, 0);
}

/* The known limit: each TSval looks like that of another host. */
static void offsets_by_connection_are_no_clock(struct kunit *test)
{
	struct twr_clocks *clocks = new_clocks(test);
	struct rnd_state rnd;
	u32 loose;
	int i;

	prandom_seed_state(&rnd, 4711);
	for (i = 0; i < 1000; i++)
		twr_clocks_add_tsval(clocks, prandom_u32_state(&rnd),
				     START + 1000 * i);
	KUNIT_EXPECT_LE(test, twr_clocks_count(clocks, &loose), 1U);
	KUNIT_EXPECT_GE(test, loose, 990U);
}

/* TSvals that come only once do not take the line of a host that is known. */
static void an_established_clock_is_kept(struct kunit *test)
{
	struct host host = { .rate = 1000, .offset = 77 };
	struct twr_clocks *clocks = new_clocks(test);
	struct rnd_state rnd;
	u64 ms = START;
	int i;

	prandom_seed_state(&rnd, 4711);
	twr_clocks_add_tsval(clocks, tsval_of(&host, ms), ms);
	ms += 1000;
	twr_clocks_add_tsval(clocks, tsval_of(&host, ms), ms);
	for (i = 0; i < 100; i++) {
		ms += 1000;
		twr_clocks_add_tsval(clocks, prandom_u32_state(&rnd), ms);
	}
	KUNIT_EXPECT_EQ(test, twr_clocks_add_tsval(clocks, tsval_of(&host, ms), ms),
			1000U);
}

static void clocks_are_bounded(struct kunit *test)
{
	struct twr_clocks *clocks = new_clocks(test);
	u32 loose;
	int i;

	for (i = 0; i < 2 * 3 * TWR_CLOCKS_MAX; i++) {
		struct host host = { .rate = 1000,
				     .offset = i / 2 * 100000007 };
		u64 ms = START + 1000 * i;

		twr_clocks_add_tsval(clocks, tsval_of(&host, ms), ms);
	}
	KUNIT_EXPECT_EQ(test, twr_clocks_count(clocks, &loose),
			(u32)TWR_CLOCKS_MAX);
	KUNIT_EXPECT_EQ(test, loose, 2U * 2 * TWR_CLOCKS_MAX);
}

static struct kunit_case clocks_cases[] = {
	KUNIT_CASE(one_tsval_is_no_clock),
	KUNIT_CASE(two_tsvals_give_the_rate),
	KUNIT_CASE(tsvals_too_close_give_no_rate),
	KUNIT_CASE(each_host_is_a_clock),
	KUNIT_CASE(a_drifting_clock_is_one_clock),
	KUNIT_CASE(offsets_by_connection_are_no_clock),
	KUNIT_CASE(an_established_clock_is_kept),
	KUNIT_CASE(clocks_are_bounded),
	{ }
};

static struct kunit_suite clocks_suite = {
	.name = "twr_clocks",
	.test_cases = clocks_cases,
};

kunit_test_suite(clocks_suite);
