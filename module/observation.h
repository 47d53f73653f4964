/* SPDX-License-Identifier: GPL-2.0 */
/*
 * observation.h - what an observer tells the engine
 *
 * An observer watches a machine or a capture. It says what a SYN meets and what becomes
 * of a connection; what the simulated kernel would have made of it is the engine's
 * business. Nothing here knows a packet, a socket or a clock.
 */
#ifndef TWR_OBSERVATION_H
#define TWR_OBSERVATION_H

#include <linux/types.h>

#include "conn.h"
#include "era.h"
#include "stamp.h"

/**
 * struct twr_time - a moment, on the two clocks that the engine goes by
 * @seconds: the second as the rules count it, twr_stamp_second()
 * @jiffies: ticks of HZ that never turn over, for how long something lasts
 */
struct twr_time {
	u32 seconds;
	u64 jiffies;
};

/**
 * enum twr_match - what a SYN meets before a listener, on the running kernel
 * @TWR_MATCH_NONE: nothing
 * @TWR_MATCH_REQUEST: a request socket with the same four-tuple
 * @TWR_MATCH_SOCKET: a socket with the same four-tuple
 * @TWR_MATCH_TIMEWAIT: a TIME-WAIT bucket with the same four-tuple, or a socket of that
 *	kind in FIN-WAIT-2, that lives for a minute in the simulated kernel too
 * @TWR_MATCH_TIMEWAIT_RECYCLABLE: a TIME-WAIT bucket that there lives for a minute only
 *	if its stamp was not remembered
 */
enum twr_match {
	TWR_MATCH_NONE,
	TWR_MATCH_REQUEST,
	TWR_MATCH_SOCKET,
	TWR_MATCH_TIMEWAIT,
	TWR_MATCH_TIMEWAIT_RECYCLABLE,
};

/**
 * enum twr_listener - does a SYN that meets nothing else come to a listener?
 * @TWR_LISTENER_FOUND: it does; whether that checks it depends on its queues
 * @TWR_LISTENER_UNKNOWN: the observer cannot tell; the SYN counts as checked
 * @TWR_LISTENER_NONE: it does not
 */
enum twr_listener {
	TWR_LISTENER_FOUND,
	TWR_LISTENER_UNKNOWN,
	TWR_LISTENER_NONE,
};

/**
 * struct twr_syn - a SYN
 * @conn: the connection that it asks for; not valid if @exempt is %TWR_EXEMPT_MALFORMED
 * @fin: it has FIN as well
 * @timed: a listener finds a timestamp in it
 * @tsval: its TSval, if @timed
 * @match: what it meets before the listener
 * @reopens_timewait: it meets a TIME-WAIT bucket, and is good for a new connection
 * @rearms_timewait: it meets a TIME-WAIT bucket, and puts its timer back to 60 s
 * @resets_fin_wait2: it meets a bucket in FIN-WAIT-2, and is answered by a RST, which
 *	ends that
 * @listener: does it come to a listener?
 * @exempt: %TWR_LISTENER_NONE, why not
 * @queues: %TWR_LISTENER_FOUND, the listener's
 * @reply_is_source_routed: its answer takes a source route to another address
 */
struct twr_syn {
	struct twr_conn conn;
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
 * struct twr_conn_change - what becomes of a connection
 * @conn: the connection
 * @event: what becomes of it
 * @is_active_open: %TWR_EVENT_OPENED, this side opened it
 * @is_v4mapped: it speaks IPv4 by way of an IPv6 socket
 * @has_route: its socket has a route to the peer, without which the simulated kernel
 *	remembers nothing
 * @has_stamp: it leaves @stamp
 * @stamp: ts_recent, valid if @has_stamp
 * @rto: %TWR_EVENT_FIN_WAIT2 and %TWR_EVENT_TIME_WAIT, its RTO in jiffies
 * @fin_wait2_timeo: %TWR_EVENT_FIN_WAIT2, how long what is left of it will be in
 *	FIN-WAIT-2, in jiffies
 * @timewait_disabled: there are no TIME-WAIT buckets, tcp_max_tw_buckets is 0
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
