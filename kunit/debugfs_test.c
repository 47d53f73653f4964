// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs_test.c - the directories and files exist, and only root can read them
 *
 * The tests in guests check what the files show.
 */
#include <kunit/test.h>
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <net/net_namespace.h>

#include "fixture.h"

/* Consumes the reference on @dir. Return: the entry in it, or NULL. */
static struct dentry *enter(struct dentry *dir, const char *name)
{
	struct dentry *found = debugfs_lookup(name, dir);

	dput(dir);
	return IS_ERR(found) ? NULL : found;
}

/* Consumes the reference. Return: true if it is a file that only root may read. */
static bool is_private(struct dentry *file)
{
	bool private;

	if (!file)
		return false;
	private = (d_inode(file)->i_mode & 0777) == 0400;
	dput(file);
	return private;
}

static struct dentry *namespace(struct kunit *test)
{
	struct dentry *dir;
	char name[16];

	snprintf(name, sizeof(name), "%u", init_net.ns.inum);
	dir = debugfs_lookup("tw_recycle_sim", NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dir);
	dir = enter(dir, "netns");
	KUNIT_ASSERT_NOT_NULL(test, dir);
	dir = enter(dir, name);
	KUNIT_ASSERT_NOT_NULL(test, dir);
	return dir;
}

static void the_tables_are_there(struct kunit *test)
{
	struct dentry *dir = debugfs_lookup("tw_recycle_sim", NULL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dir);
	KUNIT_EXPECT_TRUE(test, is_private(enter(dget(dir), "peers")));
	KUNIT_EXPECT_TRUE(test, is_private(enter(dir, "offenders")));
}

/* All counters are in one file, whatever their number. */
static void a_namespace_has_three_files(struct kunit *test)
{
	static const char * const names[] = { "counters", "peers", "offenders" };
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_TRUE_MSG(test,
				      is_private(enter(namespace(test), names[i])),
				      "%s", names[i]);
	KUNIT_EXPECT_NULL(test, enter(namespace(test), "syns_seen"));
	KUNIT_EXPECT_NULL(test, enter(namespace(test), "exempt"));
}

static struct kunit_case debugfs_cases[] = {
	KUNIT_CASE(the_tables_are_there),
	KUNIT_CASE(a_namespace_has_three_files),
	{ }
};

static struct kunit_suite debugfs_suite = {
	.name = "twr_debugfs",
	.suite_init = twr_test_start,
	.suite_exit = twr_test_stop,
	.test_cases = debugfs_cases,
};

kunit_test_suite(debugfs_suite);
