// SPDX-License-Identifier: GPL-2.0
/*
 * hook_test.c - packets through the hooks that are really registered
 */
#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/in6.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netfilter.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <net/checksum.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "cache.h"
#include "compat.h"
#include "era.h"
#include "live.h"
#include "main.h"
#include "offenders.h"
#include "packet.h"
#include "shadow.h"
#include "socket.h"
#include "stats.h"
#include "watch.h"

/**
 * struct hook_state - what a case finds, and what is put back after it
 * @era: the era in force
 * @listener: a real one, at every address, for SYNs that meet something else
 *	before
 */
struct hook_state {
	const struct twr_era *era;
	struct socket *listener;
};

static int hook_init(struct kunit *test)
{
	struct sockaddr_in6 any = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(TWR_TEST_LOCAL_PORT),
	};
	struct hook_state *state;
	int err;

	state = kunit_kzalloc(test, sizeof(*state), GFP_KERNEL);
	if (!state)
		return -ENOMEM;
	state->era = twr_era;
	test->priv = state;

	err = sock_create_kern(&init_net, PF_INET6, SOCK_STREAM, IPPROTO_TCP,
			       &state->listener);
	if (err)
		return err;
	err = kernel_bind(state->listener, (struct sockaddr *)&any,
			  sizeof(any));
	if (!err)
		err = kernel_listen(state->listener, 128);
	twr_reset();
	return err;
}

static void hook_exit(struct kunit *test)
{
	struct hook_state *state = test->priv;

	twr_reset();
	if (!state)
		return;
	twr_era = state->era;
	if (state->listener)
		sock_release(state->listener);
}

/* The rules of another era, over the cache that is there. */
static void live_in(struct kunit *test, const char *name)
{
	twr_era = twr_era_find(name);
	KUNIT_ASSERT_NOT_NULL(test, twr_era);
}

static int not_reached(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return 0;
}

/* Return: true if every hook let the packet pass. */
static bool send(struct sk_buff *skb, bool v6)
{
	int accepted;

	local_bh_disable();
	rcu_read_lock();
	accepted = nf_hook(v6 ? NFPROTO_IPV6 : NFPROTO_IPV4, NF_INET_LOCAL_IN,
			   &init_net, NULL, skb, skb->dev, NULL, not_reached);
	rcu_read_unlock();
	local_bh_enable();
	return accepted == 1;
}

static u64 counted(enum twr_counter counter)
{
	u64 sums[TWR_COUNTERS];

	twr_sums(twr_net(&init_net), sums);
	return sums[counter];
}

/* The connection that all packets of the suites belong to. */
static struct twr_conn conn_of(struct kunit *test, bool v6)
{
	struct twr_test_packet p = { .v6 = v6, .flags = TCPHDR_SYN };
	struct sk_buff *skb = twr_test_skb(test, &p);
	struct twr_conn conn = {
		.key.netns = init_net.ns.inum,
		.peer_port = htons(TWR_TEST_PEER_PORT),
		.local_port = htons(TWR_TEST_LOCAL_PORT),
	};

	if (v6) {
		conn.key.peer = ipv6_hdr(skb)->saddr;
		conn.key.local = ipv6_hdr(skb)->daddr;
	} else {
		ipv6_addr_set_v4mapped(htonl(TWR_TEST_PEER4), &conn.key.peer);
		ipv6_addr_set_v4mapped(htonl(TWR_TEST_LOCAL4),
				       &conn.key.local);
	}
	twr_key_seal(&conn.key);
	kfree_skb(skb);
	return conn;
}

/* What the peer of the suites' packets has in the cache. */
static void remember(struct kunit *test, bool v6, u32 ts, u32 age)
{
	struct twr_update update = {
		.create = true,
		.stamped = true,
		.stamp = { .ts = ts, .ts_stamp = twr_now() - age },
	};
	struct twr_conn conn = conn_of(test, v6);

	if (!twr_era->by_local)
		memset(&conn.key.local, 0, sizeof(conn.key.local));
	twr_cache_update(twr_cache, &conn.key, &update, twr_era_replaces,
			twr_now(), jiffies);
}

