// SPDX-License-Identifier: GPL-2.0
/*
 * stats_test.c - counters, and the numbers that are sums of them
 */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "schedule.h"
#include "stats.h"

static struct twr_stats stats;

static int stats_init(struct kunit *test)
{
	twr_stats_init(&stats);
	return 0;
}

static void stats_exit(struct kunit *test)
{
	twr_stats_exit(&stats);
}

static void count(enum twr_counter counter, int times)
{
	while (times--)
		twr_stats_inc(&stats, counter);
}

static u64 number(struct kunit *test, const char *name)
{
	u64 sums[TWR_COUNTERS] = { 0 };
	int i;

	twr_stats_sum(&stats, sums);
	for (i = 0; i < TWR_COUNTER_FILES; i++)
		if (!strcmp(twr_counter_files[i].name, name))
			return twr_stats_file_value(&twr_counter_files[i], sums);
	KUNIT_FAIL(test, "%s is not there", name);
	return 0;
}

static void begins_at_zero(struct kunit *test)
{
	int i;

	for (i = 0; i < TWR_COUNTER_FILES; i++)
		KUNIT_EXPECT_EQ(test, number(test, twr_counter_files[i].name), 0ULL);
}

/* A different count for each, so that no counter can be taken for another. */
static void count_differently(void)
{
	int i;

	for (i = 0; i < TWR_COUNTERS; i++)
		count(i, 1 + i);
}

/* Return: the number that is the sum of these counters. */
static u64 sum_of(u64 counters)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < TWR_COUNTERS; i++)
		if (counters & BIT_ULL(i))
			sum += 1 + i;
	return sum;
}

static void counter_files_add_up(struct kunit *test)
{
	u64 exempt = 0, delays = 0;
	int i;

	count_differently();
	for (i = 0; i < TWR_COUNTER_FILES; i++)
		if (!twr_counter_files[i].dir)
			continue;
		else if (!strcmp(twr_counter_files[i].dir, "exempt"))
			exempt += number(test, twr_counter_files[i].name);
		else if (!strcmp(twr_counter_files[i].dir, "delays"))
			delays += number(test, twr_counter_files[i].name);

	KUNIT_EXPECT_EQ(test, number(test, "syns_seen"),
			number(test, "syns_checked") + exempt);
	KUNIT_EXPECT_EQ(test, number(test, "syns_checked"), delays);
	KUNIT_EXPECT_EQ(test, number(test, "syns_rejected"),
			number(test, "syns_rejected_older") +
			number(test, "syns_rejected_untimed"));
	KUNIT_EXPECT_EQ(test, number(test, "syns_checked"),
			number(test, "syns_rejected") +
			sum_of(BIT_ULL(TWR_COUNT_PASSED)));
}

static void each_counter_has_its_file(struct kunit *test)
{
	static const struct { const char *name; enum twr_counter counter; } own[] = {
		{ "listener_unknown", TWR_COUNT_UNKNOWN },
		{ "syns_unanswered", TWR_COUNT_UNANSWERED },
		{ "refused", TWR_COUNT_TIMEWAIT_REFUSED },
		{ "accepted", TWR_COUNT_TIMEWAIT_ACCEPTED },
		{ "stamps_recorded", TWR_COUNT_RECORDED },
		{ "stamps_refused", TWR_COUNT_REFUSED },
		{ "peers_evicted", TWR_COUNT_EVICTED },
		/* lost/timewait has the same name as exempt/timewait */
		{ "rejected", TWR_COUNT_LOST_REJECTED },
		{ "offenders", TWR_COUNT_LOST_OFFENDERS },
		{ "clocks", TWR_COUNT_LOST_CLOCKS },
	};
	u64 shown = 0;
	int i;

	count_differently();
	for (i = 0; i < ARRAY_SIZE(own); i++)
		KUNIT_EXPECT_EQ_MSG(test, number(test, own[i].name),
				    sum_of(BIT_ULL(own[i].counter)), "%s",
				    own[i].name);
	for (i = 0; i < TWR_COUNTER_FILES; i++) {
		const struct twr_counter_file *n = &twr_counter_files[i];

		shown |= n->counters;
		if (n->dir && !strcmp(n->dir, "lost") &&
		    !strcmp(n->name, "timewait"))
			KUNIT_EXPECT_EQ(test, n->counters,
					BIT_ULL(TWR_COUNT_LOST_TIMEWAIT));
	}
	KUNIT_EXPECT_EQ(test, shown, GENMASK_ULL(TWR_COUNTERS - 1, 0));
}

