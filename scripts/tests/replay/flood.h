/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A flood of SYNs, in bursts between the segments of the script's own peers: from
 * strangers, each with an address that never comes again, or from one address that
 * the machine may know.
 */
#ifndef REPLAY_FLOOD_H
#define REPLAY_FLOOD_H

#include <stdbool.h>
#include <stdint.h>

#include "peer.h"

/* Bursts will be of @syns, to @port of the machine. */
void flood_on(unsigned int syns, uint16_t port);

/*
 * They will all come from @from, with the oldest TSval, and each is taken back with a
 * RST, so that no queue fills. Ports are used in turn.
 */
void flood_from(const struct addr *from);

/* Listens where the flood goes to, if nobody does. Exits on failure. */
void flood_start(void);

/*
 * Sends a burst, takes in meanwhile what comes for @peer and measures the memory of
 * the machine. False if there is to be no flood.
 */
bool flood_burst(struct peer *peer);

/* Prints how many SYNs there were, how fast, and the bounds of the machine's memory. */
void flood_end(void);

#endif
