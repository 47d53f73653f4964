/* SPDX-License-Identifier: GPL-2.0 */
/* Plays one step of a script against the machine's TCP. */
#ifndef REPLAY_PLAY_H
#define REPLAY_PLAY_H

#include <stdbool.h>

#include "delivery.h"
#include "script.h"
#include "verdict.h"

struct outcome {
	enum verdict verdict;		/* of a conn or a dial */
	/* What did not go as the script says, or an empty string. */
	char trouble[160];
};

/* Makes plays begin @ms after the turn of a second; the default is 500. */
void play_at_phase(unsigned int ms);

/*
 * Sets up the device and the program. Segments come in by @how. A connection whose SYN
 * was counted ends there, as on the old kernel. With @serve it goes on, as on the
 * running kernel, and the module must know that the old kernel does not have it.
 * Packets are recorded in the file @capture, if it is not NULL. Exits on failure.
 */
void play_start(enum delivery how, bool serve, const char *capture);

/* From now on the module is not told the rates of clients' clocks. */
void play_guess_rate(void);

void play_end(void);

/* Plays @step. Exits if the machine under test cannot be used. */
void play_step(const struct step *step, struct outcome *outcome);

#endif
