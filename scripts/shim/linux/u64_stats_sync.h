/* SPDX-License-Identifier: GPL-2.0 */
/* Counters. There is one thread, so none is read while it is written. */
#ifndef SHIM_LINUX_U64_STATS_SYNC_H
#define SHIM_LINUX_U64_STATS_SYNC_H

#include <linux/types.h>

typedef u64 u64_stats_t;

struct u64_stats_sync { };

#define u64_stats_init(syncp)			((void)(syncp))
#define u64_stats_update_begin_irqsave(syncp)	((void)(syncp), 0UL)
#define u64_stats_update_end_irqrestore(syncp, flags)			\
	((void)(syncp), (void)(flags))
#define u64_stats_fetch_begin(syncp)		((void)(syncp), 0U)
#define u64_stats_fetch_retry(syncp, start)				\
	((void)(syncp), (void)(start), false)
#define u64_stats_inc(p)			(++*(p))
#define u64_stats_read(p)			(*(p))

#endif
