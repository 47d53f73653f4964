// SPDX-License-Identifier: GPL-2.0
/*
 * segment_test.c - what the module reads from packets, both intact and broken
 */
#include <kunit/test.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/checksum.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "compat.h"
#include "packet.h"
#include "segment.h"

static u8 pf_of(const struct twr_test_packet *p)
{
	return p->v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
}

/* Return: false if the packet has no TCP header, or no flags in it. */
static bool read(struct twr_segment *seg, const struct sk_buff *skb,
		 const struct twr_test_packet *p)
{
	bool whole, read;
	int thoff;

	/* As in a hook: the module reads the IPv6 settings of a device under RCU. */
	rcu_read_lock();
	thoff = twr_segment_find_tcp(skb, pf_of(p), &whole);
	read = thoff >= 0 &&
	       twr_segment_read(seg, skb, pf_of(p), thoff, whole);
	rcu_read_unlock();
	return read;
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
	KUNIT_EXPECT_EQ(test, seg.tsval, 0xfffffff0U);
	KUNIT_EXPECT_EQ(test, seg.flags, TCPHDR_ACK | TCPHDR_FIN | TCPHDR_PSH);
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

#define ROUTING(type, left)						\
	.nexthdr = IPPROTO_ROUTING, .ip_opt_len = 24,			\
	.ip_opt = { IPPROTO_TCP, 2, type, left, 0, 0, 0, 0, 0x20, 1 }

#define FRAGMENTS(off, off_inside)					\
	.nexthdr = IPPROTO_FRAGMENT, .ip_opt_len = 16,			\
	.ip_opt = { IPPROTO_FRAGMENT, 0, 0, off, 0, 0, 0, 1,		\
		    IPPROTO_TCP, 0, 0, off_inside, 0, 0, 0, 2 }

static const struct header_case header_cases[] = {
	{ "plain", { .flags = TCPHDR_SYN }, true, false },
	{ "plain v6", { .v6 = true, .flags = TCPHDR_SYN }, true, false },
	{ "doff 0", { .flags = TCPHDR_SYN, .doff = 16 }, true, true },
	{ "doff 4", { .flags = TCPHDR_SYN, .doff = 4 }, true, true },
	{ "doff beyond the packet", { .flags = TCPHDR_SYN, .doff = 6 },
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
	  .flags = TCPHDR_SYN, FRAGMENTS(1, 0) }, false },
	{ "atomic fragment, first inside", { .v6 = true,
	  .flags = TCPHDR_SYN, FRAGMENTS(0, 1) }, false },
	{ "atomic fragment in another", { .v6 = true,
	  .flags = TCPHDR_SYN, FRAGMENTS(0, 0) }, false },
	{ "authentication header", { .v6 = true, .flags = TCPHDR_SYN,
	  .nexthdr = IPPROTO_AH, .ip_opt_len = 16,
	  .ip_opt = { IPPROTO_TCP, 2 } }, false },
	{ "hop-by-hop twice", { .v6 = true, .flags = TCPHDR_SYN,
	  .nexthdr = IPPROTO_HOPOPTS, .ip_opt_len = 16,
	  .ip_opt = { IPPROTO_HOPOPTS, 0, 1, 4, 0, 0, 0, 0,
		      IPPROTO_TCP, 0, 1, 4 } }, false },
	{ "hop-by-hop later", { .v6 = true, .flags = TCPHDR_SYN,
	  .nexthdr = IPPROTO_DSTOPTS, .ip_opt_len = 16,
	  .ip_opt = { IPPROTO_HOPOPTS, 0, 1, 4, 0, 0, 0, 0,
		      IPPROTO_TCP, 0, 1, 4 } }, false },
	{ "routing type 0, at its end", { .v6 = true, .flags = TCPHDR_SYN,
	  ROUTING(0, 0) }, true, false },
	{ "routing type 0, a segment left", { .v6 = true,
	  .flags = TCPHDR_SYN, ROUTING(0, 1) }, false },
	{ "routing type 2, at its end", { .v6 = true, .flags = TCPHDR_SYN,
	  ROUTING(2, 0) }, !IS_ENABLED(CONFIG_IPV6_MIP6), false },
	{ "routing type 2, a segment left", { .v6 = true,
	  .flags = TCPHDR_SYN, ROUTING(2, 1) }, false },
	{ "routing type 3, not enabled", { .v6 = true, .flags = TCPHDR_SYN,
	  ROUTING(3, 0) }, false },
	{ "routing type 4, not enabled", { .v6 = true, .flags = TCPHDR_SYN,
	  ROUTING(4, 0) }, false },
	{ "routing type 253, at its end", { .v6 = true,
	  .flags = TCPHDR_SYN, ROUTING(253, 0) }, true, false },
	{ "routing header cut", { .v6 = true, .flags = TCPHDR_SYN,
	  .nexthdr = IPPROTO_ROUTING, .ip_opt_len = 8,
	  .ip_opt = { IPPROTO_TCP, 200 } }, false },
	{ "a header processed before", { .v6 = true, .flags = TCPHDR_SYN,
	  .done = 24, ROUTING(0, 1) }, true, false },
	{ "one processed, after hop-by-hop", { .v6 = true,
	  .flags = TCPHDR_SYN, .done = 8,
	  .nexthdr = IPPROTO_HOPOPTS, .ip_opt_len = 16,
	  .ip_opt = { IPPROTO_DSTOPTS, 0, 1, 4, 0, 0, 0, 0,
		      IPPROTO_TCP, 0, 0xff, 4 } }, true, false },
};

