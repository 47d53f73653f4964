// SPDX-License-Identifier: GPL-2.0
/*
 * engine_test.c - what the simulated kernel does with SYNs and changes of state
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "cache.h"
#include "engine.h"
#include "offenders.h"
#include "pending.h"
#include "records.h"
#include "schedule.h"
#include "stats.h"

#define TS	700000U
#define NEWER	(TS + 100000)
#define RTO	(HZ / 5)
#define TIMEWAIT_TIMEO	(RTO * 7 / 2)

/**
 * struct engine_fixture - an engine for one case, and its time
 * @engine: the engine
 * @stats: counters of the engine
 * @now: the current time, which only the case moves on
 */
struct engine_fixture {
	struct twr_engine engine;
	struct twr_stats stats;
	struct twr_time now;
};

static void reset_fixture(struct kunit *test)
{
	struct engine_fixture *fixture = test->priv;

	twr_pending_close(fixture->engine.pending);
	twr_pending_reset_stats(fixture->engine.pending, &fixture->stats);
	twr_engine_reset(&fixture->engine);
	twr_pending_open(fixture->engine.pending);
}

/* Replaces the tables by empty ones of that era. */
static void use_era(struct kunit *test, const char *name)
{
	struct engine_fixture *fixture = test->priv;
	struct twr_cache_config config = { .rows = 64, .rows6 = 64 };
	struct twr_cache *cache;

	fixture->engine.era = twr_era_find(name);
	KUNIT_ASSERT_NOT_NULL(test, fixture->engine.era);
	config.lru_entries = fixture->engine.era->inet_peer_max ? 64 : 0;
	config.lru_ttl = fixture->engine.era->inet_peer_ttl;
	cache = twr_cache_new(&config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	if (fixture->engine.cache)
		twr_cache_free(fixture->engine.cache);
	fixture->engine.cache = cache;
	reset_fixture(test);
}

static void use_records(struct kunit *test, u32 count)
{
	struct engine_fixture *fixture = test->priv;

	twr_records_free(fixture->engine.records);
	fixture->engine.records = twr_records_new(count, false, NULL);
	KUNIT_ASSERT_NOT_NULL(test, fixture->engine.records);
}

static int engine_init(struct kunit *test)
{
	struct engine_fixture *fixture = kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);

	if (!fixture)
		return -ENOMEM;
	test->priv = fixture;
	twr_stats_init(&fixture->stats);
	fixture->now.seconds = twr_stamp_second(100000);
	fixture->now.jiffies = BIT_ULL(32) - 30 * HZ;
	fixture->engine.records = twr_records_new(1000, false, NULL);
	fixture->engine.offenders = twr_offenders_new(NULL);
	if (!fixture->engine.records || !fixture->engine.offenders ||
	    !twr_engine_new_pending(&fixture->engine, twr_schedule_find("linux"), NULL))
		return -ENOMEM;
	use_era(test, TWR_ERA_LAST);
	return 0;
}

static void engine_exit(struct kunit *test)
{
	struct engine_fixture *fixture = test->priv;

	if (!fixture)
		return;
	twr_stats_exit(&fixture->stats);
	if (fixture->engine.cache)
		twr_cache_free(fixture->engine.cache);
	if (fixture->engine.records)
		twr_records_free(fixture->engine.records);
	if (fixture->engine.offenders)
		twr_offenders_free(fixture->engine.offenders);
	if (fixture->engine.pending)
		twr_pending_free(fixture->engine.pending);
}

static void advance_time(struct kunit *test, u32 seconds)
{
	struct engine_fixture *fixture = test->priv;

	fixture->now.seconds += seconds;
	fixture->now.jiffies += (u64)seconds * HZ;
}

static u64 counted(struct kunit *test, enum twr_counter counter)
{
	u64 sums[TWR_COUNTERS] = { };
	struct engine_fixture *fixture = test->priv;

	twr_stats_sum(&fixture->stats, sums);
	return sums[counter];
}

static u64 exempted(struct kunit *test, enum twr_exempt_reason why)
{
	return counted(test, TWR_COUNT_EXEMPT + why);
}

static u64 older(struct kunit *test)
{
	return counted(test, TWR_COUNT_OLDER);
}

static u64 passed(struct kunit *test)
{
	return counted(test, TWR_COUNT_PASSED);
}

static u64 stamps(struct kunit *test)
{
	return counted(test, TWR_COUNT_RECORDED) +
	       counted(test, TWR_COUNT_REFUSED);
}

static struct twr_conn conn_from(bool v6, u16 port)
{
	struct twr_conn conn = {
		.key.netns = 1,
		.peer_port = htons(port),
		.local_port = htons(80),
	};

	if (v6) {
		ipv6_addr_set(&conn.key.peer, htonl(0x20010db8), 0, 0, htonl(7));
		ipv6_addr_set(&conn.key.local, htonl(0x20010db8), 0, 0, htonl(1));
	} else {
		ipv6_addr_set_v4mapped(htonl(0xc6336407), &conn.key.peer);
		ipv6_addr_set_v4mapped(htonl(0xc0000201), &conn.key.local);
	}
	twr_key_set_hash(&conn.key);
	return conn;
}

static struct twr_conn conn_of(bool v6)
{
	return conn_from(v6, 40001);
}

/* A SYN with an old timestamp that meets only a listener. */
static struct twr_syn old_syn(bool v6)
{
	return (struct twr_syn) {
		.conn = conn_of(v6),
		.timed = true,
		.tsval = TS,
		.queues = { .backlog = 128, .max_syn_backlog = 128 },
	};
}

static struct twr_syn syn_matching(enum twr_match match)
{
	struct twr_syn syn = old_syn(false);

	syn.match = match;
	return syn;
}

static struct twr_judgement judge_syn(struct kunit *test, const struct twr_syn *syn)
{
	struct engine_fixture *fixture = test->priv;
	struct twr_judgement judgement;

	twr_engine_prefetch(&fixture->engine, &syn->conn.key);
	twr_engine_judge_syn(&fixture->engine, syn, &fixture->stats, &fixture->now, &judgement);
	return judgement;
}

/* A change of a connection whose socket has a route, and a timestamp of this second. */
static struct twr_conn_change change_of(struct kunit *test, bool v6,
					enum twr_conn_event event, u32 ts)
{
	struct engine_fixture *fixture = test->priv;

	return (struct twr_conn_change) {
		.conn = conn_of(v6),
		.event = event,
		.has_route = true,
		.has_stamp = event == TWR_EVENT_FIN_WAIT2 ||
			     event == TWR_EVENT_TIME_WAIT ||
			     event == TWR_EVENT_MINI_TIME_WAIT,
		.stamp = { .ts = ts, .ts_stamp = fixture->now.seconds },
		.rto = RTO,
		.fin_wait2_timeo = 40 * HZ,
	};
}

