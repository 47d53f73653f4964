// SPDX-License-Identifier: GPL-2.0
/*
 * rows.c - the cache as the tcp_metrics hash had it: rows of a few peers each
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "memory.h"
#include "rows.h"

/* By what a peer is told from another; the place is free while netns is 0. */
union twr_id {
	struct twr_id4 {
		__be32 peer;
		u32 netns;
		__be32 local;
	} v4;
	struct twr_id6 {
		struct in6_addr peer;
		u32 netns;
		struct in6_addr local;
	} v6;
	u32 word[9];
};

#define TWR_ID4_WORDS	(sizeof(struct twr_id4) / sizeof(u32))
#define TWR_ID6_WORDS	(sizeof(struct twr_id6) / sizeof(u32))
#define TWR_STAMP_WORDS	(sizeof(struct twr_stamp) / sizeof(u32))

/* A row: for each peer the words of its id, and its stamp. */
struct twr_peers {
	seqlock_t lock;
	u32 words[];
};

/* Rows of IPv4 begin with a cache line; IPv6 would waste too much on that. */
static u32 twr_peers_bytes(bool v6)
{
	u32 words = TWR_STAMP_WORDS + (v6 ? TWR_ID6_WORDS : TWR_ID4_WORDS);

	return roundup(sizeof(struct twr_peers) +
		       TWR_ROW_PEERS * words * sizeof(u32), v6 ? 16 : 64);
}

u64 twr_rows_bytes(u32 count, bool v6)
{
	return (u64)count * twr_peers_bytes(v6);
}

static struct twr_peers *twr_peers(const struct twr_rows *rows, u32 r)
{
	return rows->mem + (size_t)r * rows->bytes;
}

int twr_rows_init(struct twr_rows *rows, u32 count, bool v6)
{
	u32 r;

	if (!is_power_of_2(count))
		return -EINVAL;

	rows->mem = twr_memory(twr_rows_bytes(count, v6));
	if (!rows->mem)
		return -ENOMEM;

	rows->mask = count - 1;
	rows->bytes = twr_peers_bytes(v6);
	rows->id = v6 ? TWR_ID6_WORDS : TWR_ID4_WORDS;
	/* IPv6 peers often have all but the end of their addresses in common. */
	rows->tell = v6 ? 3 : 0;
	for (r = 0; r < count; r++) {
		seqlock_init(&twr_peers(rows, r)->lock);
		cond_resched();
	}
	return 0;
}

void twr_rows_exit(struct twr_rows *rows)
{
	vfree(rows->mem);
}

static u32 *twr_peers_at(const struct twr_rows *rows, struct twr_peers *row,
			 int i)
{
	return row->words + i * (rows->id + TWR_STAMP_WORDS);
}

static u32 twr_peers_netns(const struct twr_rows *rows, struct twr_peers *row,
			   int i)
{
	return twr_peers_at(rows, row, i)[rows->tell + 1];
}

static struct twr_stamp *twr_peers_stamp(const struct twr_rows *rows,
					 struct twr_peers *row, int i)
{
	return (struct twr_stamp *)(twr_peers_at(rows, row, i) + rows->id);
}

/* The row and the id of a peer. Local addresses of one peer share a row. */
static struct twr_peers *twr_rows_place(const struct twr_rows *rows,
					const struct twr_key *key,
					union twr_id *id)
{
	if (rows->id == TWR_ID4_WORDS) {
		id->v4.peer = key->peer.s6_addr32[3];
		id->v4.netns = key->netns;
		id->v4.local = key->local.s6_addr32[3];
	} else {
		id->v6.peer = key->peer;
		id->v6.netns = key->netns;
		id->v6.local = key->local;
	}
	return twr_peers(rows, key->hash & rows->mask);
}

static void twr_rows_key(const struct twr_rows *rows, const u32 *word,
			 struct twr_key *key)
{
	union twr_id id;

	memcpy(&id, word, rows->id * sizeof(u32));
	if (rows->id == TWR_ID4_WORDS) {
		memset(key, 0, sizeof(*key));
		ipv6_addr_set_v4mapped(id.v4.peer, &key->peer);
		if (id.v4.local)
			ipv6_addr_set_v4mapped(id.v4.local, &key->local);
		key->netns = id.v4.netns;
	} else {
		key->peer = id.v6.peer;
		key->local = id.v6.local;
		key->netns = id.v6.netns;
	}
	twr_key_seal(key);
}

