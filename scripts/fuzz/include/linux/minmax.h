/* SPDX-License-Identifier: GPL-2.0 */
/* tools/include has them elsewhere. */
#ifndef FUZZ_LINUX_MINMAX_H
#define FUZZ_LINUX_MINMAX_H

#include <linux/kernel.h>

#endif
