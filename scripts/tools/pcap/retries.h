/* SPDX-License-Identifier: GPL-2.0 */
/*
 * retries.h - when a client sends its SYN again
 */
#ifndef PCAP_RETRIES_H
#define PCAP_RETRIES_H

#include <linux/types.h>

/* The most retries of a schedule. */
#define RETRIES_MOST	10

/**
 * struct retries - a schedule
 * @name: its name, for the command line
 * @words: whose it is, for users
 * @count: number of retries
 * @untimed: from this retry on, SYNs have no timestamp; @count if all have one
 * @seconds: when each retry is sent, seconds after the first SYN
 */
struct retries {
	const char *name;
	const char *words;
	u32 count;
	u32 untimed;
	u32 seconds[RETRIES_MOST];
};

/**
 * retries_find() - find a schedule
 * @name: its name
 *
 * Return: the schedule. Ends the program if there is none of that name.
 */
const struct retries *retries_find(const char *name);

/**
 * retries_step() - which retry of a schedule is sent at about that time?
 * @retries: the schedule
 * @us: microseconds after the first SYN
 *
 * Return: 0 for the first SYN, 1 for the first retry and so on; not more than the number
 * of retries.
 */
u32 retries_step(const struct retries *retries, u64 us);

#endif
