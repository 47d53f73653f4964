// SPDX-License-Identifier: GPL-2.0
/*
 * hook_test.c - packets through the hooks that the module registers
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
#include "engine.h"
#include "era.h"
#include "fixture.h"
#include "netns.h"
#include "offenders.h"
#include "packet.h"
#include "records.h"
#include "socket.h"
#include "stats.h"
#include "unanswered.h"

/* Each case has a real listener at every address, for SYNs that meet a bucket first. */
static int hook_init(struct kunit *test)
{
	struct sockaddr_in6 any = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(TWR_TEST_LOCAL_PORT),
	};
	struct socket *listener;
	int err;

	err = sock_create_kern(&init_net, PF_INET6, SOCK_STREAM, IPPROTO_TCP,
			       &listener);
	if (err)
		return err;
	test->priv = listener;
	err = kernel_bind(listener, (struct twr_sockaddr *)&any, sizeof(any));
	if (!err)
		err = kernel_listen(listener, 128);
	twr_netns_reset_all();
	return err;
}

static void hook_exit(struct kunit *test)
{
	twr_netns_reset_all();
	if (test->priv)
		sock_release(test->priv);
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

	twr_netns_sum_counters(twr_net(&init_net), sums);
	return sums[counter];
}

static u64 older(void)
{
	return counted(TWR_COUNT_OLDER);
}

static u64 untimed(void)
{
	return counted(TWR_COUNT_UNTIMED);
}

/* The connection that all packets of the suites belong to. */
static struct twr_conn conn_of(struct kunit *test, bool v6)
{
	struct twr_test_packet p = { .v6 = v6, .flags = TCPHDR_SYN };
	struct sk_buff *skb = twr_test_skb(test, &p);
	struct twr_conn conn = {
		.key.netns = twr_net(&init_net)->id,
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
	twr_key_set_hash(&conn.key);
	kfree_skb(skb);
	return conn;
}

/* Gives the peer of the suites' packets an entry in the cache. */
static void set_cached_stamp(struct kunit *test, bool v6, u32 ts, u32 age)
{
	struct twr_update update = {
		.creates_entry = true,
		.has_stamp = true,
		.stamp = { .ts = ts, .ts_stamp = twr_stamp_now() - age },
	};
	struct twr_conn conn = conn_of(test, v6);

	twr_cache_update(twr_engine.cache, &conn.key, &update,
			 twr_era_replaces_stamp, twr_stamp_now(), get_jiffies_64());
}

static void send_to_socket(struct kunit *test, struct sock *sk,
			   const struct twr_test_packet *p)
{
	struct sk_buff *skb = twr_test_skb(test, p);

	skb->sk = sk;
	KUNIT_EXPECT_TRUE(test, send(skb, p->v6));
	skb->sk = NULL;
	kfree_skb(skb);
}

static void send_syn(struct kunit *test, const struct twr_test_packet *p)
{
	send_to_socket(test, twr_test_sock(test, TCP_LISTEN), p);
}

static void a_syn_is_checked_against_the_cache(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = TCPHDR_SYN,
		.timed = true,
		.tsval = 1000,
	};

	for (p.v6 = false;; p.v6 = true) {
		twr_netns_reset_all();
		p.timed = true;

		send_syn(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), 1ULL);

		set_cached_stamp(test, p.v6, 1002, 10);
		send_syn(test, &p);
		KUNIT_EXPECT_EQ(test, older(), 1ULL);

		p.timed = false;
		send_syn(test, &p);
		KUNIT_EXPECT_EQ(test, untimed(), 1ULL);

		p.timed = true;
		p.tsval = 1001;
		send_syn(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), 2ULL);
		p.tsval = 1000;

		twr_netns_reset_all();
		set_cached_stamp(test, p.v6, 1002, 60);
		send_syn(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), 1ULL);
		KUNIT_EXPECT_EQ(test, older(), 0ULL);
		if (p.v6)
			break;
	}
}

/* No TCP gets the packets of this suite, so no SYN of it leaves a request socket. */
static void a_syn_that_comes_again_was_not_answered(struct kunit *test)
{
	struct twr_test_packet p = { .flags = TCPHDR_SYN, .seq = 1 };
	struct twr_conn conn;

	for (p.v6 = false;; p.v6 = true) {
		twr_netns_reset_all();
		conn = conn_of(test, p.v6);

		send_syn(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_UNANSWERED), 0ULL);
		send_syn(test, &p);
		send_syn(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_UNANSWERED), 2ULL);
		KUNIT_EXPECT_EQ(test, twr_unanswered_of_peer(twr_unanswered, &conn.key), 2ULL);
		p.seq++;
		send_syn(test, &p);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_UNANSWERED), 2ULL);
		if (p.v6)
			break;
	}
}

