/* SPDX-License-Identifier: GPL-2.0 */
/* One connection while it is played, and what the kinds of steps share. */
#ifndef REPLAY_CONN_H
#define REPLAY_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "peer.h"
#include "play.h"
#include "script.h"

#define ANSWER_NS	(300 * MS)	/* for an answer to a SYN */
#define GAP_NS		(2 * MS)	/* between two segments, where a mode has one */
/*
 * For what must come at once. Shorter than the first retransmission (200 ms),
 * so that a segment that never comes does not set off others.
 */
#define DEED_NS		(100 * MS)
/*
 * For a connection that the program is to accept. Where a queue was full there is
 * none, and this is how long the recordings looked for it.
 */
#define ACCEPT_NS	(1000 * MS)
#define SETTLE_NS	(5 * MS)	/* of silence, after a segment or a deed */

#define CONN_MSS	1460

struct conn {
	const struct step *step;
	struct outcome *outcome;
	struct peer peer;
	int fd;			/* the program's end, or -1 */
	bool stranger;		/* of another connection, which waited longer */
	uint32_t fin;		/* F */
};

/* Notes what did not go as the script has it; the first says most, and stays. */
void trouble(struct outcome *outcome, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void pause_for(int64_t ns);

/* A new connection of @step, with a sequence number of its own. */
void conn_init(struct conn *c, const struct step *step, struct outcome *outcome);

/* @serve: a connection goes on although its SYN was counted. */
void conn_start(bool serve);

void conn_play(const struct step *step, struct outcome *outcome);

/* What @mode is; CLOSE_QUEUED, CLOSE_HALF and CLOSE_PROBE never come so far. */
void conn_close(struct conn *c, enum close_mode mode);

/* One segment of ten bytes, which the program reads. */
void conn_send_data(struct conn *c, uint32_t tsval, bool fin_acked);

/* Whether the module counted since the last look; it must be @max at most. */
bool counter_moved(struct outcome *outcome, uint64_t max);

/* What was counted up to here is nobody's. */
void counter_skip(void);

void dial_play(const struct step *step, struct outcome *outcome);

#endif
