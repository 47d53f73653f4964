// SPDX-License-Identifier: GPL-2.0
/*
 * transition_test.c - changes of sockets' states, made by hand and by the running kernel
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "cache.h"
#include "compat.h"
#include "engine.h"
#include "fixture.h"
#include "netns.h"
#include "records.h"
#include "socket.h"
#include "stats.h"
#include "transition.h"

/* Sysctls that a case changes, to be restored after it. */
struct sysctls {
	u8 timestamps;
	int max_tw_buckets;
};

static int *max_tw_buckets(void)
{
	return &init_net.ipv4.tcp_death_row.sysctl_max_tw_buckets;
}

/* One bucket exists, and the kernel has no room for another. */
static void leave_no_room(void)
{
	refcount_inc(&init_net.ipv4.tcp_death_row.tw_refcount);
	*max_tw_buckets() = 1;
}

static void make_room(struct kunit *test)
{
	const struct sysctls *saved = test->priv;

	if (*max_tw_buckets() == 1)
		refcount_dec(&init_net.ipv4.tcp_death_row.tw_refcount);
	*max_tw_buckets() = saved->max_tw_buckets;
}

static int transition_init(struct kunit *test)
{
	struct sysctls *saved = kunit_kzalloc(test, sizeof(*saved), GFP_KERNEL);

	if (!saved)
		return -ENOMEM;
	saved->timestamps = init_net.ipv4.sysctl_tcp_timestamps;
	saved->max_tw_buckets = *max_tw_buckets();
	test->priv = saved;
	twr_netns_reset_all();
	return 0;
}

static void transition_exit(struct kunit *test)
{
	struct sysctls *saved = test->priv;

	if (!saved)
		return;
	make_room(test);
	init_net.ipv4.sysctl_tcp_timestamps = saved->timestamps;
	twr_netns_reset_all();
}

static u64 counted(enum twr_counter counter)
{
	u64 sums[TWR_COUNTERS];

	twr_netns_sum_counters(twr_net(&init_net), sums);
	return sums[counter];
}

static u64 stamps(void)
{
	return counted(TWR_COUNT_RECORDED) + counted(TWR_COUNT_REFUSED);
}

static u64 count_entries(void)
{
	return twr_cache_count(twr_engine.cache, 0);
}

static enum twr_record recorded(const struct twr_conn *conn, u64 later)
{
	return twr_records_lookup(twr_engine.records, conn,
				  get_jiffies_64() + later);
}

/*
 * The record as it was at that time. On a slow machine a record of a few round trips ends
 * before a case has looked at it.
 */
static enum twr_record recorded_at(const struct twr_conn *conn, u64 at)
{
	return twr_records_lookup(twr_engine.records, conn, at);
}

static void set_netns(struct twr_conn *conn)
{
	conn->key.netns = twr_net(&init_net)->id;
	twr_key_set_hash(&conn->key);
}

static const struct family {
	const char *name;
	bool v6;
	bool mapped;
} families[] = {
	{ "IPv4", false, false },
	{ "IPv6", true, false },
	{ "IPv4 in IPv6", false, true },
};

