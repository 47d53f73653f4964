// SPDX-License-Identifier: GPL-2.0
/*
 * observe_test.c - what a SYN meets, and what a segment does to a TIME-WAIT bucket
 *
 * The tests set skb->sk to the socket, as early demux does.
 */
#include <kunit/test.h>
#include <linux/bpf.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <net/inet_timewait_sock.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "observe.h"
#include "packet.h"
#include "socket.h"

#define SND_UNA		TWR_TEST_SND_UNA
#define FIN_ACKED	TWR_TEST_FIN_ACKED
#define RCV_NXT		TWR_TEST_RCV_NXT
#define RCV_WND		TWR_TEST_RCV_WND
#define TS_RECENT	TWR_TEST_TS_RECENT

/* All that the module observes of one packet. */
struct observation {
	struct twr_syn syn;
	struct twr_conn_change change;
	enum twr_segment_action action;
	bool skipped;
};

/* Does what the hook does, without the engine. Return: true if the packet is a SYN. */
static bool observe_skb(struct observation *seen, const struct sk_buff *skb, u8 pf)
{
	struct twr_segment seg;
	bool whole, is_syn;
	int thoff;

	local_bh_disable();
	rcu_read_lock();
	thoff = twr_segment_find_tcp(skb, pf, &whole);
	seen->action = TWR_ACTION_NONE;
	seen->skipped = twr_observe_may_skip(skb, thoff);
	is_syn = twr_segment_read(&seg, skb, pf, thoff, whole) &&
		 twr_segment_is_syn(&seg);
	if (!seg.malformed)
		twr_segment_set_netns(&seg, 1);
	if (is_syn)
		twr_observe_syn(&seen->syn, &seg, &init_net, skb);
	else if (!seg.malformed)
		seen->action = twr_observe_segment(&seen->change, &seg,
						   &init_net, skb);
	rcu_read_unlock();
	local_bh_enable();
	return is_syn;
}

static void observe(struct kunit *test, struct observation *seen, struct sock *sk,
		    const struct twr_test_packet *p)
{
	struct sk_buff *skb = twr_test_skb(test, p);
	bool is_syn;

	skb->sk = sk;
	is_syn = observe_skb(seen, skb, p->v6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
	skb->sk = NULL;
	kfree_skb(skb);

	/* The quick check must not skip what the full one finds. */
	if (is_syn || seen->action != TWR_ACTION_NONE)
		KUNIT_EXPECT_FALSE(test, seen->skipped);
}

#define ACK	TCPHDR_ACK
#define FIN	(TCPHDR_ACK | TCPHDR_FIN)
#define NEWER	(TS_RECENT + 5)

static const struct twr_test_packet peer_fin = {
	.flags = FIN,
	.seq = RCV_NXT,
	.ack_seq = FIN_ACKED,
	.timed = true,
	.tsval = NEWER,
};

static void a_fin_ends_a_mini_socket(struct kunit *test)
{
	struct twr_test_packet p = peer_fin;
	struct sock *sk = twr_test_mini_socket(test);
	struct observation seen;

	observe(test, &seen, sk, &p);
	KUNIT_ASSERT_EQ(test, seen.action, TWR_ACTION_CHANGE);
	KUNIT_EXPECT_EQ(test, seen.change.event, TWR_EVENT_MINI_TIME_WAIT);
	KUNIT_EXPECT_TRUE(test, seen.change.has_stamp);
	KUNIT_EXPECT_EQ(test, seen.change.stamp.ts, NEWER);
	KUNIT_EXPECT_LE(test, twr_stamp_now() - seen.change.stamp.ts_stamp, 1U);

	/* After a FIN without a timestamp, the stamp is the one that the bucket had. */
	p.timed = false;
	observe(test, &seen, sk, &p);
	KUNIT_ASSERT_EQ(test, seen.action, TWR_ACTION_CHANGE);
	KUNIT_EXPECT_EQ(test, seen.change.stamp.ts, TS_RECENT);
	KUNIT_EXPECT_EQ(test, seen.change.stamp.ts_stamp,
			twr_stamp_second(tcp_twsk(sk)->tw_ts_recent_stamp));
}

/*
 * A segment that acknowledges this side's FIN, with a newer timestamp unless it has
 * one.
 */
static struct twr_test_packet
after_our_fin(const struct twr_test_packet *packet)
{
	struct twr_test_packet p = *packet;

	p.ack_seq = FIN_ACKED;
	p.timed = true;
	if (!p.tsval)
		p.tsval = NEWER;
	return p;
}

static void other_segments_to_a_mini_socket_do_nothing(struct kunit *test)
{
	static const struct twr_test_packet packets[] = {
		/* ACK; old FIN; FIN and RST out of the window */
		{ .flags = ACK, .seq = RCV_NXT },
		{ .flags = FIN, .seq = RCV_NXT - 1 },
		{ .flags = FIN, .seq = RCV_NXT + RCV_WND + 1 },
		{ .flags = TCPHDR_RST, .seq = RCV_NXT + RCV_WND + 1 },
		/*
		 * One tick older, which PAWS does not allow in TIME-WAIT; wrong
		 * checksum
		 */
		{ .flags = FIN, .seq = RCV_NXT, .tsval = TS_RECENT - 1 },
		{ .flags = TCPHDR_RST, .seq = RCV_NXT, .tsval = TS_RECENT - 1 },
		{ .flags = FIN, .seq = RCV_NXT, .bad_sum = true },
	};
	struct sock *sk = twr_test_mini_socket(test);
	struct twr_test_packet p;
	struct observation seen;
	int i;

	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		p = after_our_fin(&packets[i]);
		observe(test, &seen, sk, &p);
		KUNIT_EXPECT_EQ_MSG(test, seen.action, TWR_ACTION_NONE,
				    "packet %d", i);
	}
}

