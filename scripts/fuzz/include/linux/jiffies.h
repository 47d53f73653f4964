/* SPDX-License-Identifier: GPL-2.0 */
/* Time in ticks, as the fuzzer wants it to be. */
#ifndef FUZZ_LINUX_JIFFIES_H
#define FUZZ_LINUX_JIFFIES_H

#include <linux/types.h>
#include <linux/ktime.h>

#define HZ	250

extern unsigned long jiffies;

static inline u64 get_jiffies_64(void)
{
	return jiffies;
}

#endif
