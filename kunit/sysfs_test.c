// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs_test.c - each file exists, and shows its own value and no other
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <net/net_namespace.h>

#include "cache.h"
#include "fixture.h"
#include "netns.h"
#include "pending.h"
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

/*
 * Return: the value of a number if each counter has its place as value, counted from 1.
 */
static u64 number_of(const struct twr_counter_file *file)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < TWR_COUNTERS; i++) {
		if (file->counters & BIT_ULL(i))
			sum += 1 + i;
		if (file->minus & BIT_ULL(i))
			sum -= 1 + i;
	}
	return sum;
}

static void count_differently(void)
{
	int i, n;

	for (i = 0; i < TWR_COUNTERS; i++)
		for (n = 0; n <= i; n++)
			twr_stats_inc(&twr_net(&init_net)->stats, i);
}

static bool is_shown(const struct twr_counter_file *file)
{
	return twr_stats_file_is_shown(file, twr_pending_schedule(twr_engine.pending));
}

static void each_counter_file_shows_its_value(struct kunit *test)
{
	char text[32], wanted[32];
	int i;

	twr_netns_reset_all();
	count_differently();
	for (i = 0; i < TWR_COUNTER_FILES; i++) {
		const struct twr_counter_file *file = &twr_counter_files[i];

		if (!is_shown(file))
			continue;
		snprintf(wanted, sizeof(wanted), "%llu\n", number_of(file));
		read_file(test, file->dir, file->name, text, sizeof(text));
		KUNIT_EXPECT_STREQ_MSG(test, text, wanted, "%s", file->name);
	}
}

static void counters_has_a_line_for_each(struct kunit *test)
{
	char *text = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	char *wanted = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	int i, len = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_NOT_NULL(test, wanted);
	twr_netns_reset_all();
	count_differently();
	for (i = 0; i < TWR_COUNTER_FILES; i++) {
		const struct twr_counter_file *file = &twr_counter_files[i];

		if (!is_shown(file))
			continue;
		if (file->dir)
			len += scnprintf(wanted + len, PAGE_SIZE - len, "%s/",
					 file->dir);
		len += scnprintf(wanted + len, PAGE_SIZE - len, "%s %llu\n",
				 file->name, number_of(file));
	}
	read_file(test, NULL, "counters", text, PAGE_SIZE);
	KUNIT_EXPECT_STREQ(test, text, wanted);
}

/* Only root can read the counters, unless the module's parameter allows more. */
static void files_have_their_modes(struct kunit *test)
{
	struct { const char *dir, *name; umode_t mode; } files[] = {
		{ NULL, "counters", 0400 },
		{ NULL, "peers", 0400 },
		{ NULL, "syns_seen", 0400 },
		{ "exempt", "timewait", 0400 },
		{ "delays", "never", 0400 },
		{ "lost", "timewait", 0400 },
		{ NULL, "era", 0444 },
		{ NULL, "reset", 0200 },
	};
	struct file *file;
	int i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		file = open_file(files[i].dir, files[i].name,
				 files[i].mode & 0400 ? O_RDONLY : O_WRONLY);
		KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "%s", files[i].name);
		KUNIT_EXPECT_EQ_MSG(test, file_inode(file)->i_mode & 0777,
				    files[i].mode, "%s", files[i].name);
		filp_close(file, NULL);
	}
}

static void the_other_files_are_there(struct kunit *test)
{
	struct twr_update update = { .creates_entry = true };
	struct twr_key key = { .netns = twr_net(&init_net)->id };
	char text[32];

	read_file(test, NULL, "era", text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, text, "4.11\n");

	twr_netns_reset_all();
	twr_cache_update(twr_engine.cache, &key, &update, NULL, 0, 0);
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
	KUNIT_CASE(each_counter_file_shows_its_value),
	KUNIT_CASE(counters_has_a_line_for_each),
	KUNIT_CASE(files_have_their_modes),
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
