// SPDX-License-Identifier: GPL-2.0
/*
 * report.c - prints the results for users: counters in the words of twrstat, and what the
 * eras predicted beside what happened
 */
#include <linux/kernel.h>
#include <stdarg.h>
#include <string.h>

#include "machine.h"
#include "report.h"

/* The words of twrstat. A line that begins with a blank is left out if it is zero. */
static const struct {
	const char *dir;	/* NULL for the top */
	const char *name;
	int depth;
	const char *words;
} report_words[] = {
	{ NULL, "syns_seen", 1, "SYNs came to this machine" },
	{ NULL, "syns_checked", 1,
	  " SYNs would have been held against the cache of timestamps" },
	{ NULL, "syns_rejected", 1,
	  "passive connections would have been rejected because of time stamp" },
	{ NULL, "syns_rejected_older", 2, " because it was older than the one remembered" },
	{ NULL, "syns_rejected_untimed", 2,
	  " because they had none, and their peer had\040had one" },
	{ "exempt", "no_listener", 1, " SYNs not checked because nobody listens there" },
	{ "exempt", "request_pending", 1,
	  " SYNs not checked because their connection request was pending" },
	{ "exempt", "established", 1, " SYNs not checked because they met an open connection" },
	{ "exempt", "timewait", 1,
	  " SYNs not checked because they met a connection in time wait" },
	{ "exempt", "source_route", 1, " SYNs not checked because they came by a source route" },
	{ "exempt", "bad_checksum", 1, " SYNs not checked because of a wrong checksum" },
	{ "exempt", "malformed", 1, " SYNs not checked because they were malformed" },
	{ NULL, "stamps_recorded", 1, " timestamps of closed connections recorded" },
	{ NULL, "stamps_refused", 1,
	  " timestamps of closed connections refused, a newer one was there" },
	{ "timewait", "refused", 1, " SYNs answered by an ACK out of time wait" },
	{ "timewait", "accepted", 2,
	  " would have been accepted, since the connection had left time wait" },
	{ NULL, "peers_evicted", 1, " peers lost because the cache was full" },
	{ "lost", "timewait", 1,
	  " records of connections in time wait lost for want of room" },
	{ "lost", "rejected", 1,
	  " records of connections that would have been rejected lost for want of room" },
	{ "lost", "offenders", 1, " peers lost their place among the offenders" },
};

static u64 report_value(const char *dir, const char *name, const u64 *values)
{
	u32 i;

	for (i = 0; i < TWR_COUNTER_FILES; i++) {
		const struct twr_counter_file *file = &twr_counter_files[i];

		if (!strcmp(file->name, name) &&
		    (dir ? file->dir && !strcmp(file->dir, dir) : !file->dir))
			return values[i];
	}
	return 0;
}

/* A retry passes by the stamp of its time: what the peer's other connections left counts. */
static void report_delays(const struct twr_schedule *retries, const u64 *values, FILE *out)
{
	static const struct {
		const char *name;
		const char *words;
	} rest[] = {
		{ "never", "by none of its retries" },
		{ "pending", "not known: the capture ends before the retry that tells" },
		{ "unknown", "not known: too many waited" },
	};
	u32 i;

	if (!report_value(NULL, "syns_rejected", values))
		return;
	fprintf(out, "    of these the client would have got in, if it retries as %s does,\n",
		retries->whose);
	for (i = 0; i < retries->retries; i++) {
		char name[4];
		u64 value;

		snprintf(name, sizeof(name), "%u", retries->secs[i]);
		value = report_value("delays", name, values);
		if (value)
			fprintf(out, "        %llu by the SYN sent again after %s s\n", value,
				name);
	}
	for (i = 0; i < ARRAY_SIZE(rest); i++)
		if (report_value("delays", rest[i].name, values))
			fprintf(out, "        %llu %s\n",
				report_value("delays", rest[i].name, values), rest[i].words);
}

