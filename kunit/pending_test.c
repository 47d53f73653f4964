// SPDX-License-Identifier: GPL-2.0
/*
 * pending_test.c - when the retries of rejected SYNs would have passed
 *
 * The cases reject SYNs with a real engine, move its time on and let other connections of the
 * peer close meanwhile.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "cache.h"
#include "engine.h"
#include "era.h"
#include "offenders.h"
#include "pending.h"
#include "records.h"
#include "schedule.h"
#include "stats.h"

/* The stamp that rejects, and the second of it. */
#define TS	7000002U
#define NOW	twr_stamp_second(100000)

/**
 * struct pending_fixture - an engine for one case, and its time
 * @engine: the engine
 * @stats: counters of one namespace
 * @other: counters of another one
 * @now: the current time, which only the case moves on
 */
struct pending_fixture {
	struct twr_engine engine;
	struct twr_stats stats;
	struct twr_stats other;
	struct twr_time now;
};

/* What the engine told last. */
static s32 told_delay;
static int times_told;

static void tell(const struct twr_pending_syn *syn, s32 delay)
{
	told_delay = delay;
	times_told++;
}

static void use(struct kunit *test, const char *era, const char *schedule)
{
	struct pending_fixture *fixture = test->priv;
	struct twr_cache_config config = { .rows = 64, .rows6 = 64 };
	struct twr_engine *engine = &fixture->engine;
	struct twr_cache *cache;

	engine->era = twr_era_find(era);
	KUNIT_ASSERT_NOT_NULL(test, engine->era);
	config.lru_entries = engine->era->inet_peer_max ? 4 : 0;
	config.lru_ttl = engine->era->inet_peer_ttl;
	cache = twr_cache_new(&config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	if (engine->cache)
		twr_cache_free(engine->cache);
	engine->cache = cache;
	if (engine->pending)
		twr_pending_free(engine->pending);
	KUNIT_ASSERT_TRUE(test, twr_engine_new_pending(engine, twr_schedule_find(schedule), tell));
	twr_records_reset(engine->records);
	twr_stats_reset(&fixture->stats);
	fixture->stats.pending = 0;
	times_told = 0;
}

static int pending_init(struct kunit *test)
{
	struct pending_fixture *fixture = kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);

	if (!fixture)
		return -ENOMEM;
	test->priv = fixture;
	twr_stats_init(&fixture->stats);
	twr_stats_init(&fixture->other);
	fixture->now.seconds = NOW;
	/* The lower half of the jiffies, and of a smaller counter, wraps soon. */
	fixture->now.jiffies = BIT_ULL(32) - 30 * HZ;
	fixture->engine.records = twr_records_new(1000, false, NULL);
	fixture->engine.offenders = twr_offenders_new(NULL);
	if (!fixture->engine.records || !fixture->engine.offenders)
		return -ENOMEM;
	use(test, "4.11", "linux");
	return 0;
}

static void pending_exit(struct kunit *test)
{
	struct pending_fixture *fixture = test->priv;

	if (!fixture)
		return;
	twr_stats_exit(&fixture->stats);
	twr_stats_exit(&fixture->other);
	if (fixture->engine.cache)
		twr_cache_free(fixture->engine.cache);
	if (fixture->engine.pending)
		twr_pending_free(fixture->engine.pending);
	if (fixture->engine.records)
		twr_records_free(fixture->engine.records);
	if (fixture->engine.offenders)
		twr_offenders_free(fixture->engine.offenders);
}

static void advance(struct kunit *test, u32 seconds)
{
	struct pending_fixture *fixture = test->priv;

	fixture->now.seconds += seconds;
	fixture->now.jiffies += (u64)seconds * HZ;
}

static struct twr_conn conn_from(u8 host, u16 port)
{
	struct twr_conn conn = {
		.key.netns = 1,
		.peer_port = htons(port),
		.local_port = htons(80),
	};

