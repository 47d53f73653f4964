// SPDX-License-Identifier: GPL-2.0
/* The module's count of SYNs that the old kernel would have dropped. */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "counter.h"

static const char *counter_path;

void counter_open(const char *path)
{
	counter_path = path;
	counter_read();
}

uint64_t counter_read(void)
{
	uint64_t value;
	FILE *f;

	if (!counter_path)
		return 0;
	f = fopen(counter_path, "r");
	if (!f && errno == ENOENT)
		errx(2, "%s: not there; is tw_recycle_sim loaded? (--no-module plays without it)",
		     counter_path);
	if (!f)
		err(2, "%s", counter_path);
	if (fscanf(f, "%" SCNu64, &value) != 1)
		errx(2, "%s: holds no number", counter_path);
	fclose(f);
	return value;
}
