// SPDX-License-Identifier: GPL-2.0
/*
 * trace.c - tracepoints: what the simulated kernel would have done with SYNs and stamps
 *
 * This file defines what trace.h declares. On a kernel without tracepoints it is empty.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/string.h>
#include <net/ipv6.h>

/* Make a socket address, as %pIS and user programs expect it. */
static void __maybe_unused twr_trace_set_sockaddr(u8 *to,
						  const struct in6_addr *addr,
						  __be16 port)
{
	memset(to, 0, sizeof(struct sockaddr_in6));
	if (ipv6_addr_v4mapped(addr)) {
		struct sockaddr_in *sin = (struct sockaddr_in *)to;

		sin->sin_family = AF_INET;
		sin->sin_port = port;
		sin->sin_addr.s_addr = addr->s6_addr32[3];
	} else {
		struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)to;

		sin6->sin6_family = AF_INET6;
		sin6->sin6_port = port;
		sin6->sin6_addr = *addr;
	}
}

#define CREATE_TRACE_POINTS
#include "trace.h"
