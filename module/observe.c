// SPDX-License-Identifier: GPL-2.0
/*
 * observe.c - observe packets: what a segment is about to do to the socket that it matches
 *
 * What is read, and in which order, is as in tcp_v4_rcv(), tcp_timewait_state_process() and
 * tcp_check_req() of 4.11. The sockets are those of the running kernel. The engine has the
 * steps of tcp_conn_request().
 */
#include <linux/netfilter.h>
#include <net/inet_connection_sock.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/inet6_hashtables.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/netns/bpf.h>
#include <net/route.h>
#include <net/tcp.h>

#include "compat.h"
#include "observe.h"
#include "racy.h"

/* Return: a socket, whose reference the caller must drop, or NULL. */
static struct sock *twr_lookup_established(struct net *net, const struct sk_buff *skb,
					   const struct twr_conn *conn)
{
	const struct in6_addr *local = &conn->key.local;
	const struct in6_addr *peer = &conn->key.peer;
	u16 local_port = ntohs(conn->local_port);

	/* A mapped address means IPv4: ip6_rcv() drops an IPv6 packet with a mapped source. */
#if IS_ENABLED(CONFIG_IPV6)
	if (!ipv6_addr_v4mapped(peer))
		return twr_sock_lookup(__inet6_lookup_established, net,
				       peer, conn->peer_port,
				       local, local_port,
				       inet6_iif(skb), inet6_sdif(skb));
#endif
	return twr_sock_lookup(__inet_lookup_established, net,
			       peer->s6_addr32[3], conn->peer_port,
			       local->s6_addr32[3], local_port,
			       inet_iif(skb), twr_inet_sdif(skb));
}

/* The caller must drop the reference on the returned socket if *refcounted. */
static struct sock *twr_get_socket(struct net *net, const struct sk_buff *skb,
				   const struct twr_segment *seg, bool *refcounted)
{
	struct sock *sk = skb->sk;

	*refcounted = false;
	if (sk) {
		/* TPROXY and BPF can put a socket of any protocol there. */
		if (sk_fullsock(sk) && sk->sk_protocol != IPPROTO_TCP)
			return NULL;
		return sk;
	}

	sk = twr_lookup_established(net, skb, &seg->conn);
	*refcounted = sk;
	return sk;
}

/*
 * A lookup of the listener would run a program of type BPF_PROG_TYPE_SK_LOOKUP once more,
 * and the maps of the program would show that.
 */
static bool twr_has_sk_lookup_prog(const struct net *net)
{
	return rcu_access_pointer(net->bpf.run_array[NETNS_BPF_SK_LOOKUP]);
}

/*
 * Takes no reference: a listener lives until the end of the RCU read-side critical section.
 * Does not pass the packet, since a program attached to SO_REUSEPORT would run for it once
 * more. Any member of the reuseport group stands for the whole group.
 */
static struct sock *twr_lookup_listener(struct net *net, const struct sk_buff *skb,
					const struct twr_segment *seg)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (seg->pf == NFPROTO_IPV6)
		return twr_sock_lookup(inet6_lookup_listener, net, NULL, 0,
				       &seg->conn.key.peer, seg->conn.peer_port,
				       &seg->conn.key.local,
				       ntohs(seg->conn.local_port),
				       inet6_iif(skb), inet6_sdif(skb));
#endif
	return twr_sock_lookup(__inet_lookup_listener, net, NULL, 0,
			       ip_hdr(skb)->saddr, seg->conn.peer_port,
			       ip_hdr(skb)->daddr, ntohs(seg->conn.local_port),
			       inet_iif(skb), twr_inet_sdif(skb));
}

/* Does TCP accept connections at the destination of the packet? */
static bool twr_is_unicast(const struct sk_buff *skb, u8 pf)
{
	if (skb->pkt_type != PACKET_HOST || !skb_dst(skb))
		return false;
#if IS_ENABLED(CONFIG_IPV6)
	if (pf == NFPROTO_IPV6)
		return ipv6_unicast_destination(skb);
#endif
	return !(skb_rtable(skb)->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST));
}

