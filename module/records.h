/* SPDX-License-Identifier: GPL-2.0 */
/*
 * records.h - what the simulated kernel had of a connection, where the running kernel
 * does not tell
 *
 * Two things are recorded. Of a TIME-WAIT bucket, until when the simulated kernel had
 * it: with tcp_tw_recycle it went after 3.5 times its connection's RTO, and the running
 * kernel keeps it for a minute. And of a rejected connection, that the simulated kernel
 * never had it: the running kernel let it in.
 *
 * A record is good until a time that it names, and its place is free from then on. The
 * table has a fixed size. A connection has its place in one of two rows, the emptier
 * one, which leaves no row full before most are. Where both are full, the record that
 * ends first in one of them makes room, and the caller is told. From then on the
 * simulated kernel counts as not having that bucket, or as having that connection.
 *
 * Times are in jiffies, of 64 bits. What reads takes no lock and writes nothing; what
 * writes takes the lock of a row. Where there is a death row, both take its lock too,
 * if there is a record. Any context but NMI, unless a function says otherwise.
 */
#ifndef TWR_RECORDS_H
#define TWR_RECORDS_H

#include <linux/jiffies.h>
#include <linux/types.h>

#include "conn.h"

/* How long a TIME-WAIT bucket lived without the switch (TCP_TIMEWAIT_LEN), jiffies. */
#define TWR_TIMEWAIT_LEN	(60 * HZ)

/* The least RTO of the old kernels (TCP_RTO_MIN), jiffies. */
#define TWR_RTO_MIN		(HZ / 5)

/* A rejected connection that is open: its end is seen, and ends the record. */
#define TWR_RECORD_WHILE_OPEN	U64_MAX

/**
 * enum twr_record - of what there is a record
 * @TWR_RECORD_NONE: of nothing
 * @TWR_RECORD_BUCKET: of a TIME-WAIT bucket, or of a connection in FIN-WAIT-2 that will
 *	be one; the simulated kernel still has it
 * @TWR_RECORD_REJECTED: of a connection whose SYN the simulated kernel dropped
 */
enum twr_record {
	TWR_RECORD_NONE,
	TWR_RECORD_BUCKET,
	TWR_RECORD_REJECTED,
};

struct twr_records;

/**
 * twr_records_default_count() - how many records suit this machine
 *
 * One for 16 KiB of memory, and 24576 at the least: a server of 64 GiB can reject 20,000
 * connections a second and close 50,000 without losing one.
 *
 * Return: their number.
 */
u32 twr_records_default_count(void);

/**
 * twr_records_bytes() - memory that a table takes
 * @count: records it has room for
 *
 * Return: bytes.
 */
u64 twr_records_bytes(u32 count);

/**
 * twr_records_new() - make an empty table
 * @count: records it is to have room for, rounded up to full rows
 * @has_death_row_slots: TIME-WAIT buckets share one timer and its slots, as before 4.1
 * @netns_is_alive: does a network namespace exist? NULL if all do
 *
 * All the memory it will ever take is taken here. Process context, may sleep.
 *
 * Return: the table, NULL if there is not enough memory.
 */
struct twr_records *twr_records_new(u32 count, bool has_death_row_slots,
				    twr_netns_alive_fn netns_is_alive);

/**
 * twr_records_free() - give a table's memory back
 * @records: the table; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_records_free(struct twr_records *records);

/**
 * twr_records_lookup() - what is recorded of a connection?
 * @records: the table
 * @conn: the connection
 * @now: the current time
 *
 * Return: of what there is a record that is still good.
 */
enum twr_record twr_records_lookup(const struct twr_records *records,
				   const struct twr_conn *conn, u64 now);

/**
 * twr_records_add_rejected() - the simulated kernel does not have this connection
 * @records: the table
 * @conn: the connection
 * @expires: how long this is to be known, %TWR_RECORD_WHILE_OPEN if its end will be seen
 * @now: the current time
 *
 * Return: whose record was lost to this one, if any.
 */
enum twr_record twr_records_add_rejected(struct twr_records *records,
					 const struct twr_conn *conn, u64 expires,
					 u64 now);

/**
 * twr_records_add_fin_wait2() - the connection comes to FIN-WAIT-2
 * @records: the table
 * @conn: the connection
 * @timeo: how long it is to live in TIME-WAIT, not 0
 * @fin_wait2_timeo: how long it is to be in FIN-WAIT-2 at the most
 * @now: the current time
 *
 * Return: whose record was lost to this one, if any.
 */
enum twr_record twr_records_add_fin_wait2(struct twr_records *records,
					  const struct twr_conn *conn, u32 timeo,
					  u32 fin_wait2_timeo, u64 now);

/**
 * twr_records_add_timewait() - the connection comes to TIME-WAIT
 * @records: the table
 * @conn: the connection
 * @timeo: how long it is to live there; 0 for what twr_records_add_fin_wait2() said, or
 *	where that is lost the least there is
 * @now: the current time
 *
 * Return: whose record was lost to this one, if any.
 */
enum twr_record twr_records_add_timewait(struct twr_records *records,
					 const struct twr_conn *conn, u32 timeo,
					 u64 now);

/**
 * twr_records_rearm_timewait() - a segment put the timer of a TIME-WAIT bucket back to 60 s
 * @records: the table
 * @conn: the connection; nothing happens where there is no record of it
 * @now: the current time
 */
void twr_records_rearm_timewait(struct twr_records *records, const struct twr_conn *conn,
				u64 now);

/**
 * twr_records_remove() - there is no more to tell of this connection
 * @records: the table
 * @conn: the connection
 * @now: the current time
 *
 * Takes no lock where there is no record of it.
 */
void twr_records_remove(struct twr_records *records, const struct twr_conn *conn,
			u64 now);

/**
 * twr_records_schedule_timewait() - a bucket is there for a minute, and there is nothing to record
 * @records: the table
 * @now: the current time
 *
 * It takes a place in the death row, by which others go.
 */
void twr_records_schedule_timewait(struct twr_records *records, u64 now);

/**
 * twr_records_reset() - empty the table
 * @records: the table
 *
 * Locks row by row; others may come in behind it. Process context, may sleep.
 */
void twr_records_reset(struct twr_records *records);

#endif /* TWR_RECORDS_H */
