// SPDX-License-Identifier: GPL-2.0
/*
 * skbuff.c - how the kernel reads from a packet whose bytes lie in pieces
 *
 * Stands in for net/core/skbuff.c. A read that does not end within the packet
 * fails, and one that ends in the linear part is not copied: both are what the
 * module has to reckon with. Nor does one get to pages that only the card reads: to
 * copy from them fails, to add them up is a bug.
 */
#include <linux/skbuff.h>
#include <stdlib.h>

int skb_copy_bits(const struct sk_buff *skb, int offset, void *to, int len)
{
	unsigned int at = 0, size = skb_headlen(skb), i = 0;
	const u8 *from = skb->data;
	int done = 0;

	if (offset > (int)skb->len - len)
		return -1;
	if (skb->unreadable && offset + len > (int)skb_headlen(skb))
		return -1;
	assert(offset >= 0 && len >= 0);

	while (done < len) {
		int skip = offset + done - at;
		int some = min_t(int, len - done, (int)size - skip);

		if (some > 0) {
			memcpy((u8 *)to + done, from + skip, some);
			done += some;
		}
		if (done == len)
			break;
		at += size;
		assert(i < skb->nr_frags);
		from = skb->frags[i].bytes;
		size = skb->frags[i++].len;
	}
	return 0;
}

void *skb_header_pointer(const struct sk_buff *skb, int offset, int len,
			 void *buffer)
{
	if ((int)skb_headlen(skb) - offset >= len)
		return skb->data + offset;
	return skb_copy_bits(skb, offset, buffer, len) < 0 ? NULL : buffer;
}

/* The kernel's lib/string.c: the first byte that is another. */
void *memchr_inv(const void *start, int c, size_t bytes)
{
	const u8 *at = start;

	for (; bytes; bytes--, at++)
		if (*at != (u8)c)
			return (void *)at;
	return NULL;
}

__wsum skb_checksum(const struct sk_buff *skb, int offset, int len,
		    __wsum csum)
{
	u8 *flat = malloc(len ?: 1);
	int err;

	/* The kernel takes it for a bug when the packet is shorter. */
	err = skb_copy_bits(skb, offset, flat, len);
	assert(!err);
	csum = csum_partial(flat, len, csum);
	free(flat);
	return csum;
}
