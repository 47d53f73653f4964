// SPDX-License-Identifier: GPL-2.0
/*
 * replay: plays a script of connections to the TCP of the machine it runs on, through a
 * TUN device or over loopback, and compares what the module counts with what a real
 * kernel with tcp_tw_recycle answered. traces/README.md describes the files.
 */
#include <err.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "counter.h"
#include "delivery.h"
#include "expected.h"
#include "flood.h"
#include "loop.h"
#include "play.h"
#include "script.h"
#include "state.h"
#include "told.h"
#include "trace.h"

#define COUNTER	"/sys/kernel/tw_recycle_sim/syns_rejected"

static const char usage_text[] =
	"usage: replay [OPTION]... SCRIPT [EXPECTED]\n"
	"  --column NAME     compare with this column of EXPECTED (4.11)\n"
	"  --only-rejected   print only the verdicts of rejected SYNs\n"
	"  --counter FILE    the module's counter (" COUNTER ")\n"
	"  --no-module       do not read the module's counter and do not compare\n"
	"  --delivery HOW    how segments come in: tun (default) or loopback\n"
	"  --serve-rejected  play a connection to its end although its SYN was counted\n"
	"  --phase MS        begin so long after the turn of a second (default: 500, and\n"
	"                    300 for hosts)\n"
	"  --capture FILE    record all packets, to compare plays: begins at a fixed\n"
	"                    phase of the ticks and sets the clock\n"
	"  --flood N[,PORT]  send N SYNs from strangers before each segment (port 82)\n"
	"  --flood-from ADDR send them all from ADDR, and reset each\n"
	"  --flood-pending   with --flood-from: reset none\n"
	"  --guess-rate      do not tell the module the rate of a client's clock\n"
	"  --events DIR      for SCRIPT.loop: compare each client, by the module's events\n"
	"                    in this instance of tracefs\n"
	"  --states          print at the end which states segments met\n"
	"  --verbose         show every segment on stderr\n"
	"EXPECTED is NAME.expected by default, if SCRIPT is NAME.tw or NAME.loop. Needs\n"
	"root, and a guest or a network namespace of its own: makes a TUN device and\n"
	"default routes.\n"
	"Exit status: 0: all agree; 1: some differ; 2: the script could not be played.\n";

struct options {
	const char *column;	/* NULL: --column was not given */
	const char *counter;
	const char *capture;	/* NULL: no record */
	const char *events;	/* NULL: only the counters */
	const char *script;
	char *expected;		/* NULL: nothing to compare with */
	enum delivery delivery;
	bool only_rejected;
	bool serve_rejected;
	bool guess_rate;
	bool has_phase;
	bool verbose;
};

