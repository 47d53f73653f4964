// SPDX-License-Identifier: GPL-2.0
/*
 * segment_test.c - what is read from packets, whole and broken
 */
#include <kunit/test.h>
#include <linux/netfilter.h>
#include <net/tcp.h>

#include "packet.h"
#include "segment.h"

static u8 pf_of(const struct twr_test_packet *p)
{
	return p->v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
}

/* Return: false if there is no TCP header to be found or no flags in it. */
static bool read(struct twr_segment *seg, const struct sk_buff *skb,
		 const struct twr_test_packet *p)
{
	bool whole;
	int thoff;

	thoff = twr_segment_find(skb, pf_of(p), &whole);
	return thoff >= 0 &&
	       twr_segment_read(seg, skb, pf_of(p), thoff, whole);
}

struct option_case {
	const char *name;
	unsigned int opt_len;
	u8 opt[MAX_TCP_OPTION_SPACE];
	bool timed;
	u32 tsval;
};

static const struct option_case option_cases[] = {
	{ "none", 0, { }, false },
	{ "aligned", 12, { 1, 1, 8, 10, 7, 7, 7, 7, 0, 0, 0, 0 },
	  true, 0x07070707 },
	{ "after mss", 16, { 2, 4, 5, 180, 8, 10, 7, 7, 7, 7, 0, 0, 0, 0,
	  1, 1 }, true, 0x07070707 },
	{ "of a linux client", 20, { 2, 4, 5, 180, 4, 2, 8, 10, 7, 7, 7, 7,
	  0, 0, 0, 0, 1, 3, 3, 7 }, true, 0x07070707 },
	{ "last of two", 24, { 8, 10, 7, 7, 7, 7, 0, 0, 0, 0,
	  8, 10, 9, 9, 9, 9, 0, 0, 0, 0, 1, 1, 1, 1 }, true, 0x09090909 },
	{ "after the end", 12, { 0, 1, 8, 10, 7, 7, 7, 7, 0, 0, 0, 0 },
	  false },
	{ "after length 0", 12, { 253, 0, 8, 10, 7, 7, 7, 7, 0, 0, 0, 0 },
	  false },
	{ "after length 1", 12, { 253, 1, 8, 10, 7, 7, 7, 7, 0, 0, 0, 0 },
	  false },
	{ "too short", 12, { 8, 9, 7, 7, 7, 7, 0, 0, 0, 1, 1, 1 }, false },
	{ "too long", 12, { 8, 11, 7, 7, 7, 7, 0, 0, 0, 0, 0, 1 }, false },
	{ "cut off", 8, { 1, 1, 1, 1, 8, 10, 7, 7 }, false },
	{ "kind without length", 4, { 1, 1, 1, 8 }, false },
	{ "before one cut off", 12, { 8, 10, 7, 7, 7, 7, 0, 0, 0, 0,
	  253, 9 }, true, 0x07070707 },
	{ "unknown before", 16, { 253, 6, 0, 0, 0, 0, 8, 10, 7, 7, 7, 7,
	  0, 0, 0, 0 }, true, 0x07070707 },
};

static void option_describe(const struct option_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(option, option_cases, option_describe);

static void reads_timestamp_option(struct kunit *test)
{
	const struct option_case *c = test->param_value;
	struct twr_test_packet p = {
		.flags = TCPHDR_SYN,
		.opt_len = c->opt_len,
	};
	struct twr_segment seg;
	struct sk_buff *skb;

	memcpy(p.opt, c->opt, sizeof(p.opt));
	for (p.paged = false;; p.paged = true) {
		skb = twr_test_skb(test, &p);
		KUNIT_ASSERT_TRUE(test, read(&seg, skb, &p));
		KUNIT_EXPECT_FALSE(test, seg.malformed);
		KUNIT_EXPECT_EQ(test, seg.timed, c->timed);
		if (c->timed)
			KUNIT_EXPECT_EQ(test, seg.tsval, c->tsval);
		kfree_skb(skb);
		if (p.paged)
			break;
	}
}

static void reads_the_header(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = TCPHDR_ACK | TCPHDR_FIN | TCPHDR_PSH,
		.seq = 1000,
		.ack_seq = 2000,
		.timed = true,
		.tsval = 0xfffffff0,
		.payload = 100,
	};
	struct in6_addr peer, local;
	struct twr_segment seg;
	struct sk_buff *skb;

	skb = twr_test_skb(test, &p);
	KUNIT_ASSERT_TRUE(test, read(&seg, skb, &p));
	ipv6_addr_set_v4mapped(htonl(TWR_TEST_PEER4), &peer);
	ipv6_addr_set_v4mapped(htonl(TWR_TEST_LOCAL4), &local);
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&seg.conn.key.peer, &peer));
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&seg.conn.key.local, &local));
	KUNIT_EXPECT_EQ(test, ntohs(seg.conn.peer_port),
			TWR_TEST_PEER_PORT);
	KUNIT_EXPECT_EQ(test, ntohs(seg.conn.local_port),
			TWR_TEST_LOCAL_PORT);
	KUNIT_EXPECT_EQ(test, seg.seq, 1000U);
	KUNIT_EXPECT_EQ(test, seg.end_seq, 1101U);
	KUNIT_EXPECT_EQ(test, seg.ack_seq, 2000U);
	KUNIT_EXPECT_EQ(test, seg.tsval, 0xfffffff0U);
	KUNIT_EXPECT_TRUE(test, seg.ack && seg.fin && !seg.syn && !seg.rst);
	kfree_skb(skb);
}

