/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses, from the C library, whose other headers come with them. */
#ifndef SHIM_LINUX_IN6_H
#define SHIM_LINUX_IN6_H

#include <netinet/in.h>
#include <string.h>

#endif