/*
 * The reset comes from the peer, or it is TCP's answer to data that no program will
 * read.
 */
static void a_reset_ends_a_mini_socket(struct kunit *test)
{
	static const struct twr_test_packet packets[] = {
		{ .flags = TCPHDR_RST, .seq = RCV_NXT },
		{ .flags = FIN | TCPHDR_RST, .seq = RCV_NXT },
		/* Data; data and FIN; FIN beyond a hole; SYN and ACK */
		{ .flags = ACK, .seq = RCV_NXT, .payload = 10 },
		{ .flags = FIN, .seq = RCV_NXT, .payload = 10 },
		{ .flags = FIN, .seq = RCV_NXT + 1 },
		{ .flags = TCPHDR_SYN | TCPHDR_ACK, .seq = RCV_NXT },
	};
	struct sock *sk = twr_test_mini_socket(test);
	struct twr_test_packet p;
	struct observation seen;
	int i;

	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		p = after_our_fin(&packets[i]);
		observe(test, &seen, sk, &p);
		KUNIT_EXPECT_EQ_MSG(test, seen.action, TWR_ACTION_CHANGE,
				    "packet %d", i);
		KUNIT_EXPECT_EQ(test, seen.change.event, TWR_EVENT_ABORTED);
		KUNIT_EXPECT_FALSE(test, seen.change.has_stamp);
	}
}

/* The sequence number must be exact, and tcp_rfc1337 must be off. */
static void a_reset_ends_a_bucket(struct kunit *test)
{
	struct twr_test_packet p = { .flags = TCPHDR_RST, .seq = RCV_NXT };
	u8 rfc1337 = init_net.ipv4.sysctl_tcp_rfc1337;
	struct sock *sk = twr_test_bucket(test);
	struct observation seen;

	init_net.ipv4.sysctl_tcp_rfc1337 = 0;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_EQ(test, seen.action, TWR_ACTION_CHANGE);
	KUNIT_EXPECT_EQ(test, seen.change.event, TWR_EVENT_ABORTED);

	init_net.ipv4.sysctl_tcp_rfc1337 = 1;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_EQ(test, seen.action, TWR_ACTION_REARM);
	init_net.ipv4.sysctl_tcp_rfc1337 = 0;
	p.seq = RCV_NXT + 1;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_EQ(test, seen.action, TWR_ACTION_NONE);
	p.seq = RCV_NXT;
	p.timed = true;
	p.tsval = TS_RECENT - 1;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_EQ(test, seen.action, TWR_ACTION_NONE);
	init_net.ipv4.sysctl_tcp_rfc1337 = rfc1337;
}