static void __attribute__((noreturn)) usage(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

/* Returns NAME.expected beside NAME.tw or NAME.loop, or NULL. */
static char *find_expected(const char *script)
{
	const char *end = strrchr(script, '.');
	char *file;

	if (!end || (strcmp(end, ".tw") && strcmp(end, ".loop")))
		return NULL;
	if (asprintf(&file, "%.*s.expected", (int)(end - script), script) < 0)
		err(2, NULL);
	if (!access(file, F_OK))
		return file;
	free(file);
	return NULL;
}

static void parse_options(int argc, char **argv, struct options *o)
{
	enum {
		COLUMN = 256, ONLY_REJECTED, COUNTER_FILE, NO_MODULE, DELIVERY,
		SERVE_REJECTED, PHASE, CAPTURE, FLOOD, FLOOD_FROM, FLOOD_PENDING,
		GUESS_RATE, EVENTS, STATES, VERBOSE, HELP
	};
	static const struct option longs[] = {
		{ "column", required_argument, NULL, COLUMN },
		{ "only-rejected", no_argument, NULL, ONLY_REJECTED },
		{ "counter", required_argument, NULL, COUNTER_FILE },
		{ "no-module", no_argument, NULL, NO_MODULE },
		{ "delivery", required_argument, NULL, DELIVERY },
		{ "serve-rejected", no_argument, NULL, SERVE_REJECTED },
		{ "phase", required_argument, NULL, PHASE },
		{ "capture", required_argument, NULL, CAPTURE },
		{ "flood", required_argument, NULL, FLOOD },
		{ "flood-from", required_argument, NULL, FLOOD_FROM },
		{ "flood-pending", no_argument, NULL, FLOOD_PENDING },
		{ "guess-rate", no_argument, NULL, GUESS_RATE },
		{ "events", required_argument, NULL, EVENTS },
		{ "states", no_argument, NULL, STATES },
		{ "verbose", no_argument, NULL, VERBOSE },
		{ "help", no_argument, NULL, HELP },
		{ 0 }
	};
	unsigned short port = 82;
	int opt, delivery;
	unsigned int burst;
	unsigned long phase;
	struct addr from;
	char *end;

	*o = (struct options){ .counter = COUNTER };
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (opt) {
		case COLUMN:
			o->column = optarg;
			break;
		case ONLY_REJECTED:
			o->only_rejected = true;
			break;
		case COUNTER_FILE:
			o->counter = optarg;
			break;
		case NO_MODULE:
			o->counter = NULL;
			break;
		case DELIVERY:
			delivery = delivery_parse(optarg);
			if (delivery < 0)
				errx(2, "--delivery: '%s' is neither tun nor loopback",
				     optarg);
			o->delivery = delivery;
			break;
		case SERVE_REJECTED:
			o->serve_rejected = true;
			break;
		case PHASE:
			phase = strtoul(optarg, &end, 10);
			if (end == optarg || *end || phase >= 1000)
				errx(2, "--phase: '%s' is not from 0 to 999", optarg);
			play_at_phase(phase);
			o->has_phase = true;
			break;
		case CAPTURE:
			o->capture = optarg;
			break;
		case FLOOD:
			if (sscanf(optarg, "%u,%hu", &burst, &port) < 1)
				errx(2, "--flood: '%s' is not a number", optarg);
			flood_on(burst, port);
			break;
		case FLOOD_FROM:
			if (!addr_parse(optarg, &from))
				errx(2, "--flood-from: '%s' is not an address", optarg);
			flood_from(&from);
			break;
		case FLOOD_PENDING:
			flood_leave_pending();
			break;
		case GUESS_RATE:
			play_guess_rate();
			o->guess_rate = true;
			break;
		case EVENTS:
			o->events = optarg;
			break;
		case STATES:
			state_on();
			break;
		case VERBOSE:
			o->verbose = true;
			trace_on();
			break;
		case HELP:
			fputs(usage_text, stdout);
			exit(0);
		default:
			usage();
		}
	}
	if (argc - optind < 1 || argc - optind > 2)
		usage();
	o->script = argv[optind];
	if (!o->counter)
		return;
	if (argc - optind == 2) {
		o->expected = strdup(argv[optind + 1]);
		if (!o->expected)
			err(2, NULL);
	} else {
		o->expected = find_expected(o->script);
	}
	/* --column without a table must not report that all agrees */
	if (o->column && !o->expected)
		errx(2, "%s: there is no table with a column '%s' beside it", o->script,
		     o->column);
	if (!o->column)
		o->column = "4.11";
}

static bool has_verdict(const struct step *step)
{
	return step->kind == STEP_CONN || step->kind == STEP_DIAL || step->kind == STEP_ASK;
}

/* Finds a table that lacks a line, or is of another script, before the play. */
static void check_table(const struct options *o, const struct script *script,
			const struct expected *expected)
{
	size_t wanted = 0;

	for (size_t i = 0; i < script->nr; i++) {
		const struct step *step = &script->steps[i];

		if (!has_verdict(step))
			continue;
		wanted++;
		if (expected_at(expected, step->line) < 0)
			errx(2, "%s: has no answer for line %u of %s",
			     o->expected, step->line, o->script);
		if (script->loop && expected_at(expected, step->line) < AFTER_0)
			errx(2, "%s: the answer for line %u is no time", o->expected,
			     step->line);
	}
	if (wanted != expected->nr)
		errx(2, "%s: has %zu answers, %s %zu questions", o->expected,
		     expected->nr, o->script, wanted);
}

