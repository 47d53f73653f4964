/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trace.h - tracepoints: what the simulated kernel would have done with SYNs and stamps
 *
 * The names and fields are an interface, documented in Documentation/numbers.rst.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tw_recycle_sim

#if !defined(TWR_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define TWR_TRACE_H

#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/tracepoint.h>
#include <linux/types.h>
#include <net/ipv6.h>

#include "conn.h"
#include "engine.h"
#include "era.h"
#include "observation.h"
#include "pending.h"
#include "stamp.h"

/* Export the values, so that programs can print the names from the format file. */
TRACE_DEFINE_ENUM(TWR_PASS);
TRACE_DEFINE_ENUM(TWR_REJECT_OLDER);
TRACE_DEFINE_ENUM(TWR_REJECT_UNTIMED);

/*
 * The connection, in each event: once as socket addresses, to be printed in the usual form
 * of the family, and once as two IPv6 addresses, to be sorted by. The sizes are literal
 * numbers, since up to 5.10 the format file contains them as written here.
 */
#define TWR_TRACE_CONN(conn, inum)					\
	do {								\
		const struct twr_conn *_conn = (conn);			\
		const struct twr_key *_key = &_conn->key;		\
									\
		twr_trace_set_sockaddr(__entry->peer_sockaddr, &_key->peer,	\
				       _conn->peer_port);		\
		twr_trace_set_sockaddr(__entry->local_sockaddr,		\
				       &_key->local, _conn->local_port);	\
		memcpy(__entry->peer, &_key->peer, sizeof(_key->peer));	\
		memcpy(__entry->local, &_key->local, sizeof(_key->local)); \
		__entry->netns = inum;					\
		__entry->family = ipv6_addr_v4mapped(&_key->peer) ?	\
				  AF_INET : AF_INET6;			\
		__entry->peer_port = ntohs(_conn->peer_port);		\
		__entry->local_port = ntohs(_conn->local_port);		\
	} while (0)

/*
 * @now is the second in which the rule was applied. @inum is the inode number of the
 * network namespace, which users know.
 */
DECLARE_EVENT_CLASS(twr_syn,
		    TP_PROTO(const struct twr_syn *syn,
			     const struct twr_judgement *judgement, u32 now, u32 inum),
		    TP_ARGS(syn, judgement, now, inum),
		    TP_STRUCT__entry(__array(__u8, peer_sockaddr, 28)
				     __array(__u8, local_sockaddr, 28)
				     __array(__u8, peer, 16)
				     __array(__u8, local, 16)
				     __field(__u32, netns)
				     __field(__u16, family)
				     __field(__u16, peer_port)
				     __field(__u16, local_port)
				     __field(__u8, timed)
				     __field(__u8, known)
				     __field(__u32, tsval)
				     __field(__u32, ts_recent)
				     __field(__u32, age)
				     __field(__s32, behind)
				     __field(__s32, delay)
				     __field(__u32, verdict)
		    ),
		    TP_fast_assign(TWR_TRACE_CONN(&syn->conn, inum);
				   __entry->timed = syn->timed;
				   __entry->known = judgement->known && judgement->cached.ts_stamp;
				   __entry->tsval = syn->timed ? syn->tsval : 0;
				   __entry->ts_recent = __entry->known ? judgement->cached.ts : 0;
				   __entry->age = __entry->known ?
						  now - judgement->cached.ts_stamp : 0;
				   __entry->behind = __entry->timed && __entry->known ?
						     judgement->cached.ts - syn->tsval : 0;
				   __entry->delay = judgement->verdict == TWR_PASS ?
						    0 : TWR_DELAY_UNKNOWN;
				   __entry->verdict = judgement->verdict;
		    ),
		    TP_printk("peer=%pISpc local=%pISpc netns=%u timed=%d tsval=%u known=%d ts_recent=%u age=%u behind=%d delay=%s verdict=%s",
			      __entry->peer_sockaddr, __entry->local_sockaddr,
			      __entry->netns, __entry->timed, __entry->tsval,
			      __entry->known, __entry->ts_recent, __entry->age,
			      __entry->behind, __entry->delay ? "-" : "0",
			      __print_symbolic(__entry->verdict,
					       { TWR_PASS, "pass" },
					       { TWR_REJECT_OLDER, "older" },
					       { TWR_REJECT_UNTIMED, "untimed" }))
);

