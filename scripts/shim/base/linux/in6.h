/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses, as the C library has them: its other headers come along. */
#ifndef SHIM_LINUX_IN6_H
#define SHIM_LINUX_IN6_H

#include <netinet/in.h>
#include <string.h>

#endif
