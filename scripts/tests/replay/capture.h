/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records all packets of a play, so that plays can be compared: a pcap file, with the
 * nanoseconds of the wall clock.
 */
#ifndef REPLAY_CAPTURE_H
#define REPLAY_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sleeps until the monotonic clock reaches an instant at which all timers have the same
 * phase, at least for a minute. Exits on failure.
 */
void capture_await(void);

/*
 * Starts a record in @file, and sets the wall clock to a fixed date. Exits on failure.
 */
void capture_start(const char *file);

/* Records an IP packet; does nothing before capture_start(). Exits on failure. */
void capture_packet(const uint8_t *packet, size_t len);

/* Ends the record. Exits on failure. */
void capture_end(void);

#endif
