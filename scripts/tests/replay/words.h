/* SPDX-License-Identifier: GPL-2.0 */
/* What the words of a script's line are made of. All exit on what is malformed. */
#ifndef REPLAY_WORDS_H
#define REPLAY_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#define SPACE	" \t\r\n"

/* From now on bad() speaks of this line. */
void words_at(const char *file, unsigned int line);

/* Exits with file, line and what is wrong with it. */
void bad(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* A decimal or 0x number; a leading 0 does not make it octal. */
uint32_t parse_u32(const char *name, const char *text, uint32_t max);

/* A decimal number that may have a sign. */
int32_t parse_i32(const char *name, const char *text);

/* Seconds, with a fraction or not; in nanoseconds. */
int64_t parse_seconds(const char *name, const char *text);

/* The index of @text among @names, where NULL stands for none. */
int parse_name(const char *key, const char *text, const char * const *names, int nr);

/* Cuts @word at its '=' and returns what follows. */
char *cut_value(char *word);

/* @p, or an exit where memory ran out. */
void *check_alloc(void *p);

#endif
