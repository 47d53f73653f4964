// SPDX-License-Identifier: GPL-2.0
/*
 * engine_fuzz.c - fuzzes the engine and all it stands on: observations go in, verdicts and
 * counters come out, and a model of the simulated kernel must agree
 *
 * The input is an era, the rate of the clients' clocks, the times of the machine's clocks,
 * and then steps. The fuzzer tracks what the running kernel has of each of 32 four-tuples,
 * so an observer could make each observation. The engine and the model (engine_model.h) get
 * the same observations. These must be equal: verdict, reason of an exemption, the
 * cached stamp, records, all counter files, all entries and all offenders.
 *
 * The input cannot express the following:
 * - Full tables. No entry, record or offender is evicted: see cache_fuzz.c and kunit/.
 * - Races. An observation always fits what the running kernel has.
 * - Rates of clocks that the module estimates. The fuzzer sets the rate.
 * - Seconds beyond 32 bits.
 * - A SYN that the running kernel accepts and the simulated kernel drops for a full queue.
 * - What the simulated kernel does with a SYN that the running kernel drops. The fuzzer
 *   takes the simulated kernel to have nothing of it either.
 * - A SYN that matches a TIME-WAIT socket of the simulated kernel alone, and is accepted by
 *   the running kernel. The running kernel does not open such a four-tuple itself either.
 * - A connection without timestamps for which the running kernel's table has no room.
 *
 * In these cases the module differs from the model. The input cannot express them either:
 * - With the slots of the death row, a mini-socket of the running kernel outlives that of
 *   the simulated kernel. The engine takes the simulated kernel to have it as long.
 * - With the slots of the death row, a connection without timestamps leaves a mini-socket,
 *   or a segment ends or rearms its TIME-WAIT socket. The slots are not told.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <stdint.h>

#include "agree.h"
#include "cache.h"
#include "engine.h"
#include "engine_model.h"
#include "offenders.h"
#include "pending.h"
#include "records.h"
#include "schedule.h"

/* The tables have room for all peers and connections. */
#define ROWS		16
#define LRU_ENTRIES	24
#define RECORDS		192

/* How long the running kernel keeps a request or accepts a cookie, and a TIME-WAIT socket. */
#define REQUEST_TIMEOUT	(63 * HZ)
#define TIMEWAIT_LEN	(60 * HZ)

#define MS(ticks)	((ticks) * 1000ULL / HZ)

unsigned long jiffies;
u64 fuzz_ns;

/* It takes long to allocate, so each run empties it for the next run. */
static struct twr_offenders *offenders;

/* What the running kernel has of a four-tuple. */
struct running_conn {
	struct twr_conn conn;
	enum model_state state;
	u64 expires;		/* ticks, for all states but MODEL_OPEN */
	bool is_v4mapped;
	bool timed;
};

struct fuzz {
	const uint8_t *at;
	size_t left;
	struct twr_engine engine;
	struct twr_stats stats[MODEL_NAMESPACES];
	struct model model;
	struct running_conn running[MODEL_TUPLES];
	struct twr_time now;
	u64 ticks;		/* since the beginning */
	u64 second;		/* of the beginning */
};

/* Return: the next byte of the input, 0 behind its end. */
static unsigned int byte(struct fuzz *f)
{
	if (!f->left)
		return 0;
	f->left--;
	return *f->at++;
}

static struct model_tuple *simulated(struct fuzz *f, const struct running_conn *t)
{
	return model_tuple(&f->model, &t->conn);
}

static void set_now(struct fuzz *f)
{
	u64 second = f->second + f->ticks / HZ;

	f->now.seconds = second;
	jiffies = f->now.jiffies;
	model_set_time(&f->model, MS(f->ticks), second);
}