static void family_describe(const struct family *family, char *desc)
{
	strscpy(desc, family->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(family, families, family_describe);

/* A socket that its program has closed. The peer has acknowledged all that it sent. */
static struct sock *socket_in(struct kunit *test, int state, struct twr_conn *conn)
{
	const struct family *family = test->param_value ?: &families[0];
	struct sock *sk = twr_test_sock(test, state);

	twr_test_address(sk, conn, family->v6, family->mapped);
	set_netns(conn);
	tcp_sk(sk)->snd_una = tcp_sk(sk)->write_seq;
	return sk;
}

static void change_state(struct sock *sk, int state)
{
	twr_transition_probe(NULL, sk, sk->sk_state, state);
}

static bool lookup_stamp(const struct twr_conn *conn, struct twr_stamp *stamp)
{
	return twr_cache_lookup(twr_engine.cache, &conn->key, get_jiffies_64(),
				stamp);
}

static void an_open_socket_creates_an_entry(struct kunit *test)
{
	static const int from[] = { TCP_SYN_RECV, TCP_SYN_SENT };
	struct twr_stamp stamp;
	struct twr_conn conn;
	struct sock *sk;
	int i;

	for (i = 0; i < ARRAY_SIZE(from); i++) {
		twr_netns_reset_all();
		sk = socket_in(test, from[i], &conn);
		change_state(sk, TCP_ESTABLISHED);
		KUNIT_ASSERT_TRUE(test, lookup_stamp(&conn, &stamp));
		KUNIT_EXPECT_EQ(test, stamp.ts_stamp, 0U);
		KUNIT_EXPECT_EQ(test, count_entries(), 1ULL);
		KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
	}
}

/* A passive open is that of the connection whose SYN was rejected. */
static void only_an_active_open_ends_a_rejection(struct kunit *test)
{
	struct twr_conn conn;
	struct sock *sk = socket_in(test, TCP_SYN_RECV, &conn);
	u64 now = get_jiffies_64();

	twr_records_add_rejected(twr_engine.records, &conn, now + HZ * 64, now);
	change_state(sk, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, recorded(&conn, BIT_ULL(40)), TWR_RECORD_REJECTED);
	KUNIT_EXPECT_EQ(test, count_entries(), 0ULL);

	sk->sk_state = TCP_SYN_SENT;
	change_state(sk, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, recorded(&conn, 0), TWR_RECORD_NONE);
	KUNIT_EXPECT_EQ(test, count_entries(), 1ULL);
}

enum outcome { NOTHING, ENTRY, STAMP };

struct end_case {
	const char *name;
	int state;
	enum outcome leaves;
	void (*prepare)(struct sock *sk);
};

static void prepare_done(struct sock *sk)
{
	sock_set_flag(sk, SOCK_DONE);
}

static void prepare_done_alive(struct sock *sk)
{
	sock_set_flag(sk, SOCK_DONE);
	sock_reset_flag(sk, SOCK_DEAD);
}

static void prepare_no_room(struct sock *sk)
{
	leave_no_room();
}

static void prepare_no_room_alive(struct sock *sk)
{
	leave_no_room();
	sock_reset_flag(sk, SOCK_DEAD);
}

static void prepare_no_room_reset(struct sock *sk)
{
	leave_no_room();
	sk->sk_err = ECONNRESET;
}

static void prepare_no_room_linger2(struct sock *sk)
{
	leave_no_room();
	tcp_sk(sk)->linger2 = -1;
}

static void prepare_unacked(struct sock *sk)
{
	tcp_sk(sk)->snd_una--;
}

static void prepare_reset(struct sock *sk)
{
	sk->sk_err = EPIPE;
}

static const struct end_case end_cases[] = {
	{ "fw2: peer's fin", TCP_FIN_WAIT2, STAMP, prepare_done },
	{ "fw2: peer's fin, alive", TCP_FIN_WAIT2, STAMP, prepare_done_alive },
	{ "fw2: closed, no room", TCP_FIN_WAIT2, STAMP, prepare_no_room },
	{ "fw2: no bucket", TCP_FIN_WAIT2, NOTHING },
	{ "fw2: no room, alive", TCP_FIN_WAIT2, NOTHING, prepare_no_room_alive },
	{ "fw2: no room, reset", TCP_FIN_WAIT2, NOTHING, prepare_no_room_reset },
	{ "fw2: no room, linger2", TCP_FIN_WAIT2, NOTHING, prepare_no_room_linger2 },
	{ "closing: ack", TCP_CLOSING, STAMP },
	{ "closing: no ack", TCP_CLOSING, NOTHING, prepare_unacked },
	{ "last-ack: ack", TCP_LAST_ACK, ENTRY },
	{ "last-ack: no ack", TCP_LAST_ACK, NOTHING, prepare_unacked },
	{ "last-ack: reset", TCP_LAST_ACK, NOTHING, prepare_reset },
	{ "syn-received", TCP_SYN_RECV, NOTHING },
	{ "syn-sent", TCP_SYN_SENT, NOTHING },
	{ "established", TCP_ESTABLISHED, NOTHING },
	{ "fin-wait-1", TCP_FIN_WAIT1, NOTHING },
	{ "close-wait", TCP_CLOSE_WAIT, NOTHING },
	{ "listen", TCP_LISTEN, NOTHING },
	{ "close", TCP_CLOSE, NOTHING },
};

static void end_describe(const struct end_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(end, end_cases, end_describe);

static void expect_end(struct kunit *test, const struct end_case *c,
		       const struct family *family)
{
	struct twr_stamp stamp;
	struct twr_conn conn;
	struct sock *sk;
	bool found;
	u64 before;

	twr_netns_reset_all();
	before = get_jiffies_64();
	test->param_value = family;
	sk = socket_in(test, c->state, &conn);
	tcp_sk(sk)->rx_opt.ts_recent_stamp -= 40;
	if (c->prepare)
		c->prepare(sk);
	change_state(sk, TCP_CLOSE);
	make_room(test);

	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED),
			(u64)(c->leaves == STAMP));
	KUNIT_EXPECT_EQ(test, count_entries(), (u64)(c->leaves != NOTHING));
	KUNIT_EXPECT_EQ(test, recorded_at(&conn, before),
			c->leaves == STAMP ? TWR_RECORD_BUCKET :
					     TWR_RECORD_NONE);
	found = lookup_stamp(&conn, &stamp);
	KUNIT_EXPECT_EQ(test, found, c->leaves != NOTHING);
	if (found && c->leaves == STAMP) {
		KUNIT_EXPECT_EQ(test, stamp.ts, TWR_TEST_TS_RECENT);
		KUNIT_EXPECT_EQ(test, stamp.ts_stamp,
				twr_stamp_second(tcp_sk(sk)->rx_opt.ts_recent_stamp));
	}
}

/* The old kernels called tcp_time_wait() and tcp_update_metrics() for such a change. */
static void a_socket_ends(struct kunit *test)
{
	const struct end_case *c = test->param_value;
	int i;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		expect_end(test, c, &families[i]);
	test->param_value = c;
}

/* The record ends with the socket, whatever states the socket passes through. */
static void a_rejected_socket_updates_nothing(struct kunit *test)
{
	static const int ends[] = {
		TCP_SYN_RECV, TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_CLOSE_WAIT,
		TCP_CLOSING, TCP_LAST_ACK,
	};
	u64 now = get_jiffies_64();
	struct twr_conn conn;
	struct sock *sk;
	int i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		sk = socket_in(test, ends[i], &conn);
		twr_records_add_rejected(twr_engine.records, &conn, TWR_RECORD_WHILE_OPEN, now);
		change_state(sk, TCP_CLOSE);
		KUNIT_EXPECT_EQ_MSG(test, recorded(&conn, 0), TWR_RECORD_NONE,
				    "state %d", ends[i]);
	}
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
	KUNIT_EXPECT_EQ(test, count_entries(), 0ULL);
}

