/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cache.h - the per-peer timestamp cache
 *
 * In one of the two forms it had: rows, as the tcp_metrics hash of 3.6, for IPv4
 * and for IPv6, or one list, as the inet_peer tree before. Both are of a fixed
 * size; where a new entry finds no room, the one whose last use is oldest makes
 * room, be it in its row or in the list.
 */
#ifndef TWR_CACHE_H
#define TWR_CACHE_H

#include <linux/types.h>

#include "conn.h"
#include "update.h"
#include "stamp.h"

struct twr_cache;

/**
 * struct twr_entry - a copy of what the cache holds of one peer
 * @key: the peer
 * @stamp: its last stamp; all zero where it never left one
 */
struct twr_entry {
	struct twr_key key;
	struct twr_stamp stamp;
};

/**
 * twr_cache_default_rows() - rows the old kernel would have had on this machine,
 *	where IPv4 and IPv6 shared them
 *
 * Return: 16384, or 8192 under 512 MiB of memory.
 */
u32 twr_cache_default_rows(void);

/**
 * struct twr_cache_config - what a cache is like
 * @rows: number of rows for IPv4, a power of two
 * @rows6: for IPv6; both are of no meaning where there is a list
 * @lru_entries: number of entries of the list, 0 for rows
 * @lru_ttl: seconds after which an entry of the list that was not used is gone
 * @netns_is_alive: does a network namespace exist? NULL if all do. Entries of one that does not
 *	are shown to nobody; in a row they make room before all others
 */
struct twr_cache_config {
	u32 rows;
	u32 rows6;
	u32 lru_entries;
	u32 lru_ttl;
	twr_netns_alive_fn netns_is_alive;
};

/**
 * twr_cache_bytes() - memory that a cache takes
 * @config: what it is like
 *
 * Return: bytes, which can be more than there is room for. Any context.
 */
u64 twr_cache_bytes(const struct twr_cache_config *config);

/**
 * twr_cache_new() - make an empty cache
 * @config: what it is to be like
 *
 * All the memory it will ever take is taken here. Process context, may sleep.
 *
 * Return: the cache, or ERR_PTR(): -EINVAL if the number of rows is no power of
 * two, -ENOMEM if there is not enough memory free.
 */
struct twr_cache *twr_cache_new(const struct twr_cache_config *config);

/**
 * twr_cache_free() - give a cache's memory back
 * @cache: the cache; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_cache_free(struct twr_cache *cache);

/**
 * twr_cache_prefetch() - a peer will be looked up soon
 * @cache: the cache
 * @key: the peer
 *
 * Has memory begin to get what that will want, and does not wait for it. Any
 * context.
 */
void twr_cache_prefetch(struct twr_cache *cache, const struct twr_key *key);

/**
 * twr_cache_lookup() - look a peer up
 * @cache: the cache
 * @key: the peer
 * @now_jiffies: the current time in jiffies, for a list
 * @stamp: where its stamp goes, untouched if it is not known
 *
 * In rows lockless, and nothing is written that others see; in a list a use,
 * for which the lock is taken. Any context but NMI.
 *
 * Return: true if the peer is known.
 */
bool twr_cache_lookup(struct twr_cache *cache, const struct twr_key *key,
		      u64 now_jiffies, struct twr_stamp *stamp);

/**
 * twr_cache_update() - do what a connection does to its peer's entry
 * @cache: the cache
 * @key: the connection's peer
 * @update: what it does
 * @replaces_stamp: the rule for a stamp
 * @now: the current second, for @replaces_stamp
 * @now_jiffies: the current time in jiffies, for a list
 *
 * Takes the lock of the row or list. Any context but NMI.
 *
 * Return: a mask of TWR_UPDATE_*; 0 if the update needed an entry and there was
 * none.
 */
unsigned int twr_cache_update(struct twr_cache *cache, const struct twr_key *key,
			      const struct twr_update *update,
			      twr_replaces_stamp_fn replaces_stamp, u32 now, u64 now_jiffies);

/**
 * twr_cache_reset() - drop all entries
 * @cache: the cache
 *
 * Locks piece by piece; entries may come in behind it. Process context, may sleep.
 */
void twr_cache_reset(struct twr_cache *cache);

/**
 * twr_cache_count() - number of entries
 * @cache: the cache
 * @netns: those of this network namespace, 0 for those of all that exist
 *
 * Walks the cache. Process context, may sleep.
 *
 * Return: entries seen on the walk.
 */
u64 twr_cache_count(struct twr_cache *cache, u32 netns);

/**
 * twr_cache_next() - walk the cache, in steps that can be resumed
 * @cache: the cache
 * @netns: entries of this network namespace, 0 for those of all that exist
 * @pos: place in the cache, 0 to begin with; moved on to the entry returned.
 *	To go on, add 1
 * @entry: where a copy of the entry goes
 *
 * Nothing is locked between steps; of a row in use one may be seen twice, or not.
 * Process context, may sleep.
 *
 * Return: true, or false if there is no entry at or behind @pos.
 */
bool twr_cache_next(struct twr_cache *cache, u32 netns, u64 *pos,
		    struct twr_entry *entry);

#endif /* TWR_CACHE_H */
