/* SPDX-License-Identifier: GPL-2.0 */
/*
 * clocks.h - how many timestamp clocks send from one address, and what that proves
 *
 * Plotted over time, the TSvals of one host lie on a line. The slope of the line is the
 * rate of the host's clock. Hosts behind one address make parallel lines (Bursztein,
 * TimeScore, 2007; Tekeoglu, Altiparmak, Tosun, Approximating the number of active nodes
 * behind a NAT device, 2011). So a TSval belongs to the line that it lies on, and a TSval
 * that lies on no line may start a new one.
 *
 * A line proves a host only if several connections lie on it. A client whose offset depends
 * on the four-tuple (Linux 4.10, and again since 2026) comes back to the same line whenever
 * it uses the same ports again, and so does a SYN that is sent again. So a point counts only
 * if no earlier point of the line that is remembered had the same ports. A line of
 * TWR_LINE_PROVEN connections is proven. From 1024 TSvals on no line on one more connection is
 * needed, and another one for each factor of four above.
 *
 * How often chance makes a line: a random TSval lies on a given line with a probability of
 * 2 * (100 ms + 1/1000 of the gap) * rate / 2^32, which is 1e-7 for a gap of 100 s at 1000
 * ticks per second. There are 64 single TSvals and 16 lines to lie on. Of 1000 random TSvals,
 * one lies on a line with another one in about 1 of 100 addresses; a line of three is there
 * in about 1 of a million, and a NAT needs two such lines.
 */
#ifndef TWR_CLOCKS_H
#define TWR_CLOCKS_H

#include <linux/types.h>

/* How many lines, and how many TSvals on no line, are kept for an address. */
#define TWR_CLOCKS_MAX		16
#define TWR_CLOCKS_SINGLES	64

/* So many of the single TSvals are the first ones. They are never replaced. */
#define TWR_CLOCKS_KEPT		32

/* From so many connections on, a line proves a host; and the ports that it remembers. */
#define TWR_LINE_PROVEN		3
#define TWR_LINE_PORTS		4

/*
 * Lines were alive at the same time if they returned so often together. A TSval that chance
 * puts on the line of a host that is gone makes two returns, one of either line.
 */
#define TWR_LINE_RETURNS	3

/* A pair of TSvals that came closer together than this tells no rate, milliseconds. */
#define TWR_LINE_MIN_MS		1000

/* Below this number of TSvals nothing is said unless it is proven. */
#define TWR_CLOCKS_FEW		12

/*
 * After so long a silence a line has ended, milliseconds. The longer the silence, the more
 * TSvals lie on the line by chance, because no clock is exact.
 */
#define TWR_LINE_SILENCE_MS	3600000

/*
 * From so many TSvals on no line within TWR_LINE_SILENCE_MS on, they count as offsets. It
 * must exceed the number of hosts behind one address, since hosts of one connection each look
 * the same. In a longer time, hosts that come back would not be recognised.
 */
#define TWR_CLOCKS_OFFSETS	400

/* The circle of TSvals is cut into so many arcs, to see whether TSvals are spread over it. */
#define TWR_CLOCKS_ARCS_BITS	4
#define TWR_CLOCKS_ARCS		16

/**
 * enum twr_seems - what an address is, by its TSvals
 * @TWR_SEEMS_FEW: too few TSvals to tell
 * @TWR_SEEMS_NAT: two proven lines at least were alive at the same time, and took turns:
 *	several hosts
 * @TWR_SEEMS_REBOOT: lines that follow one another, each beginning near zero after the one
 *	before had ended: a host that boots
 * @TWR_SEEMS_OFFSETS: each connection has an offset of its own
 * @TWR_SEEMS_ONE: all TSvals lie on one proven line
 * @TWR_SEEMS_MANY: many hosts or offsets; nothing can tell which
 * @TWR_SEEMS: number of these
 */