static void files_of_a_directory_stand_side_by_side(struct kunit *test)
{
	const char *dir = NULL;
	int i, dirs = 0;

	for (i = 0; i < TWR_COUNTER_FILES; i++) {
		const struct twr_counter_file *n = &twr_counter_files[i];

		KUNIT_ASSERT_NOT_NULL(test, n->name);
		if (!dir && !n->dir)
			continue;
		KUNIT_ASSERT_NOT_NULL(test, n->dir);
		dirs += !dir || strcmp(dir, n->dir);
		dir = n->dir;
	}
	KUNIT_EXPECT_EQ(test, dirs, 4);
}

static void delays_files_name_their_seconds(struct kunit *test)
{
	char name[16];
	int i;

	count(TWR_COUNT_PASSED, 77);
	KUNIT_EXPECT_EQ(test, number(test, "0"), 77ULL);
	for (i = 0; i < TWR_DELAYS; i++) {
		KUNIT_EXPECT_EQ(test, twr_stats_delay_counter(twr_stats_delays[i]),
				TWR_COUNT_DELAY + i);
		count(TWR_COUNT_DELAY + i, 1 + i);
		snprintf(name, sizeof(name), "%u", twr_stats_delays[i]);
		KUNIT_EXPECT_EQ(test, number(test, name), 1ULL + i);
	}
	KUNIT_EXPECT_EQ(test, twr_stats_delay_counter(TWR_DELAY_NEVER), TWR_COUNT_DELAY_NEVER);
	KUNIT_EXPECT_EQ(test, twr_stats_delay_counter(TWR_DELAY_UNKNOWN),
			TWR_COUNT_DELAY_UNKNOWN);
	KUNIT_EXPECT_EQ(test, twr_stats_delay_counter(0), TWR_COUNT_DELAY_UNKNOWN);
	count(TWR_COUNT_DELAY_NEVER, 15);
	count(TWR_COUNT_DELAY_UNKNOWN, 16);
	KUNIT_EXPECT_EQ(test, number(test, "never"), 15ULL);
	KUNIT_EXPECT_EQ(test, number(test, "unknown"), 16ULL);
}

/* What is rejected and has no delay yet is pending. */
static void pending_is_the_rest(struct kunit *test)
{
	count(TWR_COUNT_OLDER, 20);
	count(TWR_COUNT_UNTIMED, 3);
	KUNIT_EXPECT_EQ(test, number(test, "pending"), 23ULL);
	count(TWR_COUNT_DELAY, 4);
	count(TWR_COUNT_DELAY_NEVER, 5);
	count(TWR_COUNT_DELAY_UNKNOWN, 6);
	KUNIT_EXPECT_EQ(test, number(test, "pending"), 8ULL);
	twr_stats_reset(&stats);
	KUNIT_EXPECT_EQ(test, number(test, "pending"), 0ULL);
}

/* Each schedule shows the files of its own retries, and all other files. */
static void files_belong_to_schedules(struct kunit *test)
{
	static const char * const names[] = { "linux", "linux-6.5", "bsd" };
	const struct twr_schedule *schedule;
	int n, i, retries, others;

	for (n = 0; n < ARRAY_SIZE(names); n++) {
		schedule = twr_schedule_find(names[n]);
		KUNIT_ASSERT_NOT_NULL(test, schedule);
		retries = 0;
		others = 0;
		for (i = 0; i < TWR_COUNTER_FILES; i++) {
			const struct twr_counter_file *file = &twr_counter_files[i];

			if (!twr_stats_file_is_shown(file, schedule))
				continue;
			if (file->retry_secs)
				retries++;
			else
				others++;
		}
		KUNIT_EXPECT_EQ(test, retries, (int)schedule->retries);
		KUNIT_EXPECT_EQ(test, others, TWR_COUNTER_FILES - TWR_DELAYS);
	}
}

static void exempt_files_name_their_reason(struct kunit *test)
{
	count(TWR_COUNT_EXEMPT + TWR_EXEMPT_NO_LISTENER, 1);
	count(TWR_COUNT_EXEMPT + TWR_EXEMPT_REQUEST_PENDING, 2);
	count(TWR_COUNT_EXEMPT + TWR_EXEMPT_ESTABLISHED, 3);
	count(TWR_COUNT_EXEMPT + TWR_EXEMPT_TIMEWAIT, 4);
	count(TWR_COUNT_EXEMPT + TWR_EXEMPT_SYNCOOKIE, 5);
	count(TWR_COUNT_EXEMPT + TWR_EXEMPT_QUEUE_FULL, 6);
	count(TWR_COUNT_EXEMPT + TWR_EXEMPT_SOURCE_ROUTE, 7);
	count(TWR_COUNT_EXEMPT + TWR_EXEMPT_BAD_CHECKSUM, 8);
	count(TWR_COUNT_EXEMPT + TWR_EXEMPT_MALFORMED, 9);
	KUNIT_EXPECT_EQ(test, number(test, "no_listener"), 1ULL);
	KUNIT_EXPECT_EQ(test, number(test, "request_pending"), 2ULL);
	KUNIT_EXPECT_EQ(test, number(test, "established"), 3ULL);
	KUNIT_EXPECT_EQ(test, number(test, "timewait"), 4ULL);
	KUNIT_EXPECT_EQ(test, number(test, "syncookie"), 5ULL);
	KUNIT_EXPECT_EQ(test, number(test, "queue_full"), 6ULL);
	KUNIT_EXPECT_EQ(test, number(test, "source_route"), 7ULL);
	KUNIT_EXPECT_EQ(test, number(test, "bad_checksum"), 8ULL);
	KUNIT_EXPECT_EQ(test, number(test, "malformed"), 9ULL);
}

