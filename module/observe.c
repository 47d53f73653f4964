// SPDX-License-Identifier: GPL-2.0
/*
 * observe.c - what a segment is about to do to the socket it meets
 *
 * The transitions are those of tcp_rcv_state_process(), tcp_check_req() and
 * tcp_timewait_state_process() in 4.11, the state they start from is that of
 * today's sockets. Where the two kernels treat a segment differently, the old
 * one is followed: it is its cache that we keep.
 */
#include <linux/netfilter.h>
#include <net/inet_connection_sock.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/inet6_hashtables.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/tcp.h>

#include "compat.h"
#include "observe.h"

/*
 * Of a socket that nobody holds for us. Its owner may write there at this moment,
 * and not every writer in TCP says that others read: what comes of it is the value
 * from before or from after, see Races in Documentation/design.rst.
 */
#define twr_peek(field)		data_race(READ_ONCE(field))

/* Return: a socket with a reference that the caller owes back, or NULL. */
static struct sock *twr_lookup(struct net *net, const struct sk_buff *skb,
			       const struct twr_conn *conn)
{
	const struct in6_addr *local = &conn->key.local;
	const struct in6_addr *peer = &conn->key.peer;
	u16 local_port = ntohs(conn->local_port);

	/* No IPv6 packet has such an address as its source, ip6_rcv() drops it. */
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

/* A reference is held on what this returns, and owed back, if *held. */
static struct sock *twr_established(struct net *net, const struct sk_buff *skb,
				    const struct twr_segment *seg, bool *held)
{
	struct sock *sk = skb->sk;

	*held = false;
	if (sk) {
		/* TPROXY and BPF can put a socket of any kind there. */
		if (sk_fullsock(sk) && sk->sk_protocol != IPPROTO_TCP)
			return NULL;
		return sk;
	}

	sk = twr_lookup(net, skb, &seg->conn);
	*held = sk;
	return sk;
}

/*
 * No reference is taken: listeners live until the end of the RCU read side. The
 * packet is not passed on, a program attached to SO_REUSEPORT would be run for
 * it once more; any member of the group stands for all.
 */
static struct sock *twr_listener(struct net *net, const struct sk_buff *skb,
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

/* Destinations from which TCP accepts a connection at all. */
static bool twr_unicast(const struct sk_buff *skb, u8 pf)
{
	if (skb->pkt_type != PACKET_HOST || !skb_dst(skb))
		return false;
#if IS_ENABLED(CONFIG_IPV6)
	if (pf == NFPROTO_IPV6)
		return ipv6_unicast_destination(skb);
#endif
	return !(skb_rtable(skb)->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST));
}

/* Options of a segment that meets no full socket are read by the sysctl. */
static bool twr_timed(const struct net *net, const struct twr_segment *seg)
{
	return seg->timed && READ_ONCE(net->ipv4.sysctl_tcp_timestamps);
}

static void twr_exempt(struct twr_sight *sight, enum twr_exempt why)
{
	sight->act = TWR_ACT_EXEMPT;
	sight->exempt = why;
}

/* What stands before the check in tcp_conn_request(), in its order. */
static void twr_meet_listener(struct twr_sight *sight, const struct net *net,
			      const struct sk_buff *skb, const struct sock *sk)
{
	u8 cookies = READ_ONCE(net->ipv4.sysctl_tcp_syncookies);
	bool full;

	if (!IS_ENABLED(CONFIG_SYN_COOKIES))
		cookies = 0;

	/* inet_csk_reqsk_queue_is_full() lets one more in by now. */
	full = inet_csk_reqsk_queue_len(sk) >=
	       READ_ONCE(sk->sk_max_ack_backlog);

	if ((full && !cookies) || sk_acceptq_is_full(sk)) {
		twr_exempt(sight, TWR_QUEUE_FULL);
	} else if (full || cookies == 2) {
		twr_exempt(sight, TWR_SYNCOOKIE);
	} else if (sight->seg.pf == NFPROTO_IPV4 && twr_segment_rerouted(skb)) {
		twr_exempt(sight, TWR_SOURCE_ROUTE);
	} else {
		sight->act = TWR_ACT_ASK;
		sight->timed = twr_timed(net, &sight->seg);
	}
}

/* RFC 793 as the kernel has it for sockets without a receive queue. */
static bool twr_in_window(const struct twr_segment *seg, u32 start, u32 end)
{
	if (seg->seq == start)
		return true;
	if (after(seg->end_seq, start) && before(seg->seq, end))
		return true;
	return seg->seq == end && seg->end_seq == seg->seq;
}

static bool twr_paws_ok(const struct twr_segment *seg, u32 ts_recent,
			u32 ts_recent_stamp, int window)
{
	struct tcp_options_received rx = {
		.ts_recent = ts_recent,
		.ts_recent_stamp = ts_recent_stamp,
		.rcv_tsval = seg->tsval,
	};

	return tcp_paws_check(&rx, window);
}

/* As the first half of tcp_timewait_state_process() has it for a SYN. */
static void twr_meet_bucket(struct twr_sight *sight, const struct net *net,
			    const struct sock *sk)
{
	const struct tcp_timewait_sock *tw = tcp_twsk(sk);
	const struct twr_segment *seg = &sight->seg;
	u32 ts_recent_stamp = twr_peek(tw->tw_ts_recent_stamp);
	u32 ts_recent = twr_peek(tw->tw_ts_recent);
	bool timed = ts_recent_stamp && twr_timed(net, seg);

	sight->meets = TWR_MEETS_BUCKET;
	if (twr_peek(inet_twsk(sk)->tw_substate) == TCP_FIN_WAIT2)
		return;

	if (ts_recent_stamp)
		sight->meets = TWR_MEETS_BRIEF_BUCKET;
	sight->rearms = timed &&
			!twr_paws_ok(seg, ts_recent, ts_recent_stamp, 0);
	sight->reopens = !sight->rearms &&
			 (after(seg->seq, twr_peek(tw->tw_rcv_nxt)) ||
			  (timed && (s32)(ts_recent - seg->tsval) < 0));
}

static void twr_meet_socket(struct twr_sight *sight, const struct net *net,
			    const struct sock *sk)
{
	switch (READ_ONCE(sk->sk_state)) {
	case TCP_LISTEN:
		break;
	case TCP_NEW_SYN_RECV:
		sight->meets = TWR_MEETS_REQUEST;
		break;
	case TCP_TIME_WAIT:
		twr_meet_bucket(sight, net, sk);
		break;
	default:
		sight->meets = TWR_MEETS_SOCKET;
		break;
	}
}

static void twr_observe_syn(struct twr_sight *sight, struct net *net,
			    const struct sk_buff *skb)
{
	struct twr_segment *seg = &sight->seg;
	const struct sock *listener;
	struct sock *sk;
	bool held;

	if (seg->malformed) {
		twr_exempt(sight, TWR_MALFORMED);
		return;
	}
	if (!twr_segment_intact(skb, seg)) {
		twr_exempt(sight, TWR_BAD_CHECKSUM);
		return;
	}
	if (!twr_unicast(skb, seg->pf)) {
		twr_exempt(sight, TWR_NO_LISTENER);
		return;
	}

	sk = twr_established(net, skb, seg, &held);
	if (sk)
		twr_meet_socket(sight, net, sk);

	/* Whatever else it meets, the old kernel may not have had it. */
	if (sk && READ_ONCE(sk->sk_state) == TCP_LISTEN)
		listener = sk;
	else
		listener = twr_listener(net, skb, seg);
	if (listener)
		twr_meet_listener(sight, net, skb, listener);
	else
		twr_exempt(sight, TWR_NO_LISTENER);

	if (held)
		sock_gen_put(sk);
}

/* The last ACK of a handshake: the connection will be there. */
static void twr_meet_request(struct twr_sight *sight, const struct net *net,
			     const struct request_sock *req)
{
	const struct tcp_request_sock *treq = tcp_rsk(req);
	const struct twr_segment *seg = &sight->seg;
	u32 rcv_nxt = twr_peek(treq->rcv_nxt);

	if (seg->ack_seq != READ_ONCE(treq->snt_isn) + 1)
		return;
	if (!twr_in_window(seg, rcv_nxt, rcv_nxt + req->rsk_rcv_wnd))
		return;
	if (twr_timed(net, seg) &&
	    !twr_paws_ok(seg, twr_peek(req->ts_recent), ktime_get_seconds(), 0))
		return;

	sight->act = TWR_ACT_TEACH;
	sight->event = TWR_EVENT_OPENED;
}

/* A SYN-ACK that answers ours: the connection will be there. */
static void twr_meet_syn_sent(struct twr_sight *sight,
			      const struct tcp_sock *tp)
{
	const struct twr_segment *seg = &sight->seg;

	/* snd_nxt may lag behind the SYN, as twr_closing_read() has it. */
	if (!after(seg->ack_seq, twr_peek(tp->snd_una)) ||
	    after(seg->ack_seq, twr_peek(tp->write_seq)))
		return;

	sight->act = TWR_ACT_TEACH;
	sight->event = TWR_EVENT_OPENED;
}

/* A process has the socket's lock. */
static bool twr_owned(const struct sock *sk)
{
	/* It can take the lock, or let go of it, right after. */
	return data_race(sock_owned_by_user_nocheck(sk));
}

/* The program is done with the socket, or waits for its lock in close(). */
static bool twr_closed(const struct sock *sk)
{
	/* The flag is set among others, once and for all. */
	return data_race(sock_flag(sk, SOCK_DEAD)) ||
	       (twr_owned(sk) && twr_peek(sk->sk_shutdown) == SHUTDOWN_MASK);
}

/**
 * struct twr_closing - what a segment means to a socket that is closing
 * @acks_fin: it acknowledges our FIN
 * @takes_fin: its FIN is the next thing in sequence, and is taken
 * @new_data: it has data that was not there before
 * @stamp: ts_recent of the socket after the segment
 */
struct twr_closing {
	bool acks_fin;
	bool takes_fin;
	bool new_data;
	struct twr_stamp stamp;
};

static bool twr_stamps(const struct tcp_sock *tp)
{
	/* The bit stays, its neighbours are written with every segment. */
	return data_race(!!tp->rx_opt.tstamp_ok);
}

/* Return: false if the socket drops the segment (tcp_validate_incoming()). */
static bool twr_closing_read(struct twr_closing *c, const struct sock *sk,
			     const struct twr_segment *seg)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 ts_recent_stamp = twr_peek(tp->rx_opt.ts_recent_stamp);
	u32 ts_recent = twr_peek(tp->rx_opt.ts_recent);
	u32 write_seq = twr_peek(tp->write_seq);
	u32 snd_una = twr_peek(tp->snd_una);
	u32 snd_nxt = twr_peek(tp->snd_nxt);
	u32 rcv_nxt = twr_peek(tp->rcv_nxt);
	u32 rcv_wup = twr_peek(tp->rcv_wup);
	bool timed = seg->timed && twr_stamps(tp);
	s32 window;

	/*
	 * TCP hands a segment down before it advances snd_nxt, and over loopback
	 * or veth the answer is here before it gets to that. In the meantime a
	 * process owns the socket, and what it has written counts as sent.
	 */
	if (twr_owned(sk))
		snd_nxt = write_seq;

	window = max_t(s32, rcv_wup + twr_peek(tp->rcv_wnd) - rcv_nxt, 0);

	/*
	 * tcp_disordered_ack() would let some ACKs with an old TSval pass. They
	 * acknowledge nothing new, so they make no difference here.
	 */
	if (timed &&
	    !twr_paws_ok(seg, ts_recent, ts_recent_stamp, TCP_PAWS_WINDOW))
		return false;
	if (before(seg->end_seq, rcv_wup) || after(seg->seq, rcv_nxt + window))
		return false;

	c->acks_fin = seg->ack_seq == write_seq && snd_nxt == write_seq &&
		      snd_una != write_seq;
	c->takes_fin = seg->fin && !after(seg->seq, rcv_nxt) &&
		       after(seg->end_seq, rcv_nxt) && window;
	c->new_data = seg->end_seq != seg->seq &&
		      after(seg->end_seq - seg->fin, rcv_nxt);

	/* As tcp_ack() and tcp_replace_ts_recent() have it. */
	if (timed && !before(seg->ack_seq, snd_una) &&
	    !after(seg->ack_seq, snd_nxt) && !after(seg->seq, rcv_wup) &&
	    twr_paws_ok(seg, ts_recent, ts_recent_stamp, 0)) {
		c->stamp.ts = seg->tsval;
		c->stamp.ts_stamp = twr_now();
	} else {
		c->stamp.ts = ts_recent;
		c->stamp.ts_stamp = twr_clock(ts_recent_stamp);
	}
	return true;
}

