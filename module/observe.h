/* SPDX-License-Identifier: GPL-2.0 */
/*
 * observe.h - what a segment is about to do to the socket it meets
 *
 * The segment is looked at before TCP gets it. Two kinds matter: SYNs, and what meets a
 * TIME-WAIT bucket, of which the running kernel tells nothing (of full sockets it does,
 * see transition.h). Sockets are peeked at without their lock and never written to: an
 * answer can be a race behind, it cannot do harm. Inside the RCU read side of the
 * netfilter hook.
 *
 * What is called on behalf of a packet runs nobody's program: see "What it calls" in
 * Documentation/design.rst.
 */
#ifndef TWR_OBSERVE_H
#define TWR_OBSERVE_H

#include <linux/skbuff.h>
#include <linux/types.h>
#include <net/tcp.h>

#include "observation.h"
#include "segment.h"

struct net;

/**
 * enum twr_segment_action - what a segment is about to do
 * @TWR_ACTION_NONE: nothing that matters
 * @TWR_ACTION_REARM: put the timer of a TIME-WAIT bucket back to 60 s
 * @TWR_ACTION_CHANGE: close a connection that is in FIN-WAIT-2 as a TIME-WAIT bucket, or end
 *	a bucket or a request
 */
enum twr_segment_action {
	TWR_ACTION_NONE,
	TWR_ACTION_REARM,
	TWR_ACTION_CHANGE,
};

/**
 * twr_observe_may_skip() - can the segment be passed over at a glance?
 * @skb: the packet
 * @thoff: offset of its TCP header, bytes
 *
 * What nearly every packet gets, so it must stay cheap. Data without FIN for which early
 * demux found no socket is passed over as well: to look at each would cost more than it
 * could tell.
 *
 * Return: true if there is nothing to observe; false too where the TCP header is not in
 * the linear part.
 */
static inline bool twr_observe_may_skip(const struct sk_buff *skb,
					unsigned int thoff)
{
	const struct sock *sk = skb->sk;
	const struct tcphdr *th;

	if (unlikely(thoff + sizeof(*th) > skb_headlen(skb)))
		return false;

	th = (const struct tcphdr *)(skb->data + thoff);
	if (th->rst)
		return sk && !((1 << READ_ONCE(sk->sk_state)) &
			       (TCPF_NEW_SYN_RECV | TCPF_TIME_WAIT));
	if (th->syn && !th->ack)
		return false;
	if (sk)
		return READ_ONCE(sk->sk_state) != TCP_TIME_WAIT;
	return th->ack && !th->fin && skb->len > thoff + th->doff * 4;
}

/**
 * twr_observe_syn() - what does a SYN meet?
 * @syn: where the answer goes
 * @seg: the segment, twr_segment_is_syn()
 * @net: the network namespace the packet is in
 * @skb: the packet
 *
 * References to sockets are taken and dropped within. Softirq context, or process context
 * with softirqs off.
 */
void twr_observe_syn(struct twr_syn *syn, const struct twr_segment *seg,
		     struct net *net, const struct sk_buff *skb);

/**
 * twr_observe_segment() - what does another segment do?
 * @change: %TWR_ACTION_CHANGE, where it goes what becomes of the connection
 * @seg: the segment, neither malformed nor twr_segment_is_syn()
 * @net: the network namespace the packet is in
 * @skb: the packet
 *
 * Context as twr_observe_syn().
 *
 * Return: what it is about to do.
 */
enum twr_segment_action twr_observe_segment(struct twr_conn_change *change,
					    const struct twr_segment *seg, struct net *net,
					    const struct sk_buff *skb);

#endif /* TWR_OBSERVE_H */
