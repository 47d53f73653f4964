// SPDX-License-Identifier: GPL-2.0
/*
 * model_test.c - compares eras and cache with a model that is independent of both
 *
 * The model is a plain list, and the rules as Documentation/semantics.rst has them. It
 * has an arithmetic of its own: 64 bits for time, and serial numbers compared by the
 * distance from one to the other. The module and the model get the same random events.
 * After each event their answers must be the same, and from time to time all of their
 * entries.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "cache.h"
#include "era.h"
#include "rows.h"

#define STEPS		100000
#define PEERS		10
#define LOCALS		2
#define LIST_ENTRIES	8
#define NOW		1700000000U

/* The rules of an era, written independently of era.c. */
struct model_era {
	const char *name;
	bool list;
	bool keys_by_local;
	bool rejects_untimed;
};

static const struct model_era model_eras[] = {
	{ "2.6.32", .list = true },
	{ "3.2", .list = true },
	{ "3.6", },
	{ "3.16", .keys_by_local = true },
	{ "4.11", .keys_by_local = true, .rejects_untimed = true },
};

struct model_peer {
	int peer;
	int local;
	u32 ts;
	u64 second;	/* second of the stamp, 0 if there is none */
	u64 used;	/* clock at the last use */
};

struct model {
	const struct model_era *era;
	struct model_peer peers[LIST_ENTRIES];
	int count;
	int room;
	u64 clock;	/* jiffies, never wraps */
};

static u64 model_second(const struct model *m)
{
	return div_u64(m->clock, HZ);
}

static void model_remove(struct model *m, int i)
{
	m->peers[i] = m->peers[--m->count];
}

/* Removes from a list the peers that were not used for ten minutes. */
static void model_expire(struct model *m)
{
	int i;

	for (i = m->count - 1; m->era->list && i >= 0; i--)
		if (m->clock - m->peers[i].used >= 600 * HZ)
			model_remove(m, i);
}

static struct model_peer *model_find(struct model *m, int peer, int local)
{
	int i;

	for (i = 0; i < m->count; i++)
		if (m->peers[i].peer == peer &&
		    (!m->era->keys_by_local || m->peers[i].local == local))
			return &m->peers[i];
	return NULL;
}

static struct model_peer *model_add(struct model *m, int peer, int local,
				    bool *evicted)
{
	int i, oldest = 0;

	*evicted = m->count == m->room;
	if (*evicted) {
		for (i = 1; i < m->count; i++)
			if (m->peers[i].used < m->peers[oldest].used)
				oldest = i;
		model_remove(m, oldest);
	}
	m->peers[m->count] = (struct model_peer) {
		.peer = peer,
		.local = local,
		.used = m->clock,
	};
	return &m->peers[m->count++];
}

/* How far b is behind a. Return: false if b is not behind. */
static bool model_behind(u32 a, u32 b, u32 *distance)
{
	*distance = a >= b ? a - b : (u32)(BIT_ULL(32) - b + a);
	return *distance < BIT(31) && *distance;
}

static enum twr_verdict model_judge(struct model *m, int peer, int local,
				    bool timed, u32 tsval)
{
	struct model_peer *p = model_find(m, peer, local);
	u32 distance;

	if (!p)
		return TWR_PASS;
	if (m->era->list)
		p->used = m->clock;
	if (!p->second || model_second(m) >= p->second + 60)
		return TWR_PASS;
	if (!timed)
		return m->era->rejects_untimed ? TWR_REJECT_UNTIMED : TWR_PASS;
	if (model_behind(p->ts, tsval, &distance) && distance > 1)
		return TWR_REJECT_OLDER;
	return TWR_PASS;
}

static unsigned int model_update(struct model *m, int peer, int local,
				 enum twr_conn_event event, u32 ts, u64 second)
{
	bool closing_first = event == TWR_EVENT_FIN_WAIT2 ||
			     event == TWR_EVENT_TIME_WAIT;
	bool mini = event == TWR_EVENT_MINI_TIME_WAIT;
	struct model_peer *p = model_find(m, peer, local);
	bool evicted = false;
	u32 distance;

	/* A list is used only to store stamps. */
	if (m->era->list && !closing_first && !mini)
		return 0;
	if (!p && !m->era->list && mini)
		return 0;
	if (!p)
		p = model_add(m, peer, local, &evicted);
	if (m->era->list || (event != TWR_EVENT_OPENED && !mini))
		p->used = m->clock;

