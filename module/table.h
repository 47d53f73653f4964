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
#include <linux/kernel.h>
#include <linux/seqlock.h>
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
 * struct twr_slots - what a row holds
 * @lock: taken by writers, sampled by readers
 * @slot: the slots
 */
struct twr_slots {
	seqlock_t lock;
	struct twr_slot slot[TWR_TABLE_WAYS];
};

/**
 * struct twr_row - slots that share a lock
 * @hash: for each slot, to what it was given: few others have the same; 0 for a
 *	free one
 * @slots: the slots, apart from what tells that there is none: that is all that
 *	most SYNs want to know, so it should stay in the processor's cache
 */
struct twr_row {
	u32 hash[TWR_TABLE_WAYS];
	struct twr_slots *slots;
};

/**
 * struct twr_table - a table
 * @count: number of rows
 * @rows: the rows, and behind them their slots
 */
struct twr_table {
	u32 count;
	struct twr_row *rows;
};

/**
 * twr_table_init() - set up an empty table
 * @table: the table
 * @rows: number of rows
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
 * twr_table_row() - the row for a hash
 * @table: the table
 * @hash: the hash, whose upper bits count
 *
 * Return: the row. Any context.
 */
static inline struct twr_row *twr_table_row(const struct twr_table *table,
					    u32 hash)
{
	return &table->rows[reciprocal_scale(hash, table->count)];
}

/**
 * twr_row_has() - can a row have a slot that was given to a hash?
 * @row: a row
 * @hash: the hash it was found by
 *
 * Lockless, writes nothing that others see. Any context.
 *
 * Return: false if it has not, unless that changes meanwhile.
 */
static inline bool twr_row_has(const struct twr_row *row, u32 hash)
{
	int i;

	for (i = 0; i < TWR_TABLE_WAYS; i++)
		if (READ_ONCE(row->hash[i]) == hash)
			return true;
	return false;
}

/**
 * twr_row_read() - copy what is known
 * @row: a row
 * @hash: the hash it was found by
 * @who: of whom
 * @slot: where the copy goes, undefined if nothing is known
 *
 * Lockless, writes nothing that others see. Softirq or process context.
 *
 * Return: true if something is.
 */
bool twr_row_read(const struct twr_row *row, u32 hash,
		  const struct twr_conn *who, struct twr_slot *slot);

/**
 * twr_row_find() - the slot that speaks of someone
 * @row: its row, locked
 * @hash: the hash the row was found by
 * @who: of whom
 *
 * Return: the slot, or NULL.
 */
struct twr_slot *twr_row_find(struct twr_row *row, u32 hash,
			      const struct twr_conn *who);

/**
 * twr_row_take() - get a slot for someone who has none
 * @row: the row, locked
 * @hash: the hash it was found by
 * @who: for whom
 * @rank: the slot's rank; where the row is full, the lowest one goes
 *
 * Return: the slot, its data zero.
 */
struct twr_slot *twr_row_take(struct twr_row *row, u32 hash,
			      const struct twr_conn *who, u32 rank);

/**
 * twr_row_remove() - free the slot that speaks of someone, if there is one
 * @row: its row, not locked
 * @hash: the hash it was found by
 * @who: of whom
 *
 * Takes the row's lock with softirqs off. Softirq or process context.
 */
void twr_row_remove(struct twr_row *row, u32 hash, const struct twr_conn *who);

/**
 * twr_row_drop() - the same of someone of whom seldom anything is known
 * @row: its row, not locked
 * @hash: the hash it was found by
 * @who: of whom
 *
 * Takes no lock where there is no such slot.
 */
static inline void twr_row_drop(struct twr_row *row, u32 hash,
				const struct twr_conn *who)
{
	if (unlikely(twr_row_has(row, hash)))
		twr_row_remove(row, hash, who);
}

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
