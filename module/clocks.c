// SPDX-License-Identifier: GPL-2.0
/*
 * clocks.c - how many timestamp clocks send from one address
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "clocks.h"

/* By how much a segment can be late or early, compared to the one before it. */
#define TWR_JITTER_MS	100

/* By how much a clock may be wrong: one part in this many. */
#define TWR_DRIFT	1000

/* The usual rates: milliseconds, and HZ of the kernels whose TSvals count jiffies. */
static const u32 twr_rates[] = { 1000, 250, 100 };

/* Does the TSval lie on the line that the clock would have at this rate? */
static bool twr_ts_clock_fits(const struct twr_ts_clock *clock, u32 rate, u32 tsval,
			      u64 ms)
{
	/* One CPU's time can be slightly behind that of another CPU. */
	u64 passed = ms > clock->last_ms ? ms - clock->last_ms : 0;
	u64 ticks = div_u64(passed * rate, MSEC_PER_SEC);
	s32 off = tsval - clock->last_tsval - (u32)ticks;
	u64 slack = TWR_JITTER_MS * rate / MSEC_PER_SEC + 1 +
		    div_u64(ticks, TWR_DRIFT);

	return abs((s64)off) <= slack;
}

/* Return: how many rates fit; sets *rate to one of them. */
static int twr_ts_clock_match_rates(const struct twr_ts_clock *clock, u32 tsval, u64 ms,
				    u32 *rate)
{
	int i, fit = 0;

	if (clock->rate) {
		*rate = clock->rate;
		return twr_ts_clock_fits(clock, clock->rate, tsval, ms);
	}
	for (i = 0; i < ARRAY_SIZE(twr_rates); i++) {
		if (twr_ts_clock_fits(clock, twr_rates[i], tsval, ms)) {
			*rate = twr_rates[i];
			fit++;
		}
	}
	return fit;
}

/* Return: a free place, else that of the oldest clock with one TSval, else NULL. */
static struct twr_ts_clock *twr_clocks_take(struct twr_clocks *clocks)
{
	struct twr_ts_clock *place = NULL;
	int i;

	for (i = 0; i < TWR_CLOCKS_MAX; i++) {
		struct twr_ts_clock *clock = &clocks->clock[i];

		if (!clock->rate && (!place || clock->last_ms < place->last_ms))
			place = clock;
	}
	if (!place || place->last_ms)
		clocks->loose++;
	return place;
}

u32 twr_clocks_add_tsval(struct twr_clocks *clocks, u32 tsval, u64 ms)
{
	struct twr_ts_clock *clock;
	u32 rate = 0;
	int i;

	for (i = 0; i < TWR_CLOCKS_MAX; i++) {
		clock = &clocks->clock[i];
		if (!clock->last_ms)
			continue;

		switch (twr_ts_clock_match_rates(clock, tsval, ms, &rate)) {
		case 0:
			continue;
		case 1:
			*clock = (struct twr_ts_clock) { ms, tsval, rate };
			return rate;
		default:
			/* Too early to tell; keep the first TSval for later comparisons. */
			return 0;
		}
	}

	clock = twr_clocks_take(clocks);
	if (clock)
		*clock = (struct twr_ts_clock) { ms, tsval, 0 };
	return 0;
}

u32 twr_clocks_count(const struct twr_clocks *clocks, u32 *loose)
{
	u32 count = 0;
	int i;

	*loose = clocks->loose;
	for (i = 0; i < TWR_CLOCKS_MAX; i++) {
		if (clocks->clock[i].rate)
			count++;
		else if (clocks->clock[i].last_ms)
			++*loose;
	}
	return count;
}