/*
 * FIN-WAIT-1 with its FIN acknowledged. The socket of a program that is gone
 * becomes a mini-socket at once, unless the peer's FIN comes with it or it is
 * to wait for longer than a TIME-WAIT bucket lives.
 */
static bool twr_leaves_fin_wait1(const struct sock *sk,
				 const struct twr_segment *seg,
				 const struct twr_closing *c)
{
	if (!twr_closed(sk))
		return c->takes_fin;
	if (twr_peek(tcp_sk(sk)->linger2) < 0 || c->new_data)
		return false;
	if (seg->fin)
		return c->takes_fin;
	/* Both parts of it are single words, as in twr_peek(). */
	return data_race(tcp_fin_time(sk)) <= TCP_TIMEWAIT_LEN;
}

/* The ACK of what was sent again ends the backoff of the RTO. */
static u32 twr_rto(const struct sock *sk)
{
	u32 rto = twr_peek(inet_csk(sk)->icsk_rto);

	if (twr_peek(inet_csk(sk)->icsk_backoff) &&
	    twr_peek(tcp_sk(sk)->srtt_us))
		/* Its parts are single words, as in twr_peek(). */
		rto = min(rto, data_race(__tcp_set_rto(tcp_sk(sk))));
	return rto;
}

/*
 * How long tcp_time_wait() makes the mini-socket last. A socket that is to wait
 * for longer than a bucket lives is one for the last part only.
 */
