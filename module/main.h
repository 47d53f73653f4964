/* SPDX-License-Identifier: GPL-2.0 */
/*
 * main.h - what there is one of, and what each network namespace has
 */
#ifndef TWR_MAIN_H
#define TWR_MAIN_H

#include <linux/list.h>
#include <linux/types.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "cache.h"
#include "stats.h"

struct dentry;
struct net;
struct twr_era;
struct twr_offenders;
struct twr_shadow;
struct twr_watch;

/**
 * struct twr_window - a debugfs file that shows a figure of one namespace
 * @tn: the namespace
 * @figure: the figure
 */
struct twr_window {
	struct twr_net *tn;
	const struct twr_figure *figure;
};

/**
 * struct twr_net - what the module keeps for a network namespace
 * @list: in the list of all of them
 * @inum: inode number of the namespace, what its entries in the cache go by
 * @stats: its counters
 * @dir: its directory in debugfs
 * @windows: what the files in there show
 */
struct twr_net {
	struct list_head list;
	u32 inum;
	struct twr_stats stats;
	struct dentry *dir;
	struct twr_window windows[TWR_FIGURES];
};

/* There is one of each, from before the first packet is seen to after the last. */
extern const struct twr_era *twr_era;
extern struct twr_cache *twr_cache;
extern struct twr_watch *twr_watch;
extern struct twr_shadow *twr_shadow;
extern struct twr_offenders *twr_offenders;

/* Ticks a second of all clients' clocks, 0 to tell by each; may change. */
extern unsigned int twr_hz;

/* Where a namespace has what the module keeps for it. */
extern unsigned int twr_net_id;

/* What the era goes by, as the user wrote it. */
extern const char *twr_era_name;

/**
 * twr_start() - begin to watch, in all network namespaces, those to come too
 * @era: the kernel to simulate, kept until twr_stop()
 * @rows: rows of the cache for IPv4, where the era has such
 * @rows6: for IPv6
 *
 * Process context, may sleep.
 *
 * Return: 0; or a negative error, in which case nothing is left: -ENOMEM,
 * -EINVAL if there is no such era or a number of rows is no power of two.
 */
int twr_start(const char *era, u32 rows, u32 rows6);

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
 * Return: never NULL while the module's hooks are registered there. Any context.
 */
static inline struct twr_net *twr_net(const struct net *net)
{
	return net_generic(net, twr_net_id);
}

/**
 * twr_sums() - counters as they stand
 * @tn: the namespace, NULL for all together, those that are gone included
 * @sums: where the TWR_COUNTERS sums go
 *
 * Process context, may sleep.
 */
void twr_sums(const struct twr_net *tn, u64 *sums);

/**
 * twr_reset() - begin anew: all counters read zero, the cache is empty
 *
 * What packets do meanwhile is counted before or after. Process context, may
 * sleep.
 */
void twr_reset(void);

#endif /* TWR_MAIN_H */
