/* SPDX-License-Identifier: GPL-2.0 */
/* Attributes for the compiler, and annotations for readers. There is one thread. */
#ifndef SHIM_LINUX_COMPILER_H
#define SHIM_LINUX_COMPILER_H

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define noinline		__attribute__((noinline))
#define __always_unused		__attribute__((unused))
#define __aligned(n)		__attribute__((aligned(n)))
#define __percpu
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, val)	(*(volatile __typeof__(x) *)&(x) = (val))

#endif