/* Return: the peer's place in the row, or a negative value. */
static int twr_peers_find(const struct twr_rows *rows, struct twr_peers *row,
			  const union twr_id *id)
{
	int i;

	for (i = 0; i < TWR_ROW_PEERS; i++) {
		const u32 *word = twr_peers_at(rows, row, i);

		if (word[rows->tell] == id->word[rows->tell] &&
		    !memcmp(word, id, rows->id * sizeof(u32)))
			return i;
	}
	return -1;
}

/* Put someone first; those up to place i each move on by one. */
static void twr_peers_first(const struct twr_rows *rows, struct twr_peers *row,
			    int i, const union twr_id *id,
			  struct twr_stamp stamp)
{
	memmove(twr_peers_at(rows, row, 1), row->words,
		i * (rows->id + TWR_STAMP_WORDS) * sizeof(u32));
	memcpy(row->words, id, rows->id * sizeof(u32));
	*twr_peers_stamp(rows, row, 0) = stamp;
}

bool twr_rows_find(const struct twr_rows *rows, const struct twr_key *key,
		   struct twr_stamp *stamp)
{
	struct twr_peers *row;
	union twr_id id;
	unsigned int seq;
	int i;

	row = twr_rows_place(rows, key, &id);
	do {
		seq = read_seqbegin(&row->lock);
		i = twr_peers_find(rows, row, &id);
		if (i >= 0)
			*stamp = *twr_peers_stamp(rows, row, i);
	} while (read_seqretry(&row->lock, seq));
	return i >= 0;
}

unsigned int twr_rows_learn(struct twr_rows *rows, const struct twr_key *key,
			    const struct twr_lesson *lesson,
			    twr_replace_rule replaces, u32 now)
{
	static const struct twr_stamp none;
	const int last = TWR_ROW_PEERS - 1;
	unsigned int done = 0;
	struct twr_peers *row;
	union twr_id id;
	int i;

	row = twr_rows_place(rows, key, &id);
	write_seqlock_bh(&row->lock);
	i = twr_peers_find(rows, row, &id);
	if (i < 0 && lesson->create) {
		if (twr_peers_netns(rows, row, last))
			done = TWR_LEARN_EVICTED;
		twr_peers_first(rows, row, last, &id, none);
		i = 0;
	} else if (i > 0 && lesson->use) {
		twr_peers_first(rows, row, i, &id, *twr_peers_stamp(rows, row, i));
		i = 0;
	}
	if (i >= 0)
		done |= twr_lesson_take(lesson, twr_peers_stamp(rows, row, i),
					replaces, now);
	write_sequnlock_bh(&row->lock);
	return done;
}

/* Those that stay keep their order. */
static void twr_peers_forget(const struct twr_rows *rows, struct twr_peers *row,
			     u32 netns)
{
	size_t bytes = (rows->id + TWR_STAMP_WORDS) * sizeof(u32);
	int i, kept = 0;

	for (i = 0; i < TWR_ROW_PEERS; i++)
		if (netns && twr_peers_netns(rows, row, i) != netns)
			memmove(twr_peers_at(rows, row, kept++),
				twr_peers_at(rows, row, i), bytes);
	memset(twr_peers_at(rows, row, kept), 0,
	       (TWR_ROW_PEERS - kept) * bytes);
}

void twr_rows_forget(struct twr_rows *rows, u32 netns)
{
	u32 r;

	for (r = 0; r <= rows->mask; r++) {
		struct twr_peers *row = twr_peers(rows, r);

		write_seqlock_bh(&row->lock);
		twr_peers_forget(rows, row, netns);
		write_sequnlock_bh(&row->lock);
		cond_resched();
	}
}

bool twr_rows_next(const struct twr_rows *rows, u32 netns, u64 *pos,
		   struct twr_key *key, struct twr_stamp *stamp)
{
	union twr_id id;
	u32 owner, i;

	for (; *pos < twr_rows_places(rows); ++*pos) {
		u32 r = div_u64_rem(*pos, TWR_ROW_PEERS, &i);
		struct twr_peers *row = twr_peers(rows, r);
		unsigned int seq;

		do {
			seq = read_seqbegin(&row->lock);
			owner = twr_peers_netns(rows, row, i);
			memcpy(&id, twr_peers_at(rows, row, i),
			       rows->id * sizeof(u32));
			*stamp = *twr_peers_stamp(rows, row, i);
		} while (read_seqretry(&row->lock, seq));

		if (owner && (!netns || owner == netns)) {
			twr_rows_key(rows, id.word, key);
			return true;
		}
		cond_resched();
	}
	return false;
}
