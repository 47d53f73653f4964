/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All possible connections between the peers and the machine, and the state of each as
 * its peer knows it. From this state pelt makes the next segment, right or slightly
 * wrong.
 */
#ifndef PELT_FLOW_H
#define PELT_FLOW_H

#include "segment.h"

#define PORT_SERVED	80	/* accepted, and used in every way */
#define PORT_STUCK	81	/* one connection is never accepted, others find the queue full */
#define PORT_BRIEF	82	/* accepted and closed at once */
#define PORT_CLOSED	83	/* no listener */
#define PORT_ACTIVE	84	/* and the next ones: the machine connects from these */
#define PORTS_ACTIVE	4

struct flow {
	struct addr peer, local;
	uint16_t peer_port, local_port;
	uint32_t seq;			/* the sequence number that the peer sends next */
	uint32_t ack;			/* the number that the machine will send next */
	uint32_t tsval;			/* the peer's clock */
	uint32_t tsecr;			/* the machine's clock, from its last segment */
	uint8_t heard;			/* flags of the machine's last segment */
	bool timed;			/* the peer uses timestamps in it */
};

/* Initializes all flows. No segment has been received yet. */
void flow_init(void);

/* Returns any flow, mostly to a port with a listener. */
struct flow *flow_any(void);

/* Returns a flow in which the machine has sent lately; any flow if there is none. */
struct flow *flow_recent(void);

/* Returns any flow from a peer to a port that the machine connects from. */
struct flow *flow_active(void);

/* Updates the flow of a segment that the machine has sent. */
void flow_hear(const struct segment *seg);

#endif