	ipv6_addr_set_v4mapped(htonl(0xc6336400 + host), &conn.key.peer);
	ipv6_addr_set_v4mapped(htonl(0xc0000201), &conn.key.local);
	twr_key_set_hash(&conn.key);
	return conn;
}

/* A connection of the host closes and leaves a stamp of this time. */
static void close_conn(struct kunit *test, u8 host, u16 port, u32 tsval)
{
	struct pending_fixture *fixture = test->priv;
	struct twr_conn_change change = {
		.conn = conn_from(host, port),
		.event = TWR_EVENT_OPENED,
		.has_route = true,
		.rto = HZ / 5,
	};

	twr_engine_apply_change(&fixture->engine, &change, &fixture->stats, &fixture->now);
	change.event = TWR_EVENT_TIME_WAIT;
	change.has_stamp = true;
	change.stamp.ts = tsval;
	change.stamp.ts_stamp = fixture->now.seconds;
	twr_engine_apply_change(&fixture->engine, &change, &fixture->stats, &fixture->now);
}

static struct twr_judgement send_syn_to(struct kunit *test, struct twr_stats *stats, u8 host,
					u16 port, bool timed, u32 tsval, u32 rate)
{
	struct pending_fixture *fixture = test->priv;
	struct twr_judgement judgement = { };
	struct twr_syn syn = {
		.conn = conn_from(host, port),
		.timed = timed,
		.tsval = tsval,
		.listener = TWR_LISTENER_FOUND,
		.queues = { .backlog = 128, .max_syn_backlog = 128 },
	};

	fixture->engine.hz = rate;
	twr_engine_judge_syn(&fixture->engine, &syn, stats, &fixture->now, &judgement);
	return judgement;
}

static void send_syn(struct kunit *test, u8 host, u16 port, u32 tsval)
{
	struct pending_fixture *fixture = test->priv;
	struct twr_judgement judgement;

	judgement = send_syn_to(test, &fixture->stats, host, port, true, tsval, 1000);
	KUNIT_ASSERT_EQ(test, judgement.verdict, TWR_REJECT_OLDER);
}

/* What a reader sees of a file of delays/. */
static u64 delay_file(struct kunit *test, const char *name)
{
	struct pending_fixture *fixture = test->priv;
	u64 sums[TWR_COUNTERS] = { };
	int i;

	twr_pending_settle_all(fixture->engine.pending, &fixture->now);
	twr_stats_sum(&fixture->stats, sums);
	for (i = 0; i < TWR_COUNTER_FILES; i++)
		if (twr_counter_files[i].dir && !strcmp(twr_counter_files[i].dir, "delays") &&
		    !strcmp(twr_counter_files[i].name, name))
			return twr_stats_file_value(&twr_counter_files[i], sums);
	KUNIT_FAIL(test, "delays/%s is not there", name);
	return 0;
}

struct retry_case {
	const char *name;
	const char *era;
	u32 behind;
	u32 age;	/* age of the stamp, in seconds */
	u32 rate;	/* 0 for a SYN without a timestamp */
	u32 after;
};

/* All but the first were recorded on real kernels (traces/delays). */
static const struct retry_case retry_cases[] = {
	{ "one tick more than passes", "4.11", 2, 0, 1, 1 },
	{ "half a second", "4.11", 502, 0, 1000, 1 },
	{ "a second and a half", "4.11", 1502, 0, 1000, 3 },
	{ "five seconds", "4.11", 5502, 0, 1000, 7 },
	{ "22 seconds at 250 Hz", "4.11", 5502, 0, 250, 31 },
	{ "55 seconds at 100 Hz", "4.11", 5502, 0, 100, 63 },
	{ "hours", "4.11", 6999002, 0, 1000, 63 },
	{ "without timestamp", "4.11", 0, 0, 0, 63 },
	{ "after 40 s", "3.10", 6999002, 40, 1000, 31 },
	{ "after 50 s", "3.10", 6999002, 50, 100, 15 },
	{ "15 seconds", "3.2", 15002, 0, 1000, 31 },
};

