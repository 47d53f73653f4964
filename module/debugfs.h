/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs.h - /sys/kernel/debug/tw_recycle_sim/: peers, and a directory per namespace
 *
 * If the kernel has no debugfs, or no memory for a file, files are missing; nothing else
 * depends on them. All functions run in process context and may sleep.
 */
#ifndef TWR_DEBUGFS_H
#define TWR_DEBUGFS_H

/**
 * twr_debugfs_init() - create the directory, and a directory for each network namespace
 *
 * All tables that the files show must exist, and twr_net() of each namespace must be
 * ready, also in namespaces that are made later.
 *
 * Return: 0, or a negative error, in which case nothing is left behind.
 */
int twr_debugfs_init(void);

/**
 * twr_debugfs_exit() - remove all files, after the last reader has finished
 */
void twr_debugfs_exit(void);

#endif /* TWR_DEBUGFS_H */
