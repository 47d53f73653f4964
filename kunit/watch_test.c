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
	return conn;
}

static void add(struct twr_watch *watch, u32 peer, u16 port)
{
	struct twr_conn conn = conn_of(peer, port);

	twr_watch_add(watch, &conn, port);
}

static int kept(struct twr_watch *watch, u32 peer, struct twr_conn *conns)
{
	struct twr_conn conn = conn_of(peer, 0);

	return twr_watch_list(watch, &conn.key, conns);
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
	struct twr_conn conns[TWR_WATCH_WAYS];

	KUNIT_EXPECT_EQ(test, kept(test->priv, 1, conns), 0);
	add(test->priv, 1, 1001);
	add(test->priv, 1, 1002);
	KUNIT_ASSERT_EQ(test, kept(test->priv, 1, conns), 2);
	KUNIT_EXPECT_EQ(test, ntohs(conns[0].peer_port) +
			ntohs(conns[1].peer_port), 2003);
	KUNIT_EXPECT_EQ(test, ntohs(conns[0].local_port), 80);
	KUNIT_EXPECT_EQ(test, kept(test->priv, 2, conns), 0);
}

/* An era's key may leave the local address out; a connection never does. */
static void lists_by_local_address_where_one_is_named(struct kunit *test)
{
	struct twr_conn conns[TWR_WATCH_WAYS];
	struct twr_conn conn = conn_of(1, 1001);

	add(test->priv, 1, 1001);
	conn.key.local.s6_addr32[3] = htonl(2);
	KUNIT_EXPECT_EQ(test, twr_watch_list(test->priv, &conn.key, conns), 0);
	twr_watch_add(test->priv, &conn, 0);
	KUNIT_ASSERT_EQ(test, twr_watch_list(test->priv, &conn.key, conns), 1);
	KUNIT_EXPECT_EQ(test, memcmp(&conns[0], &conn, sizeof(conn)), 0);
	memset(&conn.key.local, 0, sizeof(conn.key.local));
	KUNIT_EXPECT_EQ(test, twr_watch_list(test->priv, &conn.key, conns), 2);
}

static void keeps_a_connection_once(struct kunit *test)
{
	struct twr_conn conns[TWR_WATCH_WAYS];

	add(test->priv, 1, 1001);
	add(test->priv, 1, 1001);
	KUNIT_EXPECT_EQ(test, kept(test->priv, 1, conns), 1);
}

static void drops_the_one_that_is_named(struct kunit *test)
{
	struct twr_conn conns[TWR_WATCH_WAYS];
	struct twr_conn gone = conn_of(1, 1001);

	add(test->priv, 1, 1001);
	add(test->priv, 1, 1002);
	twr_watch_drop(test->priv, &gone);
	KUNIT_ASSERT_EQ(test, kept(test->priv, 1, conns), 1);
	KUNIT_EXPECT_EQ(test, ntohs(conns[0].peer_port), 1002);
	twr_watch_drop(test->priv, &gone);
	KUNIT_EXPECT_EQ(test, kept(test->priv, 1, conns), 1);
}

static void a_full_row_lets_the_one_kept_longest_go(struct kunit *test)
{
	struct twr_conn conns[TWR_WATCH_WAYS];
	u16 oldest = U16_MAX;
	int i, n;

	for (i = 0; i <= TWR_WATCH_WAYS; i++)
		add(test->priv, 1, 1000 + i);
	n = kept(test->priv, 1, conns);
	KUNIT_ASSERT_EQ(test, n, TWR_WATCH_WAYS);
	for (i = 0; i < n; i++)
		oldest = min(oldest, ntohs(conns[i].peer_port));
	KUNIT_EXPECT_EQ(test, oldest, 1001);
}

static void forgets_one_namespace_or_all(struct kunit *test)
{
	struct twr_conn conns[TWR_WATCH_WAYS];
	struct twr_conn other = conn_of(1, 1001);

	other.key.netns = 2;
	twr_watch_add(test->priv, &other, 0);
	add(test->priv, 1, 1001);

	twr_watch_forget(test->priv, 1);
	KUNIT_EXPECT_EQ(test, kept(test->priv, 1, conns), 0);
	KUNIT_EXPECT_EQ(test, twr_watch_list(test->priv, &other.key, conns), 1);
	twr_watch_forget(test->priv, 0);
	KUNIT_EXPECT_EQ(test, twr_watch_list(test->priv, &other.key, conns), 0);
}

static struct kunit_case watch_cases[] = {
	KUNIT_CASE(keeps_the_connections_of_a_peer),
	KUNIT_CASE(lists_by_local_address_where_one_is_named),
	KUNIT_CASE(keeps_a_connection_once),
	KUNIT_CASE(drops_the_one_that_is_named),
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