/* For a segment without a full socket TCP reads the option only if the sysctl is set. */
static bool twr_has_timestamp(const struct net *net, const struct twr_segment *seg)
{
	return seg->timed && READ_ONCE(net->ipv4.sysctl_tcp_timestamps);
}

static void twr_exempt_syn(struct twr_syn *syn, enum twr_exempt_reason reason)
{
	syn->listener = TWR_LISTENER_NONE;
	syn->exempt = reason;
}

static void twr_read_queues(struct twr_syn *syn, const struct net *net,
			    const struct sock *sk)
{
	syn->queues.requests = inet_csk_reqsk_queue_len(sk);
	syn->queues.young = reqsk_queue_len_young(&inet_csk(sk)->icsk_accept_queue);
	syn->queues.accept = READ_ONCE(sk->sk_ack_backlog);
	syn->queues.backlog = READ_ONCE(sk->sk_max_ack_backlog);
	syn->queues.max_syn_backlog = READ_ONCE(net->ipv4.sysctl_max_syn_backlog);
	syn->queues.syncookies = IS_ENABLED(CONFIG_SYN_COOKIES) ?
				 READ_ONCE(net->ipv4.sysctl_tcp_syncookies) : 0;
}

bool twr_observe_sends_cookie(const struct twr_listener_queues *queues)
{
	bool wants = queues->syncookies == 2 ||
		     (queues->syncookies && queues->requests >= queues->backlog);

	return wants && queues->accept <= queues->backlog;
}

/* RFC 793, as the kernel applies it to sockets that have no receive queue. */
static bool twr_in_window(const struct twr_segment *seg, u32 start, u32 end)
{
	if (seg->seq == start)
		return true;
	if (after(seg->end_seq, start) && before(seg->seq, end))
		return true;
	return seg->seq == end && seg->end_seq == seg->seq;
}

/* Return: true if the segment passes the PAWS check of a bucket. */
static bool twr_bucket_paws_ok(const struct tcp_timewait_sock *tw,
			       const struct net *net,
			       const struct twr_segment *seg)
{
	struct tcp_options_received rx = {
		.ts_recent = twr_read_racy(tw->tw_ts_recent),
		.ts_recent_stamp = twr_read_racy(tw->tw_ts_recent_stamp),
		.rcv_tsval = seg->tsval,
	};

	return !rx.ts_recent_stamp || !twr_has_timestamp(net, seg) ||
	       !tcp_paws_reject(&rx, seg->flags & TCPHDR_RST);
}

/* This is what the first half of tcp_timewait_state_process() does with a SYN. */
static void twr_match_timewait(struct twr_syn *syn, const struct net *net,
			       const struct twr_segment *seg, const struct sock *sk)
{
	const struct tcp_timewait_sock *tw = tcp_twsk(sk);
	u32 ts_recent_stamp = twr_read_racy(tw->tw_ts_recent_stamp);
	u32 ts_recent = twr_read_racy(tw->tw_ts_recent);
	bool timed = ts_recent_stamp && twr_has_timestamp(net, seg);

	u32 rcv_nxt = twr_read_racy(tw->tw_rcv_nxt);
	bool paws_ok = twr_bucket_paws_ok(tw, net, seg);

	syn->match = TWR_MATCH_TIMEWAIT;
	if (twr_read_racy(inet_twsk(sk)->tw_substate) == TCP_FIN_WAIT2) {
		syn->resets_fin_wait2 = paws_ok && !before(seg->seq, rcv_nxt) &&
					twr_in_window(seg, rcv_nxt, rcv_nxt + tw->tw_rcv_wnd);
		return;
	}

	if (ts_recent_stamp)
		syn->match = TWR_MATCH_TIMEWAIT_RECYCLABLE;
	syn->rearms_timewait = !paws_ok;
	syn->reopens_timewait = paws_ok &&
				(after(seg->seq, rcv_nxt) ||
				 (timed && (s32)(ts_recent - seg->tsval) < 0));
}

