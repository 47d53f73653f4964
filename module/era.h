/* SPDX-License-Identifier: GPL-2.0 */
/*
 * era.h - what the old kernel would have done
 *
 * Pure rules: no packet, no socket, no lock, no clock of their own. All may be
 * called from any context, and none can fail.
 */
#ifndef TWR_ERA_H
#define TWR_ERA_H

#include <linux/bits.h>
#include <linux/types.h>

#include "stamp.h"

/* The last release that had tcp_tw_recycle; 4396e46187ca removed it in 4.12. */
#define TWR_ERA_LAST	"4.11"

/* What twr_era_find() takes, for people. */
#define TWR_ERA_NAMES	"a release from 2.6.32 to 4.11, el6 or el7"

/**
 * enum twr_exempt_reason - why a SYN would not have been checked
 * @TWR_EXEMPT_NO_LISTENER: nobody listens, or TCP answers no SYN to this address
 *	(broadcast, multicast, or another host's on the link layer)
 * @TWR_EXEMPT_REQUEST_PENDING: a request with the same four-tuple waits already
 * @TWR_EXEMPT_ESTABLISHED: it meets a socket with the same four-tuple
 * @TWR_EXEMPT_TIMEWAIT: it meets a TIME-WAIT bucket
 * @TWR_EXEMPT_SYNCOOKIE: the listener answers with SYN cookies
 * @TWR_EXEMPT_QUEUE_FULL: the listener drops it, one of its queues is full
 * @TWR_EXEMPT_SOURCE_ROUTE: the answer takes a source route to another address
 * @TWR_EXEMPT_BAD_CHECKSUM: TCP checksum
 * @TWR_EXEMPT_MALFORMED: the TCP header does not hold together
 * @TWR_EXEMPT_REASONS: their number
 * @TWR_NOT_EXEMPT: none of them, it would have been checked
 */
enum twr_exempt_reason {
	TWR_EXEMPT_NO_LISTENER,
	TWR_EXEMPT_REQUEST_PENDING,
	TWR_EXEMPT_ESTABLISHED,
	TWR_EXEMPT_TIMEWAIT,
	TWR_EXEMPT_SYNCOOKIE,
	TWR_EXEMPT_QUEUE_FULL,
	TWR_EXEMPT_SOURCE_ROUTE,
	TWR_EXEMPT_BAD_CHECKSUM,
	TWR_EXEMPT_MALFORMED,
	TWR_EXEMPT_REASONS,
	TWR_NOT_EXEMPT = TWR_EXEMPT_REASONS
};

/**
 * struct twr_listener_queues - the queues of a listener, and what bounds them
 * @requests: request sockets
 * @young: those of them whose SYN-ACK was not sent again yet
 * @accept: connections that wait for accept()
 * @backlog: what listen() allows, bounded by net.core.somaxconn
 * @max_syn_backlog: net.ipv4.tcp_max_syn_backlog
 * @syncookies: net.ipv4.tcp_syncookies, 0 where the kernel has none
 */
struct twr_listener_queues {
	u32 requests;
	u32 young;
	u32 accept;
	u32 backlog;
	u32 max_syn_backlog;
	u8 syncookies;
};

/**
 * enum twr_conn_event - what becomes of a connection
 * @TWR_EVENT_OPENED: its handshake is complete, in either direction
 * @TWR_EVENT_FIN_WAIT2: closed here, not by the peer: it is a mini-socket from
 *	now on
 * @TWR_EVENT_TIME_WAIT: closed by the peer too: it is in TIME-WAIT from now on
 * @TWR_EVENT_MINI_TIME_WAIT: the same, and it was a mini-socket already
 * @TWR_EVENT_CLOSED: the peer closed first, and it is gone from now on
 * @TWR_EVENT_ABORTED: it ends without TIME-WAIT: by a reset, a timeout, want of memory
 */
enum twr_conn_event {
	TWR_EVENT_OPENED,
	TWR_EVENT_FIN_WAIT2,
	TWR_EVENT_TIME_WAIT,
	TWR_EVENT_MINI_TIME_WAIT,
	TWR_EVENT_CLOSED,
	TWR_EVENT_ABORTED,
};

/**
 * struct twr_era - in what the releases differ
 * @inet_peer_max: size of the list of peers that inet_peer kept; 0 for the rows of
 *	tcp_metrics
 * @inet_peer_ttl: seconds after which the list let a peer go
 * @create_events: a bit for each enum twr_conn_event that makes an entry
 * @use_events: a bit for each that counts as a use of the entry
 * @needs_stamp: a connection that leaves no stamp does neither
 * @keys_by_local: an entry is for one local address
 * @needs_route: the entry is found by way of the socket's route; without one nothing is
 *	remembered
 * @has_ipv6: IPv6 was checked and remembered
 * @rejects_untimed: a SYN without timestamp failed the check
 * @accepts_syn_fin: a SYN with FIN was taken for a SYN
 * @checks_reopened_ipv6: an IPv6 SYN that opens a live TIME-WAIT bucket again was
 *	checked as well; its mark was lost on the way from the bucket to the
 *	listener. IPv4 never was
 * @files_v4mapped_as_ipv6: the entry of a connection that speaks IPv4 by way of an IPv6
 *	socket was filed under IPv6, where no SYN was held against it
 * @has_death_row_slots: TIME-WAIT buckets of the whole machine shared one timer, which
 *	emptied slot after slot (death_row.h)
 * @rounds_up_backlog: the bound of the request queue was rounded up to a power of two
 * @allows_young_request: a full accept queue let a SYN by while one request at most
 *	was young
 * @has_unconditional_cookies: tcp_syncookies had a value, 2, for cookies at any time
 */
