// SPDX-License-Identifier: GPL-2.0
/*
 * clocks.c - how many clocks speak from one address
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "clocks.h"

/* By how much a segment can be late, or early, against the one before it. */
#define TWR_JITTER_MS	100

/* How wrong a clock may go: one part in so many. */
#define TWR_DRIFT	1000

/* Clocks that are met: HZ of the kernels that count in it, and milliseconds. */
static const u32 twr_rates[] = { 1000, 250, 100 };

/* Is the TSval where the line would be by now, were this its rate? */
static bool twr_line_fits(const struct twr_line *line, u32 rate, u32 tsval,
			  u64 ms)
{
	/* A processor's clock can be a little behind another's. */
	u64 passed = ms > line->ms ? ms - line->ms : 0;
	u64 ticks = div_u64(passed * rate, MSEC_PER_SEC);
	s32 off = tsval - line->tsval - (u32)ticks;
	u64 slack = TWR_JITTER_MS * rate / MSEC_PER_SEC + 1 +
		    div_u64(ticks, TWR_DRIFT);

	return abs((s64)off) <= slack;
}

/* Return: how many rates fit; *rate is one of them. */
static int twr_line_rates(const struct twr_line *line, u32 tsval, u64 ms,
			  u32 *rate)
{
	int i, fit = 0;

	if (line->rate) {
		*rate = line->rate;
		return twr_line_fits(line, line->rate, tsval, ms);
	}
	for (i = 0; i < ARRAY_SIZE(twr_rates); i++) {
		if (twr_line_fits(line, twr_rates[i], tsval, ms)) {
			*rate = twr_rates[i];
			fit++;
		}
	}
	return fit;
}

/* A place for a line: a free one, or that of the oldest without a second TSval. */
static struct twr_line *twr_clocks_place(struct twr_clocks *clocks)
{
	struct twr_line *place = NULL;
	int i;

	for (i = 0; i < TWR_LINES; i++) {
		struct twr_line *line = &clocks->line[i];

		if (!line->rate && (!place || line->ms < place->ms))
			place = line;
	}
	if (!place || place->ms)
		clocks->loose++;
	return place;
}

u32 twr_clocks_add(struct twr_clocks *clocks, u32 tsval, u64 ms)
{
	struct twr_line *line;
	u32 rate = 0;
	int i;

	for (i = 0; i < TWR_LINES; i++) {
		line = &clocks->line[i];
		if (!line->ms)
			continue;

		switch (twr_line_rates(line, tsval, ms, &rate)) {
		case 0:
			continue;
		case 1:
			*line = (struct twr_line) { ms, tsval, rate };
			return rate;
		default:
			/* Too early to tell: the first stays to be compared with. */
			return 0;
		}
	}

	line = twr_clocks_place(clocks);
	if (line)
		*line = (struct twr_line) { ms, tsval, 0 };
	return 0;
}

u32 twr_clocks_count(const struct twr_clocks *clocks, u32 *loose)
{
	u32 count = 0;
	int i;

	*loose = clocks->loose;
	for (i = 0; i < TWR_LINES; i++) {
		if (clocks->line[i].rate)
			count++;
		else if (clocks->line[i].ms)
			++*loose;
	}
	return count;
}
