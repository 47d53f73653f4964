// SPDX-License-Identifier: GPL-2.0
/*
 * unanswered_test.c - which SYNs come again because they got no answer, in bounded memory
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

/* The suite compiles its own copy of the code, to fill one row of the table. */
#define twr_unanswered_new		twr_test_unanswered_new
#define twr_unanswered_free		twr_test_unanswered_free
#define twr_unanswered_prefetch		twr_test_unanswered_prefetch
#define twr_unanswered_note_syn		twr_test_unanswered_note_syn
#define twr_unanswered_count_peer	twr_test_unanswered_count_peer
#define twr_unanswered_of_peer		twr_test_unanswered_of_peer
#define twr_unanswered_list		twr_test_unanswered_list
#define twr_unanswered_reset		twr_test_unanswered_reset
#include "unanswered.c"

#define NOW	(5000ULL * HZ)

struct unanswered_fixture {
	struct twr_unanswered *unanswered;
	struct twr_unanswered_peer list[TWR_UNANSWERED_MAX];
};

static u32 gone;

static bool is_not_gone(u32 netns)
{
	return netns != gone;
}

static int unanswered_init(struct kunit *test)
{
	struct unanswered_fixture *fixture = kvzalloc(sizeof(*fixture), GFP_KERNEL);

	if (!fixture)
		return -ENOMEM;
	test->priv = fixture;
	gone = 0;
	fixture->unanswered = twr_unanswered_new(is_not_gone);
	return fixture->unanswered ? 0 : -ENOMEM;
}

static void unanswered_exit(struct kunit *test)
{
	struct unanswered_fixture *fixture = test->priv;

	if (!fixture)
		return;
	if (fixture->unanswered)
		twr_unanswered_free(fixture->unanswered);
	kvfree(fixture);
}

static struct twr_unanswered *tables(struct kunit *test)
{
	struct unanswered_fixture *fixture = test->priv;

	return fixture->unanswered;
}

static struct twr_conn conn_of(u32 peer, u16 port, u32 netns)
{
	struct twr_conn conn = {
		.key.netns = netns,
		.peer_port = htons(port),
		.local_port = htons(80),
	};

	ipv6_addr_set_v4mapped(htonl(peer), &conn.key.peer);
	ipv6_addr_set_v4mapped(htonl(1), &conn.key.local);
	twr_key_set_hash(&conn.key);
	return conn;
}

/* A SYN that finds nothing. */
static bool note(struct kunit *test, u16 port, u32 seq, u64 now)
{
	struct twr_conn conn = conn_of(7, port, 1);

	return twr_unanswered_note_syn(tables(test), &conn, seq, false, false, now);
}

static void note_answered(struct kunit *test, u16 port, u32 seq, u64 now)
{
	struct twr_conn conn = conn_of(7, port, 1);

	KUNIT_EXPECT_FALSE(test, twr_unanswered_note_syn(tables(test), &conn, seq,
							 true, false, now));
}

static void each_repeated_syn_tells_of_the_one_before(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, note(test, 1000, 5, NOW));
	KUNIT_EXPECT_TRUE(test, note(test, 1000, 5, NOW + HZ));
	KUNIT_EXPECT_TRUE(test, note(test, 1000, 5, NOW + 3 * HZ));
	KUNIT_EXPECT_TRUE(test, note(test, 1000, 5, NOW + 7 * HZ));
}

static void another_connection_is_no_repetition(struct kunit *test)
{
	struct twr_conn elsewhere = conn_of(7, 1000, 2);

	note(test, 1000, 5, NOW);
	KUNIT_EXPECT_FALSE(test, note(test, 1000, 6, NOW));
	KUNIT_EXPECT_FALSE(test, note(test, 1001, 5, NOW));
	KUNIT_EXPECT_FALSE(test, twr_unanswered_note_syn(tables(test), &elsewhere, 5,
							 false, false, NOW));
}

static void an_answer_ends_the_count(struct kunit *test)
{
	note(test, 1000, 5, NOW);
	/* The SYN before may have been lost, but this one finds its request socket. */
	note_answered(test, 1000, 5, NOW + HZ);
	/* The request has expired. Its SYN-ACK was an answer. */
	KUNIT_EXPECT_FALSE(test, note(test, 1000, 5, NOW + 63 * HZ));
	KUNIT_EXPECT_TRUE(test, note(test, 1000, 5, NOW + 64 * HZ));
}

static void a_cookie_is_an_answer_too(struct kunit *test)
{
	struct twr_conn conn = conn_of(7, 1000, 1);

	note(test, 1000, 5, NOW);
	KUNIT_EXPECT_TRUE(test, twr_unanswered_note_syn(tables(test), &conn, 5, false, true,
							NOW));
	KUNIT_EXPECT_FALSE(test, note(test, 1000, 5, NOW));
}

static void a_first_syn_that_is_answered_is_not_remembered(struct kunit *test)
{
	note_answered(test, 1000, 5, NOW);
	KUNIT_EXPECT_FALSE(test, note(test, 1000, 5, NOW + HZ));
}

static void a_syn_is_forgotten_after_two_minutes(struct kunit *test)
{
	note(test, 1000, 5, NOW);
	KUNIT_EXPECT_TRUE(test, note(test, 1000, 5, NOW + 120 * HZ));
	KUNIT_EXPECT_FALSE(test, note(test, 1000, 5, NOW + 240 * HZ + 1));
}

static void times_wrap(struct kunit *test)
{
	u64 wrap = 1ULL << 32;

	note(test, 1000, 5, wrap - HZ);
	KUNIT_EXPECT_TRUE(test, note(test, 1000, 5, wrap + HZ));
	note(test, 1001, 5, wrap - HZ);
	KUNIT_EXPECT_FALSE(test, note(test, 1001, 5, wrap + 120 * HZ));
}

