// SPDX-License-Identifier: GPL-2.0
/*
 * verdict.c - the first sentence: is it tcp_tw_recycle, and in which release?
 *
 * An era fits if it drops the SYNs that got no answer. One SYN in twenty may differ,
 * because a capture does not show all that a server did.
 */
#include <linux/kernel.h>
#include <string.h>

#include "report.h"

#define VERDICT_ONE_IN	20

/* Fewer SYNs than this may be chance. */
#define VERDICT_FEW	3

/* What an era predicted for SYNs, and what happened. */
struct fit {
	const struct judged_era *era;
	u64 hits;	/* dropped, and without an answer */
	u64 wrong;	/* dropped, and answered */
};

static struct fit fit_of(const struct judged_era *era)
{
	struct fit fit = { .era = era };
	enum fate fate;

	for (fate = FATE_OLDER; fate <= FATE_UNTIMED; fate++) {
		fit.hits += judge_sum(era, fate, ANSWER_NONE);
		fit.wrong += judge_sum(era, fate, ANSWER_SYN_ACK) +
			     judge_sum(era, fate, ANSWER_GUESSED);
	}
	return fit;
}

/* If two fit equally well, the first one wins, which is the newer one. */
static bool fit_better(const struct fit *a, const struct fit *b)
{
	return (s64)(a->hits - VERDICT_ONE_IN * a->wrong) >
	       (s64)(b->hits - VERDICT_ONE_IN * b->wrong);
}

static struct fit fit_best(const struct run *run)
{
	struct fit best = fit_of(&run->judge.eras[0]);
	u32 i;

	for (i = 1; i < run->judge.count; i++) {
		struct fit fit = fit_of(&run->judge.eras[i]);

		if (fit_better(&fit, &best))
			best = fit;
	}
	return best;
}

/* The era that drops the most answered SYNs. */
static struct fit fit_worst(const struct run *run)
{
	struct fit worst = fit_of(&run->judge.eras[0]);
	u32 i;

	for (i = 1; i < run->judge.count; i++) {
		struct fit fit = fit_of(&run->judge.eras[i]);

		if (fit.wrong > worst.wrong)
			worst = fit;
	}
	return worst;
}

static bool fit_same(const struct judged_era *a, const struct judged_era *b)
{
	struct fit first = fit_of(a), second = fit_of(b);

	return first.hits == second.hits && first.wrong == second.wrong;
}

static void text_add(char *text, size_t size, const char *more)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s", more);
}

/*
 * Neighbours in the list of all eras are named as a range, from the oldest to the
 * newest.
 */
void report_eras(const struct run *run, const struct judged_era *like, char *text,
		 size_t size)
{
	const struct judged_era *eras = run->judge.eras;
	u32 i, told = 0;

	text[0] = '\0';
	for (i = 0; i < run->judge.count; i++) {
		const char *newest = eras[i].to ?: eras[i].from, *oldest = eras[i].from;

		if (!fit_same(&eras[i], like))
			continue;
		/* Eras that the user has named are listed one by one. */
		while (i + 1 < run->judge.count && !strchr(eras[i + 1].from, ' ') &&
		       !run->options.eras && fit_same(&eras[i + 1], like))
			oldest = eras[++i].from;
		if (told++)
			text_add(text, size, " and ");
		text_add(text, size, oldest);
		if (strcmp(oldest, newest)) {
			text_add(text, size, " to ");
			text_add(text, size, newest);
		}
	}
}

static void verdict_on(const struct fit *best, const char *eras, u64 silent, u64 answered,
		       FILE *out)
{
	fprintf(out, "%llu of %llu SYNs without an answer are what tcp_tw_recycle drops in %s",
		best->hits, silent, eras);
	if (!answered)
		fprintf(out, ", and no SYN was answered");
	else if (best->wrong)
		fprintf(out, ", and so are %llu of the %llu that were answered", best->wrong,
			answered);
	else
		fprintf(out, ", and none of the %llu that were answered", answered);
	if (best->wrong * VERDICT_ONE_IN > best->hits)
		report_info(out, ": this server may have it on, and let those in by SYN cookies. See: sysctl net.ipv4.tcp_tw_recycle\n");
	else if (best->hits < VERDICT_FEW || !answered)
		fprintf(out, ": this server may have it on. See: sysctl net.ipv4.tcp_tw_recycle\n");
	else if (best->hits * 2 >= silent)
		report_info(out, ": this server has it on. Turn it off: sysctl -w net.ipv4.tcp_tw_recycle=0\n");
	else
		report_info(out, ": this server seems to have it on, and most SYNs get no answer for another reason. Turn it off: sysctl -w net.ipv4.tcp_tw_recycle=0\n");
}

