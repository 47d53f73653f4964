/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The small TCP at the other end of the TUN device. It does nothing of its own
 * accord: it keeps the sequence numbers of one connection, notes what the
 * machine under test sent, and sends what it is told to.
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
	SEEN_SYNACK	= 1 << 1,	/* of our SYN */
	SEEN_ACK	= 1 << 2,	/* nothing but an ACK */
	SEEN_FIN	= 1 << 3,
	SEEN_RST	= 1 << 4,
};

struct peer {
	struct addr peer, machine;
	uint16_t peer_port, machine_port;	/* machine_port 0: that of the first SYN */
	bool ts;			/* our segments carry timestamps */
	uint32_t tsecr;			/* last TSval received */
	uint32_t iss;
	uint32_t snd_nxt;
	uint32_t rcv_nxt;		/* of what came in order, a FIN not counted */
	unsigned int seen;
};

/* CLOCK_MONOTONIC in nanoseconds. */
int64_t peer_clock(void);

/* All that follows goes over this device. */
void peer_start(int device);

/* @hears gets every segment of the machine that is taken in, whoever it is for. */
void peer_hear_all(void (*hears)(const struct segment *seg));

/*
 * Takes in what the machine sends until @peer has seen one of @what, or @fd
 * (of the program, or -1) can be read, or else for @ns. True unless the time ran
 * out. @peer may be NULL: all is thrown away.
 */
bool peer_wait(struct peer *peer, unsigned int what, int fd, int64_t ns);

/* Takes in what the machine has sent already. */
void peer_drain(struct peer *peer);

/* Takes in what the machine sends until it has been silent for @ns, less than 1 s. */
void peer_settle(int64_t ns);

/*
 * A segment with the next sequence number, that acknowledges all that came in
 * order but no FIN. The SYN has neither an ACK number nor a TSecr yet.
 */
struct segment peer_segment(const struct peer *peer, uint8_t flags,
			    uint32_t tsval);

/* Sends @seg and moves snd_nxt past it if it began there. */
void peer_send(struct peer *peer, const struct segment *seg);

#endif
