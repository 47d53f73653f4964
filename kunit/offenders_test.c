// SPDX-License-Identifier: GPL-2.0
/*
 * offenders_test.c - which peers were rejected most often, in bounded memory
 */
#include <kunit/test.h>
#include <linux/kconfig.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

/*
 * The suite compiles its own copy of the code, for a case that holds one of its locks.
 */
#define twr_offenders_new	twr_test_offenders_new
#define twr_offenders_free	twr_test_offenders_free
#define twr_offenders_may_have	twr_test_offenders_may_have
#define twr_offenders_count_syn	twr_test_offenders_count_syn
#define twr_offenders_list	twr_test_offenders_list
#define twr_offenders_reset	twr_test_offenders_reset
#define twr_offender_seems	twr_test_offender_seems
#include "offenders.c"

#define NOW	1000000ULL	/* milliseconds */

struct offenders_fixture {
	struct twr_offenders *offenders;
	struct twr_offender *list;
};

static u32 gone;

static bool is_not_gone(u32 netns)
{
	return netns != gone;
}

static int offenders_init(struct kunit *test)
{
	struct offenders_fixture *fixture = kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);

	if (!fixture)
		return -ENOMEM;
	test->priv = fixture;
	gone = 0;
	fixture->offenders = twr_offenders_new(is_not_gone);
	fixture->list = kvcalloc(TWR_OFFENDERS_MAX, sizeof(*fixture->list), GFP_KERNEL);
	return fixture->offenders && fixture->list ? 0 : -ENOMEM;
}

static void offenders_exit(struct kunit *test)
{
	struct offenders_fixture *fixture = test->priv;

	if (!fixture)
		return;
	kvfree(fixture->list);
	if (fixture->offenders)
		twr_offenders_free(fixture->offenders);
}

static struct twr_key key_of(u32 peer, u32 netns)
{
	struct twr_key key = { .netns = netns };

	ipv6_addr_set_v4mapped(htonl(peer), &key.peer);
	ipv6_addr_set_v4mapped(htonl(1), &key.local);
	twr_key_set_hash(&key);
	return key;
}

static struct twr_offenders_result count_syn(struct kunit *test, u32 peer,
					     enum twr_verdict verdict)
{
	struct twr_judged_syn syn = { .verdict = verdict };
	struct twr_key key = key_of(peer, 1);
	struct offenders_fixture *fixture = test->priv;

	return twr_offenders_count_syn(fixture->offenders, &key, &syn, NOW);
}

static int list(struct kunit *test, u32 netns)
{
	struct offenders_fixture *fixture = test->priv;

	return twr_offenders_list(fixture->offenders, netns, fixture->list);
}

/* Return: what is known of a peer, NULL if nothing is. */
static const struct twr_offender *offender_of(struct kunit *test, u32 peer)
{
	struct twr_key key = key_of(peer, 1);
	struct offenders_fixture *fixture = test->priv;
	int n = list(test, 1);

	while (n--)
		if (!memcmp(&fixture->list[n].key, &key, sizeof(key)))
			return &fixture->list[n];
	return NULL;
}

static void a_peer_that_always_passed_is_no_offender(struct kunit *test)
{
	count_syn(test, 1, TWR_PASS);
	KUNIT_EXPECT_EQ(test, list(test, 0), 0);
}

static void counts_by_cause_from_the_first_rejection(struct kunit *test)
{
	struct twr_judged_syn syn = { TWR_REJECT_OLDER, true, 1000, 4711, 77 };
	struct twr_key key = key_of(7, 1);
	const struct twr_offender *o;
	struct offenders_fixture *fixture = test->priv;

	count_syn(test, 7, TWR_PASS);
	count_syn(test, 7, TWR_REJECT_UNTIMED);
	count_syn(test, 7, TWR_PASS);
	twr_offenders_count_syn(fixture->offenders, &key, &syn, NOW + 5);
	count_syn(test, 7, TWR_PASS);

	o = offender_of(test, 7);
	KUNIT_ASSERT_NOT_NULL(test, o);
	KUNIT_EXPECT_EQ(test, o->rejected, 2ULL);
	KUNIT_EXPECT_EQ(test, o->over, 0ULL);
	KUNIT_EXPECT_EQ(test, o->rejected_by[TWR_REJECT_OLDER], 1ULL);
	KUNIT_EXPECT_EQ(test, o->rejected_by[TWR_REJECT_UNTIMED], 1ULL);
	KUNIT_EXPECT_EQ(test, o->checked, 4ULL);
	KUNIT_EXPECT_TRUE(test, o->timed);
	KUNIT_EXPECT_EQ(test, o->behind, 77U);
	KUNIT_EXPECT_EQ(test, o->rate, 0U);
	KUNIT_EXPECT_EQ(test, o->found.loose, 1U);
	KUNIT_EXPECT_EQ(test, o->first_ms, NOW);
	KUNIT_EXPECT_EQ(test, o->last_ms, NOW + 5);
}