static void without_timestamps_it_leaves_an_entry_alone(struct kunit *test)
{
	struct twr_stamp stamp;
	struct twr_conn conn;
	struct sock *sk = socket_in(test, TCP_CLOSING, &conn);

	tcp_sk(sk)->rx_opt.tstamp_ok = 0;
	change_state(sk, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
	KUNIT_ASSERT_TRUE(test, lookup_stamp(&conn, &stamp));
	KUNIT_EXPECT_EQ(test, stamp.ts_stamp, 0U);
	KUNIT_EXPECT_EQ(test, recorded(&conn, 0), TWR_RECORD_NONE);
}

/* TCP drops a route after a few timeouts. The bucket then lasts for a minute. */
static void without_a_route_it_leaves_no_stamp(struct kunit *test)
{
	struct twr_conn conn;
	struct sock *sk = socket_in(test, TCP_CLOSING, &conn);
	u64 before = get_jiffies_64();

	RCU_INIT_POINTER(sk->sk_dst_cache, NULL);
	change_state(sk, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
	KUNIT_EXPECT_EQ(test, count_entries(), 0ULL);
	KUNIT_EXPECT_EQ(test, recorded_at(&conn, before + 59 * HZ), TWR_RECORD_BUCKET);
}

/* With a route, the RTO decides how long the bucket lasts. */
static void a_sockets_rto_is_the_measure(struct kunit *test)
{
	struct twr_conn conn;
	struct sock *sk = socket_in(test, TCP_CLOSING, &conn);
	u64 before = get_jiffies_64();

	inet_csk(sk)->icsk_rto = 10 * HZ;
	change_state(sk, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, recorded_at(&conn, before + 34 * HZ), TWR_RECORD_BUCKET);
	KUNIT_EXPECT_EQ(test, recorded(&conn, 36 * HZ), TWR_RECORD_NONE);
}

/*
 * FIN-WAIT-2 lasts for tcp_fin_timeout, or as long as TCP_LINGER2 says. If that is more
 * than a minute, only the last part is that of the mini-socket.
 */
static void a_mini_socket_is_recorded_for_fin_wait2(struct kunit *test)
{
	static const struct { int linger2; u32 until; } cases[] = {
		{ 5 * HZ, 5 * HZ }, { 60 * HZ, 60 * HZ }, { 75 * HZ, 15 * HZ },
		/* At least 3.5 RTO */
		{ HZ / 10, TWR_TEST_RTO * 7 / 2 },
	};
	struct twr_conn conn;
	struct sock *sk;
	int i;

	leave_no_room();
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 before = get_jiffies_64(), after;

		twr_netns_reset_all();
		sk = socket_in(test, TCP_FIN_WAIT2, &conn);
		tcp_sk(sk)->linger2 = cases[i].linger2;
		change_state(sk, TCP_CLOSE);
		after = get_jiffies_64();
		KUNIT_EXPECT_EQ_MSG(test, recorded_at(&conn, before + cases[i].until - 1),
				    TWR_RECORD_BUCKET, "case %d", i);
		KUNIT_EXPECT_EQ_MSG(test, recorded_at(&conn, after + cases[i].until),
				    TWR_RECORD_NONE, "case %d", i);
	}
}

/* With tcp_max_tw_buckets at 0 a stamp is taken, but there is no bucket. */
static void no_bucket_is_recorded_where_there_are_none(struct kunit *test)
{
	struct twr_conn conn;
	struct sock *sk = socket_in(test, TCP_CLOSING, &conn);

	*max_tw_buckets() = 0;
	change_state(sk, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED), 1ULL);
	KUNIT_EXPECT_EQ(test, recorded(&conn, 0), TWR_RECORD_NONE);
}

