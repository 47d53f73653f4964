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

/* A TSval of a connection that has ports of its own. */
static u32 add(struct twr_clocks *clocks, u32 tsval, u64 ms)
{
	return twr_clocks_add_tsval(clocks, tsval, clocks->tsvals, ms);
}

static u32 add_of(struct twr_clocks *clocks, const struct host *host, u64 ms)
{
	return add(clocks, tsval_of(host, ms), ms);
}

static void expect_clocks(struct kunit *test, const struct twr_clocks *clocks,
			  u32 wanted, u32 wanted_loose)
{
	struct twr_clocks_found found;

	twr_clocks_find(clocks, &found);
	KUNIT_EXPECT_EQ(test, found.clocks, wanted);
	KUNIT_EXPECT_EQ(test, found.loose, wanted_loose);
}

static void expect_seems(struct kunit *test, const struct twr_clocks *clocks,
			 enum twr_seems wanted, u32 hosts)
{
	struct twr_clocks_found found;

	twr_clocks_find(clocks, &found);
	KUNIT_EXPECT_STREQ(test, twr_seems_names[found.seems], twr_seems_names[wanted]);
	KUNIT_EXPECT_EQ(test, found.hosts, hosts);
}

static void one_tsval_is_no_clock(struct kunit *test)
{
	struct twr_clocks *clocks = new_clocks(test);

	expect_clocks(test, clocks, 0, 0);
	KUNIT_EXPECT_EQ(test, add(clocks, 4711, START), 0U);
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

		add_of(clocks, &host, START);
		KUNIT_EXPECT_EQ(test, add_of(clocks, &host, START + 2000), rates[i]);
		expect_clocks(test, clocks, 1, 0);
	}
}

static void tsvals_too_close_give_no_rate(struct kunit *test)
{
	struct host host = { .rate = 250, .offset = 77 };
	struct twr_clocks *clocks = new_clocks(test);
	u64 ms;

	for (ms = START; ms < START + 100; ms += 10)
		KUNIT_EXPECT_EQ(test, add_of(clocks, &host, ms), 0U);
	expect_clocks(test, clocks, 0, 1);

	/* The first TSval is still there to compare with. */
	KUNIT_EXPECT_EQ(test, add_of(clocks, &host, START + 1000), 250U);
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
		rate = add(clocks, tsval_of(host, ms), ms + prandom_u32_state(&rnd) % 90);
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
		add_of(clocks, &host, START + after[i]);
	expect_clocks(test, clocks, 1, 0);
}

/* The known limit: each TSval looks like that of another host. */
static void offsets_by_connection_are_no_clock(struct kunit *test)
{
	struct twr_clocks *clocks = new_clocks(test);
	struct rnd_state rnd;
	int i;

	prandom_seed_state(&rnd, 4711);
	for (i = 0; i < 1000; i++) {
		if (i == TWR_CLOCKS_OFFSETS - 1)
			expect_seems(test, clocks, TWR_SEEMS_MANY, 0);
		add(clocks, prandom_u32_state(&rnd), START + 1000 * i);
	}
	expect_clocks(test, clocks, 0, 1000);
	expect_seems(test, clocks, TWR_SEEMS_OFFSETS, 0);
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
	add_of(clocks, &host, ms);
	ms += 1000;
	add_of(clocks, &host, ms);
	for (i = 0; i < 100; i++) {
		ms += 1000;
		add(clocks, prandom_u32_state(&rnd), ms);
	}
	KUNIT_EXPECT_EQ(test, add_of(clocks, &host, ms), 1000U);
}

static void clocks_are_bounded(struct kunit *test)
{
	struct twr_clocks *clocks = new_clocks(test);
	int i;

	for (i = 0; i < 2 * 3 * TWR_CLOCKS_MAX; i++) {
		struct host host = { .rate = 1000,
				     .offset = i / 2 * 100000007 };
		u64 ms = START + 1000 * i;

		add_of(clocks, &host, ms);
	}
	expect_clocks(test, clocks, TWR_CLOCKS_MAX, 2 * 2 * TWR_CLOCKS_MAX);
}