DEFINE_EVENT(twr_syn, syn_checked,
	     TP_PROTO(const struct twr_syn *syn,
		      const struct twr_judgement *judgement, u32 now, u32 inum),
	     TP_ARGS(syn, judgement, now, inum)
);

DEFINE_EVENT(twr_syn, syn_rejected,
	     TP_PROTO(const struct twr_syn *syn,
		      const struct twr_judgement *judgement, u32 now, u32 inum),
	     TP_ARGS(syn, judgement, now, inum)
);

/*
 * The delay of a rejected SYN is known: @delay seconds, TWR_DELAY_NEVER or TWR_DELAY_UNKNOWN.
 * The fields are those of the SYN.
 */
TRACE_EVENT(syn_settled,
	    TP_PROTO(const struct twr_pending_syn *syn, s32 delay, u32 inum),
	    TP_ARGS(syn, delay, inum),
	    TP_STRUCT__entry(__array(__u8, peer_sockaddr, 28)
			     __array(__u8, local_sockaddr, 28)
			     __array(__u8, peer, 16)
			     __array(__u8, local, 16)
			     __field(__u32, netns)
			     __field(__u16, family)
			     __field(__u16, peer_port)
			     __field(__u16, local_port)
			     __field(__u8, timed)
			     __field(__u32, tsval)
			     __field(__s32, delay)
	    ),
	    TP_fast_assign(TWR_TRACE_CONN(&syn->conn, inum);
			   __entry->timed = syn->timed;
			   __entry->tsval = syn->timed ? syn->tsval : 0;
			   __entry->delay = delay;
	    ),
	    TP_printk("peer=%pISpc local=%pISpc netns=%u timed=%d tsval=%u delay=%s",
		      __entry->peer_sockaddr, __entry->local_sockaddr, __entry->netns,
		      __entry->timed, __entry->tsval,
		      __print_symbolic(__entry->delay,
				       { TWR_DELAY_NEVER, "never" },
				       { TWR_DELAY_UNKNOWN, "unknown" },
				       { 1, "1" }, { 2, "2" }, { 3, "3" }, { 4, "4" },
				       { 5, "5" }, { 7, "7" }, { 11, "11" }, { 15, "15" },
				       { 19, "19" }, { 31, "31" }, { 35, "35" },
				       { 63, "63" }, { 67, "67" }))
);

TRACE_EVENT(stamp_recorded,
	    TP_PROTO(const struct twr_conn *conn, const struct twr_stamp *stamp,
		     u32 now, u32 inum),
	    TP_ARGS(conn, stamp, now, inum),
	    TP_STRUCT__entry(__array(__u8, peer_sockaddr, 28)
			     __array(__u8, local_sockaddr, 28)
			     __array(__u8, peer, 16)
			     __array(__u8, local, 16)
			     __field(__u32, netns)
			     __field(__u16, family)
			     __field(__u16, peer_port)
			     __field(__u16, local_port)
			     __field(__u32, ts_recent)
			     __field(__u32, age)
	    ),
	    TP_fast_assign(TWR_TRACE_CONN(conn, inum);
			   __entry->ts_recent = stamp->ts;
			   __entry->age = now - stamp->ts_stamp;
	    ),
	    TP_printk("peer=%pISpc local=%pISpc netns=%u ts_recent=%u age=%u",
		      __entry->peer_sockaddr, __entry->local_sockaddr,
		      __entry->netns, __entry->ts_recent, __entry->age)
);

#endif /* TWR_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
