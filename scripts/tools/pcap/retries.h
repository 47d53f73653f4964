/* SPDX-License-Identifier: GPL-2.0 */
/*
 * retries.h - which retry of a client a SYN of a capture is
 */
#ifndef PCAP_RETRIES_H
#define PCAP_RETRIES_H

#include <linux/types.h>

#include "schedule.h"

/**
 * retries_find() - find a schedule
 * @name: its name
 *
 * Return: the schedule. Ends the program if there is none of that name.
 */
const struct twr_schedule *retries_find(const char *name);

/**
 * retries_step() - which retry of a schedule is sent at about that time?
 * @schedule: the schedule
 * @us: microseconds after the first SYN
 *
 * Return: 0 for the first SYN, 1 for the first retry and so on; not more than the number
 * of retries.
 */
u32 retries_step(const struct twr_schedule *schedule, u64 us);

#endif
