// SPDX-License-Identifier: GPL-2.0
/*
 * segment.c - what a packet says: a read-only view of its TCP header
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "compat.h"
#include "segment.h"

/* Bytes of a TCP header up to and with the flags. */
#define TWR_TCP_FLAGS_END	14

/*
 * Walks as ipv6_skip_exthdr() does, which tells of the last fragment header
 * only: one before it can say that this is a piece. A packet with two of them
 * never comes to TCP.
 */
int twr_segment_skip(const struct sk_buff *skb, bool *whole)
{
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	int at = sizeof(struct ipv6hdr);
	bool fragment = false;

	while (nexthdr != IPPROTO_TCP) {
		const struct ipv6_opt_hdr *header;
		const struct frag_hdr *fh;
		struct frag_hdr copy;

		if (!ipv6_ext_hdr(nexthdr) || nexthdr == NEXTHDR_NONE)
			return -1;
		/* No header is shorter than this one. */
		fh = skb_header_pointer(skb, at, sizeof(copy), &copy);
		if (!fh)
			return -1;

		header = (const struct ipv6_opt_hdr *)fh;
		if (nexthdr == NEXTHDR_FRAGMENT) {
			if (fh->frag_off & htons(IP6_OFFSET))
				return -1;
			if (fragment || fh->frag_off & htons(IP6_MF))
				*whole = false;
			fragment = true;
			at += sizeof(*fh);
		} else if (nexthdr == NEXTHDR_AUTH) {
			at += ipv6_authlen(header);
		} else {
			at += ipv6_optlen(header);
		}
		nexthdr = header->nexthdr;
	}
	return at;
}

static void twr_segment_addresses(struct twr_segment *seg,
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

static void twr_segment_options(struct twr_segment *seg, const u8 *opt, int len)
{
	while (len > 0) {
		int size;

		if (opt[0] == TCPOPT_EOL)
			return;
		if (opt[0] == TCPOPT_NOP) {
			opt++;
			len--;
			continue;
		}

		if (len < 2)
			return;
		size = opt[1];
		if (size < 2 || size > len)
			return;
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
	seg->syn = th->syn;
	seg->ack = th->ack;
	seg->fin = th->fin;
	seg->rst = th->rst;

	hlen = th->doff * 4;
	seg->malformed = true;
	if (!whole || have < sizeof(*th) || hlen < sizeof(*th))
		return true;
	opt = skb_header_pointer(skb, thoff + sizeof(*th), hlen - sizeof(*th),
				 options);
	if (!opt)
		return true;
	seg->malformed = false;

	twr_segment_addresses(seg, skb);
	seg->conn.peer_port = th->source;
	seg->conn.local_port = th->dest;
	seg->seq = ntohl(th->seq);
	seg->end_seq = seg->seq + th->syn + th->fin + skb->len - thoff - hlen;
	seg->ack_seq = ntohl(th->ack_seq);
	seg->timed = false;
	twr_segment_options(seg, opt, hlen - sizeof(*th));
	return true;
}

bool twr_segment_intact(const struct sk_buff *skb,
			const struct twr_segment *seg)
{
	unsigned int len = skb->len - seg->thoff;
	__wsum sum;

	if (skb_csum_unnecessary(skb))
		return true;

	/* What skb_checksum() comes to here, less four calls. */
	if (likely(!skb_is_nonlinear(skb)))
		sum = csum_partial(skb->data + seg->thoff, len, 0);
	else
		sum = skb_checksum(skb, seg->thoff, len, 0);
	if (seg->pf == NFPROTO_IPV4)
		return !csum_tcpudp_magic(ip_hdr(skb)->saddr,
					  ip_hdr(skb)->daddr,
					  len, IPPROTO_TCP, sum);
	return !csum_ipv6_magic(&ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr,
				len, IPPROTO_TCP, sum);
}

/*
 * The option's pointer counts from 1 and stands behind the last address that
 * was visited: that one becomes the first hop of the way back. If the first
 * address visited is the sender itself it is left out, which leaves no route
 * where it was the only one.
 */
bool twr_segment_rerouted(const struct sk_buff *skb)
{
	const u8 *option;
	__be32 hop;
	int last;

	if (!IPCB(skb)->opt.srr)
		return false;

	option = skb_network_header(skb) + IPCB(skb)->opt.srr;
	last = min_t(int, option[2], option[1] + 1) - 1 - (int)sizeof(hop);
	if (last < 3)
		return false;

	memcpy(&hop, option + last, sizeof(hop));
	return hop != ip_hdr(skb)->saddr;
}