/* Return: true if the cache took the stamp. */
static bool apply_change(struct kunit *test, const struct twr_conn_change *change)
{
	struct engine_fixture *fixture = test->priv;

	return twr_engine_apply_change(&fixture->engine, change, &fixture->stats, &fixture->now);
}

static bool apply_event(struct kunit *test, bool v6, enum twr_conn_event event, u32 ts)
{
	struct twr_conn_change change = change_of(test, v6, event, ts);

	return apply_change(test, &change);
}

/* Gives the peer of the suite's connections an entry in the cache. */
static void set_cached_stamp(struct kunit *test, bool v6, u32 ts, u32 age)
{
	struct engine_fixture *fixture = test->priv;
	struct twr_update update = {
		.creates_entry = true,
		.has_stamp = true,
		.stamp = { .ts = ts, .ts_stamp = fixture->now.seconds - age },
	};
	struct twr_conn conn = conn_of(v6);

	if (!fixture->engine.era->keys_by_local)
		memset(&conn.key.local, 0, sizeof(conn.key.local));
	twr_cache_update(fixture->engine.cache, &conn.key, &update, twr_era_replaces_stamp,
			 fixture->now.seconds, fixture->now.jiffies);
}

static u64 count_entries(struct kunit *test)
{
	struct engine_fixture *fixture = test->priv;

	return twr_cache_count(fixture->engine.cache, 0);
}

/* Return: what is recorded of the suite's connection. */
static enum twr_record lookup_record(struct kunit *test, bool v6)
{
	struct engine_fixture *fixture = test->priv;
	struct twr_conn conn = conn_of(v6);

	return twr_records_lookup(fixture->engine.records, &conn, fixture->now.jiffies);
}

static enum twr_record lookup_record_later(struct kunit *test, bool v6, u64 jiffies)
{
	struct engine_fixture *fixture = test->priv;
	struct twr_conn conn = conn_of(v6);

	return twr_records_lookup(fixture->engine.records, &conn,
				  fixture->now.jiffies + jiffies);
}

static void expect_recorded_for(struct kunit *test, bool v6,
				enum twr_record wanted, u64 jiffies)
{
	KUNIT_EXPECT_EQ(test, lookup_record_later(test, v6, jiffies - 1), wanted);
	KUNIT_EXPECT_EQ(test, lookup_record_later(test, v6, jiffies), TWR_RECORD_NONE);
}

/* Makes the suite's connection one that the simulated kernel has rejected. */
static void reject_syn(struct kunit *test, bool v6)
{
	struct twr_syn syn = old_syn(v6);

	set_cached_stamp(test, v6, NEWER, 0);
	KUNIT_ASSERT_NE(test, judge_syn(test, &syn).verdict, TWR_PASS);
	KUNIT_ASSERT_EQ(test, lookup_record(test, v6), TWR_RECORD_REJECTED);
}

static void a_syn_is_checked_against_the_cache(struct kunit *test)
{
	struct twr_judgement judged;
	struct twr_syn syn;
	bool v6;

	for (v6 = false;; v6 = true) {
		reset_fixture(test);
		syn = old_syn(v6);

		judged = judge_syn(test, &syn);
		KUNIT_EXPECT_TRUE(test, judged.checked);
		KUNIT_EXPECT_FALSE(test, judged.known);
		KUNIT_EXPECT_EQ(test, judged.verdict, TWR_PASS);
		KUNIT_EXPECT_EQ(test, passed(test), 1ULL);

		set_cached_stamp(test, v6, TS + 2, 10);
		judged = judge_syn(test, &syn);
		KUNIT_EXPECT_TRUE(test, judged.known);
		KUNIT_EXPECT_EQ(test, judged.cached.ts, TS + 2);
		KUNIT_EXPECT_EQ(test, judged.verdict, TWR_REJECT_OLDER);
		KUNIT_EXPECT_EQ(test, older(test), 1ULL);

		syn.timed = false;
		judged = judge_syn(test, &syn);
		KUNIT_EXPECT_EQ(test, judged.verdict, TWR_REJECT_UNTIMED);
		KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_UNTIMED), 1ULL);

		syn.timed = true;
		syn.tsval = TS + 1;
		KUNIT_EXPECT_EQ(test, judge_syn(test, &syn).verdict, TWR_PASS);
		KUNIT_EXPECT_EQ(test, passed(test), 2ULL);

		/* A minute after it was taken, the stamp is too old to reject a SYN. */
		syn.tsval = TS;
		advance_time(test, 49);
		KUNIT_EXPECT_EQ(test, judge_syn(test, &syn).verdict, TWR_REJECT_OLDER);
		advance_time(test, 1);
		KUNIT_EXPECT_EQ(test, judge_syn(test, &syn).verdict, TWR_PASS);
		if (v6)
			break;
	}
}

static void expect_offender(struct kunit *test, u64 all, u64 untimed,
			    u64 checked, u32 behind)
{
	struct engine_fixture *fixture = test->priv;
	struct twr_offender *list;
	int n;

	list = kvcalloc(TWR_OFFENDERS_MAX, sizeof(*list), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, list);
	n = twr_offenders_list(fixture->engine.offenders, 1, list);
	KUNIT_EXPECT_EQ(test, n, 1);
	KUNIT_EXPECT_EQ(test, list->rejected, all);
	KUNIT_EXPECT_EQ(test, list->rejected_by[TWR_REJECT_UNTIMED], untimed);
	KUNIT_EXPECT_EQ(test, list->checked, checked);
	if (list->timed)
		KUNIT_EXPECT_EQ(test, list->behind, behind);
	kvfree(list);
}

/*
 * A rejection is counted by peer and cause, with the difference and the expected delay.
 */
