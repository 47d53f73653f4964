// SPDX-License-Identifier: GPL-2.0
/*
 * rows_test.c - how rows keep the entries of IPv4 and of IPv6
 */
#include <kunit/test.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "lock.h"
#include "rows.h"

#define NOW	1700000000U

static const struct twr_update opened = { .creates_entry = true };
static const struct twr_update closed = { .creates_entry = true, .uses_entry = true };

static bool always_replace(const struct twr_stamp *cached,
			   const struct twr_stamp *offered, u32 now)
{
	return true;
}

struct family {
	const char *name;
	bool v6;
};

static const struct family families[] = {
	{ "IPv4", false },
	{ "IPv6", true },
};

static void describe(const struct family *family, char *desc)
{
	strscpy(desc, family->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(family, families, describe);

static bool v6(struct kunit *test)
{
	return ((const struct family *)test->param_value)->v6;
}

static u32 gone;

static bool is_not_gone(u32 netns)
{
	return netns != gone;
}

static struct twr_rows *new_rows(struct kunit *test, u32 count)
{
	struct twr_rows *rows = kunit_kzalloc(test, sizeof(*rows), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, rows);
	KUNIT_ASSERT_EQ(test, twr_rows_init(rows, count, v6(test),
					    is_not_gone), 0);
	test->priv = rows;
	gone = 0;
	return rows;
}

static void rows_exit(struct kunit *test)
{
	if (test->priv)
		twr_rows_exit(test->priv);
}

static void address(struct kunit *test, struct in6_addr *address, u32 host)
{
	if (v6(test))
		ipv6_addr_set(address, htonl(0x20010db8), 0, 0, htonl(host));
	else
		ipv6_addr_set_v4mapped(htonl(host), address);
}

static struct twr_key key_of(struct kunit *test, u32 peer, u32 local)
{
	struct twr_key key = { .netns = 1 };

	address(test, &key.peer, peer);
	if (local)
		address(test, &key.local, local);
	twr_key_set_hash(&key);
	return key;
}

static unsigned int update_peer(struct kunit *test, const struct twr_key *key,
				const struct twr_update *update)
{
	return twr_rows_update(test->priv, key, update, always_replace, NOW);
}

static bool has_entry(struct kunit *test, u32 peer)
{
	struct twr_key key = key_of(test, peer, 1);
	struct twr_stamp ignored;

	return twr_rows_lookup(test->priv, &key, &ignored);
}

/* Return: the peers in the order of the entries, one digit each. */
static u32 order(struct kunit *test)
{
	struct twr_stamp stamp;
	struct twr_key key;
	u32 order = 0;
	u64 pos;

	for (pos = 0; twr_rows_next(test->priv, 0, &pos, &key, &stamp); pos++)
		order = order * 10 + ntohl(key.peer.s6_addr32[3]);
	return order;
}

/* A kernel that checks locks has larger ones. A row may grow by the difference. */
static void a_row_takes_the_promised_memory(struct kunit *test)
{
	u32 more = sizeof(struct twr_lock) - min(sizeof(struct twr_lock), 2 * sizeof(u32));

	KUNIT_EXPECT_LE(test, twr_rows_bytes(1, false), (u64)roundup(128 + more, 64));
	KUNIT_EXPECT_LE(test, twr_rows_bytes(1, true), 48 * 6ULL + more);
}

static void bad_row_counts_are_refused(struct kunit *test)
{
	struct twr_rows rows;

	KUNIT_EXPECT_EQ(test, twr_rows_init(&rows, 0, v6(test), NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, twr_rows_init(&rows, 48, v6(test), NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, twr_rows_init(&rows, 1U << 31, v6(test), NULL),
			-ENOMEM);
}

static void a_peer_is_stored_as_it_was_given(struct kunit *test)
{
	struct twr_update update = closed;
	struct twr_stamp stamp;
	struct twr_key key, back;
	u32 local;
	u64 pos;

	new_rows(test, 4);
	update.has_stamp = true;
	/* With a local address, and for any local address. */
	for (local = 0; local < 2; local++) {
		key = key_of(test, 0xc6336407, local);
		update.stamp = (struct twr_stamp) { 4711 + local, NOW };
		update_peer(test, &key, &update);

		KUNIT_ASSERT_TRUE(test, twr_rows_lookup(test->priv, &key,
							&stamp));
		KUNIT_EXPECT_EQ(test, stamp.ts, 4711 + local);
		KUNIT_EXPECT_EQ(test, stamp.ts_stamp, NOW);
		pos = 0;
		KUNIT_ASSERT_TRUE(test, twr_rows_next(test->priv, 1, &pos,
						      &back, &stamp));
		KUNIT_EXPECT_FALSE(test, memcmp(&back, &key, sizeof(key)));
		KUNIT_EXPECT_EQ(test, stamp.ts, 4711 + local);
	}
}

static void the_most_recently_used_is_first(struct kunit *test)
{
	struct twr_key key;
	u32 peer;

	new_rows(test, 1);
	for (peer = 1; peer <= TWR_ROW_PEERS; peer++) {
		key = key_of(test, peer, 1);
		update_peer(test, &key, &opened);
	}
	KUNIT_EXPECT_EQ(test, order(test), 654321U);

	key = key_of(test, 3, 1);
	update_peer(test, &key, &closed);
	KUNIT_EXPECT_EQ(test, order(test), 365421U);
	update_peer(test, &key, &closed);
	KUNIT_EXPECT_EQ(test, order(test), 365421U);
	key = key_of(test, 1, 1);
	update_peer(test, &key, &opened);
	KUNIT_EXPECT_EQ(test, order(test), 365421U);
	update_peer(test, &key, &closed);
	KUNIT_EXPECT_EQ(test, order(test), 136542U);

	key = key_of(test, 7, 1);
	KUNIT_EXPECT_EQ(test, update_peer(test, &key, &opened),
			(unsigned int)(TWR_UPDATE_KNOWN | TWR_UPDATE_EVICTED));
	KUNIT_EXPECT_EQ(test, order(test), 713654U);
}

static void peers_of_dead_namespaces_are_evicted_first(struct kunit *test)
{
	struct twr_key key;
	u32 peer;

	new_rows(test, 1);
	for (peer = 1; peer <= TWR_ROW_PEERS; peer++) {
		key = key_of(test, peer, 1);
		key.netns = 1 + peer % 2;
		twr_key_set_hash(&key);
		update_peer(test, &key, &opened);
	}
	KUNIT_EXPECT_EQ(test, order(test), 654321U);
	gone = 2;
	KUNIT_EXPECT_EQ(test, order(test), 642U);

	/*
	 * New entries take the places of the others before one is evicted. The entries
	 * that stay keep their order.
	 */
	for (peer = 7; peer <= 9; peer++) {
		key = key_of(test, peer, 1);
		KUNIT_EXPECT_EQ(test, update_peer(test, &key, &opened),
				(unsigned int)TWR_UPDATE_KNOWN);
	}
	KUNIT_EXPECT_EQ(test, order(test), 987642U);
	KUNIT_EXPECT_TRUE(test, has_entry(test, 6));

	key = key_of(test, 1, 1);
	KUNIT_EXPECT_EQ(test, update_peer(test, &key, &opened),
			(unsigned int)(TWR_UPDATE_KNOWN | TWR_UPDATE_EVICTED));
	KUNIT_EXPECT_EQ(test, order(test), 198764U);
}

static void a_reset_empties_every_row(struct kunit *test)
{
	struct twr_key key;
	u32 peer;

	new_rows(test, 16);
	for (peer = 1; peer <= 60; peer++) {
		key = key_of(test, peer, 1);
		update_peer(test, &key, &opened);
	}
	KUNIT_EXPECT_TRUE(test, has_entry(test, 60));
	twr_rows_reset(test->priv);
	KUNIT_EXPECT_EQ(test, order(test), 0U);
	KUNIT_EXPECT_FALSE(test, has_entry(test, 60));
}

/* As in tcp_metrics, whose hash uses only the peer's address. */
static void local_addresses_of_a_peer_share_its_row(struct kunit *test)
{
	unsigned int evicted = 0;
	struct twr_key key;
	u32 local;

	new_rows(test, 1024);
	for (local = 1; local <= 2 * TWR_ROW_PEERS; local++) {
		key = key_of(test, 7, local);
		evicted += !!(update_peer(test, &key, &opened) & TWR_UPDATE_EVICTED);
	}
	KUNIT_EXPECT_EQ(test, evicted, (unsigned int)TWR_ROW_PEERS);
}

/*
 * Return: the number of cache lines in which the rows differ from an old copy of them.
 */
static unsigned int lines_changed(const struct twr_rows *rows, const void *old,
				  size_t bytes)
{
	unsigned long line = ULONG_MAX;
	unsigned int lines = 0;
	size_t i;

	for (i = 0; i < bytes; i++) {
		unsigned long at = (unsigned long)rows->mem + i;

		if (((u8 *)rows->mem)[i] == ((u8 *)old)[i] || at / 64 == line)
			continue;
		line = at / 64;
		lines++;
	}
	return lines;
}

static void an_ipv4_lookup_takes_two_cache_lines(struct kunit *test)
{
	u32 more = sizeof(struct twr_lock) - min(sizeof(struct twr_lock), 2 * sizeof(u32));
	size_t bytes = twr_rows_bytes(64, false);
	struct twr_update update = closed;
	struct twr_rows *rows;
	u32 peer, local;
	void *old;

	test->param_value = &families[0];
	rows = new_rows(test, 64);
	old = kunit_kzalloc(test, bytes, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, old);

	/*
	 * The peers have rows all over the table. The entries of each peer fill its
	 * row, so the changed lines are all that a look-up may read.
	 */
	update.has_stamp = true;
	for (peer = 1; peer <= 500; peer++) {
		memcpy(old, rows->mem, bytes);
		for (local = 1; local <= TWR_ROW_PEERS; local++) {
			struct twr_key key = key_of(test, ~peer, ~local);

			update.stamp = (struct twr_stamp) { ~peer, NOW + peer };
			update_peer(test, &key, &update);
		}
		KUNIT_ASSERT_LE(test, lines_changed(rows, old, bytes),
				2 + DIV_ROUND_UP(more, 64));
	}
}

static struct kunit_case rows_cases[] = {
	KUNIT_CASE(a_row_takes_the_promised_memory),
	KUNIT_CASE_PARAM(bad_row_counts_are_refused, family_gen_params),
	KUNIT_CASE_PARAM(a_peer_is_stored_as_it_was_given, family_gen_params),
	KUNIT_CASE_PARAM(the_most_recently_used_is_first, family_gen_params),
	KUNIT_CASE_PARAM(peers_of_dead_namespaces_are_evicted_first,
			 family_gen_params),
	KUNIT_CASE_PARAM(a_reset_empties_every_row, family_gen_params),
	KUNIT_CASE_PARAM(local_addresses_of_a_peer_share_its_row,
			 family_gen_params),
	KUNIT_CASE(an_ipv4_lookup_takes_two_cache_lines),
	{ }
};

static struct kunit_suite rows_suite = {
	.name = "twr_rows",
	.exit = rows_exit,
	.test_cases = rows_cases,
};

kunit_test_suite(rows_suite);
