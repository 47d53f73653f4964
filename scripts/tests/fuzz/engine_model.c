// SPDX-License-Identifier: GPL-2.0
/*
 * engine_model.c - a simple model of the simulated kernel
 */
#include <assert.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_model.h"

#define TIMEWAIT_MS	60000

static bool model_since(const struct model *m, unsigned int major, unsigned int minor)
{
	return m->version >= major * 10000 + minor * 100;
}

/* Up to 3.5 inet_peer has the stamps, from 3.6 on tcp_metrics. */
static bool model_inet_peer(const struct model *m)
{
	return !model_since(m, 3, 6);
}

bool model_has_slots(const struct model *m)
{
	return !model_since(m, 4, 1);
}

bool model_checks_reopened(const struct model *m)
{
	return model_since(m, 3, 18);
}

/* el5 is 2.6.18, and el6 2.6.32, with the rule of 3.3 for SYNs with FIN. el7 is 3.17. */
/* One model at a time. */
static struct model_wait waits[MODEL_WAITS];

void model_init(struct model *m, const char *name, u32 hz, const char *schedule)
{
	unsigned int a = 0, b = 0, c = 0;
	int parts;

	memset(m, 0, sizeof(*m));
	m->hz = hz;
	m->schedule = schedule;
	m->hand = -1;
	m->short_at = MODEL_NEVER;
	m->long_at = MODEL_NEVER;
	if (!strcmp(name, "el5") || !strcmp(name, "el6")) {
		m->version = name[2] == '5' ? 20618 : 20632;
		return;
	}
	if (!strcmp(name, "el7"))
		name = "3.17";
	parts = sscanf(name, "%u.%u.%u", &a, &b, &c);
	assert(parts >= 2);
	m->version = a * 10000 + b * 100 + c;
	m->syn_fin = !model_since(m, 3, 3);
}

static bool same_peer(const struct twr_key *a, const struct twr_key *b)
{
	return a->netns == b->netns && !memcmp(&a->peer, &b->peer, sizeof(a->peer)) &&
	       !memcmp(&a->local, &b->local, sizeof(a->local));
}

static bool speaks_ipv6(const struct twr_conn *conn)
{
	return conn->key.peer.s6_addr[0] == 0x20;
}

struct model_tuple *model_tuple(struct model *m, const struct twr_conn *conn)
{
	struct model_tuple *t;

	for (t = m->tuple; t < m->tuple + m->tuples; t++)
		if (same_peer(&t->conn.key, &conn->key) &&
		    t->conn.peer_port == conn->peer_port &&
		    t->conn.local_port == conn->local_port)
			return t;
	assert(m->tuples < MODEL_TUPLES);
	m->tuples++;
	*t = (struct model_tuple) { .conn = *conn, .slot = -1 };
	return t;
}

/* Return: how many TIME-WAIT sockets are in the slots (tw_count). */
static unsigned int death_row_count(const struct model *m)
{
	unsigned int i, count = 0;

	for (i = 0; i < m->tuples; i++)
		count += m->tuple[i].slot >= 0;
	for (i = 0; i < MODEL_SLOTS; i++)
		count += m->unnamed[i];
	return count;
}

static bool slot_is_empty(const struct model *m, int slot)
{
	unsigned int i;

	for (i = 0; i < m->tuples; i++)
		if (m->tuple[i].slot == slot)
			return false;
	return !m->unnamed[slot];
}

/* inet_twsk_deschedule() */
static void death_row_remove(struct model *m, struct model_tuple *t)
{
	if (t->slot < 0)
		return;
	t->slot = -1;
	if (!death_row_count(m))
		m->long_at = MODEL_NEVER;
}

static void tuple_end(struct model *m, struct model_tuple *t)
{
	death_row_remove(m, t);
	t->state = MODEL_NOTHING;
	t->has_record = false;
}

static void slot_empty(struct model *m, int slot)
{
	unsigned int i;

	m->unnamed[slot] = 0;
	for (i = 0; i < m->tuples; i++)
		if (m->tuple[i].slot == slot)
			tuple_end(m, &m->tuple[i]);
}

