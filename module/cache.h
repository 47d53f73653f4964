/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cache.h - the per-peer timestamp cache
 *
 * In one of the two forms it had: rows, as the tcp_metrics hash of 3.6, or one
 * list, as the inet_peer tree before. Both are of a fixed size; where a new entry
 * finds no room, the one whose last use is oldest makes room, be it in its row
 * or in the list.
 */
#ifndef TWR_CACHE_H
#define TWR_CACHE_H

#include <linux/types.h>

#include "conn.h"
#include "stamp.h"
#include "table.h"

/* Entries a row holds. */
#define TWR_CACHE_WAYS	TWR_TABLE_WAYS

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
 * struct twr_lesson - what a connection teaches the cache
 * @create: make an entry where there is none
 * @use: it counts as a use of the entry (in a list, everything does)
 * @stamped: it leaves @stamp
 * @stamp: the stamp, valid if @stamped
 */
struct twr_lesson {
	bool create;
	bool use;
	bool stamped;
	struct twr_stamp stamp;
};

/* What twr_cache_learn() did, a mask. */
#define TWR_LEARN_RECORDED	0x1	/* the stamp was taken */
#define TWR_LEARN_REFUSED	0x2	/* the rule turned the stamp down */
#define TWR_LEARN_EVICTED	0x4	/* another entry lost its place */
#define TWR_LEARN_KNOWN		0x8	/* the peer has an entry */

/**
 * typedef twr_replace_rule - does a stamp take the place of the one kept?
 * @kept: the stamp in the cache
 * @offered: the new one
 * @now: the current second
 *
 * Called with the entry locked: must be short, and must not sleep.
 */
typedef bool (*twr_replace_rule)(const struct twr_stamp *kept,
				 const struct twr_stamp *offered, u32 now);

/**
 * twr_cache_default_rows() - rows the old kernel would have had on this machine
 *
 * Return: 16384, or 8192 under 512 MiB of memory.
 */
u32 twr_cache_default_rows(void);

/**
 * struct twr_cache_form - what a cache is like
 * @rows: number of rows, a power of two; of no meaning where there is a list
 * @entries: number of entries of the list, 0 for rows
 * @idle: seconds after which an entry of the list that was not used is gone
 */
struct twr_cache_form {
	u32 rows;
	u32 entries;
	u32 idle;
};

/**
 * twr_cache_bytes() - memory that a cache takes
 * @form: what it is like
 *
 * Return: bytes, SIZE_MAX where that is no size at all. Any context.
 */
size_t twr_cache_bytes(const struct twr_cache_form *form);

/**
 * twr_cache_new() - make an empty cache
 * @form: what it is to be like
 *
 * All the memory it will ever take is taken here. Process context, may sleep.
 *
 * Return: the cache, or ERR_PTR(): -EINVAL if the number of rows is no power of
 * two, -ENOMEM if there is not enough memory free.
 */
struct twr_cache *twr_cache_new(const struct twr_cache_form *form);

/**
 * twr_cache_free() - give a cache's memory back
 * @cache: the cache; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_cache_free(struct twr_cache *cache);

/**
 * twr_cache_find() - look a peer up
 * @cache: the cache
 * @key: the peer
 * @used: the current time in jiffies
 * @stamp: where its stamp goes, untouched if it is not known
 *
 * In rows lockless, and nothing is written that others see; in a list a use,
 * for which the lock is taken. Softirq or process context.
 *
 * Return: true if the peer is known.
 */
bool twr_cache_find(struct twr_cache *cache, const struct twr_key *key,
		    u32 used, struct twr_stamp *stamp);

/**
 * twr_cache_learn() - take in what a connection teaches
 * @cache: the cache
 * @key: the connection's peer
 * @lesson: what it teaches
 * @replaces: the rule for a stamp
 * @now: the current second, for @replaces
 * @used: the current time in jiffies, for the order of reclaim
 *
 * Takes the lock of the row or list, with softirqs off. Softirq or process
 * context.
 *
 * Return: a mask of TWR_LEARN_*; 0 if the lesson needed an entry and there was
 * none.
 */
unsigned int twr_cache_learn(struct twr_cache *cache, const struct twr_key *key,
			     const struct twr_lesson *lesson,
			     twr_replace_rule replaces, u32 now, u32 used);

/**
 * twr_cache_forget() - drop entries
 * @cache: the cache
 * @netns: those of this network namespace, 0 for all
 *
 * Locks piece by piece; entries may come in behind it. Process context, may sleep.
 */
void twr_cache_forget(struct twr_cache *cache, u32 netns);

/**
 * twr_cache_count() - number of entries
 * @cache: the cache
 * @netns: those of this network namespace, 0 for all
 *
 * Walks the cache. Process context, may sleep.
 *
 * Return: entries seen on the walk.
 */
u64 twr_cache_count(struct twr_cache *cache, u32 netns);

/**
 * twr_cache_next() - walk the cache, in steps that can be resumed
 * @cache: the cache
 * @netns: entries of this network namespace, 0 for all
 * @pos: place in the cache, 0 to begin with; moved on to the entry returned.
 *	To go on, add 1
 * @entry: where a copy of the entry goes
 *
 * Nothing is locked between steps. Process context, may sleep.
 *
 * Return: true, or false if there is no entry at or behind @pos.
 */
bool twr_cache_next(struct twr_cache *cache, u32 netns, u64 *pos,
		    struct twr_entry *entry);

#endif /* TWR_CACHE_H */