static void an_untimed_mini_socket_leaves_no_stamp(struct kunit *test)
{
	struct twr_test_packet p = peer_fin;
	struct sock *sk = twr_test_mini_socket(test);
	struct observation seen;

	tcp_twsk(sk)->tw_ts_recent_stamp = 0;
	observe(test, &seen, sk, &p);
	KUNIT_ASSERT_EQ(test, seen.action, TWR_ACTION_CHANGE);
	KUNIT_EXPECT_EQ(test, seen.change.event, TWR_EVENT_MINI_TIME_WAIT);
	KUNIT_EXPECT_FALSE(test, seen.change.has_stamp);
}

static void an_ipv6_mini_socket_may_be_v4mapped(struct kunit *test)
{
	struct sock *sk = twr_test_mini_socket(test);
	struct twr_test_packet p = peer_fin;
	struct observation seen;

	inet_twsk(sk)->tw_family = AF_INET;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_FALSE(test, seen.change.is_v4mapped);
	inet_twsk(sk)->tw_family = AF_INET6;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_TRUE(test, seen.change.is_v4mapped);
	p.v6 = true;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_FALSE(test, seen.change.is_v4mapped);
}

/* A mini-socket has no route that it could lose. */
static void a_mini_socket_counts_as_having_a_route(struct kunit *test)
{
	struct observation seen;

	observe(test, &seen, twr_test_mini_socket(test), &peer_fin);
	KUNIT_EXPECT_TRUE(test, seen.change.has_route);
}

/*
 * In the window or out of it, with an old timestamp or a new one, with data or without.
 */
static void any_ack_rearms_a_bucket(struct kunit *test)
{
	static const struct twr_test_packet packets[] = {
		{ .flags = ACK, .seq = RCV_NXT },
		{ .flags = ACK, .seq = RCV_NXT + 0x10000000 },
		{ .flags = ACK, .seq = RCV_NXT, .tsval = TS_RECENT - 1 },
		{ .flags = ACK, .seq = RCV_NXT, .payload = 10 },
		{ .flags = FIN, .seq = RCV_NXT - 1 },
		{ .flags = TCPHDR_SYN | TCPHDR_ACK, .seq = RCV_NXT + 1000 },
	};
	struct sock *sk = twr_test_bucket(test);
	struct twr_test_packet p;
	struct observation seen;
	int i;

	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		p = after_our_fin(&packets[i]);
		observe(test, &seen, sk, &p);
		KUNIT_EXPECT_EQ_MSG(test, seen.action, TWR_ACTION_REARM,
				    "packet %d", i);
		p.bad_sum = true;
		observe(test, &seen, sk, &p);
		KUNIT_EXPECT_EQ_MSG(test, seen.action, TWR_ACTION_NONE,
				    "packet %d", i);
	}

	p = packets[0];
	p.flags = TCPHDR_RST | TCPHDR_ACK;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_NE(test, seen.action, TWR_ACTION_REARM);
}

/*
 * Without ACK, only an older segment restarts it, or an empty one that is next in
 * sequence.
 */
static void few_segments_without_ack_rearm_a_bucket(struct kunit *test)
{
	static const struct {
		struct twr_test_packet packet;
		enum twr_segment_action action;
	} cases[] = {
		{ { .flags = TCPHDR_PSH, .seq = RCV_NXT }, TWR_ACTION_REARM },
		{ { .flags = TCPHDR_PSH, .seq = RCV_NXT, .payload = 10 }, TWR_ACTION_NONE },
		{ { .flags = TCPHDR_PSH, .seq = RCV_NXT + 1 }, TWR_ACTION_NONE },
		{ { .flags = TCPHDR_PSH, .seq = RCV_NXT + 1, .payload = 10,
		    .tsval = TS_RECENT - 1 }, TWR_ACTION_REARM },
	};
	struct sock *sk = twr_test_bucket(test);
	struct twr_test_packet p;
	struct observation seen;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		p = after_our_fin(&cases[i].packet);
		observe(test, &seen, sk, &p);
		KUNIT_EXPECT_EQ_MSG(test, seen.action, cases[i].action, "packet %d", i);
	}
}