/* inet_twsk_schedule(). Return: the slot of what is to live for @timeo milliseconds. */
static int death_row_slot(struct model *m, u64 timeo)
{
	u64 at = m->now + (timeo + 127) / 128 * 128;
	int slot = (timeo + 127) / 128;

	if (!death_row_count(m))
		m->long_at = m->now + 7500;
	if (slot >= MODEL_SHORT_SLOTS) {
		slot = (timeo + 7499) / 7500;
		if (slot > MODEL_LONG_SLOTS - 1)
			slot = MODEL_LONG_SLOTS - 1;
		return MODEL_SHORT_SLOTS + (m->next + slot) % MODEL_LONG_SLOTS;
	}
	if (m->hand < 0) {
		m->hand = 0;
		m->hand_at = m->now;
		m->short_at = at;
		return slot;
	}
	if (at < m->short_at)
		m->short_at = at;
	return (m->hand + slot) % MODEL_SHORT_SLOTS;
}

/* inet_twdr_twcal_tick() */
static void death_row_short_tick(struct model *m)
{
	int slot = m->hand, n;
	u64 at = m->hand_at;
	bool moved = false;

	m->hand = -1;
	m->short_at = MODEL_NEVER;
	for (n = 0; n < MODEL_SHORT_SLOTS; n++, at += 128, slot = (slot + 1) % MODEL_SHORT_SLOTS) {
		if (at <= m->now) {
			slot_empty(m, slot);
			continue;
		}
		if (!moved) {
			moved = true;
			m->hand_at = at;
			m->hand = slot;
		}
		if (!slot_is_empty(m, slot)) {
			m->short_at = at;
			break;
		}
	}
	if (m->short_at == MODEL_NEVER)
		m->hand = -1;
	if (!death_row_count(m))
		m->long_at = MODEL_NEVER;
}

/* inet_twdr_hangman() */
static void death_row_long_tick(struct model *m)
{
	slot_empty(m, MODEL_SHORT_SLOTS + m->next);
	m->next = (m->next + 1) % MODEL_LONG_SLOTS;
	m->long_at = death_row_count(m) ? m->now + 7500 : MODEL_NEVER;
}

/* Where both timers are due in the same millisecond, that of the short slots is first. */
static void death_row_run(struct model *m, u64 until)
{
	while (m->short_at <= until || m->long_at <= until) {
		bool is_short = m->short_at <= m->long_at;

		m->now = is_short ? m->short_at : m->long_at;
		if (is_short)
			death_row_short_tick(m);
		else
			death_row_long_tick(m);
	}
}

/* A mini-socket or TIME-WAIT socket is to live for @timeo milliseconds. */
static void tuple_timer(struct model *m, struct model_tuple *t, u64 timeo)
{
	t->expires = m->now + timeo;
	if (!model_has_slots(m))
		return;
	death_row_remove(m, t);
	if (t->has_record)
		t->slot = death_row_slot(m, timeo);
	else
		m->unnamed[death_row_slot(m, timeo)]++;
}

static void send_retries(struct model *m, u64 now);

void model_set_time(struct model *m, u64 now, u64 second)
{
	unsigned int i;

	send_retries(m, now);
	death_row_run(m, now);
	m->now = now;
	m->second = second;
	for (i = 0; i < m->tuples; i++) {
		struct model_tuple *t = &m->tuple[i];

		if ((t->state == MODEL_MINI || t->state == MODEL_TIMEWAIT) && t->slot < 0 &&
		    t->expires <= now)
			tuple_end(m, t);
	}
	/* inet_peer frees an entry that was not used for ten minutes. */
	for (i = 0; model_inet_peer(m) && i < m->entries;)
		if (now - m->entry[i].used >= 600000)
			m->entry[i] = m->entry[--m->entries];
		else
			i++;
}

/* Up to 3.13 an entry is for all local addresses. */
struct model_peer *model_entry(struct model *m, const struct twr_key *key)
{
	struct twr_key wanted = *key;
	unsigned int i;

	if (!model_since(m, 3, 14))
		memset(&wanted.local, 0, sizeof(wanted.local));
	for (i = 0; i < m->entries; i++)
		if (same_peer(&m->entry[i].key, &wanted))
			return &m->entry[i];
	return NULL;
}

static struct model_peer *model_new_entry(struct model *m, const struct twr_key *key)
{
	struct model_peer *p = &m->entry[m->entries++];

