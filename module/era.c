// SPDX-License-Identifier: GPL-2.0
/*
 * era.c - the rules of the old kernels, release by release
 *
 * The check and the replace rule, and a table of what changed between releases.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "era.h"

/* Seconds during which a stamp can reject a SYN (TCP_PAWS_MSL). */
#define TWR_PAWS_MSL	60

/* Ticks by which a TSval may be older and still pass (TCP_PAWS_WINDOW). */
#define TWR_PAWS_WINDOW	1

#define TWR_RELEASE(a, b, c)	((a) << 16 | (b) << 8 | (c))

/* The events at which a full socket left a stamp. */
#define TWR_STAMP_EVENTS	(BIT(TWR_EVENT_FIN_WAIT2) | BIT(TWR_EVENT_TIME_WAIT))

/*
 * In inet_peer (inet_peer_threshold, inet_peer_maxttl) the first stamp created an entry.
 * 3.6 moved the stamps to tcp_metrics. A mini-socket has no route, so it could not create
 * an entry there. But tcp_init_metrics() and tcp_update_metrics() created one for every
 * connection.
 */
#define TWR_INET_PEER							\
	.inet_peer_max = 65536 + 128,					\
	.inet_peer_ttl = 10 * 60,					\
	.needs_stamp = true,						\
	.create_events = TWR_STAMP_EVENTS |				\
			 BIT(TWR_EVENT_MINI_TIME_WAIT),			\
	.use_events = TWR_STAMP_EVENTS | BIT(TWR_EVENT_MINI_TIME_WAIT)

#define TWR_TCP_METRICS							\
	.needs_route = true,						\
	.create_events = BIT(TWR_EVENT_OPENED) | TWR_STAMP_EVENTS |	\
			 BIT(TWR_EVENT_CLOSED),				\
	.use_events = TWR_STAMP_EVENTS | BIT(TWR_EVENT_CLOSED)

/* Rules of the listener's queues until 4.4 and 4.10; the TIME-WAIT timer until 4.1. */
#define TWR_BEFORE_4_4	.rounds_up_backlog = true, .allows_young_request = true
#define TWR_BEFORE_4_1	TWR_BEFORE_4_4, .has_death_row_slots = true

static const struct twr_release {
	const char *name;	/* of a distribution's kernel, or NULL */
	u32 since;		/* if there is no name, the first release */
	bool unrecorded;	/* read from the source, but no such kernel was recorded */
	struct twr_era era;
} twr_releases[] = {
	{ .since = TWR_RELEASE(2, 6, 9), .unrecorded = true, .era = {
		TWR_INET_PEER, TWR_BEFORE_4_1, .accepts_syn_fin = true,
		.ignores_zero_tsval = true, .ignores_backlog = true } },
	/* 72a3effaf633: [NET]: Size listen hash tables using backlog hint */
	{ .since = TWR_RELEASE(2, 6, 20), .unrecorded = true, .era = {
		TWR_INET_PEER, TWR_BEFORE_4_1, .accepts_syn_fin = true,
		.ignores_zero_tsval = true } },
	/* fc1ad92dfc4e: tcp: allow timestamps even if SYN packet has tsval=0 */
	{ .since = TWR_RELEASE(2, 6, 30), .unrecorded = true, .era = {
		TWR_INET_PEER, TWR_BEFORE_4_1, .accepts_syn_fin = true } },
	{ .since = TWR_RELEASE(2, 6, 32), .era = {
		TWR_INET_PEER, TWR_BEFORE_4_1, .accepts_syn_fin = true } },
	{ .since = TWR_RELEASE(2, 6, 39), .era = {
		TWR_INET_PEER, TWR_BEFORE_4_1, .accepts_syn_fin = true, .has_ipv6 = true } },
	/* fdf5af0daf80: tcp: drop SYN+FIN messages */
	{ .since = TWR_RELEASE(3, 3, 0), .era = {
		TWR_INET_PEER, TWR_BEFORE_4_1, .has_ipv6 = true } },
	{ .since = TWR_RELEASE(3, 6, 0), .era = {
		TWR_TCP_METRICS, TWR_BEFORE_4_1, .has_ipv6 = true,
		.files_v4mapped_as_ipv6 = true } },
	/* 5ad37d5deee1: tcp: add tcp_syncookies mode to allow unconditionally generation */
	{ .since = TWR_RELEASE(3, 12, 0), .era = {
		TWR_TCP_METRICS, TWR_BEFORE_4_1, .has_ipv6 = true,
		.files_v4mapped_as_ipv6 = true, .has_unconditional_cookies = true } },
	/* 77f99ad16a07: tcp: metrics: handle v6/v4-mapped sockets in tcp-metrics */
	{ .since = TWR_RELEASE(3, 14, 0), .era = {
		TWR_TCP_METRICS, TWR_BEFORE_4_1, .has_ipv6 = true, .keys_by_local = true,
		.has_unconditional_cookies = true } },
	{ .since = TWR_RELEASE(3, 17, 0), .era = {
		TWR_TCP_METRICS, TWR_BEFORE_4_1, .has_ipv6 = true, .keys_by_local = true,
		.has_unconditional_cookies = true, .rejects_untimed = true } },
	{ .since = TWR_RELEASE(3, 18, 0), .era = {
		TWR_TCP_METRICS, TWR_BEFORE_4_1, .has_ipv6 = true, .keys_by_local = true,
		.has_unconditional_cookies = true, .rejects_untimed = true,
		.checks_reopened_ipv6 = true } },
	/* 789f558cfb36: tcp/dccp: get rid of central timewait timer */
	{ .since = TWR_RELEASE(4, 1, 0), .era = {
		TWR_TCP_METRICS, TWR_BEFORE_4_4, .has_ipv6 = true, .keys_by_local = true,
		.has_unconditional_cookies = true, .rejects_untimed = true,
		.checks_reopened_ipv6 = true } },
	/* ef547f2ac16b: tcp: remove max_qlen_log */
	{ .since = TWR_RELEASE(4, 4, 0), .era = {
		TWR_TCP_METRICS, .has_ipv6 = true, .keys_by_local = true,
		.has_unconditional_cookies = true, .rejects_untimed = true,
		.checks_reopened_ipv6 = true, .allows_young_request = true } },
	/* 5ea8ea2cb7f1: tcp/dccp: drop SYN packets if accept queue is full */
	{ .since = TWR_RELEASE(4, 10, 0), .era = {
		TWR_TCP_METRICS, .has_ipv6 = true, .keys_by_local = true,
		.has_unconditional_cookies = true, .rejects_untimed = true,
		.checks_reopened_ipv6 = true } },
	/* 2.6.18 with the fix of 3.3 (CVE-2012-6638) */
	{ .name = "el5", .unrecorded = true, .era = {
		TWR_INET_PEER, TWR_BEFORE_4_1, .ignores_zero_tsval = true,
		.ignores_backlog = true } },
	/* 2.6.32 with the fix of 3.3 */
	{ .name = "el6", .era = {
		TWR_INET_PEER, TWR_BEFORE_4_1 } },
	/* 3.10 with many later changes; its tcp_v6_rcv() did not lose the bucket's mark */
	{ .name = "el7", .era = {
		TWR_TCP_METRICS, TWR_BEFORE_4_1, .has_ipv6 = true, .keys_by_local = true,
		.has_unconditional_cookies = true, .rejects_untimed = true } },
};

