/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flow.h - the table of connections
 *
 * The table has a limited size. If it is full, the connection that was silent for longest
 * makes room. A connection between two observed machines is in the table twice, once for
 * each machine.
 */
#ifndef PCAP_FLOW_H
#define PCAP_FLOW_H

#include "rto.h"
#include "wire.h"

/* The state of a connection on the observed machine; the names are TCP's. */
enum flow_state {
	FLOW_CLOSED,		/* at most asked for */
	FLOW_SYN_SENT,
	FLOW_SYN_RECV,
	FLOW_ESTABLISHED,
	FLOW_FIN_WAIT1,
	FLOW_FIN_WAIT2,
	FLOW_CLOSING,
	FLOW_TIME_WAIT,
	FLOW_CLOSE_WAIT,
	FLOW_LAST_ACK,
};

/* No observation. */
#define FLOW_NONE	(~0ULL)

/**
 * struct flow - a connection, as one machine sees it
 * @local: that machine's address
 * @peer: the other one
 * @lport: port of @local, network byte order
 * @pport: port of @peer
 * @hash: for the table
 * @machine: number of the machine
 * @seen: when it was last moved to the front, microseconds
 * @until: when %FLOW_SYN_RECV, %FLOW_FIN_WAIT2 or %FLOW_TIME_WAIT ends
 * @asked: the observation of its last SYN, %FLOW_NONE if no SYN waits for an answer
 * @changed: the observation of the last change, or %FLOW_NONE
 * @ask_us: when that SYN came
 * @ask_seq: its sequence number
 * @ask_end: the number that an answer acknowledges
 * @ask_tsval: its TSval, if @ask_timed
 * @irs: first sequence number of the peer
 * @iss: first sequence number of this side
 * @snd_nxt: sequence number after all that this side has sent
 * @snd_una: sequence number after all of it that is acknowledged
 * @rcv_nxt: sequence number after all that came in order
 * @rcv_wup: the last acknowledgment of this side
 * @rcv_wnd: the window from there
 * @fin: sequence number after this side's FIN, if @fin_sent
 * @peer_fin: sequence number after the peer's FIN, if @fin_came
 * @ts_recent: TCP's ts_recent, if @timed
 * @ts_recent_us: when it was set, 0 if it was not
 * @rto: the state of the retransmission timer
 * @print: fingerprints of the last segments in and out, to find segments captured twice
 * @print_us: the times of these segments
 */
struct flow {
	struct in6_addr local;
	struct in6_addr peer;
	__be16 lport;
	__be16 pport;
	u32 hash;
	u32 machine;
	u64 seen;
	u64 until;
	u64 asked;
	u64 changed;
	u64 ask_us;
	u32 ask_seq;
	u32 ask_end;
	u32 ask_tsval;
	u32 irs;
	u32 iss;
	u32 snd_nxt;
	u32 snd_una;
	u32 rcv_nxt;
	u32 rcv_wup;
	u32 rcv_wnd;
	u32 fin;
	u32 peer_fin;
	u32 ts_recent;
	u64 ts_recent_us;
	struct rto rto;
	u32 print[2];
	u64 print_us[2];
	u8 state;
	u8 scale;
	u8 ask_scale;
	bool ask_timed : 1;
	bool timed : 1;		/* both sides use timestamps */
	bool active : 1;	/* this side opened it */
	bool fin_sent : 1;
	bool fin_came : 1;
	bool whole : 1;		/* in FIN-WAIT-2 it is still a socket, not a bucket */
	bool twin : 1;		/* the table has it as seen by the other side too */
	bool doubt : 1;		/* the last change did not happen if a RST follows */
	/* For the table. */
	u32 newer;
	u32 older;
} __attribute__((aligned(64)));

struct flows;

/**
 * flows_new() - allocate an empty table
 * @most: most connections in it, at least 1
 *
 * Return: the table. Ends the program if there is no memory.
 */
struct flows *flows_new(u32 most);

/**
 * flows_free() - free a table
 * @flows: the table
 */
void flows_free(struct flows *flows);

/**
 * flows_expect() - prepare to look up a segment soon
 * @flows: the table
 * @seg: the segment
 *
 * Computes its hash, and prefetches its place in the table.
 */
void flows_expect(const struct flows *flows, struct segment *seg);

/**
 * flows_expect_flow() - prepare to look up the same segment next
 * @flows: the table
 * @seg: the segment
 *
 * Prefetches its connection.
 */
void flows_expect_flow(const struct flows *flows, struct segment *seg);

/**
 * flows_find() - find the connections that a segment belongs to
 * @flows: the table
 * @seg: the segment, after flows_expect()
 * @found: set to the receiver's connection and the sender's, NULL if there is none
 */
void flows_find(const struct flows *flows, const struct segment *seg,
		struct flow *found[2]);

/**
 * flows_twins() - find the connections of a segment between two machines, and mark them
 * @flows: the table
 * @seg: the segment, after flows_expect()
 * @found: set as in flows_find()
 */
void flows_twins(const struct flows *flows, const struct segment *seg,
		 struct flow *found[2]);

/**
 * flows_add() - add a connection that is not in the table
 * @flows: the table
 * @seg: a segment of it, after flows_expect()
 * @incoming: the receiver of @seg is the observed machine
 *
 * Return: the connection, %FLOW_CLOSED.
 */
struct flow *flows_add(struct flows *flows, const struct segment *seg, bool incoming);

/**
 * flows_touch() - note that a connection is in use
 * @flows: the table
 * @flow: the connection
 * @us: the time now
 */
void flows_touch(struct flows *flows, struct flow *flow, u64 us);

/**
 * flows_each() - call a function for each connection
 * @flows: the table
 * @call: the function
 * @context: argument for it
 */
void flows_each(const struct flows *flows,
		void (*call)(void *context, const struct flow *flow), void *context);

/**
 * flows_forgotten() - count open connections that were removed because the table was full
 * @flows: the table
 *
 * Return: their number.
 */
u64 flows_forgotten(const struct flows *flows);

#endif
