/* SPDX-License-Identifier: GPL-2.0 */
/*
 * source.h - where segments come from: a file of packets, of text, or a device
 */
#ifndef PCAP_SOURCE_H
#define PCAP_SOURCE_H

#include <stdio.h>

#include "frame.h"
#include "wire.h"

/**
 * struct read_counts - what was read
 * @packets: packets, or lines of text
 * @frames: of packets, by what they were
 * @lines: lines of text that are no segment
 */
struct read_counts {
	u64 packets;
	u64 frames[FRAMES];
	u64 lines;
};

struct source;

/**
 * struct source_kind - how a source is read
 * @next: read the next segment; false at the end, or where it is broken
 * @close: close it, and give its memory back
 */
struct source_kind {
	bool (*next)(struct source *source);
	void (*close)(struct source *source);
};

/**
 * struct source - where segments come from
 * @kind: how it is read
 * @name: for people
 * @seg: the last segment that was read
 * @counts: what was read
 * @broken: it broke off
 * @own: what the kind keeps
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
 * @source: where it goes
 * @name: the file, "-" for standard input
 *
 * Return: false if it cannot be read at all, which was told.
 */
bool source_open(struct source *source, const char *name);

/**
 * source_close() - close it
 * @source: the source
 */
void source_close(struct source *source);

/* How each kind is opened: packets of @file; text of @file; for source_open() alone. */
bool packets_open(struct source *source, FILE *file);
bool text_open(struct source *source, FILE *file);

#endif
