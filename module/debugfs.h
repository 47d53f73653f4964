/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs.h - /sys/kernel/debug/tw_recycle_sim/: tables, and each namespace
 *
 * Where the kernel has no debugfs, or no memory for a file, there are fewer
 * files; nothing else depends on them. Process context, all may sleep.
 */
#ifndef TWR_DEBUGFS_H
#define TWR_DEBUGFS_H

struct twr_net;

/**
 * twr_debugfs_init() - make the directory and what all namespaces share
 */
void twr_debugfs_init(void);

/**
 * twr_debugfs_exit() - remove it, after the last reader is through
 */
void twr_debugfs_exit(void);

/**
 * twr_debugfs_add() - make the directory of a network namespace
 * @tn: the namespace; all that the files show must be there
 */
void twr_debugfs_add(struct twr_net *tn);

/**
 * twr_debugfs_remove() - remove it, after the last reader is through
 * @tn: the namespace
 */
void twr_debugfs_remove(struct twr_net *tn);

#endif /* TWR_DEBUGFS_H */