struct bucket_case {
	const char *name;
	u32 seq;
	u32 tsval;		/* 0: no option */
	bool has_stamp;		/* the bucket has a timestamp */
	enum twr_match match;
	bool reopens_timewait;
	bool rearms_timewait;
};

static const struct bucket_case bucket_cases[] = {
	{ "newer, beyond", RCV_NXT + 1, NEWER, true, TWR_MATCH_TIMEWAIT_RECYCLABLE,
	  true, false },
	{ "newer, not beyond", RCV_NXT, NEWER, true, TWR_MATCH_TIMEWAIT_RECYCLABLE,
	  true, false },
	{ "same, beyond", RCV_NXT + 1, TS_RECENT, true,
	  TWR_MATCH_TIMEWAIT_RECYCLABLE, true, false },
	{ "same, not beyond", RCV_NXT, TS_RECENT, true,
	  TWR_MATCH_TIMEWAIT_RECYCLABLE, false, false },
	{ "older, beyond", RCV_NXT + 1, TS_RECENT - 1, true,
	  TWR_MATCH_TIMEWAIT_RECYCLABLE, false, true },
	{ "untimed, beyond", RCV_NXT + 1, 0, true, TWR_MATCH_TIMEWAIT_RECYCLABLE,
	  true, false },
	{ "untimed, not beyond", RCV_NXT, 0, true, TWR_MATCH_TIMEWAIT_RECYCLABLE,
	  false, false },
	{ "bucket untimed, beyond", RCV_NXT + 1, TS_RECENT - 1, false,
	  TWR_MATCH_TIMEWAIT, true, false },
	{ "bucket untimed, not beyond", RCV_NXT, NEWER, false,
	  TWR_MATCH_TIMEWAIT, false, false },
};

static void bucket_describe(const struct bucket_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bucket, bucket_cases, bucket_describe);

static void a_bucket_is_reopened_or_rearmed_by_a_syn(struct kunit *test)
{
	const struct bucket_case *c = test->param_value;
	struct twr_test_packet p = {
		.flags = TCPHDR_SYN,
		.seq = c->seq,
		.timed = c->tsval,
		.tsval = c->tsval,
	};
	struct sock *sk = twr_test_bucket(test);
	struct observation seen;

	if (!c->has_stamp)
		tcp_twsk(sk)->tw_ts_recent_stamp = 0;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_EQ(test, seen.syn.match, c->match);
	KUNIT_EXPECT_EQ(test, seen.syn.reopens_timewait, c->reopens_timewait);
	KUNIT_EXPECT_EQ(test, seen.syn.rearms_timewait, c->rearms_timewait);

	KUNIT_EXPECT_FALSE(test, seen.syn.resets_fin_wait2);

	/*
	 * Before the peer's FIN, a SYN in the window that is not older is answered by a
	 * reset.
	 */
	inet_twsk(sk)->tw_substate = TCP_FIN_WAIT2;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_EQ(test, seen.syn.match, TWR_MATCH_TIMEWAIT);
	KUNIT_EXPECT_FALSE(test, seen.syn.reopens_timewait);
	KUNIT_EXPECT_FALSE(test, seen.syn.rearms_timewait);
	KUNIT_EXPECT_EQ(test, seen.syn.resets_fin_wait2,
			(s32)(c->seq - RCV_NXT) >= 0 &&
			(s32)(c->seq - (RCV_NXT + RCV_WND)) < 0 && !c->rearms_timewait);
}

/* The tracepoint reports the changes of these sockets, or they do not matter. */
static void full_sockets_are_ignored(struct kunit *test)
{
	static const u8 flags[] = {
		ACK, FIN, ACK | TCPHDR_RST, TCPHDR_RST, ACK | TCPHDR_SYN,
	};
	struct twr_test_packet p = {
		.seq = RCV_NXT,
		.ack_seq = FIN_ACKED,
		.timed = true,
		.tsval = NEWER,
	};
	struct observation seen;
	int state, i;

	for (state = TCP_ESTABLISHED; state <= TCP_CLOSING; state++) {
		if (state == TCP_TIME_WAIT)
			continue;
		for (i = 0; i < ARRAY_SIZE(flags); i++) {
			p.flags = flags[i];
			observe(test, &seen, twr_test_sock(test, state), &p);
			KUNIT_EXPECT_EQ(test, seen.action, TWR_ACTION_NONE);
			KUNIT_EXPECT_TRUE(test, seen.skipped);
		}
	}
}

