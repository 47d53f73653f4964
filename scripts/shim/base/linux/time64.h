/* SPDX-License-Identifier: GPL-2.0 */
/* Parts of a second. */
#ifndef SHIM_LINUX_TIME64_H
#define SHIM_LINUX_TIME64_H

#define MSEC_PER_SEC	1000L

#endif
