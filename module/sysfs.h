/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sysfs.h - /sys/kernel/tw_recycle_sim/, one value a file, and one file with all
 *
 * Documented file by file in Documentation/ABI/testing/sysfs-kernel-tw_recycle_sim.
 */
#ifndef TWR_SYSFS_H
#define TWR_SYSFS_H

#include <linux/types.h>

/**
 * twr_sysfs_init() - make the directory and its files
 * @era: the simulated kernel, as the user wrote it; kept until twr_sysfs_exit()
 * @mode: who may read counters, a subset of 0444
 * @gid: the group of these files; all others are the group root's
 *
 * The tables that the files show must be there. Process context, may sleep.
 *
 * Return: 0 or a negative error, in which case nothing is left.
 */
int twr_sysfs_init(const char *era, umode_t mode, u32 gid);

/**
 * twr_sysfs_exit() - remove them, after the last reader is through
 *
 * Process context, may sleep.
 */
void twr_sysfs_exit(void);

#endif /* TWR_SYSFS_H */
