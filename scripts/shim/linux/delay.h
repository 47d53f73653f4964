/* SPDX-License-Identifier: GPL-2.0 */
/* There is one thread, so there is nothing to wait for. */
#ifndef SHIM_LINUX_DELAY_H
#define SHIM_LINUX_DELAY_H

#define usleep_range(min, max)	do { } while (0)

#endif
