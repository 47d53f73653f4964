/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - all differences between kernel releases, and nothing else
 */
#ifndef TWR_COMPAT_H
#define TWR_COMPAT_H

#include <linux/socket.h>
#include <linux/version.h>
#include <net/ipv6.h>

/* 6.12 moved asm/unaligned.h. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/* 5.4.286, 6.6 and 6.9 have __uninitialized; the releases between them do not. */
#ifndef __uninitialized
#define __uninitialized
#endif

/*
 * Since 6.1 each network namespace has a pointer to its TCP hash table. Since 6.18 the
 * socket lookup functions do not take the table as an argument any more.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define twr_sock_lookup(fn, ns, ...)	fn(ns, __VA_ARGS__)
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define twr_sock_lookup(fn, ns, ...)					\
({									\
	struct net *__net = (ns);					\
									\
	fn(__net, __net->ipv4.tcp_death_row.hashinfo, __VA_ARGS__);	\
})
#else
#define twr_sock_lookup(fn, ns, ...)	fn(ns, &tcp_hashinfo, __VA_ARGS__)
#endif

/*
 * The number of TIME-WAIT buckets, and its limit. 5.18 began to count the buckets by
 * references and moved the structure out of the namespace. 6.1 moved it back.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0) &&			\
	LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#define twr_net_death_row(ns)	((ns)->ipv4.tcp_death_row)
#else
#define twr_net_death_row(ns)	(&(ns)->ipv4.tcp_death_row)
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
#define twr_timewait_count(ns)						\
	((int)refcount_read(&twr_net_death_row(ns)->tw_refcount) - 1)
#else
#define twr_timewait_count(ns)	atomic_read(&twr_net_death_row(ns)->tw_count)
#endif

#define twr_timewait_limit(ns)						\
	READ_ONCE(twr_net_death_row(ns)->sysctl_max_tw_buckets)

/* 5.11 made the argument const; the function never wrote to it. */
#define twr_inet_sdif(skb)	inet_sdif((struct sk_buff *)(skb))

/*
 * Since 6.12 a network card can keep data where no CPU can read it. The socket option
 * SO_DEVMEM_LINEAR came in the same release.
 */
#ifdef SO_DEVMEM_LINEAR
#define twr_frags_readable(skb)	skb_frags_readable(skb)
#else
#define twr_frags_readable(skb)	((void)(skb), true)
#endif

/* Kernels of 2026 drop IPv6 packets with more extension headers than this. */
#ifdef IP6_MAX_EXT_HDRS_CNT
#define TWR_MAX_EXT_HDRS	IP6_MAX_EXT_HDRS_CNT
#else
#define TWR_MAX_EXT_HDRS	INT_MAX
#endif

#endif /* TWR_COMPAT_H */