static void retry_describe(const struct retry_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(retry, retry_cases, retry_describe);

/* Nothing else of the peer happens, so the stamp stays as it is. */
static void a_retry_passes(struct kunit *test)
{
	struct pending_fixture *fixture = test->priv;
	const struct retry_case *c = test->param_value;
	char name[8];
	u32 second;

	use(test, c->era, "linux");
	close_conn(test, 1, 1000, TS);
	advance(test, c->age);
	send_syn_to(test, &fixture->stats, 1, 2000, c->rate, TS - c->behind, c->rate);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 1ULL);

	snprintf(name, sizeof(name), "%u", c->after);
	for (second = 1; second < c->after; second++) {
		advance(test, 1);
		KUNIT_ASSERT_EQ(test, delay_file(test, "pending"), 1ULL);
	}
	advance(test, 1);
	KUNIT_EXPECT_EQ(test, delay_file(test, name), 1ULL);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 0ULL);
	KUNIT_EXPECT_EQ(test, told_delay, (s32)c->after);
	KUNIT_EXPECT_EQ(test, times_told, 1);
}

/* The same, if nobody looks before the last retry is over. */
static void a_retry_passes_unobserved(struct kunit *test)
{
	struct pending_fixture *fixture = test->priv;
	const struct retry_case *c = test->param_value;
	char name[8];

	use(test, c->era, "linux");
	close_conn(test, 1, 1000, TS);
	advance(test, c->age);
	send_syn_to(test, &fixture->stats, 1, 2000, c->rate, TS - c->behind, c->rate);
	advance(test, 3600);
	snprintf(name, sizeof(name), "%u", c->after);
	KUNIT_EXPECT_EQ(test, delay_file(test, name), 1ULL);
}

/* Another host behind the address closes a connection every 20 s: the stamp stays fresh. */
static void a_neighbour_keeps_a_client_out(struct kunit *test)
{
	int i;

	close_conn(test, 1, 1000, TS);
	send_syn(test, 1, 2000, TS - 1000000);
	for (i = 1; i <= 4; i++) {
		advance(test, 20);
		close_conn(test, 1, 1000 + i, TS + 20000 * i);
	}
	KUNIT_EXPECT_EQ(test, delay_file(test, "63"), 0ULL);
	KUNIT_EXPECT_EQ(test, delay_file(test, "never"), 1ULL);
	KUNIT_EXPECT_EQ(test, told_delay, TWR_DELAY_NEVER);
}

/* A close between two retries counts for the later one alone. */
static void a_retry_meets_the_stamp_of_its_time(struct kunit *test)
{
	/* The clock is 1.5 s behind: the retry after 3 s passes. */
	close_conn(test, 1, 1000, TS);
	send_syn(test, 1, 2000, TS - 1502);
	advance(test, 3);
	close_conn(test, 1, 1001, TS + 1000000);
	KUNIT_EXPECT_EQ(test, delay_file(test, "3"), 1ULL);

	/* Here the close comes before that retry. */
	use(test, "4.11", "linux");
	close_conn(test, 1, 1000, TS);
	send_syn(test, 1, 2000, TS - 1502);
	advance(test, 2);
	close_conn(test, 1, 1001, TS + 4000);
	advance(test, 1);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 1ULL);
	advance(test, 4);
	KUNIT_EXPECT_EQ(test, delay_file(test, "7"), 1ULL);
}

/* The stamp rejects for 60 s. It is as old when the retry after 31 s comes, or a second less. */
static void a_stamp_ends_after_a_minute(struct kunit *test)
{
	close_conn(test, 1, 1000, TS);
	advance(test, 29);
	send_syn(test, 1, 2000, TS - 1000000);
	advance(test, 100);
	KUNIT_EXPECT_EQ(test, delay_file(test, "31"), 1ULL);

	use(test, "4.11", "linux");
	close_conn(test, 1, 1000, TS);
	advance(test, 28);
	send_syn(test, 1, 2000, TS - 1000000);
	advance(test, 100);
	KUNIT_EXPECT_EQ(test, delay_file(test, "63"), 1ULL);
}

