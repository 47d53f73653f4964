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

/* A block of connections is as large as two huge pages. */
#define FLOWS_BLOCK	16384
#define FLOWS_FIRST	4096
#define FLOWS_LAZY	1000000

/* How long a SYN may be sent again and belongs to the first one, microseconds. */
#define FLOWS_KEEP	64000000

/*
 * A place of the hash table. The hash is here as well, so that a search reads no other
 * connections: each of them would have to come from memory.
 */
struct flows_slot {
	u32 hash;
	u32 number;	/* 0 if the place is free */
};

struct flows {
	u32 most;
	u32 count;
	u32 mask;
	struct flows_slot *slots;
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

/* One end of a connection as a number. The constants are odd, their bits well spread. */
static u64 flow_end(u64 seed, const struct in6_addr *addr, __be16 port)
{
	u64 high, low;

	memcpy(&high, addr->s6_addr, sizeof(high));
	memcpy(&low, addr->s6_addr + 8, sizeof(low));
	return (low + port * 0x9e3779b97f4a7c15ULL + (high ^ seed) * 0xbf58476d1ce4e5b9ULL) | 1;
}

/* The hash is the same for both directions. */
static u32 flow_hash(const struct flows *flows, const struct in6_addr *a, __be16 aport,
		     const struct in6_addr *b, __be16 bport)
{
	u64 product = flow_end(flows->seed, a, aport) * flow_end(flows->seed, b, bport);

	return (product ^ product >> 32) * 0x94d049bb133111ebULL >> 32;
}

/* Unlike calloc(), puts a large table into huge pages from its first byte. */
static struct flows_slot *flows_new_slots(u32 count)
{
	size_t size = count * sizeof(struct flows_slot);

	return memset(fail_aligned(size, 64), 0, size);
}

struct flows *flows_new(u32 most)
{
	struct flows *flows = fail_calloc(1, sizeof(*flows));

	flows->most = most;
	flows->mask = FLOWS_FIRST - 1;
	flows->slots = flows_new_slots(FLOWS_FIRST);
	flows->blocks = fail_calloc(DIV_ROUND_UP(most, FLOWS_BLOCK),
				    sizeof(*flows->blocks));
	/*
	 * The seed decides only which place a connection has; results do not depend
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
	free(flows->slots);
	free(flows);
}

void flows_expect(const struct flows *flows, struct segment *seg)
{
	seg->hash = flow_hash(flows, &seg->src, seg->sport, &seg->dst, seg->dport);
	seg->slot = seg->hash;
	__builtin_prefetch(&flows->slots[seg->hash & flows->mask]);
}

void flows_expect_flow(const struct flows *flows, struct segment *seg)
{
	const struct flows_slot *slot;
	const char *flow;
	u32 at;

	for (at = seg->hash; ; at++) {
		slot = &flows->slots[at & flows->mask];
		seg->slot = at;
		if (!slot->number)
			return;
		if (slot->hash == seg->hash)
			break;
	}
	flow = (const char *)flow_at(flows, slot->number);
	__builtin_prefetch(flow);
	__builtin_prefetch(flow + 64);
	__builtin_prefetch(flow + 128);
}

/* Return: 0 if these are the ends of a connection. */
static u64 flow_differs(const struct flow *flow, const struct in6_addr *local, __be16 lport,
			const struct in6_addr *peer, __be16 pport)
{
	u64 a[2], b[2], c[2], d[2];

	memcpy(a, &flow->local, sizeof(a));
	memcpy(b, local, sizeof(b));
	memcpy(c, &flow->peer, sizeof(c));
	memcpy(d, peer, sizeof(d));
	return (a[0] ^ b[0]) | (a[1] ^ b[1]) | (c[0] ^ d[0]) | (c[1] ^ d[1]) |
	       (flow->lport ^ lport) | (flow->pport ^ pport);
}

/*
 * Sets the side of the segment's connection that a slot has. There is no branch on the
 * direction of the segment: the processor would guess half of these wrong. Return: the
 * connection; NULL if the slot has none of the segment.
 */
static struct flow *flows_match(const struct flows *flows, const struct flows_slot *slot,
				const struct segment *seg, struct flow *found[2])
{
	struct flow *flow = flow_at(flows, slot->number);
	bool in = !flow_differs(flow, &seg->dst, seg->dport, &seg->src, seg->sport);
	bool out = !flow_differs(flow, &seg->src, seg->sport, &seg->dst, seg->dport);

	if (!(in | out))
		return NULL;
	found[!in] = flow;
	return flow;
}

/*
 * Finds both sides of a connection. If @quick, stops after the first one, unless it has
 * a twin.
 */
static void flows_walk(const struct flows *flows, const struct segment *seg,
		       struct flow *found[2], bool quick)
{
	const struct flows_slot *slot = &flows->slots[seg->slot & flows->mask];
	const struct flow *flow;
	u32 at;

