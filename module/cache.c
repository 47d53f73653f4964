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
	bool listed;
	union {
		struct {
			struct twr_rows rows;
			struct twr_rows rows6;
		};
		struct twr_lru list;
	};
};

u32 twr_cache_default_rows(void)
{
	return totalram_pages() >= SZ_512M >> PAGE_SHIFT ? 16384 : 8192;
}

u64 twr_cache_bytes(const struct twr_cache_form *form)
{
	if (form->entries)
		return twr_lru_bytes(form->entries);
	return twr_rows_bytes(form->rows, false) +
	       twr_rows_bytes(form->rows6, true);
}

static int twr_cache_init(struct twr_cache *cache,
			  const struct twr_cache_form *form)
{
	int err;

	cache->listed = form->entries;
	if (cache->listed)
		return twr_lru_init(&cache->list, form->entries,
				    form->idle * HZ, form->netns_is_alive);

	err = twr_rows_init(&cache->rows, form->rows, false, form->netns_is_alive);
	if (err)
		return err;
	err = twr_rows_init(&cache->rows6, form->rows6, true, form->netns_is_alive);
	if (err)
		twr_rows_exit(&cache->rows);
	return err;
}

struct twr_cache *twr_cache_new(const struct twr_cache_form *form)
{
	struct twr_cache *cache = kzalloc(sizeof(*cache), GFP_KERNEL);
	int err;

	if (!cache)
		return ERR_PTR(-ENOMEM);

	err = twr_cache_init(cache, form);
	if (err) {
		kfree(cache);
		return ERR_PTR(err);
	}
	return cache;
}

void twr_cache_free(struct twr_cache *cache)
{
	if (cache->listed) {
		twr_lru_exit(&cache->list);
	} else {
		twr_rows_exit(&cache->rows6);
		twr_rows_exit(&cache->rows);
	}
	kfree(cache);
}

static struct twr_rows *twr_cache_rows(struct twr_cache *cache,
				       const struct twr_key *key)
{
	return ipv6_addr_v4mapped(&key->peer) ? &cache->rows : &cache->rows6;
}

/* Out of line: rows need not pay for the interrupts' flags. */
static noinline bool twr_list_find(struct twr_lru *list,
				   const struct twr_key *key, u64 used,
				   struct twr_stamp *stamp)
{
	struct twr_slot *found;
	unsigned long flags;

	raw_spin_lock_irqsave(&list->lock, flags);
	found = twr_lru_find(list, key, used);
	if (found)
		*stamp = found->stamp;
	raw_spin_unlock_irqrestore(&list->lock, flags);
	return found;
}

void twr_cache_prefetch(struct twr_cache *cache, const struct twr_key *key)
{
	if (!cache->listed)
		twr_rows_prefetch(twr_cache_rows(cache, key), key);
}

bool twr_cache_find(struct twr_cache *cache, const struct twr_key *key,
		    u64 used, struct twr_stamp *stamp)
{
	if (cache->listed)
		return twr_list_find(&cache->list, key, used, stamp);
	return twr_rows_find(twr_cache_rows(cache, key), key, stamp);
}

static noinline unsigned int
twr_list_update(struct twr_lru *list, const struct twr_key *key,
		const struct twr_update *update, twr_replace_rule replaces,
		u32 now, u64 used)
{
	bool evicted = false;
	unsigned int done = 0;
	struct twr_slot *slot;
	unsigned long flags;

	raw_spin_lock_irqsave(&list->lock, flags);
	slot = twr_lru_find(list, key, used);
	if (!slot && update->create)
		slot = twr_lru_take(list, key, used, &evicted);
	if (slot)
		done = twr_update_apply(update, &slot->stamp, replaces, now);
	raw_spin_unlock_irqrestore(&list->lock, flags);
	return evicted ? done | TWR_UPDATE_EVICTED : done;
}

unsigned int twr_cache_update(struct twr_cache *cache, const struct twr_key *key,
			      const struct twr_update *update,
			      twr_replace_rule replaces, u32 now, u64 used)
{
	if (cache->listed)
		return twr_list_update(&cache->list, key, update, replaces, now,
				       used);
	return twr_rows_update(twr_cache_rows(cache, key), key, update, replaces,
			       now);
}

void twr_cache_reset(struct twr_cache *cache)
{
	if (cache->listed) {
		twr_lru_reset(&cache->list);
	} else {
		twr_rows_reset(&cache->rows);
		twr_rows_reset(&cache->rows6);
	}
}

/* Behind the places of IPv4 come those of IPv6. */
static bool twr_cache_next_row(const struct twr_cache *cache, u32 netns,
			       u64 *pos, struct twr_entry *entry)
{
	u64 places = twr_rows_places(&cache->rows);
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
	struct twr_slot slot;

	if (!cache->listed)
		return twr_cache_next_row(cache, netns, pos, entry);

	if (!twr_lru_next(&cache->list, netns, get_jiffies_64(), pos, &slot))
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
