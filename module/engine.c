// SPDX-License-Identifier: GPL-2.0
/*
 * engine.c - what the simulated kernel would have done
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <net/ipv6.h>

#include "cache.h"
#include "compat.h"
#include "engine.h"
#include "offenders.h"
#include "pending.h"
#include "records.h"
#include "stats.h"

/*
 * How long a request socket can wait for the ACK of its SYN-ACK, in jiffies. TCP resends
 * the SYN-ACK after 1, 3, 7, 15 and 31 s (tcp_synack_retries) and gives up after 63 s.
 */
#define TWR_REQUEST_TIMEOUT	(64 * HZ)

/* The peer's key in the cache; @any_local is used if entries are for any local address. */
static const struct twr_key *twr_engine_cache_key(const struct twr_engine *engine,
						  const struct twr_conn *conn,
						  struct twr_key *any_local)
{
	if (engine->era->keys_by_local)
		return &conn->key;

	*any_local = conn->key;
	memset(&any_local->local, 0, sizeof(any_local->local));
	return any_local;
}

/* The retry does not count as a use of the entry: that it comes is only an assumption. */
static bool twr_engine_passes_retry(const void *arg, const struct twr_retry *retry)
{
	const struct twr_engine *engine = arg;
	struct twr_key any_local __uninitialized;
	struct twr_stamp cached;

	return !twr_cache_peek(engine->cache,
			       twr_engine_cache_key(engine, retry->conn, &any_local),
			       retry->now.jiffies, &cached) ||
	       twr_era_judge_syn(engine->era, &cached, retry->timed, retry->tsval,
				 retry->now.seconds) == TWR_PASS;
}

bool twr_engine_new_pending(struct twr_engine *engine, const struct twr_schedule *schedule,
			    void (*settled)(const struct twr_pending_syn *syn, s32 delay))
{
	const struct twr_pending_ops ops = {
		.passes = twr_engine_passes_retry,
		.arg = engine,
		.settled = settled,
	};

	engine->pending = twr_pending_new(schedule, &ops);
	return engine->pending;
}

void twr_engine_prefetch(const struct twr_engine *engine, const struct twr_key *key)
{
	twr_cache_prefetch(engine->cache, key);
}

/* From here on verdicts can be wrong, so the user must be able to see the loss. */
static void twr_engine_count_lost(struct twr_stats *stats, enum twr_record lost)
{
	if (unlikely(lost != TWR_RECORD_NONE))
		twr_stats_inc(stats, lost == TWR_RECORD_REJECTED ?
				     TWR_COUNT_LOST_REJECTED :
				     TWR_COUNT_LOST_TIMEWAIT);
}

/*
 * A bucket accepts the SYN and ends, and a listener gets the SYN. Where nobody listens, the
 * bucket stays and answers.
 */
static bool twr_syn_reopens(const struct twr_syn *syn)
{
	return syn->reopens_timewait && syn->listener != TWR_LISTENER_NONE;
}

/* The bucket of the running kernel answers the SYN with an ACK. */
static bool twr_syn_is_refused(const struct twr_syn *syn)
{
	return (syn->match == TWR_MATCH_TIMEWAIT || syn->match == TWR_MATCH_TIMEWAIT_RECYCLABLE) &&
	       !syn->reopens_timewait && !syn->resets_fin_wait2;
}

/*
 * Return: true if the simulated kernel had a socket that matches the SYN, and that socket
 * took the SYN before a listener could check it.
 */
static bool twr_syn_is_stopped(const struct twr_engine *engine,
			       const struct twr_syn *syn, enum twr_record record)
{
	bool had = record == TWR_RECORD_BUCKET;

	if (record == TWR_RECORD_REJECTED)
		return false;

	switch (syn->match) {
	case TWR_MATCH_NONE:
		/* The running kernel may have lacked room for the bucket. */
		return had;
	case TWR_MATCH_REQUEST:
	case TWR_MATCH_SOCKET:
		return true;
	case TWR_MATCH_TIMEWAIT:
		had = true;
		break;
	case TWR_MATCH_TIMEWAIT_RECYCLABLE:
		break;
	}
	return had && !(twr_syn_reopens(syn) && engine->era->checks_reopened_ipv6 &&
			!ipv6_addr_v4mapped(&syn->conn.key.peer));
}

