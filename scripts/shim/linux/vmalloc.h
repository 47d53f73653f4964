/* SPDX-License-Identifier: GPL-2.0 */
/* Memory comes from the heap, where the sanitizer checks its bounds. */
#ifndef SHIM_LINUX_VMALLOC_H
#define SHIM_LINUX_VMALLOC_H

#include <linux/slab.h>
#include <sys/mman.h>
#include <unistd.h>

#define __GFP_ZERO		0
#define __GFP_NOWARN		0
#define __GFP_RETRY_MAYFAIL	0

/*
 * A program that is built with SHIM_HUGE_PAGES sets this if it will fill its tables. They
 * are then in huge pages, which cost less to find. In a table that stays nearly empty, each
 * record would cost a huge page that has to be cleared.
 */
#ifdef SHIM_HUGE_PAGES
extern bool shim_huge_pages;
#else
#define shim_huge_pages	false
#endif

/* A table that stays nearly empty all the same; @make makes it and says whether it could. */
#ifdef SHIM_HUGE_PAGES
#define shim_small_pages(make)						\
({									\
	bool _huge = shim_huge_pages, _made;				\
									\
	shim_huge_pages = false;					\
	_made = (make);							\
	shim_huge_pages = _huge;					\
	_made;								\
})
#else
#define shim_small_pages(make)	(make)
#endif

static inline void *shim_vmalloc(size_t size)
{
	void *memory = calloc(1, size);
	uintptr_t page = sysconf(_SC_PAGESIZE), begin = (uintptr_t)memory & -page;
	uintptr_t end = ((uintptr_t)memory + size + page - 1) & -page;

	/* Whole pages, so that tables that are next to each other share a huge page. */
	if (memory && shim_huge_pages)
		madvise((void *)begin, end - begin, MADV_HUGEPAGE);
	return memory;
}

#define __vmalloc(size, gfp)	((void)(gfp), shim_vmalloc(size))
#define vfree(p)		free(p)

#endif