static void meet(struct kunit *test, struct sock *sk,
		 const struct twr_test_packet *p)
{
	struct sk_buff *skb = twr_test_skb(test, p);

	skb->sk = sk;
	KUNIT_EXPECT_TRUE(test, send(skb, p->v6));
	skb->sk = NULL;
	kfree_skb(skb);
}

static void ask(struct kunit *test, const struct twr_test_packet *p)
{
	meet(test, twr_test_sock(test, TCP_LISTEN), p);
}

/* The ACK of our FIN, from a peer whose clock is there. */
static void close_first(struct kunit *test, bool v6, u32 tsval)
{
	struct twr_test_packet p = {
		.v6 = v6,
		.flags = TCPHDR_ACK,
		.seq = TWR_TEST_RCV_NXT,
		.ack_seq = TWR_TEST_FIN_ACKED,
		.timed = true,
		.tsval = tsval,
	};

	meet(test, twr_test_sock(test, TCP_FIN_WAIT1), &p);
}

static void a_syn_is_held_against_the_cache(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = TCPHDR_SYN,
		.timed = true,
		.tsval = 1000,
	};

	for (p.v6 = false;; p.v6 = true) {
		twr_reset();
		p.timed = true;

		ask(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), 1ULL);

		remember(test, p.v6, 1002, 10);
		ask(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_OLDER), 1ULL);

		p.timed = false;
		ask(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_UNTIMED), 1ULL);

		p.timed = true;
		p.tsval = 1001;
		ask(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), 2ULL);
		p.tsval = 1000;

		twr_reset();
		remember(test, p.v6, 1002, 60);
		ask(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), 1ULL);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_OLDER), 0ULL);
		if (p.v6)
			break;
	}
}

static void expect_offence(struct kunit *test, u64 rejected, u64 untimed,
			   u64 checked, u32 behind)
{
	struct twr_offence *list;
	int n;

	list = kunit_kcalloc(test, TWR_OFFENDERS, sizeof(*list), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, list);
	n = twr_offenders_list(twr_offenders, init_net.ns.inum, list);
	KUNIT_ASSERT_EQ(test, n, 1);
	KUNIT_EXPECT_EQ(test, list->rejected, rejected);
	KUNIT_EXPECT_EQ(test, list->by[TWR_REJECT_UNTIMED], untimed);
	KUNIT_EXPECT_EQ(test, list->checked, checked);
	if (list->timed)
		KUNIT_EXPECT_EQ(test, list->behind, behind);
}

/* Whoever is turned away is told of: who, how often, by how much, for how long. */
static void a_rejection_is_told_of(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = TCPHDR_SYN,
		.timed = true,
		.tsval = 5000,
	};
	struct twr_conn conn;

	for (p.v6 = false;; p.v6 = true) {
		conn = conn_of(test, p.v6);
		twr_reset();
		remember(test, p.v6, 9000, 10);

		/* Four seconds by a clock in milliseconds, sixteen at 250 Hz. */
		p.timed = true;
		ask(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RETRY + 2), 1ULL);
		expect_offence(test, 1, 0, 1, 4000);
		twr_hz = 250;
		ask(test, &p);
		twr_hz = 0;
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RETRY + 4), 1ULL);

		p.timed = false;
		ask(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RETRY + 5), 1ULL);
		expect_offence(test, 3, 1, 3, 0);

		/* What passes counts as well, and one unheard of as nobody. */
		p.timed = true;
		p.tsval = 9000;
		ask(test, &p);
		expect_offence(test, 3, 1, 4, 0);
		p.tsval = 5000;

		twr_offenders_forget(twr_offenders, conn.key.netns);
		if (p.v6)
			break;
	}
}

/*
 * Whatever a packet looks like, not a bit of it is different afterwards: its
 * metadata, its data, its shared info and the socket it meets.
 */
