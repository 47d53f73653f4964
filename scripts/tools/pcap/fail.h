/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fail.h - prints errors, each on one line
 */
#ifndef PCAP_FAIL_H
#define PCAP_FAIL_H

#include <stddef.h>

/* Prints the error and returns. */
void fail_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the error and ends the program with a status. */
void fail_exit(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* Returns zeroed memory, or ends the program. */
void *fail_calloc(size_t count, size_t size);

/*
 * Returns memory at a multiple of @align, not initialized, in huge pages if it is large. Or
 * ends the program.
 */
void *fail_aligned(size_t size, size_t align);

/*
 * Changes the size of @memory; new bytes are not zeroed. Ends the program without
 * memory.
 */
void *fail_realloc(void *memory, size_t size);

#endif