/* The client's clock wraps between the SYN and the retry. */
static void a_tsval_wraps(struct kunit *test)
{
	close_conn(test, 1, 1000, 3000);
	send_syn(test, 1, 2000, 3000 - 5000);
	advance(test, 100);
	KUNIT_EXPECT_EQ(test, delay_file(test, "7"), 1ULL);
}

static void two_clients_of_a_peer_wait(struct kunit *test)
{
	close_conn(test, 1, 1000, TS);
	send_syn(test, 1, 2000, TS - 500);
	send_syn(test, 1, 3000, TS - 20000);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 2ULL);
	advance(test, 1);
	KUNIT_EXPECT_EQ(test, delay_file(test, "1"), 1ULL);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 1ULL);
	advance(test, 30);
	KUNIT_EXPECT_EQ(test, delay_file(test, "31"), 1ULL);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 0ULL);
}

/* An entry that another peer has pushed out rejects no retry. */
static void an_evicted_entry_lets_the_client_in(struct kunit *test)
{
	int i;

	use(test, "2.6.32", "linux");
	close_conn(test, 1, 1000, TS);
	send_syn(test, 1, 2000, TS - 1000000);
	advance(test, 10);
	for (i = 0; i < 4; i++)
		close_conn(test, 10 + i, 1000, TS);
	advance(test, 100);
	KUNIT_EXPECT_EQ(test, delay_file(test, "15"), 1ULL);
}

/* The list of peers has room for four. The peer that was used last but four goes. */
static void a_retry_is_no_use_of_the_entry(struct kunit *test)
{
	struct pending_fixture *fixture = test->priv;
	struct twr_judgement judgement;
	int i;

	use(test, "2.6.32", "linux");
	close_conn(test, 1, 1000, TS);
	send_syn(test, 1, 2000, TS - 1000000);
	for (i = 0; i < 3; i++)
		close_conn(test, 10 + i, 1000, TS);
	advance(test, 7);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 1ULL);
	close_conn(test, 20, 1000, TS);
	judgement = send_syn_to(test, &fixture->stats, 1, 2001, true, TS - 1000000, 1000);
	KUNIT_EXPECT_FALSE(test, judgement.known);
}

/* A list frees an entry that has expired when it is looked up. The retries came before. */
static void an_expired_entry_has_rejected_retries(struct kunit *test)
{
	struct pending_fixture *fixture = test->priv;
	struct twr_judgement judgement;

	use(test, "2.6.32", "linux");
	close_conn(test, 1, 1000, TS);
	send_syn(test, 1, 2000, TS - 1000000);
	advance(test, 86400);
	judgement = send_syn_to(test, &fixture->stats, 1, 2001, true, TS - 1000000, 1000);
	KUNIT_EXPECT_FALSE(test, judgement.known);
	KUNIT_EXPECT_EQ(test, delay_file(test, "63"), 1ULL);
}

/* Without their timestamps the last retries of BSD are rejected, while the stamp is fresh. */
static void schedules_differ(struct kunit *test)
{
	close_conn(test, 1, 1000, TS);
	send_syn(test, 1, 2000, TS - 8000);
	advance(test, 100);
	KUNIT_EXPECT_EQ(test, delay_file(test, "15"), 1ULL);

	use(test, "4.11", "linux-6.5");
	close_conn(test, 1, 1000, TS);
	send_syn(test, 1, 2000, TS - 8000);
	advance(test, 100);
	KUNIT_EXPECT_EQ(test, delay_file(test, "11"), 1ULL);

	use(test, "4.11", "bsd");
	close_conn(test, 1, 1000, TS);
	send_syn(test, 1, 2000, TS - 8000);
	advance(test, 100);
	KUNIT_EXPECT_EQ(test, delay_file(test, "67"), 1ULL);

	/* An era that lets SYNs without a timestamp pass. */
	use(test, "3.10", "bsd");
	close_conn(test, 1, 1000, TS);
	send_syn(test, 1, 2000, TS - 8000);
	advance(test, 100);
	KUNIT_EXPECT_EQ(test, delay_file(test, "11"), 1ULL);
}