	assert(m->entries <= MODEL_PEERS);
	*p = (struct model_peer) { .key = *key };
	if (!model_since(m, 3, 14))
		memset(&p->key.local, 0, sizeof(p->key.local));
	return p;
}

struct model_peer *model_offender(struct model *m, const struct twr_key *key)
{
	unsigned int i;

	for (i = 0; i < m->offenders; i++)
		if (same_peer(&m->offender[i].key, key))
			return &m->offender[i];
	return NULL;
}

unsigned int model_peers(struct model *m, u32 netns)
{
	unsigned int i, peers = 0;

	for (i = 0; i < m->entries; i++)
		peers += m->entry[i].key.netns == netns;
	return peers;
}

/* One more in a counter file. */
static void count(struct model *m, u32 netns, const char *dir, const char *name)
{
	unsigned int i;

	for (i = 0; i < TWR_COUNTER_FILES; i++)
		if (!strcmp(twr_counter_files[i].name, name) &&
		    !strcmp(twr_counter_files[i].dir ?: "", dir))
			m->number[netns - 1][i]++;
}

static void uncount_pending(struct model *m, u32 netns)
{
	unsigned int i;

	for (i = 0; i < TWR_COUNTER_FILES; i++)
		if (!strcmp(twr_counter_files[i].name, "pending"))
			m->number[netns - 1][i]--;
}

static void count_exempt(struct model *m, u32 netns, enum twr_exempt_reason exempt)
{
	static const char *const names[TWR_EXEMPT_REASONS] = {
		[TWR_EXEMPT_NO_LISTENER] = "no_listener",
		[TWR_EXEMPT_REQUEST_PENDING] = "request_pending",
		[TWR_EXEMPT_ESTABLISHED] = "established",
		[TWR_EXEMPT_TIMEWAIT] = "timewait",
		[TWR_EXEMPT_SYNCOOKIE] = "syncookie",
		[TWR_EXEMPT_QUEUE_FULL] = "queue_full",
		[TWR_EXEMPT_SOURCE_ROUTE] = "source_route",
		[TWR_EXEMPT_BAD_CHECKSUM] = "bad_checksum",
		[TWR_EXEMPT_MALFORMED] = "malformed",
	};

	count(m, netns, "", "syns_seen");
	count(m, netns, "exempt", names[exempt]);
}

static void count_checked(struct model *m, u32 netns, enum twr_verdict verdict)
{
	count(m, netns, "", "syns_seen");
	count(m, netns, "", "syns_checked");
	count(m, netns, "delays", verdict == TWR_PASS ? "0" : "pending");
	if (verdict == TWR_PASS)
		return;
	count(m, netns, "", "syns_rejected");
	count(m, netns, "", verdict == TWR_REJECT_OLDER ? "syns_rejected_older" :
							  "syns_rejected_untimed");
}

/* Return: how many ticks @b is older than @a on a clock of 32 bits; negative if newer. */
static s64 ticks_older(u32 a, u32 b)
{
	u64 distance = ((u64)a + 0x100000000ULL - b) & 0xffffffffULL;

	return distance < 0x80000000ULL ? (s64)distance : (s64)distance - 0x100000000LL;
}

static enum twr_verdict entry_verdict(const struct model *m, const struct model_peer *p,
				      bool timed, u32 tsval, u64 second)
{
	if (!p->second || second - p->second >= 60)
		return TWR_PASS;
	if (!tsval && m->version < 20630)
		timed = false;
	if (!timed)
		return model_since(m, 3, 17) ? TWR_REJECT_UNTIMED : TWR_PASS;
	return ticks_older(p->ts, tsval) > 1 ? TWR_REJECT_OLDER : TWR_PASS;
}

/* Return: true if the retry that is sent @secs after the SYN is let in. */
static bool retry_passes(struct model *m, const struct model_wait *w, int secs)
{
	const struct model_peer *p = model_entry(m, &w->key);
	bool timed = w->timed && !(!strcmp(m->schedule, "bsd") && w->retries >= 6);

	return !p || entry_verdict(m, p, timed, w->tsval + m->hz * secs,
				   w->second + secs) == TWR_PASS;
}