static void other_states_are_ignored(struct kunit *test)
{
	struct twr_conn conn;
	struct sock *sk = socket_in(test, TCP_FIN_WAIT2, &conn);
	int from, to;

	prepare_done(sk);
	for (from = TCP_ESTABLISHED; from <= TCP_NEW_SYN_RECV; from++)
		for (to = TCP_SYN_SENT; to <= TCP_NEW_SYN_RECV; to++)
			if (to != TCP_CLOSE)
				twr_transition_probe(NULL, sk, from, to);
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
	KUNIT_EXPECT_EQ(test, count_entries(), 0ULL);
	KUNIT_EXPECT_EQ(test, recorded(&conn, 0), TWR_RECORD_NONE);
}

static void sockets_of_other_protocols_are_ignored(struct kunit *test)
{
	static const u16 protocols[] = {
		IPPROTO_UDP, IPPROTO_DCCP, IPPROTO_SCTP, IPPROTO_RAW, 262,
	};
	struct twr_conn conn;
	struct sock *sk = socket_in(test, TCP_CLOSING, &conn);
	int i;

	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		sk->sk_protocol = protocols[i];
		change_state(sk, TCP_CLOSE);
		change_state(sk, TCP_ESTABLISHED);
	}
	KUNIT_EXPECT_EQ(test, count_entries(), 0ULL);
}

/*
 * The module's data for such a namespace may be gone. The namespace of this case has
 * none.
 */
static void sockets_of_a_dying_namespace_are_ignored(struct kunit *test)
{
	struct net *net = kunit_kzalloc(test, sizeof(*net), GFP_KERNEL);
	struct twr_conn conn;
	struct sock *sk = socket_in(test, TCP_CLOSING, &conn);

	KUNIT_ASSERT_NOT_NULL(test, net);
	sock_net_set(sk, net);
	change_state(sk, TCP_CLOSE);
	sk->sk_state = TCP_SYN_SENT;
	change_state(sk, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, count_entries(), 0ULL);
}

static void sockets_of_an_unfinished_namespace_are_ignored(struct kunit *test)
{
	struct net *net = kunit_kzalloc(test, sizeof(*net), GFP_KERNEL);
	struct net_generic *gen = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct twr_conn conn;
	struct sock *sk = socket_in(test, TCP_CLOSING, &conn);

	KUNIT_ASSERT_NOT_NULL(test, net);
	KUNIT_ASSERT_NOT_NULL(test, gen);
	refcount_set(twr_ns_count(&net->ns), 1);
	rcu_assign_pointer(net->gen, gen);
	sock_net_set(sk, net);
	change_state(sk, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, count_entries(), 0ULL);
}

static struct kunit_case by_hand_cases[] = {
	KUNIT_CASE_PARAM(an_open_socket_creates_an_entry, family_gen_params),
	KUNIT_CASE_PARAM(only_an_active_open_ends_a_rejection, family_gen_params),
	KUNIT_CASE_PARAM(a_socket_ends, end_gen_params),
	KUNIT_CASE(a_rejected_socket_updates_nothing),
	KUNIT_CASE(without_timestamps_it_leaves_an_entry_alone),
	KUNIT_CASE(without_a_route_it_leaves_no_stamp),
	KUNIT_CASE(a_sockets_rto_is_the_measure),
	KUNIT_CASE(a_mini_socket_is_recorded_for_fin_wait2),
	KUNIT_CASE(no_bucket_is_recorded_where_there_are_none),
	KUNIT_CASE(other_states_are_ignored),
	KUNIT_CASE(sockets_of_other_protocols_are_ignored),
	KUNIT_CASE(sockets_of_a_dying_namespace_are_ignored),
	KUNIT_CASE(sockets_of_an_unfinished_namespace_are_ignored),
	{ }
};

static struct kunit_suite by_hand_suite = {
	.name = "twr_transition",
	.suite_init = twr_test_start,
	.suite_exit = twr_test_stop,
	.init = transition_init,
	.exit = transition_exit,
	.test_cases = by_hand_cases,
};

/*
 * The cases below use real sockets over loopback, and the running kernel reports the
 * changes of their states. With IPv4 each side has an address of its own, so that the
 * cases see which peer is known.
 */

