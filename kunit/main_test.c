// SPDX-License-Identifier: GPL-2.0
/*
 * main_test.c - starting, stopping, and what all namespaces add up to
 */
#include <kunit/test.h>
#include <net/net_namespace.h>

#include "era.h"
#include "live.h"
#include "main.h"
#include "stats.h"

static void count(enum twr_counter counter)
{
	local_bh_disable();
	twr_stats_count(&twr_net(&init_net)->stats, counter);
	local_bh_enable();
}

static void learn(u32 peer)
{
	struct twr_update update = { .create = true };
	struct twr_key key = { .netns = init_net.ns.inum };

	key.peer.s6_addr32[3] = htonl(peer);
	twr_key_seal(&key);
	twr_cache_update(twr_cache, &key, &update, NULL, 0, 0);
}

static void starts_and_stops_again_and_again(struct kunit *test)
{
	int i;

	if (twr_cache) {
		kunit_skip(test, "started by the module itself");
		return;
	}
	for (i = 0; i < 10; i++) {
		KUNIT_ASSERT_EQ(test, twr_start(TWR_ERA_LAST, 16, 16), 0);
		learn(i);
		count(TWR_COUNT_PASSED);
		twr_stop();
		KUNIT_EXPECT_NULL(test, twr_cache);
	}
}

static void does_not_start_halfway(struct kunit *test)
{
	if (twr_cache) {
		kunit_skip(test, "started by the module itself");
		return;
	}
	KUNIT_EXPECT_EQ(test, twr_start(TWR_ERA_LAST, 3, 16), -EINVAL);
	KUNIT_EXPECT_NULL(test, twr_cache);
	KUNIT_EXPECT_EQ(test, twr_start(TWR_ERA_LAST, 1U << 31, 16), -ENOMEM);
	KUNIT_EXPECT_NULL(test, twr_cache);
}

static struct kunit_case start_cases[] = {
	KUNIT_CASE(starts_and_stops_again_and_again),
	KUNIT_CASE(does_not_start_halfway),
	{ }
};

static struct kunit_suite start_suite = {
	.name = "twr_main_start",
	.test_cases = start_cases,
};

static void sums_are_of_all_namespaces(struct kunit *test)
{
	u64 one[TWR_COUNTERS], all[TWR_COUNTERS];

	twr_reset();
	count(TWR_COUNT_OLDER);
	count(TWR_COUNT_OLDER);
	twr_sums(twr_net(&init_net), one);
	twr_sums(NULL, all);
	KUNIT_EXPECT_EQ(test, one[TWR_COUNT_OLDER], 2ULL);
	KUNIT_EXPECT_EQ(test, all[TWR_COUNT_OLDER], 2ULL);
}

static void a_reset_forgets_counters_and_peers(struct kunit *test)
{
	u64 sums[TWR_COUNTERS];
	int i;

	for (i = 0; i < TWR_COUNTERS; i++)
		count(i);
	learn(1);
	KUNIT_EXPECT_EQ(test, twr_cache_count(twr_cache, 0), 1ULL);

	twr_reset();
	twr_sums(NULL, sums);
	for (i = 0; i < TWR_COUNTERS; i++)
		KUNIT_EXPECT_EQ(test, sums[i], 0ULL);
	KUNIT_EXPECT_EQ(test, twr_cache_count(twr_cache, 0), 0ULL);
}

static struct kunit_case main_cases[] = {
	KUNIT_CASE(sums_are_of_all_namespaces),
	KUNIT_CASE(a_reset_forgets_counters_and_peers),
	{ }
};

static struct kunit_suite main_suite = {
	.name = "twr_main",
	.suite_init = twr_test_start,
	.suite_exit = twr_test_stop,
	.test_cases = main_cases,
};

kunit_test_suites(&start_suite, &main_suite);
