/* SPDX-License-Identifier: GPL-2.0 */
/* The placement of data does not matter here. */
#ifndef SHIM_LINUX_CACHE_H
#define SHIM_LINUX_CACHE_H

#define __read_mostly

#endif
