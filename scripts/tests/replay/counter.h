/* SPDX-License-Identifier: GPL-2.0 */
/* The module's counter of rejected SYNs. */
#ifndef REPLAY_COUNTER_H
#define REPLAY_COUNTER_H

#include <stdint.h>

/*
 * Sets the file to read. NULL: there is no module, and the counter stays 0. Exits if
 * the file cannot be read.
 */
void counter_open(const char *path);

/* Reads the counter. Exits if the file holds no number. */
uint64_t counter_read(void);

/* How long clients wait, as the module counts it, in the files of delays/. */
#define COUNTER_DELAYS	8
void counter_delays(uint64_t delays[COUNTER_DELAYS]);

/* How many clients wait for a retry, as the module counts them. */
uint64_t counter_pending(void);

/* Tells the module the rate of the next client's clock; 0: the module guesses it. */
void counter_tell_rate(uint32_t rate);

#endif
