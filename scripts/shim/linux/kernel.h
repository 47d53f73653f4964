/* SPDX-License-Identifier: GPL-2.0 */
/* What tools/include has, and what it lacks. */
#ifndef SHIM_LINUX_KERNEL_H
#define SHIM_LINUX_KERNEL_H

#include_next <linux/kernel.h>
#include <linux/types.h>

/* Variables on the stack are not initialized; the sanitizers check them. */
#define __uninitialized

/* There is one thread. */
#ifndef data_race
#define data_race(expr)	(expr)
#endif

static inline u32 reciprocal_scale(u32 val, u32 ep_ro)
{
	return (u64)val * ep_ro >> 32;
}

#endif
