/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ports.h - the ports that SYNs went to, and the answers from there
 *
 * If no SYN to a port was ever answered, the check is not the reason.
 */
#ifndef PCAP_PORTS_H
#define PCAP_PORTS_H

#include "feed.h"

/**
 * ports_count() - count a SYN to a port
 * @machine: number of the machine
 * @port: the port, network byte order
 * @answer: the answer to it
 */
void ports_count(u32 machine, __be16 port, enum answer answer);

/**
 * ports_dead() - count SYNs without an answer to ports where none was ever answered
 * @ports: set to the number of such ports
 *
 * Return: the number of SYNs.
 */
u64 ports_dead(u64 *ports);

/**
 * ports_free() - forget all ports
 */
void ports_free(void);

#endif
