/* SPDX-License-Identifier: GPL-2.0 */
/*
 * track.h - what the segments of both directions show about machines and connections
 *
 * The only observer: it learns from segments what the module learns from sockets.
 */
#ifndef PCAP_TRACK_H
#define PCAP_TRACK_H

#include "feed.h"
#include "flow.h"

/**
 * struct track - an observer
 * @flows: the connections that it follows
 * @feed: gets its observations
 * @now: when the last segment came
 * @first: when the first one came, 0 before that
 * @segments: number of segments
 * @twice: segments that were captured twice
 * @damaged: segments with a wrong checksum
 * @back: segments that are dated before an earlier one
 * @in: segments to a machine, without SYNs
 * @out: segments from a machine
 */
struct track {
	struct flows *flows;
	struct feed *feed;
	u64 now;
	u64 first;
	u64 segments;
	u64 twice;
	u64 damaged;
	u64 back;
	u64 in;
	u64 out;
};

/**
 * track_segment() - handle a captured segment
 * @track: the observer
 * @seg: the segment; its time and its numbers may be corrected
 */
void track_segment(struct track *track, struct segment *seg);

#endif
