// SPDX-License-Identifier: GPL-2.0
/*
 * ports.c - the ports that SYNs went to, and the answers from there
 */
#include <stdlib.h>

#include "fail.h"
#include "ports.h"

/* A scan of all ports of a machine fits. SYNs to ports without room are not counted. */
#define PORTS_MOST	0x20000
#define PORTS_PROBES	64

struct port {
	u32 machine;
	__be16 port;
	bool answered;
	u64 silent;
};

static struct port *ports;

static struct port *port_find(u32 machine, __be16 number)
{
	u32 at = (machine * 0x9e3779b1 ^ number * 0x85ebca6b) >> 7, i;

	if (!ports)
		ports = fail_calloc(PORTS_MOST, sizeof(*ports));
	for (i = 0; i < PORTS_PROBES; i++) {
		struct port *port = &ports[(at + i) % PORTS_MOST];

		if (!port->machine) {
			port->machine = machine;
			port->port = number;
		}
		if (port->machine == machine && port->port == number)
			return port;
	}
	return NULL;
}

void ports_count(u32 machine, __be16 number, enum answer answer)
{
	struct port *port = port_find(machine, number);

	if (!port)
		return;
	if (answer == ANSWER_NONE)
		port->silent++;
	else
		port->answered = true;
}

u64 ports_dead(u64 *dead)
{
	u64 silent = 0;
	u32 i;

	*dead = 0;
	for (i = 0; ports && i < PORTS_MOST; i++) {
		if (!ports[i].machine || ports[i].answered)
			continue;
		silent += ports[i].silent;
		++*dead;
	}
	return silent;
}

void ports_free(void)
{
	free(ports);
	ports = NULL;
}
