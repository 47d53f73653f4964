/* SPDX-License-Identifier: GPL-2.0 */
/*
 * table_alloc.h - allocate all the memory of a table at once
 */
#ifndef TWR_TABLE_ALLOC_H
#define TWR_TABLE_ALLOC_H

#include <linux/mm.h>
#include <linux/types.h>
#include <linux/vmalloc.h>

#include "compat.h"

/**
 * twr_table_alloc() - allocate memory for a table
 * @bytes: size of the table
 *
 * Process context, may sleep.
 *
 * Return: zeroed memory, to be freed with vfree(); NULL if there is not enough free memory.
 */
static inline void *twr_table_alloc(u64 bytes)
{
	/*
	 * __vmalloc() allocates page by page. Without this check a table that is too
	 * large would push everything else out of memory before the allocation failed.
	 */
	if (bytes > SIZE_MAX ||
	    bytes >> PAGE_SHIFT >= (unsigned long)si_mem_available())
		return NULL;

	return twr_vmalloc(bytes, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
				  __GFP_RETRY_MAYFAIL);
}

#endif /* TWR_TABLE_ALLOC_H */
