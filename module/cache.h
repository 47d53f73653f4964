/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cache.h - the per-peer timestamp cache
 *
 * The cache has one of two forms. For eras from 3.6 on it is rows, one table for IPv4
 * and one for IPv6, as in the tcp_metrics hash. For older eras it is one LRU list, as in
 * the inet_peer tree. Both forms have a fixed size. A new entry that finds no room evicts
 * the least recently used one, of its row or of the list.
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
 * @stamp: the peer's last stamp; all zero if the peer never left one
 */
struct twr_entry {
	struct twr_key key;
	struct twr_stamp stamp;
};

/**
 * twr_cache_default_rows() - how many rows the old kernel had on such a machine
 *
 * The old kernel kept IPv4 and IPv6 in the same rows. Any context.
 *
 * Return: 16384, or 8192 if the machine has less than 512 MiB of memory.
 */
u32 twr_cache_default_rows(void);

/**
 * struct twr_cache_config - form and size of a cache
 * @rows: number of rows for IPv4, a power of two; ignored if the cache is a list
 * @rows6: the same for IPv6
 * @lru_entries: number of entries of the list; 0 makes a cache of rows
 * @lru_ttl: seconds after which an unused entry of the list expires
 * @netns_is_alive: does a network namespace exist? NULL if all do. Entries of a dead
 *	namespace are hidden from readers; in a row they are evicted before all others
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
 * @config: form and size of the cache
 *
 * Return: bytes; can be more than the machine has. Any context.
 */
u64 twr_cache_bytes(const struct twr_cache_config *config);

/**
 * twr_cache_new() - make an empty cache
 * @config: form and size of the cache
 *
 * Allocates all the memory that the cache will ever take. Process context, may sleep.
 *
 * Return: the cache, or ERR_PTR(): -EINVAL if a number of rows is no power of two,
 * -ENOMEM if there is not enough free memory.
 */
struct twr_cache *twr_cache_new(const struct twr_cache_config *config);

/**
 * twr_cache_free() - free a cache
 * @cache: the cache; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_cache_free(struct twr_cache *cache);

/**
 * twr_cache_prefetch() - prefetch the row of a peer
 * @cache: the cache
 * @key: the peer, which the caller is about to look up
 *
 * Does not wait for memory. Does nothing if the cache is a list. Any context.
 */
void twr_cache_prefetch(struct twr_cache *cache, const struct twr_key *key);

/**
 * twr_cache_lookup() - look up the stamp of a peer
 * @cache: the cache
 * @key: the peer
 * @now_jiffies: the current time in jiffies; only a list reads it
 * @stamp: set to the peer's stamp; a list leaves it alone if it has no entry
 *
 * In rows a lookup takes no lock, writes to no shared memory, and does not count as a use of
 * the entry. In a list a lookup takes the lock and counts as a use. Any context but NMI.
 *
 * Return: true if the peer has an entry.
 */
bool twr_cache_lookup(struct twr_cache *cache, const struct twr_key *key,
		      u64 now_jiffies, struct twr_stamp *stamp);

/**
 * twr_cache_peek() - look up the stamp of a peer, without using its entry
 * @cache: the cache
 * @key: the peer
 * @now_jiffies: the time in jiffies at which the entry is wanted; only a list reads it
 * @stamp: set to the peer's stamp; a list leaves it alone if it has no entry
 *
 * As twr_cache_lookup(), but it never counts as a use of the entry. Any context but NMI.
 *
 * Return: true if the peer has an entry.
 */
bool twr_cache_peek(struct twr_cache *cache, const struct twr_key *key, u64 now_jiffies,
		    struct twr_stamp *stamp);

/**
 * twr_cache_update() - update a peer's entry when a connection opens or closes
 * @cache: the cache
 * @key: the connection's peer
 * @update: what the connection does
 * @replaces_stamp: the rule for a stamp
 * @now: the current second, for @replaces_stamp
 * @now_jiffies: the current time in jiffies; only a list reads it
 *
 * Takes the lock of the row or of the list. Any context but NMI.
 *
 * Return: a mask of TWR_UPDATE_*; 0 if the peer has no entry and @update creates none.
 */
unsigned int twr_cache_update(struct twr_cache *cache, const struct twr_key *key,
			      const struct twr_update *update,
			      twr_replaces_stamp_fn replaces_stamp, u32 now, u64 now_jiffies);

/**
 * twr_cache_reset() - drop all entries
 * @cache: the cache
 *
 * Takes the lock of one row or slot at a time. Entries may be added behind the walk.
 * Process context, may sleep.
 */
void twr_cache_reset(struct twr_cache *cache);

/**
 * twr_cache_count() - count the entries
 * @cache: the cache
 * @netns: number of a network namespace, 0 for all that exist
 *
 * Walks the whole cache. Process context, may sleep.
 *
 * Return: the number of entries that the walk came to.
 */
u64 twr_cache_count(struct twr_cache *cache, u32 netns);

/**
 * twr_cache_next() - find the next entry of a walk
 * @cache: the cache
 * @netns: number of a network namespace, 0 for all that exist
 * @pos: where to begin, 0 for the first place; set to the place of the entry found. The
 *	caller adds 1 to go on
 * @entry: set to a copy of the entry
 *
 * The walk can be resumed: it holds no lock between two calls. An entry that is used
 * meanwhile moves within its row, so the walk may see an entry of that row twice or not
 * at all. Process context, may sleep.
 *
 * Return: true, or false if there is no entry at @pos or behind it.
 */
bool twr_cache_next(struct twr_cache *cache, u32 netns, u64 *pos,
		    struct twr_entry *entry);

#endif /* TWR_CACHE_H */
