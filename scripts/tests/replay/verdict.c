// SPDX-License-Identifier: GPL-2.0
/* The words in the tables of recorded answers. */
#include <string.h>

#include "verdict.h"

static const char * const words[NR_VERDICTS] = {
	[ACCEPTED]	= "accepted",
	[REJECTED]	= "rejected",
	[ACKED]		= "acked",
	[RESET]		= "reset",
	[SILENT]	= "silent",
	[CONNECTED]	= "connected",
	[DISCARDED]	= "discarded",
	[AFTER_0]	= "after-0",
	[AFTER_1]	= "after-1",
	[AFTER_3]	= "after-3",
	[AFTER_7]	= "after-7",
	[AFTER_15]	= "after-15",
	[AFTER_31]	= "after-31",
	[AFTER_63]	= "after-63",
	[NEVER]		= "never",
	[UNKNOWN]	= "unknown",
	[LEFT_OUT]	= "-",
};

const char *verdict_word(enum verdict v)
{
	return words[v];
}

int verdict_parse(const char *word)
{
	for (int v = 0; v < NR_VERDICTS; v++)
		if (!strcmp(word, words[v]))
			return v;
	return -1;
}
