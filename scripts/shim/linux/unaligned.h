/* SPDX-License-Identifier: GPL-2.0 */
/* Linux 6.12 moved the header here. */
#ifndef SHIM_LINUX_UNALIGNED_H
#define SHIM_LINUX_UNALIGNED_H

#include <asm/unaligned.h>

#endif