static void report_counters(const struct run *run, const struct judged_era *era, FILE *out)
{
	u64 values[TWR_COUNTER_FILES];
	u32 i;

	judge_values(era, values);
	fprintf(out, "TcpTwRecycle (simulated, era %s, %u machine%s):\n", era->name,
		machines_count(), machines_count() == 1 ? "" : "s");
	for (i = 0; i < ARRAY_SIZE(report_words); i++) {
		const char *words = report_words[i].words;
		u64 value = report_value(report_words[i].dir, report_words[i].name, values);

		if (words[0] != ' ' || value)
			fprintf(out, "%*s%llu %s\n", 4 * report_words[i].depth, "", value,
				words + (words[0] == ' '));
		if (!strcmp(report_words[i].name, "syns_rejected_untimed"))
			report_delays(run->judge.retries, values, out);
	}
	if (judge_peers(era))
		fprintf(out, "    %llu peers in the cache\n", judge_peers(era));
}

static void report_row(const struct judged_era *era, FILE *out)
{
	static const enum answer answers[] = { ANSWER_NONE, ANSWER_SYN_ACK, ANSWER_ACK,
					       ANSWER_RST };
	char name[40];
	int gone;
	u32 i;

	snprintf(name, sizeof(name), "%s%s%s", era->from, era->to ? " to " : "",
		 era->to ?: "");
	for (gone = 1; gone >= 0; gone--) {
		fprintf(out, "    %-16s %-8s", gone ? name : "",
			gone ? "dropped" : "let by");
		for (i = 0; i < ARRAY_SIZE(answers); i++) {
			enum answer answer = answers[i];
			enum fate fate;
			u64 sum = 0;

			for (fate = 0; fate < FATES; fate++) {
				if (gone != (fate == FATE_OLDER || fate == FATE_UNTIMED))
					continue;
				sum += judge_sum(era, fate, answer);
				if (answer == ANSWER_SYN_ACK)
					sum += judge_sum(era, fate, ANSWER_GUESSED);
			}
			fprintf(out, " %11llu", sum);
		}
		fputc('\n', out);
	}
}

static void report_matrix(const struct run *run, FILE *out)
{
	u32 i;

	fprintf(out, "Foretold of SYNs, and happened:\n    %-16s %-8s %11s %11s %11s %11s\n",
		"era", "foretold", "no answer", "SYN-ACK", "other ACK", "reset");
	for (i = 0; i < run->judge.count; i++)
		report_row(&run->judge.eras[i], out);
}

void report_notes(const struct run *run, FILE *out)
{
	const struct read_counts *counts = &run->counts;
	const struct track *track = &run->track;
	u64 forgotten = flows_forgotten(track->flows);

#define NOTE(number, words)						\
	do {								\
		u64 _n = (number);					\
									\
		if (_n)							\
			fprintf(out, "Note: %llu " words "\n", _n);	\
	} while (0)

	NOTE(counts->frames[FRAME_CUT],
	     "packets were cut before the end of their TCP header; capture with -s 128 or more");
	NOTE(counts->frames[FRAME_FRAGMENT],
	     "TCP segments came in fragments, and were not looked at");
	NOTE(counts->lines, "lines are none of the forms that are known");
	NOTE(track->twice, "packets were captured twice, and count once");
	NOTE(track->damaged, "segments with a wrong checksum were passed over");
	NOTE(track->back, "packets are dated before one that comes earlier");
	NOTE(forgotten,
	     "open connections were forgotten for want of room; see --connections");
	NOTE(feed_hurried(track->feed),
	     "observations were judged before their answer was waited for");
	NOTE(run->dropped, "packets were dropped by the kernel");
	if (machines_count() > JUDGE_OWN)
		NOTE(machines_count() - JUDGE_OWN, "machines share one cache; see --local");
#undef NOTE
}

void report_info(FILE *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
}

void report(struct run *run)
{
	capture_count(run);
	if (run->options.json) {
		report_json(run, stdout);
		return;
	}
	/* With these options the output is for a program. */
	if (run->options.events || run->options.syns) {
		if (run->loop && run->options.syns)
			loop_list(run->loop, stdout);
		report_notes(run, stderr);
		return;
	}
	report_verdict(run, stdout);
	fputc('\n', stdout);
	if (run->loop) {
		loop_report(run->loop, run->options.top, stdout);
	} else if (run->options.top >= 0) {
		report_top(run, stdout);
	} else {
		report_counters(run, &run->judge.eras[0], stdout);
		fputc('\n', stdout);
		report_matrix(run, stdout);
	}
	report_notes(run, stdout);
}
