/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unanswered.h - the SYNs that come again because they got no answer, and their senders
 *
 * This file is about the running kernel, not about the simulated one. A client sends a SYN
 * again if no answer comes, with the same ports and the same sequence number. If a SYN
 * comes again, and the running kernel has no socket for it, the SYN before got no SYN-ACK.
 *
 * Two cases look the same, though the SYN before was answered. The kernel gave up the
 * request under pressure of other requests (reqsk_timer_handler()), or a reset ended the
 * request and the same SYN came again. The last SYN of a client that gives up is not
 * counted, since nothing tells what became of it.
 *
 * Both tables have a fixed size. The older SYNs are forgotten first; of the peers, those
 * with the fewest unanswered SYNs (space-saving, see offenders.h). So the number of SYNs
 * is a lower bound when many connections are opened per second.
 */
#ifndef TWR_UNANSWERED_H
#define TWR_UNANSWERED_H

#include <linux/types.h>

#include "conn.h"

struct twr_unanswered;

/* Number of peers in the table. */
#define TWR_UNANSWERED_MAX	256

/**
 * struct twr_unanswered_peer - a peer whose SYNs got no answer
 * @key: the peer
 * @syns: number of SYNs that got no answer; can be too high
 * @over: by how much @syns can be too high at most
 * @first_ms: when the peer came to the table, in milliseconds
 * @last_ms: when its last unanswered SYN came again, in milliseconds
 */
struct twr_unanswered_peer {
	struct twr_key key;
	u64 syns;
	u64 over;
	u64 first_ms;
	u64 last_ms;
};

/**
 * twr_unanswered_new() - make empty tables
 * @netns_is_alive: does a network namespace exist? NULL if all do. Peers of a dead
 *	namespace are hidden from readers, and are evicted before all others
 *
 * Allocates all the memory that the tables will ever take. Process context, may sleep.
 *
 * Return: the tables, NULL if there is not enough free memory.
 */
struct twr_unanswered *twr_unanswered_new(twr_netns_alive_fn netns_is_alive);

/**
 * twr_unanswered_free() - free the tables
 * @unanswered: the tables; nobody may use them any more
 *
 * Process context, may sleep.
 */
void twr_unanswered_free(struct twr_unanswered *unanswered);

/**
 * twr_unanswered_prefetch() - prefetch the row of a SYN
 * @unanswered: the tables
 * @conn: the connection that the SYN asks for
 *
 * Does not wait for memory. Any context.
 */
void twr_unanswered_prefetch(const struct twr_unanswered *unanswered,
			     const struct twr_conn *conn);

/**
 * twr_unanswered_note_syn() - note a SYN, and find out whether it came before
 * @unanswered: the tables
 * @conn: the connection that the SYN asks for
 * @seq: its sequence number
 * @finds_socket: the running kernel has a socket for the SYN
 * @gets_cookie: the running kernel answers the SYN with a SYN cookie
 * @now: the current time in jiffies
 *
 * Reads and writes one cache line. Takes no lock. Two CPUs that note SYNs in the same row
 * at the same time can lose one of them. Any context but NMI.
 *
 * Return: true if the same SYN came before and found nothing, and still finds no socket. The
 * SYN before got no answer.
 */
bool twr_unanswered_note_syn(struct twr_unanswered *unanswered, const struct twr_conn *conn,
			     u32 seq, bool finds_socket, bool gets_cookie, u64 now);

/**
 * twr_unanswered_count_peer() - count an unanswered SYN of a peer
 * @unanswered: the tables
 * @key: the peer, with the local address
 * @ms: the current time in milliseconds, never 0
 *
 * Takes a lock with softirqs off. Softirq or process context; on PREEMPT_RT the lock can
 * sleep.
 */
void twr_unanswered_count_peer(struct twr_unanswered *unanswered, const struct twr_key *key,
			       u64 ms);

/**
 * twr_unanswered_of_peer() - how many SYNs of a peer got no answer
 * @unanswered: the tables
 * @key: the peer, with the local address
 *
 * Process context, may sleep.
 *
 * Return: their number, 0 if the peer is not in the table.
 */
u64 twr_unanswered_of_peer(struct twr_unanswered *unanswered, const struct twr_key *key);

/**
 * twr_unanswered_list() - list the peers, those with the most unanswered SYNs first
 * @unanswered: the tables
 * @netns: number of a network namespace, 0 for all that exist
 * @list: room for TWR_UNANSWERED_MAX peers
 *
 * Locks one row at a time. Process context, may sleep.
 *
 * Return: the number of peers in @list.
 */
int twr_unanswered_list(struct twr_unanswered *unanswered, u32 netns,
			struct twr_unanswered_peer *list);

/**
 * twr_unanswered_reset() - forget all SYNs and peers
 * @unanswered: the tables
 *
 * Process context, may sleep.
 */
void twr_unanswered_reset(struct twr_unanswered *unanswered);

#endif /* TWR_UNANSWERED_H */
