// SPDX-License-Identifier: GPL-2.0
/* The lines of a script of hosts behind addresses: host and ask. */
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "words.h"

#define SERVER4		"192.0.2.1"
#define SERVER6		"2001:db8::1"
#define SERVER_PORT	80
#define FIRST_PORT	20001
#define HOST_PORTS	300	/* of each host, so that hosts of an address share none */
#define MAX_TICKS	1000000000

static struct host {
	char *name;
	struct addr address;
	uint32_t base;
	double ticks;
	unsigned int asked;	/* how often so far */
} *hosts;
static size_t nr_hosts;

void parse_loop_start(void)
{
	while (nr_hosts)
		free(hosts[--nr_hosts].name);
	free(hosts);
	hosts = NULL;
}

static struct host *find_host(const char *name)
{
	for (size_t i = 0; i < nr_hosts; i++)
		if (!strcmp(hosts[i].name, name))
			return &hosts[i];
	return NULL;
}

static double parse_ticks(const char *text)
{
	char *end;
	double ticks = strtod(text, &end);

	if (*end || !(ticks > 0 && ticks <= MAX_TICKS))
		bad("RATE: '%s' is not a number of ticks a second", text);
	return ticks;
}

void parse_host(char *args, struct step *step)
{
	char *name = strtok(args, SPACE);
	char *address = strtok(NULL, SPACE);
	char *base = strtok(NULL, SPACE);
	char *rate = strtok(NULL, SPACE);
	struct host *host;

	if (!rate || strtok(NULL, SPACE))
		bad("host needs NAME ADDRESS BASE RATE");
	if (find_host(name))
		bad("there is a host '%s' already", name);
	if (!addr_parse(address, &step->peer))
		bad("'%s' is not an address", address);
	step->tsval = parse_u32("BASE", base, UINT32_MAX);
	step->ticks = parse_ticks(rate);
	hosts = check_alloc(reallocarray(hosts, nr_hosts + 1, sizeof(*hosts)));
	host = &hosts[nr_hosts++];
	*host = (struct host){
		.name = check_alloc(strdup(name)),
		.address = step->peer,
		.base = step->tsval,
		.ticks = step->ticks,
	};
}

/* The next port of @host; those of the next host begin HOST_PORTS later. */
static uint16_t take_port(struct host *host)
{
	size_t port = FIRST_PORT + HOST_PORTS * (host - hosts) + host->asked;

	if (host->asked++ == HOST_PORTS)
		bad("'%s' asks more than %d times", host->name, HOST_PORTS);
	if (port > UINT16_MAX)
		bad("'%s' has no port, for too many hosts come before it", host->name);
	return port;
}

static void parse_ask_option(char *word, struct step *step, bool *closes, bool *holds)
{
	static const char * const modes[] = {
		[CLOSE_SERVER]	= "server",
		[CLOSE_CLIENT]	= "client",
	};
	char *value = cut_value(word);

	if (!strcmp(word, "close") && !*closes) {
		step->close = parse_name(word, value, modes, sizeof(modes) / sizeof(*modes));
		*closes = true;
	} else if (!strcmp(word, "hold") && !*holds) {
		step->wait_ns = parse_seconds(word, value);
		*holds = true;
	} else {
		bad("'%s=%s' is unknown here, or given twice", word, value);
	}
}

void parse_ask(char *args, struct step *step)
{
	char *name = strtok(args, SPACE);
	char *at = strtok(NULL, SPACE);
	bool closes = false, holds = false;
	struct host *host;
	char *word;

	if (!at)
		bad("ask needs NAME AT close=server|client hold=SECONDS");
	host = find_host(name);
	if (!host)
		bad("there is no host '%s' before this line", name);
	step->at_ns = parse_seconds("AT", at);
	while ((word = strtok(NULL, SPACE)))
		parse_ask_option(word, step, &closes, &holds);
	if (!closes || !holds)
		bad("ask needs NAME AT close=server|client hold=SECONDS");
	step->peer = host->address;
	step->peer_port = take_port(host);
	addr_parse(step->peer.family == AF_INET ? SERVER4 : SERVER6, &step->local);
	step->local_port = SERVER_PORT;
	step->ts = true;
	step->tsval = host->base;
	step->ticks = host->ticks;
}
