/* SPDX-License-Identifier: GPL-2.0 */
/* IPv6, as far as the module reads it. */
#ifndef SHIM_NET_IPV6_H
#define SHIM_NET_IPV6_H

#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>

/* The C library has these too, and its header may be included. */
#ifndef _NETINET_IN_H
#define htons		__cpu_to_be16
#define ntohs		__be16_to_cpu
#define htonl		__cpu_to_be32
#define ntohl		__be32_to_cpu
#endif

#define NEXTHDR_HOP		0
#define NEXTHDR_ROUTING		43
#define NEXTHDR_FRAGMENT	44
#define NEXTHDR_AUTH		51
#define NEXTHDR_NONE		59
#define NEXTHDR_DEST		60

#define IP6_MF			0x0001
#define IP6_OFFSET		0xfff8

#define IP6SKB_FRAGMENTED	16
#define IP6SKB_HOPBYHOP		32
#define IP6_MAX_EXT_HDRS_CNT	12

struct inet6_skb_parm {
	u16 nhoff;
	u16 flags;
};

#define IP6CB(skb)	((struct inet6_skb_parm *)((skb)->cb))

#define ipv6_optlen(p)		(((p)->hdrlen + 1) << 3)

struct frag_hdr {
	__u8 nexthdr;
	__u8 reserved;
	__be16 frag_off;
	__be32 identification;
};

static inline struct ipv6hdr *ipv6_hdr(const struct sk_buff *skb)
{
	return (struct ipv6hdr *)skb_network_header(skb);
}

static inline void ipv6_addr_set_v4mapped(__be32 addr, struct in6_addr *v4mapped)
{
	*v4mapped = (struct in6_addr) { .s6_addr32 = {
		0, 0, htonl(0x0000ffff), addr } };
}

static inline bool ipv6_addr_equal(const struct in6_addr *a,
				   const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static inline bool ipv6_addr_v4mapped(const struct in6_addr *a)
{
	return !a->s6_addr32[0] && !a->s6_addr32[1] &&
	       a->s6_addr32[2] == htonl(0x0000ffff);
}

#endif
