/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers at any address. */
#ifndef SHIM_ASM_UNALIGNED_H
#define SHIM_ASM_UNALIGNED_H

#include <asm-generic/unaligned.h>
#include <asm/byteorder.h>

#define get_unaligned_be32(p)	__be32_to_cpu(get_unaligned((const __be32 *)(p)))

#endif
