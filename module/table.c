// SPDX-License-Identifier: GPL-2.0
/*
 * table.c - rows of slots: a memory of a fixed size for connections
 */
#include <linux/errno.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "memory.h"
#include "table.h"

int twr_table_init(struct twr_table *table, u32 rows)
{
	u32 i;

	table->rows = twr_memory((u64)rows * sizeof(struct twr_row));
	if (!table->rows)
		return -ENOMEM;

	for (i = 0; i < rows; i++) {
		seqlock_init(&table->rows[i].lock);
		cond_resched();
	}
	table->mask = rows - 1;
	get_random_bytes(&table->secret, sizeof(table->secret));
	return 0;
}

void twr_table_exit(struct twr_table *table)
{
	vfree(table->rows);
}

struct twr_row *twr_table_row(const struct twr_table *table,
			      const struct twr_conn *by)
{
	u64 hash = siphash(by, sizeof(*by), &table->secret);

	return &table->rows[hash & table->mask];
}

struct twr_slot *twr_row_find(struct twr_row *row, const struct twr_conn *who)
{
	int i;

	for (i = 0; i < TWR_TABLE_WAYS; i++)
		if (!memcmp(&row->slot[i].who, who, sizeof(*who)))
			return &row->slot[i];
	return NULL;
}

static bool twr_row_read(struct twr_row *row, const struct twr_conn *who,
			 struct twr_slot *slot)
{
	const struct twr_slot *found;
	unsigned int seq;

	do {
		seq = read_seqbegin(&row->lock);
		found = twr_row_find(row, who);
		if (found)
			*slot = *found;
	} while (read_seqretry(&row->lock, seq));
	return found;
}

bool twr_table_read(const struct twr_table *table, const struct twr_conn *who,
		    struct twr_slot *slot)
{
	return twr_row_read(twr_table_row(table, who), who, slot);
}

struct twr_slot *twr_row_take(struct twr_row *row, const struct twr_conn *who,
			      u32 rank, bool *evicted)
{
	int lowest = TWR_TABLE_WAYS - 1;
	int i;

	for (i = 0; i < TWR_TABLE_WAYS; i++)
		if (!row->slot[i].who.key.netns)
			break;

	*evicted = i == TWR_TABLE_WAYS;
	if (*evicted) {
		for (i = lowest - 1; i >= 0; i--)
			if ((s32)(row->slot[i].rank - row->slot[lowest].rank) < 0)
				lowest = i;
		i = lowest;
	}

	row->slot[i] = (struct twr_slot) { .who = *who, .rank = rank };
	return &row->slot[i];
}

void twr_slot_free(struct twr_slot *slot)
{
	memset(slot, 0, sizeof(*slot));
}

void twr_row_drop(struct twr_row *row, const struct twr_conn *who)
{
	struct twr_slot *slot, copy;

	if (!twr_row_read(row, who, &copy))
		return;

	write_seqlock_bh(&row->lock);
	slot = twr_row_find(row, who);
	if (slot)
		twr_slot_free(slot);
	write_sequnlock_bh(&row->lock);
}

void twr_table_forget(struct twr_table *table, u32 netns)
{
	u32 r;
	int i;

	for (r = 0; r <= table->mask; r++) {
		struct twr_row *row = &table->rows[r];

		write_seqlock_bh(&row->lock);
		for (i = 0; i < TWR_TABLE_WAYS; i++)
			if (twr_slot_of(&row->slot[i], netns))
				twr_slot_free(&row->slot[i]);
		write_sequnlock_bh(&row->lock);
		cond_resched();
	}
}
