// SPDX-License-Identifier: GPL-2.0
/*
 * lru_test.c - a list keeps the entries used last, and drops the idle ones
 */
#include <kunit/test.h>

#include "lru.h"

#define SIZE	8
#define IDLE	600
#define NOW	0xffffff00ULL	/* 32 bits of jiffies wrap during the test */

static struct twr_key key_of(u32 peer)
{
	struct twr_key key = { .netns = 1 };

	key.peer.s6_addr32[3] = htonl(peer);
	twr_key_set_hash(&key);
	return key;
}

/* Return: true if the entry of another peer was evicted. */
static bool add(struct twr_lru *lru, u32 peer, u64 now)
{
	struct twr_key key = key_of(peer);
	unsigned long flags;
	bool evicted;

	raw_spin_lock_irqsave(&lru->lock, flags);
	twr_lru_add(lru, &key, now, &evicted);
	raw_spin_unlock_irqrestore(&lru->lock, flags);
	return evicted;
}

static bool lookup(struct twr_lru *lru, u32 peer, u64 now)
{
	struct twr_key key = key_of(peer);
	struct twr_lru_slot *slot;
	unsigned long flags;

	raw_spin_lock_irqsave(&lru->lock, flags);
	slot = twr_lru_lookup(lru, &key, now);
	raw_spin_unlock_irqrestore(&lru->lock, flags);
	return slot;
}

static int count(struct twr_lru *lru, u32 netns, u64 now)
{
	struct twr_lru_slot slot;
	int n = 0;
	u64 pos;

	for (pos = 0; twr_lru_next(lru, netns, now, &pos, &slot); pos++)
		n++;
	return n;
}

static u32 gone;

static bool is_not_gone(u32 netns)
{
	return netns != gone;
}

static int lru_init(struct kunit *test)
{
	gone = 0;
	test->priv = kunit_kzalloc(test, sizeof(struct twr_lru), GFP_KERNEL);
	return test->priv ? twr_lru_init(test->priv, SIZE, IDLE, is_not_gone) :
			    -ENOMEM;
}

static void lru_exit(struct kunit *test)
{
	if (test->priv)
		twr_lru_exit(test->priv);
}

static void holds_as_many_as_its_size(struct kunit *test)
{
	int i;

	for (i = 1; i <= SIZE; i++)
		KUNIT_EXPECT_FALSE(test, add(test->priv, i, NOW + i));
	KUNIT_EXPECT_EQ(test, count(test->priv, 0, NOW + SIZE), SIZE);
	KUNIT_EXPECT_TRUE(test, add(test->priv, 100, NOW + 100));
	KUNIT_EXPECT_FALSE(test, lookup(test->priv, 1, NOW + 100));
	for (i = 2; i <= SIZE; i++)
		KUNIT_EXPECT_TRUE(test, lookup(test->priv, i, NOW + 100));
	KUNIT_EXPECT_TRUE(test, lookup(test->priv, 100, NOW + 100));
	KUNIT_EXPECT_EQ(test, count(test->priv, 0, NOW + 100), SIZE);
}

static void a_lookup_is_a_use(struct kunit *test)
{
	int i;

	for (i = 1; i <= SIZE; i++)
		add(test->priv, i, NOW + i);
	KUNIT_EXPECT_TRUE(test, lookup(test->priv, 1, NOW + 50));
	add(test->priv, 100, NOW + 100);
	KUNIT_EXPECT_TRUE(test, lookup(test->priv, 1, NOW + 100));
	KUNIT_EXPECT_FALSE(test, lookup(test->priv, 2, NOW + 100));
}

static void a_walk_is_no_use(struct kunit *test)
{
	int i;

	for (i = 1; i <= SIZE; i++)
		add(test->priv, i, NOW);
	KUNIT_EXPECT_EQ(test, count(test->priv, 0, NOW + IDLE - 1), SIZE);
	KUNIT_EXPECT_EQ(test, count(test->priv, 0, NOW + IDLE), 0);
}

static void an_idle_slot_expires(struct kunit *test)
{
	add(test->priv, 1, NOW);
	add(test->priv, 2, NOW);
	KUNIT_EXPECT_TRUE(test, lookup(test->priv, 1, NOW + IDLE - 1));
	KUNIT_EXPECT_FALSE(test, lookup(test->priv, 2, NOW + IDLE));
	KUNIT_EXPECT_TRUE(test, lookup(test->priv, 1, NOW + 2 * IDLE - 2));
	KUNIT_EXPECT_FALSE(test, lookup(test->priv, 1, NOW + 3 * IDLE));
	/* The peer can come again, and then has one entry. */
	KUNIT_EXPECT_FALSE(test, add(test->priv, 1, NOW + 3 * IDLE));
	KUNIT_EXPECT_EQ(test, count(test->priv, 0, NOW + 3 * IDLE), 1);
}

