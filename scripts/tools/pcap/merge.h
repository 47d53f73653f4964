/* SPDX-License-Identifier: GPL-2.0 */
/*
 * merge.h - merges the segments of several sources by time
 */
#ifndef PCAP_MERGE_H
#define PCAP_MERGE_H

#include "source.h"

/**
 * struct merge - several sources
 * @counts: what was read from all sources
 * @failed: a source could not be read to its end
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
 * @merge: the sources to set up
 * @names: their names
 * @count: their number
 */
void merge_open(struct merge *merge, char **names, int count);

/**
 * merge_next() - get the next segment of all sources
 * @merge: the sources
 *
 * Return: the segment, valid until the next call; NULL at the end.
 */
struct segment *merge_next(struct merge *merge);

/**
 * merge_close() - close all sources, and free all memory
 * @merge: the sources
 */
void merge_close(struct merge *merge);

#endif
