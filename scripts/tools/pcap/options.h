/* SPDX-License-Identifier: GPL-2.0 */
/*
 * options.h - what the user asks for
 */
#ifndef PCAP_OPTIONS_H
#define PCAP_OPTIONS_H

#include <linux/types.h>

/**
 * struct options - what the user asks for
 * @files: files to read, as they stand on the command line
 * @count: their number
 * @device: or a device to listen to, NULL for none
 * @eras: eras, as judge_add() takes them
 * @interval: seconds between lines of rates, 0 for none
 * @top: how many offenders, -1 for none
 * @json: print one object
 * @events: print the lines of the tracepoints
 * @syns: print a line for each SYN
 * @connections: the most that are followed
 * @rows: rows of the cache, 0 for what the old kernels had
 * @hz: ticks a second of all clients' clocks, 0 to tell by each
 */
struct options {
	char **files;
	int count;
	const char *device;
	const char *eras;
	u32 interval;
	int top;
	bool json;
	bool events;
	bool syns;
	u32 connections;
	u32 rows;
	u32 hz;
};

/**
 * options_read() - read the command line
 * @options: where it goes
 * @argc: as in main()
 * @argv: as in main()
 *
 * Ends the program if it makes no sense, or asks for help.
 */
void options_read(struct options *options, int argc, char **argv);

#endif
