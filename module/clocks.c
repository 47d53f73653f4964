// SPDX-License-Identifier: GPL-2.0
/*
 * clocks.c - how many timestamp clocks send from one address, and what that proves
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "clocks.h"

/* By how much a segment can be late or early, compared to the one before it. */
#define TWR_JITTER_MS	100

/* By how much a clock may be wrong: one part in this many. */
#define TWR_DRIFT	1000

/* Linux clocks of jiffies began so many seconds before they wrapped (INITIAL_JIFFIES). */
#define TWR_BEFORE_WRAP	300

/* A host needs this long to boot and to send, and clocks are not read at the same moment. */
#define TWR_BOOT_SLACK	10

/* More connections of a line, and more TSvals in an arc, are not counted. */
#define TWR_LINE_MOST		255
#define TWR_ARC_MOST		4000000

/* Chance makes less than one line of so many TSvals on no line. */
#define TWR_LOOSE_PER_LINE	4096

/* The critical value of chi-squared with 15 degrees of freedom, at the level of 0.001. */
#define TWR_CHI_SQUARED	37697	/* thousandths */

/* The usual rates: milliseconds, and HZ of the kernels whose TSvals count jiffies. */
static const u16 twr_rates[] = { 1000, 250, 100 };

const char *const twr_seems_names[TWR_SEEMS] = {
	[TWR_SEEMS_FEW] = "few",
	[TWR_SEEMS_NAT] = "NAT",
	[TWR_SEEMS_REBOOT] = "reboot",
	[TWR_SEEMS_OFFSETS] = "offsets",
	[TWR_SEEMS_ONE] = "one",
	[TWR_SEEMS_MANY] = "many",
};

/* Does a TSval lie on the line of this rate through another one, @passed ms earlier? */
static bool twr_tsval_fits(u32 earlier, u32 tsval, u16 rate, u64 passed)
{
	u64 ticks = div_u64(passed * rate, MSEC_PER_SEC);
	s32 off = tsval - earlier - (u32)ticks;
	u64 slack = TWR_JITTER_MS * rate / MSEC_PER_SEC + 1 + div_u64(ticks, TWR_DRIFT);

	return passed <= TWR_LINE_SILENCE_MS && abs((s64)off) <= slack;
}

/* One CPU's time can be slightly behind that of another CPU. */
static u64 twr_ms_since(u64 earlier, u64 now)
{
	return now > earlier ? now - earlier : 0;
}

static struct twr_line *twr_clocks_find_line(struct twr_clocks *clocks, u32 tsval, u64 ms)
{
	int i;

	for (i = 0; i < TWR_CLOCKS_MAX; i++) {
		struct twr_line *line = &clocks->line[i];

		if (line->last_ms &&
		    twr_tsval_fits(line->last_tsval, tsval, line->rate,
				   twr_ms_since(line->last_ms, ms)))
			return line;
	}
	return NULL;
}

static bool twr_line_has_ports(const struct twr_line *line, u32 ports)
{
	int i;

	for (i = 0; i < min_t(int, line->connections, TWR_LINE_PORTS); i++)
		if (line->ports[i] == ports)
			return true;
	return false;
}

static void twr_clocks_extend_line(struct twr_clocks *clocks, struct twr_line *line, u32 tsval,
				   u32 ports, u64 ms)
{
	u8 number = line - clocks->line + 1;

	line->last_ms = ms;
	line->last_tsval = tsval;
	if (twr_line_has_ports(line, ports))
		return;

	line->ports[line->connections % TWR_LINE_PORTS] = ports;
	/* Of more connections only the ports of the last ones matter. */
	line->connections += line->connections < TWR_LINE_MOST ? 1 : -TWR_LINE_PORTS + 1;
	if (clocks->newest && clocks->newest != number && line->returns < TWR_LINE_MOST)
		line->returns++;
	clocks->newest = number;
}

/* How two TSvals of different times can belong together. */
enum twr_pair {
	TWR_PAIR_NONE,
	TWR_PAIR_CLOSE,		/* too close in time to tell the rate */
	TWR_PAIR_FROZEN,	/* the same TSval again, although time has passed */
	TWR_PAIR_LINE,		/* of one rate */
};

/* Can two TSvals lie on one line of any rate? Most cannot, and this is quick to see. */
static bool twr_tsval_may_fit(u32 earlier, u32 tsval, u64 passed)
{
	const s64 slack = TWR_JITTER_MS + 2;
	s64 off = (s32)(tsval - earlier);
	s64 gap = passed;

	return off <= gap + (gap >> 9) + slack && off >= (gap >> 4) - (gap >> 9) - slack;
}

