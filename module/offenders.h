/* SPDX-License-Identifier: GPL-2.0 */
/*
 * offenders.h - the peers that would have been turned away most often
 *
 * A table of fixed size that keeps the heaviest, by space-saving (Metwally,
 * Agrawal, El Abbadi, 2005), row by row: where a row is full, a newcomer takes the
 * place of the one with the fewest rejections, and its count, which it may be too
 * high by from then on. So a peer that has more than an eighth of its row's
 * rejections is always there.
 *
 * A peer here is one for each local address, whatever the era goes by.
 */
#ifndef TWR_OFFENDERS_H
#define TWR_OFFENDERS_H

#include <linux/types.h>

#include "conn.h"
#include "era.h"

struct twr_offenders;

/* Peers that are kept. */
#define TWR_OFFENDERS_MAX	512

/**
 * struct twr_judged_syn - a SYN that was held against what the cache holds of its peer
 * @verdict: what would have become of it
 * @timed: it has a timestamp option
 * @tsval: its TSval, if @timed
 * @behind: by how many ticks that lies behind, if it was rejected for it
 */
struct twr_judged_syn {
	enum twr_verdict verdict;
	bool timed;
	u32 tsval;
	u32 behind;
};

/**
 * struct twr_offenders_result - what came of counting a SYN
 * @rate: ticks a second of the clock that the SYN came from, 0 if not known
 * @evicted: another peer lost its place
 * @clocks_skipped: the peer's clocks were busy, and did not get the TSval
 */
struct twr_offenders_result {
	u32 rate;
	bool evicted;
	bool clocks_skipped;
};

/**
 * struct twr_offender - what there is to say of a peer
 * @key: the peer
 * @rejected: SYNs that would have been rejected, and @over
 * @over: by how much that can be too high
 * @rejected_by: those seen here, by cause, an enum twr_verdict
 * @checked: SYNs that were held against what the cache held of it, since it is
 *	here
 * @timed: the last SYN that was rejected had a timestamp option
 * @behind: by how many ticks it was behind, if @timed
 * @rate: ticks a second of the clock it came from, 0 if not known
 * @clocks: clocks that were told apart
 * @loose: TSvals that fit none
 * @first_ms: when it was first rejected, in milliseconds
 * @last_ms: when it was last rejected
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
	u32 clocks;
	u32 loose;
	u64 first_ms;
	u64 last_ms;
};

/**
 * twr_offenders_new() - make an empty table
 * @netns_is_alive: does a network namespace exist? NULL if all do. Peers of one that does not are
 *	shown to nobody, and make room before all others
 *
 * All the memory it will ever take is taken here. Process context, may sleep.
 *
 * Return: the table, NULL if there is not enough memory.
 */
struct twr_offenders *twr_offenders_new(twr_netns_alive_fn netns_is_alive);

/**
 * twr_offenders_free() - give a table's memory back
 * @offenders: the table; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_offenders_free(struct twr_offenders *offenders);

/**
 * twr_offenders_may_have() - can a peer be here?
 * @offenders: the table
 * @key: the peer
 *
 * Lockless and without a write. Any context.
 *
 * Return: false if it is not, so that a SYN of its that passes need not be noted.
 */
bool twr_offenders_may_have(const struct twr_offenders *offenders, const struct twr_key *key);

/**
 * twr_offenders_count_syn() - a SYN was held against what the cache holds of its peer
 * @offenders: the table
 * @key: the peer, with the local address
 * @syn: the SYN
 * @ms: the current time, in milliseconds, never 0
 *
 * A SYN that passes counts where its peer is here. The row's lock is taken with softirqs
 * off, for as long as it takes to count. The clocks, which take longer, are had by one
 * SYN at a time: one that finds them busy is counted, and its TSval is skipped. Softirq
 * or process context, on PREEMPT_RT with preemption on: the lock can sleep there.
 *
 * Return: what came of it.
 */
struct twr_offenders_result twr_offenders_count_syn(struct twr_offenders *offenders,
						    const struct twr_key *key,
						    const struct twr_judged_syn *syn, u64 ms);

/**
 * twr_offenders_list() - who is here, the heaviest first
 * @offenders: the table
 * @netns: those of this network namespace, 0 for those of all that exist
 * @list: room for TWR_OFFENDERS_MAX of them
 *
 * Locks row by row. Process context, may sleep.
 *
 * Return: their number.
 */
int twr_offenders_list(struct twr_offenders *offenders, u32 netns,
		       struct twr_offender *list);

/**
 * twr_offenders_reset() - drop all peers
 * @offenders: the table
 *
 * Process context, may sleep.
 */
void twr_offenders_reset(struct twr_offenders *offenders);

#endif /* TWR_OFFENDERS_H */
