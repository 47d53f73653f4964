// SPDX-License-Identifier: GPL-2.0
/* A .tw script, as steps in order. */
#include <ctype.h>
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"

#define LISTENER_PORT	80
#define MAX_DATA	1000	/* ten-byte segments: stays well inside the window */
#define MAX_WAIT	1000000	/* seconds */
#define SPACE		" \t\r\n"

static const char * const close_names[NR_CLOSES] = {
	[CLOSE_SERVER]		= "server",
	[CLOSE_SHUTDOWN]	= "shutdown",
	[CLOSE_FINACK]		= "finack",
	[CLOSE_SIMUL]		= "simul",
	[CLOSE_ACKONLY]		= "ackonly",
	[CLOSE_SHUTACK]		= "shutack",
	[CLOSE_HALFDATA]	= "halfdata",
	[CLOSE_DATAFIN]		= "datafin",
	[CLOSE_OOW]		= "oow",
	[CLOSE_HOLE]		= "hole",
	[CLOSE_BADSUM]		= "badsum",
	[CLOSE_PARTACK]		= "partack",
	[CLOSE_OVERACK]		= "overack",
	[CLOSE_PAWS]		= "paws",
	[CLOSE_DUPFIN]		= "dupfin",
	[CLOSE_CLIENT]		= "client",
	[CLOSE_RST]		= "rst",
	[CLOSE_LINGER0]		= "linger0",
	[CLOSE_OPEN]		= "open",
	[CLOSE_HALF]		= "half",
	[CLOSE_CLOSEWAIT]	= "closewait",
	[CLOSE_LASTACK]		= "lastack",
	[CLOSE_CLOSING]		= "closing",
};

static const char * const open_names[NR_OPENS] = {
	[OPEN_CROSS]	= "cross",
	[OPEN_SILENT]	= "silent",
	[OPEN_RST]	= "rst",
};

static const char * const syn_names[NR_SYNS] = {
	[SYN_FIN]	= "fin",
	[SYN_RST]	= "rst",
	[SYN_ACK]	= "ack",
	[SYN_ECE]	= "ece",
	[SYN_DATA]	= "data",
	[SYN_BADSUM]	= "badsum",
};

/* where we are, for bad() */
static const char *file_name;
static unsigned int line_number;

