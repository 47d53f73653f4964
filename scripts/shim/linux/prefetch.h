/* SPDX-License-Identifier: GPL-2.0 */
/* To get memory early changes nothing. */
#ifndef SHIM_LINUX_PREFETCH_H
#define SHIM_LINUX_PREFETCH_H

#define prefetch(address)	((void)(address))

#endif