	if (!closing_first && !mini)
		return TWR_UPDATE_KNOWN | (evicted ? TWR_UPDATE_EVICTED : 0);

	/*
	 * Refuse an older stamp, unless the stored one is older than a minute and not
	 * dated later.
	 */
	if (p->second && model_behind(p->ts, ts, &distance) &&
	    !(model_second(m) > p->second + 60 && second >= p->second))
		return TWR_UPDATE_KNOWN | TWR_UPDATE_REFUSED;
	p->ts = ts;
	p->second = second;
	return TWR_UPDATE_KNOWN | TWR_UPDATE_RECORDED |
	       (evicted ? TWR_UPDATE_EVICTED : 0);
}

static struct twr_key key_of(const struct twr_era *era, int peer, int local)
{
	struct twr_key key = { .netns = 1 };

	ipv6_addr_set_v4mapped(htonl(peer), &key.peer);
	if (era->keys_by_local)
		ipv6_addr_set_v4mapped(htonl(local), &key.local);
	twr_key_set_hash(&key);
	return key;
}

static void expect_same_content(struct kunit *test, struct model *m,
				const struct twr_era *era,
				struct twr_cache *cache)
{
	struct twr_stamp stamp;
	struct twr_key key;
	int i;

	/* The look-ups use the model's clock, so no entry is too old to be found. */
	for (i = 0; i < m->count; i++) {
		struct model_peer *p = &m->peers[i];

		if (m->era->list)
			p->used = m->clock;
		key = key_of(era, p->peer, p->local);
		KUNIT_ASSERT_TRUE(test, twr_cache_lookup(cache, &key, m->clock,
							 &stamp));
		KUNIT_ASSERT_EQ(test, stamp.ts_stamp, (u32)p->second);
		KUNIT_ASSERT_EQ(test, stamp.ts, p->ts);
		m->clock++;
	}
}

/* Return: a timestamp near that of the peer, near a limit, or anywhere. */
static u32 some_ts(struct rnd_state *rnd, struct model *m, int peer, int local)
{
	static const u32 away[] = {
		0, 1, 2, 3, -1, -2, -3, 0x7ffffffe, 0x7fffffff, 0x80000000,
		0x80000001, 0x80000002,
	};
	struct model_peer *p = model_find(m, peer, local);
	u32 any = prandom_u32_state(rnd);

	if (any % 8 == 0)
		return prandom_u32_state(rnd);
	return (p ? p->ts : 0) + away[any / 8 % ARRAY_SIZE(away)];
}

static u64 some_seconds(struct rnd_state *rnd)
{
	static const u16 edge[] = { 1, 58, 59, 60, 61, 62, 599, 600 };
	u32 any = prandom_u32_state(rnd);

	return any % 16 ? any / 16 % 2 :
			  edge[any / 16 % ARRAY_SIZE(edge)];
}

