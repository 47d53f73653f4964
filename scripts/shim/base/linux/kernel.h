/* SPDX-License-Identifier: GPL-2.0 */
/* Small macros that all of the kernel uses. */
#ifndef SHIM_BASE_LINUX_KERNEL_H
#define SHIM_BASE_LINUX_KERNEL_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>

#define abs(n)			__builtin_llabs(n)

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define roundup(n, d)		(DIV_ROUND_UP(n, d) * (d))

#define container_of(ptr, type, member)					\
	((type *)((char *)(ptr) - offsetof(type, member)))

#define min(a, b) ({							\
	__typeof__(a) _a = (a);						\
	__typeof__(b) _b = (b);						\
									\
	_a < _b ? _a : _b;						\
})

#define max(a, b) ({							\
	__typeof__(a) _a = (a);						\
	__typeof__(b) _b = (b);						\
									\
	_a > _b ? _a : _b;						\
})

#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define clamp_t(type, val, low, high)					\
	min_t(type, max_t(type, val, low), high)

#define swap(a, b) do {							\
	__typeof__(a) _t = (a);						\
									\
	(a) = (b);							\
	(b) = _t;							\
} while (0)

#endif
