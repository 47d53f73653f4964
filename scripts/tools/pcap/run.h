/* SPDX-License-Identifier: GPL-2.0 */
/*
 * run.h - all that there is while a capture is read, for those who report on it
 */
#ifndef PCAP_RUN_H
#define PCAP_RUN_H

#include "judge.h"
#include "options.h"
#include "source.h"
#include "track.h"

/**
 * struct run - one run of the program
 * @options: what is asked for
 * @judge: the eras
 * @track: the observer
 * @counts: what was read
 * @dropped: packets that the kernel dropped, of a device
 */
struct run {
	struct options options;
	struct judge judge;
	struct track track;
	struct read_counts counts;
	u64 dropped;
};

#endif