static void a_rejection_is_reported(struct kunit *test)
{
	struct engine_fixture *fixture = test->priv;
	struct twr_syn syn;
	bool v6;

	for (v6 = false;; v6 = true) {
		reset_fixture(test);
		set_cached_stamp(test, v6, TS + 4000, 10);

		/*
		 * The SYN is four seconds behind by a clock in milliseconds, and
		 * sixteen at 250 Hz.
		 */
		syn = old_syn(v6);
		judge_syn(test, &syn);
		expect_offender(test, 1, 0, 1, 4000);
		fixture->engine.hz = 250;
		judge_syn(test, &syn);
		fixture->engine.hz = 0;

		/* The stamp becomes too old after another fifty seconds. */
		syn.timed = false;
		judge_syn(test, &syn);
		expect_offender(test, 3, 1, 3, 0);

		/* SYNs that pass are counted as well. */
		syn.timed = true;
		syn.tsval = TS + 4000;
		judge_syn(test, &syn);
		expect_offender(test, 3, 1, 4, 0);

		advance_time(test, 63);
		twr_pending_settle_all(fixture->engine.pending, &fixture->now);
		KUNIT_EXPECT_EQ(test, counted(test, twr_stats_delay_counter(7)), 1ULL);
		KUNIT_EXPECT_EQ(test, counted(test, twr_stats_delay_counter(31)), 1ULL);
		KUNIT_EXPECT_EQ(test, counted(test, twr_stats_delay_counter(63)), 1ULL);
		if (v6)
			break;
	}
}

static const enum twr_conn_event endings[] = {
	TWR_EVENT_FIN_WAIT2, TWR_EVENT_TIME_WAIT, TWR_EVENT_MINI_TIME_WAIT,
	TWR_EVENT_CLOSED, TWR_EVENT_ABORTED,
};

static void a_rejected_connection_updates_nothing(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(endings); i++) {
		reset_fixture(test);
		reject_syn(test, false);
		apply_event(test, false, TWR_EVENT_OPENED, 0);
		KUNIT_EXPECT_EQ(test, lookup_record_later(test, false, BIT_ULL(40)),
				TWR_RECORD_REJECTED);
		KUNIT_EXPECT_FALSE(test, apply_event(test, false, endings[i],
						     NEWER + 1));
		KUNIT_EXPECT_EQ_MSG(test, stamps(test), 0ULL, "ending %d", i);
		KUNIT_EXPECT_NE(test, lookup_record(test, false), TWR_RECORD_BUCKET);
	}
}

/* The next connection on the same ports leaves a stamp again. */
static void the_record_of_a_rejected_connection_goes_with_it(struct kunit *test)
{
	struct twr_conn_change mini;
	int i;

	for (i = 1; i < ARRAY_SIZE(endings); i++) {
		reset_fixture(test);
		reject_syn(test, false);
		apply_event(test, false, TWR_EVENT_OPENED, 0);
		apply_event(test, false, endings[i], NEWER + 1);
		KUNIT_EXPECT_EQ_MSG(test, lookup_record(test, false), TWR_RECORD_NONE,
				    "ending %d", i);
		KUNIT_EXPECT_TRUE(test, apply_event(test, false,
						    TWR_EVENT_FIN_WAIT2, NEWER + 1));
	}

	/* A half-closed connection has not ended yet. */
	reset_fixture(test);
	reject_syn(test, false);
	apply_event(test, false, TWR_EVENT_OPENED, 0);
	apply_event(test, false, TWR_EVENT_FIN_WAIT2, NEWER + 1);
	KUNIT_EXPECT_EQ(test, lookup_record_later(test, false, 40 * HZ),
			TWR_RECORD_REJECTED);

	/*
	 * A bucket without a stamp exempts a SYN even if it has no record. The record
	 * of the rejection must last as long as the bucket.
	 */
	mini = change_of(test, false, TWR_EVENT_MINI_TIME_WAIT, 0);
	mini.has_stamp = false;
	apply_change(test, &mini);
	expect_recorded_for(test, false, TWR_RECORD_REJECTED, TWR_TIMEWAIT_LEN);
}

/* TCP gives up a request that the peer does not complete after 63 s. */
static void the_record_of_a_rejected_request_expires(struct kunit *test)
{
	reject_syn(test, false);
	expect_recorded_for(test, false, TWR_RECORD_REJECTED, 64 * HZ);
	apply_event(test, false, TWR_EVENT_ABORTED, 0);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_NONE);
}

/*
 * The SYN of an open connection comes again, and is rejected again. The record outlasts
 * that SYN's own request, because the connection does.
 */
static void another_rejected_syn_shortens_no_record(struct kunit *test)
{
	struct twr_syn syn = old_syn(false);

	reject_syn(test, false);
	apply_event(test, false, TWR_EVENT_OPENED, 0);
	syn.match = TWR_MATCH_SOCKET;
	KUNIT_EXPECT_EQ(test, judge_syn(test, &syn).verdict, TWR_REJECT_OLDER);
	KUNIT_EXPECT_EQ(test, lookup_record_later(test, false, 3600 * HZ),
			TWR_RECORD_REJECTED);
}

/* A connection that this side opens on the same ports is another one. */
static void an_active_open_ends_a_rejection(struct kunit *test)
{
	struct twr_conn_change opened;

	reject_syn(test, false);
	opened = change_of(test, false, TWR_EVENT_OPENED, 0);
	opened.is_active_open = true;
	apply_change(test, &opened);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_NONE);
	KUNIT_EXPECT_TRUE(test, apply_event(test, false, TWR_EVENT_FIN_WAIT2,
					    NEWER + 1));
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_RECORDED), 1ULL);
}

static void a_rejected_connection_stops_no_syn(struct kunit *test)
{
	static const struct { enum twr_match match; enum twr_exempt_reason as; } ways[] = {
		{ TWR_MATCH_REQUEST, TWR_EXEMPT_REQUEST_PENDING },
		{ TWR_MATCH_SOCKET, TWR_EXEMPT_ESTABLISHED },
		{ TWR_MATCH_TIMEWAIT, TWR_EXEMPT_TIMEWAIT },
	};
	struct twr_syn syn;
	int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		reset_fixture(test);
		set_cached_stamp(test, false, NEWER, 0);
		syn = syn_matching(ways[i].match);
		KUNIT_EXPECT_FALSE(test, judge_syn(test, &syn).checked);
		KUNIT_EXPECT_EQ(test, exempted(test, ways[i].as), 1ULL);

		reject_syn(test, false);
		judge_syn(test, &syn);
		judge_syn(test, &syn);
		KUNIT_EXPECT_EQ(test, older(test), 3ULL);

		/*
		 * The SYN's clock has caught up, so the simulated kernel now has the
		 * connection.
		 */
		syn.tsval = NEWER;
		judge_syn(test, &syn);
		KUNIT_EXPECT_EQ(test, passed(test), 1ULL);
		judge_syn(test, &syn);
		KUNIT_EXPECT_EQ(test, passed(test), 1ULL);
		KUNIT_EXPECT_EQ(test, exempted(test, ways[i].as), 2ULL);
	}
}

