/* SPDX-License-Identifier: GPL-2.0 */
/*
 * merge.h - all that is read, in the order of time
 */
#ifndef PCAP_MERGE_H
#define PCAP_MERGE_H

#include "source.h"

/**
 * struct merge - several sources
 * @counts: what was read, of all
 * @failed: one could not be read to its end
 */
struct merge {
	struct source *sources;
	u32 *heap;
	u32 count;
	u32 left;
	bool began;
	struct read_counts counts;
	bool failed;
};

/**
 * merge_open() - open files
 * @merge: where they go
 * @names: their names
 * @count: their number
 */
void merge_open(struct merge *merge, char **names, int count);

/**
 * merge_next() - the next segment of all
 * @merge: the sources
 *
 * Return: it, good until the next call; NULL at the end.
 */
struct segment *merge_next(struct merge *merge);

/**
 * merge_close() - close what is open, and give all memory back
 * @merge: the sources
 */
void merge_close(struct merge *merge);

#endif
