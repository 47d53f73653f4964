// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs.c - /sys/kernel/tw_recycle_sim/: one value per file, and one file with all counters
 */
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "cache.h"
#include "netns.h"
#include "pending.h"
#include "stats.h"
#include "sysfs.h"
#include "timewait.h"

/* The counter files, in the order of twr_counter_files. */
static struct kobj_attribute twr_counter_file_attrs[TWR_COUNTER_FILES];

/* Each group has room for all counter files, the two other files, and the end. */
static struct attribute *twr_attrs[5][TWR_COUNTER_FILES + 3];

static const struct attribute_group twr_top_group = {
	.attrs = twr_attrs[0],
};

static const struct attribute_group twr_exempt_group = {
	.name = "exempt",
	.attrs = twr_attrs[1],
};

static const struct attribute_group twr_delays_group = {
	.name = "delays",
	.attrs = twr_attrs[2],
};

static const struct attribute_group twr_timewait_group = {
	.name = "timewait",
	.attrs = twr_attrs[3],
};

static const struct attribute_group twr_lost_group = {
	.name = "lost",
	.attrs = twr_attrs[4],
};

/* The files of these groups belong to the group that the parameter gid names. */
static const struct attribute_group *twr_groups[] = {
	&twr_top_group,
	&twr_exempt_group,
	&twr_delays_group,
	&twr_timewait_group,
	&twr_lost_group,
	NULL
};

static struct kobject *twr_sysfs_kobj;

/* Name of the era, as the user wrote it. */
static const char *twr_sysfs_era_name;

static ssize_t twr_counter_file_show(struct kobject *kobj,
				     struct kobj_attribute *attr, char *buf)
{
	u64 sums[TWR_COUNTERS];

	twr_netns_sum_counters(NULL, sums);
	return sysfs_emit(buf, "%llu\n",
			  twr_stats_file_value(&twr_counter_files[attr - twr_counter_file_attrs],
					       sums));
}

static ssize_t counters_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *buf)
{
	u64 sums[TWR_COUNTERS];
	char line[TWR_COUNTER_LINE_MAX];
	int i, len = 0;

	twr_netns_sum_counters(NULL, sums);
	for (i = 0; i < TWR_COUNTER_FILES; i++)
		if (twr_stats_file_is_shown(&twr_counter_files[i],
					    twr_pending_schedule(twr_engine.pending)))
			len += sysfs_emit_at(buf, len, "%s",
					     twr_stats_format_line(line, &twr_counter_files[i],
								   sums));
	return len;
}

static ssize_t peers_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%llu\n", twr_cache_count(twr_engine.cache, 0));
}

static ssize_t buckets_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct twr_timewait timewait;

	twr_timewait_measure(NULL, &timewait);
	return sysfs_emit(buf, "%llu\n", timewait.buckets);
}

static ssize_t simulated_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct twr_timewait timewait;

	twr_timewait_measure(NULL, &timewait);
	return sysfs_emit(buf, "%llu\n", timewait.simulated);
}

static ssize_t era_show(struct kobject *kobj, struct kobj_attribute *attr,
			char *buf)
{
	return sysfs_emit(buf, "%s\n", twr_sysfs_era_name);
}

static ssize_t reset_store(struct kobject *kobj, struct kobj_attribute *attr,
			   const char *buf, size_t len)
{
	if (!sysfs_streq(buf, "1"))
		return -EINVAL;
	twr_netns_reset_all();
	return len;
}

static struct kobj_attribute twr_counters_attr = __ATTR(counters, 0400,
							counters_show, NULL);
static struct kobj_attribute twr_peers_attr = __ATTR(peers, 0400, peers_show, NULL);
static struct kobj_attribute twr_buckets_attr = __ATTR(buckets, 0400, buckets_show, NULL);
static struct kobj_attribute twr_simulated_attr = __ATTR(simulated, 0400, simulated_show,
							 NULL);
static struct kobj_attribute twr_era_attr = __ATTR_RO(era);
static struct kobj_attribute twr_reset_attr = __ATTR(reset, 0200, NULL,
						     reset_store);

static struct attribute *twr_other_attrs[] = {
	&twr_era_attr.attr,
	&twr_reset_attr.attr,
	NULL
};

static const struct attribute_group twr_other_group = {
	.attrs = twr_other_attrs,
};

/* Return: the index in twr_groups of a counter file's group. */
static int twr_sysfs_group_of(const struct twr_counter_file *file)
{
	int g = 0;

	while (file->dir && strcmp(twr_groups[++g]->name, file->dir))
		;
	return g;
}

static void twr_sysfs_fill(umode_t mode)
{
	int i, g, used[ARRAY_SIZE(twr_attrs)] = { };

	memset(twr_attrs, 0, sizeof(twr_attrs));
	for (i = 0; i < TWR_COUNTER_FILES; i++) {
		struct kobj_attribute *attr = &twr_counter_file_attrs[i];

		if (!twr_stats_file_is_shown(&twr_counter_files[i],
					     twr_pending_schedule(twr_engine.pending)))
			continue;
		sysfs_attr_init(&attr->attr);
		attr->attr.name = twr_counter_files[i].name;
		attr->attr.mode = mode;
		attr->show = twr_counter_file_show;
		g = twr_sysfs_group_of(&twr_counter_files[i]);
		twr_attrs[g][used[g]++] = &attr->attr;
	}
	twr_counters_attr.attr.mode = mode;
	twr_peers_attr.attr.mode = mode;
	twr_buckets_attr.attr.mode = mode;
	twr_simulated_attr.attr.mode = mode;
	twr_attrs[0][used[0]++] = &twr_counters_attr.attr;
	twr_attrs[0][used[0]++] = &twr_peers_attr.attr;
	twr_attrs[3][used[3]++] = &twr_buckets_attr.attr;
	twr_attrs[3][used[3]++] = &twr_simulated_attr.attr;
}

int twr_sysfs_init(const char *era, umode_t mode, u32 gid)
{
	int err;

	twr_sysfs_era_name = era;
	twr_sysfs_fill(mode);
	twr_sysfs_kobj = kobject_create_and_add("tw_recycle_sim", kernel_kobj);
	if (!twr_sysfs_kobj)
		return -ENOMEM;

	err = sysfs_create_group(twr_sysfs_kobj, &twr_other_group);
	if (err)
		goto err_kobj;

	err = sysfs_create_groups(twr_sysfs_kobj, twr_groups);
	if (err)
		goto err_other;

	err = sysfs_groups_change_owner(twr_sysfs_kobj, twr_groups, GLOBAL_ROOT_UID,
					make_kgid(&init_user_ns, gid));
	if (err)
		goto err_groups;
	return 0;

err_groups:
	sysfs_remove_groups(twr_sysfs_kobj, twr_groups);
err_other:
	sysfs_remove_group(twr_sysfs_kobj, &twr_other_group);
err_kobj:
	kobject_put(twr_sysfs_kobj);
	return err;
}

void twr_sysfs_exit(void)
{
	sysfs_remove_groups(twr_sysfs_kobj, twr_groups);
	sysfs_remove_group(twr_sysfs_kobj, &twr_other_group);
	kobject_put(twr_sysfs_kobj);
}