/**
 * struct pair - a connection
 * @listener: socket that the connection came in by
 * @client: socket of the side that opened the connection
 * @server: socket of the side that accepted it
 * @of_client: the connection as the client's socket has it
 * @of_server: the connection as the server's socket has it
 */
struct pair {
	struct socket *listener;
	struct socket *client;
	struct socket *server;
	struct twr_conn of_client;
	struct twr_conn of_server;
};

static int lo_start(struct kunit_suite *suite)
{
	struct net_device *lo = init_net.loopback_dev;
	int err;

	/*
	 * TCP takes a ts_recent of second 0 after boot for none. A kernel that runs
	 * only these tests gets to this place within that second.
	 */
	while (ktime_get_seconds() < 2)
		msleep(50);

	rtnl_lock();
	err = dev_change_flags(lo, lo->flags | IFF_UP, NULL);
	rtnl_unlock();
	return err ?: twr_test_start(suite);
}

/*
 * Waits for the condition, for longer than any machine should need. Return: 0 if it
 * stays false.
 */
#define IN_THE_END(condition)						\
({									\
	int _left = 6000;						\
									\
	while (!(condition) && --_left)					\
		msleep(20);						\
	_left;								\
})

static int state_of(const struct socket *sock)
{
	return READ_ONCE(sock->sk->sk_state);
}

static struct socket *make_socket(struct kunit *test, int family)
{
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, family, SOCK_STREAM,
					       IPPROTO_TCP, &sock), 0);
	return sock;
}

static void bind_to(struct kunit *test, struct socket *sock, bool v6,
		    struct sockaddr_storage *addr, u32 host)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)addr;
	struct sockaddr_in *sin = (struct sockaddr_in *)addr;

	memset(addr, 0, sizeof(*addr));
	if (v6) {
		sin6->sin6_family = AF_INET6;
		if (host)
			sin6->sin6_addr = in6addr_loopback;
	} else {
		sin->sin_family = AF_INET;
		sin->sin_addr.s_addr = htonl(host);
	}
	KUNIT_ASSERT_EQ(test, kernel_bind(sock, (struct twr_sockaddr *)addr,
					  sizeof(*addr)), 0);
	KUNIT_ASSERT_GT(test, kernel_getsockname(sock, (struct sockaddr *)addr),
			0);
}

static void name(struct twr_conn *conn, const struct socket *sock)
{
	const struct sock *sk = sock->sk;

	memset(conn, 0, sizeof(*conn));
	ipv6_addr_set_v4mapped(sk->sk_daddr, &conn->key.peer);
	ipv6_addr_set_v4mapped(sk->sk_rcv_saddr, &conn->key.local);
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		conn->key.peer = sk->sk_v6_daddr;
		conn->key.local = sk->sk_v6_rcv_saddr;
	}
#endif
	conn->peer_port = sk->sk_dport;
	conn->local_port = inet_sk(sk)->inet_sport;
	set_netns(conn);
}

static struct socket *listen(struct kunit *test, struct sockaddr_storage *addr)
{
	const struct family *family = test->param_value ?: &families[0];
	bool v6 = family->v6 || family->mapped;
	struct socket *listener = make_socket(test, v6 ? PF_INET6 : PF_INET);
	struct sockaddr_in *sin = (struct sockaddr_in *)addr;
	__be16 port;

	bind_to(test, listener, v6, addr, family->mapped ? 0 : INADDR_LOOPBACK);
	KUNIT_ASSERT_EQ(test, kernel_listen(listener, 8), 0);
	if (family->mapped) {
		port = ((struct sockaddr_in6 *)addr)->sin6_port;
		memset(addr, 0, sizeof(*addr));
		sin->sin_family = AF_INET;
		sin->sin_port = port;
		sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	}
	return listener;
}

static void connect_pair(struct kunit *test, struct pair *pair)
{
	const struct family *family = test->param_value ?: &families[0];
	struct sockaddr_storage addr, own_addr;

	pair->listener = listen(test, &addr);
	pair->client = make_socket(test, family->v6 ? PF_INET6 : PF_INET);
	bind_to(test, pair->client, family->v6, &own_addr, INADDR_LOOPBACK + 1);
	KUNIT_ASSERT_EQ(test, kernel_connect(pair->client,
					     (struct twr_sockaddr *)&addr,
					     sizeof(addr), 0), 0);
	KUNIT_ASSERT_EQ(test, kernel_accept(pair->listener, &pair->server, 0), 0);
	name(&pair->of_client, pair->client);
	name(&pair->of_server, pair->server);
}

static void close_socket(struct socket **sock)
{
	if (*sock)
		sock_release(*sock);
	*sock = NULL;
}

/*
 * @peer acknowledges the FIN once close() has returned. If that ACK met close() at its last
 * steps, TCP would keep the whole socket in FIN-WAIT-2 and make no mini-socket of it.
 */