static void a_bucket_lasts_three_and_a_half_rto(struct kunit *test)
{
	struct twr_syn syn = syn_matching(TWR_MATCH_TIMEWAIT_RECYCLABLE);
	struct engine_fixture *fixture = test->priv;

	KUNIT_EXPECT_TRUE(test, apply_event(test, false, TWR_EVENT_TIME_WAIT, NEWER));
	expect_recorded_for(test, false, TWR_RECORD_BUCKET, TIMEWAIT_TIMEO);
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_TIMEWAIT), 1ULL);

	fixture->now.jiffies += TIMEWAIT_TIMEO;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_TIMEWAIT), 1ULL);
	KUNIT_EXPECT_EQ(test, older(test), 1ULL);
}

/* The bucket of the running kernel answers an old SYN, where the simulated kernel has none. */
static void a_syn_that_timewait_refuses_is_accepted(struct kunit *test)
{
	struct twr_syn syn = syn_matching(TWR_MATCH_TIMEWAIT_RECYCLABLE);
	struct engine_fixture *fixture = test->priv;

	apply_event(test, false, TWR_EVENT_TIME_WAIT, NEWER);
	syn.rearms_timewait = true;
	syn.tsval = NEWER - 1;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_TIMEWAIT_REFUSED), 1ULL);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_TIMEWAIT_ACCEPTED), 0ULL);

	/* The bucket has got another minute. */
	fixture->now.jiffies += TWR_TIMEWAIT_LEN;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_TIMEWAIT_REFUSED), 2ULL);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_TIMEWAIT_ACCEPTED), 1ULL);
	KUNIT_EXPECT_EQ(test, passed(test), 1ULL);

	/* One that the simulated kernel rejects is not accepted. */
	syn.tsval = TS;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, older(test), 1ULL);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_TIMEWAIT_REFUSED), 3ULL);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_TIMEWAIT_ACCEPTED), 1ULL);

	/* The running kernel lets this one in. */
	syn.rearms_timewait = false;
	syn.reopens_timewait = true;
	syn.tsval = NEWER + 1;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_TIMEWAIT_REFUSED), 3ULL);
}

/* Without a record, only the running kernel has the bucket. */
static void a_bucket_without_a_record_has_expired(struct kunit *test)
{
	struct twr_syn syn = syn_matching(TWR_MATCH_TIMEWAIT_RECYCLABLE);

	set_cached_stamp(test, false, NEWER, 0);
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, older(test), 1ULL);
}

static void the_rto_is_that_of_the_socket(struct kunit *test)
{
	struct twr_conn_change change;
	struct engine_fixture *fixture = test->priv;

	change = change_of(test, false, TWR_EVENT_FIN_WAIT2, NEWER);
	change.rto = 3 * HZ;
	apply_change(test, &change);
	expect_recorded_for(test, false, TWR_RECORD_BUCKET, 40 * HZ);

	/* The mini-socket has no RTO of its own. */
	fixture->now.jiffies += 20 * HZ;
	change = change_of(test, false, TWR_EVENT_MINI_TIME_WAIT, NEWER + 1);
	change.rto = 0;
	apply_change(test, &change);
	expect_recorded_for(test, false, TWR_RECORD_BUCKET, 3 * HZ * 7 / 2);
}

/*
 * Kernels before 2.6.39 kept no stamps for IPv6. Kernels from 3.6 on keep none for a
 * socket without a route.
 */
static void a_bucket_without_a_remembered_stamp_lasts_a_minute(struct kunit *test)
{
	struct twr_conn_change change;

	use_era(test, "2.6.32");
	KUNIT_EXPECT_FALSE(test, apply_event(test, true, TWR_EVENT_TIME_WAIT, NEWER));
	expect_recorded_for(test, true, TWR_RECORD_BUCKET, TWR_TIMEWAIT_LEN);
	KUNIT_EXPECT_EQ(test, count_entries(test), 0ULL);

	use_era(test, TWR_ERA_LAST);
	change = change_of(test, false, TWR_EVENT_TIME_WAIT, NEWER);
	change.has_route = false;
	KUNIT_EXPECT_FALSE(test, apply_change(test, &change));
	expect_recorded_for(test, false, TWR_RECORD_BUCKET, TWR_TIMEWAIT_LEN);
	KUNIT_EXPECT_EQ(test, count_entries(test), 0ULL);
	KUNIT_EXPECT_EQ(test, stamps(test), 0ULL);

	/* From 3.6 on, a mini-socket does not make an entry of its own. */
	use_era(test, "3.6");
	KUNIT_EXPECT_FALSE(test, apply_event(test, true, TWR_EVENT_MINI_TIME_WAIT,
					     NEWER));
	expect_recorded_for(test, true, TWR_RECORD_BUCKET, TWR_TIMEWAIT_LEN);
	KUNIT_EXPECT_EQ(test, stamps(test), 0ULL);

	/* Before 3.6 it did. */
	use_era(test, "3.5");
	KUNIT_EXPECT_TRUE(test, apply_event(test, true, TWR_EVENT_MINI_TIME_WAIT,
					    NEWER));
	expect_recorded_for(test, true, TWR_RECORD_BUCKET,
			    TWR_RTO_MIN * 7 / 2);

	/*
	 * A stamp that the rule refuses counts as remembered for the life of the
	 * bucket.
	 */
	use_era(test, TWR_ERA_LAST);
	set_cached_stamp(test, false, NEWER, 0);
	KUNIT_EXPECT_FALSE(test, apply_event(test, false, TWR_EVENT_TIME_WAIT, TS));
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_REFUSED), 1ULL);
	expect_recorded_for(test, false, TWR_RECORD_BUCKET, TIMEWAIT_TIMEO);
}

static void a_bucket_without_timestamps_lasts_a_minute(struct kunit *test)
{
	struct twr_syn syn = syn_matching(TWR_MATCH_TIMEWAIT);
	struct twr_conn_change change;

	change = change_of(test, false, TWR_EVENT_TIME_WAIT, 0);
	change.has_stamp = false;
	KUNIT_EXPECT_FALSE(test, apply_change(test, &change));
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_NONE);
	set_cached_stamp(test, false, NEWER, 0);
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_TIMEWAIT), 1ULL);
}

static void a_socket_without_route_leaves_no_stamp_since_3_6(struct kunit *test)
{
	static const struct { const char *era; bool leaves; } cases[] = {
		{ "2.6.32", true }, { "3.5", true }, { "3.6", false },
		{ "3.16", false }, { "el7", false }, { "4.11", false },
	};
	struct twr_conn_change change;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		use_era(test, cases[i].era);
		change = change_of(test, false, TWR_EVENT_FIN_WAIT2, NEWER);
		change.has_route = false;
		KUNIT_EXPECT_EQ_MSG(test, apply_change(test, &change),
				    cases[i].leaves, "era %s", cases[i].era);
	}
}

