/* SPDX-License-Identifier: GPL-2.0 */
/* The module's count of SYNs that the old kernel would have dropped. */
#ifndef REPLAY_COUNTER_H
#define REPLAY_COUNTER_H

#include <stdint.h>

/*
 * Names the file to read; NULL when there is no module, and then the counter
 * stays 0. Exits when the file cannot be read.
 */
void counter_open(const char *path);

/* The counter now. Exits when the file holds no number. */
uint64_t counter_read(void);

/* How long clients wait, by the module: files beside the counter, in delays/. */
#define COUNTER_DELAYS	8
void counter_delays(uint64_t delays[COUNTER_DELAYS]);

/* Tells the module the rate of the next client's clock; 0: it has to guess. */
void counter_tell_rate(uint32_t rate);

#endif
