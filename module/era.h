/* SPDX-License-Identifier: GPL-2.0 */
/*
 * era.h - the rules of the old kernels, release by release
 *
 * The functions are pure: they depend on their arguments alone, take no lock and read no
 * clock. All can be called in any context, and none can fail.
 */
#ifndef TWR_ERA_H
#define TWR_ERA_H

#include <linux/bits.h>
#include <linux/types.h>

#include "stamp.h"

/* The last release with tcp_tw_recycle; 4396e46187ca removed it in 4.12. */
#define TWR_ERA_LAST	"4.11"

/* The names that twr_era_choose() accepts, for messages to the user. */
#define TWR_ERA_NAMES	"a release from 2.6.9 to 4.11, el5, el6, el7, or what uname -r prints there"

/* Why it refuses all other names. */
#define TWR_ERA_UNKNOWN	"no such era, must be " TWR_ERA_NAMES

/* What it says of a row that is unrecorded. */
#define TWR_ERA_UNRECORDED \
	"read from the source of the old kernel; no answers of such a kernel were recorded"

/* Room for the longest struct twr_era_choice.name, four numbers of three digits. */
#define TWR_ERA_NAME_SIZE	16

/**
 * enum twr_exempt_reason - why the simulated kernel would not have checked a SYN
 * @TWR_EXEMPT_NO_LISTENER: there is no listener, or TCP accepts no connection at this
 *	destination: broadcast, multicast, or another host's link-layer address
 * @TWR_EXEMPT_REQUEST_PENDING: a request socket with the same four-tuple exists
 * @TWR_EXEMPT_ESTABLISHED: a full socket with the same four-tuple exists
 * @TWR_EXEMPT_TIMEWAIT: a TIME-WAIT bucket with the same four-tuple exists
 * @TWR_EXEMPT_SYNCOOKIE: the listener answers with SYN cookies
 * @TWR_EXEMPT_QUEUE_FULL: the listener drops the SYN, since one of its queues is full
 * @TWR_EXEMPT_SOURCE_ROUTE: the reply takes a source route to another address
 * @TWR_EXEMPT_BAD_CHECKSUM: the TCP checksum is wrong
 * @TWR_EXEMPT_MALFORMED: the TCP header is malformed
 * @TWR_EXEMPT_REASONS: number of reasons
 * @TWR_NOT_EXEMPT: there is no such reason; the SYN would have been checked
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
 * struct twr_listener_queues - the queues of a listener, and their limits
 * @requests: number of request sockets
 * @young: number of request sockets whose SYN-ACK was sent only once
 * @accept: number of connections that wait for accept()
 * @backlog: backlog of listen(), limited by net.core.somaxconn
 * @max_syn_backlog: net.ipv4.tcp_max_syn_backlog
 * @syncookies: net.ipv4.tcp_syncookies, 0 if the kernel has no SYN cookies
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
 * enum twr_conn_event - what happens to a connection
 * @TWR_EVENT_OPENED: the handshake is complete; either side may have opened the connection
 * @TWR_EVENT_FIN_WAIT2: this side has closed, the peer has not; a mini-socket takes the
 *	place of the socket
 * @TWR_EVENT_TIME_WAIT: a full socket goes to TIME-WAIT
 * @TWR_EVENT_MINI_TIME_WAIT: a mini-socket goes to TIME-WAIT
 * @TWR_EVENT_CLOSED: the connection ends; the peer closed first
 * @TWR_EVENT_ABORTED: the connection ends without TIME-WAIT, by a reset, a timeout or lack
 *	of memory
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
 * struct twr_era - the differences between releases
 * @inet_peer_max: size of the list of peers that inet_peer kept; 0 for the rows of
 *	tcp_metrics
 * @inet_peer_ttl: seconds after which an unused peer on that list expired
 * @create_events: a bit for each enum twr_conn_event that created an entry
 * @use_events: a bit for each enum twr_conn_event that counted as a use of the entry
 * @needs_stamp: a connection that left no stamp neither created nor used an entry
 * @keys_by_local: an entry was for one local address
 * @needs_route: the entry was found through the route of the socket; a connection without
 *	a route left no stamp
 * @has_ipv6: the kernel checked SYNs of IPv6 and kept stamps of IPv6 peers
 * @rejects_untimed: a SYN without a timestamp option failed the check
 * @accepts_syn_fin: a SYN with FIN counted as a SYN
 * @checks_reopened_ipv6: the kernel also checked an IPv6 SYN that reopens a live TIME-WAIT
 *	bucket, since the bucket's mark was lost on the way to the listener; IPv4 SYNs
 *	never lost it
 * @files_v4mapped_as_ipv6: an IPv4 connection of an IPv6 socket had its entry under IPv6,
 *	where no SYN was checked against it
 * @has_death_row_slots: one timer expired the TIME-WAIT buckets of the whole machine, slot
 *	by slot, see death_row.h
 * @rounds_up_backlog: the limit of the request queue was rounded up to a power of two
 * @allows_young_request: a listener with a full accept queue still took a SYN while it had
 *	at most one young request
 * @has_unconditional_cookies: tcp_syncookies=2 sent cookies unconditionally
 * @ignores_zero_tsval: a timestamp option with a TSval of 0 counted as none
 * @ignores_backlog: the limit of the request queue was net.ipv4.tcp_max_syn_backlog
 *	alone, rounded up to a power of two
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
	bool ignores_zero_tsval;
	bool ignores_backlog;
};

/**
 * enum twr_verdict - what the check says of a SYN
 * @TWR_PASS: the SYN passes and creates a request
 * @TWR_REJECT_OLDER: the SYN is dropped, its TSval is older than the cached one
 * @TWR_REJECT_UNTIMED: the SYN is dropped, it has no timestamp option
 * @TWR_VERDICTS: number of verdicts
 */
