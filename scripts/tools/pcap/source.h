/* SPDX-License-Identifier: GPL-2.0 */
/*
 * source.h - the sources of segments: a file of packets, of text, or a device
 */
#ifndef PCAP_SOURCE_H
#define PCAP_SOURCE_H

#include <stdio.h>

#include "frame.h"
#include "wire.h"

/**
 * struct read_counts - what was read
 * @packets: packets, or lines of text
 * @frames: packets by their kind
 * @lines: lines of text without a segment
 */
struct read_counts {
	u64 packets;
	u64 frames[FRAMES];
	u64 lines;
};

struct source;

/**
 * struct source_kind - how a source is read
 * @next: read the next segment; false at the end or on an error
 * @close: close the source, and free its memory
 */
struct source_kind {
	bool (*next)(struct source *source);
	void (*close)(struct source *source);
};

/**
 * struct source - a source of segments
 * @kind: how to read it
 * @name: its name, for users
 * @seg: the last segment that was read
 * @counts: what was read
 * @broken: it could not be read to its end
 * @own: data of the kind
 */
struct source {
	const struct source_kind *kind;
	const char *name;
	struct segment seg;
	struct read_counts counts;
	bool broken;
	void *own;
};

/**
 * source_open() - open a file
 * @source: the source to set up
 * @name: the file, "-" for standard input
 *
 * Return: false if it cannot be read at all; the error is printed.
 */
bool source_open(struct source *source, const char *name);

/**
 * source_close() - close it
 * @source: the source
 */
void source_close(struct source *source);

/* Open @file as packets or as text; only source_open() calls these. */
bool packets_open(struct source *source, FILE *file);
bool text_open(struct source *source, FILE *file);

#endif
