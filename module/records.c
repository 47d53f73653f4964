// SPDX-License-Identifier: GPL-2.0
/*
 * records.c - connections that the simulated kernel had for another time than the running
 * kernel, or never had
 */
#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "compat.h"
#include "death_row.h"
#include "lock.h"
#include "records.h"
#include "table_alloc.h"

/* Number of records in a row. */
#define TWR_RECORDS_WAYS	6

/* Number of rows in which a connection can have its place. */
#define TWR_RECORDS_CHOICES	2

#define TWR_RECORDS_MIN		24576
#define TWR_RECORDS_MAX		BIT(24)
#define TWR_RECORDS_MEMORY_EACH	(16 * 1024)

/*
 * Most lookups only find out that there is no record. What they need is kept apart from the
 * rest, so that it stays in the CPU's cache. A place is free if its hash is 0.
 */
struct twr_records_head {
	struct twr_lock lock;
	u32 hash[TWR_RECORDS_WAYS];
};

/*
 * For each place: when the record expires, its connection, and how long the bucket stays
 * in TIME-WAIT in jiffies, 0 for a rejected connection. In an era whose death row has
 * slots, the death row decides when the bucket of @ref expires, and @expires is an upper
 * limit.
 */
struct twr_records_row {
	u64 expires[TWR_RECORDS_WAYS];
	struct twr_record_data {
		struct twr_conn conn;
		u32 timeo;
		struct twr_death_row_ref ref;
	} record[TWR_RECORDS_WAYS];
};

struct twr_records {
	u32 row_count;
	twr_netns_alive_fn netns_is_alive;
	struct twr_death_row *death_row;
	struct twr_records_head *heads;
	struct twr_records_row *row;
};

/* What a reader copies of a record. */
struct twr_record_copy {
	u64 expires;
	u32 timeo;
	struct twr_death_row_ref ref;
};

u32 twr_records_default_count(void)
{
	u64 count = div_u64((u64)totalram_pages() << PAGE_SHIFT, TWR_RECORDS_MEMORY_EACH);

	return clamp_t(u64, count, TWR_RECORDS_MIN, TWR_RECORDS_MAX);
}

u64 twr_records_bytes(u32 count)
{
	return (u64)DIV_ROUND_UP(count, TWR_RECORDS_WAYS) *
	       (sizeof(struct twr_records_head) + sizeof(struct twr_records_row));
}

struct twr_records *twr_records_new(u32 count, bool has_death_row_slots,
				    twr_netns_alive_fn netns_is_alive)
{
	struct twr_records *records = kzalloc(sizeof(*records), GFP_KERNEL);
	u32 r;

	if (!records)
		return NULL;

	records->row_count = DIV_ROUND_UP(count, TWR_RECORDS_WAYS);
	records->netns_is_alive = netns_is_alive;
	if (has_death_row_slots) {
		records->death_row = kmalloc(sizeof(*records->death_row), GFP_KERNEL);
		if (!records->death_row)
			goto err_records;
		twr_death_row_init(records->death_row);
	}
	records->row = twr_table_alloc(twr_records_bytes(count));
	if (!records->row)
		goto err_death_row;

	records->heads = (struct twr_records_head *)(records->row + records->row_count);
	for (r = 0; r < records->row_count; r++) {
		twr_lock_init(&records->heads[r].lock);
		cond_resched();
	}
	return records;

err_death_row:
	kfree(records->death_row);
err_records:
	kfree(records);
	return NULL;
}

void twr_records_free(struct twr_records *records)
{
	vfree(records->row);
	kfree(records->death_row);
	kfree(records);
}

/* The death row counts in milliseconds. */
static u64 twr_record_jiffies_to_ms(u64 jiffies)
{
	return div_u64(jiffies * MSEC_PER_SEC, HZ);
}

static u32 twr_record_hash(const struct twr_conn *conn)
{
	return twr_conn_hash(conn) ?: 1;
}

static u32 twr_record_row_index(const struct twr_records *records, u32 hash, int choice)
{
	return reciprocal_scale(choice ? __hash_32(hash) : hash, records->row_count);
}

static bool twr_head_has_hash(const struct twr_records_head *head, u32 hash)
{
	return twr_row_has_hash(head->hash, TWR_RECORDS_WAYS, hash);
}

