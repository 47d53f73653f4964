/* SPDX-License-Identifier: GPL-2.0 */
/*
 * clocks.h - how many timestamp clocks send from one address
 *
 * Plotted over time, the TSvals of one host lie on a line. The slope of the line is the
 * rate of the host's clock. Hosts behind one address make parallel lines (Bursztein,
 * TimeScore, 2007; Tekeoglu, Altiparmak, Tosun, Approximating the number of active nodes
 * behind a NAT device, 2011). So a TSval belongs to the clock whose line it lies on, and a
 * TSval that lies on no line may start a new one.
 *
 * The number of clocks is limited, and further clocks are not seen. Two hosts that booted
 * within a tenth of a second of each other count as one clock. A client that adds an
 * offset of its own to each connection has no line at all (Linux 4.10 and since 7.0; Linux
 * 4.11 to 6.19 has an offset for each pair of addresses, and so one line here).
 */
#ifndef TWR_CLOCKS_H
#define TWR_CLOCKS_H

#include <linux/types.h>

/* How many clocks are kept for an address. */
#define TWR_CLOCKS_MAX	16

/**
 * struct twr_ts_clock - the TSvals of one clock
 * @last_ms: when the last TSval came, in milliseconds; 0 if the place is free
 * @last_tsval: the last TSval
 * @rate: ticks per second; 0 while there is only one TSval, or while all TSvals are too
 *	close together in time to tell the rate
 */
struct twr_ts_clock {
	u64 last_ms;
	u32 last_tsval;
	u32 rate;
};

/**
 * struct twr_clocks - the clocks of an address
 * @clock: the clocks
 * @loose: number of TSvals that fitted no clock and were dropped
 * @rejected_rate: rate of the clock of the last rejected SYN, 0 if not known
 */
struct twr_clocks {
	struct twr_ts_clock clock[TWR_CLOCKS_MAX];
	u32 loose;
	u32 rejected_rate;
};

/**
 * twr_clocks_add_tsval() - assign a TSval to a clock
 * @clocks: the clocks of the sender's address
 * @tsval: the TSval
 * @ms: the current time in milliseconds, never 0
 *
 * The caller has exclusive access to @clocks. Any context.
 *
 * Return: the rate of the clock in ticks per second, 0 if it is not known.
 */
u32 twr_clocks_add_tsval(struct twr_clocks *clocks, u32 tsval, u64 ms);

/**
 * twr_clocks_count() - count the clocks of an address
 * @clocks: the clocks
 * @loose: set to the number of TSvals that fit no clock
 *
 * The caller has exclusive access to @clocks. Any context.
 *
 * Return: the number of clocks with a known rate.
 */
u32 twr_clocks_count(const struct twr_clocks *clocks, u32 *loose);

#endif /* TWR_CLOCKS_H */
