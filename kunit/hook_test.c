// SPDX-License-Identifier: GPL-2.0
/*
 * hook_test.c - packets through the hooks that are really registered
 */
#include <kunit/test.h>
#include <linux/netfilter.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "era.h"
#include "live.h"
#include "main.h"
#include "packet.h"
#include "stats.h"

static int hook_init(struct kunit *test)
{
	twr_reset();
	return 0;
}

static void hook_exit(struct kunit *test)
{
	twr_reset();
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

static struct sock *listener(struct kunit *test)
{
	struct sock *sk;

	sk = kunit_kzalloc(test, sizeof(struct tcp6_sock), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sk);
	sock_net_set(sk, &init_net);
	sk->sk_state = TCP_LISTEN;
	sk->sk_protocol = IPPROTO_TCP;
	sk->sk_max_ack_backlog = 128;
	return sk;
}

/* What the peer of the suites' packets has in the cache. */
static void remember(struct kunit *test, bool v6, u32 ts, u32 age)
{
	struct twr_lesson lesson = {
		.create = true,
		.stamped = true,
		.stamp = { .ts = ts, .ts_stamp = twr_now() - age },
	};
	struct twr_test_packet p = { .v6 = v6, .flags = TCPHDR_SYN };
	struct sk_buff *skb = twr_test_skb(test, &p);
	struct twr_key key = { .netns = init_net.ns.inum };

	if (v6) {
		key.peer = ipv6_hdr(skb)->saddr;
		key.local = ipv6_hdr(skb)->daddr;
	} else {
		ipv6_addr_set_v4mapped(htonl(TWR_TEST_PEER4), &key.peer);
		ipv6_addr_set_v4mapped(htonl(TWR_TEST_LOCAL4), &key.local);
	}
	kfree_skb(skb);
	twr_cache_learn(twr_cache, &key, &lesson, twr_era_replaces, twr_now(),
			jiffies);
}

static void ask(struct kunit *test, struct twr_test_packet *p)
{
	struct sk_buff *skb = twr_test_skb(test, p);

	skb->sk = listener(test);
	KUNIT_EXPECT_TRUE(test, send(skb, p->v6));
	skb->sk = NULL;
	kfree_skb(skb);
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
	sk = listener(test);

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

static struct kunit_case hook_cases[] = {
	KUNIT_CASE(a_syn_is_held_against_the_cache),
	KUNIT_CASE(nothing_is_changed),
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
