// SPDX-License-Identifier: GPL-2.0
/*
 * add.c - adds the JSON of all parts up to that of the whole
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/kernel.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "add.h"
#include "fail.h"
#include "report.h"
#include "schedule.h"
#include "tree.h"

/* What must be the same in all parts of a run. */
static const char *const add_same[] = {
	"of", "digest", "eras", "local", "connections", "rows", "hz", "retries",
	"clocks",
};

struct part {
	const char *name;
	char *text;
	struct tree *tree;
	const struct tree *shard;
	u64 number;
};

static char *add_load(const char *name)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "r") : stdin;
	size_t size = 0, room = 0;
	char *text = NULL;

	if (!file)
		fail_exit(1, "--add: %s: %s", name, strerror(errno));
	do {
		if (size + 1 >= room) {
			room = room ? room * 2 : 65536;
			text = fail_realloc(text, room);
		}
		size += fread(text + size, 1, room - size - 1, file);
	} while (!feof(file) && !ferror(file));
	if (ferror(file))
		fail_exit(1, "--add: %s: %s", name, strerror(errno));
	text[size] = '\0';
	if (file != stdin)
		fclose(file);
	return text;
}

static void __attribute__((noreturn)) add_broken(const struct part *part)
{
	fail_exit(1, "--add: %s: not what twr-pcap --json --shard K/N prints", part->name);
}

static u64 add_number(const struct part *part, const struct tree *tree, const char *name)
{
	u64 number;

	if (!tree_number(tree_get(tree, name), &number))
		add_broken(part);
	return number;
}

static struct part add_read(const char *name)
{
	struct part part = { .name = name, .text = add_load(name) };
	u32 i;

	part.tree = tree_read(part.text);
	part.shard = tree_get(part.tree, "shard");
	for (i = 0; i < ARRAY_SIZE(add_same); i++)
		if (!tree_get(part.shard, add_same[i]))
			add_broken(&part);
	part.number = add_number(&part, part.shard, "part");
	return part;
}

/* Ends the program unless these are all parts of one run. */
static void add_check(const struct part *parts, u32 count)
{
	u64 of = add_number(&parts[0], parts[0].shard, "of"), n;
	u32 i, k;

	for (i = 1; i < count; i++) {
		for (k = 0; k < ARRAY_SIZE(add_same); k++) {
			const struct tree *a = tree_get(parts[0].shard, add_same[k]);
			const struct tree *b = tree_get(parts[i].shard, add_same[k]);

			if (a->len == b->len && !memcmp(a->text, b->text, a->len))
				continue;
			fail_exit(1, "--add: %s and %s do not belong together: %s",
				  parts[0].name, parts[i].name,
				  k == 0 ? "their N is not the same" :
				  k == 1 ? "they are of other packets" :
				  "they have other options");
		}
		for (k = 0; k < i; k++)
			if (parts[k].number == parts[i].number)
				fail_exit(1, "--add: %s and %s are both part %llu",
					  parts[k].name, parts[i].name, parts[i].number);
	}
	for (i = 0; i < count; i++)
		if (!parts[i].number || parts[i].number > of)
			add_broken(&parts[i]);
	for (n = 1; n <= of; n++) {
		for (i = 0; i < count && parts[i].number != n; i++)
			;
		if (i == count)
			fail_exit(1, "--add: part %llu of %llu is missing", n, of);
	}
}

static void add_matrix(const struct part *part, const struct tree *era,
		       struct judged_era *judged)
{
	const struct tree *all = tree_get(era, "matrix"), *early = tree_get(era, "first_minute");
	u32 fate, answer;

	for (fate = 0; fate < FATES; fate++) {
		const struct tree *row = tree_get(all, judge_fates[fate]);
		const struct tree *first = tree_get(early, judge_fates[fate]);

		for (answer = 0; answer < ANSWERS; answer++) {
			u64 sum = add_number(part, row, judge_answers[answer]);
			u64 soon = add_number(part, first, judge_answers[answer]);

			judged->matrix[0][fate][answer] += sum - soon;
			judged->matrix[1][fate][answer] += soon;
		}
	}
}

bool add_address(const struct tree *tree, const char *name, struct in6_addr *addr)
{
	char *text = tree_text(tree_get(tree, name));
	bool good = text;

	memset(addr, 0, sizeof(*addr));
	if (text && inet_pton(AF_INET, text, addr->s6_addr + 12) == 1)
		memset(addr->s6_addr + 10, 0xff, 2);
	else if (text)
		good = inet_pton(AF_INET6, text, addr) == 1;
	free(text);
	return good;
}

static void add_offenders(const struct part *part, const struct tree *era,
			  struct added_era *added)
{
	const struct tree *list = tree_get(era, "offenders"), *at;

	if (!list)
		add_broken(part);
	for (at = list->child; at; at = at->next) {
		struct added_offender *o;

		added->offenders = fail_realloc(added->offenders, (added->count + 1) *
						sizeof(*added->offenders));
		o = &added->offenders[added->count++];
		*o = (struct added_offender) { .text = at->text, .len = at->len };
		o->rejected = add_number(part, at, "rejected");
		o->key.netns = add_number(part, at, "netns");
		if (!add_address(at, "peer", &o->key.peer) ||
		    !add_address(at, "local", &o->key.local))
			add_broken(part);
	}
}

