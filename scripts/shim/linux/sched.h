/* SPDX-License-Identifier: GPL-2.0 */
/* There is one thread, so there is nothing to yield to. */
#ifndef SHIM_LINUX_SCHED_H
#define SHIM_LINUX_SCHED_H

#define cond_resched()	do { } while (0)

#endif
