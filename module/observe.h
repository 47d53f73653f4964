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

#include "cache.h"
#include "segment.h"
#include "watch.h"

struct net;

/**
 * enum twr_act - what a segment is about to do
 * @TWR_ACT_NONE: nothing that concerns the cache
 * @TWR_ACT_EXEMPT: ask for a connection, but the old kernel would not have
 *	come to the check
 * @TWR_ACT_ASK: ask for a connection, and the old kernel would have checked
 * @TWR_ACT_TEACH: open or close a connection, from which the cache learns
 * @TWR_ACT_HALF_CLOSE: leave a socket half-closed, to be closed unseen
 */
enum twr_act {
	TWR_ACT_NONE,
	TWR_ACT_EXEMPT,
	TWR_ACT_ASK,
	TWR_ACT_TEACH,
	TWR_ACT_HALF_CLOSE,
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
 * @act: what it is about to do
 * @timed: %TWR_ACT_ASK, the listener would find a timestamp in the SYN
 * @exempt: %TWR_ACT_EXEMPT, why
 * @lesson: %TWR_ACT_TEACH, what the cache learns
 */
struct twr_sight {
	struct twr_segment seg;
	enum twr_act act;
	bool timed;
	enum twr_exempt exempt;
	struct twr_lesson lesson;
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
 * Return: true if twr_observe() would find %TWR_ACT_NONE.
 */
bool twr_observe_skips(const struct sk_buff *skb, unsigned int thoff);

/**
 * twr_observe() - what is the segment about to do?
 * @sight: where the answer goes
 * @net: the network namespace the packet is in
 * @skb: the packet
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 * @thoff: offset of its TCP header, bytes
 * @whole: false for the first of several IPv6 fragments
 *
 * References to sockets are taken and dropped within.
 */
void twr_observe(struct twr_sight *sight, struct net *net,
		 const struct sk_buff *skb, u8 pf, unsigned int thoff,
		 bool whole);

/**
 * twr_observe_again() - is a connection of the peer's still half-closed?
 * @lesson: where what it teaches goes; nothing, unless it is a TIME-WAIT bucket
 *	by now, be it by a close that was not seen or by the peer's FIN
 * @net: the network namespace
 * @skb: a later packet of the peer's
 * @seg: its view
 * @ports: those of the connection
 *
 * Return: true if the connection is as it was and may be asked after again.
 */
bool twr_observe_again(struct twr_lesson *lesson, struct net *net,
		       const struct sk_buff *skb,
		       const struct twr_segment *seg,
		       const struct twr_ports *ports);

#endif /* TWR_OBSERVE_H */
