/* SPDX-License-Identifier: GPL-2.0 */
/* The words that the tables of recorded answers use. */
#ifndef REPLAY_VERDICT_H
#define REPLAY_VERDICT_H

enum verdict {
	ACCEPTED,	/* SYN-ACK */
	REJECTED,	/* the module counted the SYN */
	ACKED,		/* an ACK that is no SYN-ACK */
	RESET,
	SILENT,
	CONNECTED,	/* dial: the machine took our SYN-ACK */
	DISCARDED,	/* dial: the machine ignored our SYN-ACK */
	AFTER_0,	/* client: let in at once, */
	AFTER_1,	/* with its retry after so many seconds, */
	AFTER_3,
	AFTER_7,
	AFTER_15,
	AFTER_31,
	AFTER_63,
	NEVER,		/* or with none of them */
	NR_VERDICTS
};

const char *verdict_word(enum verdict v);

/* The verdict that @word names, or -1. */
int verdict_parse(const char *word);

#endif