static void nothing_is_changed(struct kunit *test)
{
	static const u8 flags[] = {
		TCPHDR_SYN, TCPHDR_SYN | TCPHDR_ACK, TCPHDR_ACK,
		TCPHDR_ACK | TCPHDR_FIN, TCPHDR_ACK | TCPHDR_RST, 0, 0xff,
	};
	static const int states[] = {
		TCP_LISTEN, TCP_ESTABLISHED, TCP_SYN_SENT, TCP_FIN_WAIT1,
		TCP_FIN_WAIT2, TCP_CLOSING, TCP_LAST_ACK,
	};
	struct skb_shared_info shared;
	struct sk_buff *skb, meta;
	u8 before[256], after[256];
	struct sock *sk, *sk_before;
	int i;

	sk_before = kunit_kzalloc(test, sizeof(struct tcp6_sock), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sk_before);
	sk = twr_test_sock(test, TCP_LISTEN);

	for (i = 0; i < 16 * ARRAY_SIZE(flags) * ARRAY_SIZE(states); i++) {
		struct twr_test_packet p = {
			.v6 = i & 1,
			.paged = i & 2,
			.timed = i & 4,
			.bad_sum = i & 8,
			.flags = flags[i / 16 % ARRAY_SIZE(flags)],
			.tsval = i,
		};

		sk->sk_state = states[i / 16 / ARRAY_SIZE(flags)];
		skb = twr_test_skb(test, &p);
		skb->sk = sk;

		memcpy(&meta, skb, sizeof(meta));
		memcpy(&shared, skb_shinfo(skb), sizeof(shared));
		memcpy(sk_before, sk, sizeof(struct tcp6_sock));
		KUNIT_ASSERT_LE(test, skb->len, (unsigned int)sizeof(before));
		skb_copy_bits(skb, 0, before, skb->len);

		KUNIT_EXPECT_TRUE(test, send(skb, p.v6));

		KUNIT_EXPECT_EQ(test, memcmp(&meta, skb, sizeof(meta)), 0);
		KUNIT_EXPECT_EQ(test, memcmp(&shared, skb_shinfo(skb),
					     sizeof(shared)), 0);
		KUNIT_EXPECT_EQ(test, memcmp(sk_before, sk,
					     sizeof(struct tcp6_sock)), 0);
		skb_copy_bits(skb, 0, after, skb->len);
		KUNIT_EXPECT_EQ(test, memcmp(before, after, skb->len), 0);
		skb->sk = NULL;
		kfree_skb(skb);
	}
}

/* One that the cache has something newer against. */
static const struct twr_test_packet late_syn = {
	.flags = TCPHDR_SYN,
	.seq = TWR_TEST_RCV_NXT + 1,
	.timed = true,
	.tsval = TWR_TEST_TS_RECENT,
};

#define NEWER	(TWR_TEST_TS_RECENT + 100000)

static u64 exempted(enum twr_exempt why)
{
	return counted(TWR_COUNT_EXEMPT + why);
}

static void a_connection_that_never_was_leaves_no_stamp(struct kunit *test)
{
	struct twr_test_packet fin = {
		.flags = TCPHDR_ACK | TCPHDR_FIN,
		.seq = TWR_TEST_RCV_NXT,
		.ack_seq = TWR_TEST_FIN_ACKED,
		.timed = true,
		.tsval = NEWER + 2,
	};
	struct sock *alive = twr_test_sock(test, TCP_FIN_WAIT1);
	struct sock *bucket = twr_test_bucket(test);

	remember(test, false, NEWER, 0);
	ask(test, &late_syn);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_OLDER), 1ULL);

	/* Not as a socket, not half-closed, not as a mini-socket. */
	close_first(test, false, NEWER + 1);
	sock_reset_flag(alive, SOCK_DEAD);
	fin.flags = TCPHDR_ACK;
	meet(test, alive, &fin);
	fin.flags = TCPHDR_ACK | TCPHDR_FIN;
	meet(test, twr_test_mini_socket(test), &fin);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED), 0ULL);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_REFUSED), 0ULL);

	/* Nor does the bucket it left stand in the way, be it without a stamp. */
	tcp_twsk(bucket)->tw_ts_recent_stamp = 0;
	meet(test, bucket, &late_syn);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_OLDER), 2ULL);

	/* The next one on the same ports is let in, and does. */
	twr_reset();
	ask(test, &late_syn);
	close_first(test, false, NEWER + 1);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), 1ULL);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED), 1ULL);
}

