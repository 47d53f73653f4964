/* SPDX-License-Identifier: GPL-2.0 */
/*
 * observation.h - what an observer tells the engine
 *
 * An observer watches a machine or a capture. It says what a SYN matches on the running
 * kernel, and what happens to a connection. The engine decides what the simulated kernel
 * would have done. Nothing in this header depends on a packet, a socket or a clock.
 *
 * What an observer owes the engine:
 * - It calls twr_conn_init_secret() once, before there is a table, and twr_key_set_hash()
 *   for each key. The netns of a key is never 0.
 * - It gives an engine tables of its own, made for the era of the engine, and each network
 *   namespace counters of its own.
 * - It reports what happens to a four-tuple once, and in the order in which it happens: a
 *   SYN with what it matches before TCP acts on it, a change with the values that the
 *   connection has after it. %TWR_EVENT_FIN_WAIT2 comes before %TWR_EVENT_MINI_TIME_WAIT,
 *   which has no RTO and takes that of the record.
 * - It reports each end of a connection, resets and timeouts too. The record of a rejected
 *   connection that has opened stays until then.
 * - It calls twr_engine_rearm_timewait() for a segment that sets the timer of a TIME-WAIT
 *   socket to 60 s again. It need not look up a socket for a segment other than a SYN that
 *   belongs to no full socket, if twr_engine_has_record() returns false.
 * - Its times do not go back, except by what two CPUs differ when they read the clock.
 * - It sets each field that the comments here do not excuse. The listener of a SYN is set
 *   whatever the SYN matches, since the simulated kernel may lack the match.
 *
 * hook.c, observe.c and transition.c do so for the module, and scripts/tools/pcap/judge.c
 * for twr-pcap.
 *
 * A bucket is a TIME-WAIT socket (the old code's own word: tw_bucket). A mini-socket is a
 * bucket in the substate FIN-WAIT-2: the program has closed the connection, and the peer
 * has not.
 */
#ifndef TWR_OBSERVATION_H
#define TWR_OBSERVATION_H

#include <linux/types.h>

#include "conn.h"
#include "era.h"
#include "stamp.h"

/**
 * struct twr_time - a time on the two clocks of the engine
 * @seconds: the second on the clock of the rules, see twr_stamp_second(); 60 at least,
 *	because the rules take the date 0 for long ago
 * @jiffies: ticks of HZ in 64 bits, which never wrap; for durations; a millisecond at least
 */
struct twr_time {
	u32 seconds;
	u64 jiffies;
};

/**
 * enum twr_match - what a SYN matches on the running kernel before a listener
 * @TWR_MATCH_NONE: nothing
 * @TWR_MATCH_REQUEST: a request socket with the same four-tuple
 * @TWR_MATCH_SOCKET: a full socket with the same four-tuple
 * @TWR_MATCH_TIMEWAIT: a bucket with the same four-tuple that is in FIN-WAIT-2, or that is
 *	in TIME-WAIT for a minute on the simulated kernel too
 * @TWR_MATCH_TIMEWAIT_RECYCLABLE: a TIME-WAIT bucket with the same four-tuple and a
 *	timestamp; the simulated kernel keeps it for a minute only if it did not remember
 *	the stamp
 */
enum twr_match {
	TWR_MATCH_NONE,
	TWR_MATCH_REQUEST,
	TWR_MATCH_SOCKET,
	TWR_MATCH_TIMEWAIT,
	TWR_MATCH_TIMEWAIT_RECYCLABLE,
};

/**
 * enum twr_listener - does a SYN that matches nothing else reach a listener?
 * @TWR_LISTENER_FOUND: it does; the listener's queues decide whether the SYN is checked
 * @TWR_LISTENER_UNKNOWN: the observer cannot tell; the SYN counts as checked
 * @TWR_LISTENER_NONE: it does not
 */
enum twr_listener {
	TWR_LISTENER_FOUND,
	TWR_LISTENER_UNKNOWN,
	TWR_LISTENER_NONE,
};

/**
 * struct twr_syn - an observed SYN
 * @conn: the connection that the SYN asks for; invalid if @exempt is
 *	%TWR_EXEMPT_MALFORMED
 * @discarded: TCP discards the SYN whatever it matches: it is malformed, its checksum is
 *	wrong, or it was not sent to this machine alone
 * @seq: its sequence number; the engine does not read it
 * @fin: the SYN has FIN as well
 * @timed: the SYN has a timestamp option, and a listener would read it
 * @tsval: TSval of the SYN, if @timed
 * @match: what the SYN matches before a listener
 * @reopens_timewait: the SYN matches a TIME-WAIT bucket, which accepts it as a new
 *	connection
 * @rearms_timewait: the SYN matches a TIME-WAIT bucket and sets its timer to 60 s again
 * @resets_fin_wait2: the SYN matches a bucket in FIN-WAIT-2; TCP answers with a RST and
 *	ends the bucket
 * @listener: does the SYN reach a listener?
 * @exempt: if %TWR_LISTENER_NONE, why not
 * @queues: if %TWR_LISTENER_FOUND, the queues of the listener
 * @reply_is_source_routed: the reply takes a source route to another address
 */
struct twr_syn {
	struct twr_conn conn;
	u32 seq;
	bool discarded;
	bool fin;
	bool timed;
	u32 tsval;
	enum twr_match match;
	bool reopens_timewait;
	bool rearms_timewait;
	bool resets_fin_wait2;
	enum twr_listener listener;
	enum twr_exempt_reason exempt;
	struct twr_listener_queues queues;
	bool reply_is_source_routed;
};

/**
 * struct twr_conn_change - an observed change of a connection
 * @conn: the connection
 * @event: what happens to the connection
 * @is_active_open: for %TWR_EVENT_OPENED, this side opened the connection
 * @is_v4mapped: an IPv4 connection of an IPv6 socket
 * @has_route: the socket has a route to the peer; since 3.6 the simulated kernel remembers
 *	nothing of a connection without a route
 * @has_stamp: the connection leaves @stamp
 * @stamp: ts_recent of the connection, valid if @has_stamp
 * @rto: for %TWR_EVENT_FIN_WAIT2 and %TWR_EVENT_TIME_WAIT, the RTO in jiffies
 * @fin_wait2_timeo: for %TWR_EVENT_FIN_WAIT2, how long the mini-socket stays in FIN-WAIT-2
 *	at most, in jiffies
 * @timewait_disabled: tcp_max_tw_buckets is 0, so there are no TIME-WAIT buckets
 */
struct twr_conn_change {
	struct twr_conn conn;
	enum twr_conn_event event;
	bool is_active_open;
	bool is_v4mapped;
	bool has_route;
	bool has_stamp;
	struct twr_stamp stamp;
	u32 rto;
	u32 fin_wait2_timeo;
	bool timewait_disabled;
};

#endif /* TWR_OBSERVATION_H */
