/* SPDX-License-Identifier: GPL-2.0 */
/*
 * records.h - connections that the simulated kernel had for another time than the running
 * kernel, or never had
 *
 * There are two kinds of records. The record of a bucket (a TIME-WAIT socket, see
 * observation.h) says until when the
 * simulated kernel had the bucket: with tcp_tw_recycle it expired after 3.5 times the RTO
 * of its connection, while the running kernel keeps it for a minute. The record of a
 * rejected connection says that the simulated kernel never had the connection, while the
 * running kernel accepted it.
 *
 * A record expires at a time that it names, and its place is free from then on. The table
 * has a fixed size. A connection has its place in one of two rows, and goes into the
 * emptier one, so that no row is full before most rows are. If both rows are full, a
 * record of the first row is evicted: one of a dead namespace, or the one that expires
 * first, of which the caller is told. (In an era whose death row has slots, the time of a
 * bucket is an upper bound there.) From then on the simulated kernel counts as not having
 * that bucket, or as having that connection.
 *
 * All times are in jiffies of 64 bits. Functions that only read take no lock of a row.
 * Functions that write take the lock of a row. In an era whose death row has slots, both
 * also take the lock of the death row for each bucket that they come to, and may empty
 * slots: a lookup for the bucket that it finds, a search for a free place for up to 18. All
 * functions can be called in any context but NMI unless they say otherwise.
 */
#ifndef TWR_RECORDS_H
#define TWR_RECORDS_H

#include <linux/jiffies.h>
#include <linux/types.h>

#include "conn.h"

/* How long a bucket stays without tcp_tw_recycle (TCP_TIMEWAIT_LEN), jiffies. */
#define TWR_TIMEWAIT_LEN	(60 * HZ)

/* The smallest RTO of the old kernels (TCP_RTO_MIN), jiffies. */
#define TWR_RTO_MIN		(HZ / 5)

/* Expiry of an open rejected connection: its record is removed when the connection ends. */
#define TWR_RECORD_WHILE_OPEN	U64_MAX

/**
 * enum twr_record - kinds of records
 * @TWR_RECORD_NONE: there is no record
 * @TWR_RECORD_BUCKET: the simulated kernel still has this TIME-WAIT socket, or this
 *	FIN-WAIT-2 mini-socket that will become one
 * @TWR_RECORD_REJECTED: the simulated kernel dropped the SYN of this connection
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
 * One for each 16 KiB of memory, but at least 24576. With that a server of 64 GiB can
 * reject 20,000 connections per second and close 50,000 per second without losing a record.
 *
 * Return: number of records.
 */
u32 twr_records_default_count(void);

/**
 * twr_records_bytes() - memory that a table takes
 * @count: number of records
 *
 * Return: bytes.
 */
u64 twr_records_bytes(u32 count);

/**
 * twr_records_new() - make an empty table
 * @count: number of records, rounded up to full rows
 * @has_death_row_slots: TIME-WAIT buckets expire by the slots of the death row, as before
 *	4.1
 * @netns_is_alive: does a network namespace exist? NULL if all do
 *
 * Allocates all the memory that the table will ever take. Process context, may sleep.
 *
 * Return: the table, NULL if there is not enough free memory.
 */
struct twr_records *twr_records_new(u32 count, bool has_death_row_slots,
				    twr_netns_alive_fn netns_is_alive);

/**
 * twr_records_free() - free a table
 * @records: the table; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_records_free(struct twr_records *records);

/**
 * twr_records_prefetch() - prefetch the rows of a connection
 * @records: the table
 * @conn: the connection
 *
 * Does not wait for memory. Only an observer gains from this that knows early which
 * connections come next, as twr-pcap does. The module does not call it. Any context.
 */
void twr_records_prefetch(const struct twr_records *records, const struct twr_conn *conn);

/**
 * twr_records_lookup() - look up the record of a connection
 * @records: the table
 * @conn: the connection
 * @now: the current time
 *
 * Return: the kind of the record; %TWR_RECORD_NONE if it has expired.
 */
