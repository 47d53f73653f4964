/* SPDX-License-Identifier: GPL-2.0 */
/*
 * table.h - rows of slots: a memory of a fixed size for connections
 *
 * What is known of a connection is in one slot of one row. Where a row is full,
 * the slot of the lowest rank makes room. Readers take no lock and write nothing;
 * a writer takes the lock of its row.
 */
#ifndef TWR_TABLE_H
#define TWR_TABLE_H

#include <linux/compiler.h>
#include <linux/seqlock.h>
#include <linux/siphash.h>
#include <linux/types.h>

#include "conn.h"

/* Slots of a row. */
#define TWR_TABLE_WAYS	6

/**
 * struct twr_slot - what is known of a connection, or in a list of a peer
 * @who: whom it speaks of; the slot is free while its key names no namespace
 * @rank: a time in jiffies; in a full row the earliest goes first
 * @data: what is known, the meaning is the user's
 */
struct twr_slot {
	struct twr_conn who;
	u32 rank;
	u32 data[2];
};

/**
 * struct twr_row - slots that share a lock
 * @lock: taken by writers, sampled by readers
 * @slot: the slots
 */
struct twr_row {
	seqlock_t lock;
	struct twr_slot slot[TWR_TABLE_WAYS];
};

/**
 * struct twr_table - a table
 * @secret: nobody outside can know who shares a row
 * @mask: number of rows, less one
 * @rows: the rows
 */
struct twr_table {
	siphash_key_t secret;
	u32 mask;
	struct twr_row *rows;
};

/**
 * twr_table_init() - set up an empty table
 * @table: the table
 * @rows: number of rows, a power of two
 *
 * All the memory it will ever take is taken here. Process context, may sleep.
 *
 * Return: 0, or -ENOMEM.
 */
int twr_table_init(struct twr_table *table, u32 rows);

/**
 * twr_table_exit() - give a table's memory back
 * @table: the table, set up; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_table_exit(struct twr_table *table);

/**
 * twr_table_row() - the row that something is in
 * @table: the table
 * @by: what the rows go by
 *
 * Return: the row. Any context.
 */
struct twr_row *twr_table_row(const struct twr_table *table,
			      const struct twr_conn *by);

/**
 * twr_table_read() - copy what is known
 * @table: the table, whose rows go by what its slots speak of
 * @who: of whom
 * @slot: where the copy goes, undefined if nothing is known
 *
 * Lockless, writes nothing that others see. Softirq or process context.
 *
 * Return: true if something is.
 */
bool twr_table_read(const struct twr_table *table, const struct twr_conn *who,
		    struct twr_slot *slot);

/**
 * twr_row_find() - the slot that speaks of someone
 * @row: its row, locked
 * @who: of whom
 *
 * Return: the slot, or NULL.
 */
struct twr_slot *twr_row_find(struct twr_row *row, const struct twr_conn *who);

/**
 * twr_row_take() - get a slot for someone who has none
 * @row: the row, locked
 * @who: for whom
 * @rank: the slot's rank
 * @evicted: set to whether another lost it
 *
 * Return: the slot, its data zero.
 */
struct twr_slot *twr_row_take(struct twr_row *row, const struct twr_conn *who,
			      u32 rank, bool *evicted);

/**
 * twr_row_drop() - free the slot that speaks of someone
 * @row: its row, not locked
 * @who: of whom, be there a slot or not
 *
 * Takes the row's lock with softirqs off, if there is one. Softirq or process
 * context.
 */
void twr_row_drop(struct twr_row *row, const struct twr_conn *who);

/**
 * twr_slot_free() - let go what a slot speaks of
 * @slot: the slot, its row locked
 */
void twr_slot_free(struct twr_slot *slot);

/**
 * twr_slot_of() - does a slot speak of someone in a network namespace?
 * @slot: the slot, or a copy of it
 * @netns: the namespace, 0 for any
 *
 * Return: true if so. Any context.
 */
static inline bool twr_slot_of(const struct twr_slot *slot, u32 netns)
{
	u32 owner = READ_ONCE(slot->who.key.netns);

	return owner && (!netns || owner == netns);
}

/**
 * twr_table_forget() - free slots
 * @table: the table
 * @netns: those of this network namespace, 0 for all
 *
 * Locks row by row; others may come in behind it. Process context, may sleep.
 */
void twr_table_forget(struct twr_table *table, u32 netns);

#endif /* TWR_TABLE_H */
