// SPDX-License-Identifier: GPL-2.0
/*
 * observe_test.c - what segments do to the sockets they meet
 *
 * The sockets are put where early demux would put them.
 */
#include <kunit/test.h>
#include <linux/netfilter.h>
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
#define RTO		TWR_TEST_RTO

static void observe(struct kunit *test, struct twr_sight *sight,
		    struct sock *sk, const struct twr_test_packet *p)
{
	struct sk_buff *skb = twr_test_skb(test, p);
	u8 pf = p->v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	bool whole, skipped, read;
	int thoff;

	skb->sk = sk;
	local_bh_disable();
	rcu_read_lock();
	thoff = twr_segment_find(skb, pf, &whole);
	skipped = twr_observe_skips(skb, thoff);
	read = twr_segment_read(&sight->seg, skb, pf, thoff, whole);
	if (read)
		twr_observe(sight, &init_net, skb);
	rcu_read_unlock();
	local_bh_enable();
	skb->sk = NULL;
	kfree_skb(skb);

	KUNIT_ASSERT_TRUE(test, read);
	/* The glance may not pass over what a look would find. */
	if (sight->act != TWR_ACT_NONE)
		KUNIT_EXPECT_FALSE(test, skipped);
}

/* What becomes of the stamp: the segment's, the socket's, or none. */
enum which { NOTHING, SEGMENT, SOCKET, USE_ONLY, HALF_CLOSED };

struct closing_case {
	const char *name;
	int state;
	u8 flags;
	u32 seq;
	u32 ack_seq;
	unsigned int payload;
	u32 tsval;
	enum which teaches;
	/* Off the usual. */
	void (*bend)(struct sock *sk, struct twr_test_packet *p);
};

static void bend_alive(struct sock *sk, struct twr_test_packet *p)
{
	sock_reset_flag(sk, SOCK_DEAD);
	sk->sk_shutdown = SEND_SHUTDOWN;
}

static void bend_alive_rdwr(struct sock *sk, struct twr_test_packet *p)
{
	sock_reset_flag(sk, SOCK_DEAD);
}

static void bend_in_close(struct sock *sk, struct twr_test_packet *p)
{
	sock_reset_flag(sk, SOCK_DEAD);
	sk->sk_lock.owned = 1;
}

/* Our FIN is on its way, the process that sends it has not come back. */
static void bend_sending(struct sock *sk, struct twr_test_packet *p)
{
	sk->sk_lock.owned = 1;
	tcp_sk(sk)->snd_nxt = SND_UNA;
}

static void bend_linger2(struct sock *sk, struct twr_test_packet *p)
{
	tcp_sk(sk)->linger2 = -1;
}

static void bend_long_fin_wait(struct sock *sk, struct twr_test_packet *p)
{
	tcp_sk(sk)->linger2 = 61 * HZ;
}

static void bend_unsent_data(struct sock *sk, struct twr_test_packet *p)
{
	tcp_sk(sk)->write_seq += 100;
}

static void bend_zero_window(struct sock *sk, struct twr_test_packet *p)
{
	tcp_sk(sk)->rcv_wnd = 0;
}

static void bend_delayed_ack(struct sock *sk, struct twr_test_packet *p)
{
	tcp_sk(sk)->rcv_wup -= 100;
}

static void bend_badsum(struct sock *sk, struct twr_test_packet *p)
{
	p->bad_sum = true;
}

static void bend_stale(struct sock *sk, struct twr_test_packet *p)
{
	tcp_sk(sk)->rx_opt.ts_recent_stamp -= TCP_PAWS_24DAYS + 1;
}

static void bend_doff(struct sock *sk, struct twr_test_packet *p)
{
	p->doff = 4;
}

#define ACK	TCPHDR_ACK
#define FIN	(TCPHDR_ACK | TCPHDR_FIN)
#define NEWER	(TS_RECENT + 5)
#define OLDER	(TS_RECENT - 2)

