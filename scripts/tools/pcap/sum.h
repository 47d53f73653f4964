/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sum.h - the Internet checksum (RFC 1071)
 */
#ifndef PCAP_SUM_H
#define PCAP_SUM_H

#include <arpa/inet.h>
#include <string.h>

#include "wire.h"

/* Adds 16-bit words in network byte order, with the same result on every machine. */
static inline u64 sum_bytes(const u8 *data, u32 len)
{
	u64 sum = 0;

	for (; len >= 2; data += 2, len -= 2)
		sum += data[0] << 8 | data[1];
	return len ? sum + (data[0] << 8) : sum;
}

static inline u32 sum_fold(u64 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* The pseudo header. The IPv4 mapping would add 0xffff, which equals 0. */
static inline u32 sum_pseudo(const struct in6_addr *src, const struct in6_addr *dst,
			     u32 len)
{
	bool mapped = IN6_IS_ADDR_V4MAPPED(src);
	u32 skip = mapped ? 12 : 0;

	return sum_fold(sum_bytes(src->s6_addr + skip, 16 - skip) +
			sum_bytes(dst->s6_addr + skip, 16 - skip) + IPPROTO_TCP + len);
}

#endif
