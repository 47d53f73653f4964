/* SPDX-License-Identifier: GPL-2.0 */
/* Connections that have a name (X) and are played on, a segment or a deed at a time. */
#ifndef REPLAY_LIVE_H
#define REPLAY_LIVE_H

#include "conn.h"

void live_start(void);

/* Closes what is still open. */
void live_end(void);

/*
 * From here on @c is played on as the X of its step, if that has one; its last
 * segment had @tsval. Takes over the program's end, or there is none yet.
 */
void live_add(const struct conn *c, uint32_t tsval);

/* Each does nothing for an X that was not let in. */
void live_seg(const struct step *step);
void live_app(const struct step *step);
void live_accept(const struct step *step, struct outcome *outcome);

#endif
