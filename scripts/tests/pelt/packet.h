/* SPDX-License-Identifier: GPL-2.0 */
/* Packets that no normal peer would send. */
#ifndef PELT_PACKET_H
#define PELT_PACKET_H

#include "segment.h"

#define PACKET_MAX	4096
#define PIECES_MAX	8

struct packet {
	size_t len;
	uint8_t bytes[PACKET_MAX];
};

/*
 * Makes a packet of the segment, or fragments of it, in @packets, which has room for
 * PIECES_MAX. Most packets are right, some are broken in one or several ways. Returns
 * the number of packets.
 */
size_t packet_make(const struct segment *seg, struct packet *packets);

#endif