static u32 twr_fin_time(const struct sock *sk, u32 rto)
{
	/* Both parts of it are single words, as in twr_peek(). */
	u32 fin_time = data_race(tcp_fin_time(sk));

	if (fin_time > TCP_TIMEWAIT_LEN)
		fin_time -= TCP_TIMEWAIT_LEN;
	return max(fin_time, (rto << 2) - (rto >> 1));
}

static void twr_meet_closing(struct twr_sight *sight, const struct sock *sk,
			     int state)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct twr_segment *seg = &sight->seg;
	struct twr_closing c;
	bool ends;

	if (!twr_closing_read(&c, sk, seg))
		return;

	/* New data after the program stopped reading is answered with RST. */
	if (c.new_data && twr_peek(sk->sk_shutdown) & RCV_SHUTDOWN)
		c.takes_fin = false;

	sight->event = TWR_EVENT_TIME_WAIT;
	switch (state) {
	case TCP_FIN_WAIT1:
		ends = c.acks_fin && twr_leaves_fin_wait1(sk, seg, &c);
		if (!c.takes_fin)
			sight->event = TWR_EVENT_FIN_WAIT2;
		break;
	case TCP_FIN_WAIT2:
		ends = c.takes_fin;
		break;
	case TCP_LAST_ACK:
		ends = c.acks_fin;
		sight->event = TWR_EVENT_CLOSED;
		break;
	default:
		ends = c.acks_fin;
		break;
	}

	sight->rto = twr_rto(sk);
	sight->fin_time = twr_fin_time(sk, sight->rto);
	if (ends) {
		sight->act = TWR_ACT_TEACH;
		/* The side that closes last leaves no stamp. */
		sight->stamped = state != TCP_LAST_ACK && twr_stamps(tp);
		sight->stamp = c.stamp;
	} else if (c.acks_fin && state == TCP_FIN_WAIT1) {
		sight->act = TWR_ACT_HALF_CLOSE;
	}
}

