/* SPDX-License-Identifier: GPL-2.0 */
/*
 * given.h - rates of clients' clocks that the user gives in a file
 */
#ifndef PCAP_GIVEN_H
#define PCAP_GIVEN_H

#include <linux/types.h>

#include "conn.h"

struct given;

/**
 * given_read() - read a file of rates
 * @name: the file; each line has an address, a port or a range of ports if the rate is that
 *	of these ports alone, and ticks per second; # begins a comment
 *
 * Return: the rates. Ends the program if the file cannot be read or has another line.
 */
struct given *given_read(const char *name);

/**
 * given_find() - find the rate of a client's clock
 * @given: the rates, NULL for none
 * @conn: the client's connection
 *
 * Return: ticks per second by the first line that fits, 0 if none does.
 */
u32 given_find(const struct given *given, const struct twr_conn *conn);

/**
 * given_digest() - tell whether rates are the same
 * @given: the rates, NULL for none
 *
 * Return: a digest, 0 for no rates.
 */
u64 given_digest(const struct given *given);

/**
 * given_free() - free the rates
 * @given: the rates; may be NULL
 */
void given_free(struct given *given);

#endif
