// SPDX-License-Identifier: GPL-2.0
/*
 * flow.c - the table of connections
 *
 * Connections are in blocks that never move, and have numbers that begin with 1. The order
 * of last use is not exact: a connection that was moved to the front within the last second
 * is not moved again.
 */
#include <linux/kernel.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "fail.h"
#include "flow.h"

#define FLOWS_BLOCK	4096
#define FLOWS_FIRST	4096
#define FLOWS_LAZY	1000000

/* How long a SYN may be sent again and belongs to the first one, microseconds. */
#define FLOWS_KEEP	64000000

struct flows {
	u32 most;
	u32 count;
	u32 mask;
	u32 *chains;
	struct flow **blocks;
	u32 newest;
	u32 oldest;
	u64 seed;
	u64 forgotten;
};

static struct flow *flow_at(const struct flows *flows, u32 number)
{
	number--;
	return &flows->blocks[number / FLOWS_BLOCK][number % FLOWS_BLOCK];
}

static u64 flow_end_hash(u64 seed, const struct in6_addr *addr, __be16 port)
{
	u64 high, low;

	memcpy(&high, addr->s6_addr, sizeof(high));
	memcpy(&low, addr->s6_addr + 8, sizeof(low));
	low = (low ^ seed ^ (u64)port << 40) * 0x9e3779b97f4a7c15ULL;
	return (low ^ low >> 29 ^ high) * 0xbf58476d1ce4e5b9ULL;
}

/* The hash is the same for both directions. */
static u32 flow_hash(const struct flows *flows, const struct in6_addr *a, __be16 aport,
		     const struct in6_addr *b, __be16 bport)
{
	u64 sum = flow_end_hash(flows->seed, a, aport) + flow_end_hash(flows->seed, b, bport);

	return (sum ^ sum >> 31) >> 8;
}

struct flows *flows_new(u32 most)
{
	struct flows *flows = fail_calloc(1, sizeof(*flows));

	flows->most = most;
	flows->mask = FLOWS_FIRST - 1;
	flows->chains = fail_calloc(FLOWS_FIRST, sizeof(*flows->chains));
	flows->blocks = fail_calloc(DIV_ROUND_UP(most, FLOWS_BLOCK),
				    sizeof(*flows->blocks));
	/*
	 * The seed decides only which chain a connection is in; results do not depend
	 * on it.
	 */
	if (getrandom(&flows->seed, sizeof(flows->seed), GRND_NONBLOCK) < 0)
		flows->seed = 0;
	return flows;
}

void flows_free(struct flows *flows)
{
	u32 i;

	for (i = 0; i < DIV_ROUND_UP(flows->most, FLOWS_BLOCK); i++)
		free(flows->blocks[i]);
	free(flows->blocks);
	free(flows->chains);
	free(flows);
}