/* Return: true if the client has got in or has given up by @now. */
static bool send_retries_of(struct model *m, struct model_wait *w, u64 now)
{
	static const int linux_retries[] = { 1, 3, 7, 15, 31, 63, 0 };
	static const int later_retries[] = { 1, 2, 3, 4, 5, 7, 11, 19, 35, 67, 0 };
	const int *secs = !strcmp(m->schedule, "linux") ? linux_retries : later_retries;
	char name[12];

	for (; secs[w->retries] && w->sent + secs[w->retries] * 1000ULL <= now; w->retries++) {
		if (!retry_passes(m, w, secs[w->retries]))
			continue;
		snprintf(name, sizeof(name), "%d", secs[w->retries]);
		count(m, w->key.netns, "delays", name);
		return true;
	}
	if (secs[w->retries])
		return false;
	count(m, w->key.netns, "delays", "never");
	return true;
}

/* Up to @now nothing changes in the cache but by its own time. */
static void send_retries(struct model *m, u64 now)
{
	unsigned int i;

	for (i = 0; i < m->waits;) {
		u32 netns = waits[i].key.netns;

		if (!send_retries_of(m, &waits[i], now)) {
			i++;
			continue;
		}
		uncount_pending(m, netns);
		waits[i] = waits[--m->waits];
	}
}

void model_count_refused(struct model *m, u32 netns, bool let_in)
{
	count(m, netns, "timewait", "refused");
	if (let_in)
		count(m, netns, "timewait", "accepted");
}

void model_forget_waits(struct model *m)
{
	m->waits = 0;
}

static void count_offender(struct model *m, const struct twr_key *key,
			   enum twr_verdict verdict)
{
	struct model_peer *o = model_offender(m, key);

	if (!o) {
		if (verdict == TWR_PASS)
			return;
		o = &m->offender[m->offenders++];
		assert(m->offenders <= MODEL_PEERS);
		*o = (struct model_peer) { .key = *key };
	}
	o->checked++;
	if (verdict != TWR_PASS)
		o->rejected[verdict]++;
}

bool model_rejects(struct model *m, const struct twr_syn *syn)
{
	const struct model_peer *p = model_entry(m, &syn->conn.key);

	return p && entry_verdict(m, p, syn->timed, syn->tsval, m->second) != TWR_PASS;
}

/* The SYN is dropped. Its client will send it again. */
static void wait_for_retry(struct model *m, const struct twr_syn *syn)
{
	assert(m->waits < MODEL_WAITS);
	waits[m->waits++] = (struct model_wait) {
		.key = syn->conn.key,
		.timed = syn->timed,
		.tsval = syn->tsval,
		.sent = m->now,
		.second = m->second,
	};
}

static void model_check(struct model *m, const struct twr_syn *syn,
			struct model_answer *answer)
{
	const struct twr_key *key = &syn->conn.key;
	struct model_peer *p = model_entry(m, key);

	answer->checked = true;
	if (syn->listener == TWR_LISTENER_UNKNOWN)
		count(m, key->netns, "", "listener_unknown");
	if (p) {
		p->used = m->now;
		answer->known = true;
		answer->ts = p->ts;
		answer->second = p->second;
		answer->verdict = entry_verdict(m, p, syn->timed, syn->tsval, m->second);
		count_offender(m, key, answer->verdict);
	}
	answer->let_in = answer->verdict == TWR_PASS;
	if (!answer->let_in)
		wait_for_retry(m, syn);
	count_checked(m, key->netns, answer->verdict);
}

/* tcp_conn_request(), up to the check */
static enum twr_exempt_reason model_queues(const struct model *m,
					   const struct twr_listener_queues *q)
{
	u32 bound = q->backlog;
	bool full;

	if (m->version < 20620)
		for (bound = 64; bound < q->max_syn_backlog;)
			bound *= 2;
	else if (!model_since(m, 4, 4))
		for (bound = 16; bound <= min(q->backlog, q->max_syn_backlog);)
			bound *= 2;
	full = q->requests >= bound;
	if (full && q->syncookies == 0)
		return TWR_EXEMPT_QUEUE_FULL;
	if (q->accept > q->backlog && (model_since(m, 4, 10) || q->young > 1))
		return TWR_EXEMPT_QUEUE_FULL;
	if (full || (q->syncookies == 2 && model_since(m, 3, 12)))
		return TWR_EXEMPT_SYNCOOKIE;
	return TWR_NOT_EXEMPT;
}

