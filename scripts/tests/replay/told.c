// SPDX-License-Identifier: GPL-2.0
/* How long clients would have waited, as the module tells it. */
#include <arpa/inet.h>
#include <err.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "told.h"

#define NR_DELAYS	(NR_VERDICTS - AFTER_0)	/* with those that have no time */

static const char * const delay_names[NR_DELAYS] = {
	[AFTER_0 - AFTER_0]	= "0",
	[AFTER_1 - AFTER_0]	= "1",
	[AFTER_3 - AFTER_0]	= "3",
	[AFTER_7 - AFTER_0]	= "7",
	[AFTER_15 - AFTER_0]	= "15",
	[AFTER_31 - AFTER_0]	= "31",
	[AFTER_63 - AFTER_0]	= "63",
	[NEVER - AFTER_0]	= "never",
	[UNKNOWN - AFTER_0]	= "unknown",
};

static char counters_path[PATH_MAX];
static const char *instance;
static uint64_t before[NR_DELAYS], counted[NR_DELAYS];

static enum verdict parse_delay(const char *file, const char *word)
{
	if (!strcmp(word, "-1"))
		return NEVER;
	for (int i = 0; i < NR_DELAYS; i++)
		if (delay_names[i] && !strcmp(word, delay_names[i]))
			return AFTER_0 + i;
	errx(2, "%s: has a delay '%s', which is not of the recorded clients", file, word);
}

static void read_counters(uint64_t *delays)
{
	FILE *f = fopen(counters_path, "r");
	char name[64];
	uint64_t value;
	bool any = false;

	if (!f)
		err(2, "%s", counters_path);
	memset(delays, 0, NR_DELAYS * sizeof(*delays));
	while (fscanf(f, "%63s %" SCNu64, name, &value) == 2) {
		if (strncmp(name, "delays/", 7))
			continue;
		any = true;
		if (strcmp(name, "delays/pending"))
			delays[parse_delay(counters_path, name + 7) - AFTER_0] = value;
		else if (value)
			errx(2, "%s: %" PRIu64 " clients are pending", counters_path, value);
	}
	if (!any)
		errx(2, "%s: has no delays", counters_path);
	fclose(f);
}

static void write_trace(const char *file, const char *value)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", instance, file);
	f = fopen(path, "w");
	if (!f || fputs(value, f) < 0 || fclose(f))
		err(2, "%s", path);
}

void told_start(const char *counter, const char *traces)
{
	const char *slash = strrchr(counter, '/');

	snprintf(counters_path, sizeof(counters_path), "%.*s/counters",
		 slash ? (int)(slash - counter) : 1, slash ? counter : ".");
	read_counters(before);
	instance = traces;
	if (!instance)
		return;
	write_trace("events/tw_recycle_sim/enable", "1\n");
	write_trace("trace", "\n");
}

/* Writes the address and the port as the events have them. */
static void format_peer(const struct step *step, char *text, size_t size)
{
	char address[INET6_ADDRSTRLEN];

	inet_ntop(step->peer.family, step->peer.bytes, address, sizeof(address));
	snprintf(text, size, step->peer.family == AF_INET ? "%s:%u" : "[%s]:%u", address,
		 step->peer_port);
}

/* Copies the value of the field @name ("peer=") of an event. */
static bool find_field(const char *line, const char *name, char *value, size_t size)
{
	const char *at = strstr(line, name);
	size_t len;

	if (!at || at == line || at[-1] != ' ')
		return false;
	at += strlen(name);
	len = strcspn(at, "\n ");
	if (len >= size)
		return false;
	memcpy(value, at, len);
	value[len] = '\0';
	return true;
}

static void take_event(const char *path, const char *line, const struct script *script,
		       struct outcome *outcomes)
{
	char peer[64], delay[32], of_step[64];

	if (!find_field(line, "peer=", peer, sizeof(peer)) ||
	    !find_field(line, "delay=", delay, sizeof(delay)) || !strcmp(delay, "-"))
		return;
	for (size_t i = 0; i < script->nr; i++) {
		if (script->steps[i].kind != STEP_ASK)
			continue;
		format_peer(&script->steps[i], of_step, sizeof(of_step));
		if (!strcmp(of_step, peer)) {
			outcomes[i].verdict = parse_delay(path, delay);
			return;
		}
	}
	errx(2, "%s: tells of %s, which is not of the script", path, peer);
}

static void read_events(const struct script *script, struct outcome *outcomes)
{
	char path[PATH_MAX];
	char *line = NULL;
	size_t size = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/trace", instance);
	f = fopen(path, "r");
	if (!f)
		err(2, "%s", path);
	while (getline(&line, &size, f) >= 0)
		if (*line != '#')
			take_event(path, line, script, outcomes);
	free(line);
	fclose(f);
}

void told_end(const struct script *script, struct outcome *outcomes)
{
	read_counters(counted);
	for (int i = 0; i < NR_DELAYS; i++)
		counted[i] -= before[i];
	for (size_t i = 0; i < script->nr; i++)
		if (script->steps[i].kind == STEP_ASK)
			outcomes[i].verdict = SILENT;
	if (!instance)
		return;
	write_trace("events/tw_recycle_sim/enable", "0\n");
	read_events(script, outcomes);
}

/* Each event was counted, and each client that was counted has an event. */
static void check_events(const char *name, const uint64_t *told)
{
	for (int i = 0; i < NR_DELAYS; i++)
		if (delay_names[i] && told[i] != counted[i])
			errx(2, "%s: delays/%s has %" PRIu64 " clients, the events have %" PRIu64,
			     name, delay_names[i], counted[i], told[i]);
}

bool told_compare(const char *name, const struct script *script,
		  const struct outcome *outcomes, const struct expected *expected)
{
	uint64_t recorded[NR_DELAYS] = { 0 }, told[NR_DELAYS] = { 0 }, right[NR_DELAYS] = { 0 };
	uint64_t delayed = 0, by_class = 0, by_client = 0;

	for (size_t i = 0; i < script->nr; i++) {
		const struct step *step = &script->steps[i];
		enum verdict truth;

		if (step->kind != STEP_ASK)
			continue;
		truth = expected_at(expected, step->line);
		recorded[truth - AFTER_0]++;
		if (outcomes[i].verdict >= AFTER_0)
			told[outcomes[i].verdict - AFTER_0]++;
		if (outcomes[i].verdict == truth)
			right[truth - AFTER_0]++;
	}
	if (instance)
		check_events(name, told);
	for (enum verdict v = AFTER_0; v <= UNKNOWN; v++) {
		int i = v - AFTER_0;

		printf("%-8s recorded %4" PRIu64 " counted %4" PRIu64, verdict_word(v),
		       recorded[i], counted[i]);
		if (instance)
			printf(" right %4" PRIu64, right[i]);
		putchar('\n');
		if (v == AFTER_0 || v == UNKNOWN)
			continue;
		delayed += recorded[i];
		by_class += recorded[i] < counted[i] ? recorded[i] : counted[i];
		by_client += right[i];
	}
	printf("%s: delayed %" PRIu64 " by-class %" PRIu64, name, delayed, by_class);
	if (instance)
		printf(" by-client %" PRIu64, by_client);
	printf(" at-once %" PRIu64 " of %" PRIu64 "\n",
	       instance ? right[0] : recorded[0] < counted[0] ? recorded[0] : counted[0],
	       recorded[0]);
	return by_class == delayed && (!instance || by_client == delayed);
}
