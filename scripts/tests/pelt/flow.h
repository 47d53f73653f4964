/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The connections there can be between the peers and the machine, and what was
 * heard of each: what comes next in it can then be told, or missed by little.
 */
#ifndef PELT_FLOW_H
#define PELT_FLOW_H

#include "segment.h"

#define PORT_SERVED	80	/* accepted, and used in every way */
#define PORT_STUCK	81	/* one is never accepted, more find no room */
#define PORT_BRIEF	82	/* accepted and closed at once */
#define PORT_CLOSED	83	/* nobody listens */
#define PORT_ACTIVE	84	/* and the next: from here the machine connects */
#define PORTS_ACTIVE	4

struct flow {
	struct addr peer, local;
	uint16_t peer_port, local_port;
	uint32_t seq;			/* what the peer is to send next */
	uint32_t ack;			/* what the machine will send next */
	uint32_t tsval;			/* the peer's clock */
	uint32_t tsecr;			/* the machine's, as last heard */
	uint8_t heard;			/* flags of what was last heard */
	bool timed;			/* the peer uses timestamps in it */
};

/* Sets up all flows, with nothing heard of them. */
void flow_init(void);

/* Any flow, mostly to a port where somebody listens. */
struct flow *flow_any(void);

/* One of those that were heard of lately; any if there is none. */
struct flow *flow_recent(void);

/* An idle flow from a peer to a port that the machine connects from. */
struct flow *flow_active(void);

/* Takes in what the machine sends. */
void flow_hear(const struct segment *seg);

#endif