static void what_never_was_stands_in_no_ones_way(struct kunit *test)
{
	struct sock *in_the_way[] = {
		twr_test_request(test),
		twr_test_sock(test, TCP_ESTABLISHED),
		twr_test_mini_socket(test),
		twr_test_bucket(test),
	};
	struct twr_conn conn = conn_of(test, false);
	struct twr_test_packet p;
	u64 rejected = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(in_the_way); i++) {
		remember(test, false, NEWER, 0);
		twr_shadow_time_wait(twr_shadow, &conn, 60 * HZ, jiffies);
		meet(test, in_the_way[i], &late_syn);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_OLDER), rejected);

		ask(test, &late_syn);
		meet(test, in_the_way[i], &late_syn);
		meet(test, in_the_way[i], &late_syn);
		rejected += 3;
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_OLDER), rejected);

		/* The clock has caught up: now the connection is. */
		p = late_syn;
		p.tsval = NEWER;
		meet(test, in_the_way[i], &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), i + 1ULL);
		twr_shadow_time_wait(twr_shadow, &conn, 60 * HZ, jiffies);
		meet(test, in_the_way[i], &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), i + 1ULL);
	}
	KUNIT_EXPECT_EQ(test, exempted(TWR_REQUEST_PENDING), 2ULL);
	KUNIT_EXPECT_EQ(test, exempted(TWR_ESTABLISHED), 2ULL);
	KUNIT_EXPECT_EQ(test, exempted(TWR_TIMEWAIT), 4ULL);
}

static void a_bucket_stands_for_three_and_a_half_rto(struct kunit *test)
{
	struct twr_conn conn = conn_of(test, false);
	struct sock *bucket = twr_test_bucket(test);
	u32 life = TWR_TEST_RTO * 7 / 2;

	close_first(test, false, NEWER);
	KUNIT_ASSERT_EQ(test, counted(TWR_COUNT_RECORDED), 1ULL);
	twr_shadow_time_wait(twr_shadow, &conn, 0, jiffies - life + HZ / 10);
	meet(test, bucket, &late_syn);
	KUNIT_EXPECT_EQ(test, exempted(TWR_TIMEWAIT), 1ULL);

	twr_shadow_time_wait(twr_shadow, &conn, 0, jiffies - life);
	meet(test, bucket, &late_syn);
	KUNIT_EXPECT_EQ(test, exempted(TWR_TIMEWAIT), 1ULL);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_OLDER), 1ULL);
}

/* A segment that TIME-WAIT refuses gives it another minute. */
static void a_rearmed_bucket_stands_for_a_minute(struct kunit *test)
{
	struct twr_test_packet old_fin = {
		.flags = TCPHDR_ACK | TCPHDR_FIN,
		.seq = TWR_TEST_RCV_NXT - 1,
		.timed = true,
		.tsval = TWR_TEST_TS_RECENT,
	};
	struct twr_test_packet old_syn = late_syn;
	struct twr_conn conn = conn_of(test, false);
	struct sock *bucket = twr_test_bucket(test);
	u32 later;
	int i;

	old_syn.tsval = TWR_TEST_TS_RECENT - 1;
	for (i = 0; i < 3; i++) {
		/* TIME-WAIT takes one with FIN for a SYN, whatever the era. */
		if (i == 2)
			old_syn.flags |= TCPHDR_FIN;
		twr_shadow_time_wait(twr_shadow, &conn, HZ / 2, jiffies);
		later = jiffies + 59 * HZ;
		KUNIT_EXPECT_FALSE(test, twr_shadow_stands(twr_shadow, &conn,
							   later));
		meet(test, bucket, i ? &old_syn : &old_fin);
		KUNIT_EXPECT_TRUE(test, twr_shadow_stands(twr_shadow, &conn,
							  later));
	}
}

