/* SPDX-License-Identifier: GPL-2.0 */
/* Named connections (X) that the script continues, one segment or action at a time. */
#ifndef REPLAY_LIVE_H
#define REPLAY_LIVE_H

#include "conn.h"

void live_start(void);

/* Closes what is still open. */
void live_end(void);

/*
 * From now on the script continues @c as the X of its step, if it has one. The last
 * segment had @tsval. Takes over the program's socket, if there is one yet.
 */
void live_add(const struct conn *c, uint32_t tsval);

/* Each of these does nothing for an X that was not accepted. */
void live_seg(const struct step *step);
void live_app(const struct step *step);
void live_accept(const struct step *step, struct outcome *outcome);

#endif