static const struct closing_case closing_cases[] = {
	/*
	 * FIN-WAIT-1. Where our FIN is acknowledged without an end, the socket
	 * is kept in mind; if it is reset instead, it is found gone later.
	 */
	{ "fw1: ack of our fin", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED, 0,
	  NEWER, SEGMENT },
	{ "fw1: ack of all but our fin", TCP_FIN_WAIT1, ACK, RCV_NXT, SND_UNA,
	  0, NEWER, NOTHING },
	{ "fw1: ack beyond", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED + 1, 0,
	  NEWER, NOTHING },
	{ "fw1: fin and ack", TCP_FIN_WAIT1, FIN, RCV_NXT, FIN_ACKED, 0,
	  NEWER, SEGMENT },
	{ "fw1: fin without ack", TCP_FIN_WAIT1, FIN, RCV_NXT, SND_UNA, 0,
	  NEWER, NOTHING },
	{ "fw1: fin beyond a hole", TCP_FIN_WAIT1, FIN, RCV_NXT + 100,
	  FIN_ACKED, 0, NEWER, HALF_CLOSED },
	{ "fw1: data and ack", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED, 10,
	  NEWER, HALF_CLOSED },
	{ "fw1: data, fin and ack", TCP_FIN_WAIT1, FIN, RCV_NXT, FIN_ACKED,
	  10, NEWER, HALF_CLOSED },
	{ "fw1: old data and ack", TCP_FIN_WAIT1, ACK, RCV_NXT - 10,
	  FIN_ACKED, 10, NEWER, SEGMENT },
	{ "fw1: our fin not sent yet", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED,
	  0, NEWER, NOTHING, bend_unsent_data },
	{ "fw1: alive, ack", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED, 0, NEWER,
	  HALF_CLOSED, bend_alive },
	{ "fw1: alive, ack of all but", TCP_FIN_WAIT1, ACK, RCV_NXT, SND_UNA,
	  0, NEWER, NOTHING, bend_alive },
	{ "fw1: alive, fin and ack", TCP_FIN_WAIT1, FIN, RCV_NXT, FIN_ACKED,
	  0, NEWER, SEGMENT, bend_alive },
	{ "fw1: alive, data, fin, ack", TCP_FIN_WAIT1, FIN, RCV_NXT,
	  FIN_ACKED, 10, NEWER, SEGMENT, bend_alive },
	{ "fw1: rdwr, data, fin, ack", TCP_FIN_WAIT1, FIN, RCV_NXT, FIN_ACKED,
	  10, NEWER, HALF_CLOSED, bend_alive_rdwr },
	{ "fw1: in close, ack", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED, 0,
	  NEWER, SEGMENT, bend_in_close },
	{ "fw1: ack while sending", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED, 0,
	  NEWER, SEGMENT, bend_sending },
	{ "fw1: linger2 off", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED, 0,
	  NEWER, HALF_CLOSED, bend_linger2 },
	{ "fw1: long fin timeout, ack", TCP_FIN_WAIT1, ACK, RCV_NXT,
	  FIN_ACKED, 0, NEWER, HALF_CLOSED, bend_long_fin_wait },
	{ "fw1: long fin timeout, fin", TCP_FIN_WAIT1, FIN, RCV_NXT,
	  FIN_ACKED, 0, NEWER, SEGMENT, bend_long_fin_wait },
	/* Which timestamp */
	{ "ts: same", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED, 0, TS_RECENT,
	  SEGMENT },
	{ "ts: one older, not taken", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED,
	  0, TS_RECENT - 1, SOCKET },
	{ "ts: two older, dropped", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED, 0,
	  OLDER, NOTHING },
	{ "ts: older, 24 days later", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED,
	  0, OLDER, SEGMENT, bend_stale },
	{ "ts: beyond what was acked", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED,
	  0, NEWER, SOCKET, bend_delayed_ack },
	{ "ts: segment untimed", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED, 0, 0,
	  SOCKET },
	/* FIN-WAIT-2 */
	{ "fw2: fin", TCP_FIN_WAIT2, FIN, RCV_NXT, FIN_ACKED, 0, NEWER,
	  SEGMENT, bend_alive },
	{ "fw2: ack", TCP_FIN_WAIT2, ACK, RCV_NXT, FIN_ACKED, 0, NEWER,
	  NOTHING, bend_alive },
	{ "fw2: data", TCP_FIN_WAIT2, ACK, RCV_NXT, FIN_ACKED, 10, NEWER,
	  NOTHING, bend_alive },
	{ "fw2: data and fin", TCP_FIN_WAIT2, FIN, RCV_NXT, FIN_ACKED, 10,
	  NEWER, SEGMENT, bend_alive },
	{ "fw2: dead, data and fin", TCP_FIN_WAIT2, FIN, RCV_NXT, FIN_ACKED,
	  10, NEWER, NOTHING },
	{ "fw2: dead, fin", TCP_FIN_WAIT2, FIN, RCV_NXT, FIN_ACKED, 0, NEWER,
	  SEGMENT },
	{ "fw2: fin beyond a hole", TCP_FIN_WAIT2, FIN, RCV_NXT + 100,
	  FIN_ACKED, 0, NEWER, NOTHING, bend_alive },
	{ "fw2: old fin", TCP_FIN_WAIT2, FIN, RCV_NXT - 1, FIN_ACKED, 0,
	  NEWER, NOTHING, bend_alive },
	{ "fw2: fin beyond the window", TCP_FIN_WAIT2, FIN,
	  RCV_NXT + RCV_WND + 1, FIN_ACKED, 0, NEWER, NOTHING, bend_alive },
	{ "fw2: fin, window shut", TCP_FIN_WAIT2, FIN, RCV_NXT, FIN_ACKED, 0,
	  NEWER, NOTHING, bend_zero_window },
	{ "fw2: fin with an old ack", TCP_FIN_WAIT2, FIN, RCV_NXT,
	  SND_UNA - 10, 0, NEWER, SOCKET, bend_alive },
	{ "fw2: fin with ack beyond", TCP_FIN_WAIT2, FIN, RCV_NXT,
	  FIN_ACKED + 10, 0, NEWER, SOCKET, bend_alive },
	/* CLOSING, LAST-ACK and the rest */
	{ "closing: ack", TCP_CLOSING, ACK, RCV_NXT, FIN_ACKED, 0, NEWER,
	  SEGMENT },
	{ "closing: ack of all but", TCP_CLOSING, ACK, RCV_NXT, SND_UNA, 0,
	  NEWER, NOTHING },
	{ "last-ack: ack", TCP_LAST_ACK, ACK, RCV_NXT, FIN_ACKED, 0, NEWER,
	  USE_ONLY },
	{ "last-ack: ack of all but", TCP_LAST_ACK, ACK, RCV_NXT, SND_UNA, 0,
	  NEWER, NOTHING },
	{ "established: fin", TCP_ESTABLISHED, FIN, RCV_NXT, SND_UNA, 0,
	  NEWER, NOTHING },
	{ "close-wait: ack", TCP_CLOSE_WAIT, ACK, RCV_NXT, SND_UNA, 0, NEWER,
	  NOTHING },
	/* Segments that TCP drops */
	{ "rst", TCP_FIN_WAIT1, TCPHDR_ACK | TCPHDR_RST, RCV_NXT, FIN_ACKED,
	  0, NEWER, NOTHING },
	{ "fin without ack flag", TCP_FIN_WAIT2, TCPHDR_FIN, RCV_NXT,
	  FIN_ACKED, 0, NEWER, NOTHING, bend_alive },
	{ "syn and ack", TCP_FIN_WAIT1, TCPHDR_SYN | TCPHDR_ACK, RCV_NXT,
	  FIN_ACKED, 0, NEWER, NOTHING },
	{ "bad checksum", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED, 0, NEWER,
	  NOTHING, bend_badsum },
	{ "malformed", TCP_FIN_WAIT1, ACK, RCV_NXT, FIN_ACKED, 0, NEWER,
	  NOTHING, bend_doff },
	{ "out of window", TCP_FIN_WAIT1, FIN, RCV_NXT + 0x10000000,
	  FIN_ACKED, 0, NEWER, NOTHING },
};

