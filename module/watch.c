// SPDX-License-Identifier: GPL-2.0
/*
 * watch.c - half-closed connections, to be looked at when their peer comes back
 */
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "watch.h"

/* Rows, a power of two: room for 4096 half-closed connections. */
#define TWR_WATCH_ROWS	1024

/* A slot is free while its key names no namespace. */
struct twr_watched {
	struct twr_key key;
	struct twr_ports ports;
};

struct twr_watch_row {
	seqlock_t lock;	/* taken by writers, sampled by readers */
	u32 next;	/* slot to give away when all are taken */
	struct twr_watched slot[TWR_WATCH_WAYS];
};

struct twr_watch {
	siphash_key_t secret;
	struct twr_watch_row rows[TWR_WATCH_ROWS];
};

struct twr_watch *twr_watch_new(void)
{
	struct twr_watch *watch = kvzalloc(sizeof(*watch), GFP_KERNEL);
	int i;

	if (!watch)
		return NULL;
	for (i = 0; i < TWR_WATCH_ROWS; i++)
		seqlock_init(&watch->rows[i].lock);
	get_random_bytes(&watch->secret, sizeof(watch->secret));
	return watch;
}

void twr_watch_free(struct twr_watch *watch)
{
	kvfree(watch);
}

static u32 twr_watch_hash(const struct twr_watch *watch,
			  const struct twr_key *key)
{
	return siphash(key, sizeof(*key), &watch->secret) % TWR_WATCH_ROWS;
}

static bool twr_watched_is(const struct twr_watched *slot,
			   const struct twr_key *key,
			   const struct twr_ports *ports)
{
	return slot->ports.peer == ports->peer &&
	       slot->ports.local == ports->local &&
	       !memcmp(&slot->key, key, sizeof(*key));
}

void twr_watch_add(struct twr_watch *watch, const struct twr_key *key,
		   const struct twr_ports *ports)
{
	struct twr_watch_row *row = &watch->rows[twr_watch_hash(watch, key)];
	int i, free = -1;

	write_seqlock_bh(&row->lock);
	for (i = 0; i < TWR_WATCH_WAYS; i++) {
		if (twr_watched_is(&row->slot[i], key, ports))
			goto out;
		if (free < 0 && !row->slot[i].key.netns)
			free = i;
	}
	if (free < 0) {
		free = row->next;
		row->next = (row->next + 1) % TWR_WATCH_WAYS;
	}
	row->slot[free].key = *key;
	row->slot[free].ports = *ports;
out:
	write_sequnlock_bh(&row->lock);
}

int twr_watch_list(const struct twr_watch *watch, const struct twr_key *key,
		   struct twr_ports *ports)
{
	const struct twr_watch_row *row;
	unsigned int seq;
	int i, found;

	row = &watch->rows[twr_watch_hash(watch, key)];
	do {
		found = 0;
		seq = read_seqbegin(&row->lock);
		for (i = 0; i < TWR_WATCH_WAYS; i++)
			if (!memcmp(&row->slot[i].key, key, sizeof(*key)))
				ports[found++] = row->slot[i].ports;
	} while (read_seqretry(&row->lock, seq));
	return found;
}

void twr_watch_drop(struct twr_watch *watch, const struct twr_key *key,
		    const struct twr_ports *ports)
{
	struct twr_watch_row *row = &watch->rows[twr_watch_hash(watch, key)];
	int i;

	write_seqlock_bh(&row->lock);
	for (i = 0; i < TWR_WATCH_WAYS; i++)
		if (twr_watched_is(&row->slot[i], key, ports))
			memset(&row->slot[i], 0, sizeof(row->slot[i]));
	write_sequnlock_bh(&row->lock);
}

void twr_watch_forget(struct twr_watch *watch, u32 netns)
{
	int r, i;

	for (r = 0; r < TWR_WATCH_ROWS; r++) {
		struct twr_watch_row *row = &watch->rows[r];

		write_seqlock_bh(&row->lock);
		for (i = 0; i < TWR_WATCH_WAYS; i++)
			if (!netns || row->slot[i].key.netns == netns)
				memset(&row->slot[i], 0, sizeof(row->slot[i]));
		write_sequnlock_bh(&row->lock);
		cond_resched();
	}
}
