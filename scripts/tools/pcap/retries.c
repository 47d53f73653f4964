// SPDX-License-Identifier: GPL-2.0
/*
 * retries.c - which retry of a client a SYN of a capture is
 */
#include "fail.h"
#include "retries.h"

/* A SYN of a capture belongs to the next retry that is no more than this later. */
#define RETRIES_NEAR	500000

const struct twr_schedule *retries_find(const char *name)
{
	const struct twr_schedule *schedule = twr_schedule_find(name);

	if (!schedule)
		fail_exit(2, "--retries: there is no schedule '%s'; it must be "
			  TWR_SCHEDULE_NAMES, name);
	return schedule;
}

u32 retries_step(const struct twr_schedule *schedule, u64 us)
{
	u32 step = 0;

	while (step < schedule->retries &&
	       us > (step ? schedule->secs[step - 1] * 1000000ULL : 0) + RETRIES_NEAR)
		step++;
	return step;
}
