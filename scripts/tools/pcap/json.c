// SPDX-License-Identifier: GPL-2.0
/*
 * json.c - prints one object, with the keys of twrstat --json and those of a capture
 *
 * The only texts from a capture are addresses, which need no escapes. The verdict has no
 * quotes.
 */
#include <linux/kernel.h>
#include <stdlib.h>
#include <string.h>

#include "add.h"
#include "events.h"
#include "given.h"
#include "report.h"

/* Prints the numbers of a directory, those at the top if @dir is NULL. */
static void json_numbers(const struct run *run, const char *dir, const u64 *values, FILE *out)
{
	const char *comma = "";
	u32 i;

	fprintf(out, "\"%s\": {", dir ?: "counters");
	for (i = 0; i < TWR_COUNTER_FILES; i++) {
		const struct twr_counter_file *file = &twr_counter_files[i];

		if (dir ? !file->dir || strcmp(file->dir, dir) : !!file->dir)
			continue;
		if (!twr_stats_file_is_shown(file, run->judge.retries))
			continue;
		fprintf(out, "%s\"%s\": %llu", comma, file->name, values[i]);
		comma = ", ";
	}
}

static void json_matrix(const struct judged_era *era, bool early, FILE *out)
{
	u32 fate, answer;

	for (fate = 0; fate < FATES; fate++) {
		fprintf(out, "%s\"%s\": {", fate ? ", " : "", judge_fates[fate]);
		for (answer = 0; answer < ANSWERS; answer++)
			fprintf(out, "%s\"%s\": %llu", answer ? ", " : "",
				judge_answers[answer],
				early ? era->matrix[1][fate][answer] :
					judge_sum(era, fate, answer));
		fputc('}', out);
	}
}

/* Prints a value, or null if it is not known. */
static void json_known(const char *name, bool known, u64 value, FILE *out)
{
	if (known)
		fprintf(out, ", \"%s\": %llu", name, value);
	else
		fprintf(out, ", \"%s\": null", name);
}

static void json_offenders(const struct judged_era *era, u64 now, FILE *out)
{
	struct twr_offender *list;
	u32 i, count = judge_offenders(era, &list);

	fputs("\"offenders\": [", out);
	for (i = 0; i < count; i++) {
		char peer[EVENTS_ADDRESS], local[EVENTS_ADDRESS];
		const struct twr_offender *o = &list[i];
		bool older = o->timed && o->last_ms;

		report_info(out, "%s{\"local\": \"%s\", \"peer\": \"%s\", \"rejected\": %llu, \"over\": %llu, \"older\": %llu, \"untimed\": %llu, \"checked\": %llu",
			    i ? ", " : "", events_address(local, &o->key.local),
			    events_address(peer, &o->key.peer), o->rejected, o->over,
			    o->rejected_by[TWR_REJECT_OLDER],
			    o->rejected_by[TWR_REJECT_UNTIMED], o->checked);
		json_known("behind", older, o->behind, out);
		json_known("behind_ms", older && o->rate,
			   (u64)o->behind * 1000 / (o->rate ?: 1), out);
		json_known("rate", o->rate, o->rate, out);
		report_info(out, ", \"clocks\": %u, \"loose\": %u, \"seems\": \"%s\"",
			    o->found.clocks, o->found.loose, twr_offender_seems(o));
		json_known("hosts", o->found.hosts, o->found.hosts, out);
		report_info(out, ", \"first\": %llu, \"last\": %llu, \"netns\": %u}",
			    (now - o->first_ms) / 1000,
			    (now - o->last_ms) / 1000, o->key.netns);
	}
	fputc(']', out);
	free(list);
}

/* Prints the offenders of all parts, as the parts have written them. */
static void json_added(const struct added_era *added, FILE *out)
{
	u32 i;

	fputs("\"offenders\": [", out);
	for (i = 0; i < added->count; i++)
		fprintf(out, "%s%.*s", i ? ", " : "", (int)added->offenders[i].len,
			added->offenders[i].text);
	fputc(']', out);
}

