// SPDX-License-Identifier: GPL-2.0
/*
 * era_test.c - the rules of the eras, at their limits
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
	{ "a TSval of 0", 1000, 0, true, 0, TWR_REJECT_OLDER },
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
	struct twr_stamp cached = { .ts = c->ts, .ts_stamp = NOW - c->age };
	const struct twr_era *last = twr_era_find(TWR_ERA_LAST);

	KUNIT_EXPECT_EQ(test, twr_era_judge_syn(last, &cached, c->timed, c->tsval, NOW),
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
	struct twr_stamp cached = { .ts = c->ts, .ts_stamp = NOW - c->age };
	struct twr_stamp offered = {
		.ts = c->new_ts,
		.ts_stamp = NOW - c->new_age,
	};

	KUNIT_EXPECT_EQ(test, twr_era_replaces_stamp(&cached, &offered, NOW),
			c->replaces);
}

/* What the releases do with the queues of a listener. */
#define ROUNDS	1	/* up to 4.3: the request queue's bound is a power of two */
#define YOUNG	2	/* up to 4.9: a full accept queue lets a SYN pass */
#define COOKIES	4	/* from 3.12 on: tcp_syncookies=2 */

struct queue_era {
	const char *name;
	u8 rules;
	bool mapped;
};

static const struct queue_era queue_eras[] = {
	{ "2.6.32", ROUNDS | YOUNG },
	{ "el6", ROUNDS | YOUNG },
	{ "3.5", ROUNDS | YOUNG },
	{ "3.6", ROUNDS | YOUNG, .mapped = true },
	{ "3.11", ROUNDS | YOUNG, .mapped = true },
	{ "3.12", ROUNDS | YOUNG | COOKIES, .mapped = true },
	{ "3.13", ROUNDS | YOUNG | COOKIES, .mapped = true },
	{ "3.14", ROUNDS | YOUNG | COOKIES },
	{ "el7", ROUNDS | YOUNG | COOKIES },
	{ "4.3", ROUNDS | YOUNG | COOKIES },
	{ "4.4", YOUNG | COOKIES },
	{ "4.9", YOUNG | COOKIES },
	{ "4.10", COOKIES },
	{ "4.11", COOKIES },
};

