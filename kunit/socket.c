// SPDX-License-Identifier: GPL-2.0
/*
 * socket.c - makes sockets for the suites, each in the state that a case tests
 */
#include <kunit/test.h>
#include <net/inet_timewait_sock.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "conn.h"
#include "packet.h"
#include "socket.h"

struct sock *twr_test_sock(struct kunit *test, int state)
{
	struct tcp_sock *tp;
	struct sock *sk;

	tp = kunit_kzalloc(test, sizeof(struct tcp6_sock), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, tp);
	sk = (struct sock *)tp;
	sock_net_set(sk, &init_net);
	sk->sk_state = state;
	sk->sk_protocol = IPPROTO_TCP;
	sk->sk_max_ack_backlog = 128;
	tp->snd_una = TWR_TEST_SND_UNA;
	tp->snd_nxt = TWR_TEST_FIN_ACKED;
	tp->write_seq = TWR_TEST_FIN_ACKED;
	tp->rcv_nxt = TWR_TEST_RCV_NXT;
	tp->rcv_wup = TWR_TEST_RCV_NXT;
	tp->rcv_wnd = TWR_TEST_RCV_WND;
	tp->rx_opt.tstamp_ok = 1;
	tp->rx_opt.ts_recent = TWR_TEST_TS_RECENT;
	tp->rx_opt.ts_recent_stamp = ktime_get_seconds();
	inet_csk(sk)->icsk_rto = TWR_TEST_RTO;
	sock_set_flag(sk, SOCK_DEAD);
	sk->sk_shutdown = SHUTDOWN_MASK;
	return sk;
}

void twr_test_address(struct sock *sk, struct twr_conn *conn, bool v6, bool mapped)
{
	static struct dst_entry route;

	memset(conn, 0, sizeof(*conn));
	conn->peer_port = htons(TWR_TEST_PEER_PORT);
	conn->local_port = htons(TWR_TEST_LOCAL_PORT);
	if (v6) {
		ipv6_addr_set(&conn->key.peer, htonl(0x20010db8), 0, 0, htonl(7));
		ipv6_addr_set(&conn->key.local, htonl(0x20010db8), 0, 0, htonl(1));
	} else {
		ipv6_addr_set_v4mapped(htonl(TWR_TEST_PEER4), &conn->key.peer);
		ipv6_addr_set_v4mapped(htonl(TWR_TEST_LOCAL4), &conn->key.local);
	}

	sk->sk_family = v6 || mapped ? AF_INET6 : AF_INET;
	if (!v6) {
		sk->sk_daddr = htonl(TWR_TEST_PEER4);
		sk->sk_rcv_saddr = htonl(TWR_TEST_LOCAL4);
	}
#if IS_ENABLED(CONFIG_IPV6)
	if (v6 || mapped) {
		sk->sk_v6_daddr = conn->key.peer;
		sk->sk_v6_rcv_saddr = conn->key.local;
	}
#endif
	sk->sk_dport = conn->peer_port;
	/*
	 * At the end of a socket, the kernel has already released a port of its own
	 * choice.
	 */
	inet_sk(sk)->inet_num = 0;
	inet_sk(sk)->inet_sport = conn->local_port;
	RCU_INIT_POINTER(sk->sk_dst_cache, &route);
}

struct sock *twr_test_mini_socket(struct kunit *test)
{
	struct tcp_timewait_sock *tw;

	tw = kunit_kzalloc(test, sizeof(*tw), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, tw);
	tw->tw_sk.tw_state = TCP_TIME_WAIT;
	tw->tw_sk.tw_substate = TCP_FIN_WAIT2;
	tw->tw_rcv_nxt = TWR_TEST_RCV_NXT;
	tw->tw_rcv_wnd = TWR_TEST_RCV_WND;
	tw->tw_ts_recent = TWR_TEST_TS_RECENT;
	tw->tw_ts_recent_stamp = ktime_get_seconds() - 40;
	return (struct sock *)tw;
}

struct sock *twr_test_bucket(struct kunit *test)
{
	struct sock *sk = twr_test_mini_socket(test);

	inet_twsk(sk)->tw_substate = TCP_TIME_WAIT;
	return sk;
}

struct sock *twr_test_request(struct kunit *test)
{
	struct tcp_request_sock *treq;

	treq = kunit_kzalloc(test, sizeof(*treq), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, treq);
	inet_rsk((struct request_sock *)treq)->ireq_state = TCP_NEW_SYN_RECV;
	treq->snt_isn = TWR_TEST_SND_UNA - 1;
	treq->rcv_nxt = TWR_TEST_RCV_NXT;
	treq->req.req.rsk_rcv_wnd = TWR_TEST_RCV_WND;
	treq->req.req.ts_recent = TWR_TEST_TS_RECENT;
	return (struct sock *)treq;
}
