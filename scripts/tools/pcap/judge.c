// SPDX-License-Identifier: GPL-2.0
/*
 * judge.c - what the old kernels would have made of the observations, for each era
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/vmalloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "add.h"
#include "cache.h"
#include "events.h"
#include "fail.h"
#include "judge.h"
#include "machine.h"
#include "pending.h"
#include "ports.h"
#include "records.h"

/* The size that the old kernels chose for half a gigabyte of memory or more. */
#define JUDGE_ROWS	16384

/* Connections of a machine that are rejected or in TIME-WAIT at the same time. */
#define JUDGE_RECORDS	(6 * 32768)

/* The same for one slice, with room for peers that have more than their share. */
#define JUDGE_SLICE_RECORDS	(6 * 4096)

/*
 * The newest first, back to the oldest kernel whose answers were recorded. Releases that
 * differ only in what a capture does not show, such as a listener's queues, are one era.
 */
static const struct {
	const char *name;
	const char *from;
	const char *to;
} judge_all[] = {
	{ "4.11", "4.1", "4.11" },
	{ "4.0", "3.18", "4.0" },
	{ "3.17", "3.17", NULL },
	{ "3.14", "3.14", "3.16" },
	{ "3.6", "3.6", "3.13" },
	{ "3.3", "3.3", "3.5" },
	{ "2.6.39", "2.6.39", "3.2" },
	{ "2.6.32", "2.6.32", "2.6.38" },
	{ "el7", "CentOS 7", NULL },
	{ "el6", "CentOS 6", NULL },
};

const char *const judge_fates[FATES] = {
	[FATE_PASS] = "pass",
	[FATE_OLDER] = "older",
	[FATE_UNTIMED] = "untimed",
	[FATE_EXEMPT] = "exempt",
};

const char *const judge_answers[ANSWERS] = {
	[ANSWER_NONE] = "none",
	[ANSWER_SYN_ACK] = "syn_ack",
	[ANSWER_ACK] = "ack",
	[ANSWER_RST] = "reset",
	[ANSWER_GUESSED] = "guessed",
};

static void judge_add_one(struct judge *judge, const char *name, const char *from,
			  const char *to)
{
	struct twr_era_choice choice;
	struct judged_era *judged;
	u32 i;

	twr_era_choose(name, &choice);
	if (!choice.era)
		fail_exit(2, "--era=%s: %s, or all", name, choice.refusal);
	for (i = 0; i < judge->count; i++)
		if (!strcmp(judge->eras[i].name, choice.name))
			fail_exit(2, "--era: %s is named twice", choice.name);
	/* "all" means releases as they are. */
	if (choice.hint && !from && !judge->quiet)
		fail_note("--era=%s: %s", name, choice.hint);
	if (choice.unrecorded && !from && !judge->quiet)
		fail_note("--era=%s: " TWR_ERA_UNRECORDED, name);
	if (judge->count == JUDGE_ERAS)
		fail_exit(2, "--era: more than %d eras", JUDGE_ERAS);
	if (!judge->eras)
		judge->eras = fail_calloc(JUDGE_ERAS, sizeof(*judge->eras));
	judged = &judge->eras[judge->count++];
	judged->name = strdup(choice.name);
	judged->from = from ?: judged->name;
	judged->to = to;
	judged->era = choice.era;
	twr_stats_init(&judged->stats);
}

void judge_add(struct judge *judge, const char *names)
{
	const char *at = names;
	char name[128];
	size_t len;
	u32 i;

	if (!strcmp(names, "all")) {
		for (i = 0; i < ARRAY_SIZE(judge_all); i++)
			judge_add_one(judge, judge_all[i].name, judge_all[i].from,
				      judge_all[i].to);
		return;
	}
	for (;; at += len + 1) {
		len = strcspn(at, ",");
		snprintf(name, sizeof(name), "%.*s", (int)len, at);
		judge_add_one(judge, name, NULL, NULL);
		if (!at[len])
			break;
	}
}

/* Does the era fall apart into slices of peers that know nothing of each other? */
static bool judge_is_cut(const struct judge *judge, const struct twr_era *era)
{
	return !era->inet_peer_max && !era->has_death_row_slots &&
	       (judge->rows ?: JUDGE_ROWS) >= SHARD_SLICES;
}

static void judge_tables_new(const struct judge *judge, struct twr_engine *engine,
			     const struct judged_era *judged, u32 count)
{
	bool told = judge->events && judged == judge->eras;

	engine->records = twr_records_new(judge->records ?: count,
					  engine->era->has_death_row_slots, NULL);
	if (!engine->records ||
	    !shim_small_pages(twr_engine_new_pending(engine, judge->retries,
						     told ? events_settled : NULL)))
		fail_exit(1, "not enough memory");
}

