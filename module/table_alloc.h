/* SPDX-License-Identifier: GPL-2.0 */
/*
 * table_alloc.h - memory for a table, all that it will ever take
 */
#ifndef TWR_TABLE_ALLOC_H
#define TWR_TABLE_ALLOC_H

#include <linux/mm.h>
#include <linux/types.h>
#include <linux/vmalloc.h>

#include "compat.h"

/**
 * twr_table_alloc() - get memory for a table
 * @bytes: how much
 *
 * Process context, may sleep.
 *
 * Return: zeroed memory for vfree(), NULL if there is not enough free.
 */
static inline void *twr_table_alloc(u64 bytes)
{
	/*
	 * Memory is handed out page by page: without a look first, a table that
	 * is too large would push everything else out before it failed.
	 */
	if (bytes > SIZE_MAX ||
	    bytes >> PAGE_SHIFT >= (unsigned long)si_mem_available())
		return NULL;

	return twr_vmalloc(bytes, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
				  __GFP_RETRY_MAYFAIL);
}

#endif /* TWR_TABLE_ALLOC_H */
