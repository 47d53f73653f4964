/* SPDX-License-Identifier: GPL-2.0 */
/* Memory comes from the heap, where the sanitizer checks its bounds. */
#ifndef SHIM_LINUX_MM_H
#define SHIM_LINUX_MM_H

#include <linux/sizes.h>
#include <linux/slab.h>

#define PAGE_SHIFT	12

static inline unsigned long totalram_pages(void)
{
	return SZ_1G >> PAGE_SHIFT;
}

static inline long si_mem_available(void)
{
	return SZ_1G >> PAGE_SHIFT;
}

#endif
