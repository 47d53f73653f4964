// SPDX-License-Identifier: GPL-2.0
/*
 * records.c - what the simulated kernel had of a connection, where the running kernel
 * does not tell
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "lock.h"
#include "memory.h"
#include "records.h"

/* Records of a row. */
#define TWR_RECORDS_WAYS	6

/* Rows in which a connection can have its place. */
#define TWR_RECORDS_CHOICES	2

#define TWR_RECORDS_LEAST	24576
#define TWR_RECORDS_MOST	(1U << 24)
#define TWR_RECORDS_MEMORY	(16 * 1024)

/*
 * What most look-ups want to know, that there is nothing: apart from the rest, so that
 * it stays in the processor's cache. A place is free while its hash is 0.
 */
struct twr_records_head {
	struct twr_lock lock;
	u32 hash[TWR_RECORDS_WAYS];
};

/* Life in TIME-WAIT, in jiffies; 0 for a rejected connection. */
struct twr_records_row {
	u64 until[TWR_RECORDS_WAYS];
	struct {
		struct twr_conn conn;
		u32 life;
	} of[TWR_RECORDS_WAYS];
};

struct twr_records {
	u32 rows;
	twr_alive alive;
	struct twr_records_head *heads;
	struct twr_records_row *row;
};

u32 twr_records_default(void)
{
	u64 count = div_u64((u64)totalram_pages() << PAGE_SHIFT, TWR_RECORDS_MEMORY);

	return clamp_t(u64, count, TWR_RECORDS_LEAST, TWR_RECORDS_MOST);
}

u64 twr_records_bytes(u32 count)
{
	return (u64)DIV_ROUND_UP(count, TWR_RECORDS_WAYS) *
	       (sizeof(struct twr_records_head) + sizeof(struct twr_records_row));
}

struct twr_records *twr_records_new(u32 count, twr_alive alive)
{
	struct twr_records *records = kzalloc(sizeof(*records), GFP_KERNEL);
	u32 r;

	if (!records)
		return NULL;

	records->rows = DIV_ROUND_UP(count, TWR_RECORDS_WAYS);
	records->alive = alive;
	records->row = twr_memory(twr_records_bytes(count));
	if (!records->row) {
		kfree(records);
		return NULL;
	}

	records->heads = (struct twr_records_head *)(records->row + records->rows);
	for (r = 0; r < records->rows; r++) {
		twr_lock_init(&records->heads[r].lock);
		cond_resched();
	}
	return records;
}

void twr_records_free(struct twr_records *records)
{
	vfree(records->row);
	kfree(records);
}

static u32 twr_record_hash(const struct twr_conn *conn)
{
	return twr_conn_hash(conn) ?: 1;
}

static u32 twr_record_row(const struct twr_records *records, u32 hash, int choice)
{
	return reciprocal_scale(choice ? __hash_32(hash) : hash, records->rows);
}

static bool twr_head_has(const struct twr_records_head *head, u32 hash)
{
	int i;

	for (i = 0; i < TWR_RECORDS_WAYS; i++)
		if (READ_ONCE(head->hash[i]) == hash)
			return true;
	return false;
}

/* Return: the connection's place in a row, or a negative value. */
static int twr_record_place(const struct twr_records *records, u32 r, u32 hash,
			    const struct twr_conn *conn)
{
	int i;

	for (i = 0; i < TWR_RECORDS_WAYS; i++)
		if (records->heads[r].hash[i] == hash &&
		    !memcmp(&records->row[r].of[i].conn, conn, sizeof(*conn)))
			return i;
	return -1;
}

/* Return: true if the row has a record of the connection, good or not. */
static bool twr_record_read(const struct twr_records *records, u32 r, u32 hash,
			    const struct twr_conn *conn, u32 *life, u64 *until)
{
	const struct twr_records_head *head = &records->heads[r];
	unsigned int seq;
	int i;

	if (likely(!twr_head_has(head, hash)))
		return false;

	do {
		seq = twr_read_begin(&head->lock);
		i = twr_record_place(records, r, hash, conn);
		if (i >= 0) {
			*life = records->row[r].of[i].life;
			*until = records->row[r].until[i];
		}
	} while (twr_read_retry(&head->lock, seq));
	return i >= 0;
}

/* Return: the number of the row that has a record of the connection, or a negative value. */
static int twr_record_find(const struct twr_records *records, u32 hash,
			   const struct twr_conn *conn, u32 *life, u64 *until)
{
	int choice;

	for (choice = 0; choice < TWR_RECORDS_CHOICES; choice++)
		if (twr_record_read(records, twr_record_row(records, hash, choice),
				    hash, conn, life, until))
			return choice;
	return -1;
}

enum twr_record twr_records_find(const struct twr_records *records,
				 const struct twr_conn *conn, u64 now)
{
	u32 life;
	u64 until;

	if (likely(twr_record_find(records, twr_record_hash(conn), conn, &life,
				   &until) < 0))
		return TWR_RECORD_NONE;
	if (until <= now)
		return TWR_RECORD_NONE;
	return life ? TWR_RECORD_BUCKET : TWR_RECORD_REJECTED;
}

