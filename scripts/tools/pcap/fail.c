// SPDX-License-Identifier: GPL-2.0
/*
 * fail.c - prints errors, each on one line
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "fail.h"

/*
 * To read a large table at random, the processor has to find the page of each place first.
 * The kernel has huge pages for those who ask. Without them all works as well.
 */
#define FAIL_PAGE	((size_t)0x200000)
#define FAIL_LARGE	(2 * FAIL_PAGE)

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
	bool large = size >= FAIL_LARGE;
	void *memory;

	if (large)
		align = FAIL_PAGE;
	size = (size + align - 1) & -align;
	memory = aligned_alloc(align, size);
	if (!memory)
		fail_exit(1, "not enough memory");
	if (large)
		madvise(memory, size, MADV_HUGEPAGE);
	return memory;
}

void *fail_realloc(void *memory, size_t size)
{
	memory = realloc(memory, size);
	if (!memory)
		fail_exit(1, "not enough memory");
	return memory;
}