struct header_case {
	const char *name;
	struct twr_test_packet p;
	bool found;
	bool malformed;
};

#define HOPBYHOP(next)							\
	.nexthdr = IPPROTO_HOPOPTS, .ip_opt_len = 8,			\
	.ip_opt = { next, 0, 1, 4, 0, 0, 0, 0 }
#define FRAGMENT(off)							\
	.nexthdr = IPPROTO_FRAGMENT, .ip_opt_len = 8,			\
	.ip_opt = { IPPROTO_TCP, 0, 0, off, 0, 0, 0, 1 }

#define FRAGMENTS(off, off_inside)					\
	.nexthdr = IPPROTO_FRAGMENT, .ip_opt_len = 16,			\
	.ip_opt = { IPPROTO_FRAGMENT, 0, 0, off, 0, 0, 0, 1,		\
		    IPPROTO_TCP, 0, 0, off_inside, 0, 0, 0, 2 }

static const struct header_case header_cases[] = {
	{ "plain", { .flags = TCPHDR_SYN }, true, false },
	{ "plain v6", { .v6 = true, .flags = TCPHDR_SYN }, true, false },
	{ "doff 0", { .flags = TCPHDR_SYN, .doff = 16 }, true, true },
	{ "doff 4", { .flags = TCPHDR_SYN, .doff = 4 }, true, true },
	{ "doff behind the packet", { .flags = TCPHDR_SYN, .doff = 6 },
	  true, true },
	{ "doff 15, options cut", { .flags = TCPHDR_SYN, .doff = 15,
	  .timed = true }, true, true },
	{ "19 bytes", { .flags = TCPHDR_SYN, .keep = 19 }, true, true },
	{ "14 bytes", { .flags = TCPHDR_SYN, .keep = 14 }, true, true },
	{ "13 bytes", { .flags = TCPHDR_SYN, .keep = 13 }, false },
	{ "1 byte", { .flags = TCPHDR_SYN, .keep = 1 }, false },
	{ "hop-by-hop", { .v6 = true, .flags = TCPHDR_SYN,
	  HOPBYHOP(IPPROTO_TCP) }, true, false },
	{ "atomic fragment", { .v6 = true, .flags = TCPHDR_SYN,
	  FRAGMENT(0) }, true, false },
	{ "first fragment", { .v6 = true, .flags = TCPHDR_SYN,
	  FRAGMENT(1) }, true, true },
	{ "later fragment", { .v6 = true, .flags = TCPHDR_SYN,
	  FRAGMENT(8) }, false },
	{ "first fragment, atomic inside", { .v6 = true,
	  .flags = TCPHDR_SYN, FRAGMENTS(1, 0) }, true, true },
	{ "atomic fragment, first inside", { .v6 = true,
	  .flags = TCPHDR_SYN, FRAGMENTS(0, 1) }, true, true },
	{ "atomic fragment in another", { .v6 = true,
	  .flags = TCPHDR_SYN, FRAGMENTS(0, 0) }, true, true },
	{ "authentication header", { .v6 = true, .flags = TCPHDR_SYN,
	  .nexthdr = IPPROTO_AH, .ip_opt_len = 16,
	  .ip_opt = { IPPROTO_TCP, 2 } }, true, false },
};

