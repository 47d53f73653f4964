/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The small TCP at the other end of the TUN device. It does nothing by itself: it keeps
 * the sequence numbers of one connection, notes what the machine under test has sent,
 * and sends what it is told to send.
 */
#ifndef REPLAY_PEER_H
#define REPLAY_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "segment.h"

#define MS	1000000LL	/* in nanoseconds */

/* what the machine has sent on this connection so far */
enum {
	SEEN_SYN	= 1 << 0,
	SEEN_SYNACK	= 1 << 1,	/* of the peer's SYN */
	SEEN_ACK	= 1 << 2,	/* only an ACK */
	SEEN_FIN	= 1 << 3,
	SEEN_RST	= 1 << 4,
};

struct peer {
	struct addr peer, machine;
	uint16_t peer_port, machine_port;	/* machine_port 0: that of the first SYN */
	bool ts;			/* the peer's segments have timestamps */
	uint32_t tsecr;			/* last TSval received */
	uint32_t iss;
	uint32_t snd_nxt;
	uint32_t rcv_nxt;		/* after what came in order, without a FIN */
	unsigned int seen;
};

/* CLOCK_MONOTONIC in nanoseconds. */
int64_t peer_clock(void);

/* Sets the device for all that follows. */
void peer_start(int device);

/* @hears is called for every segment of the machine, for whatever peer. */
void peer_hear_all(void (*hears)(const struct segment *seg));

/*
 * Receives from the machine until @peer has seen one of @what, or until @fd (a socket
 * of the program, or -1) can be read, but at most for @ns. Returns false if the time is
 * over. @peer may be NULL; then all segments are dropped.
 */
bool peer_wait(struct peer *peer, unsigned int what, int fd, int64_t ns);

/* Receives what the machine has already sent. */
void peer_drain(struct peer *peer);

/* Receives from the machine until it is silent for @ns, less than 1 s. */
void peer_settle(int64_t ns);

/*
 * A segment with the next sequence number, which acknowledges all that came in order
 * but no FIN. A SYN has no ACK number and no TSecr yet.
 */
struct segment peer_segment(const struct peer *peer, uint8_t flags,
			    uint32_t tsval);

/* Sends @seg and moves snd_nxt past it, if it began at snd_nxt. */
void peer_send(struct peer *peer, const struct segment *seg);

#endif