/* What meets a socket is answered by that socket. */
static void a_syn_that_meets_a_socket_counts_as_answered(struct kunit *test)
{
	static const int states[] = { TCP_ESTABLISHED, TCP_SYN_SENT, TCP_CLOSE_WAIT };
	struct twr_test_packet p = { .flags = TCPHDR_SYN, .seq = 1 };
	int i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		send_to_socket(test, twr_test_sock(test, states[i]), &p);
		send_to_socket(test, twr_test_sock(test, states[i]), &p);
	}
	p.bad_sum = true;
	send_syn(test, &p);
	send_syn(test, &p);
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_UNANSWERED), 0ULL);
}

/* What a packet and its socket were before a hook saw them. Too large for the stack. */
struct snapshot {
	struct sk_buff meta;
	struct skb_shared_info shared;
	struct tcp6_sock sock;
	u8 before[256];
	u8 after[256];
};

/*
 * The hooks change no bit of any packet: not its metadata, its data, its shared info or
 * the socket that it meets.
 */
static void no_packet_is_changed(struct kunit *test)
{
	static const u8 flags[] = {
		TCPHDR_SYN, TCPHDR_SYN | TCPHDR_ACK, TCPHDR_ACK,
		TCPHDR_ACK | TCPHDR_FIN, TCPHDR_ACK | TCPHDR_RST, 0, 0xff,
	};
	static const int states[] = {
		TCP_LISTEN, TCP_ESTABLISHED, TCP_SYN_SENT, TCP_FIN_WAIT1,
		TCP_FIN_WAIT2, TCP_CLOSING, TCP_LAST_ACK,
	};
	struct snapshot *was;
	struct sk_buff *skb;
	struct sock *sk;
	int i;

	was = kunit_kzalloc(test, sizeof(*was), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, was);
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

		memcpy(&was->meta, skb, sizeof(was->meta));
		memcpy(&was->shared, skb_shinfo(skb), sizeof(was->shared));
		memcpy(&was->sock, sk, sizeof(was->sock));
		KUNIT_ASSERT_LE(test, skb->len, (unsigned int)sizeof(was->before));
		skb_copy_bits(skb, 0, was->before, skb->len);

		KUNIT_EXPECT_TRUE(test, send(skb, p.v6));

		KUNIT_EXPECT_EQ(test, memcmp(&was->meta, skb, sizeof(was->meta)), 0);
		KUNIT_EXPECT_EQ(test, memcmp(&was->shared, skb_shinfo(skb),
					     sizeof(was->shared)), 0);
		KUNIT_EXPECT_EQ(test, memcmp(&was->sock, sk, sizeof(was->sock)), 0);
		skb_copy_bits(skb, 0, was->after, skb->len);
		KUNIT_EXPECT_EQ(test, memcmp(was->before, was->after, skb->len), 0);
		skb->sk = NULL;
		kfree_skb(skb);
	}
}

#define NEWER	(TWR_TEST_TS_RECENT + 100000)

/* A SYN that is older than what the cache has. */
static const struct twr_test_packet stale_syn = {
	.flags = TCPHDR_SYN,
	.seq = TWR_TEST_RCV_NXT + 1,
	.timed = true,
	.tsval = TWR_TEST_TS_RECENT,
};

static u64 exempted(enum twr_exempt_reason why)
{
	return counted(TWR_COUNT_EXEMPT + why);
}

static void close_first(struct kunit *test, const struct twr_conn *conn, u32 ts)
{
	struct twr_conn_change change = {
		.conn = *conn,
		.event = TWR_EVENT_FIN_WAIT2,
		.has_route = true,
		.has_stamp = true,
		.stamp = { .ts = ts, .ts_stamp = twr_stamp_now() },
		.rto = TWR_TEST_RTO,
		.fin_wait2_timeo = TWR_TIMEWAIT_LEN,
	};
	struct twr_time now = twr_time_now();

	twr_engine_apply_change(&twr_engine, &change, &twr_net(&init_net)->stats,
				&now);
}

static enum twr_record recorded(const struct twr_conn *conn, u32 later)
{
	return twr_records_lookup(twr_engine.records, conn,
				  get_jiffies_64() + later);
}

