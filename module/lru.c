// SPDX-License-Identifier: GPL-2.0
/*
 * lru.c - one list of slots in the order of their last use
 */
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "lru.h"

struct twr_lru_node {
	struct twr_lru_slot slot;
	struct hlist_node chain;	/* while the slot is taken */
	struct list_head order;
};

size_t twr_lru_bytes(u32 size)
{
	return size * sizeof(struct twr_lru_node) +
	       roundup_pow_of_two(size) * sizeof(struct hlist_head);
}

int twr_lru_init(struct twr_lru *lru, u32 size, u32 ttl, twr_netns_alive_fn netns_is_alive)
{
	u32 i;

	lru->size = size;
	lru->ttl = ttl;
	lru->netns_is_alive = netns_is_alive;
	lru->mask = roundup_pow_of_two(size) - 1;
	lru->nodes = kvcalloc(size, sizeof(*lru->nodes), GFP_KERNEL);
	lru->chains = kvcalloc(lru->mask + 1, sizeof(*lru->chains), GFP_KERNEL);
	if (!lru->nodes || !lru->chains) {
		twr_lru_exit(lru);
		return -ENOMEM;
	}

	raw_spin_lock_init(&lru->lock);
	INIT_LIST_HEAD(&lru->order);
	for (i = 0; i < size; i++)
		list_add_tail(&lru->nodes[i].order, &lru->order);
	return 0;
}

void twr_lru_exit(struct twr_lru *lru)
{
	kvfree(lru->chains);
	kvfree(lru->nodes);
}

static struct hlist_head *twr_lru_chain(struct twr_lru *lru,
					const struct twr_key *key)
{
	return &lru->chains[key->hash & lru->mask];
}

/* @now was read without the lock: another CPU may have used the slot one tick later. */
static bool twr_lru_is_idle(const struct twr_lru *lru,
			    const struct twr_lru_slot *slot, u64 now)
{
	return slot->last_used + lru->ttl <= now;
}

static bool twr_lru_is_live(const struct twr_lru *lru, const struct twr_lru_slot *slot)
{
	return !lru->netns_is_alive || lru->netns_is_alive(slot->key.netns);
}

/* Free slots are at the head of the list, from which new peers take them. */
static void twr_lru_free(struct twr_lru *lru, struct twr_lru_node *node)
{
	hlist_del(&node->chain);
	memset(&node->slot, 0, sizeof(node->slot));
	list_move(&node->order, &lru->order);
}

const struct twr_lru_slot *twr_lru_peek(struct twr_lru *lru, const struct twr_key *key, u64 now)
{
	const struct twr_lru_node *node;

	hlist_for_each_entry(node, twr_lru_chain(lru, key), chain)
		if (!memcmp(&node->slot.key, key, sizeof(*key)))
			return twr_lru_is_idle(lru, &node->slot, now) ? NULL : &node->slot;
	return NULL;
}

struct twr_lru_slot *twr_lru_lookup(struct twr_lru *lru, const struct twr_key *key,
				    u64 now)
{
	struct twr_lru_node *node;

	hlist_for_each_entry(node, twr_lru_chain(lru, key), chain) {
		if (memcmp(&node->slot.key, key, sizeof(*key)))
			continue;
		if (twr_lru_is_idle(lru, &node->slot, now)) {
			twr_lru_free(lru, node);
			return NULL;
		}
		node->slot.last_used = now;
		list_move_tail(&node->order, &lru->order);
		return &node->slot;
	}
	return NULL;
}

struct twr_lru_slot *twr_lru_add(struct twr_lru *lru, const struct twr_key *key,
				 u64 now, bool *evicted)
{
	struct twr_lru_node *node;

	node = list_first_entry(&lru->order, struct twr_lru_node, order);
	*evicted = false;
	if (node->slot.key.netns) {
		*evicted = !twr_lru_is_idle(lru, &node->slot, now) &&
			   twr_lru_is_live(lru, &node->slot);
		twr_lru_free(lru, node);
	}

	node->slot.key = *key;
	node->slot.last_used = now;
	hlist_add_head(&node->chain, twr_lru_chain(lru, key));
	list_move_tail(&node->order, &lru->order);
	return &node->slot;
}

void twr_lru_reset(struct twr_lru *lru)
{
	unsigned long flags;
	u32 i;

	for (i = 0; i < lru->size; i++) {
		raw_spin_lock_irqsave(&lru->lock, flags);
		if (lru->nodes[i].slot.key.netns)
			twr_lru_free(lru, &lru->nodes[i]);
		raw_spin_unlock_irqrestore(&lru->lock, flags);
		cond_resched();
	}
}

bool twr_lru_next(struct twr_lru *lru, u32 netns, u64 now, u64 *pos,
		  struct twr_lru_slot *slot)
{
	unsigned long flags;
	bool found;

	for (; *pos < lru->size; ++*pos) {
		const struct twr_lru_slot *here = &lru->nodes[*pos].slot;

		raw_spin_lock_irqsave(&lru->lock, flags);
		found = here->key.netns &&
			(netns ? here->key.netns == netns :
				 twr_lru_is_live(lru, here)) &&
			!twr_lru_is_idle(lru, here, now);
		if (found)
			*slot = *here;
		raw_spin_unlock_irqrestore(&lru->lock, flags);

		if (found)
			return true;
		cond_resched();
	}
	return false;
}
