// SPDX-License-Identifier: GPL-2.0
/*
 * cache.c - the per-peer timestamp cache
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "cache.h"
#include "lru.h"

/* A slot holds ts, ts_stamp. */
struct twr_cache {
	bool listed;
	union {
		struct twr_table rows;
		struct twr_lru list;
	};
};

u32 twr_cache_default_rows(void)
{
	return totalram_pages() >= SZ_512M >> PAGE_SHIFT ? 16384 : 8192;
}

size_t twr_cache_bytes(const struct twr_cache_form *form)
{
	return form->entries ? twr_lru_bytes(form->entries) :
			       twr_table_bytes(form->rows);
}

struct twr_cache *twr_cache_new(const struct twr_cache_form *form)
{
	struct twr_cache *cache = kzalloc(sizeof(*cache), GFP_KERNEL);
	int err;

	if (!cache)
		return ERR_PTR(-ENOMEM);

	cache->listed = form->entries;
	if (cache->listed)
		err = twr_lru_init(&cache->list, form->entries,
				   form->idle * HZ);
	else
		err = twr_table_init(&cache->rows, form->rows);
	if (err) {
		kfree(cache);
		return ERR_PTR(err);
	}
	return cache;
}

void twr_cache_free(struct twr_cache *cache)
{
	if (cache->listed)
		twr_lru_exit(&cache->list);
	else
		twr_table_exit(&cache->rows);
	kfree(cache);
}

static struct twr_stamp twr_slot_stamp(const struct twr_slot *slot)
{
	return (struct twr_stamp) {
		.ts = slot->data[0],
		.ts_stamp = slot->data[1],
	};
}

bool twr_cache_find(struct twr_cache *cache, const struct twr_key *key,
		    u32 used, struct twr_stamp *stamp)
{
	struct twr_conn who = { .key = *key };
	struct twr_slot *found, copy;

	if (!cache->listed) {
		if (!twr_table_read(&cache->rows, &who, &copy))
			return false;
		*stamp = twr_slot_stamp(&copy);
		return true;
	}

	spin_lock_bh(&cache->list.lock);
	found = twr_lru_find(&cache->list, &who, used);
	if (found)
		*stamp = twr_slot_stamp(found);
	spin_unlock_bh(&cache->list.lock);
	return found;
}

static unsigned int twr_slot_learn(struct twr_slot *slot,
				   const struct twr_lesson *lesson,
				   twr_replace_rule replaces, u32 now, u32 used)
{
	struct twr_stamp kept = twr_slot_stamp(slot);

	if (lesson->use)
		slot->rank = used;
	if (!lesson->stamped)
		return TWR_LEARN_KNOWN;
	if (!replaces(&kept, &lesson->stamp, now))
		return TWR_LEARN_KNOWN | TWR_LEARN_REFUSED;

	slot->data[0] = lesson->stamp.ts;
	slot->data[1] = lesson->stamp.ts_stamp;
	return TWR_LEARN_KNOWN | TWR_LEARN_RECORDED;
}

unsigned int twr_cache_learn(struct twr_cache *cache, const struct twr_key *key,
			     const struct twr_lesson *lesson,
			     twr_replace_rule replaces, u32 now, u32 used)
{
	struct twr_conn who = { .key = *key };
	unsigned int done = 0;
	bool evicted = false;
	struct twr_slot *slot;

	if (cache->listed) {
		spin_lock_bh(&cache->list.lock);
		slot = twr_lru_find(&cache->list, &who, used);
		if (!slot && lesson->create)
			slot = twr_lru_take(&cache->list, &who, used, &evicted);
		if (slot)
			done = twr_slot_learn(slot, lesson, replaces, now, used);
		spin_unlock_bh(&cache->list.lock);
	} else {
		struct twr_row *row = twr_table_row(&cache->rows, &who);

		write_seqlock_bh(&row->lock);
		slot = twr_row_find(row, &who);
		if (!slot && lesson->create)
			slot = twr_row_take(row, &who, used, &evicted);
		if (slot)
			done = twr_slot_learn(slot, lesson, replaces, now, used);
		write_sequnlock_bh(&row->lock);
	}
	return evicted ? done | TWR_LEARN_EVICTED : done;
}

void twr_cache_forget(struct twr_cache *cache, u32 netns)
{
	if (cache->listed)
		twr_lru_forget(&cache->list, netns);
	else
		twr_table_forget(&cache->rows, netns);
}

bool twr_cache_next(struct twr_cache *cache, u32 netns, u64 *pos,
		    struct twr_entry *entry)
{
	struct twr_slot slot;
	bool found;

	if (cache->listed)
		found = twr_lru_next(&cache->list, netns, jiffies, pos, &slot);
	else
		found = twr_table_next(&cache->rows, netns, pos, &slot);

	if (found) {
		entry->key = slot.who.key;
		entry->stamp = twr_slot_stamp(&slot);
	}
	return found;
}

u64 twr_cache_count(struct twr_cache *cache, u32 netns)
{
	struct twr_entry entry;
	u64 count = 0;
	u64 pos;

	for (pos = 0; twr_cache_next(cache, netns, &pos, &entry); pos++)
		count++;
	return count;
}