/* A segment that TIME-WAIT refuses restarts the minute of the bucket. */
static void a_rearmed_bucket_lasts_a_minute(struct kunit *test)
{
	struct twr_conn conn = conn_of(false);
	struct engine_fixture *fixture = test->priv;
	struct twr_syn syn;
	int i;

	for (i = 0; i < 3; i++) {
		reset_fixture(test);
		apply_event(test, false, TWR_EVENT_TIME_WAIT, NEWER);
		syn = syn_matching(TWR_MATCH_TIMEWAIT_RECYCLABLE);
		syn.rearms_timewait = true;
		/* TIME-WAIT takes a segment with SYN and FIN for a SYN in every era. */
		syn.fin = i == 2;
		if (i)
			judge_syn(test, &syn);
		else
			twr_engine_rearm_timewait(&fixture->engine, &conn, &fixture->now);
		expect_recorded_for(test, false, TWR_RECORD_BUCKET,
				    TWR_TIMEWAIT_LEN);

		/* A bucket that the simulated kernel no longer has is not rearmed. */
		advance_time(test, 60);
		if (i)
			judge_syn(test, &syn);
		else
			twr_engine_rearm_timewait(&fixture->engine, &conn, &fixture->now);
		KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_NONE);
	}
}

static const struct reopen_case {
	const char *era;
	bool v6;
	bool checked;
} reopen_cases[] = {
	{ "4.11", false, false },
	{ "4.11", true, true },
	{ "3.18", true, true },
	{ "el7", true, false },
	{ "el7", false, false },
	{ "3.17", true, false },
	{ "3.2", true, false },
};

/* From 3.18 on, IPv6 lost the mark that a bucket gave the SYN. */
static void a_reopened_bucket_is_checked_for_ipv6(struct kunit *test)
{
	struct twr_syn syn;
	int i;

	for (i = 0; i < ARRAY_SIZE(reopen_cases); i++) {
		const struct reopen_case *c = &reopen_cases[i];

		use_era(test, c->era);
		apply_event(test, c->v6, TWR_EVENT_TIME_WAIT, NEWER);
		syn = old_syn(c->v6);
		syn.match = TWR_MATCH_TIMEWAIT_RECYCLABLE;
		syn.reopens_timewait = true;
		KUNIT_EXPECT_EQ_MSG(test, judge_syn(test, &syn).checked, c->checked,
				    "era %s", c->era);
		KUNIT_EXPECT_EQ_MSG(test, older(test), (u64)c->checked,
				    "era %s", c->era);
		KUNIT_EXPECT_EQ_MSG(test, exempted(test, TWR_EXEMPT_TIMEWAIT),
				    (u64)!c->checked, "era %s", c->era);

		/* A SYN that the bucket refuses does not reach the check. */
		use_era(test, c->era);
		apply_event(test, c->v6, TWR_EVENT_TIME_WAIT, NEWER);
		syn.reopens_timewait = false;
		judge_syn(test, &syn);
		KUNIT_EXPECT_EQ_MSG(test, exempted(test, TWR_EXEMPT_TIMEWAIT), 1ULL,
				    "era %s", c->era);
	}
}

/* The running kernel had no room for the bucket. The simulated kernel still has it. */
static void a_bucket_that_the_running_kernel_lacks_counts(struct kunit *test)
{
	struct twr_syn syn = old_syn(false);

	apply_event(test, false, TWR_EVENT_TIME_WAIT, NEWER);
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_TIMEWAIT), 1ULL);

	/*
	 * The SYN reaches no listener, because the bucket takes it first. A broken SYN
	 * counts as broken.
	 */
	syn.listener = TWR_LISTENER_NONE;
	syn.exempt = TWR_EXEMPT_NO_LISTENER;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_TIMEWAIT), 2ULL);
	syn.discarded = true;
	syn.exempt = TWR_EXEMPT_BAD_CHECKSUM;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_BAD_CHECKSUM), 1ULL);

	/* Nor does the bucket take one that was sent to many machines. */
	syn.exempt = TWR_EXEMPT_NO_LISTENER;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_NO_LISTENER), 1ULL);

	advance_time(test, 1);
	syn.discarded = false;
	syn.listener = TWR_LISTENER_FOUND;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, older(test), 1ULL);
}

static void a_syn_with_fin_is_a_syn_before_3_3(struct kunit *test)
{
	static const struct { const char *era; u64 is; } cases[] = {
		{ "2.6.32", 1 }, { "3.2", 1 }, { "3.3", 0 }, { "el6", 0 },
		{ "4.11", 0 },
	};
	struct engine_fixture *fixture = test->priv;
	struct twr_syn syn;
	int i, c;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 sums[TWR_COUNTERS] = { }, all = 0;

		use_era(test, cases[i].era);
		set_cached_stamp(test, false, NEWER, 0);
		syn = old_syn(false);
		syn.fin = true;
		KUNIT_EXPECT_EQ_MSG(test, judge_syn(test, &syn).checked,
				    (bool)cases[i].is, "era %s", cases[i].era);
		KUNIT_EXPECT_EQ_MSG(test, older(test), cases[i].is, "era %s",
				    cases[i].era);
		twr_stats_sum(&fixture->stats, sums);
		for (c = 0; c < TWR_COUNTERS; c++)
			all += sums[c];
		KUNIT_EXPECT_EQ_MSG(test, all, cases[i].is, "era %s",
				    cases[i].era);
	}
}

static void an_era_without_ipv6_passes_it(struct kunit *test)
{
	struct twr_syn syn = old_syn(true);

	use_era(test, "2.6.32");
	apply_event(test, true, TWR_EVENT_FIN_WAIT2, NEWER);
	advance_time(test, 60);
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, passed(test), 1ULL);

	syn = old_syn(false);
	apply_event(test, false, TWR_EVENT_TIME_WAIT, NEWER);
	advance_time(test, 1);
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, older(test), 1ULL);
}

/* Before 3.14 a stamp left at one local address counted for all others. */
static void the_local_address_counts_since_3_14(struct kunit *test)
{
	static const struct { const char *era; u64 rejected; } cases[] = {
		{ "2.6.32", 1 }, { "3.2", 1 }, { "3.13", 1 }, { "3.14", 0 },
		{ "el7", 0 }, { "4.11", 0 },
	};
	struct twr_syn syn;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		use_era(test, cases[i].era);
		apply_event(test, false, TWR_EVENT_FIN_WAIT2, NEWER);
		syn = old_syn(false);
		ipv6_addr_set_v4mapped(htonl(0xc0000202), &syn.conn.key.local);
		twr_key_set_hash(&syn.conn.key);
		judge_syn(test, &syn);
		KUNIT_EXPECT_EQ_MSG(test, older(test), cases[i].rejected,
				    "era %s", cases[i].era);
		KUNIT_EXPECT_EQ_MSG(test, passed(test), !cases[i].rejected,
				    "era %s", cases[i].era);
	}
}

