/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fail.h - what is wrong, told in one line
 */
#ifndef PCAP_FAIL_H
#define PCAP_FAIL_H

#include <stddef.h>

/* Say what is wrong, and go on. */
void fail_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Say what is wrong, and end with a status. */
void fail_exit(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* Zeroed memory; without it, the end. */
void *fail_calloc(size_t count, size_t size);

/* Memory at a multiple of @align, nothing in it. */
void *fail_aligned(size_t size, size_t align);

/* The same memory in another size, what is new not zeroed. */
void *fail_realloc(void *memory, size_t size);

#endif
