// SPDX-License-Identifier: GPL-2.0
/* Parses the words of a script's line. */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

#define MAX_SECONDS	1000000

static const char *file_name;
static unsigned int line_number;

void words_at(const char *file, unsigned int line)
{
	file_name = file;
	line_number = line;
}

void bad(const char *fmt, ...)
{
	char what[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	errx(2, "%s:%u: %s", file_name, line_number, what);
}

void *check_alloc(void *p)
{
	if (!p)
		err(2, NULL);
	return p;
}

uint32_t parse_u32(const char *name, const char *text, uint32_t max)
{
	bool hex = !strncmp(text, "0x", 2);
	unsigned long long v;
	char *end;

	errno = 0;
	v = strtoull(text, &end, hex ? 16 : 10);
	if (!isdigit((unsigned char)*text) || *end || errno || v > max)
		bad("%s: '%s' is not a number from 0 to %u", name, text, max);
	return v;
}

int32_t parse_i32(const char *name, const char *text)
{
	const char *digits = text + strspn(text, "+-");
	long long v;
	char *end;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (digits > text + 1 || !isdigit((unsigned char)*digits) || *end || errno ||
	    v < INT32_MIN || v > INT32_MAX)
		bad("%s: '%s' is not a number with or without a sign", name, text);
	return v;
}

int64_t parse_seconds(const char *name, const char *text)
{
	double seconds;
	char *end;

	seconds = strtod(text, &end);
	if (!*text || *end || !(seconds >= 0 && seconds <= MAX_SECONDS))
		bad("%s: '%s' is not a number of seconds", name, text);
	return seconds * 1e9 + 0.5;	/* the nearest nanosecond */
}

int parse_name(const char *key, const char *text, const char * const *names, int nr)
{
	for (int i = 0; i < nr; i++)
		if (names[i] && !strcmp(text, names[i]))
			return i;
	bad("%s: '%s' is unknown", key, text);
}

char *cut_value(char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		bad("'%s' is not NAME=VALUE", word);
	*value++ = '\0';
	return value;
}
