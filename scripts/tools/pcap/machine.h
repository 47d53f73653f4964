/* SPDX-License-Identifier: GPL-2.0 */
/*
 * machine.h - the observed machines
 *
 * Each address that a SYN went to is a machine of its own, unless the user names the
 * addresses of one machine.
 */
#ifndef PCAP_MACHINE_H
#define PCAP_MACHINE_H

#include <linux/in6.h>
#include <linux/types.h>

/* No machine. */
#define MACHINE_NONE	0

/**
 * machines_local() - set addresses of the one machine to observe
 * @text: an address, or a network as ADDRESS/BITS
 *
 * May be called again for more of its addresses. Ends the program if @text is neither.
 */
void machines_local(const char *text);

/**
 * machines_given() - did the user name addresses of the machine?
 *
 * Return: true if so.
 */
bool machines_given(void);

/**
 * machine_find() - find the machine of an address
 * @addr: the address
 *
 * Return: its number, %MACHINE_NONE if there is none.
 */
u32 machine_find(const struct in6_addr *addr);

/**
 * machine_serve() - find or add the machine of an address that a SYN went to
 * @addr: the address
 *
 * Return: number of the machine; %MACHINE_NONE if the user has named others, and this
 * address is not one of them.
 */
u32 machine_serve(const struct in6_addr *addr);

/**
 * machine_listens() - did a SYN ever go to a port?
 * @machine: number of the machine
 * @port: the port, network byte order
 * @note: note that a SYN has gone to the port
 *
 * Return: true if a SYN went to the port before.
 */
bool machine_listens(u32 machine, __be16 port, bool note);

/**
 * machines_count() - count the machines
 *
 * Return: their number; the machines have the numbers from 1 to this.
 */
u32 machines_count(void);

/**
 * machines_free() - forget all machines
 */
void machines_free(void);

#endif