static void queue_era_describe(const struct queue_era *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(queue_era, queue_eras, queue_era_describe);

static void a_release_has_its_queues(struct kunit *test)
{
	const struct queue_era *c = test->param_value;
	const struct twr_era *era = twr_era_find(c->name);
	struct twr_listener_queues q = { .backlog = 4, .max_syn_backlog = 128 };

	KUNIT_ASSERT_NOT_NULL(test, era);
	KUNIT_EXPECT_EQ(test, era->files_v4mapped_as_ipv6, c->mapped);
	KUNIT_EXPECT_EQ(test, twr_era_check_queues(era, &q), TWR_NOT_EXEMPT);

	/* A backlog of 4 gave a queue of 16 (recorded on CentOS 7). */
	q.requests = 4;
	KUNIT_EXPECT_EQ(test, twr_era_check_queues(era, &q),
			c->rules & ROUNDS ? TWR_NOT_EXEMPT : TWR_EXEMPT_QUEUE_FULL);
	q.requests = 15;
	KUNIT_EXPECT_EQ(test, twr_era_check_queues(era, &q),
			c->rules & ROUNDS ? TWR_NOT_EXEMPT : TWR_EXEMPT_QUEUE_FULL);
	q.requests = 16;
	KUNIT_EXPECT_EQ(test, twr_era_check_queues(era, &q), TWR_EXEMPT_QUEUE_FULL);
	q.syncookies = 1;
	KUNIT_EXPECT_EQ(test, twr_era_check_queues(era, &q), TWR_EXEMPT_SYNCOOKIE);

	q.requests = 3;
	q.accept = 4;
	KUNIT_EXPECT_EQ(test, twr_era_check_queues(era, &q), TWR_NOT_EXEMPT);
	q.accept = 5;
	q.young = 1;
	KUNIT_EXPECT_EQ(test, twr_era_check_queues(era, &q),
			c->rules & YOUNG ? TWR_NOT_EXEMPT : TWR_EXEMPT_QUEUE_FULL);
	q.young = 2;
	KUNIT_EXPECT_EQ(test, twr_era_check_queues(era, &q), TWR_EXEMPT_QUEUE_FULL);

	q.accept = 0;
	q.syncookies = 2;
	KUNIT_EXPECT_EQ(test, twr_era_check_queues(era, &q),
			c->rules & COOKIES ? TWR_EXEMPT_SYNCOOKIE : TWR_NOT_EXEMPT);
}

struct name_case {
	const char *name;
	/* What sets it apart from its neighbours; 0 if there is no such era. */
	u32 entries;
	bool has_ipv6;
	bool keys_by_local;
	bool rejects_untimed;
	bool accepts_syn_fin;
	bool checks_reopened_ipv6;
};

#define PEERS	65664

static const struct name_case name_cases[] = {
	{ "2.6.9", PEERS, .accepts_syn_fin = true },
	{ "2.6.29.6", PEERS, .accepts_syn_fin = true },
	{ "2.6.31", PEERS, .accepts_syn_fin = true },
	{ "2.6.32", PEERS, .accepts_syn_fin = true },
	{ "2.6.32.71", PEERS, .accepts_syn_fin = true },
	{ "2.6.38", PEERS, .accepts_syn_fin = true },
	{ "2.6.39", PEERS, .has_ipv6 = true, .accepts_syn_fin = true },
	{ "3.0", PEERS, .has_ipv6 = true, .accepts_syn_fin = true },
	{ "3.2", PEERS, .has_ipv6 = true, .accepts_syn_fin = true },
	{ "3.2.102", PEERS, .has_ipv6 = true, .accepts_syn_fin = true },
	{ "3.3", PEERS, .has_ipv6 = true },
	{ "3.5", PEERS, .has_ipv6 = true },
	{ "3.6", 0, .has_ipv6 = true },
	{ "3.10", 0, .has_ipv6 = true },
	{ "3.13", 0, .has_ipv6 = true },
	{ "3.14", 0, .has_ipv6 = true, .keys_by_local = true },
	{ "3.16", 0, .has_ipv6 = true, .keys_by_local = true },
	{ "3.17", 0, .has_ipv6 = true, .keys_by_local = true, .rejects_untimed = true },
	{ "3.18", 0, .has_ipv6 = true, .keys_by_local = true, .rejects_untimed = true,
	  .checks_reopened_ipv6 = true },
	{ "3.19", 0, .has_ipv6 = true, .keys_by_local = true, .rejects_untimed = true,
	  .checks_reopened_ipv6 = true },
	{ "4.0", 0, .has_ipv6 = true, .keys_by_local = true, .rejects_untimed = true,
	  .checks_reopened_ipv6 = true },
	{ "4.9.337", 0, .has_ipv6 = true, .keys_by_local = true,
	  .rejects_untimed = true, .checks_reopened_ipv6 = true },
	{ "4.11", 0, .has_ipv6 = true, .keys_by_local = true, .rejects_untimed = true,
	  .checks_reopened_ipv6 = true },
	{ "el5", PEERS },
	{ "el6", PEERS },
	{ "el7", 0, .has_ipv6 = true, .keys_by_local = true, .rejects_untimed = true },
};

static void name_describe(const struct name_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(name, name_cases, name_describe);

static void each_release_has_its_rules(struct kunit *test)
{
	const struct name_case *c = test->param_value;
	const struct twr_era *era = twr_era_find(c->name);

	KUNIT_ASSERT_NOT_NULL(test, era);
	KUNIT_EXPECT_EQ(test, era->inet_peer_max, c->entries);
	KUNIT_EXPECT_EQ(test, era->inet_peer_ttl, c->entries ? 600U : 0U);
	KUNIT_EXPECT_EQ(test, era->needs_route, !c->entries);
	KUNIT_EXPECT_EQ(test, era->has_ipv6, c->has_ipv6);
	KUNIT_EXPECT_EQ(test, era->keys_by_local, c->keys_by_local);
	KUNIT_EXPECT_EQ(test, era->rejects_untimed, c->rejects_untimed);
	KUNIT_EXPECT_EQ(test, era->accepts_syn_fin, c->accepts_syn_fin);
	KUNIT_EXPECT_EQ(test, era->checks_reopened_ipv6, c->checks_reopened_ipv6);

	/*
	 * The kind of store decides which events make an entry and which ones use it.
	 */
	KUNIT_EXPECT_EQ(test, twr_era_creates_entry(era, TWR_EVENT_OPENED),
			!c->entries);
	KUNIT_EXPECT_TRUE(test, twr_era_creates_entry(era, TWR_EVENT_FIN_WAIT2));
	KUNIT_EXPECT_TRUE(test, twr_era_creates_entry(era, TWR_EVENT_TIME_WAIT));
	KUNIT_EXPECT_EQ(test, twr_era_creates_entry(era, TWR_EVENT_MINI_TIME_WAIT),
			!!c->entries);
	KUNIT_EXPECT_EQ(test, twr_era_creates_entry(era, TWR_EVENT_CLOSED),
			!c->entries);
	KUNIT_EXPECT_FALSE(test, twr_era_uses_entry(era, TWR_EVENT_OPENED));
	KUNIT_EXPECT_TRUE(test, twr_era_uses_entry(era, TWR_EVENT_FIN_WAIT2));
	KUNIT_EXPECT_TRUE(test, twr_era_uses_entry(era, TWR_EVENT_TIME_WAIT));
	KUNIT_EXPECT_EQ(test, twr_era_uses_entry(era, TWR_EVENT_MINI_TIME_WAIT),
			!!c->entries);
	KUNIT_EXPECT_EQ(test, twr_era_uses_entry(era, TWR_EVENT_CLOSED),
			!c->entries);
}

/* Every release that exists is found, and none that does not. */
static void finds_released_kernels_only(struct kunit *test)
{
	static const char * const never[] = {
		"", "4.12", "4.12.1", "5.10", "3.20", "2.6", "2.6.8", "2.6.40",
		"2.7.32", "1.2", "4", "4.", ".4", "4.11.", "4..11", "4.11.1.1",
		"4.11-rc1", " 4.11", "4. 11", "4.11 ", "4.11\n", "+4.11",
		"-4.11", "4,11", "el", "el4", "el8", "el66", "EL7", "latest",
		"4.1111", "40.11", "0x4.11", "4294967300.11", "2.6.4294967328",
		"3.10.108.1", "4.11-", "4.11- ", "4.11_x", "4.11-x y", "el7.x86_64",
	};
	char name[16];
	int i;

	for (i = 0; i < ARRAY_SIZE(never); i++)
		KUNIT_EXPECT_NULL_MSG(test, twr_era_find(never[i]), "era=%s",
				      never[i]);
	for (i = 9; i <= 39; i++) {
		snprintf(name, sizeof(name), "2.6.%d", i);
		KUNIT_EXPECT_NOT_NULL_MSG(test, twr_era_find(name), "era=%s",
					  name);
	}
	for (i = 0; i <= 19; i++) {
		snprintf(name, sizeof(name), "3.%d", i);
		KUNIT_EXPECT_NOT_NULL_MSG(test, twr_era_find(name), "era=%s",
					  name);
	}
	for (i = 0; i <= 11; i++) {
		snprintf(name, sizeof(name), "4.%d", i);
		KUNIT_EXPECT_NOT_NULL_MSG(test, twr_era_find(name), "era=%s",
					  name);
	}
}

/* What uname -r prints, and the row that it means; or the reason why it has none. */
static const struct choice_case {
	const char *text;
	const char *name;
	const char *refusal;
	const char *hint;
	bool unrecorded;
} choice_cases[] = {
	{ "3.10.0-1160.el7.x86_64", "el7" },
	{ "3.10.0-1160.119.1.el7.centos.plus.x86_64", "el7" },
	{ "3.10.0-1160.rt56.1131.el7.x86_64", "el7" },
	{ "3.10.0-1160.90.1.vz7.200.7", "el7" },
	{ "2.6.32-754.el6.x86_64", "el6" },
	{ "2.6.32-042stab145.3", "el6" },
	{ "2.6.18-419.el5", "el5", .unrecorded = true },
	{ "2.6.18-419.el5PAE", "el5", .unrecorded = true },
	{ "el5", "el5", .unrecorded = true },
	{ "el7", "el7" },
	{ "4.11", "4.11" },
	{ "3.10.108", "3.10.108" },
	{ "999.999.999.999", NULL, "removed in 4.12" },
	/* A release that a distribution has changed, without its name */
	{ "3.10", "3.10", .hint = "CentOS 7" },
	{ "3.10.0", "3.10.0", .hint = "CentOS 7" },
	{ "3.10.0-1160", "3.10.0", .hint = "CentOS 7" },
	{ "2.6.32", "2.6.32", .hint = "CentOS 6" },
	{ "2.6.32.71", "2.6.32.71" },
	{ "2.6.18", "2.6.18", .hint = "CentOS 5", .unrecorded = true },
	/* Built from Linux as released, also for CentOS */
	{ "4.4.0-210-generic", "4.4.0", .hint = "not known" },
	{ "3.16.0-4-amd64", "3.16.0", .hint = "not known" },
	{ "4.9.0-13-amd64", "4.9.0", .hint = "not known" },
	{ "4.4.5-1-lts", "4.4.5", .hint = "not known" },
	{ "4.9.38-16.35.amzn1.x86_64", "4.9.38", .hint = "not known" },
	{ "3.0.101-108-default", "3.0.101", .hint = "not known" },
	{ "3.12.74-60.64-default", "3.12.74", .hint = "not known" },
	{ "4.1.12-124.el7uek.x86_64", "4.1.12", .hint = "not known" },
	{ "2.6.32-400.37.15.el6uek.x86_64", "2.6.32", .hint = "CentOS 6" },
	{ "4.4.302-1.el7.elrepo.x86_64", "4.4.302", .hint = "not known" },
	{ "3.10.108-1.el6.elrepo.x86_64", "3.10.108", .hint = "not known" },
	{ "3.10.0-1.el7.elrepo.x86_64", "3.10.0", .hint = "CentOS 7" },
	{ "4.11.0-44.el7a.aarch64", "4.11.0", .hint = "not known" },
	{ "3.10.0-1.el70", "3.10.0", .hint = "CentOS 7" },
	{ "2.6.9-89.EL", "2.6.9", .hint = "not known", .unrecorded = true },
	{ "4.9.0+", "4.9.0", .hint = "not known" },
	/* Never had the switch */
	{ "4.12", NULL, "removed in 4.12" },
	{ "4.12.14-122.37-default", NULL, "removed in 4.12" },
	{ "4.18.0-553.el8_10.x86_64", NULL, "removed in 4.12" },
	{ "4.14.35-2047.el7uek.x86_64", NULL, "removed in 4.12" },
	{ "5.10.0-8-amd64", NULL, "removed in 4.12" },
	{ "6.1.0-rc1", NULL, "removed in 4.12" },
	{ "el8", NULL, "removed in 4.12" },
	{ "el10", NULL, "removed in 4.12" },
	/* Unknown */
	{ "4.11.0-rc8", NULL, "candidate" },
	{ "4.11.0-0.rc8.git0.1.fc27.x86_64", NULL, "candidate" },
	{ "2.6.8", NULL, "before 2.6.9" },
	{ "2.6.8-4-686", NULL, "before 2.6.9" },
	{ "2.4.21-63.EL", NULL, "before 2.6.9" },
	{ "2.6", NULL, "no such era" },
	{ "2.6.40", NULL, "no such era" },
	{ "3.20", NULL, "no such era" },
	{ "el4", NULL, "no such era" },
	{ "", NULL, "no such era" },
	{ "generic", NULL, "no such era" },
};

static void choice_describe(const struct choice_case *c, char *desc)
{
	strscpy(desc, c->text, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(choice, choice_cases, choice_describe);

static void chooses_by_what_uname_prints(struct kunit *test)
{
	const struct choice_case *c = test->param_value;
	struct twr_era_choice choice;

	twr_era_choose(c->text, &choice);
	KUNIT_EXPECT_EQ(test, !choice.era, !c->name);
	KUNIT_EXPECT_EQ(test, choice.unrecorded, c->unrecorded);
	if (c->name) {
		KUNIT_EXPECT_STREQ(test, choice.name, c->name);
		KUNIT_EXPECT_PTR_EQ(test, choice.era, twr_era_find(c->name));
		KUNIT_EXPECT_NULL(test, choice.refusal);
	} else {
		KUNIT_ASSERT_NOT_NULL(test, choice.refusal);
		KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(choice.refusal, c->refusal), "%s",
					  choice.refusal);
	}
	KUNIT_ASSERT_EQ(test, !choice.hint, !c->hint);
	if (c->hint)
		KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(choice.hint, c->hint), "%s",
					  choice.hint);
}

/* Until 2.6.30 a TSval of 0 was no timestamp (fc1ad92dfc4e). */
static void a_zero_tsval_passes_before_2_6_30(struct kunit *test)
{
	static const struct {
		const char *era;
		enum twr_verdict verdict;
	} cases[] = {
		{ "2.6.9", TWR_PASS }, { "2.6.29", TWR_PASS }, { "el5", TWR_PASS },
		{ "2.6.30", TWR_REJECT_OLDER }, { "el6", TWR_REJECT_OLDER },
	};
	struct twr_stamp cached = { .ts = 1000, .ts_stamp = NOW };
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct twr_era *era = twr_era_find(cases[i].era);

		KUNIT_EXPECT_EQ_MSG(test, twr_era_judge_syn(era, &cached, true, 0, NOW),
				    cases[i].verdict, "era=%s", cases[i].era);
		KUNIT_EXPECT_EQ_MSG(test, twr_era_judge_syn(era, &cached, true, 1, NOW),
				    TWR_REJECT_OLDER, "era=%s", cases[i].era);
	}
}

/* Until 2.6.20 the backlog of listen() did not limit the request queue (72a3effaf633). */
static void the_backlog_counts_from_2_6_20(struct kunit *test)
{
	static const struct {
		const char *era;
		u32 max_syn_backlog;
		u32 limit;
	} cases[] = {
		{ "2.6.9", 0, 64 }, { "2.6.19", 64, 64 }, { "2.6.19", 65, 128 },
		{ "el5", 1024, 1024 }, { "el5", -1, 64 }, { "2.6.20", 1024, 16 },
		{ "el6", 1024, 16 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct twr_listener_queues q = {
			.backlog = 8,
			.max_syn_backlog = cases[i].max_syn_backlog,
			.requests = cases[i].limit - 1,
		};
		const struct twr_era *era = twr_era_find(cases[i].era);

		KUNIT_EXPECT_EQ_MSG(test, twr_era_check_queues(era, &q), TWR_NOT_EXEMPT,
				    "era=%s", cases[i].era);
		q.requests++;
		KUNIT_EXPECT_EQ_MSG(test, twr_era_check_queues(era, &q),
				    TWR_EXEMPT_QUEUE_FULL, "era=%s", cases[i].era);
	}
}

static void untimed_syns_pass_before_3_17(struct kunit *test)
{
	struct twr_stamp cached = { .ts = 1000, .ts_stamp = NOW };

	KUNIT_EXPECT_EQ(test, twr_era_judge_syn(twr_era_find("3.16"), &cached, false,
						0, NOW), TWR_PASS);
	KUNIT_EXPECT_EQ(test, twr_era_judge_syn(twr_era_find("2.6.32"), &cached,
						false, 0, NOW), TWR_PASS);
	KUNIT_EXPECT_EQ(test, twr_era_judge_syn(twr_era_find("2.6.32"), &cached,
						true, 998, NOW), TWR_REJECT_OLDER);
}

/*
 * The clock starts far from 0. Otherwise a rule would take a stamp of 0 for a recent
 * one just after boot.
 */
static void clock_is_far_from_zero(struct kunit *test)
{
	struct twr_stamp never = { 0 };

	KUNIT_EXPECT_EQ(test, twr_era_judge_syn(twr_era_find(TWR_ERA_LAST), &never,
						false, 0, twr_stamp_second(0)), TWR_PASS);
	KUNIT_EXPECT_EQ(test, twr_stamp_second(61) - twr_stamp_second(1), 60U);
}

static struct kunit_case era_cases[] = {
	KUNIT_CASE_PARAM(judges, judge_gen_params),
	KUNIT_CASE_PARAM(replaces, replace_gen_params),
	KUNIT_CASE_PARAM(a_release_has_its_queues, queue_era_gen_params),
	KUNIT_CASE_PARAM(each_release_has_its_rules, name_gen_params),
	KUNIT_CASE(finds_released_kernels_only),
	KUNIT_CASE_PARAM(chooses_by_what_uname_prints, choice_gen_params),
	KUNIT_CASE(a_zero_tsval_passes_before_2_6_30),
	KUNIT_CASE(the_backlog_counts_from_2_6_20),
	KUNIT_CASE(untimed_syns_pass_before_3_17),
	KUNIT_CASE(clock_is_far_from_zero),
	{ }
};

static struct kunit_suite era_suite = {
	.name = "twr_era",
	.test_cases = era_cases,
};

kunit_test_suite(era_suite);
