// SPDX-License-Identifier: GPL-2.0
/*
 * Which states of the machine's sockets the peers' segments met, as /proc/net/tcp and
 * tcp6 show them. A pending request is in SYN-RECV.
 */
#include <err.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "state.h"

#define TUPLE_MAX	128

/* by the kernel's numbers; CLOSE: there is no socket */
static const char * const names[] = {
	[TCP_ESTABLISHED]	= "ESTABLISHED",
	[TCP_SYN_SENT]		= "SYN-SENT",
	[TCP_SYN_RECV]		= "SYN-RECV",
	[TCP_FIN_WAIT1]		= "FIN-WAIT-1",
	[TCP_FIN_WAIT2]		= "FIN-WAIT-2",
	[TCP_TIME_WAIT]		= "TIME-WAIT",
	[TCP_CLOSE]		= "CLOSED",
	[TCP_CLOSE_WAIT]	= "CLOSE-WAIT",
	[TCP_LAST_ACK]		= "LAST-ACK",
	[TCP_LISTEN]		= "LISTEN",
	[TCP_CLOSING]		= "CLOSING",
};

#define NR_STATES	(sizeof(names) / sizeof(*names))

static bool noting;
static unsigned int syns[NR_STATES], others[NR_STATES];

/* Writes one end of a connection as the kernel prints it. */
static void show(const struct addr *addr, uint16_t port, char *text)
{
	size_t words = addr->family == AF_INET ? 1 : 4;

	for (size_t i = 0; i < words; i++) {
		uint32_t word;

		memcpy(&word, addr->bytes + 4 * i, 4);
		text += sprintf(text, "%08" PRIX32, word);
	}
	sprintf(text, ":%04X", port);
}

static unsigned int look(const struct segment *seg)
{
	const char *file = seg->dst.family == AF_INET ? "/proc/net/tcp" : "/proc/net/tcp6";
	char local[TUPLE_MAX], remote[TUPLE_MAX], line[512];
	char here[TUPLE_MAX], there[TUPLE_MAX];
	unsigned int met = TCP_CLOSE, state;
	FILE *f = fopen(file, "r");

	if (!f)
		err(2, "%s", file);
	show(&seg->dst, seg->dport, local);
	show(&seg->src, seg->sport, remote);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %*d: %127s %127s %x", here, there, &state) != 3)
			continue;
		if (!strcmp(here, local) && !strcmp(there, remote)) {
			met = state;
			break;
		}
		/* listens on any address */
		if (state == TCP_LISTEN && !strcmp(strchr(here, ':'), strchr(local, ':')))
			met = TCP_LISTEN;
	}
	fclose(f);
	return met;
}

void state_on(void)
{
	noting = true;
}

void state_note(const struct segment *seg)
{
	unsigned int state;

	if (!noting)
		return;
	state = look(seg);
	if (state >= NR_STATES || !names[state])
		errx(2, "a socket is in state %u", state);
	if ((seg->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN)
		syns[state]++;
	else
		others[state]++;
}

void state_print(void)
{
	if (!noting)
		return;
	for (size_t i = 0; i < NR_STATES; i++)
		if (names[i])
			printf("state %s %u %u\n", names[i], syns[i], others[i]);
}
