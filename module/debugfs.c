// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs.c - /sys/kernel/debug/tw_recycle_sim/: tables, and each namespace
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "cache.h"
#include "debugfs.h"
#include "main.h"
#include "offenders.h"
#include "stats.h"

static struct dentry *twr_debugfs;
static struct dentry *twr_debugfs_netns;

/* The table of a namespace, or of all: what the file's private data says. */
static u32 twr_peers_netns(const struct seq_file *s)
{
	const struct twr_net *tn = s->private;

	return tn ? tn->inum : 0;
}

/* Position 0 is the heading, position n the place n - 1 in the cache. */
static void *twr_peers_seek(struct seq_file *s, loff_t *pos)
{
	struct twr_entry entry;
	u64 place;

	if (!*pos)
		return SEQ_START_TOKEN;

	place = *pos - 1;
	if (!twr_cache_next(twr_cache, twr_peers_netns(s), &place, &entry))
		return NULL;
	*pos = place + 1;
	return pos;
}

static void *twr_peers_start(struct seq_file *s, loff_t *pos)
{
	return twr_peers_seek(s, pos);
}

static void *twr_peers_next(struct seq_file *s, void *v, loff_t *pos)
{
	++*pos;
	return twr_peers_seek(s, pos);
}

static void twr_peers_stop(struct seq_file *s, void *v)
{
}

static void twr_show_address(struct seq_file *s, const struct in6_addr *addr)
{
	char text[sizeof("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")];

	if (ipv6_addr_any(addr))
		strscpy(text, "*", sizeof(text));
	else if (ipv6_addr_v4mapped(addr))
		snprintf(text, sizeof(text), "%pI4", &addr->s6_addr32[3]);
	else
		snprintf(text, sizeof(text), "%pI6c", addr);
	seq_printf(s, "%-24s ", text);
}

static int twr_peers_show(struct seq_file *s, void *v)
{
	struct twr_entry entry;
	u64 place;

	if (v == SEQ_START_TOKEN) {
		seq_printf(s, "%-24s %-24s %10s %10s %10s\n",
			   "local", "peer", "tsval", "age", "netns");
		return 0;
	}

	/* It may have gone since it was found. */
	place = *(loff_t *)v - 1;
	if (!twr_cache_next(twr_cache, twr_peers_netns(s), &place, &entry) ||
	    place != *(loff_t *)v - 1)
		return SEQ_SKIP;

	twr_show_address(s, &entry.key.local);
	twr_show_address(s, &entry.key.peer);
	if (entry.stamp.ts_stamp)
		seq_printf(s, "%10u %10u", entry.stamp.ts,
			   twr_now() - entry.stamp.ts_stamp);
	else
		seq_printf(s, "%10s %10s", "-", "-");
	seq_printf(s, " %10u\n", entry.key.netns);
	return 0;
}

static const struct seq_operations twr_peers_sops = {
	.start = twr_peers_start,
	.next = twr_peers_next,
	.stop = twr_peers_stop,
	.show = twr_peers_show,
};

DEFINE_SEQ_ATTRIBUTE(twr_peers);

/* A number that is not always known. */
static void twr_show_known(struct seq_file *s, bool known, u64 value)
{
	if (known)
		seq_printf(s, " %10llu", value);
	else
		seq_printf(s, " %10s", "-");
}

static void twr_show_offence(struct seq_file *s, const struct twr_offence *o,
			     u64 now)
{
	bool older = o->timed && o->last;

	twr_show_address(s, &o->key.local);
	twr_show_address(s, &o->key.peer);
	seq_printf(s, "%10llu %10llu %10llu %10llu %10llu", o->rejected,
		   o->over, o->by[TWR_REJECT_OLDER], o->by[TWR_REJECT_UNTIMED],
		   o->checked);
	twr_show_known(s, older, o->behind);
	twr_show_known(s, older && o->rate,
		       div_u64((u64)o->behind * MSEC_PER_SEC, o->rate ?: 1));
	twr_show_known(s, o->rate, o->rate);
	seq_printf(s, " %6u %10u %10llu %10llu %10u\n", o->clocks, o->loose,
		   div_u64(now - o->first, MSEC_PER_SEC),
		   div_u64(now - o->last, MSEC_PER_SEC), o->key.netns);
}

static int twr_offenders_show(struct seq_file *s, void *unused)
{
	struct twr_net *tn = s->private;
	struct twr_offence *list;
	int i, n;
	u64 now;

	list = kvcalloc(TWR_OFFENDERS, sizeof(*list), GFP_KERNEL);
	if (!list)
		return -ENOMEM;

	seq_printf(s, "%-24s %-24s %10s %10s %10s %10s %10s %10s %10s %10s %6s %10s %10s %10s %10s\n",
		   "local", "peer", "rejected", "over", "older", "untimed",
		   "checked", "behind", "behind_ms", "rate", "clocks", "loose",
		   "first", "last", "netns");
	n = twr_offenders_list(twr_offenders, tn ? tn->inum : 0, list);
	now = ktime_to_ms(ktime_get());
	for (i = 0; i < n; i++)
		twr_show_offence(s, &list[i], now);
	kvfree(list);
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(twr_offenders);

static int twr_window_get(void *data, u64 *value)
{
	const struct twr_window *window = data;
	u64 sums[TWR_COUNTERS];

	twr_sums(window->tn, sums);
	*value = twr_stats_figure(window->figure, sums);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(twr_window_fops, twr_window_get, NULL, "%llu\n");

void twr_debugfs_init(void)
{
	twr_debugfs = debugfs_create_dir("tw_recycle_sim", NULL);
	twr_debugfs_netns = debugfs_create_dir("netns", twr_debugfs);
	debugfs_create_file("peers", 0400, twr_debugfs, NULL, &twr_peers_fops);
	debugfs_create_file("offenders", 0400, twr_debugfs, NULL,
			    &twr_offenders_fops);
}

void twr_debugfs_exit(void)
{
	debugfs_remove_recursive(twr_debugfs);
}

void twr_debugfs_add(struct twr_net *tn)
{
	struct dentry *subdir = NULL;
	const char *subdir_name = NULL;
	char name[sizeof("4294967295")];
	int i;

	snprintf(name, sizeof(name), "%u", tn->inum);
	tn->dir = debugfs_create_dir(name, twr_debugfs_netns);
	debugfs_create_file("peers", 0400, tn->dir, tn, &twr_peers_fops);
	debugfs_create_file("offenders", 0400, tn->dir, tn,
			    &twr_offenders_fops);

	for (i = 0; i < TWR_FIGURES; i++) {
		const struct twr_figure *figure = &twr_figures[i];
		struct twr_window *window = &tn->windows[i];

		if (figure->dir != subdir_name) {
			subdir_name = figure->dir;
			subdir = debugfs_create_dir(subdir_name, tn->dir);
		}
		window->tn = tn;
		window->figure = figure;
		debugfs_create_file(figure->name, 0400,
				    figure->dir ? subdir : tn->dir, window,
				    &twr_window_fops);
	}
}

void twr_debugfs_remove(struct twr_net *tn)
{
	debugfs_remove_recursive(tn->dir);
}