/* The SYN that was rejected first makes room. */
static void a_full_table_gives_up_the_oldest(struct kunit *test)
{
	struct pending_fixture *fixture = test->priv;
	struct twr_pending_syn syn = {
		.conn = conn_from(1, 1),
		.stats = &fixture->stats,
		.rejected = fixture->now,
		.timed = true,
		.tsval = TS - 1502,
		.rate = 1000,
	};
	int i;

	close_conn(test, 1, 1000, TS);
	twr_pending_add(fixture->engine.pending, &syn, TWR_COUNT_OLDER);
	advance(test, 1);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 1ULL);
	syn.rejected = fixture->now;
	for (i = 1; i < TWR_PENDING_MAX; i++)
		twr_pending_add(fixture->engine.pending, &syn, TWR_COUNT_OLDER);
	KUNIT_EXPECT_EQ(test, delay_file(test, "unknown"), 0ULL);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), (u64)TWR_PENDING_MAX);
	twr_pending_add(fixture->engine.pending, &syn, TWR_COUNT_OLDER);
	KUNIT_EXPECT_EQ(test, delay_file(test, "unknown"), 1ULL);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), (u64)TWR_PENDING_MAX);
	advance(test, 3);
	KUNIT_EXPECT_EQ(test, delay_file(test, "3"), (u64)TWR_PENDING_MAX);
}

/* A SYN whose retry is due makes room, and its delay is known. */
static void a_full_table_judges_what_is_due(struct kunit *test)
{
	struct pending_fixture *fixture = test->priv;
	struct twr_pending_syn syn = {
		.conn = conn_from(1, 1),
		.stats = &fixture->stats,
		.rejected = fixture->now,
		.timed = true,
		.tsval = TS - 502,
		.rate = 1000,
	};
	int i;

	close_conn(test, 1, 1000, TS);
	for (i = 0; i < TWR_PENDING_MAX; i++)
		twr_pending_add(fixture->engine.pending, &syn, TWR_COUNT_OLDER);
	advance(test, 1);
	syn.rejected = fixture->now;
	twr_pending_add(fixture->engine.pending, &syn, TWR_COUNT_OLDER);
	KUNIT_EXPECT_EQ(test, delay_file(test, "unknown"), 0ULL);
	KUNIT_EXPECT_EQ(test, delay_file(test, "1"), (u64)TWR_PENDING_MAX);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 1ULL);
}

/* A packet judges so many retries that are due, and no more. A reader judges all. */
static void a_packet_pays_for_a_batch(struct kunit *test)
{
	struct pending_fixture *fixture = test->priv;
	struct twr_pending_syn syn = {
		.conn = conn_from(1, 1),
		.stats = &fixture->stats,
		.rejected = fixture->now,
		.timed = true,
		.tsval = TS - 502,
		.rate = 1000,
	};
	int i, all = 2 * TWR_PENDING_BATCH + 7;

	close_conn(test, 1, 1000, TS);
	for (i = 0; i < all; i++)
		twr_pending_add(fixture->engine.pending, &syn, TWR_COUNT_OLDER);
	advance(test, 1);
	close_conn(test, 1, 1001, TS + 1000000);
	KUNIT_EXPECT_EQ(test, delay_file(test, "1"), (u64)TWR_PENDING_BATCH);
	KUNIT_EXPECT_EQ(test, delay_file(test, "unknown"), (u64)all - TWR_PENDING_BATCH);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 0ULL);

	use(test, "4.11", "linux");
	close_conn(test, 1, 1000, TS);
	syn.rejected = fixture->now;
	for (i = 0; i < all; i++)
		twr_pending_add(fixture->engine.pending, &syn, TWR_COUNT_OLDER);
	advance(test, 1);
	KUNIT_EXPECT_EQ(test, delay_file(test, "1"), (u64)all);
}