static void no_era_rejects_an_untimed_syn_before_3_17(struct kunit *test)
{
	static const struct { const char *era; u64 rejected; } cases[] = {
		{ "2.6.32", 0 }, { "3.6", 0 }, { "3.16", 0 }, { "3.17", 1 },
		{ "el6", 0 }, { "el7", 1 },
	};
	struct twr_syn syn = old_syn(false);
	int i;

	syn.timed = false;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		use_era(test, cases[i].era);
		set_cached_stamp(test, false, NEWER, 0);
		judge_syn(test, &syn);
		KUNIT_EXPECT_EQ_MSG(test, counted(test, TWR_COUNT_UNTIMED),
				    cases[i].rejected, "era %s", cases[i].era);
	}
}

/* Before 3.6 a list made an entry only when there was a stamp to store. */
static void a_connection_without_stamp_makes_entries_since_3_6(struct kunit *test)
{
	static const char * const names[] = { "3.5", "3.6" };
	static const enum twr_conn_event events[] = {
		TWR_EVENT_OPENED, TWR_EVENT_FIN_WAIT2, TWR_EVENT_CLOSED,
	};
	struct twr_conn_change change;
	int i, e;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		for (e = 0; e < ARRAY_SIZE(events); e++) {
			use_era(test, names[i]);
			change = change_of(test, false, events[e], 0);
			change.has_stamp = false;
			KUNIT_EXPECT_FALSE(test, apply_change(test, &change));
			KUNIT_EXPECT_EQ(test, stamps(test), 0ULL);
			KUNIT_EXPECT_EQ_MSG(test, count_entries(test), (u64)i,
					    "era %s event %d", names[i], e);
		}
		/* An aborted connection makes no entry in any era. */
		use_era(test, names[i]);
		apply_event(test, false, TWR_EVENT_ABORTED, 0);
		KUNIT_EXPECT_EQ(test, count_entries(test), 0ULL);
	}
}

static void each_exemption_is_counted(struct kunit *test)
{
	struct twr_syn syn = old_syn(false);
	int why;

	syn.listener = TWR_LISTENER_NONE;
	for (why = 0; why < TWR_EXEMPT_REASONS; why++) {
		syn.exempt = why;
		KUNIT_EXPECT_FALSE(test, judge_syn(test, &syn).checked);
		KUNIT_EXPECT_EQ(test, exempted(test, why), 1ULL);
	}
	KUNIT_EXPECT_EQ(test, passed(test), 0ULL);
}

/*
 * Other suites test what the rules of each era say. This case tests that the engine
 * asks them.
 */
static void full_queues_and_source_routes_come_before_the_check(struct kunit *test)
{
	struct twr_syn syn = old_syn(false);

	syn.queues.requests = syn.queues.backlog;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_QUEUE_FULL), 1ULL);
	syn.queues.syncookies = 1;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_SYNCOOKIE), 1ULL);
	syn.queues.requests = 0;
	syn.reply_is_source_routed = true;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_SOURCE_ROUTE), 1ULL);
	syn.queues.accept = syn.queues.backlog + 1;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_QUEUE_FULL), 2ULL);
	KUNIT_EXPECT_EQ(test, passed(test), 0ULL);
}

/* The simulated kernel let the SYN in by a cookie, or because of a source route. */
static void cookies_and_source_routes_end_a_rejection(struct kunit *test)
{
	struct twr_syn in[2] = { old_syn(false), old_syn(false) };
	struct twr_syn out;
	int i;

	in[0].queues.syncookies = 2;
	in[1].reply_is_source_routed = true;
	for (i = 0; i < ARRAY_SIZE(in); i++) {
		reset_fixture(test);
		reject_syn(test, false);
		KUNIT_EXPECT_FALSE(test, judge_syn(test, &in[i]).checked);
		KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_NONE);
	}

	reset_fixture(test);
	reject_syn(test, false);
	out = old_syn(false);
	out.queues.accept = 129;
	KUNIT_EXPECT_FALSE(test, judge_syn(test, &out).checked);
	out.listener = TWR_LISTENER_NONE;
	for (i = 0; i < TWR_EXEMPT_REASONS; i++) {
		out.exempt = i;
		if (i != TWR_EXEMPT_SYNCOOKIE && i != TWR_EXEMPT_SOURCE_ROUTE)
			judge_syn(test, &out);
	}
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_REJECTED);
}

/* A SYN that a TIME-WAIT bucket lets in replaces the bucket. */
static void reopening_a_bucket_removes_its_record(struct kunit *test)
{
	struct twr_syn syn = syn_matching(TWR_MATCH_TIMEWAIT_RECYCLABLE);

	apply_event(test, false, TWR_EVENT_TIME_WAIT, NEWER);
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_BUCKET);
	syn.reopens_timewait = true;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_TIMEWAIT), 2ULL);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_NONE);
}

/*
 * 3.6 to 3.13 stored the stamp under IPv6, where a SYN of an IPv4 peer is not looked
 * up.
 */
/* A bucket of an IPv6 connection that the SYN could reopen. From 3.18 on the SYN is checked. */
static struct twr_syn reopening_syn6(struct kunit *test)
{
	struct twr_syn syn = old_syn(true);

	reset_fixture(test);
	apply_event(test, true, TWR_EVENT_TIME_WAIT, 2000);
	syn.match = TWR_MATCH_TIMEWAIT_RECYCLABLE;
	syn.reopens_timewait = true;
	return syn;
}

static void a_bucket_answers_where_nobody_listens(struct kunit *test)
{
	struct twr_syn syn = reopening_syn6(test);

	syn.listener = TWR_LISTENER_NONE;
	syn.exempt = TWR_EXEMPT_NO_LISTENER;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_TIMEWAIT), 1ULL);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_NO_LISTENER), 0ULL);
	KUNIT_EXPECT_EQ(test, lookup_record(test, true), TWR_RECORD_BUCKET);
}

static void a_reopened_bucket_ends_even_if_its_syn_is_dropped(struct kunit *test)
{
	struct twr_syn syn = reopening_syn6(test);

	syn.queues.accept = syn.queues.backlog + 1;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_QUEUE_FULL), 1ULL);
	KUNIT_EXPECT_EQ(test, lookup_record(test, true), TWR_RECORD_NONE);
}

