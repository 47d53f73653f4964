/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long the clients of a script of hosts would have waited, as the module tells it: by
 * its counters in delays/, and for each client by its tracepoints.
 */
#ifndef REPLAY_TOLD_H
#define REPLAY_TOLD_H

#include <stdbool.h>

#include "expected.h"
#include "play.h"
#include "script.h"

/*
 * Remembers what the file counters beside @counter says now. @instance is an instance of
 * tracefs, or NULL; its buffer is emptied, and the module's events are recorded there. All
 * functions exit on failure.
 */
void told_start(const char *counter, const char *instance);

/*
 * Reads the counters again, then the events. @outcomes get the verdict told of each
 * request, or SILENT.
 */
void told_end(const struct script *script, struct outcome *outcomes);

/*
 * Prints, for each delay, how many clients had it on the recorded kernel and in the
 * counters, and how many of the former the events tell right; then the sums. Returns
 * whether all agree. Exits if the counters and the events do not agree, or if a client is
 * not settled.
 */
bool told_compare(const char *name, const struct script *script,
		  const struct outcome *outcomes, const struct expected *expected);

#endif