/* In the order of judge_offenders(). */
static int add_heavier(const void *a, const void *b)
{
	const struct added_offender *first = a, *second = b;

	if (first->rejected != second->rejected)
		return first->rejected < second->rejected ? 1 : -1;
	return memcmp(&first->key, &second->key, sizeof(first->key));
}

static void add_era(const struct part *part, const struct twr_schedule *retries,
		    struct judged_era *judged, struct added_era *added)
{
	const struct tree *era = tree_get(tree_get(part->tree, "eras"), judged->name);
	u32 i;

	for (i = 0; i < TWR_COUNTER_FILES; i++) {
		const struct twr_counter_file *file = &twr_counter_files[i];

		if (!twr_stats_file_is_shown(file, retries))
			continue;
		added->values[i] += add_number(part, tree_get(era, file->dir ?: "counters"),
					       file->name);
	}
	added->peers += add_number(part, tree_get(era, "counters"), "peers");
	add_matrix(part, era, judged);
	add_offenders(part, era, added);
}

/* Times are the same in all parts. Return: microseconds. */
static u64 add_time(const struct part *part, const char *name)
{
	const struct tree *tree = tree_get(tree_get(part->tree, "capture"), name);

	if (!tree)
		add_broken(part);
	return llround(strtod(tree->text, NULL) * 1e6);
}

static void add_capture(const struct part *part, struct run *run)
{
	struct capture *capture = &run->capture;
	u32 i;

	for (i = 0; i < CAPTURE_NUMBERS; i++)
		capture->number[i] += add_number(part, tree_get(part->tree, "capture"),
						 capture_names[i]);
	for (i = 0; i < ANSWERS; i++)
		run->judge.syns[i] += add_number(part, tree_get(part->tree, "answers"),
						 judge_answers[i]);
	capture->dead_syns += add_number(part, part->shard, "dead_syns");
	capture->dead_ports += add_number(part, part->shard, "dead_ports");
	run->judge.again = capture->number[CAPTURE_AGAIN];
}

static void add_loop(struct run *run, const struct part *parts, u32 count)
{
	const struct tree **values = fail_calloc(count, sizeof(*values));
	size_t size;
	FILE *memory = open_memstream(&run->loop_added, &size);
	bool good;
	u32 i;

	if (!memory)
		fail_exit(1, "not enough memory");
	for (i = 0; i < count; i++) {
		values[i] = tree_get(parts[i].tree, "closed_loop");
		if (!values[i] != !values[0])
			add_broken(&parts[i]);
	}
	good = !values[0] || loop_add_parts(values, count, memory);
	fclose(memory);
	if (!good)
		fail_exit(1, "--add: closed_loop: not what twr-pcap --json --shard K/N prints");
	if (!values[0]) {
		free(run->loop_added);
		run->loop_added = NULL;
	}
	free(values);
}

static void add_sum(struct run *run, const struct part *parts, u32 count)
{
	struct judge *judge = &run->judge;
	struct added_era *added;
	u32 i, e;

	for (i = 0; i < count; i++)
		add_capture(&parts[i], run);
	add_loop(run, parts, count);
	run->track.first = add_time(&parts[0], "first");
	run->track.now = add_time(&parts[0], "last");

	added = fail_calloc(judge->count, sizeof(*added));
	for (e = 0; e < judge->count; e++) {
		for (i = 0; i < count; i++)
			add_era(&parts[i], judge->retries, &judge->eras[e], &added[e]);
		if (added[e].count)
			qsort(added[e].offenders, added[e].count, sizeof(*added[e].offenders),
			      add_heavier);
		judge->eras[e].added = &added[e];
	}
	report_json(run, stdout);
	for (e = 0; e < judge->count; e++)
		free(added[e].offenders);
	free(added);
	free(run->loop_added);
}

void add(struct run *run)
{
	u32 count = run->options.count, i;
	struct part *parts = fail_calloc(count, sizeof(*parts));
	char *eras, *local, *retries;

	for (i = 0; i < count; i++)
		parts[i] = add_read(run->options.files[i]);
	add_check(parts, count);

	eras = tree_text(tree_get(parts[0].shard, "eras"));
	local = tree_text(tree_get(parts[0].shard, "local"));
	retries = tree_text(tree_get(parts[0].shard, "retries"));
	if (!eras || !local || !retries || !twr_schedule_find(retries))
		add_broken(&parts[0]);
	run->judge.retries = twr_schedule_find(retries);
	/* The verdict names eras in another way if the user has chosen them. */
	run->options.eras = eras[0] ? eras : NULL;
	run->capture.local = local[0];
	judge_add(&run->judge, run->options.eras ?: "all");
	add_sum(run, parts, count);

	judge_free(&run->judge);
	for (i = 0; i < count; i++) {
		tree_free(parts[i].tree);
		free(parts[i].text);
	}
	free(parts);
	free(eras);
	free(local);
	free(retries);
}