static void header_describe(const struct header_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(header, header_cases, header_describe);

static void detects_broken_headers(struct kunit *test)
{
	const struct header_case *c = test->param_value;
	struct twr_test_packet p = c->p;
	struct twr_segment seg;
	struct sk_buff *skb;

	/*
	 * A test packet cannot ask for a data offset of 0. An offset of 16 has the same
	 * four bits.
	 */
	for (p.paged = false;; p.paged = true) {
		skb = twr_test_skb(test, &p);
		KUNIT_EXPECT_EQ(test, read(&seg, skb, &p), c->found);
		if (c->found) {
			KUNIT_EXPECT_TRUE(test, twr_segment_is_syn(&seg));
			KUNIT_EXPECT_EQ(test, seg.malformed, c->malformed);
		}
		kfree_skb(skb);
		if (p.paged)
			break;
	}
}

/* These cases set sysctls of IPv6. */
#if IS_ENABLED(CONFIG_IPV6)
/*
 * Destination options: the bytes after the first two bytes of the header, then zeroes.
 */
static const struct tlv_case {
	const char *name;
	unsigned int len;
	u8 tlv[46];
	int most;		/* ipv6.max_dst_opts_number */
	bool passes;
} tlv_cases[] = {
	{ "six of padding", 8, { 0, 0, 0, 0, 0, 0 }, 8, true },
	{ "PadN of six", 8, { 1, 4 }, 8, true },
	{ "PadN of two, then four", 8, { 1, 0, 1, 2 }, 8, true },
	{ "PadN that is not zero", 8, { 1, 4, 0, 0, 0, 1 }, 8, false },
	{ "PadN beyond the header", 8, { 1, 5 }, 8, false },
	{ "seven of padding", 16, { 1, 5, 0, 0, 0, 0, 0, 0x1e, 5 }, 8,
	  true },
	{ "eight of padding", 16, { 1, 5, 0, 0, 0, 0, 0, 0, 0x1e, 4 }, 8,
	  false },
	{ "padding round an option", 16, { 1, 5, 0, 0, 0, 0, 0, 0x1e, 0,
	  1, 3 }, 8, true },
	{ "unknown, to be ignored", 8, { 0x1e, 4 }, 8, true },
	{ "unknown, to be dropped", 8, { 0x5e, 4 }, 8, false },
	{ "unknown, to be answered", 8, { 0x9e, 4 }, 8, false },
	{ "unknown, to be answered if unicast", 8, { 0xde, 4 }, 8, false },
	{ "home address", 24, { 0xc9, 16, 0x20, 1, [18] = 1, 2 }, 8,
	  false },
	{ "unknown, beyond the header", 8, { 0x1e, 5 }, 8, false },
	{ "without a length", 8, { 1, 3, 0, 0, 0, 0x1e }, 8, false },
	{ "three of three", 8, { 0x1e, 0, 0x1e, 0, 0x1e, 0 }, 3, true },
	{ "three of two", 8, { 0x1e, 0, 0x1e, 0, 0x1e, 0 }, 2, false },
	{ "padding is not counted", 8, { 1, 0, 0x1e, 0, 1, 0 }, 1, true },
	{ "padding, unknown forbidden", 8, { 1, 4 }, -8, true },
	{ "unknown, unknown forbidden", 8, { 0x1e, 4 }, -8, false },
};

static void tlv_describe(const struct tlv_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(tlv, tlv_cases, tlv_describe);

static void detects_options_that_drop_a_packet(struct kunit *test)
{
	const struct tlv_case *c = test->param_value;
	struct netns_sysctl_ipv6 *limits = &init_net.ipv6.sysctl;
	struct twr_test_packet p = {
		.v6 = true,
		.flags = TCPHDR_SYN,
		.nexthdr = IPPROTO_DSTOPTS,
		.ip_opt_len = c->len,
		.ip_opt = { IPPROTO_TCP, c->len / 8 - 1 },
	};
	int most = limits->max_dst_opts_cnt, longest = limits->max_dst_opts_len;
	struct twr_segment seg;
	struct sk_buff *skb;

	memcpy(p.ip_opt + 2, c->tlv, c->len - 2);
	for (p.paged = false;; p.paged = true) {
		skb = twr_test_skb(test, &p);
		WRITE_ONCE(limits->max_dst_opts_cnt, c->most);
		KUNIT_EXPECT_EQ(test, read(&seg, skb, &p), c->passes);
		WRITE_ONCE(limits->max_dst_opts_cnt, most);

		WRITE_ONCE(limits->max_dst_opts_len, c->len - 1);
		KUNIT_EXPECT_FALSE(test, read(&seg, skb, &p));
		WRITE_ONCE(limits->max_dst_opts_len, longest);
		kfree_skb(skb);
		if (p.paged)
			break;
	}
}

/*
 * Segment routing is off, for all devices and for each one, unless an administrator
 * enables it.
 */
static void skips_routing_headers_that_are_enabled(struct kunit *test)
{
	struct twr_test_packet p = {
		.v6 = true,
		.flags = TCPHDR_SYN,
		ROUTING(4, 0),
	};
	struct ipv6_devconf *all = init_net.ipv6.devconf_all, *own;
	struct twr_segment seg;
	struct sk_buff *skb;
	struct inet6_dev *idev;
	int i;

	/* The device has no IPv6 settings before it is up. */
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_open(init_net.loopback_dev, NULL), 0);
	idev = __in6_dev_get(init_net.loopback_dev);
	rtnl_unlock();
	KUNIT_ASSERT_NOT_NULL(test, idev);
	own = &idev->cnf;

	for (i = 0; i < 16; i++) {
		bool rpl = i & 1, left = i & 8;

		p.ip_opt[2] = rpl ? IPV6_SRCRT_TYPE_3 : IPV6_SRCRT_TYPE_4;
		p.ip_opt[3] = left;
		skb = twr_test_skb(test, &p);
		*(rpl ? &all->rpl_seg_enabled : &all->seg6_enabled) = !!(i & 2);
		*(rpl ? &own->rpl_seg_enabled : &own->seg6_enabled) = !!(i & 4);
		KUNIT_EXPECT_EQ(test, read(&seg, skb, &p), (i & 14) == 6);
		all->rpl_seg_enabled = 0;
		all->seg6_enabled = 0;
		own->rpl_seg_enabled = 0;
		own->seg6_enabled = 0;
		kfree_skb(skb);
	}
}
#endif

static void skips_a_limited_number_of_headers(struct kunit *test)
{
	struct twr_test_packet p = {
		.v6 = true,
		.flags = TCPHDR_SYN,
		.nexthdr = IPPROTO_DSTOPTS,
	};
	struct twr_segment seg;
	struct sk_buff *skb;
	unsigned int n;

	for (n = 1; n <= sizeof(p.ip_opt) / 8; n++) {
		u8 *header = p.ip_opt + p.ip_opt_len;

		header[0] = IPPROTO_TCP;
		header[2] = IPV6_TLV_PADN;
		header[3] = 4;
		if (n > 1)
			header[-8] = IPPROTO_DSTOPTS;
		p.ip_opt_len += 8;
		skb = twr_test_skb(test, &p);
		KUNIT_EXPECT_EQ(test, read(&seg, skb, &p),
				n <= TWR_MAX_EXT_HDRS);
		IP6CB(skb)->flags |= IP6SKB_HOPBYHOP;
		KUNIT_EXPECT_EQ(test, read(&seg, skb, &p),
				n < TWR_MAX_EXT_HDRS);
		kfree_skb(skb);
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

static void a_syn_has_neither_ack_nor_rst(struct kunit *test)
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
		KUNIT_EXPECT_EQ(test, twr_segment_is_syn(&seg), asks);
		kfree_skb(skb);
	}
}

static void checks_the_checksum(struct kunit *test)
{
	struct twr_test_packet p = { .flags = TCPHDR_SYN, .timed = true };
	struct twr_segment seg;
	struct sk_buff *skb;
	int i;

	/* Both families, both memory layouts, and data of odd length. */
	for (i = 0; i < 16; i++) {
		p.v6 = i & 1;
		p.paged = i & 2;
		p.payload = i & 4 ? 17 : 0;
		p.bad_sum = i & 8;
		skb = twr_test_skb(test, &p);
		KUNIT_ASSERT_TRUE(test, read(&seg, skb, &p));
		KUNIT_EXPECT_EQ(test, twr_segment_has_valid_checksum(skb, &seg),
				!p.bad_sum);

		skb->ip_summed = CHECKSUM_UNNECESSARY;
		KUNIT_EXPECT_TRUE(test, twr_segment_has_valid_checksum(skb, &seg));
		kfree_skb(skb);
	}
}

/* The sum that a card reports if it adds up the whole packet, from its IP header on. */
static __wsum whole_sum(const struct sk_buff *skb)
{
	return skb_checksum(skb, 0, skb->len, 0);
}

static void believes_a_hardware_sum_that_fits(struct kunit *test)
{
	static const u8 options[] = { IPPROTO_TCP, 0, 0x1e, 4, 1, 2, 3, 4 };
	struct twr_test_packet p = { .flags = TCPHDR_SYN, .timed = true };
	struct twr_segment seg;
	struct sk_buff *skb, was;
	u8 *bytes;
	int i;

	bytes = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bytes);
	for (i = 0; i < 64; i++) {
		bool wrong_sum = i & 16, headers = i & 32;

		p.v6 = i & 1;
		p.paged = i & 2;
		p.payload = i & 4 ? 17 : 0;
		p.bad_sum = i & 8;
		p.nexthdr = IPPROTO_DSTOPTS;
		p.ip_opt_len = headers && p.v6 ? 8 : 0;
		memcpy(p.ip_opt, options, sizeof(options));
		skb = twr_test_skb(test, &p);
		skb->ip_summed = CHECKSUM_COMPLETE;
		skb->csum = whole_sum(skb);
		if (wrong_sum)
			skb->csum = csum_add(skb->csum, (__force __wsum)0x1234);
		KUNIT_ASSERT_EQ(test, skb_copy_bits(skb, 0, bytes, skb->len), 0);
		was = *skb;

		/* If the card's sum does not fit, the bytes of the packet decide. */
		KUNIT_ASSERT_TRUE(test, read(&seg, skb, &p));
		KUNIT_EXPECT_EQ(test, twr_segment_has_valid_checksum(skb, &seg),
				!p.bad_sum);

		/* If the sum fits, the module does not read the bytes. */
		if (!wrong_sum && !p.bad_sum) {
			skb_store_bits(skb, skb->len - 1, "\x5a", 1);
			KUNIT_EXPECT_TRUE(test, twr_segment_has_valid_checksum(skb, &seg));
			skb_store_bits(skb, skb->len - 1, bytes + skb->len - 1,
				       1);
		}
		KUNIT_EXPECT_EQ(test, memcmp(&was, skb, sizeof(was)), 0);
		KUNIT_ASSERT_EQ(test, skb_copy_bits(skb, 0, bytes + SZ_2K,
						    skb->len), 0);
		KUNIT_EXPECT_EQ(test, memcmp(bytes, bytes + SZ_2K, skb->len), 0);
		kfree_skb(skb);
	}
}

