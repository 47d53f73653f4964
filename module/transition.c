// SPDX-License-Identifier: GPL-2.0
/*
 * transition.c - observe sockets, at the tracepoint sock:inet_sock_set_state
 *
 * The old kernels took a stamp in tcp_time_wait(), and in tcp_timewait_state_process(),
 * which observe.c covers. They created and used entries in tcp_init_metrics() and
 * tcp_update_metrics(). The module acts on the changes of state at which the old kernels
 * called these functions. (A bucket is a TIME-WAIT socket, see observation.h.)
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <net/inet_hashtables.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <trace/events/sock.h>

#include "compat.h"
#include "engine.h"
#include "netns.h"
#include "racy.h"
#include "trace.h"
#include "transition.h"

static void twr_transition_read_conn(struct twr_conn *conn, const struct sock *sk,
				     u32 netns)
{
	struct twr_key *key = &conn->key;

	ipv6_addr_set_v4mapped(sk->sk_daddr, &key->peer);
	ipv6_addr_set_v4mapped(sk->sk_rcv_saddr, &key->local);
#if IS_ENABLED(CONFIG_IPV6)
	/* An IPv6 socket that speaks IPv4 has IPv4-mapped addresses. */
	if (sk->sk_family == AF_INET6) {
		key->peer = sk->sk_v6_daddr;
		key->local = sk->sk_v6_rcv_saddr;
	}
#endif
	key->netns = netns;
	twr_key_set_hash(key);
	conn->peer_port = sk->sk_dport;
	/* inet_num is already 0 if the kernel chose the port of the socket. */
	conn->local_port = inet_sk(sk)->inet_sport;
}

/* Return: true if @other is a bucket of the connection, at the device of @sk. */
static bool twr_transition_is_bucket_of(const struct sock *other, struct net *net,
					const struct sock *sk, const struct twr_conn *conn)
{
	const struct in6_addr *local = &conn->key.local;
	const struct in6_addr *peer = &conn->key.peer;

	if (other->sk_hash != sk->sk_hash || other->sk_state != TCP_TIME_WAIT ||
	    other->sk_dport != conn->peer_port ||
	    other->sk_num != ntohs(conn->local_port) ||
	    other->sk_bound_dev_if != sk->sk_bound_dev_if ||
	    !net_eq(sock_net(other), net))
		return false;
#if IS_ENABLED(CONFIG_IPV6)
	if (!ipv6_addr_v4mapped(peer))
		return other->sk_family == AF_INET6 &&
		       ipv6_addr_equal(&other->sk_v6_daddr, peer) &&
		       ipv6_addr_equal(&other->sk_v6_rcv_saddr, local);
#endif
	return other->sk_daddr == peer->s6_addr32[3] &&
	       other->sk_rcv_saddr == local->s6_addr32[3];
}

/*
 * Has a TIME-WAIT bucket taken the place of the socket? Then it is in the same chain. TCP's
 * own lookup would return a reference. Whoever drops the last reference frees the bucket,
 * and on PREEMPT_RT a tracepoint must not free memory. So this reads buckets without a
 * reference. Their memory stays that of a bucket until the end of the RCU read-side critical
 * section.
 */
static bool twr_transition_left_timewait(struct net *net, const struct sock *sk,
					 const struct twr_conn *conn)
{
	struct inet_hashinfo *hashinfo = twr_net_death_row(net)->hashinfo;
	struct inet_ehash_bucket *head = inet_ehash_bucket(hashinfo, sk->sk_hash);
	const struct hlist_nulls_node *node;
	struct sock *other;

	do {
		sk_nulls_for_each_rcu(other, node, &head->chain)
			/* A bucket may become another one meanwhile: all of it is compared. */
			if (data_race(twr_transition_is_bucket_of(other, net, sk, conn)))
				return true;
		/* A bucket that moved to another chain has led this walk there. */
	} while (get_nulls_value(node) != (sk->sk_hash & hashinfo->ehash_mask));
	return false;
}

/*
 * The socket was in FIN-WAIT-2. If TCP has received the peer's FIN (SOCK_DONE), the socket
 * goes to TIME-WAIT. Otherwise tcp_time_wait() has left a bucket in FIN-WAIT-2, or would
 * have done so if there were room for one. The old kernels took the stamp before they
 * looked for room.
 */
static enum twr_conn_event twr_transition_fin_wait2_event(struct net *net, const struct sock *sk,
							  const struct twr_conn *conn)
{
	if (sock_flag(sk, SOCK_DONE))
		return TWR_EVENT_TIME_WAIT;
	if (!sock_flag(sk, SOCK_DEAD) || READ_ONCE(tcp_sk(sk)->linger2) < 0)
		return TWR_EVENT_ABORTED;
	if (twr_transition_left_timewait(net, sk, conn) ||
	    (!READ_ONCE(sk->sk_err) && twr_timewait_count(net) >= twr_timewait_limit(net)))
		return TWR_EVENT_FIN_WAIT2;
	return TWR_EVENT_ABORTED;
}

