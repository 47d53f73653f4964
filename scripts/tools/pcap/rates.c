// SPDX-License-Identifier: GPL-2.0
/*
 * rates.c - tells the rate of each client's clock
 */
#include <linux/kernel.h>
#include <stdlib.h>

#include "fail.h"
#include "given.h"
#include "loop.h"
#include "rates.h"

/* Rates are ticks in so many seconds, times in microseconds. */
#define RATES_SECONDS	1000
#define RATES_UNIT	(1000000ULL * RATES_SECONDS)

/*
 * By how much a segment can be late, compared to another one of its connection: nearly
 * always, and at most; and by how much the SYN of one connection can be late, compared to
 * that of another one.
 */
#define RATES_LATE	5000
#define RATES_LATEST	50000
#define RATES_LINE_LATE	30000

/* By how much a clock may be wrong: one part in this many. */
#define RATES_DRIFT	1000
#define RATES_LINE_DRIFT	10000

/*
 * How many connections before and after this one are looked at, for a line; and how many
 * of them make one. A few lie on a wrong line by chance.
 */
#define RATES_NEAR	64
#define RATES_LINE	3

/* A rate that is none of the usual ones is believed after so long, and so many ticks. */
#define RATES_LONG	5000000
#define RATES_MANY	500

/*
 * Milliseconds, and HZ of the kernels whose TSvals count jiffies; then rates of rarer
 * systems, which are taken only if none of the usual ones fits.
 */
static const u32 rates_all[] = { 1000, 250, 100, 300, 1024, 512, 200, 128, 64, 10, 2 };

#define RATES_USUAL	3
#define RATES_DEFAULT	1000

/**
 * struct rates_range - between which rates a clock is
 * @low: the lowest one
 * @high: the highest one
 * @about: the one that was measured, 0 if there was no time to
 */
struct rates_range {
	u64 low;
	u64 high;
	u32 about;
};

static u32 rates_of(u32 i)
{
	return rates_all[i] * RATES_SECONDS;
}

static struct rates_range rates_range(const struct loop_client *client, u32 late)
{
	u64 passed = client->last_us - client->first_us;
	s64 ticks = (s32)(client->last_tsval - client->first_tsval);
	struct rates_range range = { .high = U64_MAX };

	if (ticks < 0 || !passed)
		return range;
	/* The first tick may be nearly over, and the last one may just have begun. */
	range.low = max(ticks - 1, (s64)0) * RATES_UNIT / (passed + late);
	range.low -= range.low / RATES_DRIFT;
	range.about = ticks * RATES_UNIT / passed;
	if (passed <= late)
		return range;
	range.high = (ticks + 1) * RATES_UNIT / (passed - late);
	range.high += range.high / RATES_DRIFT;
	return range;
}

static bool rates_within(const struct rates_range *range, u32 rate)
{
	return rate >= range->low && rate <= range->high;
}

/* Return: the usual rate that is within, 0 if none is or if several are. */
static u32 rates_only(const struct rates_range *range)
{
	u32 i, found = 0;

	for (i = 0; i < RATES_USUAL; i++) {
		if (!rates_within(range, rates_of(i)))
			continue;
		if (found)
			return 0;
		found = rates_of(i);
	}
	return found;
}

/* Does the first TSval of another client lie on the line of this one? */
static bool rates_on_line(const struct loop_client *client, const struct loop_client *other,
			  u32 rate)
{
	s64 passed = other->first_us - client->first_us;
	s64 ticks = passed * (s64)rate / (s64)RATES_UNIT;
	s64 off = (s32)(other->first_tsval - client->first_tsval - (u32)ticks);

	return llabs(off) <= 1 + RATES_LINE_LATE * (s64)rate / (s64)RATES_UNIT +
			     llabs(ticks) / RATES_LINE_DRIFT;
}

/* Counts the neighbours on the line that the clock would have at this rate. */
static u32 rates_neighbours(const struct loop *loop, const u32 *order, u32 count, u32 at,
			    u32 rate)
{
	const struct loop_client *client = loop_client(loop, order[at]);
	u32 i = at > RATES_NEAR ? at - RATES_NEAR : 0, found = 0;

	for (; i < min(count, at + RATES_NEAR + 1); i++) {
		const struct loop_client *other = loop_client(loop, order[i]);
		struct rates_range range = rates_range(other, RATES_LATEST);

		if (i != at && rates_within(&range, rate) &&
		    rates_on_line(client, other, rate))
			found++;
	}
	return found;
}

