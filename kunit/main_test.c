// SPDX-License-Identifier: GPL-2.0
/*
 * main_test.c - starting and stopping the module, and the sums over all namespaces
 */
#include <kunit/test.h>
#include <net/net_namespace.h>

#include "cache.h"
#include "era.h"
#include "fixture.h"
#include "main.h"
#include "netns.h"
#include "schedule.h"
#include "stats.h"

static void count(enum twr_counter counter)
{
	twr_stats_inc(&twr_net(&init_net)->stats, counter);
}

static void add_peer(u32 peer)
{
	struct twr_update update = { .creates_entry = true };
	struct twr_key key = { .netns = twr_net(&init_net)->id };

	key.peer.s6_addr32[3] = htonl(peer);
	twr_key_set_hash(&key);
	twr_cache_update(twr_engine.cache, &key, &update, NULL, 0, 0);
}

/* Valid parameters, one of which a case changes. */
static const struct twr_config small = {
	.era = TWR_ERA_LAST,
	.rows = 16,
	.rows6 = 16,
	.records = 100,
	.schedule = TWR_SCHEDULE_DEFAULT,
	.mode = 0400,
};

/*
 * Linux 7.2 runs the suites of a module after the module's own init function, 6.1 before it.
 * The cases need a module that is not started. It is started again for those that follow.
 */
static int start_init(struct kunit *test)
{
	if (!twr_engine.cache)
		return 0;
	twr_stop();
	test->priv = test;
	return 0;
}

static void start_exit(struct kunit *test)
{
	static const struct twr_config usual = {
		.era = TWR_ERA_LAST,
		.rows = 8192,
		.rows6 = 8192,
		.records = 24576,
		.schedule = TWR_SCHEDULE_DEFAULT,
		.mode = 0400,
	};

	if (test->priv && twr_start(&usual))
		pr_err("the module could not be started again\n");
}

static void starts_and_stops_repeatedly(struct kunit *test)
{
	u32 id;
	int i;

	for (i = 0; i < 10; i++) {
		KUNIT_ASSERT_EQ(test, twr_start(&small), 0);
		id = twr_net(&init_net)->id;
		KUNIT_EXPECT_NE(test, id, 0U);
		KUNIT_EXPECT_EQ(test, twr_net_inum(id), init_net.ns.inum);
		add_peer(i);
		count(TWR_COUNT_PASSED);
		twr_stop();
		KUNIT_EXPECT_NULL(test, twr_engine.cache);
		KUNIT_EXPECT_EQ(test, twr_net_inum(id), 0U);
	}
}

static void expect_no_start(struct kunit *test, const struct twr_config *config,
			    int err)
{
	KUNIT_EXPECT_EQ(test, twr_start(config), err);
	KUNIT_EXPECT_NULL(test, twr_engine.cache);
}

static void a_failed_start_leaves_nothing(struct kunit *test)
{
	struct twr_config config = small;

	config.rows = 3;
	expect_no_start(test, &config, -EINVAL);
	config.rows = 1U << 31;
	expect_no_start(test, &config, -ENOMEM);
	config = small;
	config.schedule = "linux-2.0";
	expect_no_start(test, &config, -EINVAL);
	config = small;
	config.rows6 = 1U << 31;
	expect_no_start(test, &config, -ENOMEM);
	config = small;
	config.records = 1U << 30;
	expect_no_start(test, &config, -ENOMEM);
	config = small;
	config.era = "4.12";
	expect_no_start(test, &config, -EINVAL);
}

/* The module's number of a namespace is never reused, although inode numbers are. */
static void a_namespace_number_is_not_reused(struct kunit *test)
{
	u32 id, last = 0;
	int i;

	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, twr_start(&small), 0);
		id = twr_net(&init_net)->id;
		KUNIT_EXPECT_GT(test, id, last);
		last = id;
		twr_stop();
	}
}

static struct kunit_case start_cases[] = {
	KUNIT_CASE(starts_and_stops_repeatedly),
	KUNIT_CASE(a_failed_start_leaves_nothing),
	KUNIT_CASE(a_namespace_number_is_not_reused),
	{ }
};

static struct kunit_suite start_suite = {
	.name = "twr_main_start",
	.init = start_init,
	.exit = start_exit,
	.test_cases = start_cases,
};

static void sums_are_of_all_namespaces(struct kunit *test)
{
	u64 one[TWR_COUNTERS], all[TWR_COUNTERS];

	twr_netns_reset_all();
	count(TWR_COUNT_OLDER);
	count(TWR_COUNT_OLDER);
	twr_netns_sum_counters(twr_net(&init_net), one);
	twr_netns_sum_counters(NULL, all);
	KUNIT_EXPECT_EQ(test, one[TWR_COUNT_OLDER], 2ULL);
	KUNIT_EXPECT_EQ(test, all[TWR_COUNT_OLDER], 2ULL);
}

static void a_reset_clears_counters_and_peers(struct kunit *test)
{
	u64 sums[TWR_COUNTERS];
	int i;

	for (i = 0; i < TWR_COUNTERS; i++)
		count(i);
	add_peer(1);
	KUNIT_EXPECT_EQ(test, twr_cache_count(twr_engine.cache, 0), 1ULL);

	twr_netns_reset_all();
	twr_netns_sum_counters(NULL, sums);
	for (i = 0; i < TWR_COUNTERS; i++)
		KUNIT_EXPECT_EQ(test, sums[i], 0ULL);
	KUNIT_EXPECT_EQ(test, twr_cache_count(twr_engine.cache, 0), 0ULL);
}

static struct kunit_case main_cases[] = {
	KUNIT_CASE(sums_are_of_all_namespaces),
	KUNIT_CASE(a_reset_clears_counters_and_peers),
	{ }
};

static struct kunit_suite main_suite = {
	.name = "twr_main",
	.suite_init = twr_test_start,
	.suite_exit = twr_test_stop,
	.test_cases = main_cases,
};

kunit_test_suites(&start_suite, &main_suite);
