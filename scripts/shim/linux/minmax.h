/* SPDX-License-Identifier: GPL-2.0 */
/* tools/include has these in another header. */
#ifndef SHIM_LINUX_MINMAX_H
#define SHIM_LINUX_MINMAX_H

#include <linux/kernel.h>

#endif