static void twr_syn_reject(const struct twr_engine *engine,
			   const struct twr_syn *syn, enum twr_verdict verdict,
			   u32 rate, struct twr_stats *stats,
			   const struct twr_time *now)
{
	struct twr_pending_syn pending = {
		.conn = syn->conn,
		.stats = stats,
		.rejected = *now,
		.timed = syn->timed,
		.tsval = syn->tsval,
		.rate = rate,
	};
	u64 expires = now->jiffies + TWR_REQUEST_TIMEOUT;
	enum twr_record lost;

	if (syn->match == TWR_MATCH_NONE || syn->match == TWR_MATCH_REQUEST)
		lost = twr_records_add_rejected(engine->records, &syn->conn, expires,
						now->jiffies);
	else
		lost = twr_records_extend_rejected(engine->records, &syn->conn, expires,
						   now->jiffies);
	twr_engine_count_lost(stats, lost);
	twr_pending_add(engine->pending, &pending, verdict == TWR_REJECT_OLDER ?
			TWR_COUNT_OLDER : TWR_COUNT_UNTIMED);
}

/*
 * Only a SYN that is rejected, or whose peer may be an offender, comes here. Kept out of
 * line, so that the other SYNs do not pay for it. Return: ticks per second of the clock
 * that sent the SYN.
 */
static noinline u32 twr_syn_note_offender(const struct twr_engine *engine,
					  const struct twr_syn *syn,
					  const struct twr_judgement *judgement,
					  struct twr_stats *stats, const struct twr_time *now)
{
	struct twr_judged_syn judged = {
		.verdict = judgement->verdict,
		.timed = syn->timed,
		.tsval = syn->tsval,
		.ports = twr_conn_ports(&syn->conn),
		.behind = judgement->cached.ts - syn->tsval,
	};
	struct twr_offenders_result result;

	result = twr_offenders_count_syn(engine->offenders, &syn->conn.key, &judged,
					 twr_engine_jiffies_to_ms(now->jiffies));
	if (unlikely(result.evicted))
		twr_stats_inc(stats, TWR_COUNT_LOST_OFFENDERS);
	if (unlikely(result.clocks_skipped))
		twr_stats_inc(stats, TWR_COUNT_LOST_CLOCKS);

	/* Most clients' clocks count milliseconds. */
	return READ_ONCE(engine->hz) ?: result.rate ?: MSEC_PER_SEC;
}

/* The SYN's peer has an entry. Return: true if the SYN would have been dropped. */
static bool twr_syn_check_stamp(const struct twr_engine *engine,
				const struct twr_syn *syn, struct twr_stats *stats,
				const struct twr_time *now,
				struct twr_judgement *judgement)
{
	const struct twr_stamp *cached = &judgement->cached;
	u32 rate;

	judgement->verdict = twr_era_judge_syn(engine->era, cached, syn->timed, syn->tsval,
					       now->seconds);
	if (judgement->verdict == TWR_PASS &&
	    likely(!twr_offenders_may_have(engine->offenders, &syn->conn.key)))
		return false;

	rate = twr_syn_note_offender(engine, syn, judgement, stats, now);
	if (judgement->verdict == TWR_PASS)
		return false;

	twr_syn_reject(engine, syn, judgement->verdict, rate, stats, now);
	return true;
}

/* The simulated kernel has the connection, if the running kernel accepts it. */
static void twr_syn_accept(const struct twr_engine *engine, const struct twr_syn *syn,
			   enum twr_record record, struct twr_stats *stats,
			   const struct twr_time *now)
{
	if (unlikely(record != TWR_RECORD_NONE))
		twr_records_remove(engine->records, &syn->conn, now->jiffies);
	if (unlikely(twr_syn_is_refused(syn)))
		twr_stats_inc(stats, TWR_COUNT_TIMEWAIT_ACCEPTED);
}

static void twr_syn_check_cache(const struct twr_engine *engine,
				const struct twr_syn *syn, enum twr_record record,
				struct twr_stats *stats, const struct twr_time *now,
				struct twr_judgement *judgement)
{
	struct twr_key any_local __uninitialized;

	/* A lookup in a list frees an entry that has expired, which a retry before may have met. */
	if (engine->era->inet_peer_max)
		twr_pending_settle(engine->pending, now);

	judgement->checked = true;
	judgement->verdict = TWR_PASS;
	judgement->known = twr_cache_lookup(engine->cache,
					    twr_engine_cache_key(engine, &syn->conn, &any_local),
					    now->jiffies, &judgement->cached);
	if (judgement->known &&
	    twr_syn_check_stamp(engine, syn, stats, now, judgement))
		return;

	twr_syn_accept(engine, syn, record, stats, now);
	twr_stats_inc(stats, TWR_COUNT_PASSED);
}

/* Return: why a listener does not check the SYN, or %TWR_NOT_EXEMPT. */
static enum twr_exempt_reason twr_syn_exempt_reason(const struct twr_engine *engine,
						    const struct twr_syn *syn)
{
	enum twr_exempt_reason exempt = TWR_NOT_EXEMPT;

	if (syn->listener == TWR_LISTENER_NONE)
		return syn->exempt;
	if (syn->listener == TWR_LISTENER_FOUND)
		exempt = twr_era_check_queues(engine->era, &syn->queues);
	if (exempt == TWR_NOT_EXEMPT && syn->reply_is_source_routed)
		exempt = TWR_EXEMPT_SOURCE_ROUTE;
	return exempt;
}

