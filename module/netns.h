/* SPDX-License-Identifier: GPL-2.0 */
/*
 * netns.h - the engine, and what the module keeps for each network namespace
 */
#ifndef TWR_NETNS_H
#define TWR_NETNS_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/types.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "engine.h"
#include "observation.h"
#include "stamp.h"
#include "stats.h"

struct dentry;

/**
 * struct twr_net - what the module keeps for a network namespace
 * @list: in the list of all of them
 * @id: its number, never 0, by which all tables know it; no other namespace had it or
 *	gets it (until 4 billion were made, when numbers begin anew)
 * @inum: its inode number, by which people know it, and which is given again
 * @stats: its counters
 * @hooks: its hooks, of IPv4 and IPv6
 * @debugfs_dir: its directory in debugfs
 */
struct twr_net {
	struct list_head list;
	u32 id;
	u32 inum;
	struct twr_stats stats;
	struct nf_hook_ops hooks[2];
	struct dentry *debugfs_dir;
};

/* There is one, from before the first packet is seen to after the last. */
extern struct twr_engine twr_engine;

/* Where a namespace has what the module keeps for it. */
extern unsigned int twr_net_id;

/**
 * twr_netns_start() - keep something for each network namespace, those to come too
 *
 * Process context, may sleep.
 *
 * Return: 0; or a negative error, in which case nothing is kept.
 */
int twr_netns_start(void);

/**
 * twr_netns_stop() - forget all namespaces, and what they counted
 *
 * No packet may be seen any more. Process context, may sleep.
 */
void twr_netns_stop(void);

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
 * twr_time_now() - the current time
 *
 * Return: the time, on the clocks that the engine goes by. Any context.
 */
static inline struct twr_time twr_time_now(void)
{
	return (struct twr_time) {
		.seconds = twr_stamp_now(),
		.jiffies = get_jiffies_64(),
	};
}

/**
 * twr_net_is_alive() - whether a network namespace is still there
 * @id: its number
 *
 * Return: true if it is. Any context.
 */
bool twr_net_is_alive(u32 id);

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
 * twr_netns_sum_counters() - counters as they stand
 * @tn: the namespace, NULL for all together, those that are gone included
 * @sums: where the TWR_COUNTERS sums go
 *
 * Process context, may sleep.
 */
void twr_netns_sum_counters(struct twr_net *tn, u64 *sums);

/**
 * twr_netns_reset_all() - begin anew: all counters read zero, the cache is empty
 *
 * What packets do meanwhile is counted before or after. Process context, may
 * sleep.
 */
void twr_netns_reset_all(void);

#endif /* TWR_NETNS_H */
