/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flow.h - the connections that are being followed
 *
 * A table of a size that is bounded: where it is full, the connection that said nothing
 * for longest makes room. A connection between two machines that are both looked at is
 * here twice, once as each of them has it.
 */
#ifndef PCAP_FLOW_H
#define PCAP_FLOW_H

#include "rto.h"
#include "wire.h"

/* What a connection is to the machine that is looked at; the names are TCP's. */
enum flow_state {
	FLOW_CLOSED,		/* asked for, at the most */
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
 * struct flow - a connection, as one machine has it
 * @local: that machine's address
 * @peer: the other one
 * @lport: port of @local, network byte order
 * @pport: port of @peer
 * @next: the table's own, beside what it compares
 * @hash: the same
 * @machine: number of the machine
 * @seen: when it was last put in front, microseconds
 * @until: %FLOW_SYN_RECV, %FLOW_FIN_WAIT2 and %FLOW_TIME_WAIT, when that ends
 * @asked: the observation of its last SYN, %FLOW_NONE for none that waits for an answer
 * @changed: the observation of the last change, or %FLOW_NONE
 * @ask_us: when that SYN came
 * @ask_seq: its sequence number
 * @ask_end: what an answer acknowledges
 * @ask_tsval: its TSval, if @ask_timed
 * @irs: first sequence number of the peer
 * @iss: first one of this side
 * @snd_nxt: behind all that this side sent
 * @snd_una: behind all of it that was acknowledged
 * @rcv_nxt: behind all that came in order
 * @rcv_wup: what this side acknowledged last
 * @rcv_wnd: and how much it would take from there
 * @fin: behind this side's FIN, if @fin_sent
 * @peer_fin: behind the peer's, if @fin_came
 * @ts_recent: as TCP has it, if @timed
 * @ts_recent_us: when it was set, 0 if it was not
 * @rto: the retransmission timer
 * @print: of the last segment out and in, by which one that comes twice is known
 * @print_us: when these came
 */
struct flow {
	struct in6_addr local;
	struct in6_addr peer;
	__be16 lport;
	__be16 pport;
	u32 next;
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
	bool timed : 1;		/* both sides have timestamps */
	bool active : 1;	/* this side opened it */
	bool fin_sent : 1;
	bool fin_came : 1;
	bool whole : 1;		/* in FIN-WAIT-2 it is a socket still, not a bucket */
	bool twin : 1;		/* it is here as the other side has it as well */
	bool doubt : 1;		/* the last change did not come about if a RST follows */
	/* The table's own. */
	u32 newer;
	u32 older;
} __attribute__((aligned(64)));

struct flows;

/**
 * flows_new() - make an empty table
 * @most: the most that it may hold, 1 at the least
 *
 * Return: the table; there is no return where there is no memory.
 */
struct flows *flows_new(u32 most);

/**
 * flows_free() - give a table's memory back
 * @flows: the table
 */
void flows_free(struct flows *flows);

/**
 * flows_expect() - a segment will be looked up soon
 * @flows: the table
 * @seg: the segment
 *
 * Memory begins to fetch where its chain begins, and is not waited for.
 */
void flows_expect(const struct flows *flows, struct segment *seg);

/**
 * flows_expect_flow() - the same segment will be looked up next
 * @flows: the table
 * @seg: the segment
 *
 * And now the first connection of that chain.
 */
void flows_expect_flow(const struct flows *flows, const struct segment *seg);

/**
 * flows_find() - the connections that a segment belongs to
 * @flows: the table
 * @seg: the segment, flows_expect()
 * @found: where they go: as its receiver has it, and as its sender has it; NULL for none
 */
void flows_find(const struct flows *flows, const struct segment *seg,
		struct flow *found[2]);

/**
 * flows_twins() - the same, where both of its ends are machines
 * @flows: the table
 * @seg: the segment, flows_expect()
 * @found: where they go
 */
void flows_twins(const struct flows *flows, const struct segment *seg,
		 struct flow *found[2]);

/**
 * flows_add() - follow a connection that is not there
 * @flows: the table
 * @seg: a segment of it, flows_expect()
 * @incoming: the machine is the one that @seg goes to
 *
 * Return: the connection, %FLOW_CLOSED.
 */
struct flow *flows_add(struct flows *flows, const struct segment *seg, bool incoming);

/**
 * flows_touch() - it has said something
 * @flows: the table
 * @flow: the connection
 * @us: now
 */
void flows_touch(struct flows *flows, struct flow *flow, u64 us);

/**
 * flows_forgotten() - how many connections made room while they were open
 * @flows: the table
 *
 * Return: their number.
 */
u64 flows_forgotten(const struct flows *flows);

#endif
