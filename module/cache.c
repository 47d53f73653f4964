// SPDX-License-Identifier: GPL-2.0
/*
 * cache.c - the per-peer timestamp cache
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "cache.h"
#include "lru.h"
#include "rows.h"

struct twr_cache {
	bool is_lru;
	union {
		struct {
			struct twr_rows rows;
			struct twr_rows rows6;
		};
		struct twr_lru lru;
	};
};

u32 twr_cache_default_rows(void)
{
	return totalram_pages() >= SZ_512M >> PAGE_SHIFT ? 16384 : 8192;
}

u64 twr_cache_bytes(const struct twr_cache_config *config)
{
	if (config->lru_entries)
		return twr_lru_bytes(config->lru_entries);
	return twr_rows_bytes(config->rows, false) +
	       twr_rows_bytes(config->rows6, true);
}

static int twr_cache_init(struct twr_cache *cache,
			  const struct twr_cache_config *config)
{
	int err;

	cache->is_lru = config->lru_entries;
	if (cache->is_lru)
		return twr_lru_init(&cache->lru, config->lru_entries,
				    config->lru_ttl * HZ, config->netns_is_alive);

	err = twr_rows_init(&cache->rows, config->rows, false, config->netns_is_alive);
	if (err)
		return err;
	err = twr_rows_init(&cache->rows6, config->rows6, true, config->netns_is_alive);
	if (err)
		twr_rows_exit(&cache->rows);
	return err;
}

struct twr_cache *twr_cache_new(const struct twr_cache_config *config)
{
	struct twr_cache *cache = kzalloc(sizeof(*cache), GFP_KERNEL);
	int err;

	if (!cache)
		return ERR_PTR(-ENOMEM);

	err = twr_cache_init(cache, config);
	if (err) {
		kfree(cache);
		return ERR_PTR(err);
	}
	return cache;
}

void twr_cache_free(struct twr_cache *cache)
{
	if (cache->is_lru) {
		twr_lru_exit(&cache->lru);
	} else {
		twr_rows_exit(&cache->rows6);
		twr_rows_exit(&cache->rows);
	}
	kfree(cache);
}

static struct twr_rows *twr_cache_rows_of(struct twr_cache *cache,
					  const struct twr_key *key)
{
	return ipv6_addr_v4mapped(&key->peer) ? &cache->rows : &cache->rows6;
}

/* Kept out of line: a lookup in rows must not pay for saving the interrupt flags. */
static noinline bool twr_cache_lru_lookup(struct twr_lru *lru,
					  const struct twr_key *key, u64 now_jiffies,
					  struct twr_stamp *stamp)
{
	struct twr_lru_slot *found;
	unsigned long flags;

	raw_spin_lock_irqsave(&lru->lock, flags);
	found = twr_lru_lookup(lru, key, now_jiffies);
	if (found)
		*stamp = found->stamp;
	raw_spin_unlock_irqrestore(&lru->lock, flags);
	return found;
}

static bool twr_cache_lru_peek(struct twr_lru *lru, const struct twr_key *key, u64 now_jiffies,
			       struct twr_stamp *stamp)
{
	const struct twr_lru_slot *found;
	unsigned long flags;

	raw_spin_lock_irqsave(&lru->lock, flags);
	found = twr_lru_peek(lru, key, now_jiffies);
	if (found)
		*stamp = found->stamp;
	raw_spin_unlock_irqrestore(&lru->lock, flags);
	return found;
}

void twr_cache_prefetch(struct twr_cache *cache, const struct twr_key *key)
{
	if (!cache->is_lru)
		twr_rows_prefetch(twr_cache_rows_of(cache, key), key);
}

bool twr_cache_lookup(struct twr_cache *cache, const struct twr_key *key,
		      u64 now_jiffies, struct twr_stamp *stamp)
{
	if (cache->is_lru)
		return twr_cache_lru_lookup(&cache->lru, key, now_jiffies, stamp);
	return twr_rows_lookup(twr_cache_rows_of(cache, key), key, stamp);
}

bool twr_cache_peek(struct twr_cache *cache, const struct twr_key *key, u64 now_jiffies,
		    struct twr_stamp *stamp)
{
	if (cache->is_lru)
		return twr_cache_lru_peek(&cache->lru, key, now_jiffies, stamp);
	return twr_rows_lookup(twr_cache_rows_of(cache, key), key, stamp);
}

static noinline unsigned int
twr_cache_lru_update(struct twr_lru *lru, const struct twr_key *key,
		     const struct twr_update *update, twr_replaces_stamp_fn replaces_stamp,
		     u32 now, u64 now_jiffies)
{
	bool evicted = false;
	unsigned int done = 0;
	struct twr_lru_slot *slot;
	unsigned long flags;

	raw_spin_lock_irqsave(&lru->lock, flags);
	slot = twr_lru_lookup(lru, key, now_jiffies);
	if (!slot && update->creates_entry)
		slot = twr_lru_add(lru, key, now_jiffies, &evicted);
	if (slot)
		done = twr_update_apply(update, &slot->stamp, replaces_stamp, now);
	raw_spin_unlock_irqrestore(&lru->lock, flags);
	return evicted ? done | TWR_UPDATE_EVICTED : done;
}

unsigned int twr_cache_update(struct twr_cache *cache, const struct twr_key *key,
			      const struct twr_update *update,
			      twr_replaces_stamp_fn replaces_stamp, u32 now, u64 now_jiffies)
{
	if (cache->is_lru)
		return twr_cache_lru_update(&cache->lru, key, update, replaces_stamp, now,
					    now_jiffies);
	return twr_rows_update(twr_cache_rows_of(cache, key), key, update, replaces_stamp,
			       now);
}

void twr_cache_reset(struct twr_cache *cache)
{
	if (cache->is_lru) {
		twr_lru_reset(&cache->lru);
	} else {
		twr_rows_reset(&cache->rows);
		twr_rows_reset(&cache->rows6);
	}
}

/* The places of IPv6 follow those of IPv4. */
static bool twr_cache_next_in_rows(const struct twr_cache *cache, u32 netns,
				   u64 *pos, struct twr_entry *entry)
{
	u64 places = twr_rows_capacity(&cache->rows);
	bool found;

	if (*pos < places &&
	    twr_rows_next(&cache->rows, netns, pos, &entry->key, &entry->stamp))
		return true;

	*pos -= places;
	found = twr_rows_next(&cache->rows6, netns, pos, &entry->key,
			      &entry->stamp);
	*pos += places;
	return found;
}

bool twr_cache_next(struct twr_cache *cache, u32 netns, u64 *pos,
		    struct twr_entry *entry)
{
	struct twr_lru_slot slot;

	if (!cache->is_lru)
		return twr_cache_next_in_rows(cache, netns, pos, entry);

	if (!twr_lru_next(&cache->lru, netns, get_jiffies_64(), pos, &slot))
		return false;
	entry->key = slot.key;
	entry->stamp = slot.stamp;
	return true;
}

u64 twr_cache_count(struct twr_cache *cache, u32 netns)
{
	struct twr_entry entry;
	u64 count = 0;
	u64 pos;

	for (pos = 0; twr_cache_next(cache, netns, &pos, &entry); pos++) {
		count++;
		cond_resched();
	}
	return count;
}
