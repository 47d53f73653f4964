// SPDX-License-Identifier: GPL-2.0
/*
 * watch_test.c - half-closed connections are kept, told apart, and let go
 */
#include <kunit/test.h>

#include "watch.h"

static struct twr_key key_of(u32 peer)
{
	struct twr_key key = { .netns = 1 };

	key.peer.s6_addr32[3] = htonl(peer);
	return key;
}

static struct twr_ports ports_of(u16 port)
{
	struct twr_ports ports = { .peer = htons(port), .local = htons(80) };

	return ports;
}

static void add(struct twr_watch *watch, u32 peer, u16 port)
{
	struct twr_ports ports = ports_of(port);
	struct twr_key key = key_of(peer);

	twr_watch_add(watch, &key, &ports);
}

static int kept(struct twr_watch *watch, u32 peer, struct twr_ports *ports)
{
	struct twr_key key = key_of(peer);

	return twr_watch_list(watch, &key, ports);
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
	struct twr_ports ports[TWR_WATCH_WAYS];

	KUNIT_EXPECT_EQ(test, kept(test->priv, 1, ports), 0);
	add(test->priv, 1, 1001);
	add(test->priv, 1, 1002);
	KUNIT_ASSERT_EQ(test, kept(test->priv, 1, ports), 2);
	KUNIT_EXPECT_EQ(test, ntohs(ports[0].peer) + ntohs(ports[1].peer),
			2003);
	KUNIT_EXPECT_EQ(test, ntohs(ports[0].local), 80);
	KUNIT_EXPECT_EQ(test, kept(test->priv, 2, ports), 0);
}

static void keeps_a_connection_once(struct kunit *test)
{
	struct twr_ports ports[TWR_WATCH_WAYS];

	add(test->priv, 1, 1001);
	add(test->priv, 1, 1001);
	KUNIT_EXPECT_EQ(test, kept(test->priv, 1, ports), 1);
}

static void drops_the_one_that_is_named(struct kunit *test)
{
	struct twr_ports ports[TWR_WATCH_WAYS];
	struct twr_ports gone = ports_of(1001);
	struct twr_key key = key_of(1);

	add(test->priv, 1, 1001);
	add(test->priv, 1, 1002);
	twr_watch_drop(test->priv, &key, &gone);
	KUNIT_ASSERT_EQ(test, kept(test->priv, 1, ports), 1);
	KUNIT_EXPECT_EQ(test, ntohs(ports[0].peer), 1002);
	twr_watch_drop(test->priv, &key, &gone);
	KUNIT_EXPECT_EQ(test, kept(test->priv, 1, ports), 1);
}

static void a_full_row_lets_the_one_kept_longest_go(struct kunit *test)
{
	struct twr_ports ports[TWR_WATCH_WAYS];
	u16 oldest = U16_MAX;
	int i, n;

	for (i = 0; i <= TWR_WATCH_WAYS; i++)
		add(test->priv, 1, 1000 + i);
	n = kept(test->priv, 1, ports);
	KUNIT_ASSERT_EQ(test, n, TWR_WATCH_WAYS);
	for (i = 0; i < n; i++)
		oldest = min(oldest, ntohs(ports[i].peer));
	KUNIT_EXPECT_EQ(test, oldest, 1001);
}

static void forgets_one_namespace_or_all(struct kunit *test)
{
	struct twr_ports ports[TWR_WATCH_WAYS];
	struct twr_ports other = ports_of(1001);
	struct twr_key key = key_of(1);

	key.netns = 2;
	twr_watch_add(test->priv, &key, &other);
	add(test->priv, 1, 1001);

	twr_watch_forget(test->priv, 1);
	KUNIT_EXPECT_EQ(test, kept(test->priv, 1, ports), 0);
	KUNIT_EXPECT_EQ(test, twr_watch_list(test->priv, &key, ports), 1);
	twr_watch_forget(test->priv, 0);
	KUNIT_EXPECT_EQ(test, twr_watch_list(test->priv, &key, ports), 0);
}

static struct kunit_case watch_cases[] = {
	KUNIT_CASE(keeps_the_connections_of_a_peer),
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