__attribute__((format(printf, 1, 2), noreturn))
static void bad(const char *fmt, ...)
{
	char what[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	errx(2, "%s:%u: %s", file_name, line_number, what);
}

static void *check_alloc(void *p)
{
	if (!p)
		err(2, NULL);
	return p;
}

/* A decimal or 0x number; a leading 0 does not make it octal. */
static uint32_t parse_u32(const char *name, const char *text, uint32_t max)
{
	bool hex = !strncmp(text, "0x", 2);
	unsigned long long v;
	char *end;

	v = strtoull(text, &end, hex ? 16 : 10);
	if (!isxdigit((unsigned char)*text) || *end || v > max)
		bad("%s: '%s' is no number from 0 to %u", name, text, max);
	return v;
}

static int parse_name(const char *key, const char *text,
		      const char * const *names, int nr)
{
	for (int i = 0; i < nr; i++)
		if (names[i] && !strcmp(text, names[i]))
			return i;
	bad("%s: '%s' is not known", key, text);
}

static void parse_wait(char *args, struct step *step)
{
	char *word = strtok(args, SPACE);
	double seconds;
	char *end;

	if (!word || strtok(NULL, SPACE))
		bad("wait wants one number of seconds");
	seconds = strtod(word, &end);
	if (*end || !(seconds >= 0 && seconds <= MAX_WAIT))
		bad("wait: '%s' is no number of seconds", word);
	step->wait_ns = seconds * 1e9;
}

static void parse_set(char *args, struct step *step)
{
	char *file = strtok(args, SPACE);
	char *value = strtok(NULL, SPACE);

	if (!file || !value || strtok(NULL, SPACE))
		bad("set wants a file and a value");
	step->file = check_alloc(strdup(file));
	step->value = check_alloc(strdup(value));
}

/* PEER:PORT, an IPv6 address in brackets */
static void parse_peer(char *word, struct step *step)
{
	char *host = word;
	char *port = strrchr(word, ':');
	bool brackets = *word == '[';
	int family = brackets ? AF_INET6 : AF_INET;

	if (!port)
		bad("'%s' is no ADDRESS:PORT", word);
	*port++ = '\0';
	if (brackets) {
		size_t len = strlen(host);

		if (host[len - 1] != ']')
			bad("'%s' lacks its ']'", host);
		host[len - 1] = '\0';
		host++;
	}
	if (!addr_parse(host, &step->peer) || step->peer.family != family)
		bad("'%s' is no address (a.b.c.d or [v6])", word);
	step->peer_port = parse_u32("port", port, 65535);
}

static void parse_option(char *word, struct step *step, bool *has_ts)
{
	char *value = strchr(word, '=');

	if (!value)
		bad("'%s' is no NAME=VALUE", word);
	*value++ = '\0';
	if (!strcmp(word, "ts")) {
		*has_ts = true;
		step->ts = strcmp(value, "none");
		if (step->ts)
			step->tsval = parse_u32(word, value, UINT32_MAX);
	} else if (!strcmp(word, "close")) {
		step->close = parse_name(word, value, close_names, NR_CLOSES);
	} else if (!strcmp(word, "fin")) {
		step->has_fin = true;
		step->fin = parse_u32(word, value, UINT32_MAX);
	} else if (!strcmp(word, "to")) {
		if (!addr_parse(value, &step->local) ||
		    step->local.family != step->peer.family)
			bad("to: '%s' is no address of the peer's family", value);
	} else if (step->client && !strcmp(word, "rate")) {
		step->rate = parse_u32(word, value, UINT32_MAX);
	} else if (step->kind == STEP_CONN && !strcmp(word, "data")) {
		step->data = parse_u32(word, value, MAX_DATA);
	} else if (step->kind == STEP_DIAL && !strcmp(word, "open")) {
		step->open = parse_name(word, value, open_names, NR_OPENS);
	} else if (!strcmp(word, "port")) {
		step->local_port = parse_u32(word, value, 65535);
	} else if (step->kind == STEP_CONN && !strcmp(word, "syn")) {
		step->syn = parse_name(word, value, syn_names, NR_SYNS);
	} else {
		bad("'%s=' is not known here", word);
	}
}

static void parse_connection(char *args, struct step *step)
{
	char *word = strtok(args, SPACE);
	bool has_ts = false;

	if (!word)
		bad("the peer is missing");
	parse_peer(word, step);
	addr_parse(step->peer.family == AF_INET ? "192.0.2.1" : "2001:db8::1",
		   &step->local);
	if (step->kind == STEP_CONN)
		step->local_port = LISTENER_PORT;
	while ((word = strtok(NULL, SPACE)))
		parse_option(word, step, &has_ts);
	if (!has_ts)
		bad("ts= is missing");
	if (step->kind == STEP_DIAL && step->close != CLOSE_SERVER &&
	    step->close != CLOSE_CLIENT)
		bad("close: dial knows server and client");
}

static void parse_line(char *line, struct step *step)
{
	char *word = line;
	char *args = line + strcspn(line, SPACE);

	if (*args)
		*args++ = '\0';
	if (!strcmp(word, "wait")) {
		step->kind = STEP_WAIT;
		parse_wait(args, step);
	} else if (!strcmp(word, "set")) {
		step->kind = STEP_SET;
		parse_set(args, step);
	} else if (!strcmp(word, "conn")) {
		step->kind = STEP_CONN;
		parse_connection(args, step);
	} else if (!strcmp(word, "dial")) {
		step->kind = STEP_DIAL;
		parse_connection(args, step);
	} else if (!strcmp(word, "client")) {
		/* its first SYN is all that the module sees, too */
		step->kind = STEP_CONN;
		step->client = true;
		step->rate = 1000;
		step->close = CLOSE_HALF;
		parse_connection(args, step);
	} else {
		bad("'%s' is no step (conn, client, dial, wait, set)", word);
	}
}

/* Cuts the comment and the white space at both ends. */
static char *trim(char *line)
{
	char *end;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, SPACE);
	end = line + strlen(line);
	while (end > line && strchr(SPACE, end[-1]))
		*--end = '\0';
	return line;
}

void script_read(const char *file, struct script *script)
{
	FILE *f = fopen(file, "r");
	char *line = NULL;
	size_t size = 0;

	if (!f)
		err(2, "%s", file);
	*script = (struct script){ 0 };
	file_name = file;
	for (line_number = 1; getline(&line, &size, f) >= 0; line_number++) {
		char *text = trim(line);
		struct step *step;

		if (!*text)
			continue;
		script->steps = check_alloc(reallocarray(script->steps,
							 script->nr + 1,
							 sizeof(*step)));
		step = &script->steps[script->nr++];
		*step = (struct step){ .line = line_number };
		step->text = check_alloc(strdup(text));
		parse_line(text, step);
	}
	if (ferror(f))
		err(2, "%s", file);
	if (!script->nr)
		errx(2, "%s: nothing to play", file);
	free(line);
	fclose(f);
}

void script_free(struct script *script)
{
	for (size_t i = 0; i < script->nr; i++) {
		free(script->steps[i].text);
		free(script->steps[i].file);
		free(script->steps[i].value);
	}
	free(script->steps);
}
