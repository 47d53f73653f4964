// SPDX-License-Identifier: GPL-2.0
/*
 * rows.c - the cache as the tcp_metrics hash had it: rows of a few peers each
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/prefetch.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "lock.h"
#include "rows.h"
#include "table_alloc.h"

/* A peer; its size depends on its family. The place is free if netns is 0. */
struct twr_peer {
	struct twr_stamp stamp;
	u32 netns;
	union {
		struct twr_peer4 {
			__be32 peer;
			__be32 local;
		} v4;
		struct twr_peer6 {
			struct in6_addr peer;
			struct in6_addr local;
		} v6;
	};
};

/* A row of peers of that size, the most recently used first. */
struct twr_row {
	struct twr_lock lock;
	u8 peers[] __aligned(sizeof(u32));
};

static u32 twr_peer_bytes(bool v6)
{
	return offsetof(struct twr_peer, v4) +
	       (v6 ? sizeof(struct twr_peer6) : sizeof(struct twr_peer4));
}

/* An IPv4 row begins at a cache line; for IPv6 that would waste too much memory. */
static u32 twr_row_bytes(bool v6)
{
	return roundup(sizeof(struct twr_row) +
		       TWR_ROW_PEERS * twr_peer_bytes(v6), v6 ? 16 : 64);
}

u64 twr_rows_bytes(u32 count, bool v6)
{
	return (u64)count * twr_row_bytes(v6);
}

static struct twr_row *twr_rows_row(const struct twr_rows *rows, u32 r)
{
	return rows->mem + (size_t)r * rows->row_bytes;
}

int twr_rows_init(struct twr_rows *rows, u32 count, bool v6, twr_netns_alive_fn netns_is_alive)
{
	u32 r;

	if (!is_power_of_2(count))
		return -EINVAL;

	rows->mem = twr_table_alloc(twr_rows_bytes(count, v6));
	if (!rows->mem)
		return -ENOMEM;

	rows->netns_is_alive = netns_is_alive;
	rows->mask = count - 1;
	rows->is_v6 = v6;
	rows->peer_bytes = twr_peer_bytes(v6);
	rows->row_bytes = twr_row_bytes(v6);
	for (r = 0; r < count; r++) {
		twr_lock_init(&twr_rows_row(rows, r)->lock);
		cond_resched();
	}
	return 0;
}

void twr_rows_exit(struct twr_rows *rows)
{
	vfree(rows->mem);
}

static struct twr_row *twr_rows_row_of(const struct twr_rows *rows,
				       const struct twr_key *key)
{
	return twr_rows_row(rows, key->hash & rows->mask);
}

static struct twr_peer *twr_row_peer(const struct twr_rows *rows,
				     struct twr_row *row, int i)
{
	return (struct twr_peer *)(row->peers + i * rows->peer_bytes);
}

static bool twr_peer_matches(const struct twr_peer *p, const struct twr_key *key, bool v6)
{
	if (v6)
		return p->netns == key->netns &&
		       ipv6_addr_equal(&p->v6.peer, &key->peer) &&
		       ipv6_addr_equal(&p->v6.local, &key->local);
	return p->v4.peer == key->peer.s6_addr32[3] &&
	       p->v4.local == key->local.s6_addr32[3] &&
	       p->netns == key->netns;
}

static void twr_peer_init(const struct twr_rows *rows, struct twr_peer *p,
			  const struct twr_key *key)
{
	memset(&p->stamp, 0, sizeof(p->stamp));
	p->netns = key->netns;
	if (rows->is_v6) {
		p->v6.peer = key->peer;
		p->v6.local = key->local;
	} else {
		p->v4.peer = key->peer.s6_addr32[3];
		p->v4.local = key->local.s6_addr32[3];
	}
}

static void twr_peer_get_key(const struct twr_rows *rows, const struct twr_peer *p,
			     struct twr_key *key)
{
	memset(key, 0, sizeof(*key));
	key->netns = p->netns;
	if (rows->is_v6) {
		key->peer = p->v6.peer;
		key->local = p->v6.local;
	} else {
		ipv6_addr_set_v4mapped(p->v4.peer, &key->peer);
		if (p->v4.local)
			ipv6_addr_set_v4mapped(p->v4.local, &key->local);
	}
	twr_key_set_hash(key);
}

/* @v6: a constant, so that the compiler knows the size of a place. */
static __always_inline struct twr_peer *twr_row_search(struct twr_row *row,
						       const struct twr_key *key,
						       bool v6)
{
	u8 *end = row->peers + TWR_ROW_PEERS * twr_peer_bytes(v6);
	u8 *at;

	for (at = row->peers; at < end; at += twr_peer_bytes(v6))
		if (twr_peer_matches((struct twr_peer *)at, key, v6))
			return (struct twr_peer *)at;
	return NULL;
}

static struct twr_peer *twr_row_find(const struct twr_rows *rows,
				     struct twr_row *row,
				     const struct twr_key *key)
{
	return rows->is_v6 ? twr_row_search(row, key, true) :
			  twr_row_search(row, key, false);
}