/* Return: the usual rate that differs least, by its ratio. */
static u32 rates_nearest(u32 about)
{
	u32 i;

	if (!about)
		return RATES_DEFAULT * RATES_SECONDS;
	for (i = 0; i + 1 < RATES_USUAL; i++)
		if ((u64)about * about >= (u64)rates_of(i) * rates_of(i + 1))
			break;
	return rates_of(i);
}

static void rates_set(struct loop_client *client, u32 rate, enum loop_told told)
{
	client->rate = rate;
	client->told = told;
}

/*
 * Return: the rate of the line that clearly more neighbours lie on than on any other, of
 * the rates from @first to before @last; 0 if there is none.
 */
static u32 rates_line(const struct loop *loop, const u32 *order, u32 count, u32 at,
		      u32 first, u32 last)
{
	struct rates_range range = rates_range(loop_client(loop, order[at]), RATES_LATEST);
	u32 best = 0, most = 0, second = 0, i;

	for (i = first; i < last; i++) {
		u32 found;

		if (!rates_within(&range, rates_of(i)))
			continue;
		found = rates_neighbours(loop, order, count, at, rates_of(i));
		if (found > most) {
			second = most;
			most = found;
			best = rates_of(i);
		} else if (found > second) {
			second = found;
		}
	}
	return most >= RATES_LINE && most >= 2 * second ? best : 0;
}

/* The connection is long enough to tell. Return: the rate, 0 if it makes no sense. */
static u32 rates_measured(const struct rates_range *range, u64 passed)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rates_all); i++)
		if (rates_within(range, rates_of(i)))
			return rates_of(i);
	if (passed >= RATES_LONG && range->about >= RATES_MANY * RATES_UNIT / passed)
		return range->about;
	return 0;
}

/* Tells the rate of the client at a place in the order of its peer's clients. */
static void rates_tell_one(const struct loop *loop, const u32 *order, u32 count, u32 at)
{
	struct loop_client *client = loop_client(loop, order[at]);
	struct rates_range range = rates_range(client, RATES_LATE);
	u32 only = rates_only(&range), rate = 0;

	if (range.high - range.low < range.about / 10)
		rate = rates_measured(&range, client->last_us - client->first_us);
	if (rate) {
		rates_set(client, rate, LOOP_OWN);
		return;
	}
	rate = rates_line(loop, order, count, at, 0, RATES_USUAL);
	if (!rate && !only)
		rate = rates_line(loop, order, count, at, RATES_USUAL, ARRAY_SIZE(rates_all));
	if (only && (!rate || rate == only))
		rates_set(client, only, LOOP_OWN);
	else if (rate)
		rates_set(client, rate, LOOP_LINE);
	else
		rates_set(client, rates_nearest(range.about), LOOP_ASSUMED);
}

/* Return: the clients' numbers, sorted by peer; sets where each peer's begin. */
static u32 *rates_order(const struct loop *loop, u32 *begin)
{
	u32 *order = fail_calloc(loop->client_count + 1, sizeof(*order));
	u32 n, p;

	for (n = 1; n <= loop->client_count; n++)
		if (loop_client(loop, n)->first_us)
			begin[loop_client(loop, n)->peer + 1]++;
	for (p = 1; p <= loop->peer_count + 1; p++)
		begin[p] += begin[p - 1];
	for (n = 1; n <= loop->client_count; n++)
		if (loop_client(loop, n)->first_us)
			order[begin[loop_client(loop, n)->peer]++] = n;
	return order;
}

void rates_tell(struct loop *loop)
{
	u32 *begin = fail_calloc(loop->peer_count + 2, sizeof(*begin));
	u32 *order = rates_order(loop, begin);
	u32 n, p, i;

	/* Each peer's clients end now where they are to begin for the next one. */
	for (p = 1; p <= loop->peer_count; p++)
		for (i = begin[p - 1]; i < begin[p]; i++)
			rates_tell_one(loop, order + begin[p - 1], begin[p] - begin[p - 1],
				       i - begin[p - 1]);
	for (n = 1; n <= loop->client_count; n++) {
		struct loop_client *client = loop_client(loop, n);

		u32 hz = given_find(loop->given, &client->conn) ?: loop->hz;

		if (hz && client->first_us)
			rates_set(client, hz * RATES_SECONDS, LOOP_GIVEN);
		if (!client->fixed && client->answer != ANSWER_RST)
			loop->told[client->told]++;
	}
	free(order);
	free(begin);
}
