/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stamp.h - a peer's stamp, and the clock that dates it
 */
#ifndef TWR_STAMP_H
#define TWR_STAMP_H

#include <linux/ktime.h>
#include <linux/types.h>

/**
 * struct twr_stamp - what the old kernel kept of a peer (tcpm_ts, tcpm_ts_stamp)
 * @ts: TSval of the peer, in ticks of the peer's clock
 * @ts_stamp: second in which @ts was taken, on the clock of twr_stamp_now(); 0 if the
 *	entry never got a stamp
 */
struct twr_stamp {
	u32 ts;
	u32 ts_stamp;
};

/*
 * The old kernels dated stamps with seconds since 1970, and their rules take the date 0 for
 * "long ago". Since 4.19 sockets date ts_recent with seconds since boot, where 0 may be a
 * moment ago. The module adds a constant offset, about the date of 2001, so that the old
 * rules hold unchanged.
 */
#define TWR_STAMP_EPOCH_OFFSET	1000000000U

/**
 * twr_stamp_second() - convert a second of the monotonic clock
 * @seconds: seconds since boot, as in a socket's ts_recent_stamp
 *
 * Return: the same second on the clock of the rules. Any context.
 */
static inline u32 twr_stamp_second(u32 seconds)
{
	return seconds + TWR_STAMP_EPOCH_OFFSET;
}

/**
 * twr_stamp_now() - the current second on the clock of the rules
 *
 * Return: whole seconds. Any context.
 */
static inline u32 twr_stamp_now(void)
{
	return twr_stamp_second(ktime_get_seconds());
}

#endif /* TWR_STAMP_H */