static void play_hosts(const struct options *o, const struct script *script,
		       struct outcome *outcomes)
{
	if (!o->has_phase)
		play_at_phase(LOOP_PHASE_MS);
	play_start(o->delivery, true, o->capture);
	if (o->counter)
		told_start(o->counter, o->events);
	loop_play(script, o->guess_rate, outcomes);
	if (o->counter)
		told_end(script, outcomes);
	play_end();
	for (size_t i = 0; i < script->nr; i++)
		if (*outcomes[i].trouble)
			errx(2, "%s:%u: %s", o->script, script->steps[i].line,
			     outcomes[i].trouble);
}

/* Plays the script; leaves the outcome of each step in @outcomes. */
static void play(const struct options *o, const struct script *script,
		 struct outcome *outcomes)
{
	play_start(o->delivery, o->serve_rejected, o->capture);
	for (size_t i = 0; i < script->nr; i++) {
		const struct step *step = &script->steps[i];

		play_step(step, &outcomes[i]);
		if (has_verdict(step) && (!o->only_rejected ||
					  outcomes[i].verdict == REJECTED))
			printf("%u %s\n", step->line,
			       verdict_word(outcomes[i].verdict));
		if (*outcomes[i].trouble)
			warnx("%s:%u: %s", o->script, step->line,
			      outcomes[i].trouble);
	}
	play_end();
	flood_end();
	state_print();
}

/*
 * Answers other than "rejected" are of the traffic after the SYN; the module does not
 * decide them.
 */
static bool agrees(const struct outcome *outcome, int recorded)
{
	if (*outcome->trouble)
		return false;
	if (outcome->verdict >= AFTER_0 || recorded >= AFTER_0)
		return outcome->verdict == (enum verdict)recorded;
	return (outcome->verdict == REJECTED) == (recorded == REJECTED);
}

/* Prints what differs and the number of it. Returns that number. */
static size_t compare(const struct script *script,
		      const struct outcome *outcomes,
		      const struct expected *expected)
{
	size_t passed = 0, failed = 0;

	for (size_t i = 0; i < script->nr; i++) {
		const struct step *step = &script->steps[i];
		int recorded = expected_at(expected, step->line);

		if (!has_verdict(step))
			continue;
		if (agrees(&outcomes[i], recorded)) {
			passed++;
			continue;
		}
		if (!failed++)
			puts("differs:");
		printf("  line %u: %s\n    recorded %s, seen %s%s%s\n",
		       step->line, step->text, verdict_word(recorded),
		       verdict_word(outcomes[i].verdict),
		       *outcomes[i].trouble ? "; " : "", outcomes[i].trouble);
	}
	printf("%zu passed, %zu failed\n", passed, failed);
	return failed;
}

static bool any_trouble(const struct script *script,
			const struct outcome *outcomes)
{
	for (size_t i = 0; i < script->nr; i++)
		if (*outcomes[i].trouble)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct expected expected = { 0 };
	struct outcome *outcomes;
	struct script script;
	struct options o;
	bool failed;

	parse_options(argc, argv, &o);
	/* with --verbose, verdicts and segments appear in order */
	setvbuf(stdout, NULL, o.verbose ? _IOLBF : _IOFBF, 0);

	script_read(o.script, &script);
	if (o.expected) {
		expected_read(o.expected, o.column, &expected);
		check_table(&o, &script, &expected);
	}
	counter_open(o.counter);
	outcomes = calloc(script.nr, sizeof(*outcomes));
	if (!outcomes)
		err(2, NULL);

	if (script.loop)
		play_hosts(&o, &script, outcomes);
	else
		play(&o, &script, outcomes);
	if (script.loop)
		failed = o.expected && !told_compare(o.script, &script, outcomes, &expected);
	else
		failed = o.expected ? compare(&script, outcomes, &expected) > 0
				    : any_trouble(&script, outcomes);

	free(outcomes);
	free(o.expected);
	expected_free(&expected);
	script_free(&script);
	return failed;
}
