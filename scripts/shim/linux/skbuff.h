/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet. Its linear part and its pages are in memory of their exact size, so that
 * the sanitizer detects reads beyond them.
 */
#ifndef SHIM_LINUX_SKBUFF_H
#define SHIM_LINUX_SKBUFF_H

#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/types.h>
#include <net/checksum.h>
#include <string.h>

#define CHECKSUM_NONE		0
#define CHECKSUM_UNNECESSARY	1
#define CHECKSUM_COMPLETE	2
#define CHECKSUM_PARTIAL	3

/* Defined where network cards can keep data to themselves. */
#define SO_DEVMEM_LINEAR	78

#define FUZZ_FRAGS	17

struct fuzz_frag {
	u8 *bytes;
	unsigned int len;
};

struct sk_buff {
	unsigned int len;
	unsigned int data_len;
	u8 *head;
	u8 *data;
	u16 network_header;
	u16 transport_header;
	u8 ip_summed;
	u8 csum_valid;
	u8 unreadable;
	__wsum csum;
	struct net_device *dev;
	char cb[48] __attribute__((aligned(8)));
	unsigned int nr_frags;
	struct fuzz_frag frags[FUZZ_FRAGS];
};

static inline unsigned int skb_headlen(const struct sk_buff *skb)
{
	return skb->len - skb->data_len;
}

static inline bool skb_is_nonlinear(const struct sk_buff *skb)
{
	return skb->data_len;
}

static inline u8 *skb_network_header(const struct sk_buff *skb)
{
	return skb->head + skb->network_header;
}

static inline int skb_transport_offset(const struct sk_buff *skb)
{
	return skb->head + skb->transport_header - skb->data;
}

static inline bool skb_frags_readable(const struct sk_buff *skb)
{
	return !skb->unreadable;
}

/* There are only pages. */
#define skb_walk_frags(skb, iter)	for ((iter) = NULL; false; )

static inline bool skb_csum_unnecessary(const struct sk_buff *skb)
{
	return skb->ip_summed == CHECKSUM_UNNECESSARY || skb->csum_valid ||
	       skb->ip_summed == CHECKSUM_PARTIAL;
}

int skb_copy_bits(const struct sk_buff *skb, int offset, void *to, int len);
void *skb_header_pointer(const struct sk_buff *skb, int offset, int len,
			 void *buffer);
__wsum skb_checksum(const struct sk_buff *skb, int offset, int len,
		    __wsum csum);

#endif
