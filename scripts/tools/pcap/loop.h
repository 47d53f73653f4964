/* SPDX-License-Identifier: GPL-2.0 */
/*
 * loop.h - the clients of a capture and what becomes of them if each SYN that is dropped
 * is sent again
 *
 * The program first collects the clients: each first SYN, its answer, and how the
 * connection opened and closed. At the end of the capture it tells the rate of each
 * client's clock (rates.h). Then it plays the clients to the simulated kernel of each era
 * (world.h).
 */
#ifndef PCAP_LOOP_H
#define PCAP_LOOP_H

#include <stdio.h>

#include "judge.h"
#include "retries.h"

struct flow;
struct given;
struct options;
struct tree;

/* No client, change or try; numbers begin with 1. */
#define LOOP_NONE	0

/* How the rate of a client's clock was found. */
enum loop_told {
	LOOP_UNTIMED,	/* it sends no timestamps */
	LOOP_GIVEN,	/* the user gave it */
	LOOP_OWN,	/* measured between segments of one connection */
	LOOP_LINE,	/* other connections of the peer lie on the same line */
	LOOP_ASSUMED,
	LOOP_TOLDS
};

/**
 * struct loop_change - a change of a connection of the capture
 * @us: its time, microseconds
 * @stamp_us: when the connection's ts_recent was set, 0 if it has none
 * @tsval: ts_recent
 * @rcv_nxt: the next sequence number of the peer
 * @rto: as in struct twr_conn_change
 * @fin_wait2_timeo: as in struct twr_conn_change
 * @next: number of the connection's next change
 * @event: enum twr_conn_event
 * @rearm: not an event, but a segment that sets the timer of a bucket in TIME-WAIT
 * @active: this side opened the connection
 * @routed: the socket has a route
 * @stamped: the connection leaves a stamp
 */
struct loop_change {
	u64 us;
	u64 stamp_us;
	u32 tsval;
	u32 rcv_nxt;
	u32 rto;
	u32 fin_wait2_timeo;
	u32 next;
	u8 event;
	bool rearm : 1;
	bool active : 1;
	bool routed : 1;
	bool stamped : 1;
};

/**
 * struct loop_try - a SYN of the capture that was sent again
 * @us: its time
 * @tsval: its TSval
 * @next: number of the next one
 * @timed: it has a TSval
 */
struct loop_try {
	u64 us;
	u32 tsval;
	u32 next;
	bool timed;
};

/**
 * struct loop_client - a client: one connection, or what asks for one
 * @conn: the connection
 * @us: when the first SYN came; when the first change was, if there is no SYN
 * @answered_us: when the SYN came that was answered
 * @last_us: when the last TSval of it came that is known
 * @first_us: when the first one came
 * @last_tsval: that TSval
 * @first_tsval: that TSval
 * @seq: sequence number of the SYN
 * @tsval: its TSval
 * @peer: number of its peer
 * @older: for the table of connections
 * @changes: number of the first change
 * @last_change: number of the last one
 * @tries: number of the first SYN that was sent again
 * @last_try: number of the last one
 * @rate: ticks of its clock in 1000 s
 * @told: where @rate is from, enum loop_told
 * @answer: enum answer
 * @match: what the first SYN met, enum twr_match
 * @timed: the SYN has a timestamp
 * @fixed: there is no SYN in the capture, or this machine opened the connection
 * @rerouted: the answer would go elsewhere first, by a source route
 */
struct loop_client {
	struct twr_conn conn;
	u64 us;
	u64 answered_us;
	u64 last_us;
	u64 first_us;
	u32 last_tsval;
	u32 first_tsval;
	u32 seq;
	u32 tsval;
	u32 peer;
	u32 older;
	u32 changes;
	u32 last_change;
	u32 tries;
	u32 last_try;
	u32 rate;
	u8 told;
	u8 answer;
	u8 match;
	bool timed : 1;
	bool fixed : 1;
	bool rerouted : 1;
};

/**
 * struct loop_peer - a peer and the address that it talks to
 * @key: both
 * @next: for the table
 * @first: number of the first peer with the same address and the same machine
 */
struct loop_peer {
	struct twr_key key;
	u32 next;
	u32 first;
};

/* What becomes of a client; smaller numbers are the retry that gets in, 0 the first SYN. */
#define LOOP_NEVER	64	/* no SYN gets in */
#define LOOP_UNKNOWN	65	/* a SYN would get in, but the capture shows no answer to it */
#define LOOP_FIXED	66	/* it did not ask */
#define LOOP_LATE	128	/* added to the above: settled after the end of the capture */

/**
 * struct loop_era - what becomes of all clients in an era
 * @fates: of each client, as above
 * @drops: how many of its SYNs are dropped
 * @by: the client whose close left the stamp that dropped its first SYN; NULL in all eras
 *	but the first
 * @by_us: when that close was
 */
struct loop_era {
	u8 *fates;
	u32 *drops;
	u32 *by;
	u64 *by_us;
};

