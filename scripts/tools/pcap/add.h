/* SPDX-License-Identifier: GPL-2.0 */
/*
 * add.h - adds the JSON of all parts up to that of the whole
 */
#ifndef PCAP_ADD_H
#define PCAP_ADD_H

#include "conn.h"
#include "stats.h"

struct run;
struct tree;

/**
 * struct added_offender - an offender of a part
 * @key: the peer, without its hash
 * @rejected: its rejected SYNs
 * @text: the offender as the part has written it
 * @len: length of @text
 */
struct added_offender {
	struct twr_key key;
	u64 rejected;
	const char *text;
	size_t len;
};

/**
 * struct added_era - the sums of an era
 * @values: the sums of twr_counter_files
 * @peers: peers in the cache at the end
 * @offenders: the offenders of all parts, most rejected first
 * @count: number of offenders
 */
struct added_era {
	u64 values[TWR_COUNTER_FILES];
	u64 peers;
	struct added_offender *offenders;
	u32 count;
};

/**
 * add_address() - get an address of an object
 * @tree: the object
 * @name: name of the address
 * @addr: set to it
 *
 * Return: false if there is none.
 */
bool add_address(const struct tree *tree, const char *name, struct in6_addr *addr);

/**
 * add() - add parts up, and print the JSON of the whole
 * @run: a run with its options; all else is zero
 *
 * Ends the program if a file is no part, or if the parts are not all parts of one run.
 */
void add(struct run *run);

#endif
