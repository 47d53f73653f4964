/* SPDX-License-Identifier: GPL-2.0 */
/* Prefetching changes no result. */
#ifndef SHIM_LINUX_PREFETCH_H
#define SHIM_LINUX_PREFETCH_H

#define prefetch(address)	((void)(address))

#endif
