// SPDX-License-Identifier: GPL-2.0
/*
 * stats_test.c - counters, and that the figures made of them add up
 */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/string.h>

#include "stats.h"

static struct twr_stats stats;

static int stats_init(struct kunit *test)
{
	return twr_stats_init(&stats);
}

static void stats_exit(struct kunit *test)
{
	twr_stats_exit(&stats);
}

static void count(enum twr_counter counter, int times)
{
	local_bh_disable();
	while (times--)
		twr_stats_count(&stats, counter);
	local_bh_enable();
}

static u64 figure(struct kunit *test, const char *name)
{
	u64 sums[TWR_COUNTERS] = { 0 };
	int i;

	twr_stats_add(&stats, sums);
	for (i = 0; i < TWR_FIGURES; i++)
		if (!strcmp(twr_figures[i].name, name))
			return twr_stats_figure(&twr_figures[i], sums);
	KUNIT_FAIL(test, "%s is not there", name);
	return 0;
}

static void begins_at_zero(struct kunit *test)
{
	int i;

	for (i = 0; i < TWR_FIGURES; i++)
		KUNIT_EXPECT_EQ(test, figure(test, twr_figures[i].name), 0ULL);
}

static void figures_add_up(struct kunit *test)
{
	u64 exempt = 0, delays = 0;
	int i;

	/* A different count for each, so that no two can stand for another. */
	for (i = 0; i < TWR_COUNTERS; i++)
		count(i, 1 << i);

	for (i = 0; i < TWR_FIGURES; i++)
		if (!twr_figures[i].dir)
			continue;
		else if (!strcmp(twr_figures[i].dir, "exempt"))
			exempt += figure(test, twr_figures[i].name);
		else
			delays += figure(test, twr_figures[i].name);

	KUNIT_EXPECT_EQ(test, figure(test, "syns_seen"),
			figure(test, "syns_checked") + exempt);
	KUNIT_EXPECT_EQ(test, figure(test, "syns_rejected"),
			figure(test, "syns_rejected_older") +
			figure(test, "syns_rejected_untimed"));
	KUNIT_EXPECT_EQ(test, figure(test, "syns_checked"),
			figure(test, "syns_rejected") +
			BIT_ULL(TWR_COUNT_PASSED));
	KUNIT_EXPECT_EQ(test, figure(test, "syns_rejected_older"),
			BIT_ULL(TWR_COUNT_OLDER));
	KUNIT_EXPECT_EQ(test, delays, BIT_ULL(TWR_COUNT_PASSED) +
			GENMASK_ULL(TWR_COUNT_RETRY + TWR_RETRIES,
				    TWR_COUNT_RETRY));
	KUNIT_EXPECT_EQ(test, figure(test, "stamps_recorded"),
			BIT_ULL(TWR_COUNT_RECORDED));
	KUNIT_EXPECT_EQ(test, figure(test, "stamps_refused"),
			BIT_ULL(TWR_COUNT_REFUSED));
	KUNIT_EXPECT_EQ(test, figure(test, "peers_evicted"),
			BIT_ULL(TWR_COUNT_EVICTED));
}

static void every_counter_is_in_a_figure(struct kunit *test)
{
	u32 shown = 0;
	int i;

	for (i = 0; i < TWR_FIGURES; i++)
		shown |= twr_figures[i].counters;
	KUNIT_EXPECT_EQ(test, shown, (u32)BIT(TWR_COUNTERS) - 1);
}

static void delays_files_name_their_seconds(struct kunit *test)
{
	char name[16];
	int i;

	count(TWR_COUNT_PASSED, 77);
	KUNIT_EXPECT_EQ(test, figure(test, "0"), 77ULL);
	for (i = 0; i < TWR_RETRIES; i++) {
		count(TWR_COUNT_RETRY + i, 1 + i);
		snprintf(name, sizeof(name), "%u", twr_retry[i]);
		KUNIT_EXPECT_EQ(test, figure(test, name), 1ULL + i);
	}
	count(TWR_COUNT_RETRY + TWR_RETRIES, 7);
	KUNIT_EXPECT_EQ(test, figure(test, "never"), 7ULL);
}

static void exempt_files_name_their_reason(struct kunit *test)
{
	count(TWR_COUNT_EXEMPT + TWR_NO_LISTENER, 1);
	count(TWR_COUNT_EXEMPT + TWR_REQUEST_PENDING, 2);
	count(TWR_COUNT_EXEMPT + TWR_ESTABLISHED, 3);
	count(TWR_COUNT_EXEMPT + TWR_TIMEWAIT, 4);
	count(TWR_COUNT_EXEMPT + TWR_SYNCOOKIE, 5);
	count(TWR_COUNT_EXEMPT + TWR_QUEUE_FULL, 6);
	count(TWR_COUNT_EXEMPT + TWR_SOURCE_ROUTE, 7);
	count(TWR_COUNT_EXEMPT + TWR_BAD_CHECKSUM, 8);
	count(TWR_COUNT_EXEMPT + TWR_MALFORMED, 9);
	KUNIT_EXPECT_EQ(test, figure(test, "no_listener"), 1ULL);
	KUNIT_EXPECT_EQ(test, figure(test, "request_pending"), 2ULL);
	KUNIT_EXPECT_EQ(test, figure(test, "established"), 3ULL);
	KUNIT_EXPECT_EQ(test, figure(test, "timewait"), 4ULL);
	KUNIT_EXPECT_EQ(test, figure(test, "syncookie"), 5ULL);
	KUNIT_EXPECT_EQ(test, figure(test, "queue_full"), 6ULL);
	KUNIT_EXPECT_EQ(test, figure(test, "source_route"), 7ULL);
	KUNIT_EXPECT_EQ(test, figure(test, "bad_checksum"), 8ULL);
	KUNIT_EXPECT_EQ(test, figure(test, "malformed"), 9ULL);
}

static void reset_reads_zero_and_counts_on(struct kunit *test)
{
	count(TWR_COUNT_OLDER, 5);
	twr_stats_reset(&stats);
	KUNIT_EXPECT_EQ(test, figure(test, "syns_rejected"), 0ULL);
	count(TWR_COUNT_OLDER, 2);
	KUNIT_EXPECT_EQ(test, figure(test, "syns_rejected"), 2ULL);
	twr_stats_reset(&stats);
	KUNIT_EXPECT_EQ(test, figure(test, "syns_rejected"), 0ULL);
}

static struct kunit_case stats_cases[] = {
	KUNIT_CASE(begins_at_zero),
	KUNIT_CASE(figures_add_up),
	KUNIT_CASE(every_counter_is_in_a_figure),
	KUNIT_CASE(delays_files_name_their_seconds),
	KUNIT_CASE(exempt_files_name_their_reason),
	KUNIT_CASE(reset_reads_zero_and_counts_on),
	{ }
};

static struct kunit_suite stats_suite = {
	.name = "twr_stats",
	.init = stats_init,
	.exit = stats_exit,
	.test_cases = stats_cases,
};

kunit_test_suite(stats_suite);