static void closing_describe(const struct closing_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(closing, closing_cases, closing_describe);

static void a_closing_socket_teaches(struct kunit *test)
{
	const struct closing_case *c = test->param_value;
	struct twr_test_packet p = {
		.flags = c->flags,
		.seq = c->seq,
		.ack_seq = c->ack_seq,
		.payload = c->payload,
		.timed = c->tsval,
		.tsval = c->tsval,
	};
	struct sock *sk = twr_test_sock(test, c->state);
	enum twr_event event = TWR_EVENT_TIME_WAIT;
	struct twr_sight sight;
	u32 ts_recent_stamp;
	u32 fin_time;

	if (c->state == TCP_LAST_ACK)
		event = TWR_EVENT_CLOSED;
	else if (c->state == TCP_FIN_WAIT1 && !(c->flags & TCPHDR_FIN))
		event = TWR_EVENT_FIN_WAIT2;

	/* A while ago, to tell the socket's second from the present one. */
	tcp_sk(sk)->rx_opt.ts_recent_stamp -= 40;
	if (c->bend)
		c->bend(sk, &p);
	ts_recent_stamp = tcp_sk(sk)->rx_opt.ts_recent_stamp;

	/* The last part of what is more than a minute, 3.5 RTO at the least. */
	fin_time = init_net.ipv4.sysctl_tcp_fin_timeout;
	if (c->bend == bend_long_fin_wait)
		fin_time = HZ;
	else if (c->bend == bend_linger2)
		fin_time = RTO * 7 / 2;

	for (p.v6 = false;; p.v6 = true) {
		observe(test, &sight, sk, &p);
		KUNIT_ASSERT_EQ(test, sight.act,
				c->teaches == NOTHING ? TWR_ACT_NONE :
				c->teaches == HALF_CLOSED ? TWR_ACT_HALF_CLOSE :
				TWR_ACT_TEACH);
		if (sight.act == TWR_ACT_TEACH) {
			KUNIT_EXPECT_EQ(test, sight.event, event);
			KUNIT_EXPECT_EQ(test, sight.stamped,
					c->teaches != USE_ONLY);
		}
		if (sight.act != TWR_ACT_NONE)
			KUNIT_EXPECT_EQ(test, sight.rto, (u32)RTO);
		if (sight.act == TWR_ACT_HALF_CLOSE)
			KUNIT_EXPECT_EQ(test, sight.fin_time, fin_time);
		if (c->teaches == SEGMENT) {
			KUNIT_EXPECT_EQ(test, sight.stamp.ts, c->tsval);
			KUNIT_EXPECT_LE(test, twr_now() -
					sight.stamp.ts_stamp, 1U);
		} else if (c->teaches == SOCKET) {
			KUNIT_EXPECT_EQ(test, sight.stamp.ts, TS_RECENT);
			KUNIT_EXPECT_EQ(test, sight.stamp.ts_stamp,
					twr_clock(ts_recent_stamp));
		}
		if (p.v6)
			break;
	}
}

/* It used the entry all the same. */
static void a_connection_without_timestamps_leaves_no_stamp(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = ACK,
		.seq = RCV_NXT,
		.ack_seq = FIN_ACKED,
		.timed = true,
		.tsval = NEWER,
	};
	struct sock *sk = twr_test_sock(test, TCP_FIN_WAIT1);
	struct twr_sight sight;

	tcp_sk(sk)->rx_opt.tstamp_ok = 0;
	observe(test, &sight, sk, &p);
	KUNIT_ASSERT_EQ(test, sight.act, TWR_ACT_TEACH);
	KUNIT_EXPECT_EQ(test, sight.event, TWR_EVENT_FIN_WAIT2);
	KUNIT_EXPECT_FALSE(test, sight.stamped);
}

