// SPDX-License-Identifier: GPL-2.0
/*
 * shadow_test.c - how long a bucket lived, and which connections never were
 */
#include <kunit/test.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "shadow.h"

#define NOW	0xffffff00U	/* jiffies wrap on the way */
#define LIFE	(7 * HZ / 10)	/* 3.5 x 200 ms */

static const struct twr_conn conn = {
	.key.netns = 1,
	.peer_port = htons(40001),
	.local_port = htons(80),
};

static int shadow_init(struct kunit *test)
{
	test->priv = twr_shadow_new();
	return test->priv ? 0 : -ENOMEM;
}

static void shadow_exit(struct kunit *test)
{
	if (test->priv)
		twr_shadow_free(test->priv);
}

static void of_others_nothing_is_known(struct kunit *test)
{
	struct twr_conn other = conn;

	twr_shadow_reject(test->priv, &conn, NOW);
	KUNIT_EXPECT_TRUE(test, twr_shadow_rejected(test->priv, &conn));

	other.peer_port = htons(40002);
	KUNIT_EXPECT_FALSE(test, twr_shadow_rejected(test->priv, &other));
	KUNIT_EXPECT_FALSE(test, twr_shadow_stands(test->priv, &other, NOW));
	other = conn;
	other.key.netns++;
	twr_key_seal(&other.key);
	KUNIT_EXPECT_FALSE(test, twr_shadow_rejected(test->priv, &other));
}

static void a_bucket_stands_for_its_life(struct kunit *test)
{
	twr_shadow_time_wait(test->priv, &conn, LIFE, NOW);
	KUNIT_EXPECT_FALSE(test, twr_shadow_rejected(test->priv, &conn));
	KUNIT_EXPECT_TRUE(test, twr_shadow_stands(test->priv, &conn, NOW));
	KUNIT_EXPECT_TRUE(test, twr_shadow_stands(test->priv, &conn,
						  NOW + LIFE - 1));
	KUNIT_EXPECT_FALSE(test, twr_shadow_stands(test->priv, &conn,
						   NOW + LIFE));
	KUNIT_EXPECT_FALSE(test, twr_shadow_stands(test->priv, &conn,
						   NOW + TCP_TIMEWAIT_LEN));
}

static void a_mini_sockets_life_is_kept_for_time_wait(struct kunit *test)
{
	u32 fin = NOW + 30 * HZ;

	twr_shadow_half_close(test->priv, &conn, 2 * LIFE, NOW);
	twr_shadow_time_wait(test->priv, &conn, 0, fin);
	KUNIT_EXPECT_TRUE(test, twr_shadow_stands(test->priv, &conn,
						  fin + 2 * LIFE - 1));
	KUNIT_EXPECT_FALSE(test, twr_shadow_stands(test->priv, &conn,
						   fin + 2 * LIFE));
}

static void a_life_that_is_lost_is_the_least(struct kunit *test)
{
	u32 least = TCP_RTO_MIN * 7 / 2;

	twr_shadow_time_wait(test->priv, &conn, 0, NOW);
	KUNIT_EXPECT_TRUE(test, twr_shadow_stands(test->priv, &conn,
						  NOW + least - 1));
	KUNIT_EXPECT_FALSE(test, twr_shadow_stands(test->priv, &conn,
						   NOW + least));
}

static void a_live_bucket_can_be_rearmed(struct kunit *test)
{
	twr_shadow_time_wait(test->priv, &conn, LIFE, NOW);
	twr_shadow_rearm(test->priv, &conn, NOW + LIFE - 1);
	KUNIT_EXPECT_TRUE(test, twr_shadow_stands(test->priv, &conn,
						  NOW + TCP_TIMEWAIT_LEN));
	KUNIT_EXPECT_FALSE(test, twr_shadow_stands(test->priv, &conn,
						   NOW + LIFE - 1 +
						   TCP_TIMEWAIT_LEN));
}

static void one_that_is_gone_cannot(struct kunit *test)
{
	twr_shadow_rearm(test->priv, &conn, NOW);
	KUNIT_EXPECT_FALSE(test, twr_shadow_stands(test->priv, &conn, NOW));

	twr_shadow_time_wait(test->priv, &conn, LIFE, NOW);
	twr_shadow_rearm(test->priv, &conn, NOW + LIFE);
	KUNIT_EXPECT_FALSE(test, twr_shadow_stands(test->priv, &conn,
						   NOW + LIFE));

	twr_shadow_reject(test->priv, &conn, NOW);
	twr_shadow_rearm(test->priv, &conn, NOW);
	KUNIT_EXPECT_TRUE(test, twr_shadow_rejected(test->priv, &conn));
	KUNIT_EXPECT_FALSE(test, twr_shadow_stands(test->priv, &conn, NOW));
}

