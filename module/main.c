// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - parameters, load and unload
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sysfs.h>
#include <net/net_namespace.h>

#include "cache.h"
#include "conn.h"
#include "debugfs.h"
#include "engine.h"
#include "era.h"
#include "hook.h"
#include "main.h"
#include "netns.h"
#include "offenders.h"
#include "pending.h"
#include "records.h"
#include "schedule.h"
#include "sysfs.h"
#include "transition.h"
#include "unanswered.h"

/* The init function parses era and rows, so that the log can say why a load fails. */
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
MODULE_PARM_DESC(rows6, "the same for IPv6 peers");

static int twr_hz_set(const char *text, const struct kernel_param *kp)
{
	unsigned int hz;

	if (kstrtouint(text, 0, &hz) || hz > NSEC_PER_SEC) {
		pr_err("hz=%s: must be ticks a second, from 0 to 1000000000\n",
		       text);
		return -EINVAL;
	}
	WRITE_ONCE(twr_engine.hz, hz);
	return 0;
}

static const struct kernel_param_ops twr_hz_ops = {
	.set = twr_hz_set,
	.get = param_get_uint,
};

module_param_cb(hz, &twr_hz_ops, &twr_engine.hz, 0644);
MODULE_PARM_DESC(hz, "ticks a second of clients' clocks, for delays (0: measured where possible, else 1000)");

static const char *twr_schedule = TWR_SCHEDULE_DEFAULT;

static int twr_schedule_set(const char *text, const struct kernel_param *kp)
{
	const struct twr_schedule *schedule = twr_schedule_find(text);

	if (!schedule) {
		pr_err("schedule=%s: no such schedule, must be " TWR_SCHEDULE_NAMES "\n", text);
		return -EINVAL;
	}
	twr_schedule = schedule->name;
	return 0;
}

static int twr_schedule_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", twr_schedule);
}

static const struct kernel_param_ops twr_schedule_ops = {
	.set = twr_schedule_set,
	.get = twr_schedule_get,
};

module_param_cb(schedule, &twr_schedule_ops, NULL, 0444);
MODULE_PARM_DESC(schedule, "when clients send a SYN again, for delays: linux, linux-6.5 or bsd (linux)");

/* Number of records of connections; 0 for the default. */
static u32 twr_records;

static int twr_records_set(const char *text, const struct kernel_param *kp)
{
	if (kstrtou32(text, 0, &twr_records) || !twr_records ||
	    twr_records > BIT(30)) {
		pr_err("records=%s: must be a number of connections, from 1 to 1073741824\n",
		       text);
		return -EINVAL;
	}
	return 0;
}

static const struct kernel_param_ops twr_records_ops = {
	.set = twr_records_set,
	.get = param_get_uint,
};

module_param_cb(records, &twr_records_ops, &twr_records, 0444);
MODULE_PARM_DESC(records, "size of the table of connections (one for each 16 KiB of memory, from 24576 to 16777216)");

/*
 * The counters tell about connections of other users, including those in namespaces that
 * the reader cannot enter. So by default only root reads them.
 */
static umode_t twr_mode = 0400;

static int twr_mode_set(const char *text, const struct kernel_param *kp)
{
	u16 mode;

	if (kstrtou16(text, 8, &mode) || mode & ~0444) {
		pr_err("mode=%s: must be read permissions in octal, such as 0400, 0440 or 0444\n",
		       text);
		return -EINVAL;
	}
	twr_mode = mode;
	return 0;
}

static int twr_mode_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%#o\n", twr_mode);
}

static const struct kernel_param_ops twr_mode_ops = {
	.set = twr_mode_set,
	.get = twr_mode_get,
};

module_param_cb(mode, &twr_mode_ops, &twr_mode, 0444);
MODULE_PARM_DESC(mode, "permissions of the counters' files, in octal (0400)");

static u32 twr_gid;

static int twr_gid_set(const char *text, const struct kernel_param *kp)
{
	/* The largest number stands for no group. */
	if (kstrtou32(text, 0, &twr_gid) || twr_gid == U32_MAX) {
		pr_err("gid=%s: must be the number of a group\n", text);
		return -EINVAL;
	}
	return 0;
}

