/* SPDX-License-Identifier: GPL-2.0 */
/*
 * judge.h - what the old kernels would have made of the observations, for each era
 *
 * The rules are the module's: there is an engine for each era and machine. The matrix counts
 * what the era predicted for each SYN and what the capture shows.
 */
#ifndef PCAP_JUDGE_H
#define PCAP_JUDGE_H

#include "engine.h"
#include "feed.h"
#include "offenders.h"
#include "shard.h"
#include "stats.h"

/* What an era predicts for a SYN. */
enum fate {
	FATE_PASS,
	FATE_OLDER,	/* dropped, for an older timestamp */
	FATE_UNTIMED,	/* dropped, for having no timestamp */
	FATE_EXEMPT,	/* not checked */
	FATES
};

/* The largest number of eras that may be asked for. */
#define JUDGE_ERAS	32

/*
 * So many machines have an engine each. The others share one, which tells their peers
 * apart but has room only for one machine.
 */
#define JUDGE_OWN	16

/* How long stamps from before the capture may be missing, microseconds. */
#define JUDGE_EARLY	60000000

struct added_era;
struct twr_schedule;

/**
 * struct judged_era - an era and its results
 * @name: as in struct twr_era_choice
 * @from: for users, the first release of the era
 * @to: the last release, NULL if it is the same
 * @era: the rules
 * @engine: engines of the machines, the last one for all others; no cache if not used yet
 * @slices: if the era is cut, engines for the slices of a machine's peers; they share the
 *	cache and the offenders of @engine, and have records and pending SYNs of their own
 * @added: the sums of the parts, which take the place of engines and counters; else NULL
 * @stats: what the module would have counted, for all machines
 * @matrix: SYNs without FIN by prediction and answer; the first minute is apart
 */
struct judged_era {
	const char *name;
	const char *from;
	const char *to;
	const struct twr_era *era;
	struct twr_engine engine[JUDGE_OWN + 1];
	struct twr_engine *slices[JUDGE_OWN + 1];
	const struct added_era *added;
	struct twr_stats stats;
	u64 matrix[2][FATES][ANSWERS];
};

/**
 * struct judge - all eras
 * @eras: the eras, the one whose counters are shown first
 * @count: number of eras
 * @began: start of the capture, microseconds
 * @last: time of the last observation
 * @retries: when clients send a SYN again
 * @syns: SYNs without FIN by answer
 * @again: SYNs that had been sent before
 * @hz: ticks a second of all clients' clocks, 0 to measure each
 * @rows: rows of the cache, 0 for the old kernels' default
 * @records: records of connections of a table, 0 for the default
 * @shard: the part that belongs to this run
 * @events: print the events of the tracepoints, for the first era
 * @list: print a line for each SYN
 * @quiet: judge_add() prints nothing
 */
struct judge {
	struct judged_era *eras;
	u32 count;
	u64 began;
	struct twr_time last;
	const struct twr_schedule *retries;
	u64 syns[ANSWERS];
	u64 again;
	u32 hz;
	u32 rows;
	u32 records;
	struct shard shard;
	bool events;
	bool list;
	bool quiet;
};

/**
 * judge_add() - add eras to judge by
 * @judge: the judge
 * @names: what twr_era_choose() takes, several of these with commas between, or "all"
 *
 * Prints what the user may not expect of a name, unless @judge is quiet. Ends the program
 * if a name is refused or if two names are the same.
 */
void judge_add(struct judge *judge, const char *names);

/**
 * judge_take() - judge an observation; a feed_taker
 * @context: the judge
 * @observation: the observation
 */
void judge_take(void *context, const struct observation *observation);

/**
 * judge_expect() - prepare to take an observation soon
 * @context: the judge
 * @observation: the observation
 *
 * Prefetches what the engines know of the connection and its peer.
 */
void judge_expect(void *context, const struct observation *observation);

/**
 * judge_engine() - get the engine for a peer of a machine
 * @judge: the judge
 * @number: number of one of its eras
 * @key: the peer; its namespace is the number of the machine
 *
 * Return: the engine; NULL if the peer belongs to another part. Ends the program if there
 * is no memory.
 */
struct twr_engine *judge_engine(const struct judge *judge, u32 number,
				const struct twr_key *key);

/* The names of fates and answers, for programs. */
extern const char *const judge_fates[FATES];
extern const char *const judge_answers[ANSWERS];

/**
 * judge_end() - judge the retries that are due at the end of the capture
 * @judge: the judge
 */
void judge_end(const struct judge *judge);

/**
 * judge_values() - read the counters of an era
 * @era: the era
 * @values: set to the values of twr_counter_files, TWR_COUNTER_FILES of them
 */
void judge_values(const struct judged_era *era, u64 *values);

/**
 * judge_sum() - count SYNs of an era by prediction and answer
 * @era: the era
 * @fate: the prediction
 * @answer: the answer
 *
 * Return: their number.
 */
u64 judge_sum(const struct judged_era *era, enum fate fate, enum answer answer);

/**
 * judge_peers() - count the peers in an era's cache at the end
 * @era: the era
 *
 * Return: their number.
 */
u64 judge_peers(const struct judged_era *era);

/**
 * judge_offenders() - list the peers with the most rejected SYNs
 * @era: the era
 * @list: set to a list of them, most rejected first; the caller frees it
 *
 * Return: their number.
 */
u32 judge_offenders(const struct judged_era *era, struct twr_offender **list);

/**
 * judge_free() - free all memory
 * @judge: the judge
 */
void judge_free(struct judge *judge);

#endif
