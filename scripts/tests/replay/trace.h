/* SPDX-License-Identifier: GPL-2.0 */
/* What --verbose shows on stderr: every segment, every deed of the program. */
#ifndef REPLAY_TRACE_H
#define REPLAY_TRACE_H

#include "segment.h"

void trace_on(void);

/* One line, with the guest's clock before it; nothing unless trace_on(). */
void trace_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* One segment; @arrow is '>' for one we send, '<' for one of the machine. */
void trace_segment(char arrow, const struct segment *seg);

#endif
