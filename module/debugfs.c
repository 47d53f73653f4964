// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs.c - /sys/kernel/debug/tw_recycle_sim/: the tables, and a directory per namespace
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "cache.h"
#include "compat.h"
#include "debugfs.h"
#include "netns.h"
#include "offenders.h"
#include "pending.h"
#include "stats.h"
#include "timewait.h"
#include "unanswered.h"

static struct dentry *twr_debugfs;
static struct dentry *twr_debugfs_netns;

/* The file's private data is a namespace, or NULL for all namespaces. */
static u32 twr_peers_net_id(const struct seq_file *s)
{
	const struct twr_net *tn = s->private;

	return tn ? tn->id : 0;
}

/* Position 0 is the heading. Position n is place n - 1 in the cache. */
static void *twr_peers_seek(struct seq_file *s, loff_t *pos)
{
	struct twr_entry entry;
	u64 place;

	if (!*pos)
		return SEQ_START_TOKEN;

	cond_resched();
	place = *pos - 1;
	if (!twr_cache_next(twr_engine.cache, twr_peers_net_id(s), &place, &entry))
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
	u32 inum;

	if (v == SEQ_START_TOKEN) {
		seq_printf(s, "%-24s %-24s %10s %10s %10s\n",
			   "local", "peer", "tsval", "age", "netns");
		return 0;
	}

	/* The entry may have gone since twr_peers_seek() found it. */
	place = *(loff_t *)v - 1;
	if (!twr_cache_next(twr_engine.cache, twr_peers_net_id(s), &place, &entry) ||
	    place != *(loff_t *)v - 1)
		return SEQ_SKIP;
	inum = twr_net_inum(entry.key.netns);
	if (!inum)
		return SEQ_SKIP;

	twr_show_address(s, &entry.key.local);
	twr_show_address(s, &entry.key.peer);
	if (entry.stamp.ts_stamp)
		seq_printf(s, "%10u %10u", entry.stamp.ts,
			   twr_stamp_now() - entry.stamp.ts_stamp);
	else
		seq_printf(s, "%10s %10s", "-", "-");
	seq_printf(s, " %10u\n", inum);
	return 0;
}

static const struct seq_operations twr_peers_sops = {
	.start = twr_peers_start,
	.next = twr_peers_next,
	.stop = twr_peers_stop,
	.show = twr_peers_show,
};

DEFINE_SEQ_ATTRIBUTE(twr_peers);

/* Show a number, or a dash if it is not known. */
static void twr_show_or_dash(struct seq_file *s, bool known, u64 value)
{
	if (known)
		seq_printf(s, " %10llu", value);
	else
		seq_printf(s, " %10s", "-");
}

static void twr_show_offender(struct seq_file *s, const struct twr_offender *o,
			      u64 now, u32 inum)
{
	bool older = o->timed && o->last_ms;

	twr_show_address(s, &o->key.local);
	twr_show_address(s, &o->key.peer);
	seq_printf(s, "%10llu %10llu %10llu %10llu %10llu", o->rejected,
		   o->over, o->rejected_by[TWR_REJECT_OLDER],
		   o->rejected_by[TWR_REJECT_UNTIMED], o->checked);
	twr_show_or_dash(s, older, o->behind);
	twr_show_or_dash(s, older && o->rate,
			 div_u64((u64)o->behind * MSEC_PER_SEC, o->rate ?: 1));
	twr_show_or_dash(s, o->rate, o->rate);
	seq_printf(s, " %6u %10u %7s", o->found.clocks, o->found.loose, twr_offender_seems(o));
	twr_show_or_dash(s, o->found.hosts, o->found.hosts);
	seq_printf(s, " %10llu %10llu %10llu %10u\n",
		   twr_unanswered_of_peer(twr_unanswered, &o->key),
		   div_u64(now - o->first_ms, MSEC_PER_SEC),
		   div_u64(now - o->last_ms, MSEC_PER_SEC), inum);
}

