/* SPDX-License-Identifier: GPL-2.0 */
/*
 * shard.h - which part of the work belongs to this run of the program
 *
 * Each part reads all packets and follows all connections, since these share one table.
 * The work that is divided is that of the engines. In an era without a death row and with
 * rows of peers, peers meet in three tables: in a row of the cache and in a row of the
 * offenders, which both follow from the low bits of the peer's hash, and in the records, of
 * which each slice has its own. So the eras are cut there, and no slice knows of the others.
 * In all other eras every connection of a machine has a say in when another one ends, or in
 * which peer is forgotten. There, one part judges a machine as a whole.
 */
#ifndef PCAP_SHARD_H
#define PCAP_SHARD_H

#include "wire.h"

/* The peers are cut in so many slices, by the low bits of their hash. A power of two. */
#define SHARD_SLICES	16

/* The most parts. */
#define SHARD_MOST	256

/**
 * struct shard - the part
 * @part: its number, from 1 to @of
 * @of: number of parts, 0 if the work is not divided
 */
struct shard {
	u32 part;
	u32 of;
};

/**
 * shard_has() - does a piece of work belong to this part?
 * @shard: the part
 * @number: number of the piece
 *
 * Return: true if it does, and in no other part.
 */
static inline bool shard_has(const struct shard *shard, u32 number)
{
	return !shard->of || number % shard->of == shard->part - 1;
}

/**
 * shard_slice() - find a peer's slice
 * @hash: the hash of the peer's key
 *
 * Return: the number of the slice, less than %SHARD_SLICES.
 */
static inline u32 shard_slice(u32 hash)
{
	return hash % SHARD_SLICES;
}

/**
 * shard_digest() - add a segment to the digest of a capture
 * @digest: the digest of the segments before, 0 if there is none
 * @seg: the segment
 *
 * Return: the digest. Parts of the same capture have the same one.
 */
static inline u64 shard_digest(u64 digest, const struct segment *seg)
{
	u64 ports = (u64)seg->sport << 48 | (u64)seg->dport << 32 | seg->seq;

	digest = (digest ^ seg->us) * 0x9e3779b97f4a7c15ULL;
	digest = (digest ^ digest >> 29 ^ ports) * 0xbf58476d1ce4e5b9ULL;
	return digest ^ digest >> 32;
}

#endif