/* The peer's FIN for a mini-socket in FIN-WAIT-2. */
static void twr_meet_mini_socket(struct twr_sight *sight,
				 const struct net *net, const struct sock *sk)
{
	const struct tcp_timewait_sock *tw = tcp_twsk(sk);
	const struct twr_segment *seg = &sight->seg;
	u32 ts_recent_stamp = twr_peek(tw->tw_ts_recent_stamp);
	u32 ts_recent = twr_peek(tw->tw_ts_recent);
	u32 rcv_nxt = twr_peek(tw->tw_rcv_nxt);
	bool timed = twr_timed(net, seg);

	if (!ts_recent_stamp)
		return;
	if (timed && !twr_paws_ok(seg, ts_recent, ts_recent_stamp, 0))
		return;
	if (!twr_in_window(seg, rcv_nxt, rcv_nxt + tw->tw_rcv_wnd))
		return;
	if (!seg->fin || seg->end_seq != rcv_nxt + 1)
		return;

	sight->act = TWR_ACT_TEACH;
	sight->event = TWR_EVENT_MINI_TIME_WAIT;
	sight->stamped = true;
	if (timed) {
		sight->stamp.ts = seg->tsval;
		sight->stamp.ts_stamp = twr_now();
	} else {
		sight->stamp.ts = ts_recent;
		sight->stamp.ts_stamp = twr_clock(ts_recent_stamp);
	}
}

