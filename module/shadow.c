// SPDX-License-Identifier: GPL-2.0
/*
 * shadow.c - connections that are here, and would not have been there
 */
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <net/tcp.h>

#include "shadow.h"
#include "table.h"

/* Rows: room for 24576 connections. */
#define TWR_SHADOW_ROWS		4096

/*
 * When a connection that never was makes room: after all buckets of its row. No
 * time-out, and far below half the range of u32 jiffies.
 */
#define TWR_SHADOW_LAST		(24 * 60 * 60 * HZ)

/* The least that a bucket lived, with the least RTO. */
#define TWR_SHADOW_LEAST	((TCP_RTO_MIN << 2) - (TCP_RTO_MIN >> 1))

/*
 * A slot's rank is when its bucket is gone, there or, of a connection that never
 * was, here; its data is the bucket's life in TIME-WAIT, 0 for one that never was.
 */
struct twr_shadow {
	struct twr_table table;
};

struct twr_shadow *twr_shadow_new(void)
{
	struct twr_shadow *shadow = kzalloc(sizeof(*shadow), GFP_KERNEL);

	if (shadow && twr_table_init(&shadow->table, TWR_SHADOW_ROWS)) {
		kfree(shadow);
		return NULL;
	}
	return shadow;
}

void twr_shadow_free(struct twr_shadow *shadow)
{
	twr_table_exit(&shadow->table);
	kfree(shadow);
}

static bool twr_shadow_read(const struct twr_shadow *shadow,
			    const struct twr_conn *conn, struct twr_slot *slot)
{
	u32 hash = twr_conn_hash(conn);

	return twr_row_read(twr_table_row(&shadow->table, hash), hash, conn,
			    slot);
}

static void twr_shadow_keep(struct twr_shadow *shadow,
			    const struct twr_conn *conn, u32 life, u32 until)
{
	u32 hash = twr_conn_hash(conn);
	struct twr_row *row = twr_table_row(&shadow->table, hash);
	struct twr_slot *slot;

	write_seqlock_bh(&row->slots->lock);
	slot = twr_row_find(row, hash, conn);
	if (!slot)
		slot = twr_row_take(row, hash, conn, until);
	slot->rank = until;
	slot->data[0] = life;
	write_sequnlock_bh(&row->slots->lock);
}

void twr_shadow_reject(struct twr_shadow *shadow, const struct twr_conn *conn,
		       u32 now)
{
	twr_shadow_keep(shadow, conn, 0, now + TWR_SHADOW_LAST);
}

void twr_shadow_bury(struct twr_shadow *shadow, const struct twr_conn *conn,
		     u32 now)
{
	twr_shadow_keep(shadow, conn, 0, now + TCP_TIMEWAIT_LEN);
}

void twr_shadow_clear(struct twr_shadow *shadow, const struct twr_conn *conn)
{
	u32 hash = twr_conn_hash(conn);

	twr_row_drop(twr_table_row(&shadow->table, hash), hash, conn);
}

bool twr_shadow_rejected(const struct twr_shadow *shadow,
			 const struct twr_conn *conn)
{
	struct twr_slot slot;

	return twr_shadow_read(shadow, conn, &slot) && !slot.data[0];
}

void twr_shadow_half_close(struct twr_shadow *shadow,
			   const struct twr_conn *conn, u32 life, u32 now)
{
	twr_shadow_keep(shadow, conn, life, now + TCP_TIMEWAIT_LEN);
}

void twr_shadow_time_wait(struct twr_shadow *shadow,
			  const struct twr_conn *conn, u32 life, u32 now)
{
	struct twr_slot noted;

	if (!life) {
		if (twr_shadow_read(shadow, conn, &noted))
			life = noted.data[0];
		life = life ?: TWR_SHADOW_LEAST;
	}
	twr_shadow_keep(shadow, conn, life, now + life);
}

static bool twr_bucket_stands(const struct twr_slot *slot, u32 now)
{
	return slot->data[0] && (s32)(slot->rank - now) > 0;
}

void twr_shadow_rearm(struct twr_shadow *shadow, const struct twr_conn *conn,
		      u32 now)
{
	u32 hash = twr_conn_hash(conn);
	struct twr_row *row = twr_table_row(&shadow->table, hash);
	struct twr_slot *slot;

	write_seqlock_bh(&row->slots->lock);
	slot = twr_row_find(row, hash, conn);
	if (slot && twr_bucket_stands(slot, now))
		slot->rank = now + TCP_TIMEWAIT_LEN;
	write_sequnlock_bh(&row->slots->lock);
}

bool twr_shadow_stands(const struct twr_shadow *shadow,
		       const struct twr_conn *conn, u32 now)
{
	struct twr_slot slot;

	return twr_shadow_read(shadow, conn, &slot) &&
	       twr_bucket_stands(&slot, now);
}

void twr_shadow_forget(struct twr_shadow *shadow, u32 netns)
{
	twr_table_forget(&shadow->table, netns);
}
