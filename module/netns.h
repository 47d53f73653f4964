/* SPDX-License-Identifier: GPL-2.0 */
/*
 * netns.h - what the module has once, and what it has for each network namespace
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
struct twr_unanswered;

/**
 * struct twr_net - what the module keeps for a network namespace
 * @list: in the list of all namespaces
 * @net: the namespace
 * @id: number of the namespace in all tables, never 0; not used again before 2^32 namespaces
 *	were made
 * @inum: inode number of the namespace, which users know; the kernel reuses it
 * @stats: counters
 * @hooks: netfilter hooks of IPv4 and IPv6
 * @debugfs_dir: directory in debugfs
 */
struct twr_net {
	struct list_head list;
	struct net *net;
	u32 id;
	u32 inum;
	struct twr_stats stats;
	struct nf_hook_ops hooks[2];
	struct dentry *debugfs_dir;
};

/* The only engine, ready before the module sees the first packet, until after the last. */
extern struct twr_engine twr_engine;

/* The SYNs that the running kernel did not answer. It lives as long as the engine. */
extern struct twr_unanswered *twr_unanswered;

/* Index of struct twr_net in the generic per-namespace data, see net_generic(). */
extern unsigned int twr_net_id;

/**
 * twr_netns_start() - begin to keep state for each network namespace
 *
 * Includes namespaces that are made later. Process context, may sleep.
 *
 * Return: 0, or a negative error, in which case nothing is kept.
 */
int twr_netns_start(void);

/**
 * twr_netns_stop() - drop the state of all namespaces, and their counters
 *
 * All hooks must be unregistered. Process context, may sleep.
 */
void twr_netns_stop(void);

/**
 * twr_net() - what the module keeps for a network namespace
 * @net: the namespace
 *
 * Any context.
 *
 * Return: the state; never NULL while the module's hooks are registered there. NULL in a
 * namespace that is being made and has not come to the module's init function yet.
 */
static inline struct twr_net *twr_net(const struct net *net)
{
	return net_generic(net, twr_net_id);
}

/**
 * twr_time_now() - the current time
 *
 * Return: the time on the two clocks of the engine. Any context.
 */
static inline struct twr_time twr_time_now(void)
{
	return (struct twr_time) {
		.seconds = twr_stamp_now(),
		.jiffies = get_jiffies_64(),
	};
}

/**
 * twr_net_is_alive() - does a network namespace still exist?
 * @id: number of the namespace
 *
 * Return: true if it does. Any context.
 */
bool twr_net_is_alive(u32 id);

/**
 * twr_net_inum() - find the inode number of a network namespace
 * @id: number of the namespace
 *
 * Process context, may sleep.
 *
 * Return: the inode number, 0 if the namespace does not exist any more.
 */
u32 twr_net_inum(u32 id);

/**
 * twr_netns_sum_counters() - read all counters
 * @tn: the namespace; NULL for the sum over all namespaces, including dead ones
 * @sums: set to TWR_COUNTERS sums
 *
 * Process context, may sleep.
 */
void twr_netns_sum_counters(struct twr_net *tn, u64 *sums);

/**
 * twr_netns_for_each() - call a function for each namespace
 * @call: the function; no namespace comes or goes while it runs
 * @arg: its second argument
 *
 * Process context, may sleep.
 */
void twr_netns_for_each(void (*call)(struct twr_net *tn, void *arg), void *arg);

/**
 * twr_netns_reset_all() - set all counters to zero, and empty the tables
 *
 * Counts and updates of other CPUs take effect before or after the reset. Process context,
 * may sleep.
 */
void twr_netns_reset_all(void);

#endif /* TWR_NETNS_H */