static struct twr_records_head *twr_record_head(const struct twr_records *records,
						u32 hash, int choice)
{
	return &records->heads[twr_record_row_index(records, hash, choice)];
}

void twr_records_prefetch(const struct twr_records *records, const struct twr_conn *conn)
{
	u32 hash = twr_record_hash(conn);
	int choice;

	for (choice = 0; choice < TWR_RECORDS_CHOICES; choice++) {
		u32 r = twr_record_row_index(records, hash, choice);

		prefetch(&records->heads[r]);
		prefetch(records->row[r].expires);
	}
}

/* Return: the connection's place in a row, or a negative value. */
static int twr_record_find_in_row(const struct twr_records *records, u32 r, u32 hash,
				  const struct twr_conn *conn)
{
	int i;

	for (i = 0; i < TWR_RECORDS_WAYS; i++)
		if (records->heads[r].hash[i] == hash &&
		    !memcmp(&records->row[r].record[i].conn, conn, sizeof(*conn)))
			return i;
	return -1;
}

/* Return: true if the row has a record of the connection, expired or not. */
static bool twr_record_read(const struct twr_records *records, u32 r, u32 hash,
			    const struct twr_conn *conn, struct twr_record_copy *copy)
{
	const struct twr_records_head *head = &records->heads[r];
	unsigned int seq;
	int i;

	if (likely(!twr_head_has_hash(head, hash)))
		return false;

	do {
		seq = twr_lock_read_begin(&head->lock);
		i = twr_record_find_in_row(records, r, hash, conn);
		if (i >= 0) {
			copy->timeo = records->row[r].record[i].timeo;
			copy->ref = records->row[r].record[i].ref;
			copy->expires = records->row[r].expires[i];
		}
	} while (twr_lock_read_retry(&head->lock, seq));
	return i >= 0;
}

/* Return: in which of its rows the connection has a record, or a negative value. */
static int twr_record_find_choice(const struct twr_records *records, u32 hash,
				  const struct twr_conn *conn, struct twr_record_copy *copy)
{
	int choice;

	for (choice = 0; choice < TWR_RECORDS_CHOICES; choice++)
		if (twr_record_read(records, twr_record_row_index(records, hash, choice),
				    hash, conn, copy))
			return choice;
	return -1;
}

/* Kept out of line: most lookups find nothing and must not pay for this. */
static noinline enum twr_record twr_record_lookup_slow(const struct twr_records *records,
						       u32 hash, const struct twr_conn *conn,
						       u64 now)
{
	struct twr_record_copy copy;

	if (twr_record_find_choice(records, hash, conn, &copy) < 0)
		return TWR_RECORD_NONE;
	if (copy.expires <= now)
		return TWR_RECORD_NONE;
	if (!copy.timeo)
		return TWR_RECORD_REJECTED;
	if (records->death_row &&
	    !twr_death_row_has(records->death_row, copy.ref, twr_record_jiffies_to_ms(now)))
		return TWR_RECORD_NONE;
	return TWR_RECORD_BUCKET;
}

enum twr_record twr_records_lookup(const struct twr_records *records,
				   const struct twr_conn *conn, u64 now)
{
	u32 hash = twr_record_hash(conn);
	int choice;

	for (choice = 0; choice < TWR_RECORDS_CHOICES; choice++)
		if (unlikely(twr_head_has_hash(twr_record_head(records, hash, choice), hash)))
			return twr_record_lookup_slow(records, hash, conn, now);
	return TWR_RECORD_NONE;
}

/* Return: true if a place has a record that has not expired. */
static bool twr_record_is_valid(const struct twr_records *records, u32 r, int i, u64 now)
{
	const struct twr_records_row *row = &records->row[r];

	if (!records->heads[r].hash[i] || row->expires[i] <= now)
		return false;
	return !records->death_row || !row->record[i].timeo ||
	       twr_death_row_has(records->death_row, row->record[i].ref,
				 twr_record_jiffies_to_ms(now));
}

static int twr_record_count_valid(const struct twr_records *records, u32 r, u64 now)
{
	int i, used = 0;

	for (i = 0; i < TWR_RECORDS_WAYS; i++)
		/* Other CPUs write to the row; a slightly wrong count does no harm. */
		used += data_race(twr_record_is_valid(records, r, i, now));
	return used;
}

