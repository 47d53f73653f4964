/* SPDX-License-Identifier: GPL-2.0 */
/*
 * update.h - what a connection does to the entry of its peer in the cache
 */
#ifndef TWR_UPDATE_H
#define TWR_UPDATE_H

#include <linux/types.h>

#include "stamp.h"

/**
 * struct twr_update - what a connection does to the cache
 * @create: make an entry where there is none
 * @use: it counts as a use of the entry (in a list, everything does)
 * @stamped: it leaves @stamp
 * @stamp: the stamp, valid if @stamped
 */
struct twr_update {
	bool create;
	bool use;
	bool stamped;
	struct twr_stamp stamp;
};

/* What twr_cache_update() did, a mask. */
#define TWR_UPDATE_RECORDED	0x1	/* the stamp was taken */
#define TWR_UPDATE_REFUSED	0x2	/* the rule turned the stamp down */
#define TWR_UPDATE_EVICTED	0x4	/* another entry lost its place */
#define TWR_UPDATE_KNOWN	0x8	/* the peer has an entry */

/**
 * typedef twr_replace_rule - does a stamp take the place of the one kept?
 * @kept: the stamp in the cache
 * @offered: the new one
 * @now: the current second
 *
 * Called with the entry locked: must be short, and must not sleep.
 */
typedef bool (*twr_replace_rule)(const struct twr_stamp *kept,
				 const struct twr_stamp *offered, u32 now);

/**
 * twr_update_apply() - update the entry of a peer
 * @update: what a connection does to it
 * @kept: the peer's stamp, locked
 * @replaces: the rule for a stamp
 * @now: the current second, for @replaces
 *
 * Return: a mask of TWR_UPDATE_*. Any context.
 */
static inline unsigned int twr_update_apply(const struct twr_update *update,
					    struct twr_stamp *kept,
					    twr_replace_rule replaces, u32 now)
{
	if (!update->stamped)
		return TWR_UPDATE_KNOWN;
	if (!replaces(kept, &update->stamp, now))
		return TWR_UPDATE_KNOWN | TWR_UPDATE_REFUSED;

	*kept = update->stamp;
	return TWR_UPDATE_KNOWN | TWR_UPDATE_RECORDED;
}

#endif /* TWR_UPDATE_H */
