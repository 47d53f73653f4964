// SPDX-License-Identifier: GPL-2.0
/* The module's counter of rejected SYNs. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counter.h"

#define RATE	"/sys/module/tw_recycle_sim/parameters/hz"

static const char *counter_path;
static int counter_fd = -1;

static uint64_t read_number(const char *path)
{
	FILE *f = fopen(path, "r");
	uint64_t value;

	if (!f && errno == ENOENT)
		errx(2, "%s: not there; is tw_recycle_sim loaded? (--no-module plays without it)",
		     path);
	if (!f)
		err(2, "%s", path);
	if (fscanf(f, "%" SCNu64, &value) != 1)
		errx(2, "%s: does not hold a number", path);
	fclose(f);
	return value;
}

void counter_open(const char *path)
{
	counter_path = path;
	if (!path)
		return;
	read_number(path);	/* reports what is wrong with the file */
	counter_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (counter_fd < 0)
		err(2, "%s", path);
}

/* Called twice for each SYN, so the file stays open; each read starts at offset 0. */
uint64_t counter_read(void)
{
	char text[32];
	ssize_t len;

	if (counter_fd < 0)
		return 0;
	len = pread(counter_fd, text, sizeof(text) - 1, 0);
	if (len <= 0)
		err(2, "%s", counter_path);
	text[len] = '\0';
	return strtoull(text, NULL, 10);
}

/* Returns a number of delays/, beside the counter; 0 without a module. */
static uint64_t read_delay(const char *name)
{
	const char *slash = counter_path ? strrchr(counter_path, '/') : NULL;
	char path[PATH_MAX];

	if (!counter_path)
		return 0;
	snprintf(path, sizeof(path), "%.*s/delays/%s", slash ? (int)(slash - counter_path) : 1,
		 slash ? counter_path : ".", name);
	return read_number(path);
}

void counter_delays(uint64_t delays[COUNTER_DELAYS])
{
	static const char * const names[COUNTER_DELAYS] = {
		"0", "1", "3", "7", "15", "31", "63", "never",
	};

	for (int i = 0; i < COUNTER_DELAYS; i++)
		delays[i] = read_delay(names[i]);
}

uint64_t counter_pending(void)
{
	return read_delay("pending");
}

void counter_tell_rate(uint32_t rate)
{
	FILE *f;

	if (!counter_path)
		return;
	f = fopen(RATE, "w");
	if (!f || fprintf(f, "%" PRIu32 "\n", rate) < 0 || fclose(f))
		err(2, "%s", RATE);
}
