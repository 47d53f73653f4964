/* SPDX-License-Identifier: GPL-2.0 */
/*
 * follow.h - what a segment does to a connection
 *
 * Follows the states of TCP on the observed machine, from the segments that it received and
 * sent. What its program did cannot be seen: a side that has sent a FIN counts as closed
 * unless it continues to take data.
 */
#ifndef PCAP_FOLLOW_H
#define PCAP_FOLLOW_H

#include "feed.h"
#include "flow.h"

/**
 * follow_conn() - convert a connection for the engine
 * @conn: the connection for the engine
 * @flow: the connection
 */
void follow_conn(struct twr_conn *conn, const struct flow *flow);

/**
 * follow_ask() - handle a SYN to the machine
 * @feed: gets the observation
 * @flow: its connection
 * @seg: the SYN
 */
void follow_ask(struct feed *feed, struct flow *flow, const struct segment *seg);

/**
 * follow_dial() - handle a SYN from the machine
 * @flow: its connection
 * @seg: the SYN
 */
void follow_dial(struct flow *flow, const struct segment *seg);

/**
 * follow_join() - start with a connection that is older than the capture
 * @flow: the connection, new
 * @seg: its first segment
 * @incoming: the segment came to the machine
 */
void follow_join(struct flow *flow, const struct segment *seg, bool incoming);

/**
 * follow_in() - handle a segment to the machine, but not a SYN
 * @feed: gets the observations
 * @flow: its connection
 * @seg: the segment
 */
void follow_in(struct feed *feed, struct flow *flow, const struct segment *seg);

/**
 * follow_out() - handle a segment from the machine, but not a SYN
 * @feed: gets the observations
 * @flow: its connection
 * @seg: the segment
 */
void follow_out(struct feed *feed, struct flow *flow, const struct segment *seg);

/**
 * follow_expire() - has the time of a connection's state ended?
 * @flow: the connection
 * @us: the time now
 *
 * Return: true if it has ended; the connection is closed now.
 */
bool follow_expire(struct flow *flow, u64 us);

/**
 * follow_match_timewait() - what does a SYN do to a bucket in TIME-WAIT?
 * @syn: the SYN; the fields about the bucket are set
 * @recyclable: the connection of the bucket had timestamps
 * @ts_recent: the last TSval of the connection, if @recyclable
 * @rcv_nxt: the next sequence number of the peer
 */
void follow_match_timewait(struct twr_syn *syn, bool recyclable, u32 ts_recent, u32 rcv_nxt);

/* How long a request, FIN-WAIT-2 and TIME-WAIT last on the machine, microseconds. */
#define FOLLOW_REQUEST	64000000
#define FOLLOW_MINUTE	60000000

/* Shared by follow.c and follow_in.c only. */
void follow_change(struct feed *feed, struct flow *flow, enum twr_conn_event event, u64 us,
		   bool routed);
void follow_answer(struct feed *feed, struct flow *flow, enum answer answer);
void follow_peer_fin(struct feed *feed, struct flow *flow, u64 us);
void follow_opened(struct flow *flow, u32 iss);

#endif
