/* SPDX-License-Identifier: GPL-2.0 */
/*
 * capture.h - the numbers of a capture that are of no era
 */
#ifndef PCAP_CAPTURE_H
#define PCAP_CAPTURE_H

#include <linux/types.h>

struct run;

/* In the order of the JSON; capture_names has their keys. */
enum capture_number {
	CAPTURE_PACKETS,
	CAPTURE_SEGMENTS,
	CAPTURE_NOT_TCP,
	CAPTURE_CUT,
	CAPTURE_FRAGMENTS,
	CAPTURE_UNKNOWN_LINES,
	CAPTURE_TWICE,
	CAPTURE_DAMAGED,
	CAPTURE_BACKWARDS,
	CAPTURE_IN,
	CAPTURE_OUT,
	CAPTURE_AGAIN,
	CAPTURE_MACHINES,
	CAPTURE_FORGOTTEN,
	CAPTURE_DROPPED,
	CAPTURE_NUMBERS
};

extern const char *const capture_names[CAPTURE_NUMBERS];

/**
 * struct capture - the numbers
 * @number: by enum capture_number
 * @dead_syns: SYNs without an answer to ports where none was ever answered
 * @dead_ports: number of these ports
 * @local: the user named the machine's addresses
 */
struct capture {
	u64 number[CAPTURE_NUMBERS];
	u64 dead_syns;
	u64 dead_ports;
	bool local;
};

/**
 * capture_count() - set the numbers of a run
 * @run: the run, at its end
 */
void capture_count(struct run *run);

#endif
