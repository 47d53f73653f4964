/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sysfs.h - /sys/kernel/tw_recycle_sim/: one value per file, and one file with all counters
 *
 * Documentation/ABI/testing/sysfs-kernel-tw_recycle_sim documents each file.
 */
#ifndef TWR_SYSFS_H
#define TWR_SYSFS_H

#include <linux/types.h>

/**
 * twr_sysfs_init() - create the directory and its files
 * @era: name of the era, as the user wrote it; must stay valid until twr_sysfs_exit()
 * @mode: permissions of the counter files, a subset of 0444
 * @gid: group of the counter files; all other files belong to root's group
 *
 * The tables that the files show must exist. Process context, may sleep.
 *
 * Return: 0, or a negative error, in which case nothing is left behind.
 */
int twr_sysfs_init(const char *era, umode_t mode, u32 gid);

/**
 * twr_sysfs_exit() - remove the files, after the last reader has finished
 *
 * Process context, may sleep.
 */
void twr_sysfs_exit(void);

#endif /* TWR_SYSFS_H */