/* The mini-socket ends, and the TSval of the peer's FIN goes to the cache. */
static void a_fin_for_a_mini_socket_leaves_a_stamp(struct kunit *test)
{
	struct twr_test_packet fin = {
		.flags = TCPHDR_ACK | TCPHDR_FIN,
		.seq = TWR_TEST_RCV_NXT,
		.ack_seq = TWR_TEST_FIN_ACKED,
		.timed = true,
		.tsval = NEWER + 2,
	};
	struct twr_conn conn;

	for (fin.v6 = false;; fin.v6 = true) {
		twr_netns_reset_all();
		conn = conn_of(test, fin.v6);
		close_first(test, &conn, NEWER);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED), 1ULL);
		KUNIT_EXPECT_EQ(test, recorded(&conn, 30 * HZ),
				TWR_RECORD_BUCKET);

		send_to_socket(test, twr_test_mini_socket(test), &fin);
		KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_RECORDED), 2ULL);
		KUNIT_EXPECT_EQ(test, recorded(&conn, 30 * HZ),
				TWR_RECORD_NONE);
		if (fin.v6)
			break;
	}
}

static void a_segment_for_a_bucket_rearms_its_record(struct kunit *test)
{
	struct twr_test_packet old_fin = {
		.flags = TCPHDR_ACK | TCPHDR_FIN,
		.seq = TWR_TEST_RCV_NXT - 1,
		.timed = true,
		.tsval = TWR_TEST_TS_RECENT,
	};
	struct twr_conn conn = conn_of(test, false);
	struct twr_test_packet old_syn = stale_syn;
	int i;

	old_syn.tsval = TWR_TEST_TS_RECENT - 1;
	for (i = 0; i < 2; i++) {
		twr_records_add_timewait(twr_engine.records, &conn, 10 * HZ,
					 get_jiffies_64());
		KUNIT_EXPECT_EQ(test, recorded(&conn, 50 * HZ),
				TWR_RECORD_NONE);
		send_to_socket(test, twr_test_bucket(test), i ? &old_syn : &old_fin);
		KUNIT_EXPECT_EQ(test, recorded(&conn, 50 * HZ),
				TWR_RECORD_BUCKET);
	}
	KUNIT_EXPECT_EQ(test, exempted(TWR_EXEMPT_TIMEWAIT), 1ULL);
}

static void a_reset_for_a_request_ends_its_record(struct kunit *test)
{
	struct twr_test_packet rst = {
		.flags = TCPHDR_RST,
		.seq = TWR_TEST_RCV_NXT,
	};
	struct twr_conn conn = conn_of(test, false);

	set_cached_stamp(test, false, NEWER, 0);
	send_syn(test, &stale_syn);
	KUNIT_EXPECT_EQ(test, recorded(&conn, 0), TWR_RECORD_REJECTED);
	send_to_socket(test, twr_test_request(test), &rst);
	KUNIT_EXPECT_EQ(test, recorded(&conn, 0), TWR_RECORD_NONE);
}

/* After NFQUEUE the hook runs in process context, with softirqs on. */
static void process_context_is_allowed(struct kunit *test)
{
	struct sk_buff *skb = twr_test_skb(test, &stale_syn);
	int accepted;

	set_cached_stamp(test, false, NEWER, 0);
	skb->sk = twr_test_sock(test, TCP_LISTEN);
	KUNIT_EXPECT_FALSE(test, in_softirq());
	rcu_read_lock();
	accepted = nf_hook(NFPROTO_IPV4, NF_INET_LOCAL_IN, &init_net, NULL, skb,
			   skb->dev, NULL, not_reached);
	rcu_read_unlock();
	KUNIT_EXPECT_FALSE(test, in_softirq());
	KUNIT_EXPECT_EQ(test, accepted, 1);
	KUNIT_EXPECT_EQ(test, older(), 1ULL);
	skb->sk = NULL;
	kfree_skb(skb);
}

/*
 * struct shared - memory that the module shares between all processors, except counters
 *
 * Each member is a hash of one part of that memory, and changes if a bit of the part
 * does. A lock that was taken and released shows as well if it counts that, as those of
 * all tables do.
 */
struct shared {
	u64 cache;
	u64 records;
	u64 offenders;
	u64 net;
	u64 data;
};

/* Adds a word to the hash, even one that sanitizers do not allow to read. */
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

