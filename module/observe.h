/* SPDX-License-Identifier: GPL-2.0 */
/*
 * observe.h - what a segment is about to do to the socket it meets
 *
 * The segment is looked at before TCP gets it. Sockets are peeked at without
 * their lock and never written to: an answer can be a race behind, it cannot do
 * harm. Softirq context, inside the RCU read side of the netfilter hook.
 */
#ifndef TWR_OBSERVE_H
#define TWR_OBSERVE_H

#include <linux/skbuff.h>
#include <linux/types.h>
#include <net/tcp.h>

#include "conn.h"
#include "era.h"
#include "segment.h"
#include "stamp.h"
#include "watch.h"

struct net;

/* States of full sockets that an ACK or FIN can end. */
#define TWR_CLOSING_STATES	(TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 |	\
				 TCPF_CLOSING | TCPF_LAST_ACK)

/* States in which a segment without SYN or RST can tell us something. */
#define TWR_TELLING_STATES	(TWR_CLOSING_STATES |			\
				 TCPF_NEW_SYN_RECV | TCPF_TIME_WAIT)

/**
 * enum twr_act - what a segment is about to do
 * @TWR_ACT_NONE: nothing that concerns the cache
 * @TWR_ACT_EXEMPT: ask for a connection, but its listener would not have come
 *	to the check
 * @TWR_ACT_ASK: ask for a connection, and its listener would have checked
 * @TWR_ACT_TEACH: open or close a connection, from which the cache learns
 * @TWR_ACT_HALF_CLOSE: leave a socket half-closed, to be closed unseen
 * @TWR_ACT_REARM: put the timer of a TIME-WAIT bucket back to 60 s
 */
enum twr_act {
	TWR_ACT_NONE,
	TWR_ACT_EXEMPT,
	TWR_ACT_ASK,
	TWR_ACT_TEACH,
	TWR_ACT_HALF_CLOSE,
	TWR_ACT_REARM,
};

/**
 * enum twr_meets - what a SYN meets before a listener
 * @TWR_MEETS_NONE: nothing
 * @TWR_MEETS_REQUEST: a request with the same four-tuple
 * @TWR_MEETS_SOCKET: a socket with the same four-tuple
 * @TWR_MEETS_BUCKET: a TIME-WAIT bucket with the same four-tuple, that lives for
 *	a minute in the old kernel too
 * @TWR_MEETS_BRIEF_BUCKET: one that there lives as long as its stamp being
 *	remembered lets it
 */
enum twr_meets {
	TWR_MEETS_NONE,
	TWR_MEETS_REQUEST,
	TWR_MEETS_SOCKET,
	TWR_MEETS_BUCKET,
	TWR_MEETS_BRIEF_BUCKET,
};

/**
 * enum twr_exempt - why a SYN would not have been checked
 * @TWR_NO_LISTENER: nobody listens, or TCP answers no SYN to this address
 *	(broadcast, multicast, or another host's on the link layer)
 * @TWR_REQUEST_PENDING: a request with the same four-tuple waits already
 * @TWR_ESTABLISHED: it meets a socket with the same four-tuple
 * @TWR_TIMEWAIT: it meets a TIME-WAIT bucket
 * @TWR_SYNCOOKIE: the listener answers with SYN cookies
 * @TWR_QUEUE_FULL: the listener drops it, a queue of its is full
 * @TWR_SOURCE_ROUTE: the answer takes a source route to another address
 * @TWR_BAD_CHECKSUM: TCP checksum
 * @TWR_MALFORMED: the TCP header does not hold together
 * @TWR_EXEMPTIONS: their number
 */
enum twr_exempt {
	TWR_NO_LISTENER,
	TWR_REQUEST_PENDING,
	TWR_ESTABLISHED,
	TWR_TIMEWAIT,
	TWR_SYNCOOKIE,
	TWR_QUEUE_FULL,
	TWR_SOURCE_ROUTE,
	TWR_BAD_CHECKSUM,
	TWR_MALFORMED,
	TWR_EXEMPTIONS
};

/**
 * struct twr_sight - what was observed
 * @seg: the segment
 * @act: what it is about to do; for a SYN, if it comes to the listener
 * @exempt: %TWR_ACT_EXEMPT, why
 * @timed: %TWR_ACT_ASK, the listener would find a timestamp in the SYN
 * @meets: a SYN: what it meets before
 * @reopens: a SYN that meets a bucket: it is good for a new connection
 * @rearms: a SYN that meets a bucket: it puts its timer back to 60 s
 * @event: %TWR_ACT_TEACH, what becomes of the connection
 * @stamped: it leaves @stamp
 * @stamp: the stamp, valid if @stamped
 * @rto: %TWR_ACT_TEACH of a full socket and %TWR_ACT_HALF_CLOSE, the socket's
 *	RTO in jiffies
 * @fin_time: %TWR_ACT_HALF_CLOSE, how long the socket will be a mini-socket, in
 *	jiffies
 */
struct twr_sight {
	struct twr_segment seg;
	enum twr_act act;
	enum twr_exempt exempt;
	bool timed;
	enum twr_meets meets;
	bool reopens;
	bool rearms;
	enum twr_event event;
	bool stamped;
	struct twr_stamp stamp;
	u32 rto;
	u32 fin_time;
};

/**
 * struct twr_late - what a connection left when nothing was seen of it
 * @stamp: the stamp; all zero where it left none
 * @ago: how long ago, in jiffies
 */
struct twr_late {
	struct twr_stamp stamp;
	u32 ago;
};

/**
 * twr_observe_skips() - can the segment be passed over at a glance?
 * @skb: the packet
 * @thoff: offset of its TCP header, bytes
 *
 * What nearly every packet gets, so it must stay cheap. Data without FIN for
 * which early demux found no socket is passed over as well: to look one up for
 * each would cost more than it could tell.
 *
 * Return: true if twr_observe() would find %TWR_ACT_NONE; false too where the TCP
 * header is not in the linear part.
 */
static inline bool twr_observe_skips(const struct sk_buff *skb,
				     unsigned int thoff)
{
	const struct sock *sk = skb->sk;
	const struct tcphdr *th;

	if (unlikely(thoff + sizeof(*th) > skb_headlen(skb)))
		return false;

	th = (const struct tcphdr *)(skb->data + thoff);
	if (th->rst)
		return true;
	if (th->syn)
		return false;
	if (!th->ack)
		return true;
	if (sk)
		return !((1 << READ_ONCE(sk->sk_state)) & TWR_TELLING_STATES);
	return !th->fin && skb->len > thoff + th->doff * 4;
}

/**
 * twr_observe() - what is the segment about to do?
 * @sight: where the answer goes; its segment is read already
 * @net: the network namespace the packet is in
 * @skb: the packet
 *
 * References to sockets are taken and dropped within.
 */
void twr_observe(struct twr_sight *sight, struct net *net,
		 const struct sk_buff *skb);

/**
 * twr_observe_again() - is a connection still half-closed?
 * @net: the network namespace
 * @skb: a later packet of the peer's
 * @watched: the connection
 * @late: where it goes what it left, if it is a TIME-WAIT bucket by now, be it by
 *	a close or by a FIN that was not seen
 *
 * Return: true if the connection is as it was and may be asked after again.
 */
bool twr_observe_again(struct net *net, const struct sk_buff *skb,
		       const struct twr_watched *watched,
		       struct twr_late *late);

#endif /* TWR_OBSERVE_H */