static void a_connection_can_be_let_in_later(struct kunit *test)
{
	twr_shadow_clear(test->priv, &conn);
	twr_shadow_reject(test->priv, &conn, NOW);
	twr_shadow_reject(test->priv, &conn, NOW + HZ);
	twr_shadow_clear(test->priv, &conn);
	KUNIT_EXPECT_FALSE(test, twr_shadow_rejected(test->priv, &conn));
}

/* What it left here makes room as soon as it would be gone. */
static void what_never_was_is_kept_while_a_bucket_is_left(struct kunit *test)
{
	twr_shadow_reject(test->priv, &conn, NOW);
	twr_shadow_bury(test->priv, &conn, NOW);
	KUNIT_EXPECT_TRUE(test, twr_shadow_rejected(test->priv, &conn));
	KUNIT_EXPECT_FALSE(test, twr_shadow_stands(test->priv, &conn, NOW));
}

static struct twr_conn of_peer(u32 peer)
{
	struct twr_conn other = conn;

	ipv6_addr_set_v4mapped(htonl(peer), &other.key.peer);
	twr_key_seal(&other.key);
	return other;
}

/*
 * Ten times more than there is room for: what would be done with first has made
 * room, so that the last ones are there and most of the first are not.
 */
static void memory_is_bounded(struct kunit *test)
{
	static const u32 many = 250000;
	struct twr_conn other;
	u32 i, kept = 0;

	for (i = 0; i < many; i++) {
		other = of_peer(i);
		twr_shadow_reject(test->priv, &other, NOW + i);
	}
	for (i = 0; i < many; i++) {
		other = of_peer(i);
		kept += twr_shadow_rejected(test->priv, &other);
	}
	KUNIT_EXPECT_LE(test, kept, 24576U);
	KUNIT_EXPECT_GE(test, kept, 24000U);
	KUNIT_EXPECT_TRUE(test, twr_shadow_rejected(test->priv, &other));
}

/* A NAT's connections spread over the rows as those of many peers do. */
static void a_peers_ports_share_no_row(struct kunit *test)
{
	struct twr_conn other = of_peer(1);
	u32 port, kept = 0;

	for (port = 1; port < 65536; port++) {
		other.peer_port = htons(port);
		twr_shadow_reject(test->priv, &other, NOW);
	}
	for (port = 1; port < 65536; port++) {
		other.peer_port = htons(port);
		kept += twr_shadow_rejected(test->priv, &other);
	}
	KUNIT_EXPECT_GE(test, kept, 24000U);
}

static void forgets_one_namespace_or_every_one(struct kunit *test)
{
	struct twr_conn other = conn;

	other.key.netns = 2;
	twr_key_seal(&other.key);
	twr_shadow_reject(test->priv, &conn, NOW);
	twr_shadow_reject(test->priv, &other, NOW);
	twr_shadow_forget(test->priv, 1);
	KUNIT_EXPECT_FALSE(test, twr_shadow_rejected(test->priv, &conn));
	KUNIT_EXPECT_TRUE(test, twr_shadow_rejected(test->priv, &other));
	twr_shadow_forget(test->priv, 0);
	KUNIT_EXPECT_FALSE(test, twr_shadow_rejected(test->priv, &other));
}

static struct kunit_case shadow_cases[] = {
	KUNIT_CASE(of_others_nothing_is_known),
	KUNIT_CASE(a_bucket_stands_for_its_life),
	KUNIT_CASE(a_mini_sockets_life_is_kept_for_time_wait),
	KUNIT_CASE(a_life_that_is_lost_is_the_least),
	KUNIT_CASE(a_live_bucket_can_be_rearmed),
	KUNIT_CASE(one_that_is_gone_cannot),
	KUNIT_CASE(a_connection_can_be_let_in_later),
	KUNIT_CASE(what_never_was_is_kept_while_a_bucket_is_left),
	KUNIT_CASE(memory_is_bounded),
	KUNIT_CASE(a_peers_ports_share_no_row),
	KUNIT_CASE(forgets_one_namespace_or_every_one),
	{ }
};

static struct kunit_suite shadow_suite = {
	.name = "twr_shadow",
	.init = shadow_init,
	.exit = shadow_exit,
	.test_cases = shadow_cases,
};

kunit_test_suite(shadow_suite);