static void twr_meet_timewait(struct twr_sight *sight, const struct net *net,
			      const struct sock *sk)
{
	if (twr_peek(inet_twsk(sk)->tw_substate) != TCP_FIN_WAIT2)
		sight->act = TWR_ACT_REARM;	/* as any that has ACK */
	else if (!sight->seg.syn)
		twr_meet_mini_socket(sight, net, sk);
}

static void twr_observe_ack(struct twr_sight *sight, struct net *net,
			    const struct sk_buff *skb)
{
	struct twr_segment *seg = &sight->seg;
	struct sock *sk;
	bool held;
	int state;

	if (seg->malformed)
		return;

	sk = twr_established(net, skb, seg, &held);
	if (!sk)
		return;

	state = READ_ONCE(sk->sk_state);
	if (state == TCP_TIME_WAIT) {
		twr_meet_timewait(sight, net, sk);
	} else if (seg->syn) {
		if (state == TCP_SYN_SENT)
			twr_meet_syn_sent(sight, tcp_sk(sk));
	} else if (state == TCP_NEW_SYN_RECV) {
		twr_meet_request(sight, net, inet_reqsk(sk));
	} else if ((1 << state) & TWR_CLOSING_STATES) {
		twr_meet_closing(sight, sk, state);
	}

	/* Last, for most segments end before they come here. */
	if (sight->act != TWR_ACT_NONE && !twr_segment_intact(skb, seg))
		sight->act = TWR_ACT_NONE;

	if (held)
		sock_gen_put(sk);
}

/*
 * When it became what it is, the timer of a mini-socket was set to its fin_time,
 * that of a bucket to TCP_TIMEWAIT_LEN.
 */
static void twr_late_read(struct twr_late *late, const struct sock *sk,
			  u32 fin_time)
{
	const struct tcp_timewait_sock *tw = tcp_twsk(sk);
	u32 ts_recent_stamp = twr_peek(tw->tw_ts_recent_stamp);
	u32 left = twr_peek(inet_twsk(sk)->tw_timer.expires) - (u32)jiffies;
	u32 whole = TCP_TIMEWAIT_LEN;

	if (twr_peek(inet_twsk(sk)->tw_substate) == TCP_FIN_WAIT2)
		whole = fin_time;
	if (!ts_recent_stamp)
		return;

	late->stamp.ts = twr_peek(tw->tw_ts_recent);
	late->stamp.ts_stamp = twr_clock(ts_recent_stamp);
	late->ago = left < whole ? whole - left : 0;
}

bool twr_observe_again(struct net *net, const struct sk_buff *skb,
		       const struct twr_watched *watched,
		       struct twr_late *late)
{
	bool still = false;
	struct sock *sk;

	memset(late, 0, sizeof(*late));
	sk = twr_lookup(net, skb, &watched->conn);
	if (!sk)
		return false;

	switch (READ_ONCE(sk->sk_state)) {
	case TCP_FIN_WAIT1:
		/* The ACK that ends this state was seen, but is not through. */
	case TCP_FIN_WAIT2:
		still = true;
		break;
	case TCP_TIME_WAIT:
		twr_late_read(late, sk, watched->fin_time);
		break;
	default:
		break;
	}

	sock_gen_put(sk);
	return still;
}

void twr_observe(struct twr_sight *sight, struct net *net,
		 const struct sk_buff *skb)
{
	sight->act = TWR_ACT_NONE;
	sight->meets = TWR_MEETS_NONE;
	sight->reopens = false;
	sight->rearms = false;
	sight->stamped = false;
	if (twr_segment_asks(&sight->seg))
		twr_observe_syn(sight, net, skb);
	else if (sight->seg.ack && !sight->seg.rst)
		twr_observe_ack(sight, net, skb);
}
