/* SPDX-License-Identifier: GPL-2.0 */
/* Bob Jenkins' lookup3 for words, with which the kernel hashes addresses. */
#ifndef SHIM_LINUX_JHASH_H
#define SHIM_LINUX_JHASH_H

#include <linux/types.h>

#define JHASH_INITVAL		0xdeadbeef

static inline u32 jhash_rol(u32 word, unsigned int shift)
{
	return word << shift | word >> (32 - shift);
}

static inline void jhash_mix(u32 *a, u32 *b, u32 *c)
{
	*a -= *c; *a ^= jhash_rol(*c, 4); *c += *b;
	*b -= *a; *b ^= jhash_rol(*a, 6); *a += *c;
	*c -= *b; *c ^= jhash_rol(*b, 8); *b += *a;
	*a -= *c; *a ^= jhash_rol(*c, 16); *c += *b;
	*b -= *a; *b ^= jhash_rol(*a, 19); *a += *c;
	*c -= *b; *c ^= jhash_rol(*b, 4); *b += *a;
}

static inline u32 jhash_final(u32 a, u32 b, u32 c)
{
	c ^= b; c -= jhash_rol(b, 14);
	a ^= c; a -= jhash_rol(c, 11);
	b ^= a; b -= jhash_rol(a, 25);
	c ^= b; c -= jhash_rol(b, 16);
	a ^= c; a -= jhash_rol(c, 4);
	b ^= a; b -= jhash_rol(a, 14);
	c ^= b; c -= jhash_rol(b, 24);
	return c;
}

/* @n: at least one */
static inline u32 jhash2(const u32 *k, u32 n, u32 initval)
{
	u32 a = JHASH_INITVAL + (n << 2) + initval, b = a, c = a;

	for (; n > 3; n -= 3, k += 3) {
		a += k[0];
		b += k[1];
		c += k[2];
		jhash_mix(&a, &b, &c);
	}
	a += k[0];
	if (n > 1)
		b += k[1];
	if (n > 2)
		c += k[2];
	return jhash_final(a, b, c);
}

static inline u32 jhash_2words(u32 a, u32 b, u32 initval)
{
	u32 seed = JHASH_INITVAL + (2 << 2) + initval;

	return jhash_final(a + seed, b + seed, seed);
}

#endif