static void header_describe(const struct header_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(header, header_cases, header_describe);

static void tells_broken_headers(struct kunit *test)
{
	const struct header_case *c = test->param_value;
	struct twr_test_packet p = c->p;
	struct twr_segment seg;
	struct sk_buff *skb;

	/* A data offset of 0 cannot be asked for, 16 has the same four bits. */
	for (p.paged = false;; p.paged = true) {
		skb = twr_test_skb(test, &p);
		KUNIT_EXPECT_EQ(test, read(&seg, skb, &p), c->found);
		if (c->found) {
			KUNIT_EXPECT_TRUE(test, twr_segment_asks(&seg));
			KUNIT_EXPECT_EQ(test, seg.malformed, c->malformed);
		}
		kfree_skb(skb);
		if (p.paged)
			break;
	}
}

static void other_protocols_are_not_tcp(struct kunit *test)
{
	struct twr_test_packet p = {
		.v6 = true,
		.flags = TCPHDR_SYN,
		HOPBYHOP(IPPROTO_UDP),
	};
	struct twr_segment seg;
	struct sk_buff *skb;

	skb = twr_test_skb(test, &p);
	KUNIT_EXPECT_FALSE(test, read(&seg, skb, &p));
	kfree_skb(skb);
}

static void a_syn_without_ack_and_rst_asks(struct kunit *test)
{
	struct twr_segment seg;
	struct sk_buff *skb;
	int flags;

	for (flags = 0; flags < 256; flags++) {
		struct twr_test_packet p = { .flags = flags };
		bool asks = (flags & (TCPHDR_SYN | TCPHDR_ACK |
				      TCPHDR_RST)) == TCPHDR_SYN;

		skb = twr_test_skb(test, &p);
		KUNIT_ASSERT_TRUE(test, read(&seg, skb, &p));
		KUNIT_EXPECT_EQ(test, twr_segment_asks(&seg), asks);
		kfree_skb(skb);
	}
}

static void checks_the_checksum(struct kunit *test)
{
	struct twr_test_packet p = { .flags = TCPHDR_SYN, .timed = true };
	struct twr_segment seg;
	struct sk_buff *skb;
	int i;

	/* Both families, both memory layouts, with data of odd length. */
	for (i = 0; i < 16; i++) {
		p.v6 = i & 1;
		p.paged = i & 2;
		p.payload = i & 4 ? 17 : 0;
		p.bad_sum = i & 8;
		skb = twr_test_skb(test, &p);
		KUNIT_ASSERT_TRUE(test, read(&seg, skb, &p));
		KUNIT_EXPECT_EQ(test, twr_segment_intact(skb, &seg),
				!p.bad_sum);

		skb->ip_summed = CHECKSUM_UNNECESSARY;
		KUNIT_EXPECT_TRUE(test, twr_segment_intact(skb, &seg));
		kfree_skb(skb);
	}
}

struct route_case {
	const char *name;
	unsigned int ip_opt_len;
	u8 ip_opt[12];
	bool rerouted;
};

/*
 * Loose source routes that are used up: kind, length, pointer, addresses. The
 * sender is 198.51.100.7.
 */
static const struct route_case route_cases[] = {
	{ "none", 0, { }, false },
	{ "nothing visited", 8, { 131, 7, 4, 192, 0, 2, 1 }, false },
	{ "one router", 8, { 131, 7, 8, 203, 0, 113, 1 }, true },
	{ "the sender alone", 8, { 131, 7, 8, 198, 51, 100, 7 }, false },
	{ "sender, router", 12, { 131, 11, 12, 198, 51, 100, 7,
	  203, 0, 113, 1 }, true },
	{ "router, sender", 12, { 131, 11, 12, 203, 0, 113, 1,
	  198, 51, 100, 7 }, false },
	{ "pointer far behind", 8, { 131, 7, 255, 203, 0, 113, 1 }, true },
};

static void route_describe(const struct route_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(route, route_cases, route_describe);

static void tells_source_routes(struct kunit *test)
{
	const struct route_case *c = test->param_value;
	struct twr_test_packet p = {
		.flags = TCPHDR_SYN,
		.ip_opt_len = c->ip_opt_len,
	};
	struct sk_buff *skb;

	memcpy(p.ip_opt, c->ip_opt, sizeof(c->ip_opt));
	skb = twr_test_skb(test, &p);
	KUNIT_EXPECT_EQ(test, twr_segment_rerouted(skb), c->rerouted);
	kfree_skb(skb);
}

static struct kunit_case segment_cases[] = {
	KUNIT_CASE(reads_the_header),
	KUNIT_CASE_PARAM(reads_timestamp_option, option_gen_params),
	KUNIT_CASE_PARAM(tells_broken_headers, header_gen_params),
	KUNIT_CASE(other_protocols_are_not_tcp),
	KUNIT_CASE(a_syn_without_ack_and_rst_asks),
	KUNIT_CASE(checks_the_checksum),
	KUNIT_CASE_PARAM(tells_source_routes, route_gen_params),
	{ }
};

static struct kunit_suite segment_suite = {
	.name = "twr_segment",
	.test_cases = segment_cases,
};

kunit_test_suite(segment_suite);
