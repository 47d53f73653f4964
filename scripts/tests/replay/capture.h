/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A record of all that goes over the wire, for plays that are to be compared: a
 * pcap file, with the wall clock's nanoseconds.
 */
#ifndef REPLAY_CAPTURE_H
#define REPLAY_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sleeps until the monotonic clock stands where all timers have the same phase, a
 * minute at least. Exits on failure.
 */
void capture_await(void);

/* Begins a record in @file, and sets the wall clock to one date. Exits on failure. */
void capture_start(const char *file);

/* Records one IP packet; nothing before capture_start(). Exits on failure. */
void capture_packet(const uint8_t *packet, size_t len);

/* Ends the record. Exits on failure. */
void capture_end(void);

#endif
