/* SPDX-License-Identifier: GPL-2.0 */
/*
 * feed.h - queues observations on their way to the engines
 *
 * Only the answer to a SYN shows whether the SYN came to a listener. So observations wait
 * for a while, in order, until the answer to a SYN is known. Then the engines get what an
 * observer on that machine would have known at once.
 */
#ifndef PCAP_FEED_H
#define PCAP_FEED_H

#include "observation.h"
#include "wire.h"

/* How long to wait for an answer, microseconds: the first retry comes later. */
#define FEED_WAIT	950000

/* The answer to a SYN. */
enum answer {
	ANSWER_NONE,
	ANSWER_SYN_ACK,
	ANSWER_ACK,	/* an ACK without SYN */
	ANSWER_RST,
	ANSWER_GUESSED,	/* not captured, but the peer continued as after a SYN-ACK */
	ANSWERS
};

/* The kind of an observation. */
enum observed {
	OBSERVED_SYN,
	OBSERVED_CHANGE,
	OBSERVED_REARM,
};

/**
 * struct observation - an observation
 * @us: its time, microseconds since 1970
 * @stamp_us: %OBSERVED_CHANGE, when the TSval in @change came; 0 if there is none
 * @machine: number of the machine
 * @what: its kind, enum observed
 * @answer: %OBSERVED_SYN, the answer to it, enum answer
 * @again: %OBSERVED_SYN, it was sent before and not answered
 * @seq: %OBSERVED_SYN, its sequence number; otherwise the next one of the peer
 * @damaged: %OBSERVED_SYN, its checksum is wrong
 * @syn: %OBSERVED_SYN, what the SYN met
 * @change: the other kinds; of %OBSERVED_REARM only the connection counts
 */
struct observation {
	u64 us;
	u64 stamp_us;
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

/* Receives the observations, in order. */
typedef void (*feed_taker)(void *context, const struct observation *observation);

/*
 * Is told of an observation a moment before it comes, to prefetch what will be read then.
 */
typedef void (*feed_expecter)(void *context, const struct observation *observation);

/**
 * feed_new() - allocate an empty feed
 * @taker: function that receives the observations
 * @expecter: function that prepares for them, or NULL
 * @context: argument for both
 *
 * Return: the feed. Ends the program if there is no memory.
 */
struct feed *feed_new(feed_taker taker, feed_expecter expecter, void *context);

/**
 * feed_free() - free a feed
 * @feed: the feed
 */
void feed_free(struct feed *feed);

/**
 * feed_add() - add an observation
 * @feed: the feed
 * @us: its time
 *
 * Return: the observation, zeroed but for its time, for the caller to fill in.
 */
struct observation *feed_add(struct feed *feed, u64 us);

/**
 * feed_last() - get the number of the last observation
 * @feed: the feed
 *
 * Return: its number.
 */
u64 feed_last(const struct feed *feed);

/**
 * feed_get() - get an observation that may still be in the queue
 * @feed: the feed
 * @number: its number
 *
 * Return: the observation, or NULL if the engines have got it.
 */
struct observation *feed_get(struct feed *feed, u64 number);

/**
 * feed_pass() - pass on all observations that have waited long enough
 * @feed: the feed
 * @us: the time now
 */
void feed_pass(struct feed *feed, u64 us);

/**
 * feed_end() - pass on all observations, at the end of the capture
 * @feed: the feed
 */
void feed_end(struct feed *feed);

/**
 * feed_hurried() - count observations that were passed on early because the ring was full
 * @feed: the feed
 *
 * Return: their number.
 */
u64 feed_hurried(const struct feed *feed);

#endif