static void a_reset_ends_a_request(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = TCPHDR_RST,
		.seq = RCV_NXT,
	};
	struct sock *sk = twr_test_request(test);
	struct observation seen;

	observe(test, &seen, sk, &p);
	KUNIT_ASSERT_EQ(test, seen.action, TWR_ACTION_CHANGE);
	KUNIT_EXPECT_EQ(test, seen.change.event, TWR_EVENT_ABORTED);
	KUNIT_EXPECT_FALSE(test, seen.change.has_stamp);

	p.seq = RCV_NXT + RCV_WND + 1;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_EQ(test, seen.action, TWR_ACTION_NONE);

	p.seq = RCV_NXT;
	p.bad_sum = true;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_EQ(test, seen.action, TWR_ACTION_NONE);

	/*
	 * The ACK of the handshake is reported by the socket that the request becomes.
	 */
	p.bad_sum = false;
	p.flags = ACK;
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_EQ(test, seen.action, TWR_ACTION_NONE);
}

/* Sysctls that a case changes, to be restored after it. */
struct sysctls {
	u8 syncookies;
	u8 timestamps;
};

static int observe_init(struct kunit *test)
{
	struct sysctls *saved = kunit_kzalloc(test, sizeof(*saved), GFP_KERNEL);

	if (!saved)
		return -ENOMEM;
	saved->syncookies = init_net.ipv4.sysctl_tcp_syncookies;
	saved->timestamps = init_net.ipv4.sysctl_tcp_timestamps;
	test->priv = saved;
	return 0;
}

static void observe_exit(struct kunit *test)
{
	struct sysctls *saved = test->priv;

	if (!saved)
		return;
	init_net.ipv4.sysctl_tcp_syncookies = saved->syncookies;
	init_net.ipv4.sysctl_tcp_timestamps = saved->timestamps;
}

static const struct twr_test_packet bare_syn = {
	.flags = TCPHDR_SYN,
	.seq = 1,
	.timed = true,
	.tsval = 4711,
};

static void expect_exempt(struct kunit *test, struct sock *sk,
			  const struct twr_test_packet *p, enum twr_exempt_reason why)
{
	struct observation seen;

	observe(test, &seen, sk, p);
	KUNIT_ASSERT_EQ(test, seen.syn.listener, TWR_LISTENER_NONE);
	KUNIT_EXPECT_EQ(test, seen.syn.exempt, why);
}

static void expect_listener(struct kunit *test, struct sock *sk,
			    const struct twr_test_packet *p, bool timed)
{
	struct observation seen;

	observe(test, &seen, sk, p);
	KUNIT_ASSERT_EQ(test, seen.syn.listener, TWR_LISTENER_FOUND);
	KUNIT_EXPECT_EQ(test, seen.syn.match, TWR_MATCH_NONE);
	KUNIT_EXPECT_EQ(test, seen.syn.fin, !!(p->flags & TCPHDR_FIN));
	KUNIT_EXPECT_EQ(test, seen.syn.timed, timed);
	if (timed)
		KUNIT_EXPECT_EQ(test, seen.syn.tsval, p->tsval);
	KUNIT_EXPECT_EQ(test, seen.syn.conn.key.netns, 1U);
	KUNIT_EXPECT_EQ(test, ntohs(seen.syn.conn.peer_port),
			(u16)TWR_TEST_PEER_PORT);
	KUNIT_EXPECT_EQ(test, ntohs(seen.syn.conn.local_port),
			(u16)TWR_TEST_LOCAL_PORT);
}

static void a_syn_finds_its_listener(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);
	struct twr_test_packet p = bare_syn;

	expect_listener(test, sk, &p, true);
	p.v6 = true;
	expect_listener(test, sk, &p, true);

	/* Data, ECE and CWR make no difference. */
	p.payload = 16;
	p.flags |= TCPHDR_ECE | TCPHDR_CWR;
	expect_listener(test, sk, &p, true);

	p.timed = false;
	expect_listener(test, sk, &p, false);

	/* The engine decides whether FIN makes a difference. */
	p.flags |= TCPHDR_FIN;
	expect_listener(test, sk, &p, false);
}

