// SPDX-License-Identifier: GPL-2.0
/*
 * segment.c - read the TCP header of a packet
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/kconfig.h>
#include <linux/netfilter.h>
#include <linux/seg6.h>
#include <linux/string.h>
#include <net/addrconf.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "compat.h"
#include "segment.h"

/* Length of a TCP header up to its flags, including them. */
#define TWR_TCP_FLAGS_END	14

/*
 * IPv6 options: the longest padding, and the bits of an option's type that tell a node
 * what to do if it does not know the option. If both are 0, the node skips the option.
 */
#define TWR_TLV_MAX_PADDING	7
#define TWR_TLV_ACTION_MASK	0xc0

#if IS_ENABLED(CONFIG_IPV6)

/* The part of an extension header that the module reads. */
union twr_exthdr {
	struct ipv6_opt_hdr opt;
	struct ipv6_rt_hdr routing;
	struct frag_hdr fragment;
	u8 bytes[8];
};

/*
 * Would the running kernel skip these destination options? The rules are those of
 * ip6_parse_tlv(). The kernel knows one option, the home address of mobile IPv6. That
 * option gives the packet another source address, which the module does not follow; its
 * type is one of those at which the function stops.
 */
static bool twr_segment_may_skip_destopts(const struct sk_buff *skb, int at,
					  int end)
{
	const struct netns_sysctl_ipv6 *limits = &dev_net(skb->dev)->ipv6.sysctl;
	/* A negative limit means that no unknown option is allowed. */
	int room = max(READ_ONCE(limits->max_dst_opts_cnt), 0);
	int padding = 0;

	if (end - at > READ_ONCE(limits->max_dst_opts_len))
		return false;

	at += sizeof(struct ipv6_opt_hdr);
	while (at < end) {
		u8 copy[TWR_TLV_MAX_PADDING];
		int have = min_t(int, end - at, sizeof(copy));
		const u8 *option = skb_header_pointer(skb, at, have, copy);
		int size = 1;

		if (!option)
			return false;
		if (option[0] != IPV6_TLV_PAD1) {
			if (have < 2)
				return false;
			size = 2 + option[1];
			if (size > end - at)
				return false;
		}

		if (option[0] == IPV6_TLV_PAD1 || option[0] == IPV6_TLV_PADN) {
			padding += size;
			if (padding > TWR_TLV_MAX_PADDING ||
			    memchr_inv(option + min(size, 2), 0,
				       size - min(size, 2)))
				return false;
		} else {
			padding = 0;
			if (option[0] & TWR_TLV_ACTION_MASK || !room--)
				return false;
		}
		at += size;
	}
	return true;
}

/*
 * Is the packet at the end of this routing header, and would the running kernel go on to
 * the next header? The rules are those of ipv6_rthdr_rcv(). A packet with segments left
 * goes elsewhere, or passes the hook again with the next address.
 */
static bool twr_segment_may_skip_rthdr(const struct sk_buff *skb,
				       const union twr_exthdr *header)
{
	const struct ipv6_devconf *all = dev_net(skb->dev)->ipv6.devconf_all;
	const struct inet6_dev *idev = __in6_dev_get(skb->dev);

	if (header->routing.segments_left)
		return false;

	switch (header->routing.type) {
	case IPV6_SRCRT_TYPE_2:
		/* The kernel discards a type 2 header that it has not processed itself. */
		return !IS_ENABLED(CONFIG_IPV6_MIP6);
	case IPV6_SRCRT_TYPE_3:
		return idev && min(READ_ONCE(all->rpl_seg_enabled),
				   READ_ONCE(idev->cnf.rpl_seg_enabled));
	case IPV6_SRCRT_TYPE_4:
		if (!idev || !min(READ_ONCE(all->seg6_enabled),
				  READ_ONCE(idev->cnf.seg6_enabled)))
			return false;
#ifdef CONFIG_IPV6_SEG6_HMAC
		/* The module does not verify signatures. */
		if (header->bytes[offsetof(struct ipv6_sr_hdr, flags)] &
		    SR6_FLAG1_HMAC)
			return READ_ONCE(idev->cnf.seg6_require_hmac) < 0;
		return READ_ONCE(idev->cnf.seg6_require_hmac) <= 0;
#else
		return true;
#endif
	default:
		return true;
	}
}