static const struct kernel_param_ops twr_gid_ops = {
	.set = twr_gid_set,
	.get = param_get_uint,
};

module_param_cb(gid, &twr_gid_ops, &twr_gid, 0444);
MODULE_PARM_DESC(gid, "group of the counters' files (0)");

static int twr_hook_net_init(struct net *net)
{
	return twr_hook_register(net);
}

/* An RCU grace period follows before the namespace's counters are freed. */
static void twr_hook_net_pre_exit(struct net *net)
{
	twr_hook_unregister(net);
}

/* Not part of twr_net_ops, because hooks are registered last and unregistered first. */
static struct pernet_operations twr_hook_ops = {
	.init = twr_hook_net_init,
	.pre_exit = twr_hook_net_pre_exit,
};

static struct twr_cache_config twr_make_cache_config(const struct twr_era *era, u32 rows,
						     u32 rows6)
{
	return (struct twr_cache_config) {
		.rows = rows,
		.rows6 = rows6,
		.lru_entries = era->inet_peer_max,
		.lru_ttl = era->inet_peer_ttl,
		.netns_is_alive = twr_net_is_alive,
	};
}

static int twr_tables_new(const struct twr_config *config)
{
	struct twr_cache_config cache_config;

	twr_conn_init_secret();
	cache_config = twr_make_cache_config(twr_engine.era, config->rows, config->rows6);
	twr_engine.cache = twr_cache_new(&cache_config);
	if (IS_ERR(twr_engine.cache))
		return PTR_ERR(twr_engine.cache);

	twr_engine.records = twr_records_new(config->records,
					     twr_engine.era->has_death_row_slots,
					     twr_net_is_alive);
	if (!twr_engine.records)
		goto err_cache;

	twr_engine.offenders = twr_offenders_new(twr_net_is_alive);
	if (!twr_engine.offenders)
		goto err_records;

	if (!twr_engine_new_pending(&twr_engine, twr_schedule_find(config->schedule),
				    twr_hook_settled))
		goto err_offenders;

	twr_unanswered = twr_unanswered_new(twr_net_is_alive);
	if (!twr_unanswered)
		goto err_pending;
	return 0;

err_pending:
	twr_pending_free(twr_engine.pending);
err_offenders:
	twr_offenders_free(twr_engine.offenders);
err_records:
	twr_records_free(twr_engine.records);
err_cache:
	twr_cache_free(twr_engine.cache);
	return -ENOMEM;
}

static void twr_tables_free(void)
{
	twr_unanswered_free(twr_unanswered);
	twr_pending_free(twr_engine.pending);
	twr_offenders_free(twr_engine.offenders);
	twr_records_free(twr_engine.records);
	twr_cache_free(twr_engine.cache);
}

/*
 * Hooks are registered after everything else that can fail: when a hook is unregistered,
 * netfilter drops all packets of that namespace that wait in an NFQUEUE, whoever queued
 * them.
 */
int twr_start(const struct twr_config *config)
{
	int err;

	twr_engine.era = twr_era_find(config->era);
	if (!twr_engine.era || !twr_schedule_find(config->schedule))
		return -EINVAL;

	err = twr_tables_new(config);
	if (err)
		goto err_none;

	err = twr_netns_start();
	if (err)
		goto err_tables;

	err = twr_debugfs_init();
	if (err)
		goto err_netns;

	err = twr_sysfs_init(config->era, config->mode, config->gid);
	if (err)
		goto err_debugfs;

	err = twr_transition_register();
	if (err)
		goto err_sysfs;

	err = register_pernet_subsys(&twr_hook_ops);
	if (err)
		goto err_transition;
	return 0;

err_transition:
	twr_transition_unregister();
err_sysfs:
	twr_sysfs_exit();
err_debugfs:
	twr_debugfs_exit();
err_netns:
	twr_netns_stop();
err_tables:
	twr_tables_free();
err_none:
	twr_engine.cache = NULL;
	return err;
}