static void an_expired_slot_is_not_evicted(struct kunit *test)
{
	int i;

	for (i = 1; i <= SIZE; i++)
		add(test->priv, i, NOW);
	KUNIT_EXPECT_FALSE(test, add(test->priv, 100, NOW + IDLE));
	KUNIT_EXPECT_FALSE(test, lookup(test->priv, 1, NOW + IDLE));
}

/* At 1000 ticks a second 32 bits last 50 days, and half their range lasts 25. */
static void a_slot_idle_for_months_stays_expired(struct kunit *test)
{
	static const u64 months[] = {
		BIT_ULL(31) - 1, BIT_ULL(31), BIT_ULL(31) + 1, BIT_ULL(32) - 1,
		BIT_ULL(32), BIT_ULL(32) + 1, BIT_ULL(33),
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(months); i++) {
		u64 now = NOW + months[i];

		twr_lru_reset(test->priv);
		add(test->priv, 1, NOW);
		KUNIT_EXPECT_EQ(test, count(test->priv, 0, now), 0);
		KUNIT_EXPECT_FALSE(test, lookup(test->priv, 1, now));

		/*
		 * An idle entry that made room for another one does not come back
		 * either.
		 */
		twr_lru_reset(test->priv);
		add(test->priv, 1, NOW);
		add(test->priv, 2, now);
		KUNIT_EXPECT_TRUE(test, lookup(test->priv, 2, now + IDLE - 1));
		KUNIT_EXPECT_EQ(test, count(test->priv, 0, now + IDLE), 1);
	}
}

/*
 * A look-up reads the clock before it takes the lock. Another use may come in between.
 */
static void a_use_one_tick_ahead_is_not_idle(struct kunit *test)
{
	add(test->priv, 1, NOW + 1);
	KUNIT_EXPECT_EQ(test, count(test->priv, 0, NOW), 1);
	KUNIT_EXPECT_TRUE(test, lookup(test->priv, 1, NOW));
}

static void peers_of_dead_namespaces_are_hidden(struct kunit *test)
{
	struct twr_key other = key_of(1);
	struct twr_lru *lru = test->priv;
	unsigned long flags;
	bool evicted;
	int i;

	other.netns = 2;
	twr_key_set_hash(&other);
	raw_spin_lock_irqsave(&lru->lock, flags);
	twr_lru_add(lru, &other, NOW, &evicted);
	raw_spin_unlock_irqrestore(&lru->lock, flags);
	add(lru, 1, NOW);
	KUNIT_EXPECT_EQ(test, count(lru, 0, NOW), 2);
	KUNIT_EXPECT_EQ(test, count(lru, 2, NOW), 1);

	gone = 2;
	KUNIT_EXPECT_EQ(test, count(lru, 0, NOW), 1);
	KUNIT_EXPECT_TRUE(test, lookup(lru, 1, NOW));

	/*
	 * An entry of a namespace that is gone does not count as evicted when it makes
	 * room.
	 */
	for (i = 3; i <= SIZE; i++)
		KUNIT_EXPECT_FALSE(test, add(lru, i, NOW));
	KUNIT_EXPECT_FALSE(test, add(lru, 100, NOW));
	KUNIT_EXPECT_TRUE(test, add(lru, 101, NOW));
}

static void a_reset_frees_all_slots(struct kunit *test)
{
	struct twr_lru *lru = test->priv;
	int i;

	for (i = 1; i <= SIZE; i++)
		add(lru, i, NOW);
	twr_lru_reset(lru);
	KUNIT_EXPECT_EQ(test, count(lru, 0, NOW), 0);
	KUNIT_EXPECT_FALSE(test, lookup(lru, 1, NOW));

	/* The freed entries can be taken again. */
	for (i = 1; i <= SIZE; i++)
		KUNIT_EXPECT_FALSE(test, add(lru, i, NOW));
	KUNIT_EXPECT_TRUE(test, add(lru, 100, NOW));
}

static struct kunit_case lru_cases[] = {
	KUNIT_CASE(holds_as_many_as_its_size),
	KUNIT_CASE(a_lookup_is_a_use),
	KUNIT_CASE(a_walk_is_no_use),
	KUNIT_CASE(an_idle_slot_expires),
	KUNIT_CASE(an_expired_slot_is_not_evicted),
	KUNIT_CASE(a_slot_idle_for_months_stays_expired),
	KUNIT_CASE(a_use_one_tick_ahead_is_not_idle),
	KUNIT_CASE(peers_of_dead_namespaces_are_hidden),
	KUNIT_CASE(a_reset_frees_all_slots),
	{ }
};

static struct kunit_suite lru_suite = {
	.name = "twr_lru",
	.init = lru_init,
	.exit = lru_exit,
	.test_cases = lru_cases,
};

kunit_test_suite(lru_suite);