static void judge_slices_new(const struct judge *judge, struct judged_era *judged, u32 n)
{
	struct twr_engine *slices = fail_calloc(SHARD_SLICES, sizeof(*slices));
	u32 i;

	for (i = 0; i < SHARD_SLICES; i++) {
		slices[i] = judged->engine[n];
		judge_tables_new(judge, &slices[i], judged, JUDGE_SLICE_RECORDS);
	}
	judged->slices[n] = slices;
}

static void judge_engine_new(const struct judge *judge, struct judged_era *judged, u32 n)
{
	struct twr_engine *engine = &judged->engine[n];
	u32 rows = judge->rows ?: JUDGE_ROWS;
	struct twr_cache_config config = {
		.rows = rows,
		.rows6 = rows,
		.lru_entries = judged->era->inet_peer_max,
		.lru_ttl = judged->era->inet_peer_ttl,
	};

	engine->era = judged->era;
	engine->hz = judge->hz;
	engine->cache = twr_cache_new(&config);
	engine->offenders = twr_offenders_new(NULL);
	if (IS_ERR(engine->cache) || !engine->offenders)
		fail_exit(1, "not enough memory");
	if (judge_is_cut(judge, judged->era))
		judge_slices_new(judge, judged, n);
	else
		judge_tables_new(judge, engine, judged, JUDGE_RECORDS);
}

struct twr_engine *judge_engine(const struct judge *judge, u32 number,
				const struct twr_key *key)
{
	struct judged_era *judged = &judge->eras[number];
	bool cut = judge_is_cut(judge, judged->era);
	u32 n = min(key->netns - 1, JUDGE_OWN), slice = shard_slice(key->hash);

	if (!shard_has(&judge->shard, cut ? slice : number + n))
		return NULL;
	if (!judged->engine[n].cache)
		judge_engine_new(judge, judged, n);
	return cut ? &judged->slices[n][slice] : &judged->engine[n];
}

/* Return: what the era predicts. */
static enum fate judge_syn(struct judge *judge, struct judged_era *judged,
			   const struct twr_engine *engine,
			   const struct observation *observation,
			   const struct twr_syn *syn, const struct twr_time *now)
{
	bool early = observation->us < judge->began + JUDGE_EARLY;
	struct twr_judgement judgement;
	enum fate fate = FATE_EXEMPT;

	twr_engine_judge_syn(engine, syn, &judged->stats, now, &judgement);
	if (observation->again && syn->listener != TWR_LISTENER_NONE && !syn->fin)
		twr_stats_inc(&judged->stats, TWR_COUNT_UNANSWERED);
	if (syn->fin && !judged->era->accepts_syn_fin)
		return FATE_EXEMPT;
	if (judgement.checked)
		fate = judgement.verdict == TWR_REJECT_OLDER ? FATE_OLDER :
		       judgement.verdict == TWR_REJECT_UNTIMED ? FATE_UNTIMED : FATE_PASS;
	/*
	 * From 3.3 on every kernel drops a SYN with FIN, so it proves nothing about
	 * this check.
	 */
	if (!syn->fin)
		judged->matrix[early][fate][observation->answer]++;
	if (judge->events && judged == judge->eras && judgement.checked)
		events_syn(observation, &judgement);
	return fate;
}

static void judge_take_syn(struct judge *judge, const struct observation *observation,
			   const struct twr_time *now)
{
	struct twr_syn syn = observation->syn;
	u32 i;

	if (syn.listener != TWR_LISTENER_NONE && observation->answer == ANSWER_RST) {
		syn.listener = TWR_LISTENER_NONE;
		syn.exempt = TWR_EXEMPT_NO_LISTENER;
	}
	/* A card may correct the checksum on the way out, after the capture. */
	if (syn.listener != TWR_LISTENER_NONE && observation->damaged &&
	    observation->answer == ANSWER_NONE) {
		syn.discarded = true;
		syn.listener = TWR_LISTENER_NONE;
		syn.exempt = TWR_EXEMPT_BAD_CHECKSUM;
	}
	if (!syn.fin && shard_has(&judge->shard, shard_slice(syn.conn.key.hash))) {
		judge->syns[observation->answer]++;
		judge->again += observation->again;
	}
	if (!syn.fin)
		ports_count(observation->machine, syn.conn.local_port, observation->answer);
	if (judge->list)
		events_list(observation, judge_answers[observation->answer]);
	for (i = 0; i < judge->count; i++) {
		struct twr_engine *engine = judge_engine(judge, i, &syn.conn.key);
		enum fate fate;

		if (!engine)
			continue;
		fate = judge_syn(judge, &judge->eras[i], engine, observation, &syn, now);
		if (judge->list)
			printf(" %s=%s", judge->eras[i].name, judge_fates[fate]);
	}
	if (judge->list)
		putchar('\n');
}

