// SPDX-License-Identifier: GPL-2.0
/*
 * machine.c - the observed machines
 */
#include <arpa/inet.h>
#include <linux/kernel.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "machine.h"

/* The addresses of all machines, in chains by a hash. */
#define MACHINE_CHAINS	4096

/* Ports of a machine, a bit each; allocated when the first port is noted. */
#define PORT_BYTES	(65536 / 8)

struct machine {
	struct in6_addr addr;
	u32 next;
	u8 *ports;
};

struct network {
	struct in6_addr addr;
	unsigned int bits;
};

static struct machine *machines;
static u32 machine_count;
static u32 machine_room;
static u32 machine_chain[MACHINE_CHAINS];
static struct network *locals;
static u32 local_count;

static bool network_parse(struct network *network, const char *text)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	unsigned int most = 128, bits;
	char addr[INET6_ADDRSTRLEN];
	char *end;

	if (len >= sizeof(addr))
		return false;
	memcpy(addr, text, len);
	addr[len] = '\0';
	memset(&network->addr, 0, sizeof(network->addr));
	if (inet_pton(AF_INET, addr, network->addr.s6_addr + 12) == 1) {
		memset(network->addr.s6_addr + 10, 0xff, 2);
		most = 32;
	} else if (inet_pton(AF_INET6, addr, &network->addr) != 1) {
		return false;
	}

	bits = most;
	if (slash) {
		if (slash[1] < '0' || slash[1] > '9')
			return false;
		bits = strtoul(slash + 1, &end, 10);
		if (*end || bits > most)
			return false;
	}
	network->bits = 128 - most + bits;
	return true;
}

void machines_local(const char *text)
{
	locals = fail_realloc(locals, (local_count + 1) * sizeof(*locals));
	if (!network_parse(&locals[local_count], text))
		fail_exit(2, "--local: '%s' is neither an address nor a network like 192.0.2.0/24",
			  text);
	local_count++;
	if (!machine_count) {
		machines = fail_calloc(1, sizeof(*machines));
		machine_room = 1;
		machine_count = 1;
	}
}

bool machines_given(void)
{
	return local_count;
}

static bool network_has(const struct network *network, const struct in6_addr *addr)
{
	unsigned int bytes = network->bits / 8, rest = network->bits % 8;

	if (memcmp(&network->addr, addr, bytes))
		return false;
	return !rest ||
	       !((network->addr.s6_addr[bytes] ^ addr->s6_addr[bytes]) >> (8 - rest));
}

static u32 *machine_chain_of(const struct in6_addr *addr)
{
	u32 word[4];

	memcpy(word, addr, sizeof(word));
	return &machine_chain[((word[0] ^ word[1] * 3 ^ word[2] * 5 ^ word[3]) *
			       0x9e3779b1) >> 20];
}

u32 machine_find(const struct in6_addr *addr)
{
	u32 n;

	if (local_count) {
		for (n = 0; n < local_count; n++)
			if (network_has(&locals[n], addr))
				return 1;
		return MACHINE_NONE;
	}
	for (n = *machine_chain_of(addr); n; n = machines[n - 1].next)
		if (!memcmp(&machines[n - 1].addr, addr, sizeof(*addr)))
			return n;
	return MACHINE_NONE;
}

u32 machine_serve(const struct in6_addr *addr)
{
	u32 n = machine_find(addr), *chain;

	if (n || local_count)
		return n;

	if (machine_count == machine_room) {
		machine_room = machine_room ? machine_room * 2 : 16;
		machines = fail_realloc(machines, machine_room * sizeof(*machines));
	}
	chain = machine_chain_of(addr);
	machines[machine_count] = (struct machine) { .addr = *addr, .next = *chain };
	*chain = ++machine_count;
	return machine_count;
}

bool machine_listens(u32 machine, __be16 port, bool note)
{
	struct machine *m = &machines[machine - 1];
	u8 bit = 1 << port % 8;
	bool was;

	if (!m->ports) {
		if (!note)
			return false;
		m->ports = fail_calloc(1, PORT_BYTES);
	}
	was = m->ports[port / 8] & bit;
	if (note)
		m->ports[port / 8] |= bit;
	return was;
}

u32 machines_count(void)
{
	return machine_count;
}

void machines_free(void)
{
	u32 n;

	for (n = 0; n < machine_count; n++)
		free(machines[n].ports);
	free(machines);
	free(locals);
	memset(machine_chain, 0, sizeof(machine_chain));
	machines = NULL;
	locals = NULL;
	machine_count = 0;
	machine_room = 0;
	local_count = 0;
}
