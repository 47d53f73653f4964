/* SPDX-License-Identifier: GPL-2.0 */
/* Parses the words of a script's line. All functions exit on malformed words. */
#ifndef REPLAY_WORDS_H
#define REPLAY_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#define SPACE	" \t\r\n"

/* Sets the line that bad() reports. */
void words_at(const char *file, unsigned int line);

/* Exits with file, line and the error. */
void bad(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* A decimal or 0x number; a leading 0 does not make it octal. */
uint32_t parse_u32(const char *name, const char *text, uint32_t max);

/* A decimal number that may have a sign. */
int32_t parse_i32(const char *name, const char *text);

/* Seconds, with or without a fraction; returned in nanoseconds. */
int64_t parse_seconds(const char *name, const char *text);

/* Returns the index of @text in @names, which may have NULLs. */
int parse_name(const char *key, const char *text, const char * const *names, int nr);

/* Cuts @word at its '=' and returns the part after it. */
char *cut_value(char *word);

/* Returns @p, or exits if memory has run out. */
void *check_alloc(void *p);

#endif