static void without_the_sysctl_no_syn_is_timed(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);

	init_net.ipv4.sysctl_tcp_timestamps = 0;
	expect_listener(test, sk, &bare_syn, false);
}

/* The era decides what the values mean. */
static void the_listeners_queues_are_read(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);
	const struct twr_listener_queues *queues;
	struct observation seen;

	atomic_set(&inet_csk(sk)->icsk_accept_queue.qlen, 11);
	atomic_set(&inet_csk(sk)->icsk_accept_queue.young, 7);
	sk->sk_ack_backlog = 5;
	sk->sk_max_ack_backlog = 99;
	init_net.ipv4.sysctl_tcp_syncookies = 2;
	observe(test, &seen, sk, &bare_syn);
	KUNIT_ASSERT_EQ(test, seen.syn.listener, TWR_LISTENER_FOUND);
	queues = &seen.syn.queues;
	KUNIT_EXPECT_EQ(test, queues->requests, 11U);
	KUNIT_EXPECT_EQ(test, queues->young, 7U);
	KUNIT_EXPECT_EQ(test, queues->accept, 5U);
	KUNIT_EXPECT_EQ(test, queues->backlog, 99U);
	KUNIT_EXPECT_EQ(test, queues->max_syn_backlog,
			(u32)init_net.ipv4.sysctl_max_syn_backlog);
	KUNIT_EXPECT_EQ(test, queues->syncookies, 2);
}

static void a_full_request_queue_sends_cookies(struct kunit *test)
{
	static const struct {
		struct twr_listener_queues queues;
		bool sends;
	} cases[] = {
		{ { .requests = 0, .backlog = 8, .syncookies = 1 }, false },
		{ { .requests = 8, .backlog = 8, .syncookies = 1 }, true },
		{ { .requests = 8, .backlog = 8, .syncookies = 0 }, false },
		{ { .requests = 0, .backlog = 8, .syncookies = 2 }, true },
		/* A SYN that finds the accept queue full is dropped. */
		{ { .accept = 8, .requests = 8, .backlog = 8, .syncookies = 1 }, true },
		{ { .accept = 9, .requests = 8, .backlog = 8, .syncookies = 1 }, false },
		{ { .accept = 9, .requests = 0, .backlog = 8, .syncookies = 2 }, false },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, twr_observe_sends_cookie(&cases[i].queues),
				    cases[i].sends, "case %d", i);
}

static void a_source_route_is_seen(struct kunit *test)
{
	static const u8 route[] = { 131, 7, 8, 203, 0, 113, 1, 0 };
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);
	struct twr_test_packet p = bare_syn;
	struct observation seen;

	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_FALSE(test, seen.syn.reply_is_source_routed);
	memcpy(p.ip_opt, route, sizeof(route));
	p.ip_opt_len = sizeof(route);
	observe(test, &seen, sk, &p);
	KUNIT_EXPECT_EQ(test, seen.syn.listener, TWR_LISTENER_FOUND);
	KUNIT_EXPECT_TRUE(test, seen.syn.reply_is_source_routed);
}

/* The module reports the socket that the SYN meets, and the state of the listener. */
static void a_syn_may_match_another_socket(struct kunit *test)
{
	struct observation seen;
	int state;

	observe(test, &seen, twr_test_request(test), &bare_syn);
	KUNIT_EXPECT_EQ(test, seen.syn.listener, TWR_LISTENER_NONE);
	KUNIT_EXPECT_EQ(test, seen.syn.exempt, TWR_EXEMPT_NO_LISTENER);
	KUNIT_EXPECT_EQ(test, seen.syn.match, TWR_MATCH_REQUEST);
	for (state = TCP_ESTABLISHED; state <= TCP_CLOSING; state++) {
		if (state == TCP_LISTEN || state == TCP_TIME_WAIT)
			continue;
		observe(test, &seen, twr_test_sock(test, state), &bare_syn);
		KUNIT_EXPECT_EQ(test, seen.syn.exempt, TWR_EXEMPT_NO_LISTENER);
		KUNIT_EXPECT_EQ(test, seen.syn.match, TWR_MATCH_SOCKET);
	}

	observe(test, &seen, twr_test_sock(test, TCP_LISTEN), &bare_syn);
	KUNIT_EXPECT_EQ(test, seen.syn.listener, TWR_LISTENER_FOUND);
	KUNIT_EXPECT_EQ(test, seen.syn.match, TWR_MATCH_NONE);
}

