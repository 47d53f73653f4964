// SPDX-License-Identifier: GPL-2.0
/*
 * watch_test.c - half-closed connections are kept, told apart, and let go
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "watch.h"

/* Of the peers' many local addresses, the first. */
static struct twr_conn conn_of(u32 peer, u16 port)
{
	struct twr_conn conn = {
		.key.netns = 1,
		.peer_port = htons(port),
		.local_port = htons(80),
	};

	conn.key.peer.s6_addr32[3] = htonl(peer);
	conn.key.local.s6_addr32[3] = htonl(1);
	twr_key_seal(&conn.key);
	return conn;
}

static void add(struct twr_watch *watch, u32 peer, u16 port)
{
	struct twr_watched watched = {
		.conn = conn_of(peer, port),
		.fin_time = 10 * port,
	};

	twr_watch_add(watch, &watched, port);
}

static int kept(struct twr_watch *watch, u32 peer, struct twr_watched *watched)
{
	struct twr_conn conn = conn_of(peer, 0);

	return twr_watch_list(watch, &conn.key, watched);
}

static int watch_init(struct kunit *test)
{
	test->priv = twr_watch_new();
	return test->priv ? 0 : -ENOMEM;
}

static void watch_exit(struct kunit *test)
{
	twr_watch_free(test->priv);
}

static void keeps_the_connections_of_a_peer(struct kunit *test)
{
	struct twr_watched watched[TWR_WATCH_WAYS];

	KUNIT_EXPECT_EQ(test, kept(test->priv, 1, watched), 0);
	add(test->priv, 1, 1001);
	add(test->priv, 1, 1002);
	KUNIT_ASSERT_EQ(test, kept(test->priv, 1, watched), 2);
	KUNIT_EXPECT_EQ(test, ntohs(watched[0].conn.peer_port) +
			ntohs(watched[1].conn.peer_port), 2003);
	KUNIT_EXPECT_EQ(test, ntohs(watched[0].conn.local_port), 80);
	KUNIT_EXPECT_EQ(test, watched[0].fin_time + watched[1].fin_time, 20030U);
	KUNIT_EXPECT_EQ(test, kept(test->priv, 2, watched), 0);
}

/* An era's key may leave the local address out; a connection never does. */
static void lists_by_local_address_where_one_is_named(struct kunit *test)
{
	struct twr_watched watched[TWR_WATCH_WAYS];
	struct twr_watched other = { .conn = conn_of(1, 1001) };
	struct twr_key key;

	add(test->priv, 1, 1001);
	other.conn.key.local.s6_addr32[3] = htonl(2);
	key = other.conn.key;
	KUNIT_EXPECT_EQ(test, twr_watch_list(test->priv, &key, watched), 0);
	twr_watch_add(test->priv, &other, 0);
	KUNIT_ASSERT_EQ(test, twr_watch_list(test->priv, &key, watched), 1);
	KUNIT_EXPECT_EQ(test, memcmp(&watched[0], &other, sizeof(other)), 0);
	memset(&key.local, 0, sizeof(key.local));
	KUNIT_EXPECT_EQ(test, twr_watch_list(test->priv, &key, watched), 2);
}

static void keeps_a_connection_once(struct kunit *test)
{
	struct twr_watched watched[TWR_WATCH_WAYS];

	add(test->priv, 1, 1001);
	add(test->priv, 1, 1001);
	KUNIT_EXPECT_EQ(test, kept(test->priv, 1, watched), 1);
}

static void drops_the_one_that_is_named(struct kunit *test)
{
	struct twr_watched watched[TWR_WATCH_WAYS];
	struct twr_conn gone = conn_of(1, 1001);

	add(test->priv, 1, 1001);
	add(test->priv, 1, 1002);
	twr_watch_drop(test->priv, &gone);
	KUNIT_ASSERT_EQ(test, kept(test->priv, 1, watched), 1);
	KUNIT_EXPECT_EQ(test, ntohs(watched[0].conn.peer_port), 1002);
	twr_watch_drop(test->priv, &gone);
	KUNIT_EXPECT_EQ(test, kept(test->priv, 1, watched), 1);
}

/* What most SYNs get: no look at what there is, but whether there is anything. */
static void says_when_nothing_of_a_peer_is_kept(struct kunit *test)
{
	struct twr_conn conn = conn_of(1, 1001);
	struct twr_conn other = conn_of(2, 1001);

	KUNIT_EXPECT_FALSE(test, twr_watch_any(test->priv, &conn.key));
	add(test->priv, 1, 1001);
	KUNIT_EXPECT_TRUE(test, twr_watch_any(test->priv, &conn.key));
	KUNIT_EXPECT_FALSE(test, twr_watch_any(test->priv, &other.key));
	conn.key.local.s6_addr32[3] = htonl(2);
	KUNIT_EXPECT_TRUE(test, twr_watch_any(test->priv, &conn.key));

	conn = conn_of(1, 1001);
	twr_watch_drop(test->priv, &conn);
	KUNIT_EXPECT_FALSE(test, twr_watch_any(test->priv, &conn.key));
	add(test->priv, 1, 1001);
	twr_watch_forget(test->priv, 1);
	KUNIT_EXPECT_FALSE(test, twr_watch_any(test->priv, &conn.key));
}

static void a_full_row_lets_the_one_kept_longest_go(struct kunit *test)
{
	struct twr_watched watched[TWR_WATCH_WAYS];
	u16 oldest = U16_MAX;
	int i, n;

	for (i = 0; i <= TWR_WATCH_WAYS; i++)
		add(test->priv, 1, 1000 + i);
	n = kept(test->priv, 1, watched);
	KUNIT_ASSERT_EQ(test, n, TWR_WATCH_WAYS);
	for (i = 0; i < n; i++)
		oldest = min(oldest, ntohs(watched[i].conn.peer_port));
	KUNIT_EXPECT_EQ(test, oldest, 1001);
}

static void forgets_one_namespace_or_all(struct kunit *test)
{
	struct twr_watched watched[TWR_WATCH_WAYS];
	struct twr_watched other = { .conn = conn_of(1, 1001) };

	other.conn.key.netns = 2;
	twr_key_seal(&other.conn.key);
	twr_watch_add(test->priv, &other, 0);
	add(test->priv, 1, 1001);

	twr_watch_forget(test->priv, 1);
	KUNIT_EXPECT_EQ(test, kept(test->priv, 1, watched), 0);
	KUNIT_EXPECT_EQ(test, twr_watch_list(test->priv, &other.conn.key, watched), 1);
	twr_watch_forget(test->priv, 0);
	KUNIT_EXPECT_EQ(test, twr_watch_list(test->priv, &other.conn.key, watched), 0);
}

static struct kunit_case watch_cases[] = {
	KUNIT_CASE(keeps_the_connections_of_a_peer),
	KUNIT_CASE(lists_by_local_address_where_one_is_named),
	KUNIT_CASE(keeps_a_connection_once),
	KUNIT_CASE(drops_the_one_that_is_named),
	KUNIT_CASE(says_when_nothing_of_a_peer_is_kept),
	KUNIT_CASE(a_full_row_lets_the_one_kept_longest_go),
	KUNIT_CASE(forgets_one_namespace_or_all),
	{ }
};

static struct kunit_suite watch_suite = {
	.name = "twr_watch",
	.init = watch_init,
	.exit = watch_exit,
	.test_cases = watch_cases,
};

kunit_test_suite(watch_suite);
