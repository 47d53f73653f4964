/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs.h - /sys/kernel/debug/tw_recycle_sim/: tables, and each namespace
 *
 * Where the kernel has no debugfs, or no memory for a file, there are fewer
 * files; nothing else depends on them. Process context, all may sleep.
 */
#ifndef TWR_DEBUGFS_H
#define TWR_DEBUGFS_H

/**
 * twr_debugfs_init() - make the directory, and one in it for each network namespace
 *
 * All that the files show must be there, in namespaces to come too.
 *
 * Return: 0 or a negative error, in which case nothing is left.
 */
int twr_debugfs_init(void);

/**
 * twr_debugfs_exit() - remove them, after the last reader is through
 */
void twr_debugfs_exit(void);

#endif /* TWR_DEBUGFS_H */
