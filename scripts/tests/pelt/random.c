// SPDX-License-Identifier: GPL-2.0
/* Random numbers that depend only on the seed: SplitMix64. */
#include "random.h"

static uint64_t state;

void random_seed(uint64_t seed)
{
	state = seed;
}

uint32_t random32(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z >> 32;
}

uint32_t below(uint32_t n)
{
	return (uint64_t)random32() * n >> 32;
}

bool chance(unsigned int percent)
{
	return below(100) < percent;
}
