// SPDX-License-Identifier: GPL-2.0
/*
 * offenders_test.c - who was turned away most often, in memory that is bounded
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "offenders.h"

struct desk {
	struct twr_offenders *offenders;
	struct twr_offence *list;
};

static int offenders_init(struct kunit *test)
{
	struct desk *desk = kunit_kzalloc(test, sizeof(*desk), GFP_KERNEL);

	if (!desk)
		return -ENOMEM;
	test->priv = desk;
	desk->offenders = twr_offenders_new();
	desk->list = kvcalloc(TWR_OFFENDERS, sizeof(*desk->list), GFP_KERNEL);
	return desk->offenders && desk->list ? 0 : -ENOMEM;
}

static void offenders_exit(struct kunit *test)
{
	struct desk *desk = test->priv;

	if (!desk)
		return;
	kvfree(desk->list);
	if (desk->offenders)
		twr_offenders_free(desk->offenders);
}

static struct twr_key key_of(u32 peer, u32 netns)
{
	struct twr_key key = { .netns = netns };

	ipv6_addr_set_v4mapped(htonl(peer), &key.peer);
	ipv6_addr_set_v4mapped(htonl(1), &key.local);
	twr_key_seal(&key);
	return key;
}

static void note(struct kunit *test, u32 peer, enum twr_verdict verdict)
{
	struct twr_syn syn = { .verdict = verdict };
	struct twr_key key = key_of(peer, 1);
	struct desk *desk = test->priv;

	twr_offenders_note(desk->offenders, &key, &syn);
}

static int list(struct kunit *test, u32 netns)
{
	struct desk *desk = test->priv;

	return twr_offenders_list(desk->offenders, netns, desk->list);
}

/* Return: what is known of a peer, NULL if nothing is. */
static const struct twr_offence *offence_of(struct kunit *test, u32 peer)
{
	struct twr_key key = key_of(peer, 1);
	struct desk *desk = test->priv;
	int n = list(test, 1);

	while (n--)
		if (!memcmp(&desk->list[n].key, &key, sizeof(key)))
			return &desk->list[n];
	return NULL;
}

static void who_always_passed_is_not_there(struct kunit *test)
{
	note(test, 1, TWR_PASS);
	KUNIT_EXPECT_EQ(test, list(test, 0), 0);
}

static void counts_by_cause_from_the_first_rejection(struct kunit *test)
{
	struct twr_syn syn = { TWR_REJECT_OLDER, true, 1000, 77 };
	struct twr_key key = key_of(7, 1);
	const struct twr_offence *o;
	struct desk *desk = test->priv;

	note(test, 7, TWR_PASS);
	note(test, 7, TWR_REJECT_UNTIMED);
	note(test, 7, TWR_PASS);
	twr_offenders_note(desk->offenders, &key, &syn);
	note(test, 7, TWR_PASS);

	o = offence_of(test, 7);
	KUNIT_ASSERT_NOT_NULL(test, o);
	KUNIT_EXPECT_EQ(test, o->rejected, 2ULL);
	KUNIT_EXPECT_EQ(test, o->over, 0ULL);
	KUNIT_EXPECT_EQ(test, o->by[TWR_REJECT_OLDER], 1ULL);
	KUNIT_EXPECT_EQ(test, o->by[TWR_REJECT_UNTIMED], 1ULL);
	KUNIT_EXPECT_EQ(test, o->checked, 4ULL);
	KUNIT_EXPECT_TRUE(test, o->timed);
	KUNIT_EXPECT_EQ(test, o->behind, 77U);
	KUNIT_EXPECT_EQ(test, o->rate, 0U);
	KUNIT_EXPECT_EQ(test, o->loose, 1U);
	KUNIT_EXPECT_NE(test, o->first, 0ULL);
	KUNIT_EXPECT_GE(test, o->last, o->first);
}

static void the_heaviest_stands_first(struct kunit *test)
{
	struct desk *desk = test->priv;
	u32 peer;
	int i;

	for (peer = 1; peer <= 20; peer++)
		for (i = 0; i < peer; i++)
			note(test, peer, TWR_REJECT_OLDER);
	KUNIT_ASSERT_EQ(test, list(test, 0), 20);
	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_EQ(test, desk->list[i].rejected, 20ULL - i);
}

/*
 * A thousand times more peers than there is room for, and ten that come often: these
 * are there, and what is said of each is true, but for what it says may be wrong.
 */
static void the_heavy_are_kept_among_many(struct kunit *test)
{
	static const u32 heavy = 10, times = 20000;
	const struct twr_offence *o;
	struct desk *desk = test->priv;
	u64 sum = 0, seen = 0;
	struct rnd_state rnd;
	u32 i, peer;
	int n;

	prandom_seed_state(&rnd, 4711);
	for (i = 0; i < heavy * times; i++) {
		note(test, 1 + i % heavy, TWR_REJECT_OLDER);
		note(test, 1000 + prandom_u32_state(&rnd) % 500000,
		     TWR_REJECT_OLDER);
	}
	for (peer = 1; peer <= heavy; peer++) {
		o = offence_of(test, peer);
		KUNIT_ASSERT_NOT_NULL(test, o);
		KUNIT_EXPECT_GE(test, o->rejected, (u64)times);
		KUNIT_EXPECT_LE(test, o->rejected - o->over, (u64)times);
		KUNIT_EXPECT_EQ(test, o->by[TWR_REJECT_OLDER],
				o->rejected - o->over);
	}
	n = list(test, 0);
	KUNIT_EXPECT_EQ(test, n, TWR_OFFENDERS);
	while (n--) {
		o = &desk->list[n];
		KUNIT_EXPECT_EQ(test, o->by[TWR_REJECT_OLDER],
				o->rejected - o->over);
		sum += o->rejected;
		seen += o->by[TWR_REJECT_OLDER];
	}
	/* Space-saving neither loses nor invents a rejection. */
	KUNIT_EXPECT_EQ(test, sum, 2ULL * heavy * times);
	KUNIT_EXPECT_LT(test, seen, sum);
}

static void forgets_one_namespace_or_all(struct kunit *test)
{
	struct twr_syn syn = { TWR_REJECT_UNTIMED };
	struct twr_key other = key_of(7, 2);
	struct desk *desk = test->priv;

	note(test, 7, TWR_REJECT_OLDER);
	twr_offenders_note(desk->offenders, &other, &syn);
	KUNIT_EXPECT_EQ(test, list(test, 0), 2);
	KUNIT_EXPECT_EQ(test, list(test, 2), 1);

	twr_offenders_forget(desk->offenders, 1);
	KUNIT_EXPECT_EQ(test, list(test, 1), 0);
	KUNIT_EXPECT_EQ(test, list(test, 0), 1);
	/* Who was forgotten is no longer followed. */
	note(test, 7, TWR_PASS);
	KUNIT_EXPECT_EQ(test, list(test, 1), 0);
	twr_offenders_forget(desk->offenders, 0);
	KUNIT_EXPECT_EQ(test, list(test, 0), 0);
}

static struct kunit_case offenders_cases[] = {
	KUNIT_CASE(who_always_passed_is_not_there),
	KUNIT_CASE(counts_by_cause_from_the_first_rejection),
	KUNIT_CASE(the_heaviest_stands_first),
	KUNIT_CASE(the_heavy_are_kept_among_many),
	KUNIT_CASE(forgets_one_namespace_or_all),
	{ }
};

static struct kunit_suite offenders_suite = {
	.name = "twr_offenders",
	.init = offenders_init,
	.exit = offenders_exit,
	.test_cases = offenders_cases,
};

kunit_test_suite(offenders_suite);