/* @had_mini: the simulated kernel had a mini-socket, which takes that of the other with it. */
static void expire(struct fuzz *f, struct running_conn *t, bool had_mini)
{
	bool outlives = t->state == MODEL_MINI && had_mini &&
			simulated(f, t)->state != MODEL_MINI;

	if (t->state == MODEL_NOTHING || t->state == MODEL_OPEN ||
	    (t->expires > f->ticks && !outlives))
		return;
	if (t->state == MODEL_REQUEST || t->state == MODEL_COOKIE)
		model_end(&f->model, &t->conn);
	t->state = MODEL_NOTHING;
}

static void pass_time(struct fuzz *f)
{
	/* Milliseconds around which something changes. */
	static const u32 ms[] = {
		4, 128, 200, 300, 500, 700, 1000, 1024, 1100, 2000, 3500, 4096, 7000, 7500,
		15000, 30000, 52500, 58000, 59000, 60000, 61000, 62000, 63000, 64000, 120000,
		600000, 601000, 3600000, 86400000, 0, 12, 20000,
	};
	unsigned int chosen = byte(f);
	u64 ticks = ms[chosen % ARRAY_SIZE(ms)] * HZ / 1000ULL;
	bool had_mini[MODEL_TUPLES];
	unsigned int i;

	switch (chosen >> 5) {
	case 0:
		ticks++;
		break;
	case 1:
		ticks -= !!ticks;
		break;
	case 2:
		ticks = byte(f);
		break;
	}
	if (f->second + (f->ticks + ticks) / HZ > UINT32_MAX)
		return;
	for (i = 0; i < MODEL_TUPLES; i++)
		had_mini[i] = simulated(f, &f->running[i])->state == MODEL_MINI;
	f->ticks += ticks;
	f->now.jiffies += ticks;
	set_now(f);
	/* A packet would give some of so many up. */
	if (f->model.waits > TWR_PENDING_BATCH)
		twr_pending_settle_all(f->engine.pending, &f->now);
	for (i = 0; i < MODEL_TUPLES; i++)
		expire(f, &f->running[i], had_mini[i]);
}

/* Return: a TSval near that of the peer's stamp. */
static u32 choose_tsval(struct fuzz *f, const struct running_conn *t)
{
	static const u32 away[] = {
		0, 1, 2, -1, -2, -3, -999, -1000, -1001, -1002, -3001, -7001, -40000, 50000,
		0x7fffffff, 0x80000000, 0x80000001, 0x80000002, 0x12345678,
	};
	struct model_peer *p = model_entry(&f->model, &t->conn.key);

	return (p ? p->ts : 0) + away[byte(f) % ARRAY_SIZE(away)];
}

static struct twr_listener_queues choose_queues(unsigned int chosen)
{
	static const struct twr_listener_queues queues[] = {
		{ 0, 0, 0, 128, 128, 1 },
		{ 128, 9, 0, 128, 4096, 0 },
		{ 256, 9, 0, 128, 4096, 1 },
		{ 15, 0, 0, 4, 4096, 0 },
		{ 16, 0, 0, 4, 4096, 1 },
		{ 0, 1, 5, 4, 4096, 1 },
		{ 0, 2, 5, 4, 4096, 1 },
		{ 0, 0, 4, 4, 4096, 2 },
		{ 63, 0, 0, 500, 62, 0 },
		{ 64, 0, 0, 500, 63, 1 },
		{ 127, 0, 0, 128, 64, 2 },
	};

	return queues[chosen % ARRAY_SIZE(queues)];
}

static void expect_numbers(struct fuzz *f, u32 netns)
{
	u64 sums[TWR_COUNTERS] = { };
	unsigned int i;

	twr_pending_settle_all(f->engine.pending, &f->now);
	twr_stats_sum(&f->stats[netns - 1], sums);
	for (i = 0; i < TWR_COUNTER_FILES; i++)
		AGREE(twr_counter_files[i].name, f->model.number[netns - 1][i],
		      twr_stats_file_value(&twr_counter_files[i], sums));
}