enum twr_seems {
	TWR_SEEMS_FEW,
	TWR_SEEMS_NAT,
	TWR_SEEMS_REBOOT,
	TWR_SEEMS_OFFSETS,
	TWR_SEEMS_ONE,
	TWR_SEEMS_MANY,
	TWR_SEEMS
};

/* What users read: "few", "NAT" and so on. */
extern const char *const twr_seems_names[TWR_SEEMS];

/**
 * struct twr_line - TSvals of several connections on one line
 * @first_ms: when the first TSval came, in milliseconds
 * @last_ms: when the last one came; 0 if the place is free
 * @last_tsval: the last TSval
 * @rate: ticks per second
 * @connections: number of connections, at most 255
 * @returns: how often a connection lay on this line again after another line had got one, at
 *	most 255
 * @begins_anew: the first TSval was near zero, for a clock that began to run after all
 *	TSvals that had come before
 * @ports: ports of the last of these connections
 */
struct twr_line {
	u64 first_ms;
	u64 last_ms;
	u32 last_tsval;
	u16 rate;
	u8 connections;
	u8 returns;
	bool begins_anew;
	u32 ports[TWR_LINE_PORTS];
};

/**
 * struct twr_clocks - the clocks of an address
 * @line: the lines; those with the fewest connections are replaced first
 * @single: TSvals on no line; the first TWR_CLOCKS_KEPT stay, the others are replaced in turn
 * @singles: number of these that are in use
 * @next_single: the one of the others that is replaced next
 * @tsvals: number of all TSvals
 * @loose: number of TSvals that lay on no line when they came, and on none since
 * @period_ms: when the last period of TWR_LINE_SILENCE_MS began, in milliseconds
 * @arcs: number of TSvals in it that lay on no line when they came, by arc of the circle
 * @offsets: in an earlier period they looked like offsets
 * @newest: number of the line that got the last connection, plus one
 * @lost_line: a proven line was replaced
 * @last_ms: when the last TSval came, in milliseconds
 * @rejected_rate: rate of the clock of the last rejected SYN, 0 if not known
 */
struct twr_clocks {
	struct twr_line line[TWR_CLOCKS_MAX];
	struct twr_single {
		u64 ms;
		u32 tsval;
		u32 ports;
		u64 before_ms;
	} single[TWR_CLOCKS_SINGLES];
	u16 singles;
	u16 next_single;
	u32 tsvals;
	u32 loose;
	u64 period_ms;
	u32 arcs[TWR_CLOCKS_ARCS];
	bool offsets;
	u8 newest;
	bool lost_line;
	u64 last_ms;
	u32 rejected_rate;
};

/**
 * struct twr_clocks_found - what the clocks of an address show
 * @seems: what the address is
 * @clocks: number of lines
 * @hosts: the least number of hosts, if @seems is TWR_SEEMS_NAT, else 0: the largest number
 *	of proven lines that were alive at the same time and returned
 * @loose: number of TSvals on no line
 */
struct twr_clocks_found {
	enum twr_seems seems;
	u32 clocks;
	u32 hosts;
	u32 loose;
};

/**
 * twr_clocks_add_tsval() - assign a TSval to a clock
 * @clocks: the clocks of the sender's address
 * @tsval: the TSval
 * @ports: both ports of the connection, in any order that is always the same
 * @ms: the current time in milliseconds, never 0
 *
 * The caller has exclusive access to @clocks. Any context.
 *
 * Return: the rate of the clock in ticks per second, 0 if it is not known.
 */
u32 twr_clocks_add_tsval(struct twr_clocks *clocks, u32 tsval, u32 ports, u64 ms);

/**
 * twr_clocks_find() - say what the clocks of an address show
 * @clocks: the clocks
 * @found: set to what they show
 *
 * TSvals are spread as chance spreads them if a chi-squared test over 16 arcs does not
 * refuse it at the level of 0.001: one in a thousand clients with offsets is called "many".
 *
 * The caller has exclusive access to @clocks. Any context.
 */
void twr_clocks_find(const struct twr_clocks *clocks, struct twr_clocks_found *found);

#endif /* TWR_CLOCKS_H */
