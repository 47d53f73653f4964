/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The functions of the kernel's lib/checksum.c, and those that it leaves to other
 * headers.
 */
#ifndef SHIM_NET_CHECKSUM_H
#define SHIM_NET_CHECKSUM_H

#include <asm/byteorder.h>
#include <linux/types.h>

__sum16 ip_fast_csum(const void *iph, unsigned int ihl);
__sum16 ip_compute_csum(const void *buff, int len);
__wsum csum_partial(const void *buff, int len, __wsum wsum);
__wsum csum_tcpudp_nofold(__be32 saddr, __be32 daddr, __u32 len, __u8 proto,
			  __wsum sum);

static inline __sum16 csum_fold(__wsum csum)
{
	csum = (csum >> 16) + (csum & 0xffff);
	csum += csum >> 16;
	return ~csum;
}

static inline __wsum csum_add(__wsum csum, __wsum addend)
{
	u32 sum = (u32)csum + (u32)addend;

	return sum + (sum < (u32)addend);
}

static inline __wsum csum_sub(__wsum csum, __wsum addend)
{
	return csum_add(csum, ~addend);
}

static inline __sum16 csum_tcpudp_magic(__be32 saddr, __be32 daddr, __u32 len,
					__u8 proto, __wsum sum)
{
	return csum_fold(csum_tcpudp_nofold(saddr, daddr, len, proto, sum));
}

#endif
