/* SPDX-License-Identifier: GPL-2.0 */
/*
 * track.h - what the segments of both directions tell of machines and connections
 *
 * The one observer there is: what the module learns from sockets it learns from segments.
 */
#ifndef PCAP_TRACK_H
#define PCAP_TRACK_H

#include "feed.h"
#include "flow.h"

/**
 * struct track - an observer
 * @flows: the connections that it follows
 * @feed: where it tells what it observes
 * @now: when the last segment came
 * @first: when the first one came, 0 while there was none
 * @segments: how many there were
 * @twice: of these, captured twice
 * @damaged: with a wrong checksum
 * @back: dated before one that came earlier
 * @in: that went to a machine, and were no SYN
 * @out: that came from one
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
 * track_segment() - a segment was captured
 * @track: the observer
 * @seg: the segment; its time and its numbers may be set right
 */
void track_segment(struct track *track, struct segment *seg);

#endif
