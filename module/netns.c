// SPDX-License-Identifier: GPL-2.0
/*
 * netns.c - the state of each network namespace, and the sum of all counters
 */
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "netns.h"
#include "pending.h"
#include "unanswered.h"

struct twr_engine twr_engine __read_mostly;
struct twr_unanswered *twr_unanswered __read_mostly;

unsigned int twr_net_id __read_mostly;

/* All namespaces, as a list and by number, and the counters of those that are dead. */
static DEFINE_MUTEX(twr_nets_lock);
static LIST_HEAD(twr_nets);
static DEFINE_XARRAY_ALLOC1(twr_nets_by_id);
static u32 twr_nets_next_id;
static u64 twr_exited_counters[TWR_COUNTERS];

bool twr_net_is_alive(u32 id)
{
	return xa_load(&twr_nets_by_id, id);
}

u32 twr_net_inum(u32 id)
{
	const struct twr_net *tn;
	u32 inum;

	mutex_lock(&twr_nets_lock);
	tn = xa_load(&twr_nets_by_id, id);
	inum = tn ? tn->inum : 0;
	mutex_unlock(&twr_nets_lock);
	return inum;
}

void twr_netns_sum_counters(struct twr_net *tn, u64 *sums)
{
	struct twr_time now = twr_time_now();

	twr_pending_settle_all(twr_engine.pending, &now);
	mutex_lock(&twr_nets_lock);
	if (tn) {
		memset(sums, 0, sizeof(twr_exited_counters));
		twr_stats_sum(&tn->stats, sums);
	} else {
		memcpy(sums, twr_exited_counters, sizeof(twr_exited_counters));
		list_for_each_entry(tn, &twr_nets, list)
			twr_stats_sum(&tn->stats, sums);
	}
	mutex_unlock(&twr_nets_lock);
}

void twr_netns_for_each(void (*call)(struct twr_net *tn, void *arg), void *arg)
{
	struct twr_net *tn;

	mutex_lock(&twr_nets_lock);
	list_for_each_entry(tn, &twr_nets, list)
		call(tn, arg);
	mutex_unlock(&twr_nets_lock);
}

void twr_netns_reset_all(void)
{
	struct twr_net *tn;

	mutex_lock(&twr_nets_lock);
	memset(twr_exited_counters, 0, sizeof(twr_exited_counters));
	twr_pending_close(twr_engine.pending);
	list_for_each_entry(tn, &twr_nets, list)
		twr_pending_reset_stats(twr_engine.pending, &tn->stats);
	twr_engine_reset(&twr_engine);
	twr_pending_open(twr_engine.pending);
	twr_unanswered_reset(twr_unanswered);
	mutex_unlock(&twr_nets_lock);
}

/*
 * The tables keep their entries of the namespace. Such an entry matches no peer any more,
 * and in a row it is evicted before all others. A search for these entries would delay the
 * one worker that destroys all namespaces of the machine.
 */
static void twr_net_exit(struct net *net)
{
	struct twr_net *tn = twr_net(net);

	mutex_lock(&twr_nets_lock);
	list_del(&tn->list);
	xa_erase(&twr_nets_by_id, tn->id);
	twr_pending_drop(twr_engine.pending, &tn->stats);
	twr_stats_sum(&tn->stats, twr_exited_counters);
	mutex_unlock(&twr_nets_lock);

	twr_stats_exit(&tn->stats);
}

static int twr_net_init(struct net *net)
{
	struct twr_net *tn = twr_net(net);
	int err;

	tn->net = net;
	tn->inum = net->ns.inum;
	twr_stats_init(&tn->stats);

	mutex_lock(&twr_nets_lock);
	err = xa_alloc_cyclic(&twr_nets_by_id, &tn->id, tn, xa_limit_32b,
			      &twr_nets_next_id, GFP_KERNEL);
	if (err >= 0)
		list_add_tail(&tn->list, &twr_nets);
	mutex_unlock(&twr_nets_lock);
	return err < 0 ? err : 0;
}

static struct pernet_operations twr_net_ops = {
	.init = twr_net_init,
	.exit = twr_net_exit,
	.id = &twr_net_id,
	.size = sizeof(struct twr_net),
};

int twr_netns_start(void)
{
	return register_pernet_subsys(&twr_net_ops);
}

void twr_netns_stop(void)
{
	unregister_pernet_subsys(&twr_net_ops);
	memset(twr_exited_counters, 0, sizeof(twr_exited_counters));
}
