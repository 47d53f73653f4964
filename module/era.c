// SPDX-License-Identifier: GPL-2.0
/*
 * era.c - what the old kernel would have done
 *
 * The rules of 3.17 to 4.11, the last that there were.
 */
#include <linux/string.h>

#include "era.h"

/* Seconds for which a stamp can reject (TCP_PAWS_MSL). */
#define TWR_PAWS_MSL	60

/* Ticks by which a TSval may be older and still pass (TCP_PAWS_WINDOW). */
#define TWR_PAWS_WINDOW	1

bool twr_era_known(const char *name)
{
	return !strcmp(name, TWR_ERA_LAST);
}

enum twr_verdict twr_era_judge(const struct twr_stamp *kept, bool timed,
			       u32 tsval, u32 now)
{
	if (now - kept->ts_stamp >= TWR_PAWS_MSL)
		return TWR_PASS;
	if (!timed)
		return TWR_REJECT_UNTIMED;
	if ((s32)(kept->ts - tsval) > TWR_PAWS_WINDOW)
		return TWR_REJECT_OLDER;
	return TWR_PASS;
}

bool twr_era_replaces(const struct twr_stamp *kept,
		      const struct twr_stamp *offered, u32 now)
{
	return (s32)(kept->ts - offered->ts) <= 0 ||
	       (now - kept->ts_stamp > TWR_PAWS_MSL &&
		kept->ts_stamp <= offered->ts_stamp);
}
