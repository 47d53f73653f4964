// SPDX-License-Identifier: GPL-2.0
/*
 * era_test.c - the rules, at their edges
 */
#include <kunit/test.h>

#include "era.h"

#define NOW	1700000000U

struct judge_case {
	const char *name;
	u32 ts;
	u32 age;
	bool timed;
	u32 tsval;
	enum twr_verdict verdict;
};

static const struct judge_case judge_cases[] = {
	{ "same", 1000, 0, true, 1000, TWR_PASS },
	{ "newer", 1000, 0, true, 1001, TWR_PASS },
	{ "one tick older", 1000, 0, true, 999, TWR_PASS },
	{ "two ticks older", 1000, 0, true, 998, TWR_REJECT_OLDER },
	{ "older, 59 s", 1000, 59, true, 1, TWR_REJECT_OLDER },
	{ "older, 60 s", 1000, 60, true, 1, TWR_PASS },
	{ "older, 61 s", 1000, 61, true, 1, TWR_PASS },
	{ "untimed", 1000, 0, false, 0, TWR_REJECT_UNTIMED },
	{ "untimed, 59 s", 1000, 59, false, 0, TWR_REJECT_UNTIMED },
	{ "untimed, 60 s", 1000, 60, false, 0, TWR_PASS },
	{ "older across the wrap", 5, 0, true, 0xfffffff0, TWR_REJECT_OLDER },
	{ "newer across the wrap", 0xfffffff0, 0, true, 5, TWR_PASS },
	{ "half the space older", 0x80000000, 0, true, 0, TWR_PASS },
	{ "nearly half older", 0x7fffffff, 0, true, 0, TWR_REJECT_OLDER },
	{ "never stamped", 0, NOW, true, 0x80000001, TWR_PASS },
	{ "never stamped, untimed", 0, NOW, false, 0, TWR_PASS },
	{ "stamped a second ahead", 1000, -1, true, 1, TWR_PASS },
};

static void judge_describe(const struct judge_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(judge, judge_cases, judge_describe);

static void judges(struct kunit *test)
{
	const struct judge_case *c = test->param_value;
	struct twr_stamp kept = { .ts = c->ts, .ts_stamp = NOW - c->age };

	KUNIT_EXPECT_EQ(test, twr_era_judge(&kept, c->timed, c->tsval, NOW),
			c->verdict);
}

struct replace_case {
	const char *name;
	u32 ts;
	u32 age;
	u32 new_ts;
	u32 new_age;
	bool replaces;
};

static const struct replace_case replace_cases[] = {
	{ "same", 1000, 10, 1000, 0, true },
	{ "newer", 1000, 10, 1001, 0, true },
	{ "newer, taken before", 1000, 10, 1001, 20, true },
	{ "one tick older", 1000, 10, 999, 0, false },
	{ "older, 60 s", 1000, 60, 1, 0, false },
	{ "older, 61 s", 1000, 61, 1, 0, true },
	{ "older, 61 s, taken in that second", 1000, 61, 1, 61, true },
	{ "older, 61 s, taken before", 1000, 61, 1, 62, false },
	{ "newer across the wrap", 0xfffffff0, 10, 5, 0, true },
	{ "older across the wrap", 5, 10, 0xfffffff0, 0, false },
	{ "half the space away", 0, 10, 0x80000000, 0, true },
	{ "more than half away", 0, 10, 0x80000001, 0, false },
	{ "first stamp", 0, NOW, 0x90000000, 0, true },
};

static void replace_describe(const struct replace_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(replace, replace_cases, replace_describe);

static void replaces(struct kunit *test)
{
	const struct replace_case *c = test->param_value;
	struct twr_stamp kept = { .ts = c->ts, .ts_stamp = NOW - c->age };
	struct twr_stamp offered = {
		.ts = c->new_ts,
		.ts_stamp = NOW - c->new_age,
	};

	KUNIT_EXPECT_EQ(test, twr_era_replaces(&kept, &offered, NOW),
			c->replaces);
}

static void knows_the_last_era_only(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, twr_era_known("4.11"));
	KUNIT_EXPECT_FALSE(test, twr_era_known("4.12"));
	KUNIT_EXPECT_FALSE(test, twr_era_known("4.1"));
	KUNIT_EXPECT_FALSE(test, twr_era_known(""));
}

/* The second after boot in which a rule would take 0 for a moment ago. */
static void clock_is_far_from_zero(struct kunit *test)
{
	struct twr_stamp never = { 0 };

	KUNIT_EXPECT_EQ(test, twr_era_judge(&never, false, 0, twr_clock(0)),
			TWR_PASS);
	KUNIT_EXPECT_EQ(test, twr_clock(61) - twr_clock(1), 60U);
}

static struct kunit_case era_cases[] = {
	KUNIT_CASE_PARAM(judges, judge_gen_params),
	KUNIT_CASE_PARAM(replaces, replace_gen_params),
	KUNIT_CASE(knows_the_last_era_only),
	KUNIT_CASE(clock_is_far_from_zero),
	{ }
};

static struct kunit_suite era_suite = {
	.name = "twr_era",
	.test_cases = era_cases,
};

kunit_test_suite(era_suite);