/* There is a record exactly where the two kernels part, or the two will. */
static void expect_record(struct fuzz *f, const struct running_conn *t)
{
	bool has_record = twr_engine_has_record(&f->engine, &t->conn, &f->now);
	const struct model_tuple *other = simulated(f, t);

	if (other->has_record)
		AGREE("has a record", 1, has_record);
	else if (t->state != MODEL_NOTHING && !(t->state == MODEL_TIMEWAIT && t->timed))
		AGREE("has a record", other->state != t->state, has_record);
}

static void expect_answer(const struct model_answer *said,
			  const struct twr_judgement *judgement)
{
	AGREE("SYN is checked", said->checked, judgement->checked);
	if (!said->checked)
		return;
	AGREE("verdict", said->verdict, judgement->verdict);
	AGREE("peer has an entry", said->known, judgement->known);
	if (!said->known)
		return;
	AGREE("cached TSval", said->ts, judgement->cached.ts);
	AGREE("its second", said->second, judgement->cached.ts_stamp);
}

/* The running kernel accepts the SYN. */
static void accept_syn(struct fuzz *f, struct running_conn *t, bool cookie)
{
	t->state = cookie ? MODEL_COOKIE : MODEL_REQUEST;
	t->expires = f->ticks + REQUEST_TIMEOUT;
}

/* What the running kernel does with a SYN. @alone: only the simulated kernel has something. */
static void run_syn(struct fuzz *f, struct running_conn *t, const struct twr_syn *syn,
		    unsigned int how, bool alone)
{
	bool accepts = syn->listener != TWR_LISTENER_NONE && !syn->fin && !(how & 1) &&
		      model_listener(&f->model, syn) != TWR_EXEMPT_QUEUE_FULL;

	if (syn->resets_fin_wait2) {
		t->state = MODEL_NOTHING;
		return;
	}
	if (syn->rearms_timewait)
		t->expires = f->ticks + TIMEWAIT_LEN;
	if (t->state == MODEL_TIMEWAIT && syn->reopens_timewait &&
	    syn->listener != TWR_LISTENER_NONE)
		t->state = MODEL_NOTHING;
	if ((t->state == MODEL_NOTHING || t->state == MODEL_COOKIE) && accepts && !alone)
		accept_syn(f, t, how & 2);
}

/* What the SYN matches on the running kernel. */
static void match_syn(struct fuzz *f, const struct running_conn *t, struct twr_syn *syn,
		      unsigned int how)
{
	switch (t->state) {
	case MODEL_NOTHING:
	case MODEL_COOKIE:
		break;
	case MODEL_REQUEST:
		syn->match = TWR_MATCH_REQUEST;
		break;
	case MODEL_OPEN:
		syn->match = TWR_MATCH_SOCKET;
		break;
	case MODEL_MINI:
		syn->match = TWR_MATCH_TIMEWAIT;
		syn->resets_fin_wait2 = how & 4;
		break;
	case MODEL_TIMEWAIT:
		syn->match = t->timed ? TWR_MATCH_TIMEWAIT_RECYCLABLE : TWR_MATCH_TIMEWAIT;
		if (!t->timed && model_has_slots(&f->model))
			break;
		syn->reopens_timewait = how & 4;
		syn->rearms_timewait = !(how & 4) && t->timed && how & 8;
		break;
	}
}