void twr_engine_judge_syn(const struct twr_engine *engine, const struct twr_syn *syn,
			  struct twr_stats *stats, const struct twr_time *now,
			  struct twr_judgement *judgement)
{
	static const enum twr_exempt_reason stopped_by[] = {
		[TWR_MATCH_NONE] = TWR_EXEMPT_TIMEWAIT,
		[TWR_MATCH_REQUEST] = TWR_EXEMPT_REQUEST_PENDING,
		[TWR_MATCH_SOCKET] = TWR_EXEMPT_ESTABLISHED,
		[TWR_MATCH_TIMEWAIT] = TWR_EXEMPT_TIMEWAIT,
		[TWR_MATCH_TIMEWAIT_RECYCLABLE] = TWR_EXEMPT_TIMEWAIT,
	};
	enum twr_record record = TWR_RECORD_NONE;
	enum twr_exempt_reason exempt;
	bool stopped = false;

	judgement->checked = false;
	if (likely(!syn->discarded)) {
		record = twr_records_lookup(engine->records, &syn->conn, now->jiffies);
		stopped = twr_syn_is_stopped(engine, syn, record);
	}

	if (record == TWR_RECORD_BUCKET && (syn->resets_fin_wait2 || twr_syn_reopens(syn)))
		twr_records_remove(engine->records, &syn->conn, now->jiffies);
	if (stopped && syn->rearms_timewait)
		twr_records_rearm_timewait(engine->records, &syn->conn, now->jiffies);
	if (syn->fin && !engine->era->accepts_syn_fin)
		return;
	if (unlikely(twr_syn_is_refused(syn)))
		twr_stats_inc(stats, TWR_COUNT_TIMEWAIT_REFUSED);

	exempt = stopped ? stopped_by[syn->match] : twr_syn_exempt_reason(engine, syn);
	if (exempt == TWR_NOT_EXEMPT) {
		if (unlikely(syn->listener == TWR_LISTENER_UNKNOWN))
			twr_stats_inc(stats, TWR_COUNT_UNKNOWN);
		twr_syn_check_cache(engine, syn, record, stats, now, judgement);
		return;
	}

	/*
	 * The simulated kernel accepts the connection too: with a cookie or with a source
	 * route it does not check the SYN.
	 */
	if (exempt == TWR_EXEMPT_SYNCOOKIE || exempt == TWR_EXEMPT_SOURCE_ROUTE)
		twr_syn_accept(engine, syn, record, stats, now);
	twr_stats_inc(stats, TWR_COUNT_EXEMPT + exempt);
}

/* Return: what the update did, a mask of TWR_UPDATE_*. */
static unsigned int twr_change_update_cache(const struct twr_engine *engine,
					    const struct twr_conn_change *change,
					    struct twr_stats *stats,
					    const struct twr_time *now)
{
	const struct twr_era *era = engine->era;
	struct twr_update update = {
		.creates_entry = twr_era_creates_entry(era, change->event),
		.uses_entry = twr_era_uses_entry(era, change->event),
		.has_stamp = change->has_stamp,
		.stamp = change->stamp,
	};
	struct twr_key any_local __uninitialized;
	unsigned int done;

	/* The era keeps no stamps of IPv6 peers, so their SYNs pass the check. */
	if (!era->has_ipv6 && !ipv6_addr_v4mapped(&change->conn.key.peer))
		return 0;
	if (era->needs_route && !change->has_route)
		return 0;
	/* The peer has an entry, but no SYN is checked against it. */
	if (era->files_v4mapped_as_ipv6 && change->is_v4mapped)
		return TWR_UPDATE_KNOWN;
	if (!update.has_stamp &&
	    (era->needs_stamp || (!update.creates_entry && !update.uses_entry)))
		return 0;

	/* A retry that was due before meets the cache as it was. */
	twr_pending_settle(engine->pending, now);
	done = twr_cache_update(engine->cache,
				twr_engine_cache_key(engine, &change->conn, &any_local),
				&update, twr_era_replaces_stamp, now->seconds,
				now->jiffies);
	if (done & TWR_UPDATE_EVICTED)
		twr_stats_inc(stats, TWR_COUNT_EVICTED);
	if (done & TWR_UPDATE_RECORDED)
		twr_stats_inc(stats, TWR_COUNT_RECORDED);
	if (done & TWR_UPDATE_REFUSED)
		twr_stats_inc(stats, TWR_COUNT_REFUSED);
	return done;
}

/* How long a connection stays in TIME-WAIT, with its stamp remembered or not. */
static u32 twr_timewait_timeo(u32 rto, bool remembered)
{
	return remembered ? (rto << 2) - (rto >> 1) : TWR_TIMEWAIT_LEN;
}

