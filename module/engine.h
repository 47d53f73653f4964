/* SPDX-License-Identifier: GPL-2.0 */
/*
 * engine.h - what the simulated kernel would have made of what is observed
 *
 * Observations go in, counters and verdicts come out. A SYN is first asked whether the
 * simulated kernel had what it meets (records), then held against the peer's entry by
 * the rules of the era (cache, era). A connection that opens or closes updates that
 * entry, and leaves a record where the two kernels part.
 *
 * The engine knows no packet, no socket, and no clock but what it is told.
 */
#ifndef TWR_ENGINE_H
#define TWR_ENGINE_H

#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "observation.h"
#include "stamp.h"

struct twr_cache;
struct twr_offenders;
struct twr_records;
struct twr_stats;

/**
 * struct twr_engine - what it works with
 * @era: the rules
 * @cache: the peers' stamps
 * @records: what the simulated kernel had, or never had
 * @offenders: the peers most often rejected
 * @hz: ticks a second of all clients' clocks, 0 to tell by each; may change
 */
struct twr_engine {
	const struct twr_era *era;
	struct twr_cache *cache;
	struct twr_records *records;
	struct twr_offenders *offenders;
	unsigned int hz;
};

/**
 * struct twr_judgement - what came of a SYN
 * @checked: it was held against the cache; the rest is of no meaning where it was not
 * @verdict: what would have become of it
 * @known: its peer has an entry
 * @cached: the stamp in that entry
 * @delay: seconds after which one of its retries would pass, -1 for never
 */
struct twr_judgement {
	bool checked;
	enum twr_verdict verdict;
	bool known;
	struct twr_stamp cached;
	s32 delay;
};

/**
 * twr_engine_jiffies_to_ms() - a time in milliseconds, as offenders have it
 * @jiffies: the time in jiffies
 *
 * Return: milliseconds, never 0 where the kernel's own count of jiffies is given.
 */
static inline u64 twr_engine_jiffies_to_ms(u64 jiffies)
{
	return div_u64(jiffies * MSEC_PER_SEC, HZ);
}

/**
 * twr_engine_prefetch() - the peer of a SYN will be looked up soon
 * @engine: the engine
 * @key: the peer
 *
 * Has memory begin to fetch its entry, and does not wait for it. Any context.
 */
void twr_engine_prefetch(const struct twr_engine *engine, const struct twr_key *key);

/**
 * twr_engine_judge_syn() - a SYN was observed
 * @engine: the engine
 * @syn: the SYN
 * @stats: where it is counted
 * @now: the current time
 * @judgement: what came of it
 *
 * Softirq context, or process context with softirqs off; takes the offenders' lock,
 * which on PREEMPT_RT can sleep.
 */
void twr_engine_judge_syn(const struct twr_engine *engine, const struct twr_syn *syn,
			  struct twr_stats *stats, const struct twr_time *now,
			  struct twr_judgement *judgement);

/**
 * twr_engine_apply_change() - something becomes of a connection
 * @engine: the engine
 * @change: what
 * @stats: where it is counted
 * @now: the current time
 *
 * Any context but NMI; no lock is taken that sleeps, on PREEMPT_RT either.
 *
 * Return: true if the cache took the stamp that the connection leaves.
 */
bool twr_engine_apply_change(const struct twr_engine *engine,
			     const struct twr_conn_change *change,
			     struct twr_stats *stats, const struct twr_time *now);

/**
 * twr_engine_rearm_timewait() - a segment put the timer of a TIME-WAIT bucket back to 60 s
 * @engine: the engine
 * @conn: the connection
 * @now: the current time
 *
 * Nothing happens where the simulated kernel did not have the bucket any more. Any
 * context but NMI.
 */
void twr_engine_rearm_timewait(const struct twr_engine *engine, const struct twr_conn *conn,
			       const struct twr_time *now);

/**
 * twr_engine_has_record() - can a segment make a difference to a connection that closes?
 * @engine: the engine
 * @conn: the connection
 * @now: the current time
 *
 * Return: true if there is a record of it. Any context but NMI.
 */
bool twr_engine_has_record(const struct twr_engine *engine, const struct twr_conn *conn,
			   const struct twr_time *now);

/**
 * twr_engine_reset() - forget all peers, records and offenders
 * @engine: the engine
 *
 * Process context, may sleep.
 */
void twr_engine_reset(struct twr_engine *engine);

#endif /* TWR_ENGINE_H */
