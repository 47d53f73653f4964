/* SPDX-License-Identifier: GPL-2.0 */
/*
 * follow.h - what a segment does to a connection
 *
 * The states of TCP on the machine that is looked at, told from what it got and what it
 * sent. What its program did is not seen: a side that sends a FIN counts as closed unless
 * it goes on taking data.
 */
#ifndef PCAP_FOLLOW_H
#define PCAP_FOLLOW_H

#include "feed.h"
#include "flow.h"

/**
 * follow_conn() - a connection as the engine knows it
 * @conn: where it goes
 * @flow: the connection
 */
void follow_conn(struct twr_conn *conn, const struct flow *flow);

/**
 * follow_ask() - a SYN came
 * @feed: where it is told
 * @flow: its connection
 * @seg: the SYN
 */
void follow_ask(struct feed *feed, struct flow *flow, const struct segment *seg);

/**
 * follow_dial() - the machine sends a SYN
 * @flow: its connection
 * @seg: the SYN
 */
void follow_dial(struct flow *flow, const struct segment *seg);

/**
 * follow_join() - a connection is older than the capture
 * @flow: the connection, new
 * @seg: the first segment of it
 * @incoming: it came to the machine
 */
void follow_join(struct flow *flow, const struct segment *seg, bool incoming);

/**
 * follow_in() - a segment came, not one that asks for a connection
 * @feed: where it is told what that does
 * @flow: its connection
 * @seg: the segment
 */
void follow_in(struct feed *feed, struct flow *flow, const struct segment *seg);

/**
 * follow_out() - the machine sent a segment, not one that asks for a connection
 * @feed: where it is told what that does
 * @flow: its connection
 * @seg: the segment
 */
void follow_out(struct feed *feed, struct flow *flow, const struct segment *seg);

/**
 * follow_expire() - is the state that a connection is in over?
 * @flow: the connection
 * @us: now
 *
 * Return: true if it was, and the connection is closed now.
 */
bool follow_expire(struct flow *flow, u64 us);

/* How long a request, FIN-WAIT-2 and TIME-WAIT last on the machine, microseconds. */
#define FOLLOW_REQUEST	64000000
#define FOLLOW_MINUTE	60000000

/* What of a connection's own both halves of it use. */
void follow_change(struct feed *feed, struct flow *flow, enum twr_conn_event event, u64 us,
		   bool routed);
void follow_answer(struct feed *feed, struct flow *flow, enum answer answer);
void follow_peer_fin(struct feed *feed, struct flow *flow, u64 us);
void follow_opened(struct flow *flow, u32 iss);

#endif