/* Return: the row in which the connection has a record, else the emptier of its rows. */
static u32 twr_record_choose_row(const struct twr_records *records, u32 hash,
				 const struct twr_conn *conn, u64 now)
{
	struct twr_record_copy copy;
	u32 r[TWR_RECORDS_CHOICES];
	int choice;

	r[0] = twr_record_row_index(records, hash, 0);
	r[1] = twr_record_row_index(records, hash, 1);
	choice = twr_record_find_choice(records, hash, conn, &copy);
	if (choice < 0)
		choice = twr_record_count_valid(records, r[1], now) <
			 twr_record_count_valid(records, r[0], now);
	return r[choice];
}

/* Return: a place for a new record; *lost is the kind of the record evicted from it. */
static int twr_record_choose_place(const struct twr_records *records, u32 r, u64 now,
				   enum twr_record *lost)
{
	const struct twr_records_row *row = &records->row[r];
	int i, first = 0;

	*lost = TWR_RECORD_NONE;
	for (i = 0; i < TWR_RECORDS_WAYS; i++) {
		if (!twr_record_is_valid(records, r, i, now))
			return i;
		if (row->expires[i] < row->expires[first])
			first = i;
	}

	for (i = 0; records->netns_is_alive && i < TWR_RECORDS_WAYS; i++)
		if (!records->netns_is_alive(row->record[i].conn.key.netns))
			return i;

	*lost = row->record[first].timeo ? TWR_RECORD_BUCKET : TWR_RECORD_REJECTED;
	return first;
}

/* Put the bucket of a record into the death row. The caller has locked the row. */
static void twr_record_schedule(const struct twr_records *records,
				struct twr_records_row *row, int i, u64 now)
{
	if (!records->death_row)
		return;
	twr_death_row_schedule(records->death_row, &row->record[i].ref,
			       twr_record_jiffies_to_ms(row->expires[i] - now),
			       twr_record_jiffies_to_ms(now));
	row->expires[i] = now + msecs_to_jiffies(TWR_DEATH_ROW_MAX_MS) + 1;
}

static enum twr_record twr_record_add(struct twr_records *records,
				      const struct twr_conn *conn, u32 timeo,
				      u64 expires, u64 now)
{
	enum twr_record lost = TWR_RECORD_NONE;
	u32 hash = twr_record_hash(conn);
	u32 r = twr_record_choose_row(records, hash, conn, now);
	struct twr_records_row *row = &records->row[r];
	struct twr_records_head *head = &records->heads[r];
	unsigned long flags;
	int i;

	flags = twr_lock_write_begin(&head->lock);
	i = twr_record_find_in_row(records, r, hash, conn);
	if (i < 0) {
		i = twr_record_choose_place(records, r, now, &lost);
		WRITE_ONCE(head->hash[i], hash);
		row->record[i] = (struct twr_record_data) { .conn = *conn };
	}
	row->record[i].timeo = timeo;
	row->expires[i] = expires;
	if (timeo)
		twr_record_schedule(records, row, i, now);
	twr_lock_write_end(&head->lock, flags);
	return lost;
}

enum twr_record twr_records_add_rejected(struct twr_records *records,
					 const struct twr_conn *conn, u64 expires,
					 u64 now)
{
	return twr_record_add(records, conn, 0, expires, now);
}

enum twr_record twr_records_extend_rejected(struct twr_records *records,
					    const struct twr_conn *conn, u64 expires,
					    u64 now)
{
	struct twr_record_copy copy;

	if (twr_record_find_choice(records, twr_record_hash(conn), conn, &copy) >= 0 &&
	    !copy.timeo)
		expires = max(expires, copy.expires);
	return twr_record_add(records, conn, 0, expires, now);
}

enum twr_record twr_records_add_fin_wait2(struct twr_records *records,
					  const struct twr_conn *conn, u32 timeo,
					  u32 fin_wait2_timeo, u64 now)
{
	return twr_record_add(records, conn, timeo, now + fin_wait2_timeo, now);
}

