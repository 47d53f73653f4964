// SPDX-License-Identifier: GPL-2.0
/*
 * text.c - reads text that users paste: what its forms have in common, and files of it
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "source.h"
#include "text.h"

/* The origin of times without a date, microseconds: any day but the first of 1970. */
#define TEXT_EPOCH	(10000ULL * TEXT_DAY)
#define TEXT_DAY	(86400ULL * 1000000)

/* Times below this many seconds are relative. */
#define TEXT_RELATIVE	100000000

/* A longer line is not a line of text. */
#define TEXT_LINE	4096

bool text_address(const char *text, size_t len, struct in6_addr *addr)
{
	char copy[INET6_ADDRSTRLEN];

	if (!len || len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	/* fe80::1%eth0 */
	if (strchr(copy, '%'))
		*strchr(copy, '%') = '\0';
	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, copy, addr->s6_addr + 12) == 1) {
		memset(addr->s6_addr + 10, 0xff, 2);
		return true;
	}
	return inet_pton(AF_INET6, copy, addr) == 1;
}

/* Reads digits after a dot. Return: microseconds. */
static u32 text_fraction(const char *at)
{
	u32 us = 0, unit = 100000;

	if (*at != '.' && *at != ',')
		return 0;
	for (at++; isdigit((unsigned char)*at); at++, unit /= 10)
		us += (*at - '0') * unit;
	return us;
}

/* Returns the days from 1970 to a date (Gregorian). */
static u64 text_days(int year, int month, int day)
{
	int y = month > 2 ? year : year - 1;
	int m = month > 2 ? month - 3 : month + 9;

	return (u64)365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 -
	       719468;
}

static bool text_time_of_day(const char *at, u64 day, struct text_clock *clock)
{
	unsigned int hour, minute, second;
	int end = 0;
	u64 us;

	if (sscanf(at, "%2u:%2u:%2u%n", &hour, &minute, &second, &end) != 3 || hour > 23 ||
	    minute > 59 || second > 60)
		return false;
	us = (hour * 3600ULL + minute * 60 + second) * 1000000 + text_fraction(at + end);
	if (day) {
		clock->us = day * TEXT_DAY + us;
		return true;
	}
	us += TEXT_EPOCH + clock->days;
	if (clock->given && us + TEXT_DAY / 2 < clock->us) {
		clock->days += TEXT_DAY;
		us += TEXT_DAY;
	}
	clock->us = us;
	return true;
}

bool text_time(const char *line, struct text_clock *clock)
{
	unsigned int year, month, day;
	unsigned long long seconds;
	int end = 0;
	char *rest;

	line += strspn(line, " \t");
	if (sscanf(line, "%4u-%2u-%2u%n", &year, &month, &day, &end) == 3 && year >= 1970 &&
	    month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
	    text_time_of_day(line + end + strspn(line + end, " T"),
			     text_days(year, month, day), clock)) {
		clock->given = true;
		return true;
	}
	if (text_time_of_day(line, 0, clock)) {
		clock->given = true;
		return true;
	}
	if (!isdigit((unsigned char)*line))
		return false;
	seconds = strtoull(line, &rest, 10);
	if (*rest != '.' || !isdigit((unsigned char)rest[1]) || seconds > 0xffffffff ||
	    !isspace((unsigned char)rest[1 + strspn(rest + 1, "0123456789")]))
		return false;
	clock->us = seconds * 1000000 + text_fraction(rest);
	if (seconds < TEXT_RELATIVE)
		clock->us += TEXT_EPOCH;
	clock->given = true;
	return true;
}

enum text text_read(struct segment *seg, const char *line, struct text_clock *clock)
{
	enum text text;

	memset(seg, 0, sizeof(*seg));
	if (!line[strspn(line, " \t")])
		return TEXT_PART;
	if (strstr(line, "Seq=") && strchr(line, '[')) {
		text = text_wireshark(seg, line);
		/* The number of the packet may come before the time. */
		if (text == TEXT_SEGMENT && !text_time(line, clock)) {
			line += strspn(line, " \t");
			text_time(line + strspn(line, "0123456789"), clock);
		}
	} else {
		text_time(line, clock);
		text = text_tcpdump(seg, line);
	}
	if (!clock->us)
		clock->us = TEXT_EPOCH;
	/* Without any times, each segment comes after the one before. */
	if (text == TEXT_SEGMENT && !clock->given)
		clock->us += 1000;
	seg->us = clock->us;
	seg->relative = true;
	seg->print = seg->ack_seq << 4 | seg->ack << 3 | seg->rst << 2 | seg->fin << 1 |
		     seg->syn;
	return text;
}

struct lines {
	FILE *file;
	struct text_clock clock;
	char *line;
	size_t size;
	u64 segments;
};

static bool lines_next(struct source *source)
{
	struct lines *lines = source->own;
	ssize_t len;

	while ((len = getline(&lines->line, &lines->size, lines->file)) >= 0) {
		enum text text = TEXT_UNKNOWN;

		source->counts.packets++;
		lines->line[strcspn(lines->line, "\r\n")] = '\0';
		if (len <= TEXT_LINE)
			text = text_read(&source->seg, lines->line, &lines->clock);
		source->counts.lines += text == TEXT_UNKNOWN;
		source->counts.frames[FRAME_OTHER] += text == TEXT_OTHER;
		if (text != TEXT_SEGMENT)
			continue;
		lines->segments++;
		source->counts.frames[FRAME_SEGMENT]++;
		return true;
	}
	if (ferror(lines->file)) {
		fail_note("%s: broken after %llu lines", source->name, source->counts.packets);
		source->broken = true;
	} else if (!lines->segments) {
		fail_note("%s: neither a capture nor the text of one", source->name);
		source->broken = true;
	} else if (!lines->clock.given) {
		fail_note("%s: its lines have no time; all are taken to come at once",
			  source->name);
	}
	return false;
}

static void lines_close(struct source *source)
{
	struct lines *lines = source->own;

	fclose(lines->file);
	free(lines->line);
	free(lines);
}

static const struct source_kind lines_kind = {
	.next = lines_next,
	.close = lines_close,
};

bool text_open(struct source *source, FILE *file)
{
	struct lines *lines = fail_calloc(1, sizeof(*lines));

	lines->file = file;
	source->own = lines;
	source->kind = &lines_kind;
	return true;
}
