/* SPDX-License-Identifier: GPL-2.0 */
/* Plays a script of hosts whose requests overlap. */
#ifndef REPLAY_LOOP_H
#define REPLAY_LOOP_H

#include <stdbool.h>

#include "play.h"
#include "script.h"

/* The phase of the second at which the recordings began, in ms. */
#define LOOP_PHASE_MS	300

/*
 * Plays all lines of @script, one with hosts, between play_start() and play_end(): of each
 * request the first SYN, the connection and its close, because the running kernel serves
 * every SYN. @outcomes has a place for each step; only their troubles are set. Unless
 * @guess_rate, the module is told the rate of the clock before each SYN. Then nothing is
 * sent until the last retry of the last client is over. Exits on failure.
 */
void loop_play(const struct script *script, bool guess_rate, struct outcome *outcomes);

#endif
