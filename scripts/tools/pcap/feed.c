// SPDX-License-Identifier: GPL-2.0
/*
 * feed.c - queues observations on their way to the engines
 *
 * A ring that grows up to a limit. The numbers of observations only grow; the place of an
 * observation in the ring follows from its number.
 */
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "feed.h"

#define FEED_FIRST	1024
#define FEED_MOST	0x100000

/* So many observations before it is taken, an observation is expected. */
#define FEED_AHEAD	16

struct feed {
	feed_taker taker;
	feed_expecter expecter;
	void *context;
	struct observation *ring;
	u32 size;
	u64 head;
	u64 tail;
	u64 hurried;
};

struct feed *feed_new(feed_taker taker, feed_expecter expecter, void *context)
{
	struct feed *feed = fail_calloc(1, sizeof(*feed));

	feed->taker = taker;
	feed->expecter = expecter;
	feed->context = context;
	feed->size = FEED_FIRST;
	feed->ring = fail_calloc(feed->size, sizeof(*feed->ring));
	return feed;
}

void feed_free(struct feed *feed)
{
	free(feed->ring);
	free(feed);
}

static struct observation *feed_at(const struct feed *feed, u64 number)
{
	return &feed->ring[number % feed->size];
}

static void feed_take(struct feed *feed)
{
	if (feed->expecter && feed->tail + FEED_AHEAD < feed->head)
		feed->expecter(feed->context, feed_at(feed, feed->tail + FEED_AHEAD));
	feed->taker(feed->context, feed_at(feed, feed->tail));
	feed->tail++;
}

static void feed_grow(struct feed *feed)
{
	struct observation *ring = fail_calloc((size_t)feed->size * 2, sizeof(*ring));
	u64 n;

	for (n = feed->tail; n != feed->head; n++)
		ring[n % (feed->size * 2)] = *feed_at(feed, n);
	free(feed->ring);
	feed->ring = ring;
	feed->size *= 2;
}

struct observation *feed_add(struct feed *feed, u64 us)
{
	struct observation *observation;

	if (feed->head - feed->tail == feed->size) {
		if (feed->size < FEED_MOST) {
			feed_grow(feed);
		} else {
			feed_take(feed);
			feed->hurried++;
		}
	}
	observation = feed_at(feed, feed->head++);
	memset(observation, 0, sizeof(*observation));
	observation->us = us;
	return observation;
}

u64 feed_last(const struct feed *feed)
{
	return feed->head - 1;
}

struct observation *feed_get(struct feed *feed, u64 number)
{
	if (number < feed->tail || number >= feed->head)
		return NULL;
	return feed_at(feed, number);
}

void feed_pass(struct feed *feed, u64 us)
{
	while (feed->tail != feed->head && feed_at(feed, feed->tail)->us + FEED_WAIT <= us)
		feed_take(feed);
}

void feed_end(struct feed *feed)
{
	while (feed->tail != feed->head)
		feed_take(feed);
}

u64 feed_hurried(const struct feed *feed)
{
	return feed->hurried;
}
