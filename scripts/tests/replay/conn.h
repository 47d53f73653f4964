/* SPDX-License-Identifier: GPL-2.0 */
/* A connection while it is played, and what the kinds of steps share. */
#ifndef REPLAY_CONN_H
#define REPLAY_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "peer.h"
#include "play.h"
#include "script.h"

#define ANSWER_NS	(300 * MS)	/* for an answer to a SYN */
#define GAP_NS		(2 * MS)	/* between two segments, where a mode has two */
/*
 * How long to wait for what must come at once. This is shorter than the first
 * retransmission (200 ms), so that a missing segment does not cause others.
 */
#define DEED_NS		(100 * MS)
/*
 * How long to wait for a connection that the program accepts. If a queue was full there
 * is none, and the recordings waited that long.
 */
#define ACCEPT_NS	(1000 * MS)
#define SETTLE_NS	(5 * MS)	/* of silence, after a segment or an action */

#define CONN_MSS	1460

struct conn {
	const struct step *step;
	struct outcome *outcome;
	struct peer peer;
	int fd;			/* the program's end, or -1 */
	bool stranger;		/* @fd is another connection, which waited longer */
	uint32_t fin;		/* F: TSval of the FIN */
};

/* Notes what did not go as the script says. Only the first note is kept. */
void trouble(struct outcome *outcome, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void pause_for(int64_t ns);

/* Starts a connection of @step, with a sequence number of its own. */
void conn_init(struct conn *c, const struct step *step, struct outcome *outcome);

/* @serve: play a connection on although the module counted its SYN. */
void conn_start(bool serve);

void conn_play(const struct step *step, struct outcome *outcome);

/* Closes as @mode says; never CLOSE_QUEUED, CLOSE_HALF or CLOSE_PROBE. */
void conn_close(struct conn *c, enum close_mode mode);

/* Sends one segment of ten bytes, which the program reads. */
void conn_send_data(struct conn *c, uint32_t tsval, bool fin_acked);

/* Returns whether the counter has grown since the last call; it may grow by @max. */
bool counter_moved(struct outcome *outcome, uint64_t max);

/* Ignores what was counted up to now. */
void counter_skip(void);

void dial_play(const struct step *step, struct outcome *outcome);

#endif
