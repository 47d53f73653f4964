/* SPDX-License-Identifier: GPL-2.0 */
/* Random numbers that depend only on the seed. */
#ifndef PELT_RANDOM_H
#define PELT_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void random_seed(uint64_t seed);
uint32_t random32(void);

/* Returns a number from 0 to @n - 1. */
uint32_t below(uint32_t n);

/* Returns true @percent times in a hundred. */
bool chance(unsigned int percent);

#define ONE_OF(array)	((array)[below(sizeof(array) / sizeof((array)[0]))])

#endif