enum twr_exempt_reason model_listener(const struct model *m, const struct twr_syn *syn)
{
	enum twr_exempt_reason exempt = TWR_NOT_EXEMPT;

	if (syn->listener == TWR_LISTENER_NONE)
		return syn->exempt;
	if (syn->listener == TWR_LISTENER_FOUND)
		exempt = model_queues(m, &syn->queues);
	if (exempt == TWR_NOT_EXEMPT && syn->reply_is_source_routed)
		exempt = TWR_EXEMPT_SOURCE_ROUTE;
	return exempt;
}

/*
 * What the simulated kernel has of the four-tuple takes the SYN, or a listener gets it.
 * Return: why no listener gets it, TWR_NOT_EXEMPT if one does.
 */
static enum twr_exempt_reason model_match(struct model *m, struct model_tuple *t,
					  const struct twr_syn *syn, bool *let_in)
{
	bool has_listener = syn->listener != TWR_LISTENER_NONE;

	switch (t->state) {
	case MODEL_NOTHING:
	case MODEL_COOKIE:
		break;
	case MODEL_REQUEST:
		return TWR_EXEMPT_REQUEST_PENDING;
	case MODEL_OPEN:
		return TWR_EXEMPT_ESTABLISHED;
	case MODEL_MINI:
		if (syn->resets_fin_wait2)
			tuple_end(m, t);
		return TWR_EXEMPT_TIMEWAIT;
	case MODEL_TIMEWAIT:
		if (syn->rearms_timewait)
			tuple_timer(m, t, TIMEWAIT_MS);
		if (!syn->reopens_timewait || !has_listener)
			return TWR_EXEMPT_TIMEWAIT;
		tuple_end(m, t);
		/* The SYN is marked, and not checked. IPv6 loses the mark from 3.18 on. */
		if (model_checks_reopened(m) && speaks_ipv6(&syn->conn))
			break;
		*let_in = true;
		return TWR_EXEMPT_TIMEWAIT;
	}
	return TWR_NOT_EXEMPT;
}

struct model_answer model_syn(struct model *m, const struct twr_syn *syn, u32 netns)
{
	bool broken = syn->discarded;
	struct model_tuple *t = broken ? NULL : model_tuple(m, &syn->conn);
	enum twr_exempt_reason exempt = broken ? syn->exempt : TWR_NOT_EXEMPT;
	struct model_answer answer = { };

	if (!broken)
		exempt = model_match(m, t, syn, &answer.let_in);
	if (syn->fin && !m->syn_fin) {
		answer.let_in = false;
		return answer;
	}
	if (exempt == TWR_NOT_EXEMPT) {
		exempt = model_listener(m, syn);
		answer.let_in = exempt == TWR_EXEMPT_SYNCOOKIE || exempt == TWR_EXEMPT_SOURCE_ROUTE;
	}
	if (exempt != TWR_NOT_EXEMPT) {
		count_exempt(m, netns, exempt);
		return answer;
	}
	model_check(m, syn, &answer);
	if (!answer.let_in)
		t->state = MODEL_NOTHING;
	return answer;
}

/* Return: true if the stamp replaces the one in the entry. */
static bool entry_offer(struct model *m, struct model_peer *p, u32 netns,
			const struct twr_stamp *stamp)
{
	bool newer = ticks_older(p->ts, stamp->ts) <= 0;
	bool stale = m->second > p->second + 60 && p->second <= stamp->ts_stamp;

	if (p->second && !newer && !stale) {
		count(m, netns, "", "stamps_refused");
		return false;
	}
	count(m, netns, "", "stamps_recorded");
	p->ts = stamp->ts;
	p->second = stamp->ts_stamp;
	return true;
}

/*
 * What a connection leaves in the cache. *known: its peer has an entry afterwards.
 * Return: true if its stamp is recorded.
 */