enum twr_record twr_records_add_timewait(struct twr_records *records,
					 const struct twr_conn *conn, u32 timeo,
					 u64 now)
{
	struct twr_record_copy copy;

	if (!timeo &&
	    twr_record_find_choice(records, twr_record_hash(conn), conn, &copy) >= 0)
		timeo = copy.timeo;
	if (!timeo)
		timeo = (TWR_RTO_MIN << 2) - (TWR_RTO_MIN >> 1);
	return twr_record_add(records, conn, timeo, now + timeo, now);
}

void twr_records_rearm_timewait(struct twr_records *records, const struct twr_conn *conn,
				u64 now)
{
	u32 hash = twr_record_hash(conn);
	int choice, i;

	if (twr_records_lookup(records, conn, now) == TWR_RECORD_NONE)
		return;

	for (choice = 0; choice < TWR_RECORDS_CHOICES; choice++) {
		u32 r = twr_record_row_index(records, hash, choice);
		struct twr_records_head *head = &records->heads[r];
		struct twr_records_row *row = &records->row[r];
		unsigned long flags;

		flags = twr_lock_write_begin(&head->lock);
		i = twr_record_find_in_row(records, r, hash, conn);
		if (i >= 0 && row->record[i].timeo) {
			row->expires[i] = now + TWR_TIMEWAIT_LEN;
			twr_record_schedule(records, row, i, now);
		} else if (i >= 0) {
			row->expires[i] = max(row->expires[i], now + TWR_TIMEWAIT_LEN);
		}
		twr_lock_write_end(&head->lock, flags);
	}
}

void twr_records_remove(struct twr_records *records, const struct twr_conn *conn,
			u64 now)
{
	u32 hash = twr_record_hash(conn);
	int choice, i;

	for (choice = 0; choice < TWR_RECORDS_CHOICES; choice++) {
		u32 r = twr_record_row_index(records, hash, choice);
		struct twr_records_head *head = &records->heads[r];
		struct twr_records_row *row = &records->row[r];
		unsigned long flags;

		if (likely(!twr_head_has_hash(head, hash)))
			continue;
		flags = twr_lock_write_begin(&head->lock);
		i = twr_record_find_in_row(records, r, hash, conn);
		if (i >= 0 && records->death_row && row->record[i].timeo)
			twr_death_row_deschedule(records->death_row, row->record[i].ref,
						 twr_record_jiffies_to_ms(now));
		if (i >= 0)
			WRITE_ONCE(head->hash[i], 0);
		twr_lock_write_end(&head->lock, flags);
	}
}

void twr_records_schedule_timewait(struct twr_records *records, u64 now)
{
	struct twr_death_row_ref ref = { };

	if (records->death_row)
		twr_death_row_schedule(records->death_row, &ref,
				       TWR_TIMEWAIT_LEN / HZ * MSEC_PER_SEC,
				       twr_record_jiffies_to_ms(now));
}

/* Return: true if a place has a bucket of that namespace, or for 0 of any that exists. */
static bool twr_record_is_bucket_in(const struct twr_records *records, u32 r, int i, u32 netns,
				    u64 now)
{
	const struct twr_record_data *record = &records->row[r].record[i];
	u32 own = record->conn.key.netns;

	if (!twr_record_is_valid(records, r, i, now) || !record->timeo)
		return false;
	if (netns)
		return own == netns;
	return !records->netns_is_alive || records->netns_is_alive(own);
}

u64 twr_records_count_buckets(const struct twr_records *records, u32 netns, u64 now)
{
	u64 buckets = 0;
	u32 r;
	int i;

	for (r = 0; r < records->row_count; r++) {
		for (i = 0; i < TWR_RECORDS_WAYS; i++)
			/* Other CPUs write to the row; a slightly wrong count does no harm. */
			buckets += data_race(twr_record_is_bucket_in(records, r, i, netns, now));
		cond_resched();
	}
	return buckets;
}

void twr_records_reset(struct twr_records *records)
{
	unsigned long flags;
	u32 r;
	int i;

	/* The death row first, so that a record that is added meanwhile keeps its slot. */
	if (records->death_row)
		twr_death_row_reset(records->death_row);

	for (r = 0; r < records->row_count; r++) {
		struct twr_records_head *head = &records->heads[r];

		flags = twr_lock_write_begin(&head->lock);
		for (i = 0; i < TWR_RECORDS_WAYS; i++)
			WRITE_ONCE(head->hash[i], 0);
		twr_lock_write_end(&head->lock, flags);
		cond_resched();
	}
}