static void close_before_ack(struct socket **sock, struct socket *peer)
{
	struct sock *sk = peer->sk;

	/* Segments for this socket wait until it is released. */
	lock_sock_nested(sk, SINGLE_DEPTH_NESTING);
	close_socket(sock);
	release_sock(sk);
}

/* Closes by RST, so that no FIN follows after the end of a case. */
static void reset_socket(struct socket **sock)
{
	if (*sock)
		sock_no_linger((*sock)->sk);
	close_socket(sock);
}

static void disconnect_pair(struct pair *pair)
{
	reset_socket(&pair->client);
	reset_socket(&pair->server);
	close_socket(&pair->listener);
}

static void half_close(struct kunit *test, struct socket *sock)
{
	KUNIT_ASSERT_EQ(test, kernel_sock_shutdown(sock, SHUT_WR), 0);
	KUNIT_EXPECT_TRUE(test, IN_THE_END(state_of(sock) == TCP_FIN_WAIT2));
}

/* The stamp must be the last TSval of the peer, with the time of now. */
static void expect_stamp(struct kunit *test, const struct twr_conn *conn,
			 u32 earlier)
{
	struct twr_stamp stamp = { };

	KUNIT_EXPECT_TRUE(test, lookup_stamp(conn, &stamp));
	KUNIT_EXPECT_NE(test, stamp.ts_stamp, 0U);
	KUNIT_EXPECT_GE(test, (s32)(stamp.ts - earlier), 0);
	KUNIT_EXPECT_LE(test, stamp.ts - earlier, 120 * MSEC_PER_SEC);
	KUNIT_EXPECT_LE(test, twr_stamp_now() - stamp.ts_stamp, 120U);
}

static void expect_no_stamp(struct kunit *test, const struct twr_conn *conn)
{
	struct twr_stamp stamp = { };

	KUNIT_EXPECT_TRUE(test, lookup_stamp(conn, &stamp));
	KUNIT_EXPECT_EQ(test, stamp.ts_stamp, 0U);
}

static u32 ts_recent(const struct socket *sock)
{
	return tcp_sk(sock->sk)->rx_opt.ts_recent;
}

/* Return: true if both sides of the connection share an entry. */
static bool one_address(const struct pair *pair)
{
	return !memcmp(&pair->of_client.key, &pair->of_server.key,
		       sizeof(pair->of_client.key));
}

static void a_handshake_creates_an_entry_on_both_sides(struct kunit *test)
{
	struct pair pair = { };

	connect_pair(test, &pair);
	expect_no_stamp(test, &pair.of_client);
	expect_no_stamp(test, &pair.of_server);
	KUNIT_EXPECT_EQ(test, count_entries(), one_address(&pair) ? 1ULL : 2ULL);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), 1ULL);
	disconnect_pair(&pair);
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
}

/*
 * The side that closes first takes a stamp for its mini-socket, and again at the peer's
 * FIN.
 */
static void who_closes_first_takes_a_stamp(struct kunit *test)
{
	struct twr_conn *first, *last;
	struct pair pair = { };
	u32 earlier;
	int i;

	for (i = 0; i < 2; i++) {
		twr_netns_reset_all();
		connect_pair(test, &pair);
		first = i ? &pair.of_server : &pair.of_client;
		last = i ? &pair.of_client : &pair.of_server;
		earlier = ts_recent(i ? pair.server : pair.client);

		if (i)
			close_before_ack(&pair.server, pair.client);
		else
			close_before_ack(&pair.client, pair.server);
		KUNIT_EXPECT_TRUE(test, IN_THE_END(stamps() == 1));
		expect_stamp(test, first, earlier);
		KUNIT_EXPECT_EQ(test, recorded(first, 30 * HZ),
				TWR_RECORD_BUCKET);

		close_socket(i ? &pair.client : &pair.server);
		KUNIT_EXPECT_TRUE(test, IN_THE_END(stamps() == 2));
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED), 2ULL);
		expect_stamp(test, first, earlier);
		KUNIT_EXPECT_EQ(test, recorded(first, 30 * HZ), TWR_RECORD_NONE);
		KUNIT_EXPECT_EQ(test, recorded(last, 0), TWR_RECORD_NONE);
		if (!one_address(&pair))
			expect_no_stamp(test, last);
		disconnect_pair(&pair);
	}
}