static bool model_remember(struct model *m, const struct twr_conn_change *change, bool *known)
{
	const struct twr_key *key = &change->conn.key;
	struct model_peer *p;

	*known = false;
	if (speaks_ipv6(&change->conn) && m->version < 20639)
		return false;
	if (model_inet_peer(m) ? !change->has_stamp : !change->has_route)
		return false;
	/* From 3.6 to 3.13 the entry is under IPv6, where no IPv4 SYN finds it. */
	if (change->is_v4mapped && model_since(m, 3, 6) && !model_since(m, 3, 14)) {
		*known = true;
		return false;
	}
	p = model_entry(m, key);
	if (!p && change->event == TWR_EVENT_MINI_TIME_WAIT && !model_inet_peer(m))
		return false;
	if (!p)
		p = model_new_entry(m, key);
	p->used = m->now;
	*known = true;
	return change->has_stamp && entry_offer(m, p, key->netns, &change->stamp);
}

/* The connection becomes a mini-socket or a TIME-WAIT socket, for @timeo milliseconds. */
static void tuple_wait(struct model *m, struct model_tuple *t,
		       const struct twr_conn_change *change, enum model_state state, u64 timeo)
{
	if (change->timewait_disabled) {
		tuple_end(m, t);
		return;
	}
	t->state = state;
	t->has_record = change->has_stamp;
	tuple_timer(m, t, timeo);
}

bool model_change(struct model *m, const struct twr_conn_change *change)
{
	/* 3.5 times the RTO, if the stamp is remembered. */
	u64 timeo = change->rto * 1000ULL / HZ * 7 / 2;
	struct model_tuple *t = model_tuple(m, &change->conn);
	bool opens = change->event == TWR_EVENT_OPENED;
	bool recorded, known;

	if (change->event == TWR_EVENT_ABORTED) {
		tuple_end(m, t);
		return false;
	}
	if (opens && (change->is_active_open || t->state == MODEL_COOKIE)) {
		tuple_end(m, t);
		t->state = MODEL_REQUEST;
	}
	/* The simulated kernel never had the connection. */
	if (t->state != (opens ? MODEL_REQUEST :
			 change->event == TWR_EVENT_MINI_TIME_WAIT ? MODEL_MINI : MODEL_OPEN))
		return false;

	recorded = model_remember(m, change, &known);
	if (!known || !change->has_stamp)
		timeo = TIMEWAIT_MS;
	switch (change->event) {
	case TWR_EVENT_OPENED:
		t->state = MODEL_OPEN;
		break;
	case TWR_EVENT_FIN_WAIT2:
		tuple_wait(m, t, change, MODEL_MINI, change->fin_wait2_timeo * 1000ULL / HZ);
		t->timeo = timeo;
		break;
	case TWR_EVENT_TIME_WAIT:
		tuple_wait(m, t, change, MODEL_TIMEWAIT, timeo);
		break;
	case TWR_EVENT_MINI_TIME_WAIT:
		tuple_wait(m, t, change, MODEL_TIMEWAIT,
			   known && change->has_stamp ? t->timeo : TIMEWAIT_MS);
		break;
	case TWR_EVENT_CLOSED:
	case TWR_EVENT_ABORTED:
		tuple_end(m, t);
		break;
	}
	return recorded;
}

void model_rearm(struct model *m, const struct twr_conn *conn)
{
	struct model_tuple *t = model_tuple(m, conn);

	if (t->state == MODEL_TIMEWAIT)
		tuple_timer(m, t, TIMEWAIT_MS);
}

void model_adopt(struct model *m, const struct twr_conn *conn, enum model_state state,
		 bool has_stamp, u64 expires)
{
	struct model_tuple *t = model_tuple(m, conn);

	tuple_end(m, t);
	if (state == MODEL_TIMEWAIT && has_stamp)
		return;
	t->state = state;
	t->expires = expires;
	/* The engine does not know the RTO, and takes the least, 200 ms. */
	t->timeo = 700;
}

void model_end(struct model *m, const struct twr_conn *conn)
{
	tuple_end(m, model_tuple(m, conn));
}

void model_reset(struct model *m)
{
	unsigned int i;

	for (i = 0; i < m->tuples; i++)
		tuple_end(m, &m->tuple[i]);
	memset(m->unnamed, 0, sizeof(m->unnamed));
	m->entries = 0;
	m->offenders = 0;
	m->hand = -1;
	m->short_at = MODEL_NEVER;
	m->next = 0;
	m->long_at = MODEL_NEVER;
}
