/* SPDX-License-Identifier: GPL-2.0 */
/* Plays one step of a script against the machine's own TCP. */
#ifndef REPLAY_PLAY_H
#define REPLAY_PLAY_H

#include <stdbool.h>

#include "delivery.h"
#include "script.h"
#include "verdict.h"

struct outcome {
	enum verdict verdict;		/* of a conn or a dial */
	/* What did not go as the script has it, or an empty string. */
	char trouble[160];
};

/* Plays begin @ms after a second's turn, 500 unless this says otherwise. */
void play_at_phase(unsigned int ms);

/*
 * Sets up device and program; segments will come in by @how. A connection whose
 * SYN was counted ends there, as in the old world, unless @serve: then it goes on
 * as in this one, and it is up to the module to know better. What goes over the
 * wire is recorded in the file @capture, if it is not NULL. Exits on failure.
 */
void play_start(enum delivery how, bool serve, const char *capture);

/* From now on the module is not told the rates of clients' clocks. */
void play_guess_rate(void);

void play_end(void);

/* Plays @step. Exits when the machine under test cannot be used. */
void play_step(const struct step *step, struct outcome *outcome);

#endif
