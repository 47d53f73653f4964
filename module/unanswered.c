// SPDX-License-Identifier: GPL-2.0
/*
 * unanswered.c - the SYNs that come again because they got no answer, and their senders
 */
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/prefetch.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "table_alloc.h"
#include "unanswered.h"

/*
 * How long a SYN is remembered. The longest wait of a Linux client is 64 s, before its
 * seventh SYN (tcp_syn_retries 6).
 */
#define TWR_SYN_MEMORY		(120 * HZ)

/* A row of SYNs is one cache line. The table has room for 65536 SYNs in 512 KiB. */
#define TWR_SYN_WAYS		8
#define TWR_SYN_ROWS_BITS	13

#define TWR_PEER_WAYS		8
#define TWR_PEER_ROWS		(TWR_UNANSWERED_MAX / TWR_PEER_WAYS)

/*
 * SYNs that found no socket. @tag is a hash of the connection and the sequence number, 0
 * for a free place; @since is the low half of the jiffies at which the SYN came last.
 */
struct twr_syn_row {
	u32 tag[TWR_SYN_WAYS];
	u32 since[TWR_SYN_WAYS];
} ____cacheline_aligned;

struct twr_unanswered {
	struct twr_syn_row syns[1 << TWR_SYN_ROWS_BITS];
	struct twr_peer_row {
		spinlock_t lock; /* the peers of the row */
		struct twr_unanswered_peer peer[TWR_PEER_WAYS];
	} peers[TWR_PEER_ROWS];
	twr_netns_alive_fn netns_is_alive;
};

struct twr_unanswered *twr_unanswered_new(twr_netns_alive_fn netns_is_alive)
{
	struct twr_unanswered *unanswered = twr_table_alloc(sizeof(*unanswered));
	int r;

	if (!unanswered)
		return NULL;
	unanswered->netns_is_alive = netns_is_alive;
	for (r = 0; r < TWR_PEER_ROWS; r++)
		spin_lock_init(&unanswered->peers[r].lock);
	return unanswered;
}

void twr_unanswered_free(struct twr_unanswered *unanswered)
{
	vfree(unanswered);
}

static bool twr_syn_is_remembered(const struct twr_syn_row *row, int i, u32 now)
{
	return READ_ONCE(row->tag[i]) && now - READ_ONCE(row->since[i]) <= TWR_SYN_MEMORY;
}

/* Return: the place of the SYN, or a negative value. */
static int twr_syn_find(const struct twr_syn_row *row, u32 tag, u32 now)
{
	int i;

	for (i = 0; i < TWR_SYN_WAYS; i++)
		if (READ_ONCE(row->tag[i]) == tag)
			return twr_syn_is_remembered(row, i, now) ? i : -1;
	return -1;
}

/* Return: a free place, else that of the oldest SYN. */
static int twr_syn_replace(const struct twr_syn_row *row, u32 now)
{
	u32 age, oldest = 0;
	int i, place = 0;

	for (i = 0; i < TWR_SYN_WAYS; i++) {
		if (!twr_syn_is_remembered(row, i, now))
			return i;
		age = now - READ_ONCE(row->since[i]);
		if (age > oldest) {
			oldest = age;
			place = i;
		}
	}
	return place;
}

static u32 twr_syn_row_of(u32 hash)
{
	return hash >> (32 - TWR_SYN_ROWS_BITS);
}

void twr_unanswered_prefetch(const struct twr_unanswered *unanswered,
			     const struct twr_conn *conn)
{
	prefetchw(&unanswered->syns[twr_syn_row_of(twr_conn_hash(conn))]);
}

bool twr_unanswered_note_syn(struct twr_unanswered *unanswered, const struct twr_conn *conn,
			     u32 seq, bool finds_socket, bool gets_cookie, u64 now)
{
	u32 hash = twr_conn_hash(conn);
	struct twr_syn_row *row = &unanswered->syns[twr_syn_row_of(hash)];
	u32 tag = __hash_32(hash ^ seq) ?: 1;
	int place = twr_syn_find(row, tag, now);
	bool again = place >= 0;

	if (finds_socket || gets_cookie) {
		/* If the SYN comes once more, the SYN before will have been answered. */
		if (again)
			WRITE_ONCE(row->tag[place], 0);
		return again && !finds_socket;
	}

	if (!again)
		place = twr_syn_replace(row, now);
	WRITE_ONCE(row->since[place], now);
	WRITE_ONCE(row->tag[place], tag);
	return again;
}

