// SPDX-License-Identifier: GPL-2.0
/* The lines that open a connection: conn, client, dial. */
#include <string.h>

#include "parse.h"
#include "words.h"

#define LISTENER_PORT	80
#define MAX_DATA	1000	/* ten-byte segments, far less than the window */

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
	[CLOSE_QUEUED]		= "queued",
	[CLOSE_HALF]		= "half",
	[CLOSE_PROBE]		= "probe",
	[CLOSE_CLOSEWAIT]	= "closewait",
	[CLOSE_UNACKED]		= "unacked",
	[CLOSE_LASTACK]		= "lastack",
	[CLOSE_CLOSING]		= "closing",
};

static const char * const open_names[NR_OPENS] = {
	[OPEN_CROSS]	= "cross",
	[OPEN_SILENT]	= "silent",
	[OPEN_RST]	= "rst",
};

enum { SYN_FIN, SYN_RST, SYN_ACK, SYN_ECE, SYN_DATA, SYN_BADSUM, NR_SYNS };

static const char * const syn_names[NR_SYNS] = {
	[SYN_FIN]	= "fin",
	[SYN_RST]	= "rst",
	[SYN_ACK]	= "ack",
	[SYN_ECE]	= "ece",
	[SYN_DATA]	= "data",
	[SYN_BADSUM]	= "badsum",
};

enum { OPT_TWO, OPT_RAW, OPT_SECR, OPT_TFO, OPT_WIN, NR_OPTS };

static const char * const opt_names[NR_OPTS] = {
	[OPT_TWO]	= "two",
	[OPT_RAW]	= "raw",
	[OPT_SECR]	= "secr",
	[OPT_TFO]	= "tfo",
	[OPT_WIN]	= "win",
};

/* PEER:PORT, an IPv6 address in brackets */
static void parse_peer(char *word, struct step *step)
{
	char *host = word;
	char *port = strrchr(word, ':');
	bool brackets = *word == '[';
	int family = brackets ? AF_INET6 : AF_INET;

	if (!port)
		bad("'%s' is not ADDRESS:PORT", word);
	*port++ = '\0';
	if (brackets) {
		size_t len = strlen(host);

		if (host[len - 1] != ']')
			bad("'%s' has no ']'", host);
		host[len - 1] = '\0';
		host++;
	}
	if (!addr_parse(host, &step->peer) || step->peer.family != family)
		bad("'%s' is not an address (a.b.c.d or [v6])", word);
	step->peer_port = parse_u32("port", port, 65535);
}

static void parse_ts(const char *value, struct step *step)
{
	step->has_ts = true;
	step->ts = strcmp(value, "none");
	if (step->ts)
		step->tsval = parse_u32("ts", value, UINT32_MAX);
}

/* A line can have several of these. */
static void parse_syn(const char *value, struct syn_form *syn)
{
	switch (parse_name("syn", value, syn_names, NR_SYNS)) {
	case SYN_FIN:
		syn->flags |= TCP_FIN;
		break;
	case SYN_RST:
		syn->flags |= TCP_RST;
		break;
	case SYN_ACK:
		syn->flags |= TCP_ACK;
		break;
	case SYN_ECE:
		syn->flags |= TCP_ECE | TCP_CWR;
		break;
	case SYN_DATA:
		syn->data = true;
		break;
	case SYN_BADSUM:
		syn->badsum = true;
		break;
	}
}

/* NAME or NAME:NUMBER; a line can have several of these. */
static void parse_opt(char *value, struct syn_form *syn)
{
	char *number = strchr(value, ':');
	int opt;

	if (number)
		*number++ = '\0';
	opt = parse_name("opt", value, opt_names, NR_OPTS);
	if ((opt == OPT_RAW || opt == OPT_TFO) != !number)
		bad("opt: two, secr and win need a number after a ':', raw and tfo do not");
	switch (opt) {
	case OPT_TWO:
		syn->two = true;
		syn->first = parse_u32("opt=two", number, UINT32_MAX);
		break;
	case OPT_RAW:
		syn->raw = true;
		break;
	case OPT_SECR:
		syn->tsecr = parse_u32("opt=secr", number, UINT32_MAX);
		break;
	case OPT_TFO:
		syn->tfo = true;
		break;
	case OPT_WIN:
		syn->window = parse_u32("opt=win", number, UINT16_MAX);
		break;
	}
}

/* The options of a conn only. Return: false for other words. */
static bool parse_conn_option(const char *word, char *value, struct step *step)
{
	if (!strcmp(word, "data"))
		step->data = parse_u32(word, value, MAX_DATA);
	else if (!strcmp(word, "syn"))
		parse_syn(value, &step->syn);
	else if (!strcmp(word, "opt"))
		parse_opt(value, &step->syn);
	else if (!strcmp(word, "delay"))
		step->wait_ns = parse_seconds(word, value);
	else if (!strcmp(word, "id") && *value && !step->id)
		step->id = check_alloc(strdup(value));
	else if (step->client && !strcmp(word, "rate"))
		step->rate = parse_u32(word, value, UINT32_MAX);
	else
		return false;
	return true;
}

static void parse_option(char *word, struct step *step)
{
	char *value = cut_value(word);

	if (!strcmp(word, "ts")) {
		parse_ts(value, step);
	} else if (!strcmp(word, "close")) {
		step->close = parse_name(word, value, close_names, NR_CLOSES);
	} else if (!strcmp(word, "fin")) {
		step->has_fin = true;
		step->fin = parse_u32(word, value, UINT32_MAX);
	} else if (!strcmp(word, "to")) {
		if (!addr_parse(value, &step->local) ||
		    step->local.family != step->peer.family)
			bad("to: '%s' is not an address of the peer's family", value);
	} else if (!strcmp(word, "port")) {
		step->local_port = parse_u32(word, value, 65535);
	} else if (!strcmp(word, "seq")) {
		step->has_seq = true;
		step->seq = parse_u32(word, value, UINT32_MAX);
	} else if (step->kind == STEP_DIAL && !strcmp(word, "open")) {
		step->open = parse_name(word, value, open_names, NR_OPENS);
	} else if (step->kind != STEP_CONN ||
		   !parse_conn_option(word, value, step)) {
		bad("'%s=%s' is unknown here, or given twice", word, value);
	}
}

static void check_connection(const struct step *step)
{
	if (!step->has_ts)
		bad("ts= is missing");
	if (step->kind == STEP_DIAL && step->close != CLOSE_SERVER &&
	    step->close != CLOSE_CLIENT)
		bad("close: a dial has server or client");
	if (step->client && step->close != CLOSE_HALF)
		bad("close: not for a client");
	if (!step->id)
		return;
	if (step->client || (step->close != CLOSE_OPEN && step->close != CLOSE_QUEUED &&
			     step->close != CLOSE_HALF))
		bad("id: only with close=open, close=queued or close=half");
	parse_live_name(step->id);
}

void parse_connection(char *args, struct step *step)
{
	char *word = strtok(args, SPACE);

	if (!word)
		bad("the peer is missing");
	parse_peer(word, step);
	addr_parse(step->peer.family == AF_INET ? "192.0.2.1" : "2001:db8::1",
		   &step->local);
	if (step->kind == STEP_CONN)
		step->local_port = LISTENER_PORT;
	step->syn.flags = TCP_SYN;
	step->syn.window = 32767;
	while ((word = strtok(NULL, SPACE)))
		parse_option(word, step);
	check_connection(step);
}
