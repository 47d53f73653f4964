// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs.c - /sys/kernel/tw_recycle_sim/, one value a file
 */
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "cache.h"
#include "main.h"
#include "stats.h"
#include "sysfs.h"

/* Each figure's file, in the order of twr_figures. */
static struct kobj_attribute twr_figure_attrs[TWR_FIGURES];

/* Each holds at most every figure, the other files and the end. */
static struct attribute *twr_attrs[3][TWR_FIGURES + 4];

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

static const struct attribute_group *twr_groups[] = {
	&twr_top_group,
	&twr_exempt_group,
	&twr_delays_group,
	NULL
};

static struct kobject *twr_kobj;

static ssize_t twr_figure_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	u64 sums[TWR_COUNTERS];

	twr_sums(NULL, sums);
	return sysfs_emit(buf, "%llu\n",
			  twr_stats_figure(&twr_figures[attr - twr_figure_attrs],
					   sums));
}

static ssize_t peers_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%llu\n", twr_cache_count(twr_cache, 0));
}

static ssize_t era_show(struct kobject *kobj, struct kobj_attribute *attr,
			char *buf)
{
	return sysfs_emit(buf, "%s\n", twr_era_name);
}

static ssize_t reset_store(struct kobject *kobj, struct kobj_attribute *attr,
			   const char *buf, size_t len)
{
	if (!sysfs_streq(buf, "1"))
		return -EINVAL;
	twr_reset();
	return len;
}

static struct kobj_attribute twr_peers_attr = __ATTR_RO(peers);
static struct kobj_attribute twr_era_attr = __ATTR_RO(era);
static struct kobj_attribute twr_reset_attr = __ATTR(reset, 0200, NULL,
						     reset_store);

/* Which of twr_groups a figure's file is in. */
static int twr_group_of(const struct twr_figure *figure)
{
	int g = 0;

	while (figure->dir && strcmp(twr_groups[++g]->name, figure->dir))
		;
	return g;
}

static void twr_sysfs_fill(void)
{
	int i, g, used[ARRAY_SIZE(twr_attrs)] = { };

	for (i = 0; i < TWR_FIGURES; i++) {
		struct kobj_attribute *attr = &twr_figure_attrs[i];

		sysfs_attr_init(&attr->attr);
		attr->attr.name = twr_figures[i].name;
		attr->attr.mode = 0444;
		attr->show = twr_figure_show;
		g = twr_group_of(&twr_figures[i]);
		twr_attrs[g][used[g]++] = &attr->attr;
	}
	twr_attrs[0][used[0]++] = &twr_peers_attr.attr;
	twr_attrs[0][used[0]++] = &twr_era_attr.attr;
	twr_attrs[0][used[0]++] = &twr_reset_attr.attr;
}

int twr_sysfs_init(void)
{
	int err;

	twr_sysfs_fill();
	twr_kobj = kobject_create_and_add("tw_recycle_sim", kernel_kobj);
	if (!twr_kobj)
		return -ENOMEM;

	err = sysfs_create_groups(twr_kobj, twr_groups);
	if (err)
		kobject_put(twr_kobj);
	return err;
}

void twr_sysfs_exit(void)
{
	sysfs_remove_groups(twr_kobj, twr_groups);
	kobject_put(twr_kobj);
}