void twr_stop(void)
{
	unregister_pernet_subsys(&twr_hook_ops);
	twr_transition_unregister();
	twr_sysfs_exit();
	twr_debugfs_exit();
	twr_netns_stop();
	twr_tables_free();
	twr_engine.cache = NULL;
}

static int __init twr_parse_rows(struct twr_rows_param *param, const char *name,
				 const struct twr_era_choice *choice)
{
	param->rows = twr_cache_default_rows();
	if (param->text &&
	    (kstrtou32(param->text, 0, &param->rows) ||
	     !is_power_of_2(param->rows))) {
		pr_err("%s=%s: must be a power of two from 1 to 2147483648\n",
		       name, param->text);
		return -EINVAL;
	}

	if (choice->era->inet_peer_max) {
		if (param->text)
			pr_notice("%s=%s: of no effect, era %s has one list of %u peers\n",
				  name, param->text, choice->name,
				  choice->era->inet_peer_max);
		param->rows = 0;
	}
	return 0;
}

static int __init twr_parse_parameters(struct twr_era_choice *choice,
				       struct twr_cache_config *cache_config)
{
	int err;

	twr_era_choose(twr_era_text, choice);
	if (!choice->era) {
		pr_err("era=%s: %s\n", twr_era_text, choice->refusal);
		return -EINVAL;
	}
	if (choice->hint)
		pr_notice("era=%s: %s\n", twr_era_text, choice->hint);
	if (choice->unrecorded)
		pr_notice("era=%s: " TWR_ERA_UNRECORDED "\n", twr_era_text);

	err = twr_parse_rows(&twr_rows, "rows", choice) ?:
	      twr_parse_rows(&twr_rows6, "rows6", choice);
	*cache_config = twr_make_cache_config(choice->era, twr_rows.rows, twr_rows6.rows);
	return err;
}

/* Tell the user of such a kernel why files are missing. */
static void __init twr_warn_files_missing(void)
{
	if (!IS_ENABLED(CONFIG_SYSFS) && !IS_ENABLED(CONFIG_DEBUG_FS))
		pr_warn("this kernel has neither sysfs nor debugfs: only the tracepoints show what is counted\n");
	else if (!IS_ENABLED(CONFIG_SYSFS))
		pr_warn("this kernel has no sysfs: debugfs alone shows what is counted\n");
	else if (!IS_ENABLED(CONFIG_DEBUG_FS))
		pr_warn("this kernel has no debugfs: peers and offenders are not shown\n");
}

static int __init twr_init(void)
{
	/* The name stays: era in sysfs shows it. */
	static struct twr_era_choice choice;
	struct twr_cache_config cache_config;
	struct twr_config config;
	char sizes[64];
	u32 mib;
	int err;

	err = twr_parse_parameters(&choice, &cache_config);
	if (err)
		return err;

	twr_records = twr_records ?: twr_records_default_count();
	if (cache_config.lru_entries)
		snprintf(sizes, sizeof(sizes), "a list of %u peers, records=%u",
			 cache_config.lru_entries, twr_records);
	else
		snprintf(sizes, sizeof(sizes), "rows=%u rows6=%u records=%u",
			 cache_config.rows, cache_config.rows6, twr_records);
	mib = DIV_ROUND_UP_ULL(twr_cache_bytes(&cache_config) +
			       twr_records_bytes(twr_records), SZ_1M);
	config = (struct twr_config) {
		.era = choice.name,
		.rows = cache_config.rows,
		.rows6 = cache_config.rows6,
		.records = twr_records,
		.schedule = twr_schedule,
		.mode = twr_mode,
		.gid = twr_gid,
	};
	err = twr_start(&config);
	if (err == -ENOMEM)
		pr_err("%s: not enough memory free, the tables take %u MiB\n",
		       sizes, mib);
	else if (err == -ENOENT)
		pr_err("cannot load, this kernel has no tracepoint inet_sock_set_state (CONFIG_TRACEPOINTS)\n");
	else if (err)
		pr_err("cannot load, error %d\n", err);
	if (err)
		return err;
	pr_info("watching as %s, %s (%u MiB)\n", choice.name, sizes, mib);
	twr_warn_files_missing();
	return 0;
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
