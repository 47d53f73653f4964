/* SPDX-License-Identifier: GPL-2.0 */
/* Sizes by name. */
#ifndef SHIM_LINUX_SIZES_H
#define SHIM_LINUX_SIZES_H

#include <linux/gfp.h>

#define SZ_512M	0x20000000
#define SZ_1G	0x40000000

#endif
