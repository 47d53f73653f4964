// SPDX-License-Identifier: GPL-2.0
/*
 * lru.c - one list of slots, the least recently used at its head
 */
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "lru.h"

struct twr_lru_node {
	struct twr_slot slot;
	struct hlist_node chain;	/* while the slot is taken */
	struct list_head order;
};

size_t twr_lru_bytes(u32 size)
{
	return size * sizeof(struct twr_lru_node) +
	       roundup_pow_of_two(size) * sizeof(struct hlist_head);
}

int twr_lru_init(struct twr_lru *lru, u32 size, u32 idle)
{
	u32 i;

	lru->size = size;
	lru->idle = idle;
	lru->mask = roundup_pow_of_two(size) - 1;
	lru->nodes = kvcalloc(size, sizeof(*lru->nodes), GFP_KERNEL);
	lru->chains = kvcalloc(lru->mask + 1, sizeof(*lru->chains), GFP_KERNEL);
	if (!lru->nodes || !lru->chains) {
		twr_lru_exit(lru);
		return -ENOMEM;
	}

	spin_lock_init(&lru->lock);
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
					const struct twr_conn *who)
{
	return &lru->chains[who->key.hash & lru->mask];
}

static bool twr_lru_idle(const struct twr_lru *lru,
			 const struct twr_slot *slot, u32 now)
{
	return now - slot->rank >= lru->idle;
}

/* Free slots stand at the head, where they are taken from. */
static void twr_lru_free(struct twr_lru *lru, struct twr_lru_node *node)
{
	hlist_del(&node->chain);
	twr_slot_free(&node->slot);
	list_move(&node->order, &lru->order);
}

struct twr_slot *twr_lru_find(struct twr_lru *lru, const struct twr_conn *who,
			      u32 now)
{
	struct twr_lru_node *node;

	hlist_for_each_entry(node, twr_lru_chain(lru, who), chain) {
		if (memcmp(&node->slot.who, who, sizeof(*who)))
			continue;
		if (twr_lru_idle(lru, &node->slot, now)) {
			twr_lru_free(lru, node);
			return NULL;
		}
		node->slot.rank = now;
		list_move_tail(&node->order, &lru->order);
		return &node->slot;
	}
	return NULL;
}

struct twr_slot *twr_lru_take(struct twr_lru *lru, const struct twr_conn *who,
			      u32 now, bool *evicted)
{
	struct twr_lru_node *node;

	node = list_first_entry(&lru->order, struct twr_lru_node, order);
	*evicted = false;
	if (node->slot.who.key.netns) {
		*evicted = !twr_lru_idle(lru, &node->slot, now);
		twr_lru_free(lru, node);
	}

	node->slot.who = *who;
	node->slot.rank = now;
	hlist_add_head(&node->chain, twr_lru_chain(lru, who));
	list_move_tail(&node->order, &lru->order);
	return &node->slot;
}

void twr_lru_forget(struct twr_lru *lru, u32 netns)
{
	u32 i;

	for (i = 0; i < lru->size; i++) {
		spin_lock_bh(&lru->lock);
		if (twr_slot_of(&lru->nodes[i].slot, netns))
			twr_lru_free(lru, &lru->nodes[i]);
		spin_unlock_bh(&lru->lock);
		cond_resched();
	}
}

bool twr_lru_next(struct twr_lru *lru, u32 netns, u32 now, u64 *pos,
		  struct twr_slot *slot)
{
	bool found;

	for (; *pos < lru->size; ++*pos) {
		const struct twr_slot *here = &lru->nodes[*pos].slot;

		spin_lock_bh(&lru->lock);
		found = twr_slot_of(here, netns) &&
			!twr_lru_idle(lru, here, now);
		if (found)
			*slot = *here;
		spin_unlock_bh(&lru->lock);

		if (found)
			return true;
		cond_resched();
	}
	return false;
}
