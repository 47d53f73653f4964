// SPDX-License-Identifier: GPL-2.0
/*
 * packet.c - makes packets for the suites, as LOCAL_IN sees them
 */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "compat.h"
#include "packet.h"

static struct rtable twr_test_route4 = {
	.rt_flags = RTCF_LOCAL,
};

static struct rt6_info twr_test_route6 = {
	.rt6i_flags = RTF_LOCAL,
};

static const struct in6_addr twr_test_peer6 = { { {
	0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7
} } };

static const struct in6_addr twr_test_local6 = { { {
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
} } };

/* Writes the segment to @to. Return: its length in bytes. */
static unsigned int twr_test_segment(const struct twr_test_packet *p, u8 *to)
{
	struct tcphdr *th = (struct tcphdr *)to;
	u8 *opt = (u8 *)(th + 1);
	unsigned int len;
	__wsum sum;

	if (p->timed) {
		opt[0] = TCPOPT_NOP;
		opt[1] = TCPOPT_NOP;
		opt[2] = TCPOPT_TIMESTAMP;
		opt[3] = TCPOLEN_TIMESTAMP;
		put_unaligned_be32(p->tsval, opt + 4);
		opt += TCPOLEN_TSTAMP_ALIGNED;
	}
	memcpy(opt, p->opt, p->opt_len);
	opt += p->opt_len;
	len = opt - to;

	th->source = htons(TWR_TEST_PEER_PORT);
	th->dest = htons(TWR_TEST_LOCAL_PORT);
	th->seq = htonl(p->seq);
	th->ack_seq = htonl(p->ack_seq);
	th->window = htons(32767);
	to[13] = p->flags;
	th->doff = p->doff ?: len / 4;
	len += p->payload;
	if (p->keep)
		len = p->keep;

	sum = csum_partial(to, len, 0);
	if (p->v6)
		th->check = csum_ipv6_magic(&twr_test_peer6, &twr_test_local6,
					    len, IPPROTO_TCP, sum);
	else
		th->check = csum_tcpudp_magic(htonl(TWR_TEST_PEER4),
					      htonl(TWR_TEST_LOCAL4), len,
					      IPPROTO_TCP, sum);
	if (p->bad_sum)
		th->check = (__force __sum16)~th->check;
	return len;
}

static unsigned int twr_test_ip(const struct twr_test_packet *p, u8 *to,
				unsigned int len)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)to;
	struct iphdr *iph = (struct iphdr *)to;
	unsigned int hlen;

	if (p->v6) {
		ip6h->version = 6;
		ip6h->hop_limit = 64;
		ip6h->nexthdr = p->ip_opt_len ? p->nexthdr : IPPROTO_TCP;
		ip6h->payload_len = htons(p->ip_opt_len + len);
		ip6h->saddr = twr_test_peer6;
		ip6h->daddr = twr_test_local6;
		hlen = sizeof(*ip6h);
	} else {
		iph->version = 4;
		iph->ihl = (sizeof(*iph) + p->ip_opt_len) / 4;
		iph->ttl = 64;
		iph->protocol = IPPROTO_TCP;
		iph->tot_len = htons(sizeof(*iph) + p->ip_opt_len + len);
		iph->saddr = htonl(TWR_TEST_PEER4);
		iph->daddr = htonl(TWR_TEST_LOCAL4);
		hlen = sizeof(*iph);
	}
	memcpy(to + hlen, p->ip_opt, p->ip_opt_len);
	if (!p->v6)
		ip_send_check(iph);
	return hlen + p->ip_opt_len;
}

/*
 * Writes the notes of the IPv6 layer, which has already processed hop-by-hop options.
 */
static void twr_test_ip6_notes(const struct twr_test_packet *p,
			       struct sk_buff *skb)
{
	struct inet6_skb_parm *parm = IP6CB(skb);
	unsigned int at = sizeof(struct ipv6hdr);

	parm->nhoff = offsetof(struct ipv6hdr, nexthdr);
	if (p->ip_opt_len && p->nexthdr == IPPROTO_HOPOPTS) {
		parm->flags |= IP6SKB_HOPBYHOP;
		parm->nhoff = at;
		at += (p->ip_opt[1] + 1) * 8;
	}
	if (p->done) {
		parm->nhoff = at;
		at += p->done;
	}
	skb_set_transport_header(skb, at);
}

struct sk_buff *twr_test_skb(struct kunit *test,
			     const struct twr_test_packet *packet)
{
	unsigned int hlen, len;
	struct sk_buff *skb;
	struct page *page;
	u8 *bytes;

	/* The segment goes to the second half of the buffer. Both fit. */
	bytes = kunit_kzalloc(test, 2 * SZ_2K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bytes);
	KUNIT_ASSERT_LT(test, packet->payload, 1024U);
	len = twr_test_segment(packet, bytes + SZ_2K);
	hlen = twr_test_ip(packet, bytes, len);

	skb = alloc_skb(SZ_4K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reset_network_header(skb);
	skb_put_data(skb, bytes, hlen);
	if (packet->paged) {
		page = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page), bytes + SZ_2K, len);
		skb_add_rx_frag(skb, 0, page, 0, len, PAGE_SIZE);
	} else {
		skb_put_data(skb, bytes + SZ_2K, len);
	}

	if (packet->v6)
		twr_test_ip6_notes(packet, skb);
	else if (packet->ip_opt_len)
		IPCB(skb)->opt.srr = sizeof(struct iphdr);
	skb->protocol = htons(packet->v6 ? ETH_P_IPV6 : ETH_P_IP);
	skb->pkt_type = PACKET_HOST;
	skb->dev = init_net.loopback_dev;
	skb->skb_iif = skb->dev->ifindex;
	twr_test_route4.dst.dev = skb->dev;
	twr_test_route6.dst.dev = skb->dev;
	rcu_read_lock();
	skb_dst_set_noref(skb, packet->v6 ? &twr_test_route6.dst :
					    &twr_test_route4.dst);
	rcu_read_unlock();
	return skb;
}
