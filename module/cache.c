// SPDX-License-Identifier: GPL-2.0
/*
 * cache.c - the per-peer timestamp cache
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "cache.h"

/* A slot is free while its key names no namespace. */
struct twr_slot {
	struct twr_entry entry;
	u32 used;	/* jiffies of the last use by a closing connection */
};

struct twr_row {
	seqlock_t lock;	/* taken by writers, sampled by readers */
	struct twr_slot slot[TWR_CACHE_WAYS];
};

struct twr_cache {
	siphash_key_t secret;
	u32 mask;
	struct twr_row *rows;
};

u32 twr_cache_default_rows(void)
{
	return totalram_pages() >= SZ_512M >> PAGE_SHIFT ? 16384 : 8192;
}

size_t twr_cache_bytes(u32 rows)
{
	return array_size(rows, sizeof(struct twr_row));
}

struct twr_cache *twr_cache_new(u32 rows)
{
	size_t bytes = twr_cache_bytes(rows);
	struct twr_cache *cache;
	u32 i;

	if (!is_power_of_2(rows))
		return ERR_PTR(-EINVAL);

	/*
	 * Memory is handed out page by page: without a look first, a table that
	 * is too large would push everything else out before it failed.
	 */
	if (bytes >> PAGE_SHIFT >= (unsigned long)si_mem_available())
		return ERR_PTR(-ENOMEM);

	cache = kzalloc(sizeof(*cache), GFP_KERNEL);
	if (!cache)
		return ERR_PTR(-ENOMEM);

	cache->rows = __vmalloc(bytes, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
				       __GFP_RETRY_MAYFAIL);
	if (!cache->rows) {
		kfree(cache);
		return ERR_PTR(-ENOMEM);
	}

	for (i = 0; i < rows; i++) {
		seqlock_init(&cache->rows[i].lock);
		cond_resched();
	}
	cache->mask = rows - 1;

	/* Nobody outside can know which peers share a row. */
	get_random_bytes(&cache->secret, sizeof(cache->secret));
	return cache;
}

void twr_cache_free(struct twr_cache *cache)
{
	vfree(cache->rows);
	kfree(cache);
}

static struct twr_row *twr_cache_row(const struct twr_cache *cache,
				     const struct twr_key *key)
{
	u64 hash = siphash(key, sizeof(*key), &cache->secret);

	return &cache->rows[hash & cache->mask];
}

static int twr_row_find(const struct twr_row *row, const struct twr_key *key)
{
	int i;

	for (i = 0; i < TWR_CACHE_WAYS; i++)
		if (!memcmp(&row->slot[i].entry.key, key, sizeof(*key)))
			return i;
	return -1;
}

bool twr_cache_find(const struct twr_cache *cache, const struct twr_key *key,
		    struct twr_stamp *stamp)
{
	const struct twr_row *row = twr_cache_row(cache, key);
	struct twr_stamp found;
	unsigned int seq;
	int i;

	do {
		seq = read_seqbegin(&row->lock);
		i = twr_row_find(row, key);
		if (i >= 0)
			found = row->slot[i].entry.stamp;
	} while (read_seqretry(&row->lock, seq));

	if (i < 0)
		return false;
	*stamp = found;
	return true;
}

/*
 * The slot that a new entry gets. The old hash pushed new entries on the head
 * of their chain and, when it was full, took the first of the oldest from
 * there; rows fill from slot 0 up, so the head is the highest slot.
 */
static int twr_row_victim(const struct twr_row *row)
{
	int oldest = TWR_CACHE_WAYS - 1;
	int i;

	for (i = 0; i < TWR_CACHE_WAYS; i++)
		if (!row->slot[i].entry.key.netns)
			return i;

	for (i = oldest - 1; i >= 0; i--)
		if ((s32)(row->slot[i].used - row->slot[oldest].used) < 0)
			oldest = i;
	return oldest;
}

unsigned int twr_cache_learn(struct twr_cache *cache, const struct twr_key *key,
			     const struct twr_lesson *lesson,
			     twr_replace_rule replaces, u32 now, u32 used)
{
	struct twr_row *row = twr_cache_row(cache, key);
	unsigned int done = 0;
	struct twr_slot *slot;
	int i;

	write_seqlock_bh(&row->lock);

	i = twr_row_find(row, key);
	if (i < 0) {
		if (!lesson->create)
			goto out;
		i = twr_row_victim(row);
		if (row->slot[i].entry.key.netns)
			done |= TWR_LEARN_EVICTED;
		row->slot[i] = (struct twr_slot) {
			.entry.key = *key,
			.used = used,
		};
	}

	slot = &row->slot[i];
	if (lesson->use)
		slot->used = used;
	if (lesson->stamped) {
		if (replaces(&slot->entry.stamp, &lesson->stamp, now)) {
			slot->entry.stamp = lesson->stamp;
			done |= TWR_LEARN_RECORDED;
		} else {
			done |= TWR_LEARN_REFUSED;
		}
	}
out:
	write_sequnlock_bh(&row->lock);
	return done;
}

static bool twr_slot_matches(const struct twr_slot *slot, u32 netns)
{
	u32 owner = READ_ONCE(slot->entry.key.netns);

	return owner && (!netns || owner == netns);
}

void twr_cache_forget(struct twr_cache *cache, u32 netns)
{
	u32 r;
	int i;

	for (r = 0; r <= cache->mask; r++) {
		struct twr_row *row = &cache->rows[r];

		write_seqlock_bh(&row->lock);
		for (i = 0; i < TWR_CACHE_WAYS; i++)
			if (twr_slot_matches(&row->slot[i], netns))
				memset(&row->slot[i], 0, sizeof(row->slot[i]));
		write_sequnlock_bh(&row->lock);
		cond_resched();
	}
}

bool twr_cache_next(const struct twr_cache *cache, u32 netns, u64 *pos,
		    struct twr_entry *entry)
{
	u64 end = ((u64)cache->mask + 1) * TWR_CACHE_WAYS;
	const struct twr_slot *slot;
	const struct twr_row *row;
	unsigned int seq;
	bool found;
	u32 way;

	for (; *pos < end; ++*pos) {
		row = &cache->rows[div_u64_rem(*pos, TWR_CACHE_WAYS, &way)];
		slot = &row->slot[way];

		do {
			seq = read_seqbegin(&row->lock);
			found = twr_slot_matches(slot, netns);
			if (found)
				*entry = slot->entry;
		} while (read_seqretry(&row->lock, seq));

		if (found)
			return true;
		cond_resched();
	}
	return false;
}

u64 twr_cache_count(const struct twr_cache *cache, u32 netns)
{
	struct twr_entry entry;
	u64 count = 0;
	u64 pos;

	for (pos = 0; twr_cache_next(cache, netns, &pos, &entry); pos++)
		count++;
	return count;
}
