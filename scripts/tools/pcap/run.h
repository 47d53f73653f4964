/* SPDX-License-Identifier: GPL-2.0 */
/*
 * run.h - the state of the program while it reads a capture
 */
#ifndef PCAP_RUN_H
#define PCAP_RUN_H

#include "capture.h"
#include "judge.h"
#include "loop.h"
#include "options.h"
#include "source.h"
#include "track.h"

/**
 * struct run - one run of the program
 * @options: the command line
 * @judge: the eras
 * @loop: the closed loop, NULL if it was not asked for
 * @loop_added: the closed loop of all parts as JSON, NULL if there is none
 * @track: the observer
 * @counts: what was read
 * @dropped: packets of a device that the kernel dropped
 * @digest: of all segments, as from shard_digest()
 * @capture: what the report tells of the capture
 */
struct run {
	struct options options;
	struct judge judge;
	struct loop *loop;
	char *loop_added;
	struct track track;
	struct read_counts counts;
	u64 dropped;
	u64 digest;
	struct capture capture;
};

#endif