static void an_active_open_takes_the_place_of_a_bucket(struct kunit *test)
{
	struct twr_conn_change opened = change_of(test, false, TWR_EVENT_OPENED, 0);

	apply_event(test, false, TWR_EVENT_TIME_WAIT, 2000);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_BUCKET);
	opened.is_active_open = true;
	apply_change(test, &opened);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_NONE);
}

static void a_dual_stack_stamp_is_filed_under_ipv6_from_3_6(struct kunit *test)
{
	static const struct { const char *era; bool found; } cases[] = {
		{ "3.5", true }, { "3.6", false }, { "3.10", false },
		{ "3.13", false }, { "3.14", true }, { "el7", true },
		{ "4.11", true },
	};
	struct twr_conn_change change;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		use_era(test, cases[i].era);
		change = change_of(test, false, TWR_EVENT_TIME_WAIT, NEWER);
		change.is_v4mapped = true;
		KUNIT_EXPECT_EQ_MSG(test, apply_change(test, &change),
				    cases[i].found, "era %s", cases[i].era);
		KUNIT_EXPECT_EQ_MSG(test, count_entries(test), (u64)cases[i].found,
				    "era %s", cases[i].era);
		/*
		 * The stamp counts as remembered for the life of the bucket in any
		 * case.
		 */
		expect_recorded_for(test, false, TWR_RECORD_BUCKET, TIMEWAIT_TIMEO);
	}
}

/* Both kernels lose the bucket, so the next SYN meets a listener in both. */
static void a_reset_removes_the_record_of_a_bucket(struct kunit *test)
{
	struct twr_syn syn = old_syn(false);

	apply_event(test, false, TWR_EVENT_FIN_WAIT2, NEWER);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_BUCKET);
	apply_event(test, false, TWR_EVENT_ABORTED, 0);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_NONE);
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, older(test), 1ULL);
}

/* A bucket that answers a SYN by a reset is gone as well. */
static void a_bucket_that_resets_a_syn_loses_its_record(struct kunit *test)
{
	struct twr_syn syn = syn_matching(TWR_MATCH_TIMEWAIT), next = old_syn(false);

	apply_event(test, false, TWR_EVENT_FIN_WAIT2, NEWER);
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_BUCKET);
	syn.resets_fin_wait2 = true;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_TIMEWAIT), 2ULL);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_NONE);
	judge_syn(test, &next);
	KUNIT_EXPECT_EQ(test, older(test), 1ULL);
}

/*
 * The bucket takes the SYN and is gone. The listener drops the SYN because of its FIN.
 */
static void a_syn_with_fin_ends_the_bucket_it_reopens(struct kunit *test)
{
	struct twr_syn syn = syn_matching(TWR_MATCH_TIMEWAIT_RECYCLABLE);

	apply_event(test, false, TWR_EVENT_TIME_WAIT, NEWER);
	syn.fin = true;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_BUCKET);
	syn.reopens_timewait = true;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_NONE);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_TIMEWAIT), 0ULL);
}

/* With tcp_max_tw_buckets at 0 a stamp is taken, but there is no bucket. */
static void no_bucket_is_recorded_where_there_are_none(struct kunit *test)
{
	struct twr_conn_change change;

	change = change_of(test, false, TWR_EVENT_TIME_WAIT, NEWER);
	change.timewait_disabled = true;
	KUNIT_EXPECT_TRUE(test, apply_change(test, &change));
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_NONE);
}

static void an_unknown_listener_counts_as_checking(struct kunit *test)
{
	struct twr_syn syn = old_syn(false);

	set_cached_stamp(test, false, NEWER, 0);
	syn.listener = TWR_LISTENER_UNKNOWN;
	KUNIT_EXPECT_TRUE(test, judge_syn(test, &syn).checked);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_UNKNOWN), 1ULL);
	KUNIT_EXPECT_EQ(test, older(test), 1ULL);
	syn.tsval = NEWER;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_UNKNOWN), 2ULL);
	KUNIT_EXPECT_EQ(test, passed(test), 1ULL);

	/* A SYN that reaches no listener needs no listener to be known. */
	syn.match = TWR_MATCH_SOCKET;
	judge_syn(test, &syn);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_UNKNOWN), 2ULL);
	KUNIT_EXPECT_EQ(test, exempted(test, TWR_EXEMPT_ESTABLISHED), 1ULL);
}

/* Each kind of record can be lost, by a change and by a SYN. */
static void a_lost_record_is_counted(struct kunit *test)
{
	struct twr_conn_change change;
	struct twr_syn syn;
	int i;

	use_records(test, 6);
	set_cached_stamp(test, false, NEWER, 0);
	for (i = 0; i < 6; i++) {
		change = change_of(test, false, TWR_EVENT_FIN_WAIT2, NEWER);
		change.conn = conn_from(false, 1 + i);
		apply_change(test, &change);
	}
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_LOST_TIMEWAIT), 0ULL);

	/*
	 * Each rejected SYN is recorded for longer than a bucket, so the buckets are
	 * lost first.
	 */
	for (i = 0; i < 6; i++) {
		syn = old_syn(false);
		syn.conn = conn_from(false, 101 + i);
		judge_syn(test, &syn);
	}
	KUNIT_EXPECT_EQ(test, older(test), 6ULL);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_LOST_TIMEWAIT), 6ULL);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_LOST_REJECTED), 0ULL);

	change = change_of(test, false, TWR_EVENT_TIME_WAIT, NEWER + 1);
	apply_change(test, &change);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_LOST_REJECTED), 1ULL);

	/* A record that ends by itself is not lost. */
	advance_time(test, 64);
	for (i = 0; i < 6; i++) {
		change = change_of(test, false, TWR_EVENT_FIN_WAIT2, NEWER + 2);
		change.conn = conn_from(false, 201 + i);
		apply_change(test, &change);
	}
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_LOST_TIMEWAIT), 6ULL);
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_LOST_REJECTED), 1ULL);
}