static void a_half_closed_socket_takes_a_stamp_at_the_peers_fin(struct kunit *test)
{
	struct pair pair = { };
	u32 earlier;

	connect_pair(test, &pair);
	half_close(test, pair.client);
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
	KUNIT_EXPECT_EQ(test, recorded(&pair.of_client, 0), TWR_RECORD_NONE);
	earlier = ts_recent(pair.client);

	close_socket(&pair.server);
	KUNIT_EXPECT_TRUE(test, IN_THE_END(counted(TWR_COUNT_RECORDED) == 1));
	expect_stamp(test, &pair.of_client, earlier);
	KUNIT_EXPECT_EQ(test, recorded(&pair.of_client, 30 * HZ),
			TWR_RECORD_NONE);
	close_socket(&pair.client);
	KUNIT_EXPECT_EQ(test, stamps(), 1ULL);
	disconnect_pair(&pair);
}

static void a_close_without_a_packet_takes_a_stamp(struct kunit *test)
{
	struct pair pair = { };
	u32 earlier;
	u64 before;

	connect_pair(test, &pair);
	half_close(test, pair.client);
	earlier = ts_recent(pair.client);
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
	before = get_jiffies_64();
	close_socket(&pair.client);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED), 1ULL);
	expect_stamp(test, &pair.of_client, earlier);
	KUNIT_EXPECT_EQ(test, recorded_at(&pair.of_client, before + 50 * HZ),
			TWR_RECORD_BUCKET);
	disconnect_pair(&pair);
}

/*
 * The old kernels took the stamp before they made the bucket, so a full table does not
 * matter.
 */
static void a_full_timewait_table_makes_no_difference(struct kunit *test)
{
	struct pair pair = { };

	connect_pair(test, &pair);
	leave_no_room();
	close_before_ack(&pair.client, pair.server);
	KUNIT_EXPECT_TRUE(test, IN_THE_END(stamps()));
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED), 1ULL);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_REFUSED), 0ULL);
	KUNIT_EXPECT_TRUE(test, IN_THE_END(recorded(&pair.of_client, 30 * HZ) ==
					   TWR_RECORD_BUCKET));
	disconnect_pair(&pair);
}

/* Each side sends its FIN before it sees that of the other side. */
static void both_sides_that_close_at_once_take_a_stamp(struct kunit *test)
{
	struct pair pair = { };
	struct sock *sk;
	u64 before;

	connect_pair(test, &pair);
	before = get_jiffies_64();
	sk = pair.server->sk;
	/* Segments for this socket wait until it is released. */
	lock_sock_nested(sk, SINGLE_DEPTH_NESTING);
	KUNIT_EXPECT_EQ(test, kernel_sock_shutdown(pair.client, SHUT_WR), 0);
	sk->sk_shutdown |= SEND_SHUTDOWN;
	sk->sk_prot->shutdown(sk, SEND_SHUTDOWN);
	KUNIT_EXPECT_TRUE(test, IN_THE_END(state_of(pair.client) == TCP_CLOSING));
	KUNIT_EXPECT_EQ(test, state_of(pair.server), (int)TCP_FIN_WAIT1);
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
	release_sock(sk);

	KUNIT_EXPECT_TRUE(test, IN_THE_END(stamps() == 2));
	KUNIT_EXPECT_EQ(test, recorded_at(&pair.of_client, before), TWR_RECORD_BUCKET);
	KUNIT_EXPECT_EQ(test, recorded_at(&pair.of_server, before), TWR_RECORD_BUCKET);
	disconnect_pair(&pair);
}

static void a_reset_takes_no_stamp(struct kunit *test)
{
	struct pair pair = { };

	/*
	 * A reset by this side, a reset by the other side, and a reset in FIN-WAIT-2.
	 */
	connect_pair(test, &pair);
	reset_socket(&pair.client);
	KUNIT_EXPECT_TRUE(test, IN_THE_END(state_of(pair.server) == TCP_CLOSE));
	disconnect_pair(&pair);

	connect_pair(test, &pair);
	half_close(test, pair.client);
	reset_socket(&pair.server);
	KUNIT_EXPECT_TRUE(test, IN_THE_END(state_of(pair.client) == TCP_CLOSE));
	disconnect_pair(&pair);

	/* And a reset in LAST-ACK, when a program gives up what it has sent. */
	connect_pair(test, &pair);
	half_close(test, pair.client);
	KUNIT_EXPECT_EQ(test, state_of(pair.server), (int)TCP_CLOSE_WAIT);
	reset_socket(&pair.client);
	disconnect_pair(&pair);
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
}

/* With a negative TCP_LINGER2, closing a socket in FIN-WAIT-2 resets the connection. */
static void without_linger2_there_is_no_mini_socket(struct kunit *test)
{
	struct pair pair = { };

	connect_pair(test, &pair);
	half_close(test, pair.client);
	WRITE_ONCE(tcp_sk(pair.client->sk)->linger2, -1);
	close_socket(&pair.client);
	KUNIT_EXPECT_TRUE(test, IN_THE_END(state_of(pair.server) == TCP_CLOSE));
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
	KUNIT_EXPECT_EQ(test, recorded(&pair.of_client, 0), TWR_RECORD_NONE);
	disconnect_pair(&pair);
}