static void a_full_row_forgets_the_oldest_syn(struct kunit *test)
{
	u32 seq;

	/* One connection has one row, whatever the sequence number. */
	for (seq = 0; seq <= TWR_SYN_WAYS; seq++)
		KUNIT_EXPECT_FALSE(test, note(test, 1000, seq, NOW + seq));
	for (seq = 1; seq <= TWR_SYN_WAYS; seq++)
		KUNIT_EXPECT_TRUE(test, note(test, 1000, seq, NOW + 20));
	KUNIT_EXPECT_FALSE(test, note(test, 1000, 0, NOW + 20));
}

static void count_peer(struct kunit *test, u32 peer, u32 netns, int times, u64 ms)
{
	struct twr_conn conn = conn_of(peer, 0, netns);

	while (times--)
		twr_unanswered_count_peer(tables(test), &conn.key, ms);
}

static u64 of_peer(struct kunit *test, u32 peer)
{
	struct twr_conn conn = conn_of(peer, 0, 1);

	return twr_unanswered_of_peer(tables(test), &conn.key);
}

static void peers_are_listed_by_number(struct kunit *test)
{
	struct unanswered_fixture *fixture = test->priv;
	const struct twr_unanswered_peer *list = fixture->list;

	count_peer(test, 1, 1, 2, 50);
	count_peer(test, 2, 1, 3, 50);
	count_peer(test, 1, 1, 2, 60);
	KUNIT_EXPECT_EQ(test, of_peer(test, 1), 4ULL);
	KUNIT_EXPECT_EQ(test, of_peer(test, 2), 3ULL);
	KUNIT_EXPECT_EQ(test, of_peer(test, 3), 0ULL);
	KUNIT_ASSERT_EQ(test, twr_unanswered_list(tables(test), 1, fixture->list), 2);
	KUNIT_EXPECT_EQ(test, list[0].syns, 4ULL);
	KUNIT_EXPECT_EQ(test, list[0].first_ms, 50ULL);
	KUNIT_EXPECT_EQ(test, list[0].last_ms, 60ULL);
	KUNIT_EXPECT_EQ(test, list[0].over, 0ULL);
	KUNIT_EXPECT_EQ(test, list[1].syns, 3ULL);
}

static void peers_of_another_namespace_stay_apart(struct kunit *test)
{
	struct unanswered_fixture *fixture = test->priv;

	count_peer(test, 1, 1, 1, 50);
	count_peer(test, 1, 2, 1, 50);
	KUNIT_EXPECT_EQ(test, twr_unanswered_list(tables(test), 0, fixture->list), 2);
	KUNIT_EXPECT_EQ(test, twr_unanswered_list(tables(test), 2, fixture->list), 1);
	gone = 2;
	KUNIT_EXPECT_EQ(test, twr_unanswered_list(tables(test), 0, fixture->list), 1);
}

static void the_peer_with_the_most_stays_in_a_flood(struct kunit *test)
{
	struct unanswered_fixture *fixture = test->priv;
	u32 peer;
	int i, n;

	count_peer(test, 1, 1, 1000, 50);
	for (peer = 2; peer < 5000; peer++)
		count_peer(test, peer, 1, 1, 60);
	KUNIT_EXPECT_EQ(test, of_peer(test, 1), 1000ULL);
	n = twr_unanswered_list(tables(test), 1, fixture->list);
	KUNIT_EXPECT_EQ(test, n, TWR_UNANSWERED_MAX);
	for (i = 0; i < n; i++)
		KUNIT_EXPECT_LT(test, fixture->list[i].over, fixture->list[i].syns);
}

static void a_dead_namespace_makes_room_first(struct kunit *test)
{
	u32 peer;

	for (peer = 1; peer < 5000; peer++)
		count_peer(test, peer, 2, 5, 50);
	gone = 2;
	count_peer(test, 1, 1, 1, 60);
	KUNIT_EXPECT_EQ(test, of_peer(test, 1), 1ULL);
}

static void reset_forgets_syns_and_peers(struct kunit *test)
{
	struct unanswered_fixture *fixture = test->priv;

	note(test, 1000, 5, NOW);
	count_peer(test, 1, 1, 1, 50);
	twr_unanswered_reset(tables(test));
	KUNIT_EXPECT_FALSE(test, note(test, 1000, 5, NOW));
	KUNIT_EXPECT_EQ(test, twr_unanswered_list(tables(test), 0, fixture->list), 0);
}

static struct kunit_case unanswered_cases[] = {
	KUNIT_CASE(each_repeated_syn_tells_of_the_one_before),
	KUNIT_CASE(another_connection_is_no_repetition),
	KUNIT_CASE(an_answer_ends_the_count),
	KUNIT_CASE(a_cookie_is_an_answer_too),
	KUNIT_CASE(a_first_syn_that_is_answered_is_not_remembered),
	KUNIT_CASE(a_syn_is_forgotten_after_two_minutes),
	KUNIT_CASE(times_wrap),
	KUNIT_CASE(a_full_row_forgets_the_oldest_syn),
	KUNIT_CASE(peers_are_listed_by_number),
	KUNIT_CASE(peers_of_another_namespace_stay_apart),
	KUNIT_CASE(the_peer_with_the_most_stays_in_a_flood),
	KUNIT_CASE(a_dead_namespace_makes_room_first),
	KUNIT_CASE(reset_forgets_syns_and_peers),
	{ }
};

static struct kunit_suite unanswered_suite = {
	.name = "twr_unanswered",
	.init = unanswered_init,
	.exit = unanswered_exit,
	.test_cases = unanswered_cases,
};

kunit_test_suite(unanswered_suite);