#ifdef SO_DEVMEM_LINEAR
/* The headers are linear. The data is in memory that the processor cannot read. */
static void reads_no_data_that_cannot_be_read(struct kunit *test)
{
	struct twr_test_packet p = {
		.flags = TCPHDR_SYN,
		.timed = true,
		.payload = 17,
		.paged = true,
	};
	struct twr_segment seg;
	struct sk_buff *skb;
	int i;

	for (i = 0; i < 4; i++) {
		p.v6 = i & 1;
		p.bad_sum = i & 2;
		skb = twr_test_skb(test, &p);
		skb->csum = whole_sum(skb);
		KUNIT_ASSERT_NOT_NULL(test, __pskb_pull_tail(skb, 32));
		skb->unreadable = 1;
		KUNIT_ASSERT_TRUE(test, read(&seg, skb, &p));

		skb->ip_summed = CHECKSUM_COMPLETE;
		KUNIT_EXPECT_EQ(test, twr_segment_has_valid_checksum(skb, &seg),
				!p.bad_sum);
		skb->ip_summed = CHECKSUM_NONE;
		KUNIT_EXPECT_FALSE(test, twr_segment_has_valid_checksum(skb, &seg));
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		KUNIT_EXPECT_TRUE(test, twr_segment_has_valid_checksum(skb, &seg));
		skb->unreadable = 0;
		kfree_skb(skb);
	}
}
#endif