static struct twr_syn choose_syn(struct fuzz *f, const struct running_conn *t,
				 unsigned int how)
{
	static const enum twr_exempt_reason none[] = {
		TWR_EXEMPT_NO_LISTENER, TWR_EXEMPT_NO_LISTENER, TWR_EXEMPT_BAD_CHECKSUM,
		TWR_EXEMPT_MALFORMED,
	};
	struct twr_syn syn = {
		.conn = t->conn,
		.fin = how & 0x10,
		.timed = !(how & 0x20),
		.listener = TWR_LISTENER_FOUND,
	};
	unsigned int chosen = byte(f);

	syn.tsval = choose_tsval(f, t);
	syn.reply_is_source_routed = ipv6_addr_v4mapped(&t->conn.key.peer) && how & 0x40;
	if (chosen < 0xa0)
		syn.queues = choose_queues(chosen < 0x60 ? 0 : chosen);
	else if (chosen < 0xc0)
		syn.listener = TWR_LISTENER_UNKNOWN;
	else
		syn.listener = TWR_LISTENER_NONE;
	syn.exempt = none[chosen / 8 % ARRAY_SIZE(none)];
	syn.discarded = syn.listener == TWR_LISTENER_NONE &&
			syn.exempt != TWR_EXEMPT_NO_LISTENER;
	if (!syn.discarded)
		match_syn(f, t, &syn, how);
	else if (syn.exempt == TWR_EXEMPT_MALFORMED)
		/* Nobody may read the four-tuple. */
		memset(&syn.conn, 0xa5, sizeof(syn.conn));
	return syn;
}

static void take_syn(struct fuzz *f, struct running_conn *t)
{
	unsigned int how = byte(f), times = how & 0x80 ? 1 + byte(f) % 32 : 1;
	struct twr_syn syn = choose_syn(f, t, how);
	u32 netns = t->conn.key.netns;
	struct twr_judgement judgement;
	struct model_answer said;
	bool alone, refused;

	/* No SYN is given up for want of room. */
	if (f->model.waits + times > MODEL_WAITS)
		return;
	while (times--) {
		alone = t->state == MODEL_NOTHING && simulated(f, t)->state != MODEL_NOTHING;
		if (!syn.discarded)
			twr_engine_prefetch(&f->engine, &syn.conn.key);
		twr_engine_judge_syn(&f->engine, &syn, &f->stats[netns - 1], &f->now, &judgement);
		refused = !syn.discarded &&
			  (t->state == MODEL_MINI || t->state == MODEL_TIMEWAIT) &&
			  !syn.reopens_timewait && !syn.resets_fin_wait2;
		said = model_syn(&f->model, &syn, netns);
		if (refused && !(syn.fin && !f->model.syn_fin))
			model_count_refused(&f->model, netns, said.let_in);
		expect_answer(&said, &judgement);
		if (syn.discarded)
			continue;
		run_syn(f, t, &syn, how, alone);
		if (said.let_in)
			model_adopt(&f->model, &t->conn, t->state, t->timed, MS(t->expires));
		/* The next one matches what this one left. */
		syn.match = TWR_MATCH_NONE;
		syn.reopens_timewait = false;
		syn.rearms_timewait = false;
		syn.resets_fin_wait2 = false;
		match_syn(f, t, &syn, how);
	}
}

/* Return: true if the four-tuple can change on the running kernel. */
static bool choose_event(struct fuzz *f, const struct running_conn *t,
			 struct twr_conn_change *change, unsigned int what)
{
	static const enum twr_conn_event ends[] = {
		TWR_EVENT_FIN_WAIT2, TWR_EVENT_TIME_WAIT, TWR_EVENT_CLOSED, TWR_EVENT_ABORTED,
	};
	bool has_slots = model_has_slots(&f->model);

	change->event = TWR_EVENT_OPENED;
	switch (t->state) {
	case MODEL_NOTHING:
		change->is_active_open = true;
		return simulated(f, t)->state == MODEL_NOTHING;
	case MODEL_COOKIE:
		return true;
	case MODEL_REQUEST:
		if (what & 1)
			change->event = TWR_EVENT_ABORTED;
		return true;
	case MODEL_OPEN:
		change->event = ends[what % ARRAY_SIZE(ends)];
		if (!t->timed && has_slots && change->event == TWR_EVENT_FIN_WAIT2)
			change->event = TWR_EVENT_TIME_WAIT;
		change->has_stamp = t->timed && (change->event == TWR_EVENT_FIN_WAIT2 ||
						 change->event == TWR_EVENT_TIME_WAIT);
		return true;
	case MODEL_MINI:
		change->event = what & 1 ? TWR_EVENT_ABORTED : TWR_EVENT_MINI_TIME_WAIT;
		change->has_stamp = t->timed && change->event == TWR_EVENT_MINI_TIME_WAIT;
		change->has_route = true;
		change->timewait_disabled = false;
		return true;
	case MODEL_TIMEWAIT:
		if (what & 1)
			change->event = TWR_EVENT_ABORTED;
		else
			change->is_active_open = true;
		return t->timed || !has_slots;
	}
	return false;
}