static enum twr_pair twr_single_pair(const struct twr_single *single, u32 tsval, u64 ms,
				     u16 *rate)
{
	u64 passed = twr_ms_since(single->ms, ms);
	int i, fit = 0;

	if (!twr_tsval_may_fit(single->tsval, tsval, passed))
		return single->tsval == tsval ? TWR_PAIR_FROZEN : TWR_PAIR_NONE;
	for (i = 0; i < ARRAY_SIZE(twr_rates); i++) {
		if (twr_tsval_fits(single->tsval, tsval, twr_rates[i], passed)) {
			*rate = twr_rates[i];
			fit++;
		}
	}
	if (fit)
		return fit > 1 || passed < TWR_LINE_MIN_MS ? TWR_PAIR_CLOSE : TWR_PAIR_LINE;
	return single->tsval == tsval ? TWR_PAIR_FROZEN : TWR_PAIR_NONE;
}

/* Return: a free place, else that of the line that proves least and is silent for longest. */
static struct twr_line *twr_clocks_take_line(struct twr_clocks *clocks)
{
	struct twr_line *place = &clocks->line[0];
	int i;

	for (i = 0; i < TWR_CLOCKS_MAX; i++) {
		struct twr_line *line = &clocks->line[i];

		if (!line->last_ms)
			return line;
		if (line->connections < place->connections ||
		    (line->connections == place->connections &&
		     line->last_ms < place->last_ms))
			place = line;
	}
	if (place->connections >= TWR_LINE_PROVEN)
		clocks->lost_line = true;
	clocks->loose += place->connections;
	return place;
}

/* Did the clock begin to run after the TSval before this one had come? */
static bool twr_single_begins_anew(const struct twr_single *single, u16 rate)
{
	u64 gap, ticks;

	if (!single->before_ms)
		return false;
	gap = twr_ms_since(single->before_ms, single->ms) + TWR_BOOT_SLACK * MSEC_PER_SEC;
	ticks = div_u64(gap * rate, MSEC_PER_SEC);
	return single->tsval <= ticks || single->tsval + TWR_BEFORE_WRAP * rate <= ticks;
}

/* The line takes the place of the single TSval. */
static void twr_clocks_start_line(struct twr_clocks *clocks, int i, u16 rate, u32 tsval,
				  u32 ports, u64 ms)
{
	struct twr_single *single = &clocks->single[i];
	struct twr_line *line = twr_clocks_take_line(clocks);

	*line = (struct twr_line) {
		.first_ms = single->ms,
		.rate = rate,
		.connections = 1,
		.begins_anew = twr_single_begins_anew(single, rate),
		.ports = { single->ports },
	};
	clocks->newest = line - clocks->line + 1;
	twr_clocks_extend_line(clocks, line, tsval, ports, ms);
	/* This TSval is not loose any more, and its place is free. */
	clocks->loose--;
	single->ms = 0;
}

/* Do the TSvals of this period look like offsets: many, and spread over the circle by chance? */
static bool twr_clocks_are_offsets(const struct twr_clocks *clocks)
{
	u64 squares = 0;
	u32 all = 0;
	int i;

	for (i = 0; i < TWR_CLOCKS_ARCS; i++) {
		all += clocks->arcs[i];
		squares += (u64)clocks->arcs[i] * clocks->arcs[i];
	}
	/* chi-squared is arcs * squares / all - all */
	return all >= TWR_CLOCKS_OFFSETS &&
	       div_u64(squares * TWR_CLOCKS_ARCS * 1000, all) <=
	       (u64)all * 1000 + TWR_CHI_SQUARED;
}

static void twr_clocks_count_arc(struct twr_clocks *clocks, u32 tsval, u64 ms)
{
	u32 *arc = &clocks->arcs[tsval >> (32 - TWR_CLOCKS_ARCS_BITS)];

	if (twr_ms_since(clocks->period_ms, ms) > TWR_LINE_SILENCE_MS) {
		clocks->offsets |= twr_clocks_are_offsets(clocks);
		memset(clocks->arcs, 0, sizeof(clocks->arcs));
		clocks->period_ms = ms;
	}
	if (*arc < TWR_ARC_MOST)
		++*arc;
}

/* Return: a place for a single TSval. */
static struct twr_single *twr_clocks_take_single(struct twr_clocks *clocks)
{
	int i;

	for (i = 0; i < clocks->singles; i++)
		if (!clocks->single[i].ms)
			return &clocks->single[i];
	if (clocks->singles < TWR_CLOCKS_SINGLES)
		return &clocks->single[clocks->singles++];
	i = TWR_CLOCKS_KEPT + clocks->next_single;
	clocks->next_single = (clocks->next_single + 1) %
			      (TWR_CLOCKS_SINGLES - TWR_CLOCKS_KEPT);
	return &clocks->single[i];
}

static void twr_clocks_add_single(struct twr_clocks *clocks, u32 tsval, u32 ports, u64 ms)
{
	*twr_clocks_take_single(clocks) = (struct twr_single) {
		.ms = ms,
		.tsval = tsval,
		.ports = ports,
		.before_ms = clocks->last_ms,
	};
	clocks->loose++;
	twr_clocks_count_arc(clocks, tsval, ms);
}

