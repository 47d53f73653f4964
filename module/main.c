// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - load and unload; a network namespace comes and goes
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "cache.h"
#include "conn.h"
#include "debugfs.h"
#include "era.h"
#include "hook.h"
#include "main.h"
#include "offenders.h"
#include "shadow.h"
#include "stats.h"
#include "sysfs.h"
#include "watch.h"

/* Both are read at load, for a value that makes no sense to be told why. */
static char *twr_era_text = TWR_ERA_LAST;
module_param_named(era, twr_era_text, charp, 0444);
MODULE_PARM_DESC(era, "the kernel to simulate, " TWR_ERA_NAMES " (" TWR_ERA_LAST ")");

struct twr_rows_param {
	char *text;	/* first, for param_set_charp() */
	u32 rows;
};

static struct twr_rows_param twr_rows, twr_rows6;

static int twr_rows_get(char *buffer, const struct kernel_param *kp)
{
	const struct twr_rows_param *param = kp->arg;

	return sysfs_emit(buffer, "%u\n", param->rows);
}

static const struct kernel_param_ops twr_rows_ops = {
	.set = param_set_charp,
	.get = twr_rows_get,
	.free = param_free_charp,
};

module_param_cb(rows, &twr_rows_ops, &twr_rows, 0444);
MODULE_PARM_DESC(rows, "rows of 6 IPv4 peers in the cache of eras from 3.6 on, a power of two (16384; 8192 under 512 MiB of memory)");
module_param_cb(rows6, &twr_rows_ops, &twr_rows6, 0444);
MODULE_PARM_DESC(rows6, "the same of IPv6 peers");

static int twr_hz_set(const char *text, const struct kernel_param *kp)
{
	unsigned int hz;

	if (kstrtouint(text, 0, &hz) || hz > NSEC_PER_SEC) {
		pr_err("hz=%s: must be ticks a second, from 0 to 1000000000\n",
		       text);
		return -EINVAL;
	}
	WRITE_ONCE(twr_hz, hz);
	return 0;
}

static const struct kernel_param_ops twr_hz_ops = {
	.set = twr_hz_set,
	.get = param_get_uint,
};

unsigned int twr_hz __read_mostly;
module_param_cb(hz, &twr_hz_ops, &twr_hz, 0644);
MODULE_PARM_DESC(hz, "ticks a second of clients' clocks, for delays (0: told by the clock where it can be, else 1000)");

const struct twr_era *twr_era __read_mostly;
struct twr_cache *twr_cache;
struct twr_watch *twr_watch;
struct twr_shadow *twr_shadow;
struct twr_offenders *twr_offenders;
const char *twr_era_name;

unsigned int twr_net_id __read_mostly;

/* The namespaces, and what those that are gone had counted. */
static DEFINE_MUTEX(twr_nets_lock);
static LIST_HEAD(twr_nets);
static u64 twr_gone[TWR_COUNTERS];

void twr_sums(const struct twr_net *tn, u64 *sums)
{
	mutex_lock(&twr_nets_lock);
	if (tn) {
		memset(sums, 0, sizeof(twr_gone));
		twr_stats_add(&tn->stats, sums);
	} else {
		memcpy(sums, twr_gone, sizeof(twr_gone));
		list_for_each_entry(tn, &twr_nets, list)
			twr_stats_add(&tn->stats, sums);
	}
	mutex_unlock(&twr_nets_lock);
}

void twr_reset(void)
{
	struct twr_net *tn;

	mutex_lock(&twr_nets_lock);
	memset(twr_gone, 0, sizeof(twr_gone));
	list_for_each_entry(tn, &twr_nets, list)
		twr_stats_reset(&tn->stats);
	twr_cache_forget(twr_cache, 0);
	twr_watch_forget(twr_watch, 0);
	twr_shadow_forget(twr_shadow, 0);
	twr_offenders_forget(twr_offenders, 0);
	mutex_unlock(&twr_nets_lock);
}

static void twr_net_exit(struct net *net)
{
	struct twr_net *tn = twr_net(net);

	twr_debugfs_remove(tn);

	mutex_lock(&twr_nets_lock);
	list_del(&tn->list);
	twr_stats_add(&tn->stats, twr_gone);
	mutex_unlock(&twr_nets_lock);

	twr_stats_exit(&tn->stats);
	twr_cache_forget(twr_cache, tn->inum);
	twr_watch_forget(twr_watch, tn->inum);
	twr_shadow_forget(twr_shadow, tn->inum);
	twr_offenders_forget(twr_offenders, tn->inum);
}

/* The RCU grace period that twr_net_exit() needs comes between the two. */
static void twr_net_pre_exit(struct net *net)
{
	twr_hook_unregister(net);
}

static int twr_net_init(struct net *net)
{
	struct twr_net *tn = twr_net(net);
	int err;

	tn->inum = net->ns.inum;
	err = twr_stats_init(&tn->stats);
	if (err)
		return err;

	err = twr_hook_register(net);
	if (err) {
		twr_stats_exit(&tn->stats);
		return err;
	}

	mutex_lock(&twr_nets_lock);
	list_add_tail(&tn->list, &twr_nets);
	mutex_unlock(&twr_nets_lock);

	twr_debugfs_add(tn);
	return 0;
}