/* What uname -r prints where a distribution's kernel has a row of its own. */
static const struct twr_distribution {
	const char *mark;	/* stands after the release */
	u32 release;
	const char *row;
	const char *hint;	/* for those who name the release alone */
} twr_distributions[] = {
	{ ".el5", TWR_RELEASE(2, 6, 18), "el5",
	  "taken for Linux as released; CentOS 5 has another kernel, el5" },
	{ ".el6", TWR_RELEASE(2, 6, 32), "el6",
	  "taken for Linux as released; CentOS 6 has another kernel, el6" },
	{ ".el7", TWR_RELEASE(3, 10, 0), "el7",
	  "taken for Linux as released; CentOS 7 has another kernel, el7" },
	/* OpenVZ and Virtuozzo took these two. */
	{ "stab", TWR_RELEASE(2, 6, 32), "el6", NULL },
	{ ".vz7", TWR_RELEASE(3, 10, 0), "el7", NULL },
};

/* Return: the distribution whose kernel this is, NULL if it is none with a row. */
static const struct twr_distribution *twr_era_find_distribution(u32 release,
								const char *suffix)
{
	int i;

	/* These are built from Linux as released, for a distribution that has another one. */
	if (strstr(suffix, "uek") || strstr(suffix, ".elrepo"))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(twr_distributions); i++) {
		const struct twr_distribution *known = &twr_distributions[i];
		const char *found = strstr(suffix, known->mark);

		if (release != known->release || !found)
			continue;
		/* .el7 is not .el70, but stab has a number behind it. */
		found += strlen(known->mark);
		if (!isdigit(found[-1]) || !isdigit(found[0]))
			return known;
	}
	return NULL;
}

/* Return: why a release has no row, NULL if it has one. */
static const char *twr_era_refuse(unsigned int a, unsigned int b, unsigned int c, int parts,
				  const char *suffix)
{
	if (a > 4 || (a == 4 && b > 11))
		return "tcp_tw_recycle was removed in 4.12";
	if (strstr(suffix, "-rc") || strstr(suffix, ".rc"))
		return "no release but a candidate, whose rules nobody knows";
	/* Up to 2.6 the third number is that of a release, since 3.0 the second one is. */
	if (a < 2 || (a == 2 && (b < 6 || (b == 6 && parts > 2 && c < 9))))
		return "the rules before 2.6.9 are not known";
	if (a == 2 ? b > 6 || parts < 3 || c > 39 : parts > 3 || (a == 3 && b > 19))
		return TWR_ERA_UNKNOWN;
	return NULL;
}

static void twr_era_take_row(struct twr_era_choice *choice, u32 release)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(twr_releases); i++) {
		const struct twr_release *row = &twr_releases[i];

		if (row->name ? !strcmp(row->name, choice->name) : release >= row->since) {
			choice->era = &row->era;
			choice->unrecorded = row->unrecorded;
		}
	}
}

