// SPDX-License-Identifier: GPL-2.0
/* All possible connections, and the state of each as its peer knows it. */
#include <string.h>

#include "flow.h"
#include "random.h"

#define PEERS		24
#define PEER_PORTS	10
#define FIRST_PORT	40000
#define LOCALS		2
#define LOCAL_PORTS	(PORT_ACTIVE + PORTS_ACTIVE - PORT_SERVED)
#define RECENT		128

static struct flow flows[2][PEERS][PEER_PORTS][LOCALS][LOCAL_PORTS];
static struct flow *recent[RECENT];
static unsigned int heard;

static const struct addr peer4 = { AF_INET, { 198, 51, 100, 0 } };
static const struct addr local4 = { AF_INET, { 192, 0, 2, 0 } };
static const struct addr peer6 = { AF_INET6, { 0x20, 1, 0x0d, 0xb8, 0, 1 } };
static const struct addr local6 = { AF_INET6, { 0x20, 1, 0x0d, 0xb8 } };

static struct addr host(const struct addr *net, int number)
{
	struct addr addr = *net;

	addr.bytes[net->family == AF_INET ? 3 : 15] = 1 + number;
	return addr;
}

/* Return: the number of the host in the net, or -1. */
static int number_of(const struct addr *addr, const struct addr *net, int hosts)
{
	int last = addr->family == AF_INET ? 3 : 15;
	int number = addr->bytes[last] - 1;

	if (memcmp(addr->bytes, net->bytes, last))
		return -1;
	return number < hosts ? number : -1;
}

static void set_up(struct flow *flow, int v6, const int *at)
{
	flow->peer = host(v6 ? &peer6 : &peer4, at[0]);
	flow->peer_port = FIRST_PORT + at[1];
	flow->local = host(v6 ? &local6 : &local4, at[2]);
	flow->local_port = PORT_SERVED + at[3];
	flow->seq = random32();
	flow->tsval = random32();
	flow->timed = true;
}

void flow_init(void)
{
	int v6, at[4];

	for (v6 = 0; v6 < 2; v6++)
		for (at[0] = 0; at[0] < PEERS; at[0]++)
			for (at[1] = 0; at[1] < PEER_PORTS; at[1]++)
				for (at[2] = 0; at[2] < LOCALS; at[2]++)
					for (at[3] = 0; at[3] < LOCAL_PORTS; at[3]++)
						set_up(&flows[v6][at[0]][at[1]][at[2]][at[3]],
						       v6, at);
}

static struct flow *flow_to(int local_port)
{
	return &flows[below(2)][below(PEERS)][below(PEER_PORTS)][below(LOCALS)]
		     [local_port - PORT_SERVED];
}

struct flow *flow_any(void)
{
	static const uint32_t likely[] = {
		PORT_SERVED, PORT_SERVED, PORT_SERVED, PORT_BRIEF, PORT_BRIEF,
		PORT_STUCK,
	};

	return flow_to(chance(85) ? ONE_OF(likely) :
				    PORT_SERVED + below(LOCAL_PORTS));
}

struct flow *flow_active(void)
{
	return flow_to(PORT_ACTIVE + below(PORTS_ACTIVE));
}

struct flow *flow_recent(void)
{
	unsigned int there = heard < RECENT ? heard : RECENT;

	return there ? recent[below(there)] : flow_any();
}

void flow_hear(const struct segment *seg)
{
	int v6 = seg->src.family == AF_INET6;
	int peer = number_of(&seg->dst, v6 ? &peer6 : &peer4, PEERS);
	int local = number_of(&seg->src, v6 ? &local6 : &local4, LOCALS);
	unsigned int peer_port = seg->dport - FIRST_PORT;
	unsigned int local_port = seg->sport - PORT_SERVED;
	struct flow *flow;

	if (peer < 0 || local < 0 || peer_port >= PEER_PORTS ||
	    local_port >= LOCAL_PORTS)
		return;
	flow = &flows[v6][peer][peer_port][local][local_port];

	flow->heard = seg->flags;
	if (seg->flags & TCP_RST)
		return;
	flow->ack = segment_end(seg);
	if (seg->flags & TCP_ACK)
		flow->seq = seg->ack;
	if (seg->ts)
		flow->tsecr = seg->tsval;
	recent[heard++ % RECENT] = flow;
}