static void twr_match_socket(struct twr_syn *syn, const struct net *net,
			     const struct twr_segment *seg, const struct sock *sk)
{
	switch (READ_ONCE(sk->sk_state)) {
	case TCP_LISTEN:
		break;
	case TCP_NEW_SYN_RECV:
		syn->match = TWR_MATCH_REQUEST;
		break;
	case TCP_TIME_WAIT:
		twr_match_timewait(syn, net, seg, sk);
		break;
	default:
		syn->match = TWR_MATCH_SOCKET;
		break;
	}
}

/* @sk: the socket from early demux or from the lookup, or NULL. */
static void twr_find_listener(struct twr_syn *syn, struct net *net,
			      const struct sk_buff *skb,
			      const struct twr_segment *seg, const struct sock *sk)
{
	const struct sock *listener = NULL;

	if (sk && READ_ONCE(sk->sk_state) == TCP_LISTEN) {
		listener = sk;
	} else if (unlikely(twr_has_sk_lookup_prog(net))) {
		syn->listener = TWR_LISTENER_UNKNOWN;
		return;
	}

	/* Look it up whatever the SYN matches: the simulated kernel may lack that socket. */
	if (!listener)
		listener = twr_lookup_listener(net, skb, seg);
	if (listener)
		twr_read_queues(syn, net, listener);
	else
		twr_exempt_syn(syn, TWR_EXEMPT_NO_LISTENER);
}

void twr_observe_syn(struct twr_syn *syn, const struct twr_segment *seg,
		     struct net *net, const struct sk_buff *skb)
{
	struct sock *sk;
	bool refcounted;

	syn->discarded = true;
	syn->fin = seg->flags & TCPHDR_FIN;
	syn->timed = false;
	syn->match = TWR_MATCH_NONE;
	syn->reopens_timewait = false;
	syn->rearms_timewait = false;
	syn->resets_fin_wait2 = false;
	syn->listener = TWR_LISTENER_FOUND;
	syn->reply_is_source_routed = false;
	if (seg->malformed) {
		twr_exempt_syn(syn, TWR_EXEMPT_MALFORMED);
		return;
	}

	syn->conn = seg->conn;
	syn->seq = seg->seq;
	syn->timed = twr_has_timestamp(net, seg);
	syn->tsval = seg->tsval;
	if (!twr_segment_has_valid_checksum(skb, seg)) {
		twr_exempt_syn(syn, TWR_EXEMPT_BAD_CHECKSUM);
		return;
	}
	if (!twr_is_unicast(skb, seg->pf)) {
		twr_exempt_syn(syn, TWR_EXEMPT_NO_LISTENER);
		return;
	}
	syn->discarded = false;

	syn->reply_is_source_routed = seg->pf == NFPROTO_IPV4 &&
				      twr_segment_reply_is_source_routed(skb);
	sk = twr_get_socket(net, skb, seg, &refcounted);
	if (sk)
		twr_match_socket(syn, net, seg, sk);
	twr_find_listener(syn, net, skb, seg, sk);
	if (refcounted)
		sock_gen_put(sk);
}

/* The bucket accepts the peer's FIN. */
static void twr_observe_last_fin(struct twr_conn_change *change, const struct net *net,
				 const struct twr_segment *seg, const struct sock *sk)
{
	const struct tcp_timewait_sock *tw = tcp_twsk(sk);
	u32 ts_recent_stamp = twr_read_racy(tw->tw_ts_recent_stamp);

	change->event = TWR_EVENT_MINI_TIME_WAIT;
	change->is_v4mapped = seg->pf == NFPROTO_IPV4 &&
			      inet_twsk(sk)->tw_family == AF_INET6;
	change->has_stamp = ts_recent_stamp;
	if (twr_has_timestamp(net, seg)) {
		change->stamp.ts = seg->tsval;
		change->stamp.ts_stamp = twr_stamp_now();
	} else {
		change->stamp.ts = twr_read_racy(tw->tw_ts_recent);
		change->stamp.ts_stamp = twr_stamp_second(ts_recent_stamp);
	}
}