enum twr_verdict {
	TWR_PASS,
	TWR_REJECT_OLDER,
	TWR_REJECT_UNTIMED,
	TWR_VERDICTS
};

/**
 * struct twr_era_choice - the rules that a user chose
 * @era: the rules, NULL if the name is refused
 * @name: what users see: the release without what a distribution appends, or "el7"
 * @refusal: why the name is refused, in words that follow the name
 * @hint: what the user may not expect, in words that follow the name, or NULL
 * @unrecorded: the rules were read from the source of the old kernel, and no answers of
 *	such a kernel were recorded
 */
struct twr_era_choice {
	const struct twr_era *era;
	char name[TWR_ERA_NAME_SIZE];
	const char *refusal;
	const char *hint;
	bool unrecorded;
};

/**
 * twr_era_choose() - find the rules of the kernel that a user names
 * @text: a release such as "3.10" or "2.6.32.71", "el5", "el6" or "el7", or what
 *	uname -r prints, such as "3.10.0-1160.el7.x86_64" or "4.4.0-210-generic"
 * @choice: set to the rules, or to the reason why there are none
 *
 * The number of a stable release may follow and makes no difference. A kernel of Red Hat,
 * CentOS or OpenVZ has the row of its distribution. All others are taken for the release
 * that they begin with, also if they were built for such a distribution by somebody else
 * (Oracle's uek, elrepo).
 *
 * twr_era_choose() accepts @choice->name too, and finds the same rules.
 */
void twr_era_choose(const char *text, struct twr_era_choice *choice);

/**
 * twr_era_find() - find the rules of the kernel that a user names
 * @name: as for twr_era_choose()
 *
 * Return: the rules, NULL if @name is none of TWR_ERA_NAMES.
 */
const struct twr_era *twr_era_find(const char *name);

/**
 * twr_era_creates_entry() - does an event create an entry for the peer?
 * @era: the rules
 * @event: the event
 *
 * Return: true if it does.
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
 * Return: true if it does.
 */
static inline bool twr_era_uses_entry(const struct twr_era *era,
				      enum twr_conn_event event)
{
	return era->use_events & BIT(event);
}

/**
 * twr_era_check_queues() - do the listener's queues exempt a SYN from the check?
 * @era: the rules
 * @queues: the queues
 *
 * These are the rules of tcp_conn_request(), and before 3.17 of tcp_v4_conn_request() and
 * tcp_v6_conn_request().
 *
 * Return: %TWR_EXEMPT_QUEUE_FULL, %TWR_EXEMPT_SYNCOOKIE or %TWR_NOT_EXEMPT.
 */
enum twr_exempt_reason twr_era_check_queues(const struct twr_era *era,
					    const struct twr_listener_queues *queues);

/**
 * twr_era_judge_syn() - would the simulated kernel have dropped a SYN?
 * @era: the rules
 * @cached: the stamp of the SYN's peer in the cache
 * @timed: the SYN has a timestamp option
 * @tsval: TSval of the SYN in ticks of the peer's clock, if @timed
 * @now: the current second, as from twr_stamp_now()
 *
 * This is the passive half of RFC 7323 appendix B.2 (b), as in tcp_peer_is_proven(), and
 * before 3.6 in tcp_v4_conn_request().
 *
 * Return: the verdict.
 */
enum twr_verdict twr_era_judge_syn(const struct twr_era *era,
				   const struct twr_stamp *cached, bool timed,
				   u32 tsval, u32 now);

/**
 * twr_era_replaces_stamp() - does a new stamp replace the cached one?
 * @cached: the stamp in the cache
 * @offered: the stamp that a closing connection leaves
 * @now: the current second, as from twr_stamp_now()
 *
 * This is the rule of tcp_remember_stamp() and tcp_tw_remember_stamp(), the same in all
 * releases. A TSval that is not older replaces the cached one. If the cached stamp is
 * stale, any stamp replaces it that is not dated before it.
 *
 * Return: true if @offered replaces @cached.
 */
bool twr_era_replaces_stamp(const struct twr_stamp *cached,
			    const struct twr_stamp *offered, u32 now);

#endif /* TWR_ERA_H */
