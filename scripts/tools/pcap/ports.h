/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ports.h - the ports that SYNs went to, and how they were answered there
 *
 * Where no SYN was ever answered, it is not the check that drops them.
 */
#ifndef PCAP_PORTS_H
#define PCAP_PORTS_H

#include "feed.h"

/**
 * ports_count() - a SYN went to a port
 * @machine: number of the machine
 * @port: the port, network byte order
 * @answer: what it was answered with
 */
void ports_count(u32 machine, __be16 port, enum answer answer);

/**
 * ports_dead() - SYNs without an answer on ports where none was ever answered
 * @ports: set to the number of such ports
 *
 * Return: the number of SYNs.
 */
u64 ports_dead(u64 *ports);

/**
 * ports_free() - forget all of them
 */
void ports_free(void);

#endif
