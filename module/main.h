/* SPDX-License-Identifier: GPL-2.0 */
/*
 * main.h - begin to watch, and end
 */
#ifndef TWR_MAIN_H
#define TWR_MAIN_H

#include <linux/types.h>

/**
 * struct twr_config - what the module is to be like
 * @era: the kernel to simulate, kept until twr_stop()
 * @rows: rows of the cache for IPv4, where the era has such
 * @rows6: for IPv6
 * @records: records of connections
 * @mode: permissions of the files that hold counters, a subset of 0444
 * @gid: the group of these files
 */
struct twr_config {
	const char *era;
	u32 rows;
	u32 rows6;
	u32 records;
	umode_t mode;
	u32 gid;
};

/**
 * twr_start() - begin to watch, in all network namespaces, those to come too
 * @config: what the module is to be like
 *
 * Process context, may sleep.
 *
 * Return: 0; or a negative error, in which case nothing is left: -ENOMEM, -EINVAL if
 * there is no such era or a number of rows is no power of two, -ENOENT if the kernel
 * does not tell what becomes of sockets.
 */
int twr_start(const struct twr_config *config);

/**
 * twr_stop() - watch no more, and leave nothing behind
 *
 * Process context, may sleep.
 */
void twr_stop(void);

#endif /* TWR_MAIN_H */
