/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which states of the machine's sockets the peers' segments met, for scripts that
 * are to reach all of them.
 */
#ifndef REPLAY_STATE_H
#define REPLAY_STATE_H

#include "segment.h"

/* From now on states are noted. */
void state_on(void);

/* Notes what @seg is about to meet; nothing unless state_on(). Exits on failure. */
void state_note(const struct segment *seg);

/*
 * Prints, for each state, "state NAME SYNS OTHERS": how many SYNs, and how many
 * other segments, met it. Nothing unless state_on().
 */
void state_print(void);

#endif
