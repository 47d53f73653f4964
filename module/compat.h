/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - every difference between kernel releases, and nothing else
 */
#ifndef TWR_COMPAT_H
#define TWR_COMPAT_H

#include <linux/version.h>

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
 * Is there no room for one more TIME-WAIT bucket? 5.18 began to count references and
 * took the structure out of the namespace, 6.1 put it back.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define twr_timewait_is_full(ns)					\
	(refcount_read(&(ns)->ipv4.tcp_death_row.tw_refcount) - 1 >=	\
	 READ_ONCE((ns)->ipv4.tcp_death_row.sysctl_max_tw_buckets))
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
#define twr_timewait_is_full(ns)					\
	(refcount_read(&(ns)->ipv4.tcp_death_row->tw_refcount) - 1 >=	\
	 READ_ONCE((ns)->ipv4.tcp_death_row->sysctl_max_tw_buckets))
#else
#define twr_timewait_is_full(ns)					\
	(atomic_read(&(ns)->ipv4.tcp_death_row.tw_count) >=		\
	 READ_ONCE((ns)->ipv4.tcp_death_row.sysctl_max_tw_buckets))
#endif

/* 5.11 made the argument const; it was never written to. */
#define twr_inet_sdif(skb)	inet_sdif((struct sk_buff *)(skb))

#endif /* TWR_COMPAT_H */
