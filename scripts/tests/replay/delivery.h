/* SPDX-License-Identifier: GPL-2.0 */
/* How the peers' segments reach the machine under test. */
#ifndef REPLAY_DELIVERY_H
#define REPLAY_DELIVERY_H

#include <stddef.h>
#include <stdint.h>

#include "segment.h"

enum delivery {
	DELIVERY_TUN,		/* as from the network, through the TUN device */
	DELIVERY_LOOPBACK,	/* over lo, with the route of the sender */
	NR_DELIVERIES
};

/* Returns the delivery that @word names, or -1. */
int delivery_parse(const char *word);

/* Prepares to send as @how says, after @tun is up. Exits on failure. */
void delivery_open(enum delivery how, int tun);

void delivery_close(void);

/* Sends one packet to @dst, the machine. Exits on failure. */
void delivery_send(const struct addr *dst, const uint8_t *packet, size_t len);

#endif