static void verdict_answered(const struct run *run, u64 answered, FILE *out)
{
	struct fit worst = fit_worst(run);
	char eras[256];

	report_eras(run, worst.era, eras, sizeof(eras));
	if (!answered)
		report_info(out, "No SYN got a SYN-ACK, and none was left without an answer: it is something else.\n");
	else if (worst.wrong)
		report_info(out, "0 of 0 SYNs without an answer: tcp_tw_recycle is not on. %llu of the %llu that were answered are what it drops in %s.\n",
			    worst.wrong, answered, eras);
	else
		report_info(out, "0 of 0 SYNs without an answer, and none of the %llu that were answered is one that tcp_tw_recycle drops: it did no harm here, on or not.\n",
			    answered);
}

static void verdict_one_way(const struct run *run, FILE *out)
{
	struct fit first = fit_of(&run->judge.eras[0]);

	report_info(out, "Only what clients sent was captured, so nobody can tell which SYNs were answered; tcp_tw_recycle would drop %llu in %s, as far as that shows. Capture both directions.\n",
		    first.hits + first.wrong, run->judge.eras[0].name);
}

static void verdict_sentence(const struct run *run, u64 silent, u64 answered, FILE *out)
{
	struct fit best = fit_best(run), worst;
	char eras[256];

	report_eras(run, best.era, eras, sizeof(eras));
	if (best.hits && best.wrong * VERDICT_ONE_IN <= best.hits) {
		verdict_on(&best, eras, silent, answered, out);
		return;
	}
	/* All SYNs without an answer are explained, and no more are wrong than that. */
	if (best.hits >= VERDICT_FEW && best.hits == silent && best.wrong <= best.hits) {
		verdict_on(&best, eras, silent, answered, out);
		return;
	}
	if (!silent) {
		verdict_answered(run, answered, out);
		return;
	}
	worst = fit_worst(run);
	report_eras(run, worst.era, eras, sizeof(eras));
	fprintf(out, "%llu of %llu SYNs without an answer are what tcp_tw_recycle drops",
		worst.wrong ? worst.hits : 0, silent);
	if (worst.wrong)
		report_info(out, " in %s, but so are %llu of the %llu that were answered: it is not on, and it is something else.\n",
			    eras, worst.wrong, answered);
	else
		fprintf(out, ": it is something else.\n");
}

/* Other reasons that the capture shows, the strongest first. */
static void verdict_reasons(const struct run *run, u64 silent, FILE *out)
{
	const u64 *syns = run->judge.syns;
	const struct judged_era *era = fit_best(run).era;
	u64 early = era->matrix[1][FATE_PASS][ANSWER_NONE];
	u64 ports = run->capture.dead_ports, dead = run->capture.dead_syns;

	if (syns[ANSWER_ACK])
		report_info(out, "  %llu SYNs were answered by an ACK that is no SYN-ACK: they met a connection in TIME-WAIT, or an open one.\n",
			    syns[ANSWER_ACK]);
	if (syns[ANSWER_RST])
		report_info(out, "  %llu SYNs were answered by a reset: nobody listened there, or something on the way refused them.\n",
			    syns[ANSWER_RST]);
	if (dead)
		report_info(out, "  %llu SYNs without an answer went to %llu port%s where none was ever answered: a firewall, or a server that is down or elsewhere.\n",
			    dead, ports, ports == 1 ? "" : "s");
	if (early)
		report_info(out, "  %llu SYNs without an answer came in the first minute, and are not explained: stamps from before the capture are not known.\n",
			    early);
	if (run->judge.again && silent)
		fprintf(out, "  %llu SYNs were sent before, without an answer.\n",
			run->judge.again);
}

void report_verdict(const struct run *run, FILE *out)
{
	const u64 *syns = run->judge.syns;
	u64 answered = syns[ANSWER_SYN_ACK] + syns[ANSWER_GUESSED];
	u64 silent = syns[ANSWER_NONE];

	if (!(answered + silent + syns[ANSWER_ACK] + syns[ANSWER_RST])) {
		fprintf(out, "There is no SYN in this capture%s: nothing can be told.\n",
			run->capture.local ? " to or from the addresses of --local" : "");
		return;
	}
	if (!run->capture.number[CAPTURE_OUT])
		verdict_one_way(run, out);
	else
		verdict_sentence(run, silent, answered, out);
	verdict_reasons(run, silent, out);
}
