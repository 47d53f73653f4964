/* SPDX-License-Identifier: GPL-2.0 */
/* The output of --verbose on stderr: every segment, every action of the program. */
#ifndef REPLAY_TRACE_H
#define REPLAY_TRACE_H

#include "segment.h"

void trace_on(void);

/* Prints a line, with the guest's clock before it; does nothing before trace_on(). */
void trace_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints a segment; @arrow is '>' for one of a peer, '<' for one of the machine. */
void trace_segment(char arrow, const struct segment *seg);

#endif