static void model_era_describe(const struct model_era *era, char *desc)
{
	strscpy(desc, era->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(model_era, model_eras, model_era_describe);

static void agrees_with_the_model(struct kunit *test)
{
	const struct model_era *told = test->param_value;
	const struct twr_era *era = twr_era_find(told->name);
	struct twr_cache_config config = { .rows = 1, .rows6 = 1 };
	struct twr_cache *cache;
	int verdicts[3] = { };
	struct rnd_state rnd;
	int evictions = 0;
	struct model *m;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, era);
	m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	m->era = told;
	m->room = TWR_ROW_PEERS;
	if (told->list) {
		m->room = LIST_ENTRIES;
		config.lru_entries = LIST_ENTRIES;
		config.lru_ttl = era->inet_peer_ttl;
	}
	m->clock = (u64)NOW * HZ;

	cache = twr_cache_new(&config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	test->priv = cache;
	prandom_seed_state(&rnd, 4711);

	for (i = 0; i < STEPS; i++) {
		int peer = 1 + prandom_u32_state(&rnd) % PEERS;
		int local = 1 + prandom_u32_state(&rnd) % LOCALS;
		u32 ts = some_ts(&rnd, m, peer, local);
		struct twr_key key = key_of(era, peer, local);
		u32 now;

		/* At least one tick, so that no two uses have the same age. */
		m->clock += 1 + (prandom_u32_state(&rnd) % 2 ?
				 some_seconds(&rnd) * HZ : 0);
		model_expire(m);
		now = model_second(m);

		if (prandom_u32_state(&rnd) % 2) {
			enum twr_verdict verdict = TWR_PASS;
			bool timed = prandom_u32_state(&rnd) % 8;
			struct twr_stamp cached;

			if (twr_cache_lookup(cache, &key, m->clock, &cached))
				verdict = twr_era_judge_syn(era, &cached, timed, ts,
							    now);
			verdicts[verdict]++;
			KUNIT_ASSERT_EQ_MSG(test, verdict,
					    model_judge(m, peer, local, timed,
							ts),
					    "step %d", i);
		} else {
			enum twr_conn_event event = prandom_u32_state(&rnd) % 5;
			u64 ago = prandom_u32_state(&rnd) % 2 ?
				  some_seconds(&rnd) : 0;
			struct twr_update update = {
				.creates_entry = twr_era_creates_entry(era, event),
				.uses_entry = twr_era_uses_entry(era, event),
				.has_stamp = event != TWR_EVENT_OPENED &&
					     event != TWR_EVENT_CLOSED,
				.stamp = { .ts = ts, .ts_stamp = now - ago },
			};
			unsigned int done = 0;

			if (update.creates_entry || update.uses_entry || update.has_stamp)
				done = twr_cache_update(cache, &key, &update,
							twr_era_replaces_stamp, now,
							m->clock);
			evictions += !!(done & TWR_UPDATE_EVICTED);
			KUNIT_ASSERT_EQ_MSG(test, done,
					    model_update(m, peer, local, event,
							 ts, now - ago),
					    "step %d", i);
		}

		if (i % 1000 == 999)
			expect_same_content(test, m, era, cache);
	}

	/* Each outcome must have occurred, or it was not tested. */
	KUNIT_EXPECT_GT(test, verdicts[TWR_PASS], STEPS / 10);
	KUNIT_EXPECT_GT(test, verdicts[TWR_REJECT_OLDER], STEPS / 100);
	if (told->rejects_untimed)
		KUNIT_EXPECT_GT(test, verdicts[TWR_REJECT_UNTIMED],
				STEPS / 200);
	else
		KUNIT_EXPECT_EQ(test, verdicts[TWR_REJECT_UNTIMED], 0);
	KUNIT_EXPECT_GT(test, evictions, STEPS / 100);
}

static void expect_distance_decides(struct kunit *test,
				    const struct twr_stamp *cached, u32 ts)
{
	const struct twr_era *era = twr_era_find(TWR_ERA_LAST);
	struct twr_stamp offered = { .ts = ts, .ts_stamp = NOW };
	enum twr_verdict expected = TWR_PASS;
	bool behind;
	u32 away;

	behind = model_behind(cached->ts, ts, &away);
	if (behind && away > 1)
		expected = TWR_REJECT_OLDER;
	KUNIT_EXPECT_EQ_MSG(test, twr_era_judge_syn(era, cached, true, ts, NOW),
			    expected, "%u against %u", ts, cached->ts);
	KUNIT_EXPECT_EQ_MSG(test, twr_era_replaces_stamp(cached, &offered, NOW),
			    !behind, "%u against %u", ts, cached->ts);
}

/*
 * Tests the verdict and the rule of replacement alone, at every pair of a few hundred
 * places around the circle of serial numbers. A shortcut in the comparison would show.
 */
static void serial_numbers_compare_as_distances_do(struct kunit *test)
{
	static const u32 base[] = {
		0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
		0x12345678,
	};
	u32 b, away;

	for (b = 0; b < ARRAY_SIZE(base); b++) {
		struct twr_stamp cached = { .ts = base[b], .ts_stamp = NOW };

		for (away = 0; away < 4 * 41; away++)
			expect_distance_decides(test, &cached, base[b] +
						away / 41 * BIT(30) +
						away % 41 - 20);
	}
}

static struct kunit_case model_cases[] = {
	KUNIT_CASE_PARAM(agrees_with_the_model, model_era_gen_params),
	KUNIT_CASE(serial_numbers_compare_as_distances_do),
	{ }
};

static void model_exit(struct kunit *test)
{
	if (test->priv)
		twr_cache_free(test->priv);
}

static struct kunit_suite model_suite = {
	.name = "twr_model",
	.exit = model_exit,
	.test_cases = model_cases,
};

kunit_test_suite(model_suite);
