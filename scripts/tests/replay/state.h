/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which states of the machine's sockets the peers' segments met, for scripts that must
 * reach all states.
 */
#ifndef REPLAY_STATE_H
#define REPLAY_STATE_H

#include "segment.h"

/* Starts to note states. */
void state_on(void);

/*
 * Notes the state that @seg will meet; does nothing before state_on(). Exits on
 * failure.
 */
void state_note(const struct segment *seg);

/*
 * Prints "state NAME SYNS OTHERS" for each state: how many SYNs and how many other
 * segments met it. Does nothing before state_on().
 */
void state_print(void);

#endif
