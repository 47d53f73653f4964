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

/* 6.1 gave each network namespace a pointer to the TCP table it uses. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define twr_hashinfo(net)	((net)->ipv4.tcp_death_row.hashinfo)
#else
#define twr_hashinfo(net)	(&tcp_hashinfo)
#endif

#endif /* TWR_COMPAT_H */
