/* SPDX-License-Identifier: GPL-2.0 */
/* The pseudo header of IPv6. */
#ifndef SHIM_NET_IP6_CHECKSUM_H
#define SHIM_NET_IP6_CHECKSUM_H

#include <linux/in6.h>
#include <net/checksum.h>

static inline __sum16 csum_ipv6_magic(const struct in6_addr *saddr,
				      const struct in6_addr *daddr, __u32 len,
				      __u8 proto, __wsum sum)
{
	__be32 last[] = { __cpu_to_be32(len), __cpu_to_be32(proto) };

	sum = csum_partial(saddr, sizeof(*saddr), sum);
	sum = csum_partial(daddr, sizeof(*daddr), sum);
	return csum_fold(csum_partial(last, sizeof(last), sum));
}

#endif
