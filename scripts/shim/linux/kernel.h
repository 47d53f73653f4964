/* SPDX-License-Identifier: GPL-2.0 */
/* What tools/include has, and what is missing there. */
#ifndef SHIM_LINUX_KERNEL_H
#define SHIM_LINUX_KERNEL_H

#include_next <linux/kernel.h>
#include <linux/types.h>

/* What is on the stack is nobody's; the sanitizers watch. */
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