/* What the running kernel has after the change. @no_room: its TIME-WAIT table is full. */
static void run_change(struct fuzz *f, struct running_conn *t,
		       const struct twr_conn_change *change, bool no_room)
{
	no_room = change->timewait_disabled || (no_room && change->has_stamp);
	switch (change->event) {
	case TWR_EVENT_OPENED:
		t->state = MODEL_OPEN;
		break;
	case TWR_EVENT_FIN_WAIT2:
		t->state = no_room ? MODEL_NOTHING : MODEL_MINI;
		t->expires = f->ticks + change->fin_wait2_timeo;
		break;
	case TWR_EVENT_TIME_WAIT:
		t->state = no_room ? MODEL_NOTHING : MODEL_TIMEWAIT;
		t->expires = f->ticks + TIMEWAIT_LEN;
		break;
	case TWR_EVENT_MINI_TIME_WAIT:
		t->state = MODEL_TIMEWAIT;
		t->expires = f->ticks + TIMEWAIT_LEN;
		break;
	case TWR_EVENT_CLOSED:
	case TWR_EVENT_ABORTED:
		t->state = MODEL_NOTHING;
		break;
	}
}

static void take_change(struct fuzz *f, struct running_conn *t)
{
	/* Ticks. 3.5 times each is near 700 ms, 4.1 s or 60 s, or far from these. */
	static const u32 rtos[] = { 50, 52, 74, 150, 280, 292, 294, 500, 1250, 4284, 4288,
				    30000 };
	static const u32 timeos[] = { TIMEWAIT_LEN, HZ, 4 * HZ, 5 * HZ, 30 * HZ };
	static const u32 ages[] = { 0, 0, 0, 1, 2, 30, 59, 60, 61, 62, 120, 600 };
	unsigned int what = byte(f), how = byte(f), times = byte(f);
	struct twr_conn_change change = {
		.conn = t->conn,
		.has_route = (how & 7) != 1,
		.timewait_disabled = (how & 7) == 2,
		.rto = rtos[times % ARRAY_SIZE(rtos)],
		.fin_wait2_timeo = timeos[times / ARRAY_SIZE(rtos) % ARRAY_SIZE(timeos)],
	};
	struct twr_stats *stats = &f->stats[t->conn.key.netns - 1];
	bool recorded;

	if (!choose_event(f, t, &change, what))
		return;
	/* A connection has these from its beginning. */
	if (change.event == TWR_EVENT_OPENED) {
		t->timed = !(how & 8);
		t->is_v4mapped = ipv6_addr_v4mapped(&t->conn.key.peer) && how & 16;
	}
	change.is_v4mapped = t->is_v4mapped;
	change.stamp.ts = choose_tsval(f, t);
	change.stamp.ts_stamp = f->now.seconds - ages[what / 4 % ARRAY_SIZE(ages)];
	change.fin_wait2_timeo = max(change.fin_wait2_timeo, change.rto * 7 / 2);
	recorded = twr_engine_apply_change(&f->engine, &change, stats, &f->now);
	AGREE("stamp is recorded", model_change(&f->model, &change), recorded);
	run_change(f, t, &change, (how & 7) == 3);
	/* The engine sees these ends, so it keeps no record. */
	if (change.event == TWR_EVENT_CLOSED || change.event == TWR_EVENT_ABORTED)
		AGREE("has a record", 0, twr_engine_has_record(&f->engine, &t->conn, &f->now));
}