/* What the segment acknowledges may have been sent more than once. */
static void the_rto_is_that_without_backoff(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = ACK,
		.seq = RCV_NXT,
		.ack_seq = FIN_ACKED,
		.timed = true,
		.tsval = NEWER,
	};
	struct sock *sk = twr_test_sock(test, TCP_FIN_WAIT1);
	struct twr_sight sight;

	inet_csk(sk)->icsk_backoff = 2;
	inet_csk(sk)->icsk_rto = 4 * RTO;
	tcp_sk(sk)->srtt_us = (100 * USEC_PER_MSEC) << 3;
	tcp_sk(sk)->rttvar_us = 200 * USEC_PER_MSEC;
	observe(test, &sight, sk, &p);
	KUNIT_EXPECT_EQ(test, sight.rto, (u32)msecs_to_jiffies(300));

	/* No sample of the round trip was ever taken. */
	tcp_sk(sk)->srtt_us = 0;
	observe(test, &sight, sk, &p);
	KUNIT_EXPECT_EQ(test, sight.rto, (u32)(4 * RTO));
}

static const struct twr_test_packet peer_fin = {
	.flags = FIN,
	.seq = RCV_NXT,
	.ack_seq = FIN_ACKED,
	.timed = true,
	.tsval = NEWER,
};

static void a_fin_to_a_mini_socket_is_its_end(struct kunit *test)
{
	struct twr_test_packet p = peer_fin;
	struct sock *sk = twr_test_mini_socket(test);
	struct twr_sight sight;

	observe(test, &sight, sk, &p);
	KUNIT_ASSERT_EQ(test, sight.act, TWR_ACT_TEACH);
	KUNIT_EXPECT_EQ(test, sight.event, TWR_EVENT_MINI_TIME_WAIT);
	KUNIT_EXPECT_TRUE(test, sight.stamped);
	KUNIT_EXPECT_EQ(test, sight.stamp.ts, NEWER);
	KUNIT_EXPECT_LE(test, twr_now() - sight.stamp.ts_stamp, 1U);

	/* A FIN without the option leaves what the bucket had. */
	p.timed = false;
	observe(test, &sight, sk, &p);
	KUNIT_ASSERT_EQ(test, sight.act, TWR_ACT_TEACH);
	KUNIT_EXPECT_EQ(test, sight.stamp.ts, TS_RECENT);
	KUNIT_EXPECT_EQ(test, sight.stamp.ts_stamp,
			twr_clock(tcp_twsk(sk)->tw_ts_recent_stamp));
}

