// SPDX-License-Identifier: GPL-2.0
/*
 * fail.c - prints errors, each on one line
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "fail.h"

static void fail_say(const char *format, va_list args)
{
	fflush(stdout);
	fputs("twr-pcap: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void fail_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail_say(format, args);
	va_end(args);
}

void fail_exit(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail_say(format, args);
	va_end(args);
	exit(status);
}

void *fail_calloc(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		fail_exit(1, "not enough memory");
	return memory;
}

void *fail_aligned(size_t size, size_t align)
{
	void *memory = aligned_alloc(align, size);

	if (!memory)
		fail_exit(1, "not enough memory");
	return memory;
}

void *fail_realloc(void *memory, size_t size)
{
	memory = realloc(memory, size);
	if (!memory)
		fail_exit(1, "not enough memory");
	return memory;
}