/* Return: the rate of the clock; 0 if it is not known. */
static u32 twr_clocks_match_single(struct twr_clocks *clocks, u32 tsval, u32 ports, u64 ms)
{
	u16 rate = 0;
	int i;

	for (i = 0; i < clocks->singles; i++) {
		const struct twr_single *single = &clocks->single[i];

		if (!single->ms)
			continue;
		switch (twr_single_pair(single, tsval, ms, &rate)) {
		case TWR_PAIR_NONE:
			break;
		case TWR_PAIR_CLOSE:
			/* Keep the first TSval, for later comparisons. */
			return 0;
		case TWR_PAIR_FROZEN:
			/* A clock that stands still proves nothing. */
			return 0;
		case TWR_PAIR_LINE:
			/* A SYN that is sent again, or the same ports: still one connection. */
			if (single->ports != ports)
				twr_clocks_start_line(clocks, i, rate, tsval, ports, ms);
			return rate;
		}
	}
	twr_clocks_add_single(clocks, tsval, ports, ms);
	return 0;
}

u32 twr_clocks_add_tsval(struct twr_clocks *clocks, u32 tsval, u32 ports, u64 ms)
{
	struct twr_line *line = twr_clocks_find_line(clocks, tsval, ms);
	u32 rate;

	clocks->tsvals++;
	if (line) {
		twr_clocks_extend_line(clocks, line, tsval, ports, ms);
		rate = line->rate;
	} else {
		rate = twr_clocks_match_single(clocks, tsval, ports, ms);
	}
	clocks->last_ms = ms;
	return rate;
}

/* Return: number of connections from which on chance cannot have made a line. */
static u32 twr_clocks_proven_from(const struct twr_clocks *clocks)
{
	u32 loose, connections = TWR_LINE_PROVEN;

	for (loose = clocks->loose >> 10; loose; loose >>= 2)
		connections++;
	return connections;
}

static bool twr_line_is_proven(const struct twr_clocks *clocks, const struct twr_line *line)
{
	return line->last_ms && line->connections >= twr_clocks_proven_from(clocks);
}

/* Was the line alive at this time, and did it return? */
static bool twr_line_was_alive(const struct twr_clocks *clocks, const struct twr_line *line,
			       u64 ms)
{
	return line->returns && twr_line_is_proven(clocks, line) && line->first_ms <= ms &&
	       line->last_ms > ms;
}

/* Return: the largest number of lines that were alive at the same time and took turns. */
static u32 twr_clocks_count_alive(const struct twr_clocks *clocks)
{
	u32 most = 0;
	int i, j;

	/* The largest number is reached where a line begins. */
	for (i = 0; i < TWR_CLOCKS_MAX; i++) {
		u64 ms = clocks->line[i].first_ms;
		u32 alive = 0, returns = 0;

		for (j = 0; j < TWR_CLOCKS_MAX; j++) {
			if (!twr_line_was_alive(clocks, &clocks->line[j], ms))
				continue;
			alive++;
			returns += clocks->line[j].returns;
		}
		if (returns >= TWR_LINE_RETURNS)
			most = max(most, alive);
	}
	return most;
}

/* Return: true if all lines but the first begin near zero, after the one before has ended. */
static bool twr_clocks_follow(const struct twr_clocks *clocks)
{
	int i, j, anew = 0, lines = 0;

	for (i = 0; i < TWR_CLOCKS_MAX; i++) {
		const struct twr_line *line = &clocks->line[i];

		if (!line->last_ms)
			continue;
		lines++;
		anew += line->begins_anew;
		for (j = 0; j < i; j++) {
			const struct twr_line *other = &clocks->line[j];

			if (other->last_ms && line->first_ms <= other->last_ms &&
			    other->first_ms <= line->last_ms)
				return false;
		}
	}
	return lines > 1 && anew >= lines - 1;
}

void twr_clocks_find(const struct twr_clocks *clocks, struct twr_clocks_found *found)
{
	u32 alive = twr_clocks_count_alive(clocks);
	u32 proven = 0;
	int i;

	*found = (struct twr_clocks_found) { .loose = clocks->loose };
	for (i = 0; i < TWR_CLOCKS_MAX; i++) {
		found->clocks += !!clocks->line[i].last_ms;
		proven += twr_line_is_proven(clocks, &clocks->line[i]);
	}

	if (alive > 1) {
		found->seems = TWR_SEEMS_NAT;
		found->hosts = alive;
	} else if (clocks->tsvals < TWR_CLOCKS_FEW) {
		found->seems = TWR_SEEMS_FEW;
	} else if (!clocks->lost_line && proven && twr_clocks_follow(clocks) &&
		   clocks->loose <= 1) {
		found->seems = TWR_SEEMS_REBOOT;
	} else if (!clocks->lost_line && proven == 1 && found->clocks == 1 &&
		   !clocks->loose) {
		found->seems = TWR_SEEMS_ONE;
	} else if (!clocks->lost_line && !proven &&
		   found->clocks <= 1 + clocks->loose / TWR_LOOSE_PER_LINE &&
		   (clocks->offsets || twr_clocks_are_offsets(clocks))) {
		found->seems = TWR_SEEMS_OFFSETS;
	} else {
		found->seems = TWR_SEEMS_MANY;
	}
}