/*
 * Walk the headers as ip6_protocol_deliver_rcu() will. The walk starts where the IPv6 layer
 * is: behind the hop-by-hop options, and in a packet that passes the hook again behind all
 * headers that are already processed. The walk ends at a header after which the packet
 * passes the hook again, or never reaches TCP.
 */
int twr_segment_skip_exthdrs(const struct sk_buff *skb, bool *whole)
{
	const struct inet6_skb_parm *parm = IP6CB(skb);
	bool fragment = parm->flags & IP6SKB_FRAGMENTED;
	int count = !!(parm->flags & IP6SKB_HOPBYHOP);
	int at = skb_transport_offset(skb);
	u8 nexthdr;

	if (parm->nhoff >= at || at > skb->len)
		return -1;
	nexthdr = skb_network_header(skb)[parm->nhoff];

	while (nexthdr != IPPROTO_TCP) {
		const union twr_exthdr *header;
		union twr_exthdr copy;
		int end;

		if (count++ >= TWR_MAX_EXT_HDRS)
			return -1;
		/* No extension header is shorter than this. */
		header = skb_header_pointer(skb, at, sizeof(copy), &copy);
		if (!header)
			return -1;
		end = at + ipv6_optlen(&header->opt);

		switch (nexthdr) {
		case NEXTHDR_FRAGMENT:
			/* A packet has at most one fragment header, and a jumbogram has none. */
			if (fragment || !ipv6_hdr(skb)->payload_len ||
			    header->fragment.frag_off & htons(IP6_OFFSET))
				return -1;
			if (header->fragment.frag_off & htons(IP6_MF))
				*whole = false;
			fragment = true;
			end = at + sizeof(header->fragment);
			break;
		case NEXTHDR_ROUTING:
			if (end > skb->len ||
			    !twr_segment_may_skip_rthdr(skb, header))
				return -1;
			break;
		case NEXTHDR_DEST:
			if (end > skb->len ||
			    !twr_segment_may_skip_destopts(skb, at, end))
				return -1;
			break;
		default:
			return -1;
		}
		nexthdr = header->opt.nexthdr;
		at = end;
	}
	return at;
}

#else

int twr_segment_skip_exthdrs(const struct sk_buff *skb, bool *whole)
{
	return -1;
}

#endif

static void twr_segment_read_addresses(struct twr_segment *seg,
				       const struct sk_buff *skb)
{
	struct twr_key *key = &seg->conn.key;

	if (seg->pf == NFPROTO_IPV4) {
		ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, &key->peer);
		ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr, &key->local);
	} else {
		key->peer = ipv6_hdr(skb)->saddr;
		key->local = ipv6_hdr(skb)->daddr;
	}
}

/* A single byte that is left at the end cannot be an option with data. */
static void twr_segment_read_options(struct twr_segment *seg, const u8 *opt, int len)
{
	while (len > 1) {
		int size = 1;

		if (opt[0] != TCPOPT_NOP) {
			size = opt[1];
			if (opt[0] == TCPOPT_EOL || size < 2 || size > len)
				return;
		}
		if (opt[0] == TCPOPT_TIMESTAMP && size == TCPOLEN_TIMESTAMP) {
			seg->timed = true;
			seg->tsval = get_unaligned_be32(opt + 2);
		}
		opt += size;
		len -= size;
	}
}