/* A segment matches a TIME-WAIT socket, which puts its timer back to 60 s. */
static void take_rearm(struct fuzz *f, struct running_conn *t)
{
	if (t->state != MODEL_TIMEWAIT || (!t->timed && model_has_slots(&f->model)))
		return;
	t->expires = f->ticks + TIMEWAIT_LEN;
	twr_engine_rearm_timewait(&f->engine, &t->conn, &f->now);
	model_rearm(&f->model, &t->conn);
}

/* Afterwards the engine takes the simulated kernel to have what the running kernel has. */
static void take_reset(struct fuzz *f, unsigned int which)
{
	unsigned int i;

	twr_pending_close(f->engine.pending);
	model_forget_waits(&f->model);
	for (i = 0; i < MODEL_NAMESPACES; i++) {
		twr_pending_reset_stats(f->engine.pending, &f->stats[i]);
		memset(f->model.number[i], 0, sizeof(f->model.number[i]));
	}
	twr_pending_open(f->engine.pending);
	if (which & 4)
		return;
	twr_engine_reset(&f->engine);
	model_reset(&f->model);
	for (i = 0; i < MODEL_TUPLES; i++) {
		const struct running_conn *t = &f->running[i];

		model_adopt(&f->model, &t->conn, t->state, t->timed, MS(t->expires));
	}
}

static void expect_peers(struct fuzz *f)
{
	struct twr_entry entry;
	unsigned int i;
	u64 pos;

	for (pos = 0; twr_cache_next(f->engine.cache, 0, &pos, &entry); pos++) {
		struct model_peer *p = model_entry(&f->model, &entry.key);

		AGREE("peer has an entry", !!p, 1);
		AGREE("TSval", p->ts, entry.stamp.ts);
		AGREE("its second", p->second, entry.stamp.ts_stamp);
	}
	for (i = 1; i <= MODEL_NAMESPACES; i++)
		AGREE("peers", model_peers(&f->model, i),
		      twr_cache_count(f->engine.cache, i));
}

static void expect_offenders(struct fuzz *f)
{
	static struct twr_offender list[TWR_OFFENDERS_MAX];
	int i, found = twr_offenders_list(f->engine.offenders, 0, list);

	AGREE("offenders", f->model.offenders, found);
	for (i = 0; i < found; i++) {
		const struct model_peer *o = model_offender(&f->model, &list[i].key);

		AGREE("is an offender", !!o, 1);
		AGREE("rejections of other peers", 0, list[i].over);
		AGREE("checked SYNs of an offender", o->checked, list[i].checked);
		AGREE("older", o->rejected[TWR_REJECT_OLDER],
		      list[i].rejected_by[TWR_REJECT_OLDER]);
		AGREE("untimed", o->rejected[TWR_REJECT_UNTIMED],
		      list[i].rejected_by[TWR_REJECT_UNTIMED]);
	}
}

static void expect_all(struct fuzz *f)
{
	unsigned int i;

	for (i = 0; i < MODEL_TUPLES; i++)
		expect_record(f, &f->running[i]);
	for (i = 1; i <= MODEL_NAMESPACES; i++)
		expect_numbers(f, i);
	expect_peers(f);
	expect_offenders(f);
}

/* Two peers of each family, two local addresses, two ports and two namespaces. */
static void set_tuples(struct fuzz *f)
{
	unsigned int i;

	for (i = 0; i < MODEL_TUPLES; i++) {
		struct twr_conn *conn = &f->running[i].conn;
		struct twr_key *key = &conn->key;

		if (i & 2) {
			key->peer.s6_addr[0] = 0x20;
			key->local.s6_addr[0] = 0x20;
		} else {
			key->peer.s6_addr32[2] = htonl(0x0000ffff);
			key->local.s6_addr32[2] = htonl(0x0000ffff);
		}
		key->peer.s6_addr[15] = 7 + (i >> 2 & 1);
		key->local.s6_addr[15] = 1 + (i >> 3 & 1);
		key->netns = 1 + (i >> 4 & 1);
		twr_key_set_hash(key);
		conn->peer_port = htons(40000 + (i & 1));
		conn->local_port = htons(80);
	}
}