/* A real look-up: there is no socket with the addresses of the tests. */
static void a_syn_without_listener_is_exempt(struct kunit *test)
{
	struct twr_test_packet p = bare_syn;

	expect_exempt(test, NULL, &p, TWR_EXEMPT_NO_LISTENER);
	p.v6 = true;
	expect_exempt(test, NULL, &p, TWR_EXEMPT_NO_LISTENER);
}

static void a_udp_socket_is_not_matched(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);

	sk->sk_protocol = IPPROTO_UDP;
	expect_exempt(test, sk, &bare_syn, TWR_EXEMPT_NO_LISTENER);
}

static void a_broken_syn_is_exempt_whatever_it_matches(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);
	struct twr_test_packet p = bare_syn;

	p.bad_sum = true;
	expect_exempt(test, sk, &p, TWR_EXEMPT_BAD_CHECKSUM);
	p.doff = 4;
	expect_exempt(test, sk, &p, TWR_EXEMPT_MALFORMED);
	p.doff = 0;
	p.keep = 14;
	expect_exempt(test, sk, &p, TWR_EXEMPT_MALFORMED);
}

static void a_syn_that_is_not_unicast_is_exempt(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);
	struct rtable route = { .rt_flags = RTCF_LOCAL | RTCF_MULTICAST };
	struct observation seen;
	struct sk_buff *skb;
	int i;

	for (i = 0; i < 3; i++) {
		skb = twr_test_skb(test, &bare_syn);
		skb->sk = sk;
		rcu_read_lock();
		if (i == 0)
			skb->pkt_type = PACKET_BROADCAST;
		else if (i == 1)
			skb_dst_set_noref(skb, &route.dst);
		else
			skb->_skb_refdst = 0;
		observe_skb(&seen, skb, NFPROTO_IPV4);
		rcu_read_unlock();
		skb->sk = NULL;
		kfree_skb(skb);
		KUNIT_EXPECT_EQ(test, seen.syn.listener,
				TWR_LISTENER_NONE);
		KUNIT_EXPECT_EQ(test, seen.syn.exempt, TWR_EXEMPT_NO_LISTENER);
		KUNIT_EXPECT_TRUE(test, seen.syn.discarded);
	}
}

/*
 * A look-up would run such a program once more, so the module only checks that there is
 * one.
 */
static void a_sk_lookup_program_makes_the_listener_unknown(struct kunit *test)
{
	struct bpf_prog_array __rcu **run =
		&init_net.bpf.run_array[NETNS_BPF_SK_LOOKUP];
	struct sock *listener = twr_test_sock(test, TCP_LISTEN);
	static struct bpf_prog_array none;
	struct bpf_prog_array *old;
	struct observation seen;

	old = rcu_replace_pointer(*run, &none, true);
	observe(test, &seen, NULL, &bare_syn);
	KUNIT_EXPECT_EQ(test, seen.syn.listener, TWR_LISTENER_UNKNOWN);
	observe(test, &seen, twr_test_bucket(test), &bare_syn);
	KUNIT_EXPECT_EQ(test, seen.syn.listener, TWR_LISTENER_UNKNOWN);
	KUNIT_EXPECT_EQ(test, seen.syn.match, TWR_MATCH_TIMEWAIT_RECYCLABLE);

	/* If early demux or TPROXY has chosen the socket, no program chooses one. */
	observe(test, &seen, listener, &bare_syn);
	KUNIT_EXPECT_EQ(test, seen.syn.listener, TWR_LISTENER_FOUND);
	rcu_assign_pointer(*run, old);
	observe(test, &seen, NULL, &bare_syn);
	KUNIT_EXPECT_EQ(test, seen.syn.listener, TWR_LISTENER_NONE);
}

