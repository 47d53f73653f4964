/* SPDX-License-Identifier: GPL-2.0 */
/*
 * text.h - reads lines of text that users paste
 */
#ifndef PCAP_TEXT_H
#define PCAP_TEXT_H

#include "wire.h"

/* The kind of a line. */
enum text {
	TEXT_SEGMENT,	/* a TCP segment */
	TEXT_PART,	/* the first line of two, or a heading */
	TEXT_OTHER,	/* a packet that is not TCP */
	TEXT_UNKNOWN,	/* none of the known forms */
};

/**
 * struct text_clock - the time so far
 * @us: the time of the last line, microseconds
 * @days: how often midnight has passed, in microseconds
 * @given: a line had a time
 */
struct text_clock {
	u64 us;
	u64 days;
	bool given;
};

/**
 * text_read() - read a line
 * @seg: the segment to fill in
 * @line: the line, without its end
 * @clock: kept from line to line, zeroed at first
 *
 * Return: its kind.
 */
enum text text_read(struct segment *seg, const char *line, struct text_clock *clock);

/* Parts of text_read(). */
bool text_time(const char *line, struct text_clock *clock);
bool text_address(const char *text, size_t len, struct in6_addr *addr);
enum text text_tcpdump(struct segment *seg, const char *line);
enum text text_wireshark(struct segment *seg, const char *line);

#endif