bool twr_segment_read(struct twr_segment *seg, const struct sk_buff *skb,
		      u8 pf, unsigned int thoff, bool whole)
{
	u8 options[MAX_TCP_OPTION_SPACE] __uninitialized;
	struct tcphdr copy __uninitialized;
	const struct tcphdr *th;
	unsigned int hlen, have;
	const u8 *opt;

	if (skb->len < thoff + TWR_TCP_FLAGS_END)
		return false;
	have = min_t(unsigned int, skb->len - thoff, sizeof(copy));
	th = skb_header_pointer(skb, thoff, have, &copy);
	if (!th)
		return false;

	seg->pf = pf;
	seg->thoff = thoff;
	seg->flags = tcp_flag_byte(th);

	hlen = th->doff * 4;
	seg->malformed = true;
	if (!whole || have < sizeof(*th) || hlen < sizeof(*th))
		return true;
	opt = skb_header_pointer(skb, thoff + sizeof(*th), hlen - sizeof(*th),
				 options);
	if (!opt)
		return true;
	seg->malformed = false;

	twr_segment_read_addresses(seg, skb);
	seg->conn.peer_port = th->source;
	seg->conn.local_port = th->dest;
	seg->seq = ntohl(th->seq);
	seg->end_seq = seg->seq + th->syn + th->fin + skb->len - thoff - hlen;
	seg->timed = false;
	seg->tsval = 0;
	twr_segment_read_options(seg, opt, hlen - sizeof(*th));
	return true;
}

/* Can the CPU read all data behind the linear part? A network card can keep it. */
static bool twr_segment_is_readable(const struct sk_buff *skb)
{
	const struct sk_buff *piece;

	if (!twr_frags_readable(skb))
		return false;
	skb_walk_frags(skb, piece)
		if (!twr_frags_readable(piece))
			return false;
	return true;
}

/* Return: false if the CPU cannot read all of these bytes. */
static bool twr_segment_sum_bytes(const struct sk_buff *skb, unsigned int at,
				  unsigned int len, __wsum *sum)
{
	/* What skb_checksum() would do, without its four calls. */
	if (likely(at + len <= skb_headlen(skb))) {
		*sum = csum_partial(skb->data + at, len, 0);
		return true;
	}
	if (!twr_segment_is_readable(skb))
		return false;
	*sum = skb_checksum(skb, at, len, 0);
	return true;
}

/* @sum: sum of the segment. Return: true if it is right together with the addresses. */
static bool twr_segment_sum_is_right(const struct sk_buff *skb,
				     const struct twr_segment *seg, __wsum sum)
{
	unsigned int len = skb->len - seg->thoff;

	if (seg->pf == NFPROTO_IPV4)
		return !csum_tcpudp_magic(ip_hdr(skb)->saddr,
					  ip_hdr(skb)->daddr,
					  len, IPPROTO_TCP, sum);
	return !csum_ipv6_magic(&ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr,
				len, IPPROTO_TCP, sum);
}

/*
 * The card has summed the whole packet. An IPv4 header adds nothing to the sum: ip_rcv() has
 * verified it. IPv6 headers do add to it.
 */
static bool twr_segment_card_sum_is_right(const struct sk_buff *skb,
					  const struct twr_segment *seg)
{
	__wsum headers = 0;

	if (seg->pf != NFPROTO_IPV4 &&
	    !twr_segment_sum_bytes(skb, 0, seg->thoff, &headers))
		return false;
	return twr_segment_sum_is_right(skb, seg, csum_sub(skb->csum, headers));
}

bool twr_segment_has_valid_checksum(const struct sk_buff *skb,
				    const struct twr_segment *seg)
{
	__wsum sum;

	if (skb_csum_unnecessary(skb))
		return true;
	/* Cards can be wrong. As in TCP, only a sum that is right is believed. */
	if (skb->ip_summed == CHECKSUM_COMPLETE &&
	    twr_segment_card_sum_is_right(skb, seg))
		return true;
	return twr_segment_sum_bytes(skb, seg->thoff, skb->len - seg->thoff, &sum) &&
	       twr_segment_sum_is_right(skb, seg, sum);
}

/*
 * The pointer of the option counts from 1 and points behind the last address that was
 * visited. That address is the first hop of the way back. If the first address visited is
 * the sender, it is left out. If it was the only one, no route is left.
 */
bool __twr_segment_reply_is_source_routed(const struct sk_buff *skb)
{
	const u8 *option;
	__be32 hop;
	int last;

	option = skb_network_header(skb) + IPCB(skb)->opt.srr;
	last = min_t(int, option[2], option[1] + 1) - 1 - (int)sizeof(hop);
	if (last < 3)
		return false;

	memcpy(&hop, option + last, sizeof(hop));
	return hop != ip_hdr(skb)->saddr;
}