/* A segment that acknowledges it, with a newer timestamp unless it has one. */
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

static void other_segments_to_a_mini_socket_teach_nothing(struct kunit *test)
{
	static const struct twr_test_packet packets[] = {
		/* ACK; data; data and FIN; FIN beyond a hole; old FIN */
		{ .flags = ACK, .seq = RCV_NXT },
		{ .flags = ACK, .seq = RCV_NXT, .payload = 10 },
		{ .flags = FIN, .seq = RCV_NXT, .payload = 10 },
		{ .flags = FIN, .seq = RCV_NXT + 1 },
		{ .flags = FIN, .seq = RCV_NXT - 1 },
		/* PAWS leaves no tick here; RST; no ACK; checksum */
		{ .flags = FIN, .seq = RCV_NXT, .tsval = TS_RECENT - 1 },
		{ .flags = FIN | TCPHDR_RST, .seq = RCV_NXT },
		{ .flags = TCPHDR_FIN, .seq = RCV_NXT },
		{ .flags = FIN, .seq = RCV_NXT, .bad_sum = true },
	};
	struct sock *sk = twr_test_mini_socket(test);
	struct twr_test_packet p;
	struct twr_sight sight;
	int i;

	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		p = after_our_fin(&packets[i]);
		observe(test, &sight, sk, &p);
		KUNIT_EXPECT_EQ_MSG(test, sight.act, TWR_ACT_NONE,
				    "packet %d", i);
	}
}

static void an_untimed_mini_socket_teaches_nothing(struct kunit *test)
{
	struct twr_test_packet p = peer_fin;
	struct sock *sk = twr_test_mini_socket(test);
	struct twr_sight sight;

	tcp_twsk(sk)->tw_ts_recent_stamp = 0;
	observe(test, &sight, sk, &p);
	KUNIT_EXPECT_EQ(test, sight.act, TWR_ACT_NONE);
}

/* In the window or out of it, PAWS or not, to the end or beyond. */
static void any_ack_puts_the_timer_of_a_bucket_back(struct kunit *test)
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
	struct twr_sight sight;
	int i;

	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		p = after_our_fin(&packets[i]);
		observe(test, &sight, sk, &p);
		KUNIT_EXPECT_EQ_MSG(test, sight.act, TWR_ACT_REARM,
				    "packet %d", i);
		p.bad_sum = true;
		observe(test, &sight, sk, &p);
		KUNIT_EXPECT_EQ_MSG(test, sight.act, TWR_ACT_NONE,
				    "packet %d", i);
	}

	p = packets[0];
	p.flags = TCPHDR_RST | TCPHDR_ACK;
	observe(test, &sight, sk, &p);
	KUNIT_EXPECT_EQ(test, sight.act, TWR_ACT_NONE);
}

struct bucket_case {
	const char *name;
	u32 seq;
	u32 tsval;		/* 0: no option */
	bool stamped;		/* the bucket has a timestamp */
	enum twr_meets meets;
	bool reopens;
	bool rearms;
};

static const struct bucket_case bucket_cases[] = {
	{ "newer, beyond", RCV_NXT + 1, NEWER, true, TWR_MEETS_BRIEF_BUCKET,
	  true, false },
	{ "newer, not beyond", RCV_NXT, NEWER, true, TWR_MEETS_BRIEF_BUCKET,
	  true, false },
	{ "same, beyond", RCV_NXT + 1, TS_RECENT, true,
	  TWR_MEETS_BRIEF_BUCKET, true, false },
	{ "same, not beyond", RCV_NXT, TS_RECENT, true,
	  TWR_MEETS_BRIEF_BUCKET, false, false },
	{ "older, beyond", RCV_NXT + 1, TS_RECENT - 1, true,
	  TWR_MEETS_BRIEF_BUCKET, false, true },
	{ "untimed, beyond", RCV_NXT + 1, 0, true, TWR_MEETS_BRIEF_BUCKET,
	  true, false },
	{ "untimed, not beyond", RCV_NXT, 0, true, TWR_MEETS_BRIEF_BUCKET,
	  false, false },
	{ "bucket untimed, beyond", RCV_NXT + 1, TS_RECENT - 1, false,
	  TWR_MEETS_BUCKET, true, false },
	{ "bucket untimed, not beyond", RCV_NXT, NEWER, false,
	  TWR_MEETS_BUCKET, false, false },
};