/* Prints all about an era, without the braces around it. */
static void json_era(const struct run *run, const struct judged_era *era, FILE *out)
{
	u64 values[TWR_COUNTER_FILES];

	judge_values(era, values);
	json_numbers(run, NULL, values, out);
	fprintf(out, ", \"peers\": %llu}, ", judge_peers(era));
	json_numbers(run, "exempt", values, out);
	fputs("}, ", out);
	json_numbers(run, "delays", values, out);
	fputs("}, ", out);
	json_numbers(run, "timewait", values, out);
	fputs("}, ", out);
	json_numbers(run, "lost", values, out);
	fputs("}, \"matrix\": {", out);
	json_matrix(era, false, out);
	fputs("}, \"first_minute\": {", out);
	json_matrix(era, true, out);
	fputs("}, ", out);
	if (era->added)
		json_added(era->added, out);
	else
		json_offenders(era, run->track.now / 1000, out);
}

/*
 * Prints what --add needs of a part: which one it is, whether parts belong together, and
 * numbers for the verdict.
 */
static void json_shard(const struct run *run, FILE *out)
{
	const struct options *options = &run->options;
	bool first = options->shard.part == 1;

	report_info(out, "\"shard\": {\"part\": %u, \"of\": %u, \"digest\": \"%016llx\", \"eras\": \"%s\", \"local\": \"%s\", \"connections\": %u, \"rows\": %u, \"hz\": %u, \"retries\": \"%s\", \"clocks\": \"%016llx\", \"dead_syns\": %llu, \"dead_ports\": %llu}, ",
		    options->shard.part, options->shard.of, run->digest, options->eras ?: "",
		    options->locals ?: "", options->connections, options->rows, options->hz,
		    run->judge.retries->name,
		    run->loop ? given_digest(run->loop->given) : 0,
		    first ? run->capture.dead_syns : 0, first ? run->capture.dead_ports : 0);
}

/* Of a part, numbers that are of no peer are in the first one alone. */
static void json_capture(const struct run *run, FILE *out)
{
	u32 i;

	fputs("\"capture\": {", out);
	for (i = 0; i < CAPTURE_NUMBERS; i++)
		fprintf(out, "\"%s\": %llu, ", capture_names[i],
			i == CAPTURE_AGAIN || run->options.shard.part <= 1 ?
			run->capture.number[i] : 0);
	fprintf(out, "\"first\": %.6f, \"last\": %.6f}, ", run->track.first / 1e6,
		run->track.now / 1e6);
}

static void json_verdict(const struct run *run, FILE *out)
{
	char *text = NULL;
	size_t size, i;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		return;
	report_verdict(run, memory);
	fclose(memory);
	fputs("\"verdict\": \"", out);
	for (i = 0; i < size && text[i] != '\n'; i++)
		fputc(text[i], out);
	fputs("\", ", out);
	free(text);
}

void report_json(const struct run *run, FILE *out)
{
	const struct judge *judge = &run->judge;
	u32 i;

	fprintf(out, "{\"time\": %.6f, ", run->track.now / 1e6);
	if (run->options.shard.of)
		json_shard(run, out);
	else
		json_verdict(run, out);
	json_capture(run, out);
	fprintf(out, "\"answers\": {");
	for (i = 0; i < ANSWERS; i++)
		fprintf(out, "%s\"%s\": %llu", i ? ", " : "", judge_answers[i],
			judge->syns[i]);
	fprintf(out, "}, \"era\": \"%s\", ", judge->eras[0].name);
	json_era(run, &judge->eras[0], out);
	fputs(", \"eras\": {", out);
	for (i = 0; i < judge->count; i++) {
		fprintf(out, "%s\"%s\": {", i ? ", " : "", judge->eras[i].name);
		json_era(run, &judge->eras[i], out);
		fputc('}', out);
	}
	fputs("}", out);
	if (run->loop)
		loop_json(run->loop, out);
	else if (run->loop_added)
		fprintf(out, ", \"closed_loop\": %s", run->loop_added);
	fputs("}\n", out);
}
