// SPDX-License-Identifier: GPL-2.0
/*
 * table.c - rows of slots: a memory of a fixed size for connections
 */
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "memory.h"
#include "table.h"

int twr_table_init(struct twr_table *table, u32 rows)
{
	struct twr_slots *slots;
	u32 i;

	table->rows = twr_memory((u64)rows * (sizeof(struct twr_row) +
					      sizeof(struct twr_slots)));
	if (!table->rows)
		return -ENOMEM;

	slots = (struct twr_slots *)(table->rows + rows);
	for (i = 0; i < rows; i++) {
		table->rows[i].slots = &slots[i];
		seqlock_init(&slots[i].lock);
		cond_resched();
	}
	table->count = rows;
	return 0;
}

void twr_table_exit(struct twr_table *table)
{
	vfree(table->rows);
}

static int twr_row_place(const struct twr_row *row, u32 hash,
			 const struct twr_conn *who)
{
	int i;

	for (i = 0; i < TWR_TABLE_WAYS; i++)
		if (row->hash[i] == hash &&
		    !memcmp(&row->slots->slot[i].who, who, sizeof(*who)))
			return i;
	return -1;
}

struct twr_slot *twr_row_find(struct twr_row *row, u32 hash,
			      const struct twr_conn *who)
{
	int i = twr_row_place(row, hash, who);

	return i < 0 ? NULL : &row->slots->slot[i];
}

bool twr_row_read(const struct twr_row *row, u32 hash,
		  const struct twr_conn *who, struct twr_slot *slot)
{
	unsigned int seq;
	int i;

	do {
		seq = read_seqbegin(&row->slots->lock);
		i = twr_row_place(row, hash, who);
		if (i >= 0)
			*slot = row->slots->slot[i];
	} while (read_seqretry(&row->slots->lock, seq));
	return i >= 0;
}

struct twr_slot *twr_row_take(struct twr_row *row, u32 hash,
			      const struct twr_conn *who, u32 rank)
{
	int lowest = 0;
	int i;

	for (i = 0; i < TWR_TABLE_WAYS; i++) {
		if (!row->slots->slot[i].who.key.netns)
			break;
		if ((s32)(row->slots->slot[i].rank - row->slots->slot[lowest].rank) < 0)
			lowest = i;
	}
	if (i == TWR_TABLE_WAYS)
		i = lowest;

	WRITE_ONCE(row->hash[i], hash);
	row->slots->slot[i] = (struct twr_slot) { .who = *who, .rank = rank };
	return &row->slots->slot[i];
}

void twr_slot_free(struct twr_slot *slot)
{
	memset(slot, 0, sizeof(*slot));
}

static void twr_row_free(struct twr_row *row, int i)
{
	WRITE_ONCE(row->hash[i], 0);
	twr_slot_free(&row->slots->slot[i]);
}

void twr_row_remove(struct twr_row *row, u32 hash, const struct twr_conn *who)
{
	int i;

	write_seqlock_bh(&row->slots->lock);
	i = twr_row_place(row, hash, who);
	if (i >= 0)
		twr_row_free(row, i);
	write_sequnlock_bh(&row->slots->lock);
}

void twr_table_forget(struct twr_table *table, u32 netns)
{
	u32 r;
	int i;

	for (r = 0; r < table->count; r++) {
		struct twr_row *row = &table->rows[r];

		write_seqlock_bh(&row->slots->lock);
		for (i = 0; i < TWR_TABLE_WAYS; i++)
			if (twr_slot_of(&row->slots->slot[i], netns))
				twr_row_free(row, i);
		write_sequnlock_bh(&row->slots->lock);
		cond_resched();
	}
}
