/* SPDX-License-Identifier: GPL-2.0 */
/* A hash of the bytes: any that spreads them will do here (FNV-1a). */
#ifndef FUZZ_LINUX_SIPHASH_H
#define FUZZ_LINUX_SIPHASH_H

#include <linux/types.h>

struct fuzz_hash_key {
	u64 key[2];
};

#define siphash_key_t	struct fuzz_hash_key
#define hsiphash_key_t	struct fuzz_hash_key

static inline u64 siphash(const void *data, size_t len,
			  const siphash_key_t *key)
{
	u64 hash = key->key[0] ^ 0xcbf29ce484222325;
	const u8 *byte = data;

	while (len--)
		hash = (hash ^ *byte++) * 0x100000001b3;
	return hash ^ hash >> 32;
}

static inline u32 hsiphash(const void *data, size_t len,
			   const hsiphash_key_t *key)
{
	return siphash(data, len, key);
}

static inline u32 hsiphash_2u32(u32 a, u32 b, const hsiphash_key_t *key)
{
	u32 words[] = { a, b };

	return hsiphash(words, sizeof(words), key);
}

#endif
