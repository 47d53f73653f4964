/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers at any address. */
#ifndef SHIM_ASM_GENERIC_UNALIGNED_H
#define SHIM_ASM_GENERIC_UNALIGNED_H

#define get_unaligned(ptr) ({						\
	const struct {							\
		__typeof__(*(ptr)) x;					\
	} __attribute__((packed)) *_ptr = (const void *)(ptr);		\
									\
	_ptr->x;							\
})

#endif
