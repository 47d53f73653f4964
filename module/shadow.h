/* SPDX-License-Identifier: GPL-2.0 */
/*
 * shadow.h - connections that are here, and would not have been there
 *
 * With tcp_tw_recycle on, a TIME-WAIT bucket was gone after 3.5 times its
 * connection's RTO; here it stands for a minute. And a connection whose SYN was
 * dropped never came about; here it did. What is kept of a connection is so much
 * of its life in the old world as this one does not tell.
 *
 * A table of fixed size. Of a bucket something is kept as long as it would have
 * lived, of a connection that never was, until it closes here or its peer asks
 * anew. Where a row is full, the record that would be done with first makes room:
 * the bucket then counts as gone, the connection as one that was.
 *
 * Times are in jiffies. All functions but the first two and the last may be
 * called in softirq or process context; those that write take a row's lock with
 * softirqs off.
 */
#ifndef TWR_SHADOW_H
#define TWR_SHADOW_H

#include <linux/types.h>

#include "conn.h"

struct twr_shadow;

/**
 * twr_shadow_new() - make an empty table
 *
 * All the memory it will ever take is taken here. Process context, may sleep.
 *
 * Return: the table, NULL if there is not enough memory.
 */
struct twr_shadow *twr_shadow_new(void);

/**
 * twr_shadow_free() - give a table's memory back
 * @shadow: the table; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_shadow_free(struct twr_shadow *shadow);

/**
 * twr_shadow_reject() - the connection's SYN was dropped there
 * @shadow: the table
 * @conn: the connection
 * @now: the current time
 */
void twr_shadow_reject(struct twr_shadow *shadow, const struct twr_conn *conn,
		       u32 now);

/**
 * twr_shadow_bury() - of a connection that never was a TIME-WAIT bucket is left
 * @shadow: the table
 * @conn: the connection, twr_shadow_rejected()
 * @now: the current time
 *
 * It need not be kept for longer than that.
 */
void twr_shadow_bury(struct twr_shadow *shadow, const struct twr_conn *conn,
		     u32 now);

/**
 * twr_shadow_clear() - of this connection there is no more to tell
 * @shadow: the table
 * @conn: the connection
 *
 * Its SYN was let in there too, or nothing is left of it here. Lockless where
 * nothing was kept.
 */
void twr_shadow_clear(struct twr_shadow *shadow, const struct twr_conn *conn);

/**
 * twr_shadow_rejected() - is it a connection that never was?
 * @shadow: the table
 * @conn: the connection
 *
 * Lockless.
 *
 * Return: true if its SYN was dropped there.
 */
bool twr_shadow_rejected(const struct twr_shadow *shadow,
			 const struct twr_conn *conn);

/**
 * twr_shadow_half_close() - the connection comes to FIN-WAIT-2
 * @shadow: the table
 * @conn: the connection
 * @life: how long it is to live in TIME-WAIT
 * @now: the current time
 */
void twr_shadow_half_close(struct twr_shadow *shadow,
			   const struct twr_conn *conn, u32 life, u32 now);

/**
 * twr_shadow_time_wait() - the connection comes to TIME-WAIT
 * @shadow: the table
 * @conn: the connection
 * @life: how long it is to live there; 0 for what twr_shadow_half_close() said,
 *	or where that is lost the least there is
 * @now: the current time
 */
void twr_shadow_time_wait(struct twr_shadow *shadow,
			  const struct twr_conn *conn, u32 life, u32 now);

/**
 * twr_shadow_rearm() - a segment put the timer of a TIME-WAIT bucket back to 60 s
 * @shadow: the table
 * @conn: the connection; nothing happens where its bucket is gone there
 * @now: the current time
 */
void twr_shadow_rearm(struct twr_shadow *shadow, const struct twr_conn *conn,
		      u32 now);

/**
 * twr_shadow_stands() - is the TIME-WAIT bucket there, too?
 * @shadow: the table
 * @conn: the connection
 * @now: the current time
 *
 * Lockless.
 *
 * Return: true if it has not had its time.
 */
bool twr_shadow_stands(const struct twr_shadow *shadow,
		       const struct twr_conn *conn, u32 now);

/**
 * twr_shadow_forget() - keep nothing of a network namespace
 * @shadow: the table
 * @netns: the namespace, 0 for all
 *
 * Process context, may sleep.
 */
void twr_shadow_forget(struct twr_shadow *shadow, u32 netns);

#endif /* TWR_SHADOW_H */
