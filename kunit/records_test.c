// SPDX-License-Identifier: GPL-2.0
/*
 * records_test.c - which connections have a record, for how long, and which lose it
 */
#include <kunit/test.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "records.h"

#define TIMEWAIT_TIMEO	(7 * HZ / 10)	/* 3.5 x 200 ms */
#define WAYS	6		/* places of a row */

/* In some of these, 32 bits of jiffies wrap during the test. */
static const struct moment {
	const char *name;
	u64 now;
} moments[] = {
	{ "soon after boot", 300 * HZ },
	{ "before half of 32 bits", BIT_ULL(31) - TIMEWAIT_TIMEO / 2 },
	{ "before 32 bits wrap", BIT_ULL(32) - TIMEWAIT_TIMEO / 2 },
	{ "before 32 bits wrap again", BIT_ULL(33) - 30 * HZ },
};

static void moment_describe(const struct moment *m, char *desc)
{
	strscpy(desc, m->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(moment, moments, moment_describe);

static u64 now_of(struct kunit *test)
{
	return ((const struct moment *)test->param_value)->now;
}

/* Each case has a table with more room than it needs. */
static int records_init(struct kunit *test)
{
	test->priv = twr_records_new(24576, false, NULL);
	return test->priv ? 0 : -ENOMEM;
}

static void records_exit(struct kunit *test)
{
	if (test->priv)
		twr_records_free(test->priv);
}

/* Replaces that table by one that has room for this many records. */
static struct twr_records *use_table_for(struct kunit *test, u32 count,
					 twr_netns_alive_fn netns_is_alive)
{
	if (test->priv)
		twr_records_free(test->priv);
	test->priv = twr_records_new(count, false, netns_is_alive);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
	return test->priv;
}

static struct twr_conn conn_in(u32 netns, u32 peer, u16 port)
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

static struct twr_conn conn_of(u32 peer)
{
	return conn_in(1, peer, 40001);
}

static enum twr_record found(struct kunit *test, const struct twr_conn *conn,
			     u64 now)
{
	return twr_records_lookup(test->priv, conn, now);
}

static void expect_until(struct kunit *test, const struct twr_conn *conn,
			 enum twr_record record, u64 until)
{
	KUNIT_EXPECT_EQ(test, found(test, conn, until - 1), record);
	KUNIT_EXPECT_EQ(test, found(test, conn, until), TWR_RECORD_NONE);
	/* The record does not come back when a counter of fewer than 64 bits wraps. */
	KUNIT_EXPECT_EQ(test, found(test, conn, until + BIT_ULL(31)),
			TWR_RECORD_NONE);
	KUNIT_EXPECT_EQ(test, found(test, conn, until + BIT_ULL(32) - 1),
			TWR_RECORD_NONE);
}

static void each_part_of_a_connection_counts(struct kunit *test)
{
	struct twr_conn conn = conn_of(1), other = conn;

	KUNIT_EXPECT_EQ(test, twr_records_add_rejected(test->priv, &conn, 1000, 1),
			TWR_RECORD_NONE);
	KUNIT_EXPECT_EQ(test, found(test, &conn, 1), TWR_RECORD_REJECTED);

	other.peer_port = htons(40002);
	KUNIT_EXPECT_EQ(test, found(test, &other, 1), TWR_RECORD_NONE);
	other = conn;
	other.local_port = htons(81);
	KUNIT_EXPECT_EQ(test, found(test, &other, 1), TWR_RECORD_NONE);
	other = conn_in(2, 1, 40001);
	KUNIT_EXPECT_EQ(test, found(test, &other, 1), TWR_RECORD_NONE);
	other = conn_of(2);
	KUNIT_EXPECT_EQ(test, found(test, &other, 1), TWR_RECORD_NONE);
}

static void a_bucket_lasts_for_its_timeout(struct kunit *test)
{
	struct twr_conn conn = conn_of(1);
	u64 now = now_of(test);

	twr_records_add_timewait(test->priv, &conn, TIMEWAIT_TIMEO, now);
	KUNIT_EXPECT_EQ(test, found(test, &conn, now), TWR_RECORD_BUCKET);
	expect_until(test, &conn, TWR_RECORD_BUCKET, now + TIMEWAIT_TIMEO);
}

/*
 * The RTO is that of the full socket, so the life of the bucket is set before
 * TIME-WAIT.
 */
static void a_mini_socket_keeps_its_timewait_timeout(struct kunit *test)
{
	struct twr_conn conn = conn_of(1);
	u64 now = now_of(test), fin = now + 30 * HZ;

	twr_records_add_fin_wait2(test->priv, &conn, 2 * TIMEWAIT_TIMEO, 40 * HZ, now);
	KUNIT_EXPECT_EQ(test, found(test, &conn, fin), TWR_RECORD_BUCKET);
	twr_records_add_timewait(test->priv, &conn, 0, fin);
	expect_until(test, &conn, TWR_RECORD_BUCKET, fin + 2 * TIMEWAIT_TIMEO);
}

static void a_mini_socket_lasts_until_fin_wait2_ends(struct kunit *test)
{
	struct twr_conn conn = conn_of(1);
	u64 now = now_of(test);

	twr_records_add_fin_wait2(test->priv, &conn, TIMEWAIT_TIMEO, 5 * HZ, now);
	expect_until(test, &conn, TWR_RECORD_BUCKET, now + 5 * HZ);
}

static void a_lost_timeout_is_the_minimum(struct kunit *test)
{
	struct twr_conn conn = conn_of(1);
	u64 now = now_of(test);

	twr_records_add_timewait(test->priv, &conn, 0, now);
	expect_until(test, &conn, TWR_RECORD_BUCKET, now + TWR_RTO_MIN * 7 / 2);

	/* A rejected connection had no bucket, and its record no life of one. */
	twr_records_add_rejected(test->priv, &conn, TWR_RECORD_WHILE_OPEN, now);
	twr_records_add_timewait(test->priv, &conn, 0, now);
	expect_until(test, &conn, TWR_RECORD_BUCKET, now + TWR_RTO_MIN * 7 / 2);
}

static void a_live_bucket_can_be_rearmed(struct kunit *test)
{
	struct twr_conn conn = conn_of(1);
	u64 now = now_of(test), later = now + TIMEWAIT_TIMEO - 1;

	twr_records_add_timewait(test->priv, &conn, TIMEWAIT_TIMEO, now);
	twr_records_rearm_timewait(test->priv, &conn, later);
	expect_until(test, &conn, TWR_RECORD_BUCKET, later + TWR_TIMEWAIT_LEN);

	/*
	 * A long RTO can make a bucket last for more than a minute. Rearming shortens
	 * that.
	 */
	twr_records_add_timewait(test->priv, &conn, 100 * HZ, now);
	twr_records_rearm_timewait(test->priv, &conn, now + 1);
	expect_until(test, &conn, TWR_RECORD_BUCKET, now + 1 + TWR_TIMEWAIT_LEN);
}

static void an_expired_bucket_cannot_be_rearmed(struct kunit *test)
{
	struct twr_conn conn = conn_of(1);
	u64 now = now_of(test);

	twr_records_rearm_timewait(test->priv, &conn, now);
	KUNIT_EXPECT_EQ(test, found(test, &conn, now), TWR_RECORD_NONE);

	twr_records_add_timewait(test->priv, &conn, TIMEWAIT_TIMEO, now);
	twr_records_rearm_timewait(test->priv, &conn, now + TIMEWAIT_TIMEO);
	KUNIT_EXPECT_EQ(test, found(test, &conn, now + TIMEWAIT_TIMEO), TWR_RECORD_NONE);
}

static void a_rejected_connection_stays_rejected_when_rearmed(struct kunit *test)
{
	struct twr_conn conn = conn_of(1);
	u64 now = now_of(test);

	twr_records_add_rejected(test->priv, &conn, TWR_RECORD_WHILE_OPEN, now);
	twr_records_rearm_timewait(test->priv, &conn, now);
	KUNIT_EXPECT_EQ(test, found(test, &conn, now + BIT_ULL(40)),
			TWR_RECORD_REJECTED);
}

static void a_rejected_request_is_recorded_until_it_expires(struct kunit *test)
{
	struct twr_conn conn = conn_of(1);
	u64 now = now_of(test);

	twr_records_add_rejected(test->priv, &conn, now + 64 * HZ, now);
	expect_until(test, &conn, TWR_RECORD_REJECTED, now + 64 * HZ);

	/* When the peer asks again, the record lasts until a later time. */
	twr_records_add_rejected(test->priv, &conn, now + 80 * HZ, now + 16 * HZ);
	expect_until(test, &conn, TWR_RECORD_REJECTED, now + 80 * HZ);
}

static void a_rejected_connection_is_recorded_while_open(struct kunit *test)
{
	struct twr_conn conn = conn_of(1);
	u64 now = now_of(test), end;

	twr_records_add_rejected(test->priv, &conn, TWR_RECORD_WHILE_OPEN, now);
	KUNIT_EXPECT_EQ(test, found(test, &conn, now + BIT_ULL(31)),
			TWR_RECORD_REJECTED);
	end = now + BIT_ULL(33);
	KUNIT_EXPECT_EQ(test, found(test, &conn, end), TWR_RECORD_REJECTED);

	twr_records_add_rejected(test->priv, &conn, end + HZ, end);
	expect_until(test, &conn, TWR_RECORD_REJECTED, end + HZ);
}

static void a_connection_has_one_record_at_a_time(struct kunit *test)
{
	struct twr_conn conn = conn_of(1);
	u64 now = 1000;
	int i;

	use_table_for(test, WAYS, NULL);
	for (i = 0; i < 3 * WAYS; i++) {
		KUNIT_EXPECT_EQ(test, twr_records_add_rejected(test->priv, &conn,
							       now + HZ, now),
				TWR_RECORD_NONE);
		KUNIT_EXPECT_EQ(test, found(test, &conn, now),
				TWR_RECORD_REJECTED);
		KUNIT_EXPECT_EQ(test, twr_records_add_fin_wait2(test->priv, &conn,
								TIMEWAIT_TIMEO, HZ, now),
				TWR_RECORD_NONE);
		KUNIT_EXPECT_EQ(test, found(test, &conn, now),
				TWR_RECORD_BUCKET);
	}
	twr_records_remove(test->priv, &conn, 0);
	KUNIT_EXPECT_EQ(test, found(test, &conn, now), TWR_RECORD_NONE);
	twr_records_remove(test->priv, &conn, 0);
}

/* Fills this many places. No record is lost. */
static void fill(struct kunit *test, u32 first, u32 count, u64 until, u64 now)
{
	struct twr_conn conn;
	u32 i;

	for (i = 0; i < count; i++) {
		conn = conn_of(first + i);
		KUNIT_EXPECT_EQ(test, twr_records_add_rejected(test->priv, &conn,
							       until, now),
				TWR_RECORD_NONE);
	}
}

static void a_place_is_free_when_its_record_expires(struct kunit *test)
{
	u64 now = now_of(test);
	struct twr_conn conn;
	int i;

	use_table_for(test, WAYS, NULL);
	for (i = 0; i < 10; i++) {
		fill(test, i * WAYS, WAYS, now + HZ, now);
		now += HZ;
	}

	/* A place whose record was cleared is free as well. */
	fill(test, 100, WAYS, now + HZ, now);
	conn = conn_of(100 + 3);
	twr_records_remove(test->priv, &conn, 0);
	fill(test, 200, 1, now + HZ, now);
}

/* Ages are compared in full: an end months away is not taken for one in the past. */
static void the_first_to_expire_is_evicted_and_reported(struct kunit *test)
{
	static const u64 away[WAYS] = {
		HZ, TWR_TIMEWAIT_LEN, BIT_ULL(31) + HZ, BIT_ULL(32) + HZ,
		BIT_ULL(33), TWR_RECORD_WHILE_OPEN,
	};
	struct twr_conn conn, last = conn_of(1000);
	u64 now = now_of(test), until;
	int i;

	use_table_for(test, WAYS, NULL);
	for (i = WAYS - 1; i >= 0; i--) {
		until = away[i] == TWR_RECORD_WHILE_OPEN ? away[i] : now + away[i];
		conn = conn_of(i);
		/* The record that lasts for a minute is that of a bucket. */
		if (i == 1)
			twr_records_add_fin_wait2(test->priv, &conn, TIMEWAIT_TIMEO, away[i], now);
		else
			twr_records_add_rejected(test->priv, &conn, until, now);
	}

	for (i = 0; i < WAYS; i++) {
		conn = conn_of(i);
		KUNIT_EXPECT_NE(test, found(test, &conn, now), TWR_RECORD_NONE);
		KUNIT_EXPECT_EQ(test, twr_records_add_rejected(test->priv, &last,
							       TWR_RECORD_WHILE_OPEN, now),
				i == 1 ? TWR_RECORD_BUCKET :
					 TWR_RECORD_REJECTED);
		KUNIT_EXPECT_EQ(test, found(test, &conn, now), TWR_RECORD_NONE);
		last = conn_of(1001 + i);
	}
	for (i = 0; i < WAYS; i++) {
		conn = conn_of(1000 + i);
		KUNIT_EXPECT_EQ(test, found(test, &conn, now),
				TWR_RECORD_REJECTED);
	}
}

static u32 gone;

static bool is_not_gone(u32 netns)
{
	return netns != gone;
}

static void records_of_dead_namespaces_are_evicted_first(struct kunit *test)
{
	struct twr_conn conn;
	u64 now = 1000;
	u16 i;

	use_table_for(test, WAYS, is_not_gone);
	gone = 0;
	for (i = 0; i < WAYS; i++) {
		conn = conn_in(1 + i % 2, i, i);
		twr_records_add_rejected(test->priv, &conn,
					 i % 2 ? TWR_RECORD_WHILE_OPEN : now + HZ, now);
	}

	gone = 2;
	fill(test, 1000, WAYS / 2, TWR_RECORD_WHILE_OPEN, now);
	for (i = 0; i < WAYS; i += 2) {
		conn = conn_in(1, i, i);
		KUNIT_EXPECT_EQ(test, found(test, &conn, now),
				TWR_RECORD_REJECTED);
	}

	/* From then on each new record replaces another one. */
	conn = conn_of(2000);
	KUNIT_EXPECT_EQ(test, twr_records_add_rejected(test->priv, &conn,
						       TWR_RECORD_WHILE_OPEN, now),
			TWR_RECORD_REJECTED);
}

/*
 * With one row to choose from, a record would be lost as soon as a tenth of the places
 * is taken.
 */
static void no_row_is_full_while_many_are_empty(struct kunit *test)
{
	use_table_for(test, 24576, NULL);
	fill(test, 0, 24576 * 2 / 5, TWR_RECORD_WHILE_OPEN, 1000);
}

/* Return: the number of these peers that have a record. */
static u32 count_recorded(struct kunit *test, u32 count, u64 now)
{
	struct twr_conn conn;
	u32 i, n = 0;

	for (i = 0; i < count; i++) {
		conn = conn_of(i);
		n += found(test, &conn, now) != TWR_RECORD_NONE;
	}
	return n;
}

/*
 * Ten times more records come than there is room for. Memory does not grow, each loss
 * is reported, and the last record is there.
 */
static void every_loss_is_reported(struct kunit *test)
{
	static const u32 many = 250000;
	struct twr_conn conn;
	u32 i, n, lost = 0;

	use_table_for(test, 24576, NULL);
	for (i = 0; i < many; i++) {
		conn = conn_of(i);
		lost += twr_records_add_rejected(test->priv, &conn, many + i, 1) !=
			TWR_RECORD_NONE;
	}
	n = count_recorded(test, many, 1);
	KUNIT_EXPECT_EQ(test, n + lost, many);
	KUNIT_EXPECT_LE(test, n, 24576U);
	KUNIT_EXPECT_GE(test, n, 24000U);
	KUNIT_EXPECT_EQ(test, found(test, &conn, 1), TWR_RECORD_REJECTED);
}

/* The connections of a NAT are spread over the rows as those of many peers are. */
static void ports_of_one_peer_spread_over_rows(struct kunit *test)
{
	struct twr_conn conn;
	u32 port, lost = 0;

	use_table_for(test, 2 * 65536, NULL);
	for (port = 1; port < 65536; port++) {
		conn = conn_in(1, 1, port);
		lost += twr_records_add_rejected(test->priv, &conn, TWR_RECORD_WHILE_OPEN,
						 1) != TWR_RECORD_NONE;
	}
	KUNIT_EXPECT_EQ(test, lost, 0U);
}

static void a_reset_removes_all_records(struct kunit *test)
{
	fill(test, 0, 1000, TWR_RECORD_WHILE_OPEN, 1);
	KUNIT_EXPECT_EQ(test, count_recorded(test, 1000, 1), 1000U);
	twr_records_reset(test->priv);
	KUNIT_EXPECT_EQ(test, count_recorded(test, 1000, 1), 0U);
	fill(test, 0, 1000, TWR_RECORD_WHILE_OPEN, 1);
}

static void the_default_count_follows_memory(struct kunit *test)
{
	u64 by_memory = div_u64((u64)totalram_pages() << PAGE_SHIFT, 16 * 1024);

	KUNIT_EXPECT_EQ(test, (u64)twr_records_default_count(),
			clamp_t(u64, by_memory, 24576, BIT(24)));
}

/* What records.h promises for a server of 64 GiB, at a smaller scale. */
#define SCALE		32
#define PROMISED	((u32)(64ULL * SZ_1G / (16 * 1024) / SCALE))
#define CLOSES		(50000 / SCALE)
#define REJECTS		(20000 / SCALE)
#define SECONDS		(64 + 60)

static const struct crowd {
	const char *name;
	u32 peers;
	u32 ports;
} crowds[] = {
	{ "a peer for each connection", U32_MAX, 65535 },
	{ "a thousand NATs", 1000, 65535 },
	{ "sixteen NATs", 16, 65535 },
	{ "few ports", 65536, 16 },
};

static void crowd_describe(const struct crowd *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(crowd, crowds, crowd_describe);

static struct twr_conn some_conn(const struct crowd *c, struct rnd_state *rnd)
{
	return conn_in(1, prandom_u32_state(rnd) % c->peers,
		       1 + prandom_u32_state(rnd) % c->ports);
}

/*
 * Each second 50,000 connections close and are recorded for a second, and 20,000 are
 * rejected and recorded for 64 s. A minute after the first of the latter records have
 * ended, no record has been lost.
 */
static void a_busy_server_loses_no_record(struct kunit *test)
{
	const struct crowd *c = test->param_value;
	u32 i, tick, lost = 0;
	struct rnd_state rnd;
	struct twr_conn conn;
	u64 now = BIT_ULL(32) - 30 * HZ;

	use_table_for(test, PROMISED, NULL);
	prandom_seed_state(&rnd, 4711);
	for (tick = 0; tick < SECONDS * 10; tick++, now += HZ / 10) {
		for (i = 0; i < CLOSES / 10; i++) {
			conn = some_conn(c, &rnd);
			lost += twr_records_add_timewait(test->priv, &conn, HZ,
							 now) != TWR_RECORD_NONE;
		}
		for (i = 0; i < REJECTS / 10; i++) {
			conn = some_conn(c, &rnd);
			lost += twr_records_add_rejected(test->priv, &conn,
							 now + 64 * HZ, now) !=
				TWR_RECORD_NONE;
		}
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, lost, 0U);
}

static struct kunit_case records_cases[] = {
	KUNIT_CASE(each_part_of_a_connection_counts),
	KUNIT_CASE_PARAM(a_bucket_lasts_for_its_timeout, moment_gen_params),
	KUNIT_CASE_PARAM(a_mini_socket_keeps_its_timewait_timeout,
			 moment_gen_params),
	KUNIT_CASE_PARAM(a_mini_socket_lasts_until_fin_wait2_ends,
			 moment_gen_params),
	KUNIT_CASE_PARAM(a_lost_timeout_is_the_minimum, moment_gen_params),
	KUNIT_CASE_PARAM(a_live_bucket_can_be_rearmed,
			 moment_gen_params),
	KUNIT_CASE_PARAM(an_expired_bucket_cannot_be_rearmed, moment_gen_params),
	KUNIT_CASE_PARAM(a_rejected_connection_stays_rejected_when_rearmed,
			 moment_gen_params),
	KUNIT_CASE_PARAM(a_rejected_request_is_recorded_until_it_expires,
			 moment_gen_params),
	KUNIT_CASE_PARAM(a_rejected_connection_is_recorded_while_open,
			 moment_gen_params),
	KUNIT_CASE(a_connection_has_one_record_at_a_time),
	KUNIT_CASE_PARAM(a_place_is_free_when_its_record_expires,
			 moment_gen_params),
	KUNIT_CASE_PARAM(the_first_to_expire_is_evicted_and_reported,
			 moment_gen_params),
	KUNIT_CASE(records_of_dead_namespaces_are_evicted_first),
	KUNIT_CASE(no_row_is_full_while_many_are_empty),
	KUNIT_CASE(every_loss_is_reported),
	KUNIT_CASE(ports_of_one_peer_spread_over_rows),
	KUNIT_CASE(a_reset_removes_all_records),
	KUNIT_CASE(the_default_count_follows_memory),
	KUNIT_CASE_PARAM(a_busy_server_loses_no_record, crowd_gen_params),
	{ }
};

static struct kunit_suite records_suite = {
	.name = "twr_records",
	.init = records_init,
	.exit = records_exit,
	.test_cases = records_cases,
};

kunit_test_suite(records_suite);