/* This is why an established flow costs little. */
static void data_is_skipped(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = ACK,
		.seq = RCV_NXT,
		.ack_seq = SND_UNA,
		.payload = 100,
	};
	struct sk_buff *skb;

	skb = twr_test_skb(test, &p);
	KUNIT_EXPECT_TRUE(test, twr_observe_may_skip(skb, sizeof(struct iphdr)));
	skb->sk = twr_test_sock(test, TCP_ESTABLISHED);
	KUNIT_EXPECT_TRUE(test, twr_observe_may_skip(skb, sizeof(struct iphdr)));
	skb->sk = twr_test_bucket(test);
	KUNIT_EXPECT_FALSE(test, twr_observe_may_skip(skb, sizeof(struct iphdr)));
	skb->sk = NULL;
	kfree_skb(skb);

	/*
	 * A full socket ignores segments without ACK, but they can restart the timer of
	 * a bucket.
	 */
	p.flags = TCPHDR_FIN;
	skb = twr_test_skb(test, &p);
	skb->sk = twr_test_sock(test, TCP_ESTABLISHED);
	KUNIT_EXPECT_TRUE(test, twr_observe_may_skip(skb, sizeof(struct iphdr)));
	skb->sk = twr_test_bucket(test);
	KUNIT_EXPECT_FALSE(test, twr_observe_may_skip(skb, sizeof(struct iphdr)));
	skb->sk = NULL;
	kfree_skb(skb);
	p.flags = ACK;

	/* A bare ACK or a FIN may be for a bucket that has not been looked up yet. */
	p.payload = 0;
	skb = twr_test_skb(test, &p);
	KUNIT_EXPECT_FALSE(test, twr_observe_may_skip(skb, sizeof(struct iphdr)));
	kfree_skb(skb);
	p.payload = 100;
	p.flags = FIN;
	skb = twr_test_skb(test, &p);
	KUNIT_EXPECT_FALSE(test, twr_observe_may_skip(skb, sizeof(struct iphdr)));
	kfree_skb(skb);
}

static struct kunit_case observe_cases[] = {
	KUNIT_CASE(a_fin_ends_a_mini_socket),
	KUNIT_CASE(other_segments_to_a_mini_socket_do_nothing),
	KUNIT_CASE(a_reset_ends_a_mini_socket),
	KUNIT_CASE(a_reset_ends_a_bucket),
	KUNIT_CASE(an_untimed_mini_socket_leaves_no_stamp),
	KUNIT_CASE(an_ipv6_mini_socket_may_be_v4mapped),
	KUNIT_CASE(a_mini_socket_counts_as_having_a_route),
	KUNIT_CASE(any_ack_rearms_a_bucket),
	KUNIT_CASE(few_segments_without_ack_rearm_a_bucket),
	KUNIT_CASE_PARAM(a_bucket_is_reopened_or_rearmed_by_a_syn, bucket_gen_params),
	KUNIT_CASE(full_sockets_are_ignored),
	KUNIT_CASE(a_reset_ends_a_request),
	KUNIT_CASE(a_syn_finds_its_listener),
	KUNIT_CASE(without_the_sysctl_no_syn_is_timed),
	KUNIT_CASE(the_listeners_queues_are_read),
	KUNIT_CASE(a_full_request_queue_sends_cookies),
	KUNIT_CASE(a_source_route_is_seen),
	KUNIT_CASE(a_syn_may_match_another_socket),
	KUNIT_CASE(a_syn_without_listener_is_exempt),
	KUNIT_CASE(a_udp_socket_is_not_matched),
	KUNIT_CASE(a_broken_syn_is_exempt_whatever_it_matches),
	KUNIT_CASE(a_syn_that_is_not_unicast_is_exempt),
	KUNIT_CASE(a_sk_lookup_program_makes_the_listener_unknown),
	KUNIT_CASE(data_is_skipped),
	{ }
};

static struct kunit_suite observe_suite = {
	.name = "twr_observe",
	.init = observe_init,
	.exit = observe_exit,
	.test_cases = observe_cases,
};

kunit_test_suite(observe_suite);