static bool addr_same(const struct in6_addr *a, const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

void flows_expect(const struct flows *flows, struct segment *seg)
{
	seg->hash = flow_hash(flows, &seg->src, seg->sport, &seg->dst, seg->dport);
	__builtin_prefetch(&flows->chains[seg->hash & flows->mask]);
}

void flows_expect_flow(const struct flows *flows, const struct segment *seg)
{
	u32 n = flows->chains[seg->hash & flows->mask];
	const char *flow;

	if (!n)
		return;
	flow = (const char *)flow_at(flows, n);
	__builtin_prefetch(flow);
	__builtin_prefetch(flow + 64);
	__builtin_prefetch(flow + 128);
}

/*
 * Finds both sides of a connection. If @quick, stops after the first one, unless it has
 * a twin.
 */
static void flows_walk(const struct flows *flows, const struct segment *seg,
		       struct flow *found[2], bool quick)
{
	u32 n = flows->chains[seg->hash & flows->mask];

	found[0] = NULL;
	found[1] = NULL;
	while (n) {
		struct flow *flow = flow_at(flows, n);

		n = flow->next;
		if (flow->hash != seg->hash)
			continue;
		if (flow->lport == seg->dport && flow->pport == seg->sport &&
		    addr_same(&flow->local, &seg->dst) && addr_same(&flow->peer, &seg->src))
			found[0] = flow;
		else if (flow->lport == seg->sport && flow->pport == seg->dport &&
			 addr_same(&flow->local, &seg->src) &&
			 addr_same(&flow->peer, &seg->dst))
			found[1] = flow;
		else
			continue;
		/*
		 * The connections after it are older, and probably not in the
		 * processor's cache.
		 */
		if (quick && !flow->twin)
			return;
	}
}

void flows_find(const struct flows *flows, const struct segment *seg,
		struct flow *found[2])
{
	flows_walk(flows, seg, found, true);
}

void flows_twins(const struct flows *flows, const struct segment *seg,
		 struct flow *found[2])
{
	flows_walk(flows, seg, found, false);
	if (found[0] && found[1]) {
		found[0]->twin = true;
		found[1]->twin = true;
	}
}

static u32 *flow_chain(struct flows *flows, const struct flow *flow)
{
	return &flows->chains[flow->hash & flows->mask];
}

static void flows_grow(struct flows *flows)
{
	u32 n;

	free(flows->chains);
	flows->mask = flows->mask * 2 + 1;
	flows->chains = fail_calloc((size_t)flows->mask + 1, sizeof(*flows->chains));
	for (n = 1; n <= flows->count; n++) {
		struct flow *flow = flow_at(flows, n);
		u32 *chain = flow_chain(flows, flow);

		flow->next = *chain;
		*chain = n;
	}
}

static void flow_unorder(struct flows *flows, struct flow *flow)
{
	if (flow->newer)
		flow_at(flows, flow->newer)->older = flow->older;
	else
		flows->newest = flow->older;
	if (flow->older)
		flow_at(flows, flow->older)->newer = flow->newer;
	else
		flows->oldest = flow->newer;
}

static void flow_order(struct flows *flows, struct flow *flow, u32 n)
{
	flow->newer = 0;
	flow->older = flows->newest;
	if (flows->newest)
		flow_at(flows, flows->newest)->newer = n;
	else
		flows->oldest = n;
	flows->newest = n;
}

/* Is the connection over, with nothing left to learn about it? */
static bool flow_over(const struct flow *flow, u64 us)
{
	if (flow->state == FLOW_TIME_WAIT)
		return us >= flow->until;
	return flow->state == FLOW_CLOSED && us >= flow->seen + FLOWS_KEEP;
}

/*
 * Removes the connection that was silent for longest from all lists. Return: its
 * number.
 */
static u32 flows_evict(struct flows *flows)
{
	u32 n = flows->oldest, *link;
	struct flow *flow = flow_at(flows, n);

	flow_unorder(flows, flow);
	for (link = flow_chain(flows, flow); *link != n; )
		link = &flow_at(flows, *link)->next;
	*link = flow->next;
	return n;
}

/* Return: the number of a connection that is in no list. */
static u32 flows_take(struct flows *flows, u64 us)
{
	struct flow *oldest = flows->oldest ? flow_at(flows, flows->oldest) : NULL;
	u32 n;

	if (oldest && flow_over(oldest, us))
		return flows_evict(flows);
	if (flows->count == flows->most) {
		if (oldest->state >= FLOW_SYN_RECV)
			flows->forgotten++;
		return flows_evict(flows);
	}

	if (flows->count > flows->mask)
		flows_grow(flows);
	n = ++flows->count;
	if (!flows->blocks[(n - 1) / FLOWS_BLOCK])
		flows->blocks[(n - 1) / FLOWS_BLOCK] =
			fail_aligned(FLOWS_BLOCK * sizeof(struct flow), 64);
	return n;
}

struct flow *flows_add(struct flows *flows, const struct segment *seg, bool incoming)
{
	u32 n = flows_take(flows, seg->us), *chain;
	struct flow *flow = flow_at(flows, n);

	*flow = (struct flow) {
		.local = incoming ? seg->dst : seg->src,
		.peer = incoming ? seg->src : seg->dst,
		.lport = incoming ? seg->dport : seg->sport,
		.pport = incoming ? seg->sport : seg->dport,
		.hash = seg->hash,
		.seen = seg->us,
		.asked = FLOW_NONE,
		.changed = FLOW_NONE,
	};
	chain = flow_chain(flows, flow);
	flow->next = *chain;
	*chain = n;
	flow_order(flows, flow, n);
	return flow;
}

/* Return: the number of a connection, which only its neighbour in the list knows. */
static u32 flow_number(const struct flows *flows, const struct flow *flow)
{
	if (flow->older)
		return flow_at(flows, flow->older)->newer;
	return flows->oldest;
}

void flows_touch(struct flows *flows, struct flow *flow, u64 us)
{
	u32 n;

	if (us < flow->seen + FLOWS_LAZY || !flow->newer)
		return;
	n = flow_number(flows, flow);
	flow_unorder(flows, flow);
	flow_order(flows, flow, n);
	flow->seen = us;
}

void flows_each(const struct flows *flows,
		void (*call)(void *context, const struct flow *flow), void *context)
{
	u32 n;

	for (n = 1; n <= flows->count; n++)
		call(context, flow_at(flows, n));
}

u64 flows_forgotten(const struct flows *flows)
{
	return flows->forgotten;
}