static void bucket_describe(const struct bucket_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bucket, bucket_cases, bucket_describe);

static void a_bucket_takes_a_syn_or_not(struct kunit *test)
{
	const struct bucket_case *c = test->param_value;
	struct twr_test_packet p = {
		.flags = TCPHDR_SYN,
		.seq = c->seq,
		.timed = c->tsval,
		.tsval = c->tsval,
	};
	struct sock *sk = twr_test_bucket(test);
	struct twr_sight sight;

	if (!c->stamped)
		tcp_twsk(sk)->tw_ts_recent_stamp = 0;
	observe(test, &sight, sk, &p);
	KUNIT_EXPECT_EQ(test, sight.meets, c->meets);
	KUNIT_EXPECT_EQ(test, sight.reopens, c->reopens);
	KUNIT_EXPECT_EQ(test, sight.rearms, c->rearms);

	/* Before the peer's FIN nothing of this holds. */
	inet_twsk(sk)->tw_substate = TCP_FIN_WAIT2;
	observe(test, &sight, sk, &p);
	KUNIT_EXPECT_EQ(test, sight.meets, TWR_MEETS_BUCKET);
	KUNIT_EXPECT_FALSE(test, sight.reopens);
	KUNIT_EXPECT_FALSE(test, sight.rearms);
}

static void the_end_of_a_handshake_makes_the_peer_known(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = ACK,
		.seq = RCV_NXT,
		.ack_seq = SND_UNA,
		.timed = true,
		.tsval = NEWER,
	};
	struct sock *sk = twr_test_request(test);
	struct twr_sight sight;

	observe(test, &sight, sk, &p);
	KUNIT_ASSERT_EQ(test, sight.act, TWR_ACT_TEACH);
	KUNIT_EXPECT_EQ(test, sight.event, TWR_EVENT_OPENED);
	KUNIT_EXPECT_FALSE(test, sight.stamped);

	p.ack_seq = SND_UNA + 1;
	observe(test, &sight, sk, &p);
	KUNIT_EXPECT_EQ(test, sight.act, TWR_ACT_NONE);

	p.ack_seq = SND_UNA;
	p.tsval = TS_RECENT - 1;
	observe(test, &sight, sk, &p);
	KUNIT_EXPECT_EQ(test, sight.act, TWR_ACT_NONE);

	p.tsval = NEWER;
	p.seq = RCV_NXT + RCV_WND + 1;
	observe(test, &sight, sk, &p);
	KUNIT_EXPECT_EQ(test, sight.act, TWR_ACT_NONE);
}

static void a_syn_ack_makes_the_peer_known(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = TCPHDR_SYN | TCPHDR_ACK,
		.seq = 77,
		.ack_seq = FIN_ACKED,
		.timed = true,
		.tsval = 1,
	};
	struct sock *sk = twr_test_sock(test, TCP_SYN_SENT);
	struct twr_sight sight;

	observe(test, &sight, sk, &p);
	KUNIT_ASSERT_EQ(test, sight.act, TWR_ACT_TEACH);
	KUNIT_EXPECT_EQ(test, sight.event, TWR_EVENT_OPENED);
	KUNIT_EXPECT_FALSE(test, sight.stamped);

	/* The answer can be here before TCP has noted that the SYN is sent. */
	tcp_sk(sk)->snd_nxt = SND_UNA;
	observe(test, &sight, sk, &p);
	KUNIT_EXPECT_EQ(test, sight.act, TWR_ACT_TEACH);

	p.ack_seq = SND_UNA;
	observe(test, &sight, sk, &p);
	KUNIT_EXPECT_EQ(test, sight.act, TWR_ACT_NONE);

	p.ack_seq = FIN_ACKED + 1;
	observe(test, &sight, sk, &p);
	KUNIT_EXPECT_EQ(test, sight.act, TWR_ACT_NONE);
}

/* Sysctls that a case changes, to be put back. */
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
			  const struct twr_test_packet *p, enum twr_exempt why)
{
	struct twr_sight sight;

	observe(test, &sight, sk, p);
	KUNIT_ASSERT_EQ(test, sight.act, TWR_ACT_EXEMPT);
	KUNIT_EXPECT_EQ(test, sight.exempt, why);
}