static void the_heaviest_is_listed_first(struct kunit *test)
{
	struct offenders_fixture *fixture = test->priv;
	u32 peer;
	int i;

	for (peer = 1; peer <= 20; peer++)
		for (i = 0; i < peer; i++)
			count_syn(test, peer, TWR_REJECT_OLDER);
	KUNIT_ASSERT_EQ(test, list(test, 0), 20);
	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_EQ(test, fixture->list[i].rejected, 20ULL - i);
}

/*
 * A thousand times more peers come than there is room for, and ten of them come often.
 * These ten must be in the list, and their counts must be true within the error that
 * each entry states.
 */
static void heavy_offenders_are_kept_among_many(struct kunit *test)
{
	static const u32 heavy = 10, times = 20000;
	const struct twr_offender *o;
	struct offenders_fixture *fixture = test->priv;
	u64 sum = 0, seen = 0;
	struct rnd_state rnd;
	u32 i, peer;
	int n;

	prandom_seed_state(&rnd, 4711);
	for (i = 0; i < heavy * times; i++) {
		count_syn(test, 1 + i % heavy, TWR_REJECT_OLDER);
		count_syn(test, 1000 + prandom_u32_state(&rnd) % 500000,
			  TWR_REJECT_OLDER);
	}
	for (peer = 1; peer <= heavy; peer++) {
		o = offender_of(test, peer);
		KUNIT_ASSERT_NOT_NULL(test, o);
		KUNIT_EXPECT_GE(test, o->rejected, (u64)times);
		KUNIT_EXPECT_LE(test, o->rejected - o->over, (u64)times);
		KUNIT_EXPECT_EQ(test, o->rejected_by[TWR_REJECT_OLDER],
				o->rejected - o->over);
	}
	n = list(test, 0);
	KUNIT_EXPECT_EQ(test, n, TWR_OFFENDERS_MAX);
	while (n--) {
		o = &fixture->list[n];
		KUNIT_EXPECT_EQ(test, o->rejected_by[TWR_REJECT_OLDER],
				o->rejected - o->over);
		sum += o->rejected;
		seen += o->rejected_by[TWR_REJECT_OLDER];
	}
	/* The space-saving algorithm neither loses nor invents a rejection. */
	KUNIT_EXPECT_EQ(test, sum, 2ULL * heavy * times);
	KUNIT_EXPECT_LT(test, seen, sum);
}

/* Peers whose addresses differ only in the last bit may share a row or not. */
static void an_eviction_is_reported(struct kunit *test)
{
	struct offenders_fixture *fixture = test->priv;
	u32 peer, lost = 0;

	for (peer = 1; peer <= 4 * TWR_OFFENDERS_MAX; peer++)
		lost += count_syn(test, peer, TWR_REJECT_OLDER).evicted;
	KUNIT_EXPECT_EQ(test, lost + list(test, 0), 4U * TWR_OFFENDERS_MAX);

	/* A known peer does not take a new place, and a peer that passes takes none. */
	peer = ntohl(fixture->list[0].key.peer.s6_addr32[3]);
	KUNIT_EXPECT_FALSE(test, count_syn(test, peer, TWR_REJECT_OLDER).evicted);
	KUNIT_EXPECT_FALSE(test, count_syn(test, 0, TWR_PASS).evicted);
}

/* The rate is that of the rejected peer's clock, which has 1000 ticks a second. */
static void the_rate_is_that_of_the_clock(struct kunit *test)
{
	struct twr_judged_syn syn = { TWR_REJECT_OLDER, true, 5000, 4711, 77 };
	struct twr_key key = key_of(7, 1);
	struct offenders_fixture *fixture = test->priv;
	struct twr_offenders_result result = { };
	int i;

	for (i = 0; i < 10; i++, syn.tsval += 10000, syn.ports++) {
		result = twr_offenders_count_syn(fixture->offenders, &key, &syn,
						 NOW + i * 10000);
		KUNIT_EXPECT_FALSE(test, result.clocks_skipped);
	}
	KUNIT_EXPECT_EQ(test, result.rate, 1000U);
	KUNIT_ASSERT_NOT_NULL(test, offender_of(test, 7));
	KUNIT_EXPECT_EQ(test, fixture->list[0].rate, 1000U);
	KUNIT_EXPECT_EQ(test, fixture->list[0].found.clocks, 1U);
}