static struct pernet_operations twr_net_ops = {
	.init = twr_net_init,
	.pre_exit = twr_net_pre_exit,
	.exit = twr_net_exit,
	.id = &twr_net_id,
	.size = sizeof(struct twr_net),
};

static struct twr_cache_form twr_cache_form(const struct twr_era *era, u32 rows,
					    u32 rows6)
{
	return (struct twr_cache_form) {
		.rows = rows,
		.rows6 = rows6,
		.entries = era->entries,
		.idle = era->idle,
	};
}

int twr_start(const char *era, u32 rows, u32 rows6)
{
	struct twr_cache_form form;
	int err = -ENOMEM;

	twr_era_name = era;
	twr_era = twr_era_find(era);
	if (!twr_era)
		return -EINVAL;

	twr_conn_init();
	form = twr_cache_form(twr_era, rows, rows6);
	twr_cache = twr_cache_new(&form);
	if (IS_ERR(twr_cache)) {
		err = PTR_ERR(twr_cache);
		goto err_none;
	}

	twr_watch = twr_watch_new();
	if (!twr_watch)
		goto err_cache;

	twr_shadow = twr_shadow_new();
	if (!twr_shadow)
		goto err_watch;

	twr_offenders = twr_offenders_new();
	if (!twr_offenders)
		goto err_shadow;

	twr_debugfs_init();

	err = register_pernet_subsys(&twr_net_ops);
	if (err)
		goto err_offenders;

	err = twr_sysfs_init();
	if (err)
		goto err_pernet;

	return 0;

err_pernet:
	unregister_pernet_subsys(&twr_net_ops);
err_offenders:
	twr_debugfs_exit();
	twr_offenders_free(twr_offenders);
err_shadow:
	twr_shadow_free(twr_shadow);
err_watch:
	twr_watch_free(twr_watch);
err_cache:
	twr_cache_free(twr_cache);
err_none:
	twr_cache = NULL;
	return err;
}

void twr_stop(void)
{
	twr_sysfs_exit();
	unregister_pernet_subsys(&twr_net_ops);
	twr_debugfs_exit();
	twr_offenders_free(twr_offenders);
	twr_shadow_free(twr_shadow);
	twr_watch_free(twr_watch);
	twr_cache_free(twr_cache);
	twr_cache = NULL;
	memset(twr_gone, 0, sizeof(twr_gone));
}

static int __init twr_rows_parse(struct twr_rows_param *param, const char *name,
				 const struct twr_era *era)
{
	param->rows = twr_cache_default_rows();
	if (param->text &&
	    (kstrtou32(param->text, 0, &param->rows) ||
	     !is_power_of_2(param->rows))) {
		pr_err("%s=%s: must be a power of two from 1 to 2147483648\n",
		       name, param->text);
		return -EINVAL;
	}

	if (era->entries) {
		if (param->text)
			pr_notice("%s=%s: of no effect, era %s has one list of %u peers\n",
				  name, param->text, twr_era_text,
				  era->entries);
		param->rows = 0;
	}
	return 0;
}

static int __init twr_parameters(struct twr_cache_form *form)
{
	const struct twr_era *era = twr_era_find(twr_era_text);
	int err;

	if (!era) {
		pr_err("era=%s: no such era, must be " TWR_ERA_NAMES "\n",
		       twr_era_text);
		return -EINVAL;
	}

	err = twr_rows_parse(&twr_rows, "rows", era) ?:
	      twr_rows_parse(&twr_rows6, "rows6", era);
	*form = twr_cache_form(era, twr_rows.rows, twr_rows6.rows);
	return err;
}

static int __init twr_init(void)
{
	struct twr_cache_form form;
	unsigned long mib;
	char what[48];
	int err;

	err = twr_parameters(&form);
	if (err)
		return err;

	mib = DIV_ROUND_UP_ULL(twr_cache_bytes(&form), SZ_1M);
	if (form.entries)
		snprintf(what, sizeof(what), "a list of %u peers", form.entries);
	else
		snprintf(what, sizeof(what), "rows=%u rows6=%u", form.rows,
			 form.rows6);

	err = twr_start(twr_era_text, form.rows, form.rows6);
	if (err == -ENOMEM)
		pr_err("%s: not enough memory free, the cache takes %lu MiB\n",
		       what, mib);
	else if (err)
		pr_err("cannot load, error %d\n", err);
	else
		pr_info("watching as %s, %s (%lu MiB)\n", twr_era_name, what,
			mib);
	return err;
}

static void __exit twr_exit(void)
{
	twr_stop();
}

module_init(twr_init);
module_exit(twr_exit);

MODULE_DESCRIPTION("Simulates the timestamp check of tcp_tw_recycle, and only counts");
MODULE_AUTHOR("The tw_recycle_sim authors");
MODULE_VERSION("0.1");
MODULE_LICENSE("GPL");
