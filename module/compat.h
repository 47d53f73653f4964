/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - what differs between the headers of kernels
 */
#ifndef TWR_COMPAT_H
#define TWR_COMPAT_H

#include <linux/seq_file.h>
#include <linux/socket.h>
#include <linux/u64_stats_sync.h>
#include <linux/vmalloc.h>
#include <net/ipv6.h>

/*
 * Distributions backport, so a release number tells little: this file goes by what the
 * headers of the kernel have. #ifndef finds a macro. For the rest compat.mk searches the
 * headers and defines a TWR_OLD_... for each older form.
 */

/* Linux 6.12 moved asm/unaligned.h. */
#ifdef TWR_OLD_UNALIGNED
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

/* Linux 5.4.286, 6.6 and 6.9 have this macro. Most releases between them lack it. */
#ifndef __uninitialized
#define __uninitialized
#endif

#ifndef data_race
/* Since 5.8, with KCSAN. An older kernel has no KCSAN to tell. */
#define data_race(expr)	(expr)
#endif

/* Since 5.10, in linux/seq_file.h. */
#ifndef DEFINE_SEQ_ATTRIBUTE
#define DEFINE_SEQ_ATTRIBUTE(name)					\
static int name##_open(struct inode *inode, struct file *file)		\
{									\
	int err = seq_open(file, &name##_sops);				\
									\
	if (!err && inode->i_private)					\
		((struct seq_file *)file->private_data)->private =	\
			inode->i_private;				\
	return err;							\
}									\
									\
static const struct file_operations name##_fops = {			\
	.owner		= THIS_MODULE,					\
	.open		= name##_open,					\
	.read		= seq_read,					\
	.llseek		= seq_lseek,					\
	.release	= seq_release,					\
}
#endif

/* Linux 5.5 made a type of the counters that u64_stats_sync guards. */
#ifdef TWR_OLD_U64_STATS
#define u64_stats_t		u64
#define u64_stats_inc(count)	((void)++*(count))
#define u64_stats_read(count)	READ_ONCE(*(count))
#endif

/* Linux 5.8 dropped the third argument. Everybody gave the same one. */
#ifdef TWR_OLD_VMALLOC
#define twr_vmalloc(size, flags)	__vmalloc(size, flags, PAGE_KERNEL)
#else
#define twr_vmalloc(size, flags)	__vmalloc(size, flags)
#endif

/*
 * The namespace's limit and count of TIME-WAIT sockets, and its TCP table. The
 * structure is in the namespace, or, in 5.18 to 6.0, behind a pointer.
 */
#ifdef TWR_OLD_DEATH_ROW
#define twr_net_death_row(net)	((net)->ipv4.tcp_death_row)
#else
#define twr_net_death_row(net)	(&(net)->ipv4.tcp_death_row)
#endif

/* Linux 6.18 took the TCP table out of the arguments of the socket look-ups. */
#ifdef TWR_OLD_LOOKUP
#define twr_sock_lookup(fn, ns, ...)					\
({									\
	struct net *_net = (ns);					\
									\
	fn(_net, twr_net_death_row(_net)->hashinfo, __VA_ARGS__);		\
})
#else
#define twr_sock_lookup(fn, ns, ...)	fn(ns, __VA_ARGS__)
#endif

/* Linux 5.18 began to count TIME-WAIT sockets by references, one of them its own. */
#ifdef TWR_OLD_TIMEWAIT_COUNT
#define twr_timewait_count(net)	atomic_read(&twr_net_death_row(net)->tw_count)
#else
#define twr_timewait_count(net)						\
	((int)refcount_read(&twr_net_death_row(net)->tw_refcount) - 1)
#endif

#define twr_timewait_limit(net)						\
	READ_ONCE(twr_net_death_row(net)->sysctl_max_tw_buckets)

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

/*
 * Since 3744b0964d52 (of April 2026, also in stable releases; Debian's 7.2 has it) the
 * kernel drops IPv6 packets with more extension headers than this.
 */
#ifdef IP6_MAX_EXT_HDRS_CNT
#define TWR_MAX_EXT_HDRS	IP6_MAX_EXT_HDRS_CNT
#else
#define TWR_MAX_EXT_HDRS	INT_MAX
#endif

/* The rest is for kunit/ alone. Linux 6.19 gave socket calls a type for addresses. */
#ifdef TWR_OLD_SOCKADDR
#define twr_sockaddr	sockaddr
#else
#define twr_sockaddr	sockaddr_unsized
#endif

/* Linux 6.18 renamed the count of references to a namespace. */
#ifdef TWR_OLD_NS_COUNT
#define twr_ns_count(ns)	(&(ns)->count)
#else
#define twr_ns_count(ns)	(&(ns)->__ns_ref)
#endif

#endif /* TWR_COMPAT_H */