/* Without a stamp, or where the stamp was not remembered. */
static void some_buckets_stand_for_a_minute(struct kunit *test)
{
	struct sock *bucket = twr_test_bucket(test);
	struct twr_conn conn = conn_of(test, true);
	struct twr_test_packet p = late_syn;

	tcp_twsk(bucket)->tw_ts_recent_stamp = 0;
	meet(test, bucket, &p);
	KUNIT_EXPECT_EQ(test, exempted(TWR_TIMEWAIT), 1ULL);

	live_in(test, "2.6.32");
	close_first(test, true, NEWER);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED), 0ULL);
	twr_shadow_time_wait(twr_shadow, &conn, 0, jiffies);
	KUNIT_EXPECT_TRUE(test, twr_shadow_stands(twr_shadow, &conn,
						  jiffies + 59 * HZ));
	p.v6 = true;
	meet(test, twr_test_bucket(test), &p);
	KUNIT_EXPECT_EQ(test, exempted(TWR_TIMEWAIT), 2ULL);

	/* From 3.6 on a mini-socket has nothing to write to by itself. */
	live_in(test, "3.6");
	p.flags = TCPHDR_ACK | TCPHDR_FIN;
	p.seq = TWR_TEST_RCV_NXT;
	p.ack_seq = TWR_TEST_FIN_ACKED;
	twr_shadow_half_close(twr_shadow, &conn, HZ / 2, jiffies);
	meet(test, twr_test_mini_socket(test), &p);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED), 0ULL);
	KUNIT_EXPECT_TRUE(test, twr_shadow_stands(twr_shadow, &conn,
						  jiffies + 59 * HZ));

	/* Before, it had. */
	live_in(test, "3.5");
	meet(test, twr_test_mini_socket(test), &p);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED), 1ULL);
}

struct reopen_case {
	const char *era;
	bool v6;
	bool checked;
};

/* The mark that a bucket gave the SYN was lost for IPv6, from 3.18 on. */
static const struct reopen_case reopen_cases[] = {
	{ "4.11", false, false },
	{ "4.11", true, true },
	{ "el7", true, true },
	{ "3.18", true, true },
	{ "3.17", true, false },
	{ "3.2", true, false },
};

static void a_reopened_bucket_is_checked_for_ipv6(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(reopen_cases); i++) {
		const struct reopen_case *c = &reopen_cases[i];
		struct twr_conn conn = conn_of(test, c->v6);
		struct sock *bucket = twr_test_bucket(test);
		struct twr_test_packet p = late_syn;

		p.v6 = c->v6;
		live_in(test, c->era);
		twr_reset();
		remember(test, c->v6, NEWER, 0);
		twr_shadow_time_wait(twr_shadow, &conn, HZ, jiffies);
		meet(test, bucket, &p);
		KUNIT_EXPECT_EQ_MSG(test, counted(TWR_COUNT_OLDER),
				    (u64)c->checked, "era %s", c->era);
		KUNIT_EXPECT_EQ_MSG(test, exempted(TWR_TIMEWAIT),
				    (u64)!c->checked, "era %s", c->era);

		/* One that the bucket refuses never gets so far. */
		twr_reset();
		remember(test, c->v6, NEWER, 0);
		twr_shadow_time_wait(twr_shadow, &conn, HZ, jiffies);
		p.tsval = TWR_TEST_TS_RECENT - 1;
		meet(test, bucket, &p);
		KUNIT_EXPECT_EQ_MSG(test, exempted(TWR_TIMEWAIT), 1ULL,
				    "era %s", c->era);
	}
}

static void syn_with_fin_was_a_syn_once(struct kunit *test)
{
	static const struct { const char *era; u64 is; } cases[] = {
		{ "2.6.32", 1 }, { "3.2", 1 }, { "3.3", 0 }, { "el6", 0 },
		{ "4.11", 0 },
	};
	struct twr_test_packet p = late_syn;
	u64 sums[TWR_COUNTERS], all;
	int i, c;

	p.flags |= TCPHDR_FIN;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		live_in(test, cases[i].era);
		twr_reset();
		remember(test, false, NEWER, 0);
		ask(test, &p);
		twr_sums(twr_net(&init_net), sums);
		for (all = 0, c = 0; c < TWR_COUNT_RETRY; c++)
			all += sums[c];
		KUNIT_EXPECT_EQ_MSG(test, all, cases[i].is, "era %s",
				    cases[i].era);
		KUNIT_EXPECT_EQ_MSG(test, sums[TWR_COUNT_OLDER], cases[i].is,
				    "era %s", cases[i].era);
	}
}

static void an_era_without_ipv6_lets_it_pass(struct kunit *test)
{
	struct twr_test_packet p = late_syn;

	live_in(test, "2.6.32");
	p.v6 = true;
	close_first(test, true, NEWER);
	twr_shadow_forget(twr_shadow, 0);
	ask(test, &p);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), 1ULL);

	p.v6 = false;
	close_first(test, false, NEWER);
	ask(test, &p);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_OLDER), 1ULL);
}