static void expect_asks(struct kunit *test, struct sock *sk,
			const struct twr_test_packet *p, bool timed)
{
	struct twr_sight sight;

	observe(test, &sight, sk, p);
	KUNIT_ASSERT_EQ(test, sight.act, TWR_ACT_ASK);
	KUNIT_EXPECT_EQ(test, sight.timed, timed);
	if (timed)
		KUNIT_EXPECT_EQ(test, sight.seg.tsval, p->tsval);
}

static void a_syn_to_a_listener_asks(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);
	struct twr_test_packet p = bare_syn;

	expect_asks(test, sk, &p, true);
	p.v6 = true;
	expect_asks(test, sk, &p, true);

	/* Data, ECE and CWR make no difference. */
	p.payload = 16;
	p.flags |= TCPHDR_ECE | TCPHDR_CWR;
	expect_asks(test, sk, &p, true);

	p.timed = false;
	expect_asks(test, sk, &p, false);
}

static void without_the_sysctl_no_syn_is_timed(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);

	init_net.ipv4.sysctl_tcp_timestamps = 0;
	expect_asks(test, sk, &bare_syn, false);
}

static void a_full_request_queue_comes_first(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);

	atomic_set(&inet_csk(sk)->icsk_accept_queue.qlen, 128);
	init_net.ipv4.sysctl_tcp_syncookies = 0;
	expect_exempt(test, sk, &bare_syn, TWR_QUEUE_FULL);
	init_net.ipv4.sysctl_tcp_syncookies = 1;
	expect_exempt(test, sk, &bare_syn, TWR_SYNCOOKIE);

	atomic_set(&inet_csk(sk)->icsk_accept_queue.qlen, 127);
	expect_asks(test, sk, &bare_syn, true);
}

static void a_full_accept_queue_comes_first(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);

	sk->sk_ack_backlog = 129;
	init_net.ipv4.sysctl_tcp_syncookies = 2;
	expect_exempt(test, sk, &bare_syn, TWR_QUEUE_FULL);

	sk->sk_ack_backlog = 128;
	expect_exempt(test, sk, &bare_syn, TWR_SYNCOOKIE);
	init_net.ipv4.sysctl_tcp_syncookies = 1;
	expect_asks(test, sk, &bare_syn, true);
}

static void a_source_route_exempts(struct kunit *test)
{
	static const u8 route[] = { 131, 7, 8, 203, 0, 113, 1, 0 };
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);
	struct twr_test_packet p = bare_syn;

	memcpy(p.ip_opt, route, sizeof(route));
	p.ip_opt_len = sizeof(route);
	expect_exempt(test, sk, &p, TWR_SOURCE_ROUTE);
}

/* What it meets is told, and so is what the listener has to say. */
static void a_syn_may_meet_another_socket(struct kunit *test)
{
	struct twr_sight sight;
	int state;

	observe(test, &sight, twr_test_request(test), &bare_syn);
	KUNIT_EXPECT_EQ(test, sight.act, TWR_ACT_EXEMPT);
	KUNIT_EXPECT_EQ(test, sight.exempt, TWR_NO_LISTENER);
	KUNIT_EXPECT_EQ(test, sight.meets, TWR_MEETS_REQUEST);
	for (state = TCP_ESTABLISHED; state <= TCP_CLOSING; state++) {
		if (state == TCP_LISTEN || state == TCP_TIME_WAIT)
			continue;
		observe(test, &sight, twr_test_sock(test, state), &bare_syn);
		KUNIT_EXPECT_EQ(test, sight.exempt, TWR_NO_LISTENER);
		KUNIT_EXPECT_EQ(test, sight.meets, TWR_MEETS_SOCKET);
	}

	observe(test, &sight, twr_test_sock(test, TCP_LISTEN), &bare_syn);
	KUNIT_EXPECT_EQ(test, sight.act, TWR_ACT_ASK);
	KUNIT_EXPECT_EQ(test, sight.meets, TWR_MEETS_NONE);
}

/* Looked up for real: nothing of the kind is there in the tests' addresses. */
static void a_syn_to_nobody_is_exempt(struct kunit *test)
{
	struct twr_test_packet p = bare_syn;

	expect_exempt(test, NULL, &p, TWR_NO_LISTENER);
	p.v6 = true;
	expect_exempt(test, NULL, &p, TWR_NO_LISTENER);
}