struct route_case {
	const char *name;
	unsigned int ip_opt_len;
	u8 ip_opt[12];
	bool rerouted;
};

/* Loose source routes: kind, length, pointer, addresses. The sender is 198.51.100.7. */
static const struct route_case route_cases[] = {
	{ "none", 0, { }, false },
	{ "nothing visited", 8, { 131, 7, 4, 192, 0, 2, 1 }, false },
	{ "one router", 8, { 131, 7, 8, 203, 0, 113, 1 }, true },
	{ "the sender alone", 8, { 131, 7, 8, 198, 51, 100, 7 }, false },
	{ "sender, router", 12, { 131, 11, 12, 198, 51, 100, 7,
	  203, 0, 113, 1 }, true },
	{ "router, sender", 12, { 131, 11, 12, 203, 0, 113, 1,
	  198, 51, 100, 7 }, false },
	{ "pointer beyond the option", 8, { 131, 7, 255, 203, 0, 113, 1 }, true },
};

static void route_describe(const struct route_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(route, route_cases, route_describe);

static void detects_source_routes(struct kunit *test)
{
	const struct route_case *c = test->param_value;
	struct twr_test_packet p = {
		.flags = TCPHDR_SYN,
		.ip_opt_len = c->ip_opt_len,
	};
	struct sk_buff *skb;

	memcpy(p.ip_opt, c->ip_opt, sizeof(c->ip_opt));
	skb = twr_test_skb(test, &p);
	KUNIT_EXPECT_EQ(test, twr_segment_reply_is_source_routed(skb), c->rerouted);
	kfree_skb(skb);
}

static struct kunit_case segment_cases[] = {
	KUNIT_CASE(reads_the_header),
	KUNIT_CASE_PARAM(reads_timestamp_option, option_gen_params),
	KUNIT_CASE_PARAM(detects_broken_headers, header_gen_params),
#if IS_ENABLED(CONFIG_IPV6)
	KUNIT_CASE_PARAM(detects_options_that_drop_a_packet, tlv_gen_params),
	KUNIT_CASE(skips_routing_headers_that_are_enabled),
#endif
	KUNIT_CASE(skips_a_limited_number_of_headers),
	KUNIT_CASE(other_protocols_are_not_tcp),
	KUNIT_CASE(a_syn_has_neither_ack_nor_rst),
	KUNIT_CASE(checks_the_checksum),
	KUNIT_CASE(believes_a_hardware_sum_that_fits),
#ifdef SO_DEVMEM_LINEAR
	KUNIT_CASE(reads_no_data_that_cannot_be_read),
#endif
	KUNIT_CASE_PARAM(detects_source_routes, route_gen_params),
	{ }
};

static struct kunit_suite segment_suite = {
	.name = "twr_segment",
	.test_cases = segment_cases,
};

kunit_test_suite(segment_suite);
