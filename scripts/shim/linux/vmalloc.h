/* SPDX-License-Identifier: GPL-2.0 */
/* Memory comes from the heap, where the sanitizer checks its bounds. */
#ifndef SHIM_LINUX_VMALLOC_H
#define SHIM_LINUX_VMALLOC_H

#include <linux/slab.h>

#define __GFP_ZERO		0
#define __GFP_NOWARN		0
#define __GFP_RETRY_MAYFAIL	0

#define __vmalloc(size, gfp)	((void)(gfp), calloc(1, size))
#define vfree(p)		free(p)

#endif