static void a_socket_of_another_kind_is_not_met(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);

	sk->sk_protocol = IPPROTO_UDP;
	expect_exempt(test, sk, &bare_syn, TWR_NO_LISTENER);
}

static void a_broken_syn_is_exempt_whatever_it_meets(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);
	struct twr_test_packet p = bare_syn;

	p.bad_sum = true;
	expect_exempt(test, sk, &p, TWR_BAD_CHECKSUM);
	p.doff = 4;
	expect_exempt(test, sk, &p, TWR_MALFORMED);
	p.doff = 0;
	p.keep = 14;
	expect_exempt(test, sk, &p, TWR_MALFORMED);
}

static void a_syn_not_for_this_host_alone_is_exempt(struct kunit *test)
{
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);
	struct rtable route = { .rt_flags = RTCF_LOCAL | RTCF_MULTICAST };
	struct twr_sight sight;
	struct sk_buff *skb;
	int i;

	for (i = 0; i < 3; i++) {
		skb = twr_test_skb(test, &bare_syn);
		skb->sk = sk;
		local_bh_disable();
		rcu_read_lock();
		if (i == 0)
			skb->pkt_type = PACKET_BROADCAST;
		else if (i == 1)
			skb_dst_set_noref(skb, &route.dst);
		else
			skb->_skb_refdst = 0;
		twr_segment_read(&sight.seg, skb, NFPROTO_IPV4,
				 sizeof(struct iphdr), true);
		twr_observe(&sight, &init_net, skb);
		rcu_read_unlock();
		local_bh_enable();
		skb->sk = NULL;
		kfree_skb(skb);
		KUNIT_EXPECT_EQ(test, sight.act, TWR_ACT_EXEMPT);
		KUNIT_EXPECT_EQ(test, sight.exempt, TWR_NO_LISTENER);
	}
}

/* What makes an established flow cheap. */
static void data_is_passed_over_at_a_glance(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = ACK,
		.seq = RCV_NXT,
		.ack_seq = SND_UNA,
		.payload = 100,
	};
	struct sk_buff *skb;

	skb = twr_test_skb(test, &p);
	KUNIT_EXPECT_TRUE(test, twr_observe_skips(skb, sizeof(struct iphdr)));
	skb->sk = twr_test_sock(test, TCP_ESTABLISHED);
	KUNIT_EXPECT_TRUE(test, twr_observe_skips(skb, sizeof(struct iphdr)));
	skb->sk = twr_test_sock(test, TCP_FIN_WAIT1);
	KUNIT_EXPECT_FALSE(test, twr_observe_skips(skb, sizeof(struct iphdr)));
	skb->sk = NULL;
	kfree_skb(skb);
}

static struct kunit_case observe_cases[] = {
	KUNIT_CASE_PARAM(a_closing_socket_teaches, closing_gen_params),
	KUNIT_CASE(a_connection_without_timestamps_leaves_no_stamp),
	KUNIT_CASE(the_rto_is_that_without_backoff),
	KUNIT_CASE(a_fin_to_a_mini_socket_is_its_end),
	KUNIT_CASE(other_segments_to_a_mini_socket_teach_nothing),
	KUNIT_CASE(an_untimed_mini_socket_teaches_nothing),
	KUNIT_CASE(any_ack_puts_the_timer_of_a_bucket_back),
	KUNIT_CASE_PARAM(a_bucket_takes_a_syn_or_not, bucket_gen_params),
	KUNIT_CASE(the_end_of_a_handshake_makes_the_peer_known),
	KUNIT_CASE(a_syn_ack_makes_the_peer_known),
	KUNIT_CASE(a_syn_to_a_listener_asks),
	KUNIT_CASE(without_the_sysctl_no_syn_is_timed),
	KUNIT_CASE(a_full_request_queue_comes_first),
	KUNIT_CASE(a_full_accept_queue_comes_first),
	KUNIT_CASE(a_source_route_exempts),
	KUNIT_CASE(a_syn_may_meet_another_socket),
	KUNIT_CASE(a_syn_to_nobody_is_exempt),
	KUNIT_CASE(a_socket_of_another_kind_is_not_met),
	KUNIT_CASE(a_broken_syn_is_exempt_whatever_it_meets),
	KUNIT_CASE(a_syn_not_for_this_host_alone_is_exempt),
	KUNIT_CASE(data_is_passed_over_at_a_glance),
	{ }
};

static struct kunit_suite observe_suite = {
	.name = "twr_observe",
	.init = observe_init,
	.exit = observe_exit,
	.test_cases = observe_cases,
};

kunit_test_suite(observe_suite);
