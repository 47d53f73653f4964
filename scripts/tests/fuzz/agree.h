/* SPDX-License-Identifier: GPL-2.0 */
/*
 * agree.h - ends the run where the module and the fuzzer come to different things
 */
#ifndef FUZZ_AGREE_H
#define FUZZ_AGREE_H

#include <stdio.h>
#include <stdlib.h>

#define AGREE(what, wanted, got) do {					\
	unsigned long long _wanted = (wanted), _got = (got);		\
									\
	if (_wanted != _got) {						\
		fprintf(stderr, "%s: the module says %llu, not %llu\n",	\
			what, _got, _wanted);				\
		abort();						\
	}								\
} while (0)

#endif
