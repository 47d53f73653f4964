/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rows.h - the cache as the tcp_metrics hash had it: rows of a few peers each
 *
 * A peer's row is given by its address, as there. In a row the peer that was used
 * last stands first; where it is full, the last one makes room. There are rows
 * for one family of addresses or the other, so that IPv4 need not pay for what
 * IPv6 takes.
 *
 * Readers take no lock and write nothing; a writer takes the lock of its row. A
 * row of IPv4 peers is two cache lines of 64 bytes, the lock included.
 */
#ifndef TWR_ROWS_H
#define TWR_ROWS_H

#include <linux/types.h>

#include "conn.h"
#include "update.h"
#include "stamp.h"

/* Peers of a row: what it held there (TCP_METRICS_RECLAIM_DEPTH + 1). */
#define TWR_ROW_PEERS	6

/**
 * struct twr_rows - rows of one family
 * @netns_is_alive: does a network namespace exist? NULL if all do
 * @mask: number of rows, less one
 * @is_v6: they are for IPv6
 * @peer_bytes: memory a peer takes
 * @row_bytes: memory a row takes
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
 * @count: their number
 * @v6: for IPv6
 *
 * Return: bytes, which can be more than there is room for. Any context.
 */
u64 twr_rows_bytes(u32 count, bool v6);

/**
 * twr_rows_init() - set up empty rows
 * @rows: the rows
 * @count: their number, a power of two
 * @v6: for IPv6
 * @netns_is_alive: does a network namespace exist? NULL if all do
 *
 * All the memory they will ever take is taken here. Process context, may sleep.
 *
 * Return: 0, -EINVAL if @count is no power of two, -ENOMEM if there is not enough
 * memory free.
 */
int twr_rows_init(struct twr_rows *rows, u32 count, bool v6, twr_netns_alive_fn netns_is_alive);

/**
 * twr_rows_exit() - give the memory of rows back
 * @rows: the rows, set up; nobody may use them any more
 *
 * Process context, may sleep.
 */
void twr_rows_exit(struct twr_rows *rows);

/**
 * twr_rows_prefetch() - a peer will be looked up soon
 * @rows: the rows of its family
 * @key: the peer
 *
 * Any context.
 */
void twr_rows_prefetch(const struct twr_rows *rows, const struct twr_key *key);

/**
 * twr_rows_lookup() - look a peer up
 * @rows: the rows of its family
 * @key: the peer
 * @stamp: where its stamp goes, undefined if it is not known
 *
 * Lockless, writes nothing that others see. Any context but NMI.
 *
 * Return: true if the peer is known.
 */
bool twr_rows_lookup(const struct twr_rows *rows, const struct twr_key *key,
		     struct twr_stamp *stamp);

/**
 * twr_rows_update() - do what a connection does to its peer's entry
 * @rows: the rows of its peer's family
 * @key: its peer
 * @update: what it does
 * @replaces_stamp: the rule for a stamp
 * @now: the current second, for @replaces_stamp
 *
 * Takes the lock of the row. Any context but NMI.
 *
 * Return: a mask of TWR_UPDATE_*; 0 if the update needed an entry and there was
 * none.
 */
unsigned int twr_rows_update(struct twr_rows *rows, const struct twr_key *key,
			     const struct twr_update *update,
			     twr_replaces_stamp_fn replaces_stamp, u32 now);

/**
 * twr_rows_reset() - drop all peers
 * @rows: the rows
 *
 * Locks row by row; others may come in behind it. Process context, may sleep.
 */
void twr_rows_reset(struct twr_rows *rows);

/**
 * twr_rows_next() - walk the rows, in steps that can be resumed
 * @rows: the rows
 * @netns: peers of this network namespace, 0 for those of all that exist
 * @pos: place in the rows, 0 to begin with; moved on to the peer returned, or
 *	behind the last. To go on, add 1
 * @key: where the peer goes
 * @stamp: where its stamp goes
 *
 * Lockless between and within steps: a peer that is used meanwhile changes its
 * place, so one of its row may be seen twice or not. Process context, may sleep.
 *
 * Return: true, or false if there is no peer at or behind @pos.
 */
bool twr_rows_next(const struct twr_rows *rows, u32 netns, u64 *pos,
		   struct twr_key *key, struct twr_stamp *stamp);

/**
 * twr_rows_capacity() - number of peers that there is room for
 * @rows: the rows
 *
 * Return: the first place that twr_rows_next() never comes to. Any context.
 */
static inline u64 twr_rows_capacity(const struct twr_rows *rows)
{
	return ((u64)rows->mask + 1) * TWR_ROW_PEERS;
}

#endif /* TWR_ROWS_H */