static void a_lost_offender_is_counted(struct kunit *test)
{
	struct engine_fixture *fixture = test->priv;
	struct twr_conn_change change;
	struct twr_offender *list;
	struct twr_syn syn;
	u64 lost;
	int i, n;

	/*
	 * Each peer leaves its stamp just before its SYN, for the cache holds few peers
	 * at a time.
	 */
	for (i = 0; i < 2 * TWR_OFFENDERS_MAX; i++) {
		change = change_of(test, false, TWR_EVENT_FIN_WAIT2, NEWER);
		syn = old_syn(false);
		ipv6_addr_set_v4mapped(htonl(0x0a000000 + i), &syn.conn.key.peer);
		twr_key_set_hash(&syn.conn.key);
		change.conn = syn.conn;
		change.conn.peer_port = htons(1);
		apply_change(test, &change);
		judge_syn(test, &syn);
	}
	KUNIT_EXPECT_EQ(test, older(test), 2ULL * TWR_OFFENDERS_MAX);

	list = kvcalloc(TWR_OFFENDERS_MAX, sizeof(*list), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, list);
	n = twr_offenders_list(fixture->engine.offenders, 0, list);
	kvfree(list);
	lost = counted(test, TWR_COUNT_LOST_OFFENDERS);
	KUNIT_EXPECT_GE(test, lost, (u64)TWR_OFFENDERS_MAX);
	KUNIT_EXPECT_EQ(test, lost + n, 2ULL * TWR_OFFENDERS_MAX);
}

static void evicted_entries_are_counted(struct kunit *test)
{
	struct twr_conn_change change;
	int i;

	for (i = 0; i < 7; i++) {
		change = change_of(test, false, TWR_EVENT_OPENED, 0);
		ipv6_addr_set_v4mapped(htonl(i), &change.conn.key.local);
		twr_key_set_hash(&change.conn.key);
		apply_change(test, &change);
	}
	KUNIT_EXPECT_EQ(test, counted(test, TWR_COUNT_EVICTED), 1ULL);
	KUNIT_EXPECT_EQ(test, count_entries(test), 6ULL);
}

static void a_record_is_of_one_connection_until_it_expires(struct kunit *test)
{
	struct twr_conn conn = conn_of(false), other = conn_from(false, 1);
	struct engine_fixture *fixture = test->priv;

	KUNIT_EXPECT_FALSE(test, twr_engine_has_record(&fixture->engine, &conn, &fixture->now));
	apply_event(test, false, TWR_EVENT_FIN_WAIT2, NEWER);
	KUNIT_EXPECT_TRUE(test, twr_engine_has_record(&fixture->engine, &conn, &fixture->now));
	KUNIT_EXPECT_FALSE(test, twr_engine_has_record(&fixture->engine, &other, &fixture->now));
	advance_time(test, 60);
	KUNIT_EXPECT_FALSE(test, twr_engine_has_record(&fixture->engine, &conn, &fixture->now));
	reject_syn(test, false);
	KUNIT_EXPECT_TRUE(test, twr_engine_has_record(&fixture->engine, &conn, &fixture->now));
}

static void a_reset_empties_all_tables(struct kunit *test)
{
	struct engine_fixture *fixture = test->priv;
	struct twr_offender *list;

	reject_syn(test, false);
	apply_event(test, true, TWR_EVENT_TIME_WAIT, NEWER);
	twr_engine_reset(&fixture->engine);
	KUNIT_EXPECT_EQ(test, count_entries(test), 0ULL);
	KUNIT_EXPECT_EQ(test, lookup_record(test, false), TWR_RECORD_NONE);
	KUNIT_EXPECT_EQ(test, lookup_record(test, true), TWR_RECORD_NONE);
	list = kvcalloc(TWR_OFFENDERS_MAX, sizeof(*list), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, list);
	KUNIT_EXPECT_EQ(test, twr_offenders_list(fixture->engine.offenders, 0, list), 0);
	kvfree(list);
}

static struct kunit_case engine_cases[] = {
	KUNIT_CASE(a_syn_is_checked_against_the_cache),
	KUNIT_CASE(a_rejection_is_reported),
	KUNIT_CASE(a_rejected_connection_updates_nothing),
	KUNIT_CASE(the_record_of_a_rejected_connection_goes_with_it),
	KUNIT_CASE(the_record_of_a_rejected_request_expires),
	KUNIT_CASE(another_rejected_syn_shortens_no_record),
	KUNIT_CASE(an_active_open_ends_a_rejection),
	KUNIT_CASE(a_rejected_connection_stops_no_syn),
	KUNIT_CASE(a_bucket_lasts_three_and_a_half_rto),
	KUNIT_CASE(a_syn_that_timewait_refuses_is_accepted),
	KUNIT_CASE(a_bucket_without_a_record_has_expired),
	KUNIT_CASE(the_rto_is_that_of_the_socket),
	KUNIT_CASE(a_bucket_without_a_remembered_stamp_lasts_a_minute),
	KUNIT_CASE(a_bucket_without_timestamps_lasts_a_minute),
	KUNIT_CASE(a_socket_without_route_leaves_no_stamp_since_3_6),
	KUNIT_CASE(a_rearmed_bucket_lasts_a_minute),
	KUNIT_CASE(a_reopened_bucket_is_checked_for_ipv6),
	KUNIT_CASE(a_bucket_that_the_running_kernel_lacks_counts),
	KUNIT_CASE(a_syn_with_fin_is_a_syn_before_3_3),
	KUNIT_CASE(an_era_without_ipv6_passes_it),
	KUNIT_CASE(the_local_address_counts_since_3_14),
	KUNIT_CASE(no_era_rejects_an_untimed_syn_before_3_17),
	KUNIT_CASE(a_connection_without_stamp_makes_entries_since_3_6),
	KUNIT_CASE(each_exemption_is_counted),
	KUNIT_CASE(full_queues_and_source_routes_come_before_the_check),
	KUNIT_CASE(cookies_and_source_routes_end_a_rejection),
	KUNIT_CASE(reopening_a_bucket_removes_its_record),
	KUNIT_CASE(a_dual_stack_stamp_is_filed_under_ipv6_from_3_6),
	KUNIT_CASE(a_reset_removes_the_record_of_a_bucket),
	KUNIT_CASE(a_bucket_that_resets_a_syn_loses_its_record),
	KUNIT_CASE(a_syn_with_fin_ends_the_bucket_it_reopens),
	KUNIT_CASE(a_bucket_answers_where_nobody_listens),
	KUNIT_CASE(a_reopened_bucket_ends_even_if_its_syn_is_dropped),
	KUNIT_CASE(an_active_open_takes_the_place_of_a_bucket),
	KUNIT_CASE(no_bucket_is_recorded_where_there_are_none),
	KUNIT_CASE(an_unknown_listener_counts_as_checking),
	KUNIT_CASE(a_lost_record_is_counted),
	KUNIT_CASE(a_lost_offender_is_counted),
	KUNIT_CASE(evicted_entries_are_counted),
	KUNIT_CASE(a_record_is_of_one_connection_until_it_expires),
	KUNIT_CASE(a_reset_empties_all_tables),
	{ }
};

static struct kunit_suite engine_suite = {
	.name = "twr_engine",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = engine_cases,
};

kunit_test_suite(engine_suite);
