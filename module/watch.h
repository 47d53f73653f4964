/* SPDX-License-Identifier: GPL-2.0 */
/*
 * watch.h - half-closed connections, to be looked at when their peer comes back
 *
 * A socket in FIN-WAIT-2 that its program still holds leaves a stamp when the
 * program closes it. No packet shows that moment, but nobody can tell before
 * something else comes of the same peer. So the four-tuple is kept until then, or
 * until the peer's FIN.
 *
 * A table of fixed size. Where a row is full the four-tuple kept longest makes
 * room, and the stamp its connection may leave is missed.
 */
#ifndef TWR_WATCH_H
#define TWR_WATCH_H

#include <linux/types.h>

#include "conn.h"
#include "table.h"

/* Connections a row holds, those of one peer or of several. */
#define TWR_WATCH_WAYS	TWR_TABLE_WAYS

struct twr_watch;

/**
 * struct twr_watched - a half-closed connection
 * @conn: the connection
 * @fin_time: how long it will be a mini-socket once its program has closed it,
 *	in jiffies
 */
struct twr_watched {
	struct twr_conn conn;
	u32 fin_time;
};

/**
 * twr_watch_new() - make an empty table
 *
 * All the memory it will ever take is taken here. Process context, may sleep.
 *
 * Return: the table, NULL if there is not enough memory.
 */
struct twr_watch *twr_watch_new(void);

/**
 * twr_watch_free() - give a table's memory back
 * @watch: the table; nobody may use it any more
 *
 * Process context, may sleep.
 */
void twr_watch_free(struct twr_watch *watch);

/**
 * twr_watch_add() - keep a connection
 * @watch: the table
 * @watched: the connection
 * @now: the current time in jiffies, for the order in which they go
 *
 * Takes the row's lock with softirqs off. Softirq or process context.
 */
void twr_watch_add(struct twr_watch *watch, const struct twr_watched *watched,
		   u32 now);

/**
 * twr_watch_any() - can a connection of a peer be kept?
 * @watch: the table
 * @key: the peer, whatever the local address
 *
 * Lockless, writes nothing that others see. Softirq or process context.
 *
 * Return: false if none is kept. What is added or dropped meanwhile, and few
 * others, can make it true.
 */
bool twr_watch_any(const struct twr_watch *watch, const struct twr_key *key);

/**
 * twr_watch_list() - which connections of a peer are kept?
 * @watch: the table
 * @key: the peer; any local address will do where it names none
 * @watched: where they go, TWR_WATCH_WAYS at the most
 *
 * Lockless, writes nothing that others see. Softirq or process context.
 *
 * Return: their number.
 */
int twr_watch_list(const struct twr_watch *watch, const struct twr_key *key,
		   struct twr_watched *watched);

/**
 * twr_watch_drop() - keep a connection no longer
 * @watch: the table
 * @conn: the connection, kept or not
 *
 * Takes the row's lock with softirqs off, if it is kept. Softirq or process
 * context.
 */
void twr_watch_drop(struct twr_watch *watch, const struct twr_conn *conn);

/**
 * twr_watch_forget() - keep none of a network namespace
 * @watch: the table
 * @netns: the namespace, 0 for all
 *
 * Process context, may sleep.
 */
void twr_watch_forget(struct twr_watch *watch, u32 netns);

#endif /* TWR_WATCH_H */
