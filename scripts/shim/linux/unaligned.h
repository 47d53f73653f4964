/* SPDX-License-Identifier: GPL-2.0 */
/* Where 6.12 moved it to. */
#ifndef SHIM_LINUX_UNALIGNED_H
#define SHIM_LINUX_UNALIGNED_H

#include <asm/unaligned.h>

#endif