/* el5, el6 and el7, or a later one. */
static void twr_era_choose_el(const char *text, struct twr_era_choice *choice)
{
	unsigned int number;
	int end = 0;

	if (!isdigit(text[2]) || sscanf(text, "el%3u%n", &number, &end) != 1 || text[end]) {
		choice->refusal = TWR_ERA_UNKNOWN;
		return;
	}
	snprintf(choice->name, sizeof(choice->name), "%s", text);
	twr_era_take_row(choice, 0);
	if (!choice->era)
		choice->refusal = number > 7 ? "tcp_tw_recycle was removed in 4.12" :
				  TWR_ERA_UNKNOWN;
}

static bool twr_era_is_suffix(const char *suffix)
{
	const char *at;

	if (suffix[0] && suffix[0] != '-' && suffix[0] != '+')
		return false;
	for (at = suffix; isalnum(*at) || (*at && strchr("-+._~", *at)); at++)
		;
	return !*at && strcmp(suffix, "-");
}

void twr_era_choose(const char *text, struct twr_era_choice *choice)
{
	/* sscanf() also accepts blanks and signs. */
	int len = strspn(text, "0123456789."), parts, end = 0;
	const struct twr_distribution *distribution;
	unsigned int a, b, c = 0, stable;
	const char *suffix = text + len;
	u32 release;
	int i;

	*choice = (struct twr_era_choice) { };
	if (!strncmp(text, "el", 2)) {
		twr_era_choose_el(text, choice);
		return;
	}
	parts = isdigit(text[0]) ? sscanf(text, "%3u.%3u%n.%3u%n.%3u%n", &a, &b, &end, &c,
					  &end, &stable, &end) : 0;
	if (parts < 2 || end != len || !twr_era_is_suffix(suffix)) {
		choice->refusal = TWR_ERA_UNKNOWN;
		return;
	}
	choice->refusal = twr_era_refuse(a, b, c, parts, suffix);
	if (choice->refusal)
		return;

	release = TWR_RELEASE(a, b, c);
	distribution = twr_era_find_distribution(release, suffix);
	if (distribution)
		snprintf(choice->name, sizeof(choice->name), "%s", distribution->row);
	else
		snprintf(choice->name, sizeof(choice->name), "%.*s", len, text);
	twr_era_take_row(choice, release);
	if (distribution)
		return;

	if (suffix[0])
		choice->hint =
			"taken for Linux as released; what its distribution changed is not known";
	for (i = 0; i < ARRAY_SIZE(twr_distributions); i++)
		if (twr_distributions[i].release == release && twr_distributions[i].hint &&
		    parts <= 3)
			choice->hint = twr_distributions[i].hint;
}

const struct twr_era *twr_era_find(const char *name)
{
	struct twr_era_choice choice;

	twr_era_choose(name, &choice);
	return choice.era;
}

/* The limit of the request queue, as reqsk_queue_alloc() computed it. */
static u32 twr_era_request_limit(const struct twr_era *era,
				 const struct twr_listener_queues *queues)
{
	u32 bound = min(queues->backlog, queues->max_syn_backlog);

	if (!era->rounds_up_backlog)
		return queues->backlog;
	if (era->ignores_backlog)
		return roundup_pow_of_two(max_t(s32, queues->max_syn_backlog, 64));
	return roundup_pow_of_two(max(bound, 8U) + 1);
}

enum twr_exempt_reason twr_era_check_queues(const struct twr_era *era,
					    const struct twr_listener_queues *queues)
{
	bool full = queues->requests >= twr_era_request_limit(era, queues);

	if (full && !queues->syncookies)
		return TWR_EXEMPT_QUEUE_FULL;
	if (queues->accept > queues->backlog &&
	    (!era->allows_young_request || queues->young > 1))
		return TWR_EXEMPT_QUEUE_FULL;
	if (full || (queues->syncookies == 2 && era->has_unconditional_cookies))
		return TWR_EXEMPT_SYNCOOKIE;
	return TWR_NOT_EXEMPT;
}

enum twr_verdict twr_era_judge_syn(const struct twr_era *era,
				   const struct twr_stamp *cached, bool timed,
				   u32 tsval, u32 now)
{
	if (now - cached->ts_stamp >= TWR_PAWS_MSL)
		return TWR_PASS;
	if (era->ignores_zero_tsval && !tsval)
		timed = false;
	if (!timed)
		return era->rejects_untimed ? TWR_REJECT_UNTIMED : TWR_PASS;
	if ((s32)(cached->ts - tsval) > TWR_PAWS_WINDOW)
		return TWR_REJECT_OLDER;
	return TWR_PASS;
}

bool twr_era_replaces_stamp(const struct twr_stamp *cached,
			    const struct twr_stamp *offered, u32 now)
{
	return (s32)(cached->ts - offered->ts) <= 0 ||
	       (now - cached->ts_stamp > TWR_PAWS_MSL &&
		cached->ts_stamp <= offered->ts_stamp);
}
