/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lru.h - one list of slots in the order of their last use
 *
 * The list behaves as the inet_peer tree with its list of unused entries did. A new peer
 * finds room until the list is full, then it evicts the least recently used peer. As in
 * inet_peer, there is one lock for the whole list, and each lookup is a use.
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
 * struct twr_lru_slot - what the list holds of a peer
 * @key: the peer; the slot is free if @key.netns is 0
 * @stamp: the peer's stamp
 * @last_used: time of the last use, in jiffies
 */
struct twr_lru_slot {
	struct twr_key key;
	struct twr_stamp stamp;
	u64 last_used;
};

/**
 * struct twr_lru - a list
 * @lock: protects all slots and their order
 * @size: number of slots
 * @ttl: jiffies after which an unused slot counts as free
 * @netns_is_alive: does a network namespace exist? NULL if all do
 * @mask: number of hash chains, less one
 * @chains: the hash chains
 * @nodes: the slots
 * @order: the slots in the order of their last use: free slots first, the most recently
 *	used slot last
 */
struct twr_lru {
	raw_spinlock_t lock; /* all slots and their order */
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
 * Allocates all the memory that the list will ever take. Process context, may sleep.
 *
 * Return: 0, or -ENOMEM.
 */
int twr_lru_init(struct twr_lru *lru, u32 size, u32 ttl, twr_netns_alive_fn netns_is_alive);

/**
 * twr_lru_exit() - free the memory of a list
 * @lru: the list, set up; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_lru_exit(struct twr_lru *lru);

/**
 * twr_lru_lookup() - look up the slot of a peer
 * @lru: the list, locked by the caller
 * @key: the peer
 * @now: the current time in jiffies, which becomes the time of the last use
 *
 * Frees the slot if it has expired. Any context but NMI.
 *
 * Return: the slot, or NULL if the peer has none or its slot has expired.
 */
struct twr_lru_slot *twr_lru_lookup(struct twr_lru *lru, const struct twr_key *key,
				    u64 now);

/**
 * twr_lru_peek() - look up the slot of a peer, without using it
 * @lru: the list, locked by the caller
 * @key: the peer
 * @now: the time in jiffies at which the slot must not have expired
 *
 * Any context but NMI.
 *
 * Return: the slot, or NULL if the peer has none or its slot has expired.
 */
const struct twr_lru_slot *twr_lru_peek(struct twr_lru *lru, const struct twr_key *key, u64 now);

/**
 * twr_lru_add() - get a slot for a peer that has none
 * @lru: the list, locked by the caller
 * @key: the peer
 * @now: the current time in jiffies, which becomes the time of the last use
 * @evicted: set to true if another peer lost the slot; a peer whose slot has expired or
 *	whose namespace is dead does not count
 *
 * Any context but NMI.
 *
 * Return: the slot, with an all zero stamp.
 */
struct twr_lru_slot *twr_lru_add(struct twr_lru *lru, const struct twr_key *key,
				 u64 now, bool *evicted);

/**
 * twr_lru_reset() - free all slots
 * @lru: the list
 *
 * Takes the lock for one slot at a time, so peers may be added meanwhile. Process context,
 * may sleep.
 */
void twr_lru_reset(struct twr_lru *lru);

/**
 * twr_lru_next() - find the next slot of a walk
 * @lru: the list
 * @netns: number of a network namespace, 0 for all that exist
 * @now: the current time in jiffies; the walk skips expired slots
 * @pos: where to begin, 0 for the first place; set to the place of the slot found. The
 *	caller adds 1 to go on
 * @slot: set to a copy of the slot
 *
 * The walk can be resumed and does not count as a use of a slot. It takes the lock for one
 * slot at a time. Process context, may sleep.
 *
 * Return: true, or false if there is no slot at @pos or behind it.
 */
bool twr_lru_next(struct twr_lru *lru, u32 netns, u64 now, u64 *pos,
		  struct twr_lru_slot *slot);

#endif /* TWR_LRU_H */