enum twr_record twr_records_lookup(const struct twr_records *records,
				   const struct twr_conn *conn, u64 now);

/**
 * twr_records_add_rejected() - record a connection that the simulated kernel rejected
 * @records: the table
 * @conn: the connection
 * @expires: when the record expires; %TWR_RECORD_WHILE_OPEN if the observer will see the
 *	end of the connection
 * @now: the current time
 *
 * Return: the kind of the record that was evicted, if any.
 */
enum twr_record twr_records_add_rejected(struct twr_records *records,
					 const struct twr_conn *conn, u64 expires,
					 u64 now);

/**
 * twr_records_extend_rejected() - as twr_records_add_rejected(), but shorten no record
 * @records: the table
 * @conn: the connection
 * @expires: when the record expires at the earliest
 * @now: the current time
 *
 * For a SYN that is rejected while the running kernel has the connection of an earlier
 * one, which was rejected too.
 *
 * Return: the kind of the record that was evicted, if any.
 */
enum twr_record twr_records_extend_rejected(struct twr_records *records,
					    const struct twr_conn *conn, u64 expires,
					    u64 now);

/**
 * twr_records_add_fin_wait2() - record a FIN-WAIT-2 mini-socket
 * @records: the table
 * @conn: the connection
 * @timeo: how long the connection will stay in TIME-WAIT, not 0
 * @fin_wait2_timeo: how long the connection stays in FIN-WAIT-2 at most
 * @now: the current time
 *
 * Return: the kind of the record that was evicted, if any.
 */
enum twr_record twr_records_add_fin_wait2(struct twr_records *records,
					  const struct twr_conn *conn, u32 timeo,
					  u32 fin_wait2_timeo, u64 now);

/**
 * twr_records_add_timewait() - record a TIME-WAIT bucket
 * @records: the table
 * @conn: the connection
 * @timeo: how long the bucket stays in TIME-WAIT; 0 takes the timeout that
 *	twr_records_add_fin_wait2() recorded, or 3.5 times TWR_RTO_MIN if that record is lost
 * @now: the current time
 *
 * Return: the kind of the record that was evicted, if any.
 */
enum twr_record twr_records_add_timewait(struct twr_records *records,
					 const struct twr_conn *conn, u32 timeo,
					 u64 now);

/**
 * twr_records_rearm_timewait() - a segment has set the timer of a TIME-WAIT bucket to 60 s
 * @records: the table
 * @conn: the connection of the bucket
 * @now: the current time
 *
 * Extends the record of a rejected connection as well. Does nothing if there is no record.
 */
void twr_records_rearm_timewait(struct twr_records *records, const struct twr_conn *conn,
				u64 now);

/**
 * twr_records_remove() - remove the record of a connection
 * @records: the table
 * @conn: the connection
 * @now: the current time
 *
 * Takes no lock if there is no record.
 */
void twr_records_remove(struct twr_records *records, const struct twr_conn *conn,
			u64 now);

/**
 * twr_records_schedule_timewait() - schedule a bucket that needs no record
 * @records: the table
 * @now: the current time
 *
 * The bucket stays for a minute on both kernels. It still takes a place in the slots of
 * the death row, on which the expiry of other buckets depends.
 */
void twr_records_schedule_timewait(struct twr_records *records, u64 now);

/**
 * twr_records_count_buckets() - count the buckets that have a record
 * @records: the table
 * @netns: number of a network namespace, 0 for all that exist
 * @now: the current time
 *
 * Walks the whole table without a lock, so the number is that of no one moment. Process
 * context, may sleep.
 *
 * Return: the number of buckets.
 */
u64 twr_records_count_buckets(const struct twr_records *records, u32 netns, u64 now);

/**
 * twr_records_reset() - remove all records
 * @records: the table
 *
 * Takes the lock of one row at a time. Records may be added behind the walk. Process
 * context, may sleep.
 */
void twr_records_reset(struct twr_records *records);

#endif /* TWR_RECORDS_H */