/*
 * The simulated kernel never had a rejected connection, so no change of that connection
 * counts. Return: true, or false if this is another connection on the same ports.
 */
static bool twr_change_skip_rejected(const struct twr_engine *engine,
				     const struct twr_conn_change *change,
				     struct twr_stats *stats,
				     const struct twr_time *now)
{
	const struct twr_conn *conn = &change->conn;
	u64 expires = TWR_RECORD_WHILE_OPEN;

	switch (change->event) {
	case TWR_EVENT_OPENED:
		if (change->is_active_open) {
			twr_records_remove(engine->records, conn, now->jiffies);
			return false;
		}
		break;
	case TWR_EVENT_FIN_WAIT2:
		expires = now->jiffies + change->fin_wait2_timeo + HZ;
		break;
	case TWR_EVENT_TIME_WAIT:
	case TWR_EVENT_MINI_TIME_WAIT:
		/* Without a record, a bucket with a timestamp counts as expired anyway. */
		expires = change->has_stamp ? 0 : now->jiffies + TWR_TIMEWAIT_LEN;
		break;
	case TWR_EVENT_CLOSED:
	case TWR_EVENT_ABORTED:
		expires = 0;
		break;
	}

	if (expires)
		twr_engine_count_lost(stats, twr_records_add_rejected(engine->records, conn,
								      expires, now->jiffies));
	else
		twr_records_remove(engine->records, conn, now->jiffies);
	return true;
}

/* Return: the kind of the record that was evicted for the new one. */
static enum twr_record twr_change_add_record(const struct twr_engine *engine,
					     const struct twr_conn_change *change,
					     bool remembered,
					     const struct twr_time *now)
{
	const struct twr_conn *conn = &change->conn;
	u32 timeo = twr_timewait_timeo(change->rto, remembered);

	if (change->timewait_disabled)
		return TWR_RECORD_NONE;

	switch (change->event) {
	case TWR_EVENT_FIN_WAIT2:
		return twr_records_add_fin_wait2(engine->records, conn, timeo,
						 change->fin_wait2_timeo, now->jiffies);
	case TWR_EVENT_TIME_WAIT:
		return twr_records_add_timewait(engine->records, conn, timeo,
						now->jiffies);
	case TWR_EVENT_MINI_TIME_WAIT:
		return twr_records_add_timewait(engine->records, conn,
						remembered ? 0 : TWR_TIMEWAIT_LEN,
						now->jiffies);
	case TWR_EVENT_OPENED:
	case TWR_EVENT_CLOSED:
	case TWR_EVENT_ABORTED:
		break;
	}
	return TWR_RECORD_NONE;
}

bool twr_engine_apply_change(const struct twr_engine *engine,
			     const struct twr_conn_change *change,
			     struct twr_stats *stats, const struct twr_time *now)
{
	enum twr_record record;
	unsigned int done;

	record = twr_records_lookup(engine->records, &change->conn, now->jiffies);
	if (unlikely(record == TWR_RECORD_REJECTED) &&
	    twr_change_skip_rejected(engine, change, stats, now))
		return false;
	if (change->event == TWR_EVENT_ABORTED) {
		/* A reset ends a bucket on the simulated kernel too. */
		if (record == TWR_RECORD_BUCKET)
			twr_records_remove(engine->records, &change->conn,
					   now->jiffies);
		return false;
	}

	/* This machine has opened the connection in place of a bucket. */
	if (record == TWR_RECORD_BUCKET && change->event == TWR_EVENT_OPENED)
		twr_records_remove(engine->records, &change->conn, now->jiffies);

	done = twr_change_update_cache(engine, change, stats, now);
	if (change->has_stamp)
		twr_engine_count_lost(stats, twr_change_add_record(engine, change,
								   done & TWR_UPDATE_KNOWN,
								   now));
	else if (change->event == TWR_EVENT_TIME_WAIT && !change->timewait_disabled)
		twr_records_schedule_timewait(engine->records, now->jiffies);
	return done & TWR_UPDATE_RECORDED;
}

void twr_engine_rearm_timewait(const struct twr_engine *engine, const struct twr_conn *conn,
			       const struct twr_time *now)
{
	twr_records_rearm_timewait(engine->records, conn, now->jiffies);
}

bool twr_engine_has_record(const struct twr_engine *engine, const struct twr_conn *conn,
			   const struct twr_time *now)
{
	return twr_records_lookup(engine->records, conn, now->jiffies) != TWR_RECORD_NONE;
}

void twr_engine_reset(struct twr_engine *engine)
{
	twr_cache_reset(engine->cache);
	twr_records_reset(engine->records);
	twr_offenders_reset(engine->offenders);
}
