/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's multiplicative hash. */
#ifndef SHIM_LINUX_HASH_H
#define SHIM_LINUX_HASH_H

#include <linux/types.h>

#define GOLDEN_RATIO_32		0x61c88647

static inline u32 __hash_32(u32 val)
{
	return val * GOLDEN_RATIO_32;
}

#endif
