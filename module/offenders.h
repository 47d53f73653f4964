/* SPDX-License-Identifier: GPL-2.0 */
/*
 * offenders.h - the peers whose SYNs would have been rejected most often
 *
 * The table has a fixed size and keeps the peers with the most rejections. In each row it
 * uses the algorithm space-saving (Metwally, Agrawal, El Abbadi, 2005): a new peer replaces
 * the peer of a full row with the fewest rejections, and starts with the count of that
 * peer. So a count can be too high. A peer with more than an eighth of its row's
 * rejections is always in the table.
 *
 * Here a peer is always a pair of remote and local address, even in an era whose cache does
 * not tell local addresses apart.
 */
#ifndef TWR_OFFENDERS_H
#define TWR_OFFENDERS_H

#include <linux/types.h>

#include "clocks.h"
#include "conn.h"
#include "era.h"

struct twr_offenders;

/* Number of peers in the table. */
#define TWR_OFFENDERS_MAX	512

/**
 * struct twr_judged_syn - a SYN that was checked against an entry of the cache
 * @verdict: what the check said
 * @timed: the SYN has a timestamp option
 * @tsval: TSval of the SYN, if @timed
 * @ports: the peer's port and the local port
 * @behind: by how many ticks @tsval is behind the cached TSval, if it was rejected for that
 */
struct twr_judged_syn {
	enum twr_verdict verdict;
	bool timed;
	u32 tsval;
	u32 ports;
	u32 behind;
};

/**
 * struct twr_offenders_result - what twr_offenders_count_syn() did
 * @rate: ticks per second of the clock that sent the SYN, 0 if not known
 * @evicted: another peer lost its place
 * @clocks_skipped: the clocks of the peer were busy, and did not get the TSval
 */
struct twr_offenders_result {
	u32 rate;
	bool evicted;
	bool clocks_skipped;
};

/**
 * struct twr_offender - what the table holds of a peer
 * @key: the peer
 * @rejected: number of SYNs that would have been rejected; can be too high
 * @over: by how much @rejected can be too high at most
 * @rejected_by: rejected SYNs since the peer came to the table, by enum twr_verdict
 * @checked: SYNs that were checked since the peer came to the table
 * @timed: the last rejected SYN had a timestamp option
 * @behind: by how many ticks the last rejected SYN was behind, if @timed
 * @rate: ticks per second of the clock that sent the last rejected SYN, 0 if not known
 * @found: what the TSvals show of the hosts behind this address
 * @first_ms: when the peer came to the table, in milliseconds
 * @last_ms: when the last SYN was rejected, in milliseconds
 */
struct twr_offender {
	struct twr_key key;
	u64 rejected;
	u64 over;
	u64 rejected_by[TWR_VERDICTS];
	u64 checked;
	bool timed;
	u32 behind;
	u32 rate;
	struct twr_clocks_found found;
	u64 first_ms;
	u64 last_ms;
};

/**
 * twr_offenders_new() - make an empty table
 * @netns_is_alive: does a network namespace exist? NULL if all do. Peers of a dead
 *	namespace are hidden from readers, and are evicted before all others
 *
 * Allocates all the memory that the table will ever take. Process context, may sleep.
 *
 * Return: the table, NULL if there is not enough free memory.
 */
struct twr_offenders *twr_offenders_new(twr_netns_alive_fn netns_is_alive);

/**
 * twr_offenders_free() - free a table
 * @offenders: the table; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_offenders_free(struct twr_offenders *offenders);

/**
 * twr_offenders_may_have() - can a peer be in the table?
 * @offenders: the table
 * @key: the peer
 *
 * Compares hashes only. Takes no lock and writes nothing. Any context.
 *
 * Return: false if the peer is not in the table, so that the caller need not count a SYN
 * of this peer that passes.
 */
bool twr_offenders_may_have(const struct twr_offenders *offenders, const struct twr_key *key);

/**
 * twr_offenders_count_syn() - count a SYN that was checked
 * @offenders: the table
 * @key: the peer, with the local address
 * @syn: the SYN
 * @ms: the current time in milliseconds, never 0
 *
 * A SYN that passes counts only if its peer is in the table. The row's lock is taken with
 * softirqs off, and held while eight places are compared, the counters change, and the
 * clocks of an evicted peer are cleared. To find the clock of a TSval takes longer, so the
 * clocks have a lock of their own. A SYN that finds the clocks busy is counted, but its
 * TSval is skipped. Softirq or process context; on PREEMPT_RT the row's lock can sleep.
 *
 * Return: what the function did.
 */
struct twr_offenders_result twr_offenders_count_syn(struct twr_offenders *offenders,
						    const struct twr_key *key,
						    const struct twr_judged_syn *syn, u64 ms);

/**
 * twr_offenders_list() - list the peers, those with the most rejections first
 * @offenders: the table
 * @netns: number of a network namespace, 0 for all that exist
 * @list: room for TWR_OFFENDERS_MAX peers
 *
 * Locks one row at a time. Process context, may sleep.
 *
 * Return: the number of peers in @list.
 */
int twr_offenders_list(struct twr_offenders *offenders, u32 netns,
		       struct twr_offender *list);

/**
 * twr_offender_seems() - what a peer is, in a word
 * @offender: the peer
 *
 * Return: "untimed" if more of its SYNs were rejected for having no timestamp than for an
 * older one, else the name of what its TSvals show. Any context.
 */
const char *twr_offender_seems(const struct twr_offender *offender);

/**
 * twr_offenders_reset() - drop all peers
 * @offenders: the table
 *
 * Process context, may sleep.
 */
void twr_offenders_reset(struct twr_offenders *offenders);

#endif /* TWR_OFFENDERS_H */
