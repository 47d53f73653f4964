// SPDX-License-Identifier: GPL-2.0
/*
 * retries.c - when a client sends its SYN again
 */
#include <linux/kernel.h>
#include <string.h>

#include "era.h"
#include "fail.h"
#include "retries.h"

/* A SYN of a capture belongs to the next retry that is no more than this later. */
#define RETRIES_NEAR	500000

static const struct retries retries_all[] = {
	/* RFC 6298; tcp_syn_retries is 6. As in module/era.c. */
	{ "linux", "Linux 3.7 to 6.4", 6, 6, { 1, 3, 7, 15, 31, 63 } },
	/* tcp_syn_linear_timeouts is 4. */
	{ "linux-6.5", "Linux since 6.5", 10, 10, { 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 } },
	/*
	 * tcp_syn_backoff[] of BSD, with the initial timeout of 1 s that Apple's kernels
	 * have. They give up after 75 s. From the seventh retry on they leave out the
	 * timestamp option (broken_peer_syn_rxmit_thres).
	 */
	{ "bsd", "Apple's systems, after BSD", 10, 6, { 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 } },
};

const struct retries *retries_find(const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(retries_all); i++)
		if (!strcmp(retries_all[i].name, name))
			return &retries_all[i];
	fail_exit(2, "--retries: there is no schedule '%s'; there are linux, linux-6.5 and bsd",
		  name);
}

u32 retries_step(const struct retries *retries, u64 us)
{
	u32 step = 0;

	while (step < retries->count &&
	       us > (step ? retries->seconds[step - 1] * 1000000ULL : 0) + RETRIES_NEAR)
		step++;
	return step;
}
