/* SPDX-License-Identifier: GPL-2.0 */
/* The words in the tables of recorded answers. */
#ifndef REPLAY_VERDICT_H
#define REPLAY_VERDICT_H

enum verdict {
	ACCEPTED,	/* SYN-ACK */
	REJECTED,	/* the module counted the SYN */
	ACKED,		/* an ACK without SYN */
	RESET,
	SILENT,
	CONNECTED,	/* dial: the machine accepted the peer's SYN-ACK */
	DISCARDED,	/* dial: the machine ignored the peer's SYN-ACK */
	AFTER_0,	/* client: accepted at once, */
	AFTER_1,	/* with its retry after so many seconds, */
	AFTER_3,
	AFTER_7,
	AFTER_15,
	AFTER_31,
	AFTER_63,
	NEVER,		/* or with no retry */
	UNKNOWN,	/* the module had to give the client up */
	LEFT_OUT,	/* no answer was recorded, because of a tie */
	NR_VERDICTS
};

const char *verdict_word(enum verdict v);

/* Returns the verdict that @word names, or -1. */
int verdict_parse(const char *word);

#endif
