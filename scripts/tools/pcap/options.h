/* SPDX-License-Identifier: GPL-2.0 */
/*
 * options.h - reads the command line
 */
#ifndef PCAP_OPTIONS_H
#define PCAP_OPTIONS_H

#include <linux/types.h>

#include "shard.h"

/**
 * struct options - the command line
 * @files: names of the files to read
 * @count: number of files
 * @device: a device to capture from, NULL for none
 * @eras: eras, as judge_add() takes them
 * @locals: addresses of the machine as the user wrote them, with commas between; NULL for
 *	none
 * @shard: the part that belongs to this run
 * @add: the files are the JSON of parts
 * @interval: seconds between lines of rates, 0 for none
 * @top: number of offenders to print, -1 for no such list
 * @json: print one JSON object
 * @events: print the lines of the tracepoints
 * @syns: print a line for each SYN
 * @connections: most connections to follow
 * @rows: rows of the cache, 0 for the old kernels' default
 * @closed_loop: play the clients to the eras, until each gets in
 * @retries: name of the schedule by which clients send SYNs again
 * @clocks: file with rates of clients' clocks, NULL for none
 * @hz: ticks a second of all clients' clocks, 0 to measure each
 */
struct options {
	char **files;
	int count;
	const char *device;
	const char *eras;
	char *locals;
	struct shard shard;
	bool add;
	u32 interval;
	int top;
	bool json;
	bool events;
	bool syns;
	bool closed_loop;
	const char *retries;
	const char *clocks;
	u32 connections;
	u32 rows;
	u32 hz;
};

/**
 * options_read() - read the command line
 * @options: the options to set
 * @argc: as in main()
 * @argv: as in main()
 *
 * Ends the program after an error, or if the user asks for help.
 */
void options_read(struct options *options, int argc, char **argv);

#endif
