// SPDX-License-Identifier: GPL-2.0
/* The lines that continue a connection, and those of the program's listeners. */
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "words.h"

#define FIRST_PORT	80	/* the program listens on it from the start */
#define MAX_LISTENERS	16
#define MAX_SEG_DATA	1400	/* fits into a packet of the TUN device's MTU */

static const char flag_letters[] = "FSRPA.EC";	/* in the order of the bits; no U */

static const char * const app_names[NR_APPS] = {
	[APP_CLOSE]	= "close",
	[APP_SHUTWR]	= "shutwr",
	[APP_SHUTRD]	= "shutrd",
	[APP_LINGER0]	= "linger0",
	[APP_LINGER]	= "linger",
	[APP_LINGER2]	= "linger2",
	[APP_WRITE]	= "write",
	[APP_READ]	= "read",
};

static char **names;
static size_t nr_names;

/* 0: a free place */
static uint16_t ports[MAX_LISTENERS];

void parse_live_start(void)
{
	memset(ports, 0, sizeof(ports));
	ports[0] = FIRST_PORT;
}

void parse_live_end(void)
{
	while (nr_names)
		free(names[--nr_names]);
	free(names);
	names = NULL;
}

static bool is_named(const char *id)
{
	for (size_t i = 0; i < nr_names; i++)
		if (!strcmp(names[i], id))
			return true;
	return false;
}

void parse_live_name(const char *id)
{
	if (is_named(id))
		return;
	names = check_alloc(reallocarray(names, nr_names + 1, sizeof(*names)));
	names[nr_names++] = check_alloc(strdup(id));
}

/* Parses X, the first word. Only the play shows whether X was accepted. */
static void parse_id(const char *word, struct step *step)
{
	if (!word)
		bad("the connection is missing");
	if (!is_named(word))
		bad("no conn before this line has id=%s", word);
	step->id = check_alloc(strdup(word));
}

static uint8_t parse_flags(const char *word)
{
	uint8_t flags = 0;

	if (!word)
		bad("seg needs a connection and flags");
	for (const char *c = word; *c; c++) {
		const char *letter = *c == '.' ? NULL : strchr(flag_letters, *c);

		if (!letter)
			bad("'%s' are not flags (of S F R P A E C)", word);
		flags |= 1 << (letter - flag_letters);
	}
	return flags;
}

static void parse_seg_option(char *word, struct step *step)
{
	char *value;

	if (!strcmp(word, "keep")) {
		step->keep = true;
		return;
	}
	if (!strcmp(word, "badsum")) {
		step->badsum = true;
		return;
	}
	value = cut_value(word);
	if (!strcmp(word, "ts")) {
		step->has_ts = true;
		step->ts = strcmp(value, "none");
		if (step->ts)
			step->tsval = parse_u32(word, value, UINT32_MAX);
	} else if (!strcmp(word, "seq")) {
		step->seq_off = parse_i32(word, value);
	} else if (!strcmp(word, "ack")) {
		step->ack_off = parse_i32(word, value);
	} else if (!strcmp(word, "data")) {
		step->data = parse_u32(word, value, MAX_SEG_DATA);
	} else {
		bad("'%s=' is unknown here", word);
	}
}

void parse_seg(char *args, struct step *step)
{
	char *word;

	parse_id(strtok(args, SPACE), step);
	step->flags = parse_flags(strtok(NULL, SPACE));
	while ((word = strtok(NULL, SPACE)))
		parse_seg_option(word, step);
}

void parse_app(char *args, struct step *step)
{
	char *deed, *number;
	bool wants;

	parse_id(strtok(args, SPACE), step);
	deed = strtok(NULL, SPACE);
	if (!deed || strtok(NULL, SPACE))
		bad("app needs a connection and one action");
	number = strchr(deed, '=');
	if (number)
		*number++ = '\0';
	step->app = parse_name("app", deed, app_names, NR_APPS);
	wants = step->app == APP_LINGER || step->app == APP_LINGER2 ||
		step->app == APP_WRITE;
	if (wants != !!number)
		bad("app: %s %s", deed, wants ? "needs =NUMBER" : "has no number");
	if (!number)
		return;
	step->number = parse_i32(deed, number);
	if (step->number < 0 && step->app != APP_LINGER2)
		bad("app: %s=%s is negative", deed, number);
}

static uint16_t parse_port(const char *word)
{
	uint16_t port;

	if (!word)
		bad("the port is missing");
	port = parse_u32("port", word, 65535);
	if (!port)
		bad("cannot listen on port 0");
	return port;
}

/* Returns the place of @port among the listeners, or NULL; 0 finds a free place. */
static uint16_t *find_port(uint16_t port)
{
	for (size_t i = 0; i < MAX_LISTENERS; i++)
		if (ports[i] == port)
			return &ports[i];
	return NULL;
}

void parse_listen(char *args, struct step *step)
{
	char *backlog, *dual;
	uint16_t *place;

	step->local_port = parse_port(strtok(args, SPACE));
	backlog = strtok(NULL, SPACE);
	dual = strtok(NULL, SPACE);
	if (!backlog || (dual && strcmp(dual, "dual")) || strtok(NULL, SPACE))
		bad("listen needs PORT BACKLOG [dual]");
	step->number = parse_u32("backlog", backlog, INT32_MAX);
	step->dual = dual;
	if (find_port(step->local_port))
		bad("the program listens on port %u already", step->local_port);
	place = find_port(0);
	if (!place)
		bad("the program listens on %d ports at most", MAX_LISTENERS);
	*place = step->local_port;
}

void parse_unlisten(char *args, struct step *step)
{
	uint16_t *place;

	step->local_port = parse_port(strtok(args, SPACE));
	if (strtok(NULL, SPACE))
		bad("unlisten needs one port");
	place = find_port(step->local_port);
	if (!place)
		bad("the program does not listen on port %u", step->local_port);
	*place = 0;
}

void parse_accept(char *args, struct step *step)
{
	parse_id(strtok(args, SPACE), step);
	if (strtok(NULL, SPACE))
		bad("accept needs one connection");
}
