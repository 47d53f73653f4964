/* SPDX-License-Identifier: GPL-2.0 */
/* Memory comes from the heap, where the sanitizer checks its bounds. */
#ifndef SHIM_LINUX_SLAB_H
#define SHIM_LINUX_SLAB_H

#include <linux/types.h>
#include <stdlib.h>

#define kmalloc(size, gfp)		((void)(gfp), malloc(size))
#define kzalloc(size, gfp)		((void)(gfp), calloc(1, size))
#define kvcalloc(n, size, gfp)		((void)(gfp), calloc(n, size))
#define kfree(p)			free(p)
#define kvfree(p)			free(p)

#endif
