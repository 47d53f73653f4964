/* SPDX-License-Identifier: GPL-2.0 */
/*
 * judge.h - what the old kernels would have made of what was observed, era by era
 *
 * The rules are the module's: an engine for each era and machine. Beside what it counts
 * stands here what it foretold of each SYN and what the capture shows of it.
 */
#ifndef PCAP_JUDGE_H
#define PCAP_JUDGE_H

#include "engine.h"
#include "feed.h"
#include "offenders.h"
#include "stats.h"

/* What an era foretells of a SYN. */
enum fate {
	FATE_PASS,
	FATE_OLDER,	/* dropped, for an older timestamp */
	FATE_UNTIMED,	/* dropped, for having none */
	FATE_EXEMPT,	/* not checked */
	FATES
};

/* The eras that differ in a capture, and the most that may be asked for. */
#define JUDGE_ERAS	32

/*
 * So many machines have engines of their own; what comes after shares one, with the peers
 * told apart and no room of their own.
 */
#define JUDGE_OWN	16

/* Stamps from before the capture may be missing for so long, microseconds. */
#define JUDGE_EARLY	60000000

/**
 * struct judged_era - an era, and what came of it
 * @name: as twr_era_find() takes it
 * @from: for people, the first release that it stands for
 * @to: the last one, NULL if that is the same
 * @era: the rules
 * @engine: of each machine, and the last one of all others; no cache if not needed yet
 * @stats: what the module would have counted, of all machines
 * @matrix: SYNs without FIN by what was foretold and what happened, the first minute apart
 */
struct judged_era {
	const char *name;
	const char *from;
	const char *to;
	const struct twr_era *era;
	struct twr_engine engine[JUDGE_OWN + 1];
	struct twr_stats stats;
	u64 matrix[2][FATES][ANSWERS];
};

/**
 * struct judge - all eras
 * @eras: the eras, the one whose counters are shown first
 * @count: their number
 * @began: when the capture began, microseconds
 * @syns: SYNs without FIN by what happened
 * @again: SYNs that had been sent before
 * @hz: ticks a second of all clients' clocks, 0 to tell by each
 * @rows: rows of the cache, 0 for what the old kernels had
 * @records: records of connections, 0 for enough
 * @events: print what the tracepoints would tell, of the first era
 * @list: print a line for each SYN
 */
struct judge {
	struct judged_era *eras;
	u32 count;
	u64 began;
	u64 syns[ANSWERS];
	u64 again;
	u32 hz;
	u32 rows;
	u32 records;
	bool events;
	bool list;
};

/**
 * judge_add() - judge by the rules of an era as well
 * @judge: the judge
 * @names: a release, el6 or el7, several of them with commas between, or "all"
 *
 * Ends the program if one of them is none.
 */
void judge_add(struct judge *judge, const char *names);

/**
 * judge_take() - something was observed; a feed_taker
 * @context: the judge
 * @observation: what
 */
void judge_take(void *context, const struct observation *observation);

/* The names of fates and answers, for programs. */
extern const char *const judge_fates[FATES];
extern const char *const judge_answers[ANSWERS];

/**
 * judge_sum() - SYNs of an era by what was foretold and what happened
 * @era: the era
 * @fate: what was foretold
 * @answer: what happened
 *
 * Return: their number.
 */
u64 judge_sum(const struct judged_era *era, enum fate fate, enum answer answer);

/**
 * judge_peers() - how many peers an era knows at the end
 * @era: the era
 *
 * Return: their number.
 */
u64 judge_peers(const struct judged_era *era);

/**
 * judge_offenders() - the peers that were turned away most often
 * @era: the era
 * @list: set to a list of them, the heaviest first, for free()
 *
 * Return: their number.
 */
u32 judge_offenders(const struct judged_era *era, struct twr_offender **list);

/**
 * judge_free() - give all memory back
 * @judge: the judge
 */
void judge_free(struct judge *judge);

#endif
