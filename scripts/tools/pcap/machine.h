/* SPDX-License-Identifier: GPL-2.0 */
/*
 * machine.h - the machines that are looked at
 *
 * Each address that a SYN went to is a machine of its own, unless the user names those
 * that belong together.
 */
#ifndef PCAP_MACHINE_H
#define PCAP_MACHINE_H

#include <linux/in6.h>
#include <linux/types.h>

/* No machine. */
#define MACHINE_NONE	0

/**
 * machines_local() - these addresses belong to one machine, and no others to any
 * @text: an address, or a network as ADDRESS/BITS
 *
 * May be called again for more of the same machine. Ends the program if @text is neither.
 */
void machines_local(const char *text);

/**
 * machines_given() - did the user name the machine's addresses?
 *
 * Return: true if so.
 */
bool machines_given(void);

/**
 * machine_find() - the machine that has an address
 * @addr: the address
 *
 * Return: its number, %MACHINE_NONE if there is none.
 */
u32 machine_find(const struct in6_addr *addr);

/**
 * machine_serve() - a SYN went to an address
 * @addr: the address
 *
 * Return: number of its machine, which is made if there is none; %MACHINE_NONE if it is
 * not one of those that the user named.
 */
u32 machine_serve(const struct in6_addr *addr);

/**
 * machine_listens() - note or ask whether a SYN ever went to a port
 * @machine: number of the machine
 * @port: the port, network byte order
 * @note: note that one did
 *
 * Return: true if one did, before.
 */
bool machine_listens(u32 machine, __be16 port, bool note);

/**
 * machines_count() - how many there are
 *
 * Return: their number; their numbers are those from 1 to this.
 */
u32 machines_count(void);

/**
 * machines_free() - forget all of them
 */
void machines_free(void);

#endif