/* Before 3.14 what was left at one address spoke for all others. */
static void the_local_address_counts_since_3_14(struct kunit *test)
{
	static const struct { const char *era; u64 rejected; } cases[] = {
		{ "2.6.32", 1 }, { "3.2", 1 }, { "3.13", 1 }, { "3.14", 0 },
		{ "el7", 0 }, { "4.11", 0 },
	};
	struct twr_stamp kept;
	struct twr_key key;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		live_in(test, cases[i].era);
		twr_reset();
		close_first(test, false, NEWER);

		key = conn_of(test, false).key;
		memset(&key.local, 0, sizeof(key.local));
		KUNIT_EXPECT_EQ_MSG(test,
				    (u64)twr_cache_find(twr_cache, &key, jiffies,
							&kept),
				    cases[i].rejected, "era %s", cases[i].era);
	}
}

/* The list was asked for an entry when there was a stamp to be put there. */
static void a_connection_without_stamp_makes_entries_since_3_6(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = TCPHDR_ACK,
		.seq = TWR_TEST_RCV_NXT,
		.ack_seq = TWR_TEST_FIN_ACKED,
	};
	static const char * const names[] = { "3.5", "3.6" };
	struct sock *sk;
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		live_in(test, names[i]);
		twr_reset();
		sk = twr_test_sock(test, TCP_FIN_WAIT1);
		tcp_sk(sk)->rx_opt.tstamp_ok = 0;
		meet(test, sk, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED), 0ULL);
		KUNIT_EXPECT_EQ(test, twr_cache_count(twr_cache, 0), (u64)i);
	}
}

/*
 * struct shared - what the module has for all processors, but for the counters
 *
 * Each is a number that is another when a bit of that memory is. A lock that is
 * taken and given back shows where it counts that, as those of all tables do.
 */
struct shared {
	u64 cache;
	u64 watch;
	u64 shadow;
	u64 net;
	u64 data;
};

/* Of a word more, be it one that sanitizers want nobody to read. */
static u64 mix_word(u64 sum, const unsigned long *word)
{
	return rol64((sum ^ READ_ONCE_NOCHECK(*word)) * 0x9e3779b97f4a7c15ULL,
		     32);
}

static u64 mix(u64 sum, const void *at, size_t bytes)
{
	const unsigned long *word = at;

	for (; bytes >= sizeof(*word); bytes -= sizeof(*word))
		sum = mix_word(sum, word++);
	return sum;
}

/*
 * An object and the tables it points to, whatever it looks like: what vmalloc()
 * gave ends where no page is.
 */
static u64 mix_room(const void *room)
{
	const unsigned long *word = room;
	size_t words = ksize(room) / sizeof(*word);
	u64 sum = 0;

	for (; words--; word++) {
		const void *to = (void *)READ_ONCE_NOCHECK(*word);

		sum = mix_word(sum, word);
		if (!is_vmalloc_addr(to) || !PAGE_ALIGNED(to))
			continue;
		for (; vmalloc_to_page(to); to += PAGE_SIZE)
			sum = mix(sum, to, PAGE_SIZE);
	}
	return sum;
}

/* The variables of the module. */
static u64 mix_data(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	const struct module_memory *data = &THIS_MODULE->mem[MOD_DATA];

	return mix(0, data->base, data->size);
#else
	const struct module_layout *all = &THIS_MODULE->core_layout;

	return mix(0, all->base + all->ro_after_init_size,
		   all->size - all->ro_after_init_size);
#endif
}

static struct shared shared(void)
{
	return (struct shared) {
		.cache = mix_room(twr_cache),
		.watch = mix_room(twr_watch),
		.shadow = mix_room(twr_shadow),
		.net = mix(0, twr_net(&init_net), sizeof(struct twr_net)),
		.data = mix_data(),
	};
}