/* The peer's FIN ends a bucket in FIN-WAIT-2, and so does a reset from either side. */
static enum twr_segment_action twr_observe_fin_wait2(struct twr_conn_change *change,
						     const struct net *net,
						     const struct twr_segment *seg,
						     const struct sock *sk)
{
	const struct tcp_timewait_sock *tw = tcp_twsk(sk);
	u32 rcv_nxt = twr_read_racy(tw->tw_rcv_nxt);

	if (!twr_bucket_paws_ok(tw, net, seg) ||
	    !twr_in_window(seg, rcv_nxt, rcv_nxt + tw->tw_rcv_wnd))
		return TWR_ACTION_NONE;

	change->event = TWR_EVENT_ABORTED;
	if ((seg->flags & TCPHDR_RST) ||
	    ((seg->flags & TCPHDR_SYN) && !before(seg->seq, rcv_nxt)))
		return TWR_ACTION_CHANGE;
	if (!(seg->flags & TCPHDR_ACK) || !after(seg->end_seq, rcv_nxt) ||
	    seg->end_seq == seg->seq)
		return TWR_ACTION_NONE;
	if ((seg->flags & TCPHDR_FIN) && seg->end_seq == rcv_nxt + 1)
		twr_observe_last_fin(change, net, seg, sk);
	return TWR_ACTION_CHANGE;
}

static enum twr_segment_action twr_observe_timewait(struct twr_conn_change *change,
						    const struct net *net,
						    const struct twr_segment *seg,
						    const struct sock *sk)
{
	const struct tcp_timewait_sock *tw = tcp_twsk(sk);
	bool paws_ok, next;

	if (twr_read_racy(inet_twsk(sk)->tw_substate) == TCP_FIN_WAIT2)
		return twr_observe_fin_wait2(change, net, seg, sk);

	paws_ok = twr_bucket_paws_ok(tw, net, seg);
	next = paws_ok && seg->seq == twr_read_racy(tw->tw_rcv_nxt);
	if (!(seg->flags & TCPHDR_RST)) {
		if (!(seg->flags & TCPHDR_ACK) && paws_ok &&
		    !(next && seg->end_seq == seg->seq))
			return TWR_ACTION_NONE;
		return TWR_ACTION_REARM;
	}
	if (!next)
		return TWR_ACTION_NONE;
	/* Today's kernels leave the timer alone, the old ones set it to 60 s again. */
	if (READ_ONCE(net->ipv4.sysctl_tcp_rfc1337))
		return TWR_ACTION_REARM;
	change->event = TWR_EVENT_ABORTED;
	return TWR_ACTION_CHANGE;
}

/* A RST ends a request, by the rules of tcp_check_req(). */
static enum twr_segment_action twr_observe_request_reset(struct twr_conn_change *change,
							 const struct twr_segment *seg,
							 const struct request_sock *req)
{
	u32 rcv_nxt = twr_read_racy(tcp_rsk(req)->rcv_nxt);

	if (!twr_in_window(seg, rcv_nxt, rcv_nxt + req->rsk_rcv_wnd))
		return TWR_ACTION_NONE;
	change->event = TWR_EVENT_ABORTED;
	return TWR_ACTION_CHANGE;
}

enum twr_segment_action twr_observe_segment(struct twr_conn_change *change,
					    const struct twr_segment *seg, struct net *net,
					    const struct sk_buff *skb)
{
	enum twr_segment_action action = TWR_ACTION_NONE;
	struct sock *sk;
	bool refcounted;
	int state;

	*change = (struct twr_conn_change) {
		.conn = seg->conn,
		.has_route = true,
		.timewait_disabled = !twr_timewait_limit(net),
	};
	sk = twr_get_socket(net, skb, seg, &refcounted);
	if (!sk)
		return TWR_ACTION_NONE;

	state = READ_ONCE(sk->sk_state);
	if (state == TCP_TIME_WAIT)
		action = twr_observe_timewait(change, net, seg, sk);
	else if (state == TCP_NEW_SYN_RECV && (seg->flags & TCPHDR_RST))
		action = twr_observe_request_reset(change, seg, inet_reqsk(sk));

	/* The checksum comes last, since most segments make no difference. */
	if (action != TWR_ACTION_NONE && !twr_segment_has_valid_checksum(skb, seg))
		action = TWR_ACTION_NONE;

	if (refcounted)
		sock_gen_put(sk);
	return action;
}