static void judge_take_change(struct judge *judge, const struct observation *observation,
			      const struct twr_time *now)
{
	u32 i;

	for (i = 0; i < judge->count; i++) {
		struct judged_era *judged = &judge->eras[i];
		struct twr_engine *engine;

		engine = judge_engine(judge, i, &observation->change.conn.key);
		if (!engine)
			continue;
		/* All of them: nothing waits for this program as packets wait for the module. */
		twr_pending_settle_all(engine->pending, now);
		if (observation->what == OBSERVED_REARM)
			twr_engine_rearm_timewait(engine, &observation->change.conn, now);
		else if (twr_engine_apply_change(engine, &observation->change, &judged->stats,
						 now) && judge->events && !i)
			events_stamp(observation);
	}
}

void judge_take(void *context, const struct observation *observation)
{
	struct judge *judge = context;
	struct twr_time now = {
		.seconds = observation->us / 1000000,
		.jiffies = observation->us / (1000000 / HZ),
	};

	judge->last = now;
	if (observation->what == OBSERVED_SYN)
		judge_take_syn(context, observation, &now);
	else
		judge_take_change(context, observation, &now);
}

void judge_end(const struct judge *judge)
{
	u32 i, e, n;

	for (i = 0; i < judge->count; i++) {
		struct judged_era *judged = &judge->eras[i];

		for (e = 0; e <= JUDGE_OWN; e++) {
			struct twr_engine *slices = judged->slices[e];

			if (judged->engine[e].cache && !slices)
				twr_pending_settle_all(judged->engine[e].pending, &judge->last);
			for (n = 0; slices && n < SHARD_SLICES; n++)
				twr_pending_settle_all(slices[n].pending, &judge->last);
		}
	}
}

void judge_expect(void *context, const struct observation *observation)
{
	const struct judge *judge = context;
	const struct twr_conn *conn = observation->what == OBSERVED_SYN ?
				      &observation->syn.conn : &observation->change.conn;
	u32 i;

	for (i = 0; i < judge->count; i++) {
		const struct twr_engine *engine = judge_engine(judge, i, &conn->key);

		if (!engine)
			continue;
		twr_engine_prefetch(engine, &conn->key);
		twr_records_prefetch(engine->records, conn);
	}
}

void judge_values(const struct judged_era *era, u64 *values)
{
	u64 sums[TWR_COUNTERS] = { };
	u32 i;

	if (era->added) {
		memcpy(values, era->added->values, sizeof(era->added->values));
		return;
	}
	twr_stats_sum((struct twr_stats *)&era->stats, sums);
	for (i = 0; i < TWR_COUNTER_FILES; i++)
		values[i] = twr_stats_file_value(&twr_counter_files[i], sums);
}

u64 judge_sum(const struct judged_era *era, enum fate fate, enum answer answer)
{
	return era->matrix[0][fate][answer] + era->matrix[1][fate][answer];
}

u64 judge_peers(const struct judged_era *era)
{
	u64 peers = era->added ? era->added->peers : 0;
	u32 i;

	for (i = 0; i <= JUDGE_OWN; i++)
		if (era->engine[i].cache)
			peers += twr_cache_count(era->engine[i].cache, 0);
	return peers;
}

static int judge_heavier(const void *a, const void *b)
{
	const struct twr_offender *first = a, *second = b;

	if (first->rejected != second->rejected)
		return first->rejected < second->rejected ? 1 : -1;
	return memcmp(&first->key, &second->key, sizeof(first->key));
}

u32 judge_offenders(const struct judged_era *era, struct twr_offender **list)
{
	struct twr_offender *found;
	u32 i, n = 0;

	*list = fail_calloc((JUDGE_OWN + 1) * TWR_OFFENDERS_MAX, sizeof(**list));
	found = *list;
	for (i = 0; i <= JUDGE_OWN; i++)
		if (era->engine[i].cache)
			n += twr_offenders_list(era->engine[i].offenders, 0, found + n);
	qsort(found, n, sizeof(*found), judge_heavier);
	return n;
}

static void judge_tables_free(struct twr_engine *engine)
{
	twr_records_free(engine->records);
	twr_pending_free(engine->pending);
}

static void judge_engine_free(struct judged_era *judged, u32 n)
{
	struct twr_engine *engine = &judged->engine[n], *slices = judged->slices[n];
	u32 i;

	if (!engine->cache)
		return;
	for (i = 0; slices && i < SHARD_SLICES; i++)
		judge_tables_free(&slices[i]);
	if (!slices)
		judge_tables_free(engine);
	free(slices);
	twr_cache_free(engine->cache);
	twr_offenders_free(engine->offenders);
}

void judge_free(struct judge *judge)
{
	u32 i, e;

	for (i = 0; i < judge->count; i++) {
		struct judged_era *judged = &judge->eras[i];

		for (e = 0; e <= JUDGE_OWN; e++)
			judge_engine_free(judged, e);
		twr_stats_exit(&judged->stats);
		free((char *)judged->name);
	}
	free(judge->eras);
	judge->eras = NULL;
	judge->count = 0;
}
