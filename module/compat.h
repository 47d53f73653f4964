/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - every difference between kernel releases, and nothing else
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

/* 5.4.286, 6.6 and 6.9 have it, and what comes between has it not. */
#ifndef __uninitialized
#define __uninitialized
#endif

/*
 * 6.1 gave each network namespace a pointer to the TCP table it uses, 6.18 took
 * the table out of the arguments of the socket look-ups.
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
 * How many TIME-WAIT buckets there are, and how many there may be. 5.18 began to count
 * them by references and took the structure out of the namespace, 6.1 put it back.
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

/* 5.11 made the argument const; it was never written to. */
#define twr_inet_sdif(skb)	inet_sdif((struct sk_buff *)(skb))

/*
 * 6.12 lets cards keep data where no processor can read it. The number of a
 * socket's option came with it.
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
