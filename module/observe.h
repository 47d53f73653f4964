/* SPDX-License-Identifier: GPL-2.0 */
/*
 * observe.h - observe packets: what a segment is about to do to the socket that it matches
 *
 * The module sees a segment before TCP gets it. Three kinds of segments matter: SYNs,
 * segments that match a bucket, and RSTs that match a request socket. No tracepoint reports
 * what the last two change (for full sockets see transition.h; a bucket is a TIME-WAIT
 * socket, see observation.h). The module reads sockets without their lock and never writes
 * to them. What it reads can be out of date by a race, which can make an observation wrong
 * but does no harm. All functions run in the RCU read-side critical section of the
 * netfilter hook.
 *
 * No function called here for a packet runs a program of anybody else: see "What it calls"
 * in Documentation/design.rst.
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
 * @TWR_ACTION_REARM: set the timer of a TIME-WAIT bucket to 60 s again
 * @TWR_ACTION_CHANGE: move a FIN-WAIT-2 mini-socket to TIME-WAIT, or end a bucket or a
 *	request
 */
enum twr_segment_action {
	TWR_ACTION_NONE,
	TWR_ACTION_REARM,
	TWR_ACTION_CHANGE,
};

/**
 * twr_observe_may_skip() - can the module ignore a segment?
 * @skb: the packet
 * @thoff: offset of the TCP header, bytes
 *
 * This runs for nearly every packet and must stay cheap. It also ignores data without FIN
 * for which early demux found no socket: looking up a socket for each such segment would
 * cost more than it is worth.
 *
 * Return: true if there is nothing to observe; false also if the TCP header is not in the
 * linear part.
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
 * twr_observe_syn() - what does a SYN match?
 * @syn: set to the observation
 * @seg: the segment, for which twr_segment_is_syn() is true
 * @net: the network namespace of the packet
 * @skb: the packet
 *
 * Drops all references to sockets that it takes. Softirq context, or process context with
 * softirqs off.
 */
void twr_observe_syn(struct twr_syn *syn, const struct twr_segment *seg,
		     struct net *net, const struct sk_buff *skb);

/**
 * twr_observe_sends_cookie() - does the running kernel answer a SYN with a SYN cookie?
 * @queues: the queues of its listener
 *
 * The rule of tcp_conn_request(), the same in 4.4 and in 7.2. Any context.
 *
 * Return: true if it does. Such a SYN is answered, and leaves no request socket.
 */
bool twr_observe_sends_cookie(const struct twr_listener_queues *queues);

/**
 * twr_observe_segment() - what is another segment about to do?
 * @change: if %TWR_ACTION_CHANGE, set to the observation
 * @seg: the segment, neither malformed nor a SYN
 * @net: the network namespace of the packet
 * @skb: the packet
 *
 * Drops all references to sockets that it takes. Softirq context, or process context with
 * softirqs off.
 *
 * Return: what the segment is about to do.
 */
enum twr_segment_action twr_observe_segment(struct twr_conn_change *change,
					    const struct twr_segment *seg, struct net *net,
					    const struct sk_buff *skb);

#endif /* TWR_OBSERVE_H */