	found[0] = NULL;
	found[1] = NULL;
	/* Nearly always the connection is still where it was expected. */
	if (quick && slot->number && slot->hash == seg->hash) {
		flow = flows_match(flows, slot, seg, found);
		if (flow && !flow->twin)
			return;
	}
	for (at = seg->hash; ; at++) {
		slot = &flows->slots[at & flows->mask];
		if (!slot->number)
			return;
		if (slot->hash != seg->hash)
			continue;
		flow = flows_match(flows, slot, seg, found);
		if (flow && quick && !flow->twin)
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

/* Return: the first free place for a hash. */
static struct flows_slot *flows_free_slot(const struct flows *flows, u32 hash)
{
	u32 at = hash;

	while (flows->slots[at & flows->mask].number)
		at++;
	return &flows->slots[at & flows->mask];
}

static void flows_grow(struct flows *flows)
{
	struct flows_slot *old = flows->slots;
	u32 count = flows->mask + 1, i;

	flows->mask = count * 2 - 1;
	flows->slots = flows_new_slots(count * 2);
	for (i = 0; i < count; i++)
		if (old[i].number)
			*flows_free_slot(flows, old[i].hash) = old[i];
	free(old);
}

/*
 * Takes a connection out of the hash table. The places after it move up, but none to before
 * the place where its search begins.
 */
static void flows_unhash(struct flows *flows, u32 hash, u32 number)
{
	u32 mask = flows->mask, gap = hash, at;

	while (flows->slots[gap & mask].number != number)
		gap++;
	for (at = gap + 1; flows->slots[at & mask].number; at++) {
		const struct flows_slot *slot = &flows->slots[at & mask];

		if (((at - slot->hash) & mask) < ((at - gap) & mask))
			continue;
		flows->slots[gap & mask] = *slot;
		gap = at;
	}
	flows->slots[gap & mask].number = 0;
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
 * Prepares to remove the connection that was silent for longest, and then the one after
 * it. In a large table both are long out of the processor's cache.
 */
static void flows_expect_evict(const struct flows *flows)
{
	const struct flow *oldest = flow_at(flows, flows->oldest);
	const char *next;

	__builtin_prefetch(&flows->slots[oldest->hash & flows->mask], 1);
	if (!oldest->newer)
		return;
	next = (const char *)flow_at(flows, oldest->newer);
	__builtin_prefetch(next, 1);
	__builtin_prefetch(next + 64, 1);
	__builtin_prefetch(next + 128, 1);
	__builtin_prefetch(next + 192, 1);
}

/*
 * Removes the connection that was silent for longest from all lists. Return: its
 * number.
 */
static u32 flows_evict(struct flows *flows)
{
	u32 n = flows->oldest;
	struct flow *flow = flow_at(flows, n);

	flow_unorder(flows, flow);
	flows_unhash(flows, flow->hash, n);
	if (flows->oldest)
		flows_expect_evict(flows);
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

	if (flows->count > flows->mask / 3 * 2)
		flows_grow(flows);
	n = ++flows->count;
	if (!flows->blocks[(n - 1) / FLOWS_BLOCK])
		flows->blocks[(n - 1) / FLOWS_BLOCK] =
			fail_aligned(min(flows->most, FLOWS_BLOCK) * sizeof(struct flow),
				     64);
	return n;
}

struct flow *flows_add(struct flows *flows, const struct segment *seg, bool incoming)
{
	u32 n = flows_take(flows, seg->us);
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
	*flows_free_slot(flows, seg->hash) = (struct flows_slot) {
		.hash = seg->hash,
		.number = n,
	};
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