/*
 * How long a bucket of tcp_time_wait() stays in FIN-WAIT-2. A socket that is to wait for
 * longer than a minute becomes a bucket only for the last part of that time.
 */
static u32 twr_transition_fin_wait2_timeo(const struct sock *sk)
{
	u32 fin_time = tcp_fin_time(sk);
	u32 rto = inet_csk(sk)->icsk_rto;

	if (fin_time > TCP_TIMEWAIT_LEN)
		fin_time -= TCP_TIMEWAIT_LEN;
	return max(fin_time, (rto << 2) - (rto >> 1));
}

static enum twr_conn_event twr_transition_event(struct net *net, const struct sock *sk,
						const struct twr_conn *conn, int oldstate)
{
	/* TCP handles a reset before it handles the acknowledgment of that segment. */
	bool acked = tcp_sk(sk)->snd_una == tcp_sk(sk)->write_seq;

	switch (oldstate) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		return TWR_EVENT_OPENED;
	case TCP_FIN_WAIT2:
		return twr_transition_fin_wait2_event(net, sk, conn);
	case TCP_CLOSING:
		return acked ? TWR_EVENT_TIME_WAIT : TWR_EVENT_ABORTED;
	case TCP_LAST_ACK:
		return acked && !READ_ONCE(sk->sk_err) ? TWR_EVENT_CLOSED :
							 TWR_EVENT_ABORTED;
	default:
		return TWR_EVENT_ABORTED;
	}
}

/* Kept out of line: twr_transition_probe() runs for every change of every socket. */
static noinline void twr_transition_observe(struct net *net, const struct sock *sk,
					    int oldstate, int newstate)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct twr_net *tn = twr_net(net);
	struct twr_conn_change change __uninitialized;
	struct twr_time now;

	/* A kernel socket of a namespace that is being made. */
	if (!tn)
		return;

	twr_transition_read_conn(&change.conn, sk, tn->id);
	change.event = TWR_EVENT_ABORTED;
	if (newstate == TCP_ESTABLISHED || oldstate != TCP_SYN_RECV)
		change.event = twr_transition_event(net, sk, &change.conn, oldstate);
	change.is_active_open = oldstate == TCP_SYN_SENT;
	change.is_v4mapped = sk->sk_family == AF_INET6 &&
			ipv6_addr_v4mapped(&change.conn.key.peer);
	change.has_route = rcu_access_pointer(sk->sk_dst_cache);
	change.has_stamp = tp->rx_opt.tstamp_ok &&
			   (change.event == TWR_EVENT_FIN_WAIT2 ||
			    change.event == TWR_EVENT_TIME_WAIT);
	change.stamp.ts = tp->rx_opt.ts_recent;
	change.stamp.ts_stamp = twr_stamp_second(tp->rx_opt.ts_recent_stamp);
	change.rto = inet_csk(sk)->icsk_rto;
	change.fin_wait2_timeo = twr_transition_fin_wait2_timeo(sk);
	change.timewait_disabled = !twr_timewait_limit(net);

	now = twr_time_now();
	if (twr_engine_apply_change(&twr_engine, &change, &tn->stats, &now))
		trace_stamp_recorded(&change.conn, &change.stamp, now.seconds,
				     tn->inum);
}

void twr_transition_probe(void *data, const struct sock *sk, const int oldstate,
			  const int newstate)
{
	struct net *net;

	if (newstate != TCP_ESTABLISHED && newstate != TCP_CLOSE)
		return;
	if (newstate == TCP_CLOSE && ((1 << oldstate) & (TCPF_LISTEN | TCPF_CLOSE |
							 TCPF_SYN_SENT)))
		return;
	if (sk->sk_protocol != IPPROTO_TCP)
		return;

	/*
	 * A tracepoint does not always run in an RCU read-side critical section. The
	 * module's state of a dying namespace can be freed before its last socket is.
	 */
	rcu_read_lock();
	net = sock_net(sk);
	if (likely(check_net(net)))
		twr_transition_observe(net, sk, oldstate, newstate);
	rcu_read_unlock();
}

#if IS_ENABLED(CONFIG_TRACEPOINTS)

/* The kernel does not export this tracepoint, so the module searches for its name. */
static struct tracepoint *twr_tracepoint;

static void twr_match_tracepoint(struct tracepoint *tp, void *data)
{
	if (!strcmp(tp->name, "inet_sock_set_state"))
		twr_tracepoint = tp;
}

int twr_transition_register(void)
{
	check_trace_callback_type_inet_sock_set_state(twr_transition_probe);

	twr_tracepoint = NULL;
	for_each_kernel_tracepoint(twr_match_tracepoint, NULL);
	if (!twr_tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(twr_tracepoint, (void *)twr_transition_probe,
					 NULL);
}

void twr_transition_unregister(void)
{
	tracepoint_probe_unregister(twr_tracepoint, (void *)twr_transition_probe, NULL);
	tracepoint_synchronize_unregister();
}

#else

int twr_transition_register(void)
{
	return -ENOENT;
}

void twr_transition_unregister(void)
{
}

#endif /* CONFIG_TRACEPOINTS */
