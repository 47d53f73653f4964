/* SPDX-License-Identifier: GPL-2.0 */
/* The same numbers in each run, so that findings can be reproduced. */
#ifndef SHIM_LINUX_RANDOM_H
#define SHIM_LINUX_RANDOM_H

#include <string.h>

static inline void get_random_bytes(void *to, size_t len)
{
	memset(to, 0x5a, len);
}

#endif
