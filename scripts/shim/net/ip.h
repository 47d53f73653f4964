/* SPDX-License-Identifier: GPL-2.0 */
/* IPv4, as far as the module reads it. */
#ifndef SHIM_NET_IP_H
#define SHIM_NET_IP_H

#include <linux/ip.h>
#include <linux/skbuff.h>

struct inet_skb_parm {
	struct {
		u8 srr;
	} opt;
};

#define IPCB(skb)	((struct inet_skb_parm *)((skb)->cb))

static inline struct iphdr *ip_hdr(const struct sk_buff *skb)
{
	return (struct iphdr *)skb_network_header(skb);
}

static inline unsigned int ip_hdrlen(const struct sk_buff *skb)
{
	return ip_hdr(skb)->ihl * 4;
}

#endif