static void reset_reads_zero_and_counts_on(struct kunit *test)
{
	count(TWR_COUNT_OLDER, 5);
	twr_stats_reset(&stats);
	KUNIT_EXPECT_EQ(test, number(test, "syns_rejected"), 0ULL);
	count(TWR_COUNT_OLDER, 2);
	KUNIT_EXPECT_EQ(test, number(test, "syns_rejected"), 2ULL);
	twr_stats_reset(&stats);
	KUNIT_EXPECT_EQ(test, number(test, "syns_rejected"), 0ULL);
}

/* Counters for each processor take more memory than an idle namespace is worth. */
static void percpu_memory_comes_after_many_counts(struct kunit *test)
{
	u32 few;

	count(TWR_COUNT_PASSED, 200);
	flush_work(&stats.grow_work);
	KUNIT_EXPECT_NULL(test, (__force void *)stats.cpu);
	KUNIT_EXPECT_EQ(test, number(test, "0"), 200ULL);

	count(TWR_COUNT_PASSED, 100);
	flush_work(&stats.grow_work);
	KUNIT_EXPECT_NOT_NULL(test, (__force void *)stats.cpu);

	/*
	 * The earlier counts are still there, and new ones are added. Another processor
	 * may have allocated the memory before the last of the 100 was counted.
	 */
	KUNIT_EXPECT_EQ(test, number(test, "0"), 300ULL);
	few = stats.shared_total;
	KUNIT_EXPECT_GE(test, few, 256U);
	KUNIT_EXPECT_LE(test, few, 300U);
	count(TWR_COUNT_PASSED, 1000);
	KUNIT_EXPECT_EQ(test, number(test, "0"), 1300ULL);
	KUNIT_EXPECT_EQ(test, stats.shared_total, few);
	twr_stats_reset(&stats);
	KUNIT_EXPECT_EQ(test, number(test, "0"), 0ULL);
	count(TWR_COUNT_PASSED, 1);
	KUNIT_EXPECT_EQ(test, number(test, "0"), 1ULL);
}

static void any_context_may_count(struct kunit *test)
{
	unsigned long flags;
	int round;

	/* Once without memory for each processor, and once with it. */
	for (round = 0; round < 2; round++) {
		count(TWR_COUNT_PASSED, 100);
		local_bh_disable();
		count(TWR_COUNT_PASSED, 100);
		local_bh_enable();
		preempt_disable();
		count(TWR_COUNT_PASSED, 100);
		preempt_enable();
		local_irq_save(flags);
		count(TWR_COUNT_PASSED, 100);
		local_irq_restore(flags);
		flush_work(&stats.grow_work);
		KUNIT_EXPECT_EQ(test, number(test, "0"), 400ULL * (round + 1));
	}
	KUNIT_EXPECT_NOT_NULL(test, (__force void *)stats.cpu);
}

static struct kunit_case stats_cases[] = {
	KUNIT_CASE(begins_at_zero),
	KUNIT_CASE(counter_files_add_up),
	KUNIT_CASE(each_counter_has_its_file),
	KUNIT_CASE(files_of_a_directory_stand_side_by_side),
	KUNIT_CASE(delays_files_name_their_seconds),
	KUNIT_CASE(pending_is_the_rest),
	KUNIT_CASE(files_belong_to_schedules),
	KUNIT_CASE(exempt_files_name_their_reason),
	KUNIT_CASE(reset_reads_zero_and_counts_on),
	KUNIT_CASE(percpu_memory_comes_after_many_counts),
	KUNIT_CASE(any_context_may_count),
	{ }
};

static struct kunit_suite stats_suite = {
	.name = "twr_stats",
	.init = stats_init,
	.exit = stats_exit,
	.test_cases = stats_cases,
};

kunit_test_suite(stats_suite);
