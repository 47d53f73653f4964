/* SPDX-License-Identifier: GPL-2.0 */
/*
 * world.h - plays the clients of a capture to the simulated kernel of an era
 *
 * Each client sends its SYN at the time of the capture. A SYN that the simulated kernel
 * drops is sent again by the schedule, with the TSval of that time. Once a SYN gets in, the
 * connection of the capture follows, so much later as the SYN came later: its close leaves
 * its stamp then, with the TSval of then. What was never let in leaves nothing.
 */
#ifndef PCAP_WORLD_H
#define PCAP_WORLD_H

#include <linux/types.h>

struct loop;

/**
 * world_run() - play all clients to an era
 * @loop: the loop
 * @era: number of the era; what becomes of the clients is set there
 */
void world_run(struct loop *loop, u32 era);

#endif