/* Hashes memory of vmalloc(), which ends at the first address without a page. */
static u64 mix_pages(u64 sum, const void *to)
{
	for (; vmalloc_to_page(to); to += PAGE_SIZE)
		sum = mix(sum, to, PAGE_SIZE);
	return sum;
}

/* Hashes an object and the tables that it points to, without knowing their layout. */
static u64 mix_room(const void *room)
{
	const unsigned long *word = room;
	size_t words = ksize(room) / sizeof(*word);
	u64 sum = 0;

	for (; words--; word++) {
		const void *to = (void *)READ_ONCE_NOCHECK(*word);

		sum = mix_word(sum, word);
		if (is_vmalloc_addr(to) && PAGE_ALIGNED(to))
			sum = mix_pages(sum, to);
	}
	return sum;
}

/* Hashes the variables of the module. */
static u64 mix_data(void)
{
#ifndef TWR_OLD_MODULE_LAYOUT
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
		.cache = mix_room(twr_engine.cache),
		.records = mix_room(twr_engine.records),
		.offenders = mix_pages(0, twr_engine.offenders),
		.net = mix(0, twr_net(&init_net), sizeof(struct twr_net)),
		.data = mix_data(),
	};
}

/* Sends one SYN from each of many peers that never came before. */
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

/* This is why such SYNs cost the same on any number of processors. */
static void a_flood_of_new_peers_writes_no_shared_memory(struct kunit *test)
{
	struct twr_test_packet known = {
		.flags = TCPHDR_SYN,
		.timed = true,
		.tsval = NEWER,
	};
	struct twr_judged_syn judged = { TWR_REJECT_UNTIMED };
	struct twr_conn other = conn_of(test, false);
	struct shared before, after;
	u64 now = get_jiffies_64();

	set_cached_stamp(test, false, NEWER, 0);
	ipv6_addr_set_v4mapped(htonl(TWR_TEST_PEER4 + 1), &other.key.peer);
	twr_key_set_hash(&other.key);
	twr_records_add_timewait(twr_engine.records, &other, 60 * HZ, now);
	twr_offenders_count_syn(twr_engine.offenders, &other.key, &judged, 1);

	/* Counters are not written either, once each processor has some of its own. */
	flood(test, false, 1000);
	flush_work(&twr_net(&init_net)->stats.grow_work);

	before = shared();
	flood(test, false, 10000);
	flood(test, true, 10000);
	send_syn(test, &known);
	after = shared();
	KUNIT_EXPECT_EQ(test, counted(TWR_COUNT_PASSED), 21001ULL);
	KUNIT_EXPECT_EQ(test, before.cache, after.cache);
	KUNIT_EXPECT_EQ(test, before.records, after.records);
	KUNIT_EXPECT_EQ(test, before.offenders, after.offenders);
	KUNIT_EXPECT_EQ(test, before.net, after.net);
	KUNIT_EXPECT_EQ(test, before.data, after.data);

	/* A write to any of these parts changes its hash. */
	set_cached_stamp(test, false, NEWER, 0);
	twr_records_add_timewait(twr_engine.records, &other, 60 * HZ, now + HZ);
	twr_offenders_count_syn(twr_engine.offenders, &other.key, &judged, 1);
	twr_stats_reset(&twr_net(&init_net)->stats);
	WRITE_ONCE(written, written + 1);
	after = shared();
	KUNIT_EXPECT_NE(test, before.cache, after.cache);
	KUNIT_EXPECT_NE(test, before.records, after.records);
	KUNIT_EXPECT_NE(test, before.offenders, after.offenders);
	KUNIT_EXPECT_NE(test, before.net, after.net);
	KUNIT_EXPECT_NE(test, before.data, after.data);
}

static struct kunit_case hook_cases[] = {
	KUNIT_CASE(a_syn_is_checked_against_the_cache),
	KUNIT_CASE(a_fin_for_a_mini_socket_leaves_a_stamp),
	KUNIT_CASE(a_segment_for_a_bucket_rearms_its_record),
	KUNIT_CASE(a_reset_for_a_request_ends_its_record),
	KUNIT_CASE(process_context_is_allowed),
	KUNIT_CASE(a_syn_that_comes_again_was_not_answered),
	KUNIT_CASE(a_syn_that_meets_a_socket_counts_as_answered),
	KUNIT_CASE(no_packet_is_changed),
	KUNIT_CASE(a_flood_of_new_peers_writes_no_shared_memory),
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