/* Moves all peers before @p by one place and overwrites @p. Return: the first place. */
static struct twr_peer *twr_row_shift(const struct twr_rows *rows,
				      struct twr_row *row, struct twr_peer *p)
{
	memmove(row->peers + rows->peer_bytes, row->peers,
		(u8 *)p - row->peers);
	return twr_row_peer(rows, row, 0);
}

void twr_rows_prefetch(const struct twr_rows *rows, const struct twr_key *key)
{
	const void *row = twr_rows_row_of(rows, key);

	prefetch(row);
	prefetch(row + 64);
}

bool twr_rows_lookup(const struct twr_rows *rows, const struct twr_key *key,
		     struct twr_stamp *stamp)
{
	struct twr_row *row = twr_rows_row_of(rows, key);
	const struct twr_peer *p;
	unsigned int seq;

	do {
		seq = twr_lock_read_begin(&row->lock);
		p = twr_row_find(rows, row, key);
		if (p)
			*stamp = p->stamp;
	} while (twr_lock_read_retry(&row->lock, seq));
	return p;
}

/* Return: true if the place has a peer of a live namespace; @netns is known to be live. */
static bool twr_peer_is_live(const struct twr_rows *rows, const struct twr_peer *p,
			     u32 netns)
{
	return p->netns && (p->netns == netns || !rows->netns_is_alive ||
			    rows->netns_is_alive(p->netns));
}

/*
 * Return: the place to overwrite: a free one, else that of a peer of a dead namespace, else
 * that of the least recently used peer. Free places stand last.
 */
static struct twr_peer *twr_row_find_victim(const struct twr_rows *rows,
					    struct twr_row *row, u32 netns)
{
	struct twr_peer *last = twr_row_peer(rows, row, TWR_ROW_PEERS - 1);
	int i;

	for (i = TWR_ROW_PEERS - 1; last->netns && i >= 0; i--) {
		struct twr_peer *p = twr_row_peer(rows, row, i);

		if (!twr_peer_is_live(rows, p, netns))
			return p;
	}
	return last;
}

/* Return: the peer's place after the update, NULL if it has none. */
static struct twr_peer *twr_row_get_peer(const struct twr_rows *rows,
					 struct twr_row *row,
					 const struct twr_key *key,
					 const struct twr_update *update,
					 bool *evicted)
{
	struct twr_peer *p = twr_row_find(rows, row, key);
	struct twr_stamp stamp;

	if (!p && update->creates_entry) {
		p = twr_row_find_victim(rows, row, key->netns);
		*evicted = twr_peer_is_live(rows, p, key->netns);
		p = twr_row_shift(rows, row, p);
		twr_peer_init(rows, p, key);
	} else if (p && update->uses_entry) {
		stamp = p->stamp;
		p = twr_row_shift(rows, row, p);
		twr_peer_init(rows, p, key);
		p->stamp = stamp;
	}
	return p;
}

unsigned int twr_rows_update(struct twr_rows *rows, const struct twr_key *key,
			     const struct twr_update *update,
			     twr_replaces_stamp_fn replaces_stamp, u32 now)
{
	struct twr_row *row = twr_rows_row_of(rows, key);
	unsigned int done = 0;
	bool evicted = false;
	unsigned long flags;
	struct twr_peer *p;

	flags = twr_lock_write_begin(&row->lock);
	p = twr_row_get_peer(rows, row, key, update, &evicted);
	if (p)
		done = twr_update_apply(update, &p->stamp, replaces_stamp, now);
	twr_lock_write_end(&row->lock, flags);
	return evicted ? done | TWR_UPDATE_EVICTED : done;
}

void twr_rows_reset(struct twr_rows *rows)
{
	unsigned long flags;
	u32 r;

	for (r = 0; r <= rows->mask; r++) {
		struct twr_row *row = twr_rows_row(rows, r);

		flags = twr_lock_write_begin(&row->lock);
		memset(row->peers, 0, TWR_ROW_PEERS * rows->peer_bytes);
		twr_lock_write_end(&row->lock, flags);
		cond_resched();
	}
}

bool twr_rows_next(const struct twr_rows *rows, u32 netns, u64 *pos,
		   struct twr_key *key, struct twr_stamp *stamp)
{
	struct twr_peer copy;
	unsigned int seq;
	u32 i;

	for (; *pos < twr_rows_capacity(rows); ++*pos) {
		u32 r = div_u64_rem(*pos, TWR_ROW_PEERS, &i);
		struct twr_row *row = twr_rows_row(rows, r);

		do {
			seq = twr_lock_read_begin(&row->lock);
			memcpy(&copy, twr_row_peer(rows, row, i),
			       rows->peer_bytes);
		} while (twr_lock_read_retry(&row->lock, seq));

		if (netns ? copy.netns == netns : twr_peer_is_live(rows, &copy, 0)) {
			twr_peer_get_key(rows, &copy, key);
			*stamp = copy.stamp;
			return true;
		}
		cond_resched();
	}
	return false;
}