struct twr_era {
	u32 inet_peer_max;
	u32 inet_peer_ttl;
	u8 create_events;
	u8 use_events;
	bool needs_stamp;
	bool keys_by_local;
	bool needs_route;
	bool has_ipv6;
	bool rejects_untimed;
	bool accepts_syn_fin;
	bool checks_reopened_ipv6;
	bool files_v4mapped_as_ipv6;
	bool has_death_row_slots;
	bool rounds_up_backlog;
	bool allows_young_request;
	bool has_unconditional_cookies;
};

/**
 * enum twr_verdict - what becomes of a SYN that is held against the cache
 * @TWR_PASS: goes on to become a request
 * @TWR_REJECT_OLDER: dropped, its TSval is older than the one remembered
 * @TWR_REJECT_UNTIMED: dropped, it has no timestamp option
 * @TWR_VERDICTS: their number
 */
enum twr_verdict {
	TWR_PASS,
	TWR_REJECT_OLDER,
	TWR_REJECT_UNTIMED,
	TWR_VERDICTS
};

/*
 * Seconds after its first SYN when a client sent it again, while nothing answered:
 * each time twice as long after the one before, from 1 s on (RFC 6298), and six
 * times (net.ipv4.tcp_syn_retries).
 */
#define TWR_SYN_RETRIES	6
extern const u32 twr_syn_retry_secs[TWR_SYN_RETRIES];

/**
 * twr_era_find() - the rules of a release
 * @name: the release as a user writes it, such as "3.10", "2.6.32.71" or "el7"
 *
 * The number of a stable release may follow, and makes no difference.
 *
 * Return: the rules, NULL if @name is none of TWR_ERA_NAMES.
 */
const struct twr_era *twr_era_find(const char *name);

/**
 * twr_era_creates_entry() - does an event make an entry for the peer?
 * @era: the rules
 * @event: the event
 *
 * Return: true if so.
 */
static inline bool twr_era_creates_entry(const struct twr_era *era,
					 enum twr_conn_event event)
{
	return era->create_events & BIT(event);
}

/**
 * twr_era_uses_entry() - does an event count as a use of the peer's entry?
 * @era: the rules
 * @event: the event
 *
 * Return: true if so.
 */
static inline bool twr_era_uses_entry(const struct twr_era *era,
				      enum twr_conn_event event)
{
	return era->use_events & BIT(event);
}

/**
 * twr_era_check_queues() - do the queues of its listener keep a SYN from the check?
 * @era: the rules
 * @queues: the queues
 *
 * tcp_conn_request(), before 3.17 tcp_v4_conn_request() and tcp_v6_conn_request().
 *
 * Return: %TWR_EXEMPT_QUEUE_FULL or %TWR_EXEMPT_SYNCOOKIE; %TWR_NOT_EXEMPT if they do not.
 */
enum twr_exempt_reason twr_era_check_queues(const struct twr_era *era,
					    const struct twr_listener_queues *queues);

/**
 * twr_era_judge_syn() - would the SYN have been dropped?
 * @era: the rules
 * @cached: what the cache holds of the SYN's peer
 * @timed: the SYN has a timestamp option
 * @tsval: its TSval in ticks of the peer's clock, if @timed
 * @now: the current second, twr_stamp_now()
 *
 * The passive half of RFC 7323 appendix B.2 (b) as tcp_peer_is_proven() had
 * it, and before 3.6 tcp_v4_conn_request().
 *
 * Return: the verdict, with the cause of a rejection.
 */
enum twr_verdict twr_era_judge_syn(const struct twr_era *era,
				   const struct twr_stamp *cached, bool timed,
				   u32 tsval, u32 now);

/**
 * twr_era_find_retry() - which retry of a SYN that was dropped would have got in?
 * @era: the rules
 * @cached: what the cache holds of the SYN's peer
 * @timed: the SYN has a timestamp option
 * @tsval: its TSval, if @timed
 * @rate: ticks a second of the clock it is from
 * @now: the current second, twr_stamp_now()
 *
 * Each comes with a TSval of its time: the clock catches up, or the stamp grows
 * old. It is assumed that @cached stays what it is.
 *
 * Return: the place in twr_syn_retry_secs of the first that passes, TWR_SYN_RETRIES if
 * none does.
 */
unsigned int twr_era_find_retry(const struct twr_era *era,
				const struct twr_stamp *cached, bool timed,
				u32 tsval, u32 rate, u32 now);

/**
 * twr_era_replaces_stamp() - does a new stamp take the place of the one kept?
 * @cached: what the cache holds
 * @offered: what a closing connection leaves
 * @now: the current second, twr_stamp_now()
 *
 * The rule that tcp_remember_stamp() and tcp_tw_remember_stamp() shared: the
 * newer TSval wins, and over a stale one wins any that was not taken before it.
 * It was the same in all releases.
 *
 * Return: true if @offered is to be kept from now on.
 */
bool twr_era_replaces_stamp(const struct twr_stamp *cached,
			    const struct twr_stamp *offered, u32 now);

#endif /* TWR_ERA_H */
