/* SPDX-License-Identifier: GPL-2.0 */
/*
 * main.h - what there is one of, and what each network namespace has
 */
#ifndef TWR_MAIN_H
#define TWR_MAIN_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/types.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "engine.h"
#include "observation.h"
#include "stamp.h"
#include "stats.h"

struct dentry;
struct net;

/**
 * struct twr_net - what the module keeps for a network namespace
 * @list: in the list of all of them
 * @id: its number, never 0, by which all tables know it; no other namespace had it or
 *	gets it (until 4 billion were made, when numbers begin anew)
 * @inum: its inode number, by which people know it, and which is given again
 * @stats: its counters
 * @dir: its directory in debugfs
 */
struct twr_net {
	struct list_head list;
	u32 id;
	u32 inum;
	struct twr_stats stats;
	struct dentry *dir;
};

/* There is one, from before the first packet is seen to after the last. */
extern struct twr_engine twr_engine;

/* Where a namespace has what the module keeps for it. */
extern unsigned int twr_net_id;

/* What the era goes by, as the user wrote it. */
extern const char *twr_era_name;

/**
 * struct twr_setup - what the module is to be like
 * @era: the kernel to simulate, kept until twr_stop()
 * @rows: rows of the cache for IPv4, where the era has such
 * @rows6: for IPv6
 * @records: records of connections
 * @mode: permissions of the files that hold counters, a subset of 0444
 * @gid: the group of these files
 */
struct twr_setup {
	const char *era;
	u32 rows;
	u32 rows6;
	u32 records;
	umode_t mode;
	u32 gid;
};

/**
 * twr_start() - begin to watch, in all network namespaces, those to come too
 * @setup: what the module is to be like
 *
 * Process context, may sleep.
 *
 * Return: 0; or a negative error, in which case nothing is left: -ENOMEM, -EINVAL if
 * there is no such era or a number of rows is no power of two, -ENOENT if the kernel
 * does not tell what becomes of sockets.
 */
int twr_start(const struct twr_setup *setup);

/**
 * twr_stop() - watch no more, and leave nothing behind
 *
 * Process context, may sleep.
 */
void twr_stop(void);

/**
 * twr_net() - what the module keeps for a network namespace
 * @net: the namespace
 *
 * Return: never NULL while the module's hooks are registered there; NULL in a namespace
 * that is being made, before it is the module's turn. Any context.
 */
static inline struct twr_net *twr_net(const struct net *net)
{
	return net_generic(net, twr_net_id);
}

/**
 * twr_instant() - the current time
 *
 * Return: the time, on the clocks that the engine goes by. Any context.
 */
static inline struct twr_instant twr_instant(void)
{
	return (struct twr_instant) {
		.seconds = twr_now(),
		.jiffies = get_jiffies_64(),
	};
}

/**
 * twr_net_inum() - the inode number of a network namespace
 * @id: its number
 *
 * Process context, may sleep.
 *
 * Return: the inode number, 0 if the namespace is gone.
 */
u32 twr_net_inum(u32 id);

/**
 * twr_sums() - counters as they stand
 * @tn: the namespace, NULL for all together, those that are gone included
 * @sums: where the TWR_COUNTERS sums go
 *
 * Process context, may sleep.
 */
void twr_sums(struct twr_net *tn, u64 *sums);

/**
 * twr_reset() - begin anew: all counters read zero, the cache is empty
 *
 * What packets do meanwhile is counted before or after. Process context, may
 * sleep.
 */
void twr_reset(void);

#endif /* TWR_MAIN_H */
