/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lru.h - one list of slots, the least recently used at its head
 *
 * What the inet_peer tree with its list of unused entries was in effect: any
 * peer finds room until so many are there, then the one that was not used for
 * longest goes. One lock for all, as there, and a look at a slot is a use.
 */
#ifndef TWR_LRU_H
#define TWR_LRU_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "conn.h"
#include "stamp.h"

struct twr_lru_node;

/**
 * struct twr_lru_slot - what is known of a peer
 * @key: the peer; the slot is free while it names no namespace
 * @stamp: its stamp
 * @last_used: when it was last used, in jiffies
 */
struct twr_lru_slot {
	struct twr_key key;
	struct twr_stamp stamp;
	u64 last_used;
};

/**
 * struct twr_lru - a list
 * @lock: held by whoever looks at a slot
 * @size: number of slots
 * @ttl: jiffies after which an unused slot counts as free
 * @netns_is_alive: does a network namespace exist? NULL if all do
 * @mask: number of hash chains, less one
 * @chains: the hash chains
 * @nodes: the slots
 * @order: the slots again, free ones first, the last used last
 */
struct twr_lru {
	raw_spinlock_t lock; /* whoever looks at a slot */
	u32 size;
	u32 ttl;
	twr_netns_alive_fn netns_is_alive;
	u32 mask;
	struct hlist_head *chains;
	struct twr_lru_node *nodes;
	struct list_head order;
};

/**
 * twr_lru_bytes() - memory that a list takes
 * @size: number of slots
 *
 * Return: bytes. Any context.
 */
size_t twr_lru_bytes(u32 size);

/**
 * twr_lru_init() - set up an empty list
 * @lru: the list
 * @size: number of slots, not 0
 * @ttl: jiffies after which an unused slot counts as free
 * @netns_is_alive: does a network namespace exist? NULL if all do
 *
 * All the memory it will ever take is taken here. Process context, may sleep.
 *
 * Return: 0, or -ENOMEM.
 */
int twr_lru_init(struct twr_lru *lru, u32 size, u32 ttl, twr_netns_alive_fn netns_is_alive);

/**
 * twr_lru_exit() - give a list's memory back
 * @lru: the list, set up; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_lru_exit(struct twr_lru *lru);

/**
 * twr_lru_lookup() - the slot of a peer
 * @lru: the list, its lock held
 * @key: the peer
 * @now: in jiffies, when the slot was last used from now on
 *
 * Return: the slot, or NULL if there is none, or none that was used lately.
 */
struct twr_lru_slot *twr_lru_lookup(struct twr_lru *lru, const struct twr_key *key,
				    u64 now);

/**
 * twr_lru_add() - get a slot for a peer that has none
 * @lru: the list, its lock held
 * @key: the peer
 * @now: in jiffies, when the slot was last used from now on
 * @evicted: set to whether another peer lost it, which was not idle and whose namespace
 *	exists
 *
 * Return: the slot, its stamp zero.
 */
struct twr_lru_slot *twr_lru_add(struct twr_lru *lru, const struct twr_key *key,
				 u64 now, bool *evicted);

/**
 * twr_lru_reset() - free all slots
 * @lru: the list
 *
 * Takes the lock again and again; others may come in. Process context, may
 * sleep.
 */
void twr_lru_reset(struct twr_lru *lru);

/**
 * twr_lru_next() - walk the list, in steps that can be resumed
 * @lru: the list
 * @netns: slots of this network namespace, 0 for those of all that exist
 * @now: in jiffies; what is idle is passed over
 * @pos: place in the list, 0 to begin with; moved on to the slot returned.
 *	To go on, add 1
 * @slot: where a copy of the slot goes
 *
 * To be looked at this way is no use. Takes the lock for a slot at a time.
 * Process context, may sleep.
 *
 * Return: true, or false if there is no slot at or behind @pos.
 */
bool twr_lru_next(struct twr_lru *lru, u32 netns, u64 now, u64 *pos,
		  struct twr_lru_slot *slot);

#endif /* TWR_LRU_H */