/* Nothing of the time before a reset is counted after it. */
static void a_reset_empties_the_table(struct kunit *test)
{
	struct pending_fixture *fixture = test->priv;
	struct twr_pending *pending = fixture->engine.pending;

	close_conn(test, 1, 1000, TS);
	send_syn(test, 1, 2000, TS - 502);
	twr_pending_close(pending);
	/* Rejected in the middle: once before the counters are reset, and once after. */
	send_syn(test, 1, 2001, TS - 502);
	KUNIT_EXPECT_EQ(test, delay_file(test, "unknown"), 1ULL);
	twr_pending_reset_stats(pending, &fixture->stats);
	send_syn(test, 1, 2002, TS - 502);
	twr_pending_open(pending);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 0ULL);
	KUNIT_EXPECT_EQ(test, delay_file(test, "unknown"), 1ULL);

	send_syn(test, 1, 2003, TS - 502);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 1ULL);
	advance(test, 100);
	KUNIT_EXPECT_EQ(test, delay_file(test, "1"), 1ULL);
	KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 0ULL);
}

/* The SYNs of a namespace that ends are given up, those of others are not. */
static void a_namespace_ends(struct kunit *test)
{
	struct pending_fixture *fixture = test->priv;
	u64 sums[TWR_COUNTERS] = { };
	int i;

	close_conn(test, 1, 1000, TS);
	for (i = 0; i < 3; i++) {
		send_syn(test, 1, 2000 + i, TS - 8000);
		send_syn_to(test, &fixture->other, 1, 3000 + i, true, TS - 8000, 1000);
		advance(test, 1);
		KUNIT_EXPECT_EQ(test, delay_file(test, "pending"), 1ULL + i);
	}
	KUNIT_EXPECT_EQ(test, fixture->other.pending, 3U);
	twr_pending_drop(fixture->engine.pending, &fixture->other);
	KUNIT_EXPECT_EQ(test, fixture->other.pending, 0U);
	twr_stats_sum(&fixture->other, sums);
	KUNIT_EXPECT_EQ(test, sums[TWR_COUNT_OLDER], 3ULL);
	KUNIT_EXPECT_EQ(test, sums[TWR_COUNT_DELAY_UNKNOWN], 3ULL);
	advance(test, 100);
	KUNIT_EXPECT_EQ(test, delay_file(test, "15"), 3ULL);
	KUNIT_EXPECT_EQ(test, delay_file(test, "unknown"), 0ULL);
}

static struct kunit_case pending_cases[] = {
	KUNIT_CASE_PARAM(a_retry_passes, retry_gen_params),
	KUNIT_CASE_PARAM(a_retry_passes_unobserved, retry_gen_params),
	KUNIT_CASE(a_neighbour_keeps_a_client_out),
	KUNIT_CASE(a_retry_meets_the_stamp_of_its_time),
	KUNIT_CASE(a_stamp_ends_after_a_minute),
	KUNIT_CASE(a_tsval_wraps),
	KUNIT_CASE(two_clients_of_a_peer_wait),
	KUNIT_CASE(an_evicted_entry_lets_the_client_in),
	KUNIT_CASE(a_retry_is_no_use_of_the_entry),
	KUNIT_CASE(an_expired_entry_has_rejected_retries),
	KUNIT_CASE(schedules_differ),
	KUNIT_CASE(a_full_table_gives_up_the_oldest),
	KUNIT_CASE(a_full_table_judges_what_is_due),
	KUNIT_CASE(a_packet_pays_for_a_batch),
	KUNIT_CASE(a_reset_empties_the_table),
	KUNIT_CASE(a_namespace_ends),
	{ }
};

static struct kunit_suite pending_suite = {
	.name = "twr_pending",
	.init = pending_init,
	.exit = pending_exit,
	.test_cases = pending_cases,
};

kunit_test_suite(pending_suite);
