/* SPDX-License-Identifier: GPL-2.0 */
/* There is one processor. */
#ifndef SHIM_LINUX_PERCPU_H
#define SHIM_LINUX_PERCPU_H

#include <linux/slab.h>

#define alloc_percpu_gfp(type, gfp)	((type *)kzalloc(sizeof(type), gfp))
#define free_percpu(ptr)		free(ptr)
#define per_cpu_ptr(ptr, cpu)		((void)(cpu), ptr)
#define get_cpu_ptr(ptr)		(ptr)
#define put_cpu_ptr(ptr)		((void)(ptr))
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < 1; (cpu)++)

#endif