static bool begin(struct fuzz *f)
{
	static const char *const names[] = {
		"4.11", "3.17", "3.14", "3.12", "3.6", "3.3", "2.6.39", "2.6.32", "el6", "el7",
		"3.18", "4.1", "4.4", "4.10", "3.10", "3.2", "3.16", "4.0", "2.6.9", "2.6.20",
		"el5",
	};
	static const u64 seconds[] = {
		1000000061, 1000000000, 0x7fffffff - 70, 0xffffffff - 100000, 1700000000,
	};
	static const u64 ticks[] = {
		60000, 1, 0x100000000 - 3 * HZ, 0x100000000 - 300 * HZ, 0x80000000 - 9 * HZ,
		0x20000000000,
	};
	static const u32 rates[] = { 1000, 250, 100 };
	static const char *const schedules[] = { "linux", "linux", "bsd", "linux-6.5" };
	const char *name = names[byte(f) % ARRAY_SIZE(names)];
	unsigned int chosen = byte(f), i;
	const char *schedule = schedules[chosen / 3 % ARRAY_SIZE(schedules)];
	struct twr_cache_config config = { .rows = ROWS, .rows6 = ROWS };

	f->engine.era = twr_era_find(name);
	AGREE("there is such an era", 1, !!f->engine.era);
	if (f->engine.era->inet_peer_max)
		config.lru_entries = LRU_ENTRIES;
	config.lru_ttl = f->engine.era->inet_peer_ttl;
	f->engine.hz = rates[chosen % ARRAY_SIZE(rates)];
	f->engine.cache = twr_cache_new(&config);
	if (!twr_engine_new_pending(&f->engine, twr_schedule_find(schedule), NULL))
		return false;
	f->engine.records = twr_records_new(RECORDS, f->engine.era->has_death_row_slots, NULL);
	if (!offenders)
		offenders = twr_offenders_new(NULL);
	f->engine.offenders = offenders;
	if (IS_ERR(f->engine.cache) || !f->engine.records || !f->engine.offenders)
		return false;
	for (i = 0; i < MODEL_NAMESPACES; i++)
		twr_stats_init(&f->stats[i]);

	model_init(&f->model, name, f->engine.hz, schedule);
	f->second = seconds[(chosen >> 5) % ARRAY_SIZE(seconds)];
	f->now.jiffies = ticks[(chosen >> 2) % ARRAY_SIZE(ticks)];
	set_tuples(f);
	set_now(f);
	return true;
}

static void end(struct fuzz *f)
{
	unsigned int i;

	twr_cache_free(f->engine.cache);
	twr_records_free(f->engine.records);
	twr_pending_free(f->engine.pending);
	twr_offenders_reset(offenders);
	for (i = 0; i < MODEL_NAMESPACES; i++)
		twr_stats_exit(&f->stats[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { .at = data, .left = size };

	if (!begin(&f))
		return 0;
	while (f.left) {
		unsigned int step = byte(&f);
		struct running_conn *t = &f.running[step % MODEL_TUPLES];

		switch (step / MODEL_TUPLES) {
		case 0:
		case 1:
			take_syn(&f, t);
			break;
		case 2:
		case 3:
			take_change(&f, t);
			break;
		case 4:
			take_rearm(&f, t);
			break;
		case 5:
		case 6:
			pass_time(&f);
			break;
		case 7:
			if (step & 8)
				expect_all(&f);
			else
				take_reset(&f, step);
			continue;
		}
		expect_record(&f, t);
	}
	expect_all(&f);
	end(&f);
	return 0;
}