/* The rejection is counted in any case. Only the TSval is left out. */
static void busy_clocks_are_skipped_and_reported(struct kunit *test)
{
	struct twr_judged_syn syn = { TWR_REJECT_OLDER, true, 5000, 4711, 77 };
	struct twr_key key = key_of(7, 1);
	struct offenders_fixture *fixture = test->priv;
	struct twr_offenders_row *row;
	const struct twr_offender *o;
	struct twr_offenders_result result;

	row = &fixture->offenders->row[key.hash % TWR_OFFENDERS_ROWS];
	set_bit(0, &row->clocks_busy);
	result = twr_offenders_count_syn(fixture->offenders, &key, &syn, NOW);
	clear_bit(0, &row->clocks_busy);
	KUNIT_EXPECT_TRUE(test, result.clocks_skipped);
	KUNIT_EXPECT_EQ(test, result.rate, 0U);
	o = offender_of(test, 7);
	KUNIT_ASSERT_NOT_NULL(test, o);
	KUNIT_EXPECT_EQ(test, o->rejected, 1ULL);
	KUNIT_EXPECT_EQ(test, o->found.loose, 0U);

	result = twr_offenders_count_syn(fixture->offenders, &key, &syn, NOW);
	KUNIT_EXPECT_FALSE(test, result.clocks_skipped);
	o = offender_of(test, 7);
	KUNIT_ASSERT_NOT_NULL(test, o);
	KUNIT_EXPECT_EQ(test, o->rejected, 2ULL);
	KUNIT_EXPECT_EQ(test, o->found.loose, 1U);

	/* A SYN without a timestamp has no TSval that could be left out. */
	set_bit(0, &row->clocks_busy);
	result = count_syn(test, 7, TWR_REJECT_UNTIMED);
	clear_bit(0, &row->clocks_busy);
	KUNIT_EXPECT_FALSE(test, result.clocks_skipped);
}

/*
 * A peer that takes a place starts without clocks, even if the peer before it had some.
 */
static void a_new_offender_has_no_clocks_of_its_predecessor(struct kunit *test)
{
	struct twr_judged_syn syn = { TWR_REJECT_OLDER, true, 5000, 4711, 77 };
	struct offenders_fixture *fixture = test->priv;
	struct twr_key key;
	u32 peer;
	int i, n;

	for (peer = 1; peer <= 8 * TWR_OFFENDERS_MAX; peer++) {
		key = key_of(peer, 1);
		syn.tsval = peer * 7919;
		twr_offenders_count_syn(fixture->offenders, &key, &syn, NOW);
	}
	n = list(test, 0);
	KUNIT_EXPECT_EQ(test, n, TWR_OFFENDERS_MAX);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, fixture->list[i].found.loose, 1U);
		KUNIT_EXPECT_EQ(test, fixture->list[i].found.clocks, 0U);
	}
}

static void peers_of_dead_namespaces_are_hidden(struct kunit *test)
{
	struct twr_judged_syn syn = { TWR_REJECT_UNTIMED };
	struct twr_key other;
	struct offenders_fixture *fixture = test->priv;
	u32 peer;

	/* Fill all places that there are, and most rows. */
	for (peer = 1; peer <= 4 * TWR_OFFENDERS_MAX; peer++) {
		other = key_of(peer, 2);
		twr_offenders_count_syn(fixture->offenders, &other, &syn, NOW);
	}
	KUNIT_EXPECT_EQ(test, list(test, 2), TWR_OFFENDERS_MAX);
	gone = 2;
	KUNIT_EXPECT_EQ(test, list(test, 0), 0);

	/*
	 * An offender of a namespace that is gone is not reported as replaced. The
	 * newcomer starts at 1.
	 */
	KUNIT_EXPECT_FALSE(test, count_syn(test, 7, TWR_REJECT_OLDER).evicted);
	KUNIT_EXPECT_EQ(test, list(test, 0), 1);
	KUNIT_EXPECT_EQ(test, fixture->list[0].rejected, 1ULL);
	KUNIT_EXPECT_EQ(test, fixture->list[0].over, 0ULL);
}

static void a_reset_drops_all_offenders(struct kunit *test)
{
	struct twr_judged_syn syn = { TWR_REJECT_UNTIMED };
	struct twr_key other = key_of(7, 2);
	struct offenders_fixture *fixture = test->priv;

	count_syn(test, 7, TWR_REJECT_OLDER);
	twr_offenders_count_syn(fixture->offenders, &other, &syn, NOW);
	KUNIT_EXPECT_EQ(test, list(test, 0), 2);
	KUNIT_EXPECT_EQ(test, list(test, 1), 1);
	KUNIT_EXPECT_EQ(test, list(test, 2), 1);

	twr_offenders_reset(fixture->offenders);
	KUNIT_EXPECT_EQ(test, list(test, 0), 0);
	/* A SYN of a dropped peer that passes is not counted any more. */
	count_syn(test, 7, TWR_PASS);
	KUNIT_EXPECT_EQ(test, list(test, 1), 0);
}

static struct kunit_case offenders_cases[] = {
	KUNIT_CASE(a_peer_that_always_passed_is_no_offender),
	KUNIT_CASE(counts_by_cause_from_the_first_rejection),
	KUNIT_CASE(the_heaviest_is_listed_first),
	KUNIT_CASE(heavy_offenders_are_kept_among_many),
	KUNIT_CASE(an_eviction_is_reported),
	KUNIT_CASE(the_rate_is_that_of_the_clock),
	KUNIT_CASE(busy_clocks_are_skipped_and_reported),
	KUNIT_CASE(a_new_offender_has_no_clocks_of_its_predecessor),
	KUNIT_CASE(peers_of_dead_namespaces_are_hidden),
	KUNIT_CASE(a_reset_drops_all_offenders),
	{ }
};

static struct kunit_suite offenders_suite = {
	.name = "twr_offenders",
	.init = offenders_init,
	.exit = offenders_exit,
	.test_cases = offenders_cases,
};

kunit_test_suite(offenders_suite);
