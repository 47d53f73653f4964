/* SPDX-License-Identifier: GPL-2.0 */
/* The monotonic clock; the program sets it. */
#ifndef SHIM_LINUX_KTIME_H
#define SHIM_LINUX_KTIME_H

#include <linux/types.h>

#define NSEC_PER_SEC	1000000000L

extern u64 fuzz_ns;

static inline u64 ktime_get_ns(void)
{
	return fuzz_ns;
}

static inline s64 ktime_get_seconds(void)
{
	return fuzz_ns / NSEC_PER_SEC;
}

#endif
