/* SPDX-License-Identifier: GPL-2.0 */
/*
 * feed.h - what was observed, on its way to the engines
 *
 * Whether a SYN came to a listener is told by its answer. So what is observed waits for a
 * while, in order, and a SYN learns meanwhile what answered it. What is then given to the
 * engines is what an observer in that machine would have known at once.
 */
#ifndef PCAP_FEED_H
#define PCAP_FEED_H

#include "observation.h"
#include "wire.h"

/* How long an answer is waited for, microseconds: the first retry comes after that. */
#define FEED_WAIT	950000

/* What a SYN was answered with. */
enum answer {
	ANSWER_NONE,
	ANSWER_SYN_ACK,
	ANSWER_ACK,	/* that is no SYN-ACK */
	ANSWER_RST,
	ANSWER_GUESSED,	/* the peer went on as if there had been a SYN-ACK */
	ANSWERS
};

/* What was observed. */
enum observed {
	OBSERVED_SYN,
	OBSERVED_CHANGE,
	OBSERVED_REARM,
};

/**
 * struct observation - what was observed
 * @us: when, microseconds since 1970
 * @machine: number of the machine
 * @what: what
 * @answer: %OBSERVED_SYN, what it was answered with
 * @again: %OBSERVED_SYN, it was sent before, and not answered
 * @seq: %OBSERVED_SYN, its sequence number
 * @damaged: %OBSERVED_SYN, its checksum is wrong
 * @syn: %OBSERVED_SYN
 * @change: otherwise; of %OBSERVED_REARM only the connection counts
 */
struct observation {
	u64 us;
	u32 machine;
	u32 seq;
	u8 what;
	u8 answer;
	bool again;
	bool damaged;
	union {
		struct twr_syn syn;
		struct twr_conn_change change;
	};
};

struct feed;

/* Who gets what was observed, in order. */
typedef void (*feed_taker)(void *context, const struct observation *observation);

/**
 * feed_new() - make an empty feed
 * @taker: who gets what comes
 * @context: the taker's own
 *
 * Return: the feed; there is no return where there is no memory.
 */
struct feed *feed_new(feed_taker taker, void *context);

/**
 * feed_free() - give a feed's memory back
 * @feed: the feed
 */
void feed_free(struct feed *feed);

/**
 * feed_add() - something was observed
 * @feed: the feed
 * @us: when
 *
 * Return: the observation, all zero but for the time, to be filled in.
 */
struct observation *feed_add(struct feed *feed, u64 us);

/**
 * feed_last() - the number of what was added last
 * @feed: the feed
 *
 * Return: the number.
 */
u64 feed_last(const struct feed *feed);

/**
 * feed_get() - an observation that may still be on its way
 * @feed: the feed
 * @number: its number
 *
 * Return: the observation, NULL if it was given to the engines already.
 */
struct observation *feed_get(struct feed *feed, u64 number);

/**
 * feed_pass() - time has passed
 * @feed: the feed
 * @us: now
 */
void feed_pass(struct feed *feed, u64 us);

/**
 * feed_end() - nothing more will come
 * @feed: the feed
 */
void feed_end(struct feed *feed);

/**
 * feed_hurried() - how many were given to the engines early, for want of room
 * @feed: the feed
 *
 * Return: their number.
 */
u64 feed_hurried(const struct feed *feed);

#endif
