/* SPDX-License-Identifier: GPL-2.0 */
/* The answers of a real kernel: one column of a table NAME.expected. */
#ifndef REPLAY_EXPECTED_H
#define REPLAY_EXPECTED_H

#include <stddef.h>

#include "verdict.h"

struct expected {
	struct answer {
		unsigned int line;
		enum verdict verdict;
	} *answers;
	size_t nr;
};

/* Reads the column of @file. Exits with an error message if there is none. */
void expected_read(const char *file, const char *column,
		   struct expected *expected);

/* Returns the verdict recorded for @line of the script, or -1. */
int expected_at(const struct expected *expected, unsigned int line);

void expected_free(struct expected *expected);

#endif