static void with_timestamps_off_there_is_no_stamp(struct kunit *test)
{
	struct pair pair = { };

	init_net.ipv4.sysctl_tcp_timestamps = 0;
	connect_pair(test, &pair);
	half_close(test, pair.client);
	close_socket(&pair.server);
	KUNIT_EXPECT_TRUE(test, IN_THE_END(state_of(pair.client) == TCP_CLOSE));
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
	expect_no_stamp(test, &pair.of_client);
	expect_no_stamp(test, &pair.of_server);
	disconnect_pair(&pair);
}

/* Gives the server a stamp that is far ahead of the client's clock. */
static void remember_newer(const struct pair *pair, u32 ts)
{
	struct twr_update update = {
		.creates_entry = true,
		.has_stamp = true,
		.stamp = { .ts = ts + 1000000, .ts_stamp = twr_stamp_now() },
	};

	twr_cache_update(twr_engine.cache, &pair->of_server.key, &update,
			 twr_era_replaces_stamp, twr_stamp_now(), get_jiffies_64());
}

static u64 older(void)
{
	return counted(TWR_COUNT_OLDER);
}

/*
 * Only the server's side was rejected. The client's side is a connection that this
 * machine opened.
 */
static void a_rejected_connection_has_no_effect(struct kunit *test)
{
	struct pair pair = { };
	u64 before;

	/*
	 * The client uses one clock for both connections, without an offset for each.
	 */
	init_net.ipv4.sysctl_tcp_timestamps = 2;
	connect_pair(test, &pair);
	remember_newer(&pair, ts_recent(pair.server));
	disconnect_pair(&pair);

	connect_pair(test, &pair);
	KUNIT_EXPECT_EQ(test, older(), 1ULL);
	KUNIT_EXPECT_EQ(test, recorded(&pair.of_server, BIT_ULL(40)),
			TWR_RECORD_REJECTED);
	before = get_jiffies_64();
	half_close(test, pair.server);
	close_socket(&pair.server);
	KUNIT_EXPECT_EQ(test, recorded_at(&pair.of_server, before + 59 * HZ),
			TWR_RECORD_REJECTED);
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);

	/* The record ends together with the bucket. */
	close_socket(&pair.client);
	KUNIT_EXPECT_TRUE(test, IN_THE_END(recorded(&pair.of_server, 0) ==
					   TWR_RECORD_NONE));
	KUNIT_EXPECT_EQ(test, stamps(), 0ULL);
	disconnect_pair(&pair);
}

static void a_refused_connection_has_no_effect(struct kunit *test)
{
	struct socket *listener, *client;
	struct sockaddr_storage addr;

	listener = listen(test, &addr);
	close_socket(&listener);
	client = make_socket(test, PF_INET);
	KUNIT_EXPECT_EQ(test, kernel_connect(client, (struct twr_sockaddr *)&addr,
					     sizeof(addr), 0), -ECONNREFUSED);
	close_socket(&client);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_EXEMPT + TWR_EXEMPT_NO_LISTENER), 1ULL);
	KUNIT_EXPECT_EQ(test, count_entries(), 0ULL);
}

static struct kunit_case real_cases[] = {
	KUNIT_CASE_PARAM(a_handshake_creates_an_entry_on_both_sides, family_gen_params),
	KUNIT_CASE_PARAM(who_closes_first_takes_a_stamp, family_gen_params),
	KUNIT_CASE_PARAM(a_half_closed_socket_takes_a_stamp_at_the_peers_fin,
			 family_gen_params),
	KUNIT_CASE_PARAM(a_close_without_a_packet_takes_a_stamp,
			 family_gen_params),
	KUNIT_CASE_PARAM(a_full_timewait_table_makes_no_difference,
			 family_gen_params),
	KUNIT_CASE_PARAM(both_sides_that_close_at_once_take_a_stamp,
			 family_gen_params),
	KUNIT_CASE_PARAM(a_reset_takes_no_stamp, family_gen_params),
	KUNIT_CASE_PARAM(without_linger2_there_is_no_mini_socket,
			 family_gen_params),
	KUNIT_CASE_PARAM(with_timestamps_off_there_is_no_stamp,
			 family_gen_params),
	KUNIT_CASE(a_rejected_connection_has_no_effect),
	KUNIT_CASE(a_refused_connection_has_no_effect),
	{ }
};

static struct kunit_suite real_suite = {
	.name = "twr_transition_real",
	.suite_init = lo_start,
	.suite_exit = twr_test_stop,
	.init = transition_init,
	.exit = transition_exit,
	.test_cases = real_cases,
};

kunit_test_suites(&by_hand_suite, &real_suite);
