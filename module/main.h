/* SPDX-License-Identifier: GPL-2.0 */
/*
 * main.h - start and stop the module
 */
#ifndef TWR_MAIN_H
#define TWR_MAIN_H

#include <linux/types.h>

/**
 * struct twr_config - configuration of the module
 * @era: name of the era; must stay valid until twr_stop()
 * @rows: number of rows of the cache for IPv4, if the era has rows
 * @rows6: the same for IPv6
 * @records: number of records of connections
 * @schedule: name of the schedule by which clients send a SYN again
 * @mode: permissions of the counter files, a subset of 0444
 * @gid: group of the counter files
 */
struct twr_config {
	const char *era;
	u32 rows;
	u32 rows6;
	u32 records;
	const char *schedule;
	umode_t mode;
	u32 gid;
};

/**
 * twr_start() - start to observe all network namespaces
 * @config: the configuration
 *
 * Includes namespaces that are made later. Process context, may sleep.
 *
 * Return: 0, or a negative error, in which case nothing is left behind: -ENOMEM; -EINVAL
 * if there is no such era or schedule, or a number of rows is no power of two; -ENOENT if
 * the kernel has no tracepoint sock:inet_sock_set_state.
 */
int twr_start(const struct twr_config *config);

/**
 * twr_stop() - stop observing, and free everything
 *
 * Process context, may sleep.
 */
void twr_stop(void);

#endif /* TWR_MAIN_H */
