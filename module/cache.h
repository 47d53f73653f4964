/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cache.h - the per-peer timestamp cache
 *
 * A table of fixed size, as the tcp_metrics hash was in effect: a key belongs
 * to one row, a row holds TWR_CACHE_WAYS entries, and where one too many comes
 * the one whose last use is oldest makes room. Readers take no lock and write
 * nothing; a writer takes the lock of its row.
 */
#ifndef TWR_CACHE_H
#define TWR_CACHE_H

#include <linux/in6.h>
#include <linux/types.h>

#include "stamp.h"

/* Entries a row holds (TCP_METRICS_RECLAIM_DEPTH + 1). */
#define TWR_CACHE_WAYS	6

struct twr_cache;

/**
 * struct twr_key - whom an entry speaks of
 * @peer: address of the remote host, IPv4 as an IPv4-mapped address
 * @local: the local address it talks to, in the same form
 * @netns: inode number of the network namespace, never 0
 */
struct twr_key {
	struct in6_addr peer;
	struct in6_addr local;
	u32 netns;
};

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
 * @use: the connection closes, which counts as a use of the entry
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

/**
 * typedef twr_replace_rule - does a stamp take the place of the one kept?
 * @kept: the stamp in the cache
 * @offered: the new one
 * @now: the current second
 *
 * Called with the row locked: must be short, and must not sleep.
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
 * twr_cache_bytes() - memory that a table takes
 * @rows: number of rows
 *
 * Return: bytes, SIZE_MAX where that is no size at all. Any context.
 */
size_t twr_cache_bytes(u32 rows);

/**
 * twr_cache_new() - make an empty cache
 * @rows: number of rows, a power of two
 *
 * All the memory it will ever take is taken here. Process context, may sleep.
 *
 * Return: the cache, or ERR_PTR(): -EINVAL if @rows is no power of two,
 * -ENOMEM if there is not enough memory free.
 */
struct twr_cache *twr_cache_new(u32 rows);

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
 * @stamp: where its stamp goes, untouched if it is not known
 *
 * Lockless, writes nothing that others see. Softirq or process context.
 *
 * Return: true if the peer is known.
 */
bool twr_cache_find(const struct twr_cache *cache, const struct twr_key *key,
		    struct twr_stamp *stamp);

/**
 * twr_cache_learn() - take in what a connection teaches
 * @cache: the cache
 * @key: the connection's peer
 * @lesson: what it teaches
 * @replaces: the rule for a stamp
 * @now: the current second, for @replaces
 * @used: the current time in jiffies, for the order of reclaim
 *
 * Takes the row's lock with softirqs off. Softirq or process context.
 *
 * Return: a mask of TWR_LEARN_*; 0 if the lesson needed an entry and there was
 * none, or had nothing to store.
 */
unsigned int twr_cache_learn(struct twr_cache *cache, const struct twr_key *key,
			     const struct twr_lesson *lesson,
			     twr_replace_rule replaces, u32 now, u32 used);

/**
 * twr_cache_forget() - drop entries
 * @cache: the cache
 * @netns: those of this network namespace, 0 for all
 *
 * Locks row by row; entries may come in behind it. Process context, may sleep.
 */
void twr_cache_forget(struct twr_cache *cache, u32 netns);

/**
 * twr_cache_count() - number of entries
 * @cache: the cache
 * @netns: those of this network namespace, 0 for all
 *
 * Walks the table, lockless. Process context, may sleep.
 *
 * Return: entries seen on the walk.
 */
u64 twr_cache_count(const struct twr_cache *cache, u32 netns);

/**
 * twr_cache_next() - walk the table, in steps that can be resumed
 * @cache: the cache
 * @netns: entries of this network namespace, 0 for all
 * @pos: place in the table, 0 to begin with; moved on to the entry returned.
 *	To go on, add 1
 * @entry: where a copy of the entry goes
 *
 * Lockless between and within steps. Process context, may sleep.
 *
 * Return: true, or false if there is no entry at or behind @pos.
 */
bool twr_cache_next(const struct twr_cache *cache, u32 netns, u64 *pos,
		    struct twr_entry *entry);

#endif /* TWR_CACHE_H */
