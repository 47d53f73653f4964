/* SPDX-License-Identifier: GPL-2.0 */
/* Packets as no sane peer would send them. */
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
 * Makes one packet of the segment, or the fragments of one, in @packets, of which
 * there are PIECES_MAX. Mostly whole, sometimes broken in one way or several.
 * Returns how many there are to be sent.
 */
size_t packet_make(const struct segment *seg, struct packet *packets);

#endif
