// SPDX-License-Identifier: GPL-2.0
/*
 * schedule.c - when a client sends an unanswered SYN again
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "schedule.h"

static const struct twr_schedule twr_schedules[] = {
	/*
	 * The client waits 1 s and then twice as long each time (RFC 6298). It retries six
	 * times (net.ipv4.tcp_syn_retries). Linux began with 3 s up to 3.0 (RFC 1122) and
	 * retried five times up to 3.6.
	 */
	{ "linux", "Linux 3.7 to 6.4", 6, 6, { 1, 3, 7, 15, 31, 63 } },
	/* The client waits 1 s five times before it doubles the wait: tcp_syn_linear_timeouts. */
	{ "linux-6.5", "Linux since 6.5", 10, 10, { 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 } },
	/*
	 * tcp_syn_backoff[] of BSD, with the initial timeout of 1 s that Apple's kernels
	 * have. They give up after 75 s. From the seventh retry on they leave out the
	 * timestamp option (broken_peer_syn_rxmit_thres).
	 */
	{ "bsd", "an Apple system", 10, 6, { 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 } },
};

const struct twr_schedule *twr_schedule_find(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(twr_schedules); i++)
		if (!strcmp(twr_schedules[i].name, name))
			return &twr_schedules[i];
	return NULL;
}

bool twr_schedule_has(const struct twr_schedule *schedule, u32 secs)
{
	int i;

	for (i = 0; i < schedule->retries; i++)
		if (schedule->secs[i] == secs)
			return true;
	return false;
}
