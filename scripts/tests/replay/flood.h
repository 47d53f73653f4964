/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A flood of SYNs, in bursts between the segments of the script's peers. The SYNs come
 * from strangers, each from an address that is used once, or all from one address that
 * the machine may know.
 */
#ifndef REPLAY_FLOOD_H
#define REPLAY_FLOOD_H

#include <stdbool.h>
#include <stdint.h>

#include "peer.h"

/* Sets bursts of @syns SYNs, to @port of the machine. */
void flood_on(unsigned int syns, uint16_t port);

/*
 * All SYNs come from @from, with the oldest TSval. A RST follows each, so that no queue
 * fills. Ports are used in turn.
 */
void flood_from(const struct addr *from);

/* No RST follows the SYNs of flood_from(): their requests stay until they time out. */
void flood_leave_pending(void);

/* Listens on the port of the flood, if it has no listener. Exits on failure. */
void flood_start(void);

/*
 * Sends a burst, receives meanwhile for @peer, and measures the memory of the machine.
 * Return: false if there is no flood.
 */
bool flood_burst(struct peer *peer);

/* Prints the number of SYNs, their rate, and the bounds of the machine's memory. */
void flood_end(void);

#endif