static int twr_offenders_show(struct seq_file *s, void *unused)
{
	struct twr_net *tn = s->private;
	struct twr_offender *list;
	int i, n;
	u64 now;

	list = kvcalloc(TWR_OFFENDERS_MAX, sizeof(*list), GFP_KERNEL);
	if (!list)
		return -ENOMEM;

	seq_printf(s, "%-24s %-24s %10s %10s %10s %10s %10s %10s %10s %10s %6s %10s %7s %10s %10s %10s %10s %10s\n",
		   "local", "peer", "rejected", "over", "older", "untimed",
		   "checked", "behind", "behind_ms", "rate", "clocks", "loose",
		   "seems", "hosts", "unanswered", "first", "last", "netns");
	n = twr_offenders_list(twr_engine.offenders, tn ? tn->id : 0, list);
	now = twr_engine_jiffies_to_ms(get_jiffies_64());
	for (i = 0; i < n; i++) {
		u32 inum = twr_net_inum(list[i].key.netns);

		if (inum)
			twr_show_offender(s, &list[i], now, inum);
	}
	kvfree(list);
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(twr_offenders);

static int twr_unanswered_show(struct seq_file *s, void *unused)
{
	struct twr_net *tn = s->private;
	struct twr_unanswered_peer *list;
	int i, n;
	u64 now;

	list = kvcalloc(TWR_UNANSWERED_MAX, sizeof(*list), GFP_KERNEL);
	if (!list)
		return -ENOMEM;

	seq_printf(s, "%-24s %-24s %10s %10s %10s %10s %10s\n",
		   "local", "peer", "syns", "over", "first", "last", "netns");
	n = twr_unanswered_list(twr_unanswered, tn ? tn->id : 0, list);
	now = twr_engine_jiffies_to_ms(get_jiffies_64());
	for (i = 0; i < n; i++) {
		const struct twr_unanswered_peer *peer = &list[i];
		u32 inum = twr_net_inum(peer->key.netns);

		if (!inum)
			continue;
		twr_show_address(s, &peer->key.local);
		twr_show_address(s, &peer->key.peer);
		seq_printf(s, "%10llu %10llu %10llu %10llu %10u\n", peer->syns, peer->over,
			   div_u64(now - peer->first_ms, MSEC_PER_SEC),
			   div_u64(now - peer->last_ms, MSEC_PER_SEC), inum);
	}
	kvfree(list);
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(twr_unanswered);

static int twr_counters_show(struct seq_file *s, void *unused)
{
	u64 sums[TWR_COUNTERS];
	char line[TWR_COUNTER_LINE_MAX];
	int i;

	twr_netns_sum_counters(s->private, sums);
	for (i = 0; i < TWR_COUNTER_FILES; i++)
		if (twr_stats_file_is_shown(&twr_counter_files[i],
					    twr_pending_schedule(twr_engine.pending)))
			seq_puts(s, twr_stats_format_line(line, &twr_counter_files[i], sums));
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(twr_counters);

static int twr_timewait_show(struct seq_file *s, void *unused)
{
	struct twr_timewait timewait;

	twr_timewait_measure(s->private, &timewait);
	seq_printf(s, "buckets %llu\nsimulated %llu\n", timewait.buckets, timewait.simulated);
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(twr_timewait);

/* One file shows all counters: thirty files take ten times the memory per namespace. */
static int twr_debugfs_net_init(struct net *net)
{
	struct twr_net *tn = twr_net(net);
	char name[sizeof("4294967295")];

	snprintf(name, sizeof(name), "%u", tn->inum);
	tn->debugfs_dir = debugfs_create_dir(name, twr_debugfs_netns);
	debugfs_create_file("counters", 0400, tn->debugfs_dir, tn, &twr_counters_fops);
	debugfs_create_file("peers", 0400, tn->debugfs_dir, tn, &twr_peers_fops);
	debugfs_create_file("offenders", 0400, tn->debugfs_dir, tn,
			    &twr_offenders_fops);
	debugfs_create_file("unanswered", 0400, tn->debugfs_dir, tn,
			    &twr_unanswered_fops);
	debugfs_create_file("timewait", 0400, tn->debugfs_dir, tn, &twr_timewait_fops);
	return 0;
}

static void twr_debugfs_net_exit(struct net *net)
{
	debugfs_remove_recursive(twr_net(net)->debugfs_dir);
}

static struct pernet_operations twr_debugfs_ops = {
	.init = twr_debugfs_net_init,
	.exit = twr_debugfs_net_exit,
};

int twr_debugfs_init(void)
{
	int err;

	twr_debugfs = debugfs_create_dir("tw_recycle_sim", NULL);
	twr_debugfs_netns = debugfs_create_dir("netns", twr_debugfs);
	debugfs_create_file("peers", 0400, twr_debugfs, NULL, &twr_peers_fops);
	debugfs_create_file("offenders", 0400, twr_debugfs, NULL,
			    &twr_offenders_fops);
	debugfs_create_file("unanswered", 0400, twr_debugfs, NULL,
			    &twr_unanswered_fops);
	debugfs_create_file("timewait", 0400, twr_debugfs, NULL, &twr_timewait_fops);
	err = register_pernet_subsys(&twr_debugfs_ops);
	if (err)
		debugfs_remove_recursive(twr_debugfs);
	return err;
}

void twr_debugfs_exit(void)
{
	unregister_pernet_subsys(&twr_debugfs_ops);
	debugfs_remove_recursive(twr_debugfs);
}