/* A SYN each of peers that never came before. */
static void flood(struct kunit *test, bool v6, u32 peers)
{
	struct twr_test_packet p = {
		.v6 = v6,
		.flags = TCPHDR_SYN,
		.timed = true,
		.tsval = 1000,
	};
	struct sk_buff *skb = twr_test_skb(test, &p);
	struct sock *sk = twr_test_sock(test, TCP_LISTEN);
	unsigned int hlen = v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	struct tcphdr *th = (struct tcphdr *)(skb_network_header(skb) + hlen);
	__be32 *source = v6 ? &ipv6_hdr(skb)->saddr.s6_addr32[3] :
			      &ip_hdr(skb)->saddr;

	skb->sk = sk;
	while (peers--) {
		__be32 from = *source;

		*source = htonl(0x0a000000 + peers);
		csum_replace4(&th->check, from, *source);
		if (!v6)
			csum_replace4(&ip_hdr(skb)->check, from, *source);
		KUNIT_ASSERT_TRUE(test, send(skb, v6));
	}
	skb->sk = NULL;
	kfree_skb(skb);
}

static int written;

/* That is why they cost the same on any number of processors. */
static void a_flood_of_new_peers_writes_nothing_that_is_shared(struct kunit *test)
{
	struct twr_test_packet known = {
		.flags = TCPHDR_SYN,
		.timed = true,
		.tsval = NEWER,
	};
	struct twr_watched other = { .conn = conn_of(test, false) };
	struct twr_key *key = &other.conn.key;
	struct shared before, after;

	remember(test, false, NEWER, 0);
	ipv6_addr_set_v4mapped(htonl(TWR_TEST_PEER4 + 1), &key->peer);
	twr_key_seal(key);
	twr_watch_add(twr_watch, &other, jiffies);
	twr_shadow_time_wait(twr_shadow, &other.conn, 60 * HZ, jiffies);

	before = shared();
	flood(test, false, 10000);
	flood(test, true, 10000);
	ask(test, &known);
	after = shared();
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), 20001ULL);
	KUNIT_EXPECT_EQ(test, before.cache, after.cache);
	KUNIT_EXPECT_EQ(test, before.watch, after.watch);
	KUNIT_EXPECT_EQ(test, before.shadow, after.shadow);
	KUNIT_EXPECT_EQ(test, before.net, after.net);
	KUNIT_EXPECT_EQ(test, before.data, after.data);

	/* Each of them would show. */
	remember(test, false, NEWER, 0);
	twr_watch_add(twr_watch, &other, jiffies);
	twr_shadow_time_wait(twr_shadow, &other.conn, 60 * HZ, jiffies);
	twr_stats_reset(&twr_net(&init_net)->stats);
	WRITE_ONCE(written, written + 1);
	after = shared();
	KUNIT_EXPECT_NE(test, before.cache, after.cache);
	KUNIT_EXPECT_NE(test, before.watch, after.watch);
	KUNIT_EXPECT_NE(test, before.shadow, after.shadow);
	KUNIT_EXPECT_NE(test, before.net, after.net);
	KUNIT_EXPECT_NE(test, before.data, after.data);
}

static struct kunit_case hook_cases[] = {
	KUNIT_CASE(a_connection_that_never_was_leaves_no_stamp),
	KUNIT_CASE(what_never_was_stands_in_no_ones_way),
	KUNIT_CASE(a_bucket_stands_for_three_and_a_half_rto),
	KUNIT_CASE(a_rearmed_bucket_stands_for_a_minute),
	KUNIT_CASE(some_buckets_stand_for_a_minute),
	KUNIT_CASE(a_reopened_bucket_is_checked_for_ipv6),
	KUNIT_CASE(syn_with_fin_was_a_syn_once),
	KUNIT_CASE(an_era_without_ipv6_lets_it_pass),
	KUNIT_CASE(the_local_address_counts_since_3_14),
	KUNIT_CASE(a_connection_without_stamp_makes_entries_since_3_6),
	KUNIT_CASE(a_syn_is_held_against_the_cache),
	KUNIT_CASE(a_rejection_is_told_of),
	KUNIT_CASE(nothing_is_changed),
	KUNIT_CASE(a_flood_of_new_peers_writes_nothing_that_is_shared),
	{ }
};

static struct kunit_suite hook_suite = {
	.name = "twr_hook",
	.suite_init = twr_test_start,
	.suite_exit = twr_test_stop,
	.init = hook_init,
	.exit = hook_exit,
	.test_cases = hook_cases,
};

kunit_test_suite(hook_suite);