static bool twr_peer_is_live(const struct twr_unanswered *unanswered,
			     const struct twr_unanswered_peer *peer)
{
	u32 netns = peer->key.netns;

	return netns && (!unanswered->netns_is_alive || unanswered->netns_is_alive(netns));
}

/*
 * Return: the place of the peer, or the place that it takes: a free one, that of a peer of
 * a dead namespace, else that of the peer with the fewest unanswered SYNs.
 */
static struct twr_unanswered_peer *twr_peer_place(const struct twr_unanswered *unanswered,
						  struct twr_peer_row *row,
						  const struct twr_key *key)
{
	struct twr_unanswered_peer *free = NULL, *least = &row->peer[0];
	int i;

	for (i = 0; i < TWR_PEER_WAYS; i++) {
		struct twr_unanswered_peer *peer = &row->peer[i];

		if (!memcmp(&peer->key, key, sizeof(*key)))
			return peer;
		if (!twr_peer_is_live(unanswered, peer))
			free = peer;
		if (peer->syns < least->syns)
			least = peer;
	}
	return free ?: least;
}

static struct twr_peer_row *twr_peer_row_of(struct twr_unanswered *unanswered,
					    const struct twr_key *key)
{
	return &unanswered->peers[reciprocal_scale(key->hash, TWR_PEER_ROWS)];
}

void twr_unanswered_count_peer(struct twr_unanswered *unanswered, const struct twr_key *key,
			       u64 ms)
{
	struct twr_peer_row *row = twr_peer_row_of(unanswered, key);
	struct twr_unanswered_peer *peer;

	spin_lock_bh(&row->lock);
	peer = twr_peer_place(unanswered, row, key);
	if (memcmp(&peer->key, key, sizeof(*key))) {
		u64 over = twr_peer_is_live(unanswered, peer) ? peer->syns : 0;

		*peer = (struct twr_unanswered_peer) {
			.key = *key,
			.syns = over,
			.over = over,
			.first_ms = ms,
		};
	}
	peer->syns++;
	peer->last_ms = ms;
	spin_unlock_bh(&row->lock);
}

u64 twr_unanswered_of_peer(struct twr_unanswered *unanswered, const struct twr_key *key)
{
	struct twr_peer_row *row = twr_peer_row_of(unanswered, key);
	const struct twr_unanswered_peer *peer;
	u64 syns;

	spin_lock_bh(&row->lock);
	peer = twr_peer_place(unanswered, row, key);
	syns = memcmp(&peer->key, key, sizeof(*key)) ? 0 : peer->syns;
	spin_unlock_bh(&row->lock);
	return syns;
}

static int twr_peer_compare(const void *a, const void *b)
{
	u64 first = ((const struct twr_unanswered_peer *)a)->syns;
	u64 second = ((const struct twr_unanswered_peer *)b)->syns;

	return first < second ? 1 : first > second ? -1 : 0;
}

int twr_unanswered_list(struct twr_unanswered *unanswered, u32 netns,
			struct twr_unanswered_peer *list)
{
	int r, i, n = 0;

	for (r = 0; r < TWR_PEER_ROWS; r++) {
		struct twr_peer_row *row = &unanswered->peers[r];

		spin_lock_bh(&row->lock);
		for (i = 0; i < TWR_PEER_WAYS; i++) {
			const struct twr_unanswered_peer *peer = &row->peer[i];

			if (netns ? peer->key.netns == netns :
				    twr_peer_is_live(unanswered, peer))
				list[n++] = *peer;
		}
		spin_unlock_bh(&row->lock);
		cond_resched();
	}
	sort(list, n, sizeof(*list), twr_peer_compare, NULL);
	return n;
}

void twr_unanswered_reset(struct twr_unanswered *unanswered)
{
	int r, i;

	for (r = 0; r < ARRAY_SIZE(unanswered->syns); r++) {
		for (i = 0; i < TWR_SYN_WAYS; i++)
			WRITE_ONCE(unanswered->syns[r].tag[i], 0);
		cond_resched();
	}
	for (r = 0; r < TWR_PEER_ROWS; r++) {
		spin_lock_bh(&unanswered->peers[r].lock);
		memset(unanswered->peers[r].peer, 0, sizeof(unanswered->peers[r].peer));
		spin_unlock_bh(&unanswered->peers[r].lock);
		cond_resched();
	}
}
