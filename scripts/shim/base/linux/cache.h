/* SPDX-License-Identifier: GPL-2.0 */
/* Where something lies is all the same. */
#ifndef SHIM_LINUX_CACHE_H
#define SHIM_LINUX_CACHE_H

#define __read_mostly

#endif
