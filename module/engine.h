/* SPDX-License-Identifier: GPL-2.0 */
/*
 * engine.h - what the simulated kernel would have done
 *
 * The engine takes observations, increments counters and returns verdicts. For a SYN it first
 * decides from its records whether the simulated kernel had the socket that the SYN
 * matches. Then it checks the SYN against the peer's entry in the cache by the rules of
 * the era. A connection that opens or closes updates its peer's entry. It also leaves a
 * record where the simulated kernel differs from the running kernel.
 *
 * The engine knows no packet, no socket, and no time but the one that the caller passes.
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
struct twr_pending;
struct twr_pending_syn;
struct twr_records;
struct twr_schedule;
struct twr_stats;

/**
 * struct twr_engine - rules and tables
 * @era: the rules
 * @cache: the stamps of the peers
 * @records: connections that the simulated kernel had for another time than the running
 *	kernel, or never had
 * @offenders: the peers most often rejected
 * @pending: rejected SYNs, until one of their retries would pass
 * @hz: ticks per second of all clients' clocks, 0 to measure each clock; a user may change
 *	it at any time
 */
struct twr_engine {
	const struct twr_era *era;
	struct twr_cache *cache;
	struct twr_records *records;
	struct twr_offenders *offenders;
	struct twr_pending *pending;
	unsigned int hz;
};

/**
 * struct twr_judgement - what the simulated kernel would have done with a SYN
 * @checked: it would have checked the SYN; all other fields are valid only then
 * @verdict: what the check says
 * @known: the SYN's peer has an entry
 * @cached: the stamp in that entry
 */
struct twr_judgement {
	bool checked;
	enum twr_verdict verdict;
	bool known;
	struct twr_stamp cached;
};

/**
 * twr_engine_jiffies_to_ms() - convert a time for the offenders
 * @jiffies: the time in jiffies
 *
 * Return: milliseconds, which are never 0 for a time from get_jiffies_64(). Any context.
 */
static inline u64 twr_engine_jiffies_to_ms(u64 jiffies)
{
	return div_u64(jiffies * MSEC_PER_SEC, HZ);
}

/**
 * twr_engine_new_pending() - make the engine's table of pending SYNs
 * @engine: the engine, which stays where it is; its era and cache are set
 * @schedule: when clients send a SYN again
 * @settled: told when the delay of a SYN is known, see struct twr_pending_ops; may be NULL
 *
 * Process context, may sleep.
 *
 * Return: true; false if there is not enough free memory.
 */
bool twr_engine_new_pending(struct twr_engine *engine, const struct twr_schedule *schedule,
			    void (*settled)(const struct twr_pending_syn *syn, s32 delay));

/**
 * twr_engine_prefetch() - prefetch the entry of a SYN's peer
 * @engine: the engine
 * @key: the peer
 *
 * Does not wait for memory. Any context.
 */
void twr_engine_prefetch(const struct twr_engine *engine, const struct twr_key *key);

/**
 * twr_engine_judge_syn() - judge an observed SYN, and count it
 * @engine: the engine
 * @syn: the SYN
 * @stats: the counters of the SYN's network namespace
 * @now: the current time
 * @judgement: set to what the simulated kernel would have done
 *
 * Softirq context, or process context with softirqs off. Takes the offenders' lock, which
 * can sleep on PREEMPT_RT.
 */
void twr_engine_judge_syn(const struct twr_engine *engine, const struct twr_syn *syn,
			  struct twr_stats *stats, const struct twr_time *now,
			  struct twr_judgement *judgement);

/**
 * twr_engine_apply_change() - apply an observed change of a connection
 * @engine: the engine
 * @change: the change
 * @stats: the counters of the connection's network namespace
 * @now: the current time
 *
 * Any context but NMI. Takes no lock that can sleep, not even on PREEMPT_RT.
 *
 * Return: true if the cache took the stamp of the connection.
 */
bool twr_engine_apply_change(const struct twr_engine *engine,
			     const struct twr_conn_change *change,
			     struct twr_stats *stats, const struct twr_time *now);

/**
 * twr_engine_rearm_timewait() - a segment has set the timer of a TIME-WAIT socket to 60 s
 * @engine: the engine
 * @conn: the connection of the socket
 * @now: the current time
 *
 * Does nothing if the socket has expired on the simulated kernel. Any context but NMI.
 */
void twr_engine_rearm_timewait(const struct twr_engine *engine, const struct twr_conn *conn,
			       const struct twr_time *now);

/**
 * twr_engine_has_record() - is there a record of a connection?
 * @engine: the engine
 * @conn: the connection
 * @now: the current time
 *
 * Without a record, a segment that finds no full socket makes no difference to the
 * simulated kernel. Any context but NMI.
 *
 * Return: true if there is a record that has not expired.
 */
bool twr_engine_has_record(const struct twr_engine *engine, const struct twr_conn *conn,
			   const struct twr_time *now);

/**
 * twr_engine_reset() - drop all peers, records and offenders
 * @engine: the engine
 *
 * Process context, may sleep.
 */
void twr_engine_reset(struct twr_engine *engine);

#endif /* TWR_ENGINE_H */