/**
 * struct loop_sum - clients by what becomes of them
 * @clients: how many asked
 * @in: by the SYN that gets in
 * @never: none gets in
 * @unknown: as LOOP_UNKNOWN; not in @in
 * @late: settled after the end of the capture
 * @silent: those of @never that got no answer in the capture either
 * @drops: SYNs dropped, which TcpExtPAWSPassive would have counted
 */
struct loop_sum {
	u64 clients;
	u64 in[TWR_RETRIES_MAX + 1];
	u64 never;
	u64 unknown;
	u64 late;
	u64 silent;
	u64 drops;
};

/**
 * struct loop - all of it
 * @judge: the eras, with engines of their own
 * @eras: what becomes of the clients, for each era
 * @retries: when a client sends its SYN again
 * @hz: ticks a second of all clocks, 0 to tell each
 * @given: rates of some clocks, NULL if none are given
 * @events: print the events of the tracepoints, for the first era
 * @end: when the capture ended
 * @clients: the clients, the earliest first; number n is at n - 1, as in all tables here
 * @changes: their changes
 * @tries: their SYNs that were sent again
 * @peers: their peers
 * @client_count: number of @clients
 * @change_count: number of @changes
 * @try_count: number of @tries
 * @peer_count: number of @peers
 * @refused: connections that were answered by a reset
 * @odd: SYNs that no client sends: with FIN, or with a wrong checksum
 * @told: number of clients by enum loop_told
 */
struct loop {
	struct judge judge;
	struct loop_era *eras;
	const struct twr_schedule *retries;
	u32 hz;
	struct given *given;
	bool events;
	u64 end;
	struct loop_client *clients;
	struct loop_change *changes;
	struct loop_try *tries;
	struct loop_peer *peers;
	u32 client_count;
	u32 change_count;
	u32 try_count;
	u32 peer_count;
	u64 refused;
	u64 odd;
	u64 told[LOOP_TOLDS];
	/* For the tables. */
	u32 client_room;
	u32 change_room;
	u32 try_room;
	u32 peer_room;
	u32 *conn_chains;
	u32 *peer_chains;
	u32 conn_mask;
	u32 peer_mask;
};

/**
 * loop_new() - begin to collect
 * @options: the command line
 *
 * Return: an empty loop. Ends the program if there is no memory, or an option is wrong.
 */
struct loop *loop_new(const struct options *options);

/**
 * loop_free() - free all memory
 * @loop: the loop; may be NULL
 */
void loop_free(struct loop *loop);

/**
 * loop_take() - take an observation of the capture
 * @loop: the loop
 * @observation: the observation
 */
void loop_take(struct loop *loop, const struct observation *observation);

/**
 * loop_take_flow() - take the last TSval of a connection that is still open
 * @context: the loop
 * @flow: the connection
 */
void loop_take_flow(void *context, const struct flow *flow);

/**
 * loop_run() - play the clients to each era, at the end of the capture
 * @loop: the loop
 * @end: the time of the last segment
 */
void loop_run(struct loop *loop, u64 end);

/**
 * loop_sums() - count clients by what becomes of them
 * @loop: the loop, after loop_run()
 * @era: number of the era
 * @all: set to the sums of all clients
 *
 * Return: the sums of each peer, which the caller frees.
 */
struct loop_sum *loop_sums(const struct loop *loop, u32 era, struct loop_sum *all);

/**
 * loop_report() - print what becomes of the clients, for users
 * @loop: the loop
 * @top: number of peers to list, -1 for the default, 0 for all
 * @out: the output
 */
void loop_report(const struct loop *loop, int top, FILE *out);

/**
 * loop_list() - print a line for each client
 * @loop: the loop
 * @out: the output
 */
void loop_list(const struct loop *loop, FILE *out);

/**
 * loop_json() - print the key closed_loop and its object
 * @loop: the loop
 * @out: the output
 */
void loop_json(const struct loop *loop, FILE *out);

/**
 * loop_key_order() - tell the order in which peers are written
 * @a: a peer and the address that it talks to
 * @b: another one
 *
 * Return: as memcmp() does.
 */
int loop_key_order(const struct twr_key *a, const struct twr_key *b);

/**
 * loop_add_parts() - add up the key closed_loop of all parts
 * @parts: its value in each part
 * @count: number of parts
 * @out: the output, in which the object is written that loop_json() writes for the whole
 *
 * Return: false if a part has something else.
 */
bool loop_add_parts(const struct tree *const *parts, u32 count, FILE *out);

/* The client of a number. */
static inline struct loop_client *loop_client(const struct loop *loop, u32 number)
{
	return &loop->clients[number - 1];
}

/* Was a SYN of the client answered by a SYN-ACK in the capture? */
static inline bool loop_answered(const struct loop_client *client)
{
	return client->answer == ANSWER_SYN_ACK || client->answer == ANSWER_GUESSED;
}

/* The change of a number. */
static inline struct loop_change *loop_change(const struct loop *loop, u32 number)
{
	return &loop->changes[number - 1];
}

/* Are these the same connection? */
bool loop_conn_same(const struct twr_conn *a, const struct twr_conn *b);

#endif
