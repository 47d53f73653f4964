/* SPDX-License-Identifier: GPL-2.0 */
/* Time in ticks; the program sets it. */
#ifndef SHIM_LINUX_JIFFIES_H
#define SHIM_LINUX_JIFFIES_H

#include <linux/types.h>
#include <linux/ktime.h>

#ifndef HZ
#define HZ	250
#endif

extern unsigned long jiffies;

#define time_before64(a, b)	((s64)((u64)(a) - (u64)(b)) < 0)
#define time_before(a, b)	((long)((unsigned long)(a) - (unsigned long)(b)) < 0)
#define time_after_eq(a, b)	(!time_before(a, b))

static inline u64 get_jiffies_64(void)
{
	return jiffies;
}

static inline unsigned long msecs_to_jiffies(unsigned int ms)
{
	return (unsigned long)ms * HZ / 1000;
}

#endif
