/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rows.h - the cache as the tcp_metrics hash had it: rows of a few peers each
 *
 * As in tcp_metrics, the hash of a peer's address selects the row. The most recently used
 * peer of a row stands first, and a full row evicts its last peer. All rows of a table are
 * for IPv4 or all are for IPv6, so that an IPv4 peer does not take the memory of an IPv6
 * peer.
 *
 * Readers take no lock and write nothing. A writer takes the lock of the row. A row of
 * IPv4 peers is two cache lines of 64 bytes, including the lock.
 */
#ifndef TWR_ROWS_H
#define TWR_ROWS_H

#include <linux/types.h>

#include "conn.h"
#include "update.h"
#include "stamp.h"

/* Peers of a row, as in the old kernel (TCP_METRICS_RECLAIM_DEPTH + 1). */
#define TWR_ROW_PEERS	6

/**
 * struct twr_rows - rows of one address family
 * @netns_is_alive: does a network namespace exist? NULL if all do
 * @mask: number of rows, less one
 * @is_v6: the rows are for IPv6
 * @peer_bytes: size of a peer
 * @row_bytes: size of a row
 * @mem: the rows
 */
struct twr_rows {
	twr_netns_alive_fn netns_is_alive;
	u32 mask;
	bool is_v6;
	u16 peer_bytes;
	u16 row_bytes;
	void *mem;
};

/**
 * twr_rows_bytes() - memory that rows take
 * @count: number of rows
 * @v6: the rows are for IPv6
 *
 * Return: bytes; can be more than the machine has. Any context.
 */
u64 twr_rows_bytes(u32 count, bool v6);

/**
 * twr_rows_init() - set up empty rows
 * @rows: the rows
 * @count: number of rows, a power of two
 * @v6: the rows are for IPv6
 * @netns_is_alive: does a network namespace exist? NULL if all do
 *
 * Allocates all the memory that the rows will ever take. Process context, may sleep.
 *
 * Return: 0, -EINVAL if @count is no power of two, -ENOMEM if there is not enough free
 * memory.
 */
int twr_rows_init(struct twr_rows *rows, u32 count, bool v6, twr_netns_alive_fn netns_is_alive);

/**
 * twr_rows_exit() - free the memory of rows
 * @rows: the rows, set up; nobody may use them any more
 *
 * Process context, may sleep.
 */
void twr_rows_exit(struct twr_rows *rows);

/**
 * twr_rows_prefetch() - prefetch the row of a peer
 * @rows: the rows of the peer's family
 * @key: the peer
 *
 * Any context.
 */
void twr_rows_prefetch(const struct twr_rows *rows, const struct twr_key *key);

/**
 * twr_rows_lookup() - look up the stamp of a peer
 * @rows: the rows of the peer's family
 * @key: the peer
 * @stamp: set to the peer's stamp; undefined if the peer has no entry
 *
 * Takes no lock and writes to no shared memory. Any context but NMI.
 *
 * Return: true if the peer has an entry.
 */
bool twr_rows_lookup(const struct twr_rows *rows, const struct twr_key *key,
		     struct twr_stamp *stamp);

/**
 * twr_rows_update() - update a peer's entry when a connection opens or closes
 * @rows: the rows of the peer's family
 * @key: the connection's peer
 * @update: what the connection does
 * @replaces_stamp: the rule for a stamp
 * @now: the current second, for @replaces_stamp
 *
 * Takes the lock of the row. Any context but NMI.
 *
 * Return: a mask of TWR_UPDATE_*; 0 if the peer has no entry and @update creates none.
 */
unsigned int twr_rows_update(struct twr_rows *rows, const struct twr_key *key,
			     const struct twr_update *update,
			     twr_replaces_stamp_fn replaces_stamp, u32 now);

/**
 * twr_rows_reset() - drop all peers
 * @rows: the rows
 *
 * Takes the lock of one row at a time. Peers may be added behind the walk. Process
 * context, may sleep.
 */
void twr_rows_reset(struct twr_rows *rows);

/**
 * twr_rows_next() - find the next peer of a walk
 * @rows: the rows
 * @netns: number of a network namespace, 0 for all that exist
 * @pos: where to begin, 0 for the first place; set to the place of the peer found, or
 *	behind the last place. The caller adds 1 to go on
 * @key: set to the peer
 * @stamp: set to the peer's stamp
 *
 * The walk can be resumed and takes no lock. A peer that is used meanwhile moves within
 * its row, so the walk may see a peer of that row twice or not at all. Process context,
 * may sleep.
 *
 * Return: true, or false if there is no peer at @pos or behind it.
 */
bool twr_rows_next(const struct twr_rows *rows, u32 netns, u64 *pos,
		   struct twr_key *key, struct twr_stamp *stamp);

/**
 * twr_rows_capacity() - number of peers that there is room for
 * @rows: the rows
 *
 * Return: the number of places, which is also the first place behind the last row. Any
 * context.
 */
static inline u64 twr_rows_capacity(const struct twr_rows *rows)
{
	return ((u64)rows->mask + 1) * TWR_ROW_PEERS;
}

#endif /* TWR_ROWS_H */