/* Two hosts take turns, five connections at a time. */
static void clocks_that_take_turns_are_hosts(struct kunit *test)
{
	struct host hosts[] = { { 900000000, 1000 }, { 300000000, 250 } };
	struct twr_clocks *clocks = new_clocks(test);
	int i;

	for (i = 0; i < 40; i++) {
		if (i == TWR_CLOCKS_FEW - 1)
			expect_seems(test, clocks, TWR_SEEMS_FEW, 0);
		/* So far the second host may be the first one, booted. */
		if (i == 20)
			expect_seems(test, clocks, TWR_SEEMS_MANY, 0);
		add_of(clocks, &hosts[i / 5 % 2], START + 1000 * i);
	}
	expect_seems(test, clocks, TWR_SEEMS_NAT, 2);
}

/* Nobody can tell a host whose clock got another offset from a second host. */
static void a_clock_that_takes_the_place_of_another_proves_nothing(struct kunit *test)
{
	struct host hosts[] = { { 900000000, 1000 }, { 300000000, 1000 } };
	struct twr_clocks *clocks = new_clocks(test);
	int i;

	for (i = 0; i < 40; i++)
		add_of(clocks, &hosts[i / 20], START + 1000 * i);
	expect_seems(test, clocks, TWR_SEEMS_MANY, 0);
}

/* The clock begins at zero, or 300 s before it wraps. */
static void a_clock_that_begins_anew_is_a_host_that_boots(struct kunit *test)
{
	static const u32 begin[] = { 0, -300 * 250 };
	int b, boots, i;

	for (b = 0; b < ARRAY_SIZE(begin); b++) {
		struct twr_clocks *clocks = new_clocks(test);
		u64 ms = START;

		for (boots = 0; boots < 5; boots++)
			for (i = 1; i <= 4; i++, ms += 10000)
				add(clocks, begin[b] + 2500 * i, ms);
		expect_seems(test, clocks, TWR_SEEMS_REBOOT, 0);
	}
}

/* A client with an offset for each four-tuple comes back to a line with the same ports. */
static void the_same_ports_prove_no_host(struct kunit *test)
{
	struct host hosts[] = { { 900000000, 1000 }, { 300000000, 1000 } };
	struct twr_clocks *clocks = new_clocks(test);
	u64 ms;
	int i;

	for (i = 0; i < 100; i++) {
		ms = START + 1000 * i;
		twr_clocks_add_tsval(clocks, tsval_of(&hosts[i % 2], ms), i % 2, ms);
	}
	expect_seems(test, clocks, TWR_SEEMS_MANY, 0);
	expect_clocks(test, clocks, 0, 2);
}

static void a_clock_that_stands_still_proves_nothing(struct kunit *test)
{
	struct twr_clocks *clocks = new_clocks(test);
	int i;

	for (i = 0; i < 1000; i++)
		add(clocks, 4711 + i % 2, START + 1000 * i);
	expect_seems(test, clocks, TWR_SEEMS_MANY, 0);
}

static void one_line_is_one_clock(struct kunit *test)
{
	struct host host = { .rate = 250, .offset = 77 };
	struct twr_clocks *clocks = new_clocks(test);
	int i;

	for (i = 0; i < TWR_CLOCKS_FEW; i++)
		add_of(clocks, &host, START + 1000 * i);
	expect_seems(test, clocks, TWR_SEEMS_ONE, 0);
}

/* After an hour of silence a clock is too inexact to be the same one. */
static void a_line_ends_after_an_hour(struct kunit *test)
{
	struct host host = { .rate = 1000, .offset = 77 };
	struct twr_clocks *clocks = new_clocks(test);

	add_of(clocks, &host, START);
	add_of(clocks, &host, START + 1000);
	KUNIT_EXPECT_EQ(test, add_of(clocks, &host, START + 1000 + TWR_LINE_SILENCE_MS), 1000U);
	KUNIT_EXPECT_EQ(test, add_of(clocks, &host, START + 1001 + 2 * TWR_LINE_SILENCE_MS), 0U);
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
	KUNIT_CASE(clocks_that_take_turns_are_hosts),
	KUNIT_CASE(a_clock_that_takes_the_place_of_another_proves_nothing),
	KUNIT_CASE(a_clock_that_begins_anew_is_a_host_that_boots),
	KUNIT_CASE(the_same_ports_prove_no_host),
	KUNIT_CASE(a_clock_that_stands_still_proves_nothing),
	KUNIT_CASE(one_line_is_one_clock),
	KUNIT_CASE(a_line_ends_after_an_hour),
	{ }
};

static struct kunit_suite clocks_suite = {
	.name = "twr_clocks",
	.test_cases = clocks_cases,
};

kunit_test_suite(clocks_suite);
