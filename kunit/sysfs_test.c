// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs_test.c - each file is there, shows its own value, and only that
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <net/net_namespace.h>

#include "live.h"
#include "main.h"
#include "stats.h"

static struct file *open_file(const char *dir, const char *name, int flags)
{
	struct file *file;
	char *path;

	path = kasprintf(GFP_KERNEL, "/sys/kernel/tw_recycle_sim/%s%s%s",
			 dir ?: "", dir ? "/" : "", name);
	if (!path)
		return ERR_PTR(-ENOMEM);
	file = filp_open(path, flags, 0);
	kfree(path);
	return file;
}

static void read_file(struct kunit *test, const char *dir, const char *name,
		      char *text, size_t size)
{
	struct file *file = open_file(dir, name, O_RDONLY);
	loff_t pos = 0;
	ssize_t len;

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "%s: %ld", name,
			       PTR_ERR(file));
	len = kernel_read(file, text, size - 1, &pos);
	filp_close(file, NULL);
	KUNIT_ASSERT_GE(test, len, (ssize_t)0);
	text[len] = 0;
}

static ssize_t write_file(struct kunit *test, const char *name,
			  const char *text)
{
	struct file *file = open_file(NULL, name, O_WRONLY);
	loff_t pos = 0;
	ssize_t len;

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	len = kernel_write(file, text, strlen(text), &pos);
	filp_close(file, NULL);
	return len;
}

static void count_differently(void)
{
	int i, n;

	local_bh_disable();
	for (i = 0; i < TWR_COUNTERS; i++)
		for (n = 0; n < 1 << i; n++)
			twr_stats_count(&twr_net(&init_net)->stats, i);
	local_bh_enable();
}

static void each_figure_shows_its_value(struct kunit *test)
{
	char text[32], wanted[32];
	int i;

	twr_reset();
	count_differently();
	for (i = 0; i < TWR_FIGURES; i++) {
		const struct twr_figure *figure = &twr_figures[i];

		/* Counter n stands at 2^n, so the mask is the sum. */
		snprintf(wanted, sizeof(wanted), "%u\n", figure->counters);
		read_file(test, figure->dir, figure->name, text, sizeof(text));
		KUNIT_EXPECT_STREQ_MSG(test, text, wanted, "%s", figure->name);
	}
}

static void the_other_files_are_there(struct kunit *test)
{
	struct twr_update update = { .create = true };
	struct twr_key key = { .netns = 1 };
	char text[32];

	read_file(test, NULL, "era", text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, text, "4.11\n");

	twr_reset();
	twr_cache_update(twr_cache, &key, &update, NULL, 0, 0);
	read_file(test, NULL, "peers", text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, text, "1\n");
}

static void reset_takes_a_1_and_nothing_else(struct kunit *test)
{
	static const char * const wrong[] = { "0", "2", "yes", "11", "\n" };
	char text[32];
	int i;

	count_differently();
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		KUNIT_EXPECT_EQ(test, write_file(test, "reset", wrong[i]),
				(ssize_t)-EINVAL);
	read_file(test, NULL, "syns_seen", text, sizeof(text));
	KUNIT_EXPECT_STRNEQ(test, text, "0\n");

	KUNIT_EXPECT_EQ(test, write_file(test, "reset", "1\n"), (ssize_t)2);
	read_file(test, NULL, "syns_seen", text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, text, "0\n");
}

static struct kunit_case sysfs_cases[] = {
	KUNIT_CASE(each_figure_shows_its_value),
	KUNIT_CASE(the_other_files_are_there),
	KUNIT_CASE(reset_takes_a_1_and_nothing_else),
	{ }
};

static struct kunit_suite sysfs_suite = {
	.name = "twr_sysfs",
	.suite_init = twr_test_start,
	.suite_exit = twr_test_stop,
	.test_cases = sysfs_cases,
};

kunit_test_suite(sysfs_suite);
