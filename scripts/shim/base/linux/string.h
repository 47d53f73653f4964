/* SPDX-License-Identifier: GPL-2.0 */
/* What the C library has as well. */
#ifndef SHIM_LINUX_STRING_H
#define SHIM_LINUX_STRING_H

#include <string.h>

#endif