/* How many records of a row are good; it may change while they are counted. */
static int twr_record_used(const struct twr_records *records, u32 r, u64 now)
{
	int i, used = 0;

	for (i = 0; i < TWR_RECORDS_WAYS; i++)
		if (READ_ONCE(records->heads[r].hash[i]) &&
		    data_race(records->row[r].until[i]) > now)
			used++;
	return used;
}

/* Where a record of the connection goes: where it has one, or into the emptier row. */
static u32 twr_record_choose(const struct twr_records *records, u32 hash,
			     const struct twr_conn *conn, u64 now)
{
	u32 r[TWR_RECORDS_CHOICES], life;
	int choice;
	u64 until;

	r[0] = twr_record_row(records, hash, 0);
	r[1] = twr_record_row(records, hash, 1);
	choice = twr_record_find(records, hash, conn, &life, &until);
	if (choice < 0)
		choice = twr_record_used(records, r[1], now) <
			 twr_record_used(records, r[0], now);
	return r[choice];
}

/* Return: a place for one more record, and whose it was until now. */
static int twr_record_take(const struct twr_records *records, u32 r, u64 now,
			   enum twr_record *lost)
{
	const struct twr_records_row *row = &records->row[r];
	int i, first = 0;

	*lost = TWR_RECORD_NONE;
	for (i = 0; i < TWR_RECORDS_WAYS; i++) {
		if (!records->heads[r].hash[i] || row->until[i] <= now)
			return i;
		if (row->until[i] < row->until[first])
			first = i;
	}

	for (i = 0; records->alive && i < TWR_RECORDS_WAYS; i++)
		if (!records->alive(row->of[i].conn.key.netns))
			return i;

	*lost = row->of[first].life ? TWR_RECORD_BUCKET : TWR_RECORD_REJECTED;
	return first;
}

static enum twr_record twr_record_keep(struct twr_records *records,
				       const struct twr_conn *conn, u32 life,
				       u64 until, u64 now)
{
	enum twr_record lost = TWR_RECORD_NONE;
	u32 hash = twr_record_hash(conn);
	u32 r = twr_record_choose(records, hash, conn, now);
	struct twr_records_row *row = &records->row[r];
	struct twr_records_head *head = &records->heads[r];
	unsigned long flags;
	int i;

	flags = twr_lock_write(&head->lock);
	i = twr_record_place(records, r, hash, conn);
	if (i < 0) {
		i = twr_record_take(records, r, now, &lost);
		WRITE_ONCE(head->hash[i], hash);
		row->of[i].conn = *conn;
	}
	row->of[i].life = life;
	row->until[i] = until;
	twr_unlock_write(&head->lock, flags);
	return lost;
}

enum twr_record twr_records_reject(struct twr_records *records,
				   const struct twr_conn *conn, u64 until,
				   u64 now)
{
	return twr_record_keep(records, conn, 0, until, now);
}

enum twr_record twr_records_half_close(struct twr_records *records,
				       const struct twr_conn *conn, u32 life,
				       u32 fin_time, u64 now)
{
	return twr_record_keep(records, conn, life, now + fin_time, now);
}

enum twr_record twr_records_time_wait(struct twr_records *records,
				      const struct twr_conn *conn, u32 life,
				      u64 now)
{
	u64 until;

	if (!life &&
	    (twr_record_find(records, twr_record_hash(conn), conn, &life,
			     &until) < 0 || !life))
		life = (TWR_RTO_MIN << 2) - (TWR_RTO_MIN >> 1);
	return twr_record_keep(records, conn, life, now + life, now);
}

void twr_records_rearm(struct twr_records *records, const struct twr_conn *conn,
		       u64 now)
{
	u32 hash = twr_record_hash(conn);
	int choice, i;

	for (choice = 0; choice < TWR_RECORDS_CHOICES; choice++) {
		u32 r = twr_record_row(records, hash, choice);
		struct twr_records_head *head = &records->heads[r];
		unsigned long flags;
		u64 *until;

		if (!twr_head_has(head, hash))
			continue;
		flags = twr_lock_write(&head->lock);
		i = twr_record_place(records, r, hash, conn);
		until = &records->row[r].until[i < 0 ? 0 : i];
		if (i >= 0 && *until > now)
			*until = max(*until, now + TWR_TIMEWAIT_LEN);
		twr_unlock_write(&head->lock, flags);
	}
}

void twr_records_clear(struct twr_records *records, const struct twr_conn *conn)
{
	u32 hash = twr_record_hash(conn);
	int choice, i;

	for (choice = 0; choice < TWR_RECORDS_CHOICES; choice++) {
		u32 r = twr_record_row(records, hash, choice);
		struct twr_records_head *head = &records->heads[r];
		unsigned long flags;

		if (likely(!twr_head_has(head, hash)))
			continue;
		flags = twr_lock_write(&head->lock);
		i = twr_record_place(records, r, hash, conn);
		if (i >= 0)
			WRITE_ONCE(head->hash[i], 0);
		twr_unlock_write(&head->lock, flags);
	}
}

void twr_records_reset(struct twr_records *records)
{
	unsigned long flags;
	u32 r;
	int i;

	for (r = 0; r < records->rows; r++) {
		struct twr_records_head *head = &records->heads[r];

		flags = twr_lock_write(&head->lock);
		for (i = 0; i < TWR_RECORDS_WAYS; i++)
			WRITE_ONCE(head->hash[i], 0);
		twr_unlock_write(&head->lock, flags);
		cond_resched();
	}
}
