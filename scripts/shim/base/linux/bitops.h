/* SPDX-License-Identifier: GPL-2.0 */
/* Bit operations. There is one thread. */
#ifndef SHIM_LINUX_BITOPS_H
#define SHIM_LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/types.h>

static inline bool test_and_set_bit_lock(unsigned int n, unsigned long *word)
{
	bool was = *word & BIT(n);

	*word |= BIT(n);
	return was;
}

static inline void clear_bit_unlock(unsigned int n, unsigned long *word)
{
	*word &= ~BIT(n);
}

#endif
