// SPDX-License-Identifier: GPL-2.0
/*
 * lru_test.c - a list keeps what was used last, and nothing that lay idle
 */
#include <kunit/test.h>

#include "lru.h"

#define SIZE	8
#define IDLE	600
#define NOW	0xffffff00U	/* jiffies wrap on the way */

static struct twr_conn conn_of(u32 peer)
{
	struct twr_conn conn = { .key.netns = 1 };

	conn.key.peer.s6_addr32[3] = htonl(peer);
	twr_key_seal(&conn.key);
	return conn;
}

/* Return: true if another peer had to go. */
static bool take(struct twr_lru *lru, u32 peer, u32 now)
{
	struct twr_conn conn = conn_of(peer);
	bool evicted;

	spin_lock_bh(&lru->lock);
	twr_lru_take(lru, &conn, now, &evicted);
	spin_unlock_bh(&lru->lock);
	return evicted;
}

static bool find(struct twr_lru *lru, u32 peer, u32 now)
{
	struct twr_conn conn = conn_of(peer);
	struct twr_slot *slot;

	spin_lock_bh(&lru->lock);
	slot = twr_lru_find(lru, &conn, now);
	spin_unlock_bh(&lru->lock);
	return slot;
}

static int count(struct twr_lru *lru, u32 netns, u32 now)
{
	struct twr_slot slot;
	int n = 0;
	u64 pos;

	for (pos = 0; twr_lru_next(lru, netns, now, &pos, &slot); pos++)
		n++;
	return n;
}

static int lru_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct twr_lru), GFP_KERNEL);
	return test->priv ? twr_lru_init(test->priv, SIZE, IDLE) : -ENOMEM;
}

static void lru_exit(struct kunit *test)
{
	if (test->priv)
		twr_lru_exit(test->priv);
}

static void has_room_for_so_many(struct kunit *test)
{
	int i;

	for (i = 1; i <= SIZE; i++)
		KUNIT_EXPECT_FALSE(test, take(test->priv, i, NOW + i));
	KUNIT_EXPECT_EQ(test, count(test->priv, 0, NOW + SIZE), SIZE);
	KUNIT_EXPECT_TRUE(test, take(test->priv, 100, NOW + 100));
	KUNIT_EXPECT_FALSE(test, find(test->priv, 1, NOW + 100));
	for (i = 2; i <= SIZE; i++)
		KUNIT_EXPECT_TRUE(test, find(test->priv, i, NOW + 100));
	KUNIT_EXPECT_TRUE(test, find(test->priv, 100, NOW + 100));
	KUNIT_EXPECT_EQ(test, count(test->priv, 0, NOW + 100), SIZE);
}

static void a_look_is_a_use(struct kunit *test)
{
	int i;

	for (i = 1; i <= SIZE; i++)
		take(test->priv, i, NOW + i);
	KUNIT_EXPECT_TRUE(test, find(test->priv, 1, NOW + 50));
	take(test->priv, 100, NOW + 100);
	KUNIT_EXPECT_TRUE(test, find(test->priv, 1, NOW + 100));
	KUNIT_EXPECT_FALSE(test, find(test->priv, 2, NOW + 100));
}

static void a_walk_is_no_use(struct kunit *test)
{
	int i;

	for (i = 1; i <= SIZE; i++)
		take(test->priv, i, NOW);
	KUNIT_EXPECT_EQ(test, count(test->priv, 0, NOW + IDLE - 1), SIZE);
	KUNIT_EXPECT_EQ(test, count(test->priv, 0, NOW + IDLE), 0);
}

static void what_lies_idle_is_gone(struct kunit *test)
{
	take(test->priv, 1, NOW);
	take(test->priv, 2, NOW);
	KUNIT_EXPECT_TRUE(test, find(test->priv, 1, NOW + IDLE - 1));
	KUNIT_EXPECT_FALSE(test, find(test->priv, 2, NOW + IDLE));
	KUNIT_EXPECT_TRUE(test, find(test->priv, 1, NOW + 2 * IDLE - 2));
	KUNIT_EXPECT_FALSE(test, find(test->priv, 1, NOW + 3 * IDLE));
	/* And can come anew, once. */
	KUNIT_EXPECT_FALSE(test, take(test->priv, 1, NOW + 3 * IDLE));
	KUNIT_EXPECT_EQ(test, count(test->priv, 0, NOW + 3 * IDLE), 1);
}

static void what_lies_idle_is_not_missed(struct kunit *test)
{
	int i;

	for (i = 1; i <= SIZE; i++)
		take(test->priv, i, NOW);
	KUNIT_EXPECT_FALSE(test, take(test->priv, 100, NOW + IDLE));
	KUNIT_EXPECT_FALSE(test, find(test->priv, 1, NOW + IDLE));
}

static void forgets_one_namespace_or_all_of_them(struct kunit *test)
{
	struct twr_conn other = conn_of(1);
	struct twr_lru *lru = test->priv;
	bool evicted;
	int i;

	take(lru, 1, NOW);
	other.key.netns = 2;
	twr_key_seal(&other.key);
	spin_lock_bh(&lru->lock);
	twr_lru_take(lru, &other, NOW, &evicted);
	spin_unlock_bh(&lru->lock);
	KUNIT_EXPECT_EQ(test, count(lru, 0, NOW), 2);
	KUNIT_EXPECT_EQ(test, count(lru, 2, NOW), 1);

	twr_lru_forget(lru, 1);
	KUNIT_EXPECT_FALSE(test, find(lru, 1, NOW));
	KUNIT_EXPECT_EQ(test, count(lru, 2, NOW), 1);
	twr_lru_forget(lru, 0);
	KUNIT_EXPECT_EQ(test, count(lru, 0, NOW), 0);

	/* What was let go is there to be taken again. */
	for (i = 1; i <= SIZE; i++)
		KUNIT_EXPECT_FALSE(test, take(lru, i, NOW));
	KUNIT_EXPECT_TRUE(test, take(lru, 100, NOW));
}

static struct kunit_case lru_cases[] = {
	KUNIT_CASE(has_room_for_so_many),
	KUNIT_CASE(a_look_is_a_use),
	KUNIT_CASE(a_walk_is_no_use),
	KUNIT_CASE(what_lies_idle_is_gone),
	KUNIT_CASE(what_lies_idle_is_not_missed),
	KUNIT_CASE(forgets_one_namespace_or_all_of_them),
	{ }
};

static struct kunit_suite lru_suite = {
	.name = "twr_lru",
	.init = lru_init,
	.exit = lru_exit,
	.test_cases = lru_cases,
};

kunit_test_suite(lru_suite);
