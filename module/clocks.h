/* SPDX-License-Identifier: GPL-2.0 */
/*
 * clocks.h - how many clocks speak from one address
 *
 * A host's TSvals, drawn over time, lie on a line whose slope is the rate of its
 * clock. Hosts behind one address make parallel lines, one for each (Bursztein,
 * TimeScore, 2007; Tekeoglu, Altiparmak, Tosun, Approximating the number of active
 * nodes behind a NAT device, 2011). So a TSval belongs to a line that it lies on,
 * and one that lies on none may begin another.
 *
 * Lines are few: a clock beyond the last of them is not seen. Hosts that were
 * started within a tenth of a second of each other are taken for one. A client that
 * gives each connection an offset of its own is on no line at all.
 */
#ifndef TWR_CLOCKS_H
#define TWR_CLOCKS_H

#include <linux/types.h>

/* Lines that are kept. */
#define TWR_CLOCKS_MAX	16

/**
 * struct twr_ts_clock - TSvals of one clock
 * @last_ms: when the last of them came, in milliseconds; 0 for none
 * @last_tsval: the last of them
 * @rate: ticks a second; 0 while there is only one TSval, or several too close
 *	together to tell
 */
struct twr_ts_clock {
	u64 last_ms;
	u32 last_tsval;
	u32 rate;
};

/**
 * struct twr_clocks - the clocks of an address
 * @clock: their lines
 * @loose: TSvals that were dropped again for they lay on no line
 * @rejected_rate: rate of the clock of the last SYN that was rejected, 0 if not known
 */
struct twr_clocks {
	struct twr_ts_clock clock[TWR_CLOCKS_MAX];
	u32 loose;
	u32 rejected_rate;
};

/**
 * twr_clocks_add_tsval() - a TSval came
 * @clocks: the clocks of its address
 * @tsval: the TSval
 * @ms: now, in milliseconds, never 0
 *
 * Any context; the caller has the clocks for itself.
 *
 * Return: the rate of its clock in ticks a second, 0 if that is not known.
 */
u32 twr_clocks_add_tsval(struct twr_clocks *clocks, u32 tsval, u64 ms);

/**
 * twr_clocks_count() - what was found
 * @clocks: the clocks of an address
 * @loose: set to the number of TSvals that lie on no line
 *
 * Any context.
 *
 * Return: the number of lines that hold several TSvals.
 */
u32 twr_clocks_count(const struct twr_clocks *clocks, u32 *loose);

#endif /* TWR_CLOCKS_H */
