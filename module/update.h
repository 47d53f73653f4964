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
 * @creates_entry: make an entry where there is none
 * @uses_entry: it counts as a use of the entry (in a list, everything does)
 * @has_stamp: it leaves @stamp
 * @stamp: the stamp, valid if @has_stamp
 */
struct twr_update {
	bool creates_entry;
	bool uses_entry;
	bool has_stamp;
	struct twr_stamp stamp;
};

/* What twr_cache_update() did, a mask. */
#define TWR_UPDATE_RECORDED	0x1	/* the stamp was taken */
#define TWR_UPDATE_REFUSED	0x2	/* the rule turned the stamp down */
#define TWR_UPDATE_EVICTED	0x4	/* another entry lost its place */
#define TWR_UPDATE_KNOWN	0x8	/* the peer has an entry */

/**
 * typedef twr_replaces_stamp_fn - does a stamp take the place of the one kept?
 * @cached: the stamp in the cache
 * @offered: the new one
 * @now: the current second
 *
 * Called with the entry locked: must be short, and must not sleep.
 */
typedef bool (*twr_replaces_stamp_fn)(const struct twr_stamp *cached,
				      const struct twr_stamp *offered, u32 now);

/**
 * twr_update_apply() - update the entry of a peer
 * @update: what a connection does to it
 * @cached: the peer's stamp, locked
 * @replaces_stamp: the rule for a stamp
 * @now: the current second, for @replaces_stamp
 *
 * Return: a mask of TWR_UPDATE_*. Any context.
 */
static inline unsigned int twr_update_apply(const struct twr_update *update,
					    struct twr_stamp *cached,
					    twr_replaces_stamp_fn replaces_stamp, u32 now)
{
	if (!update->has_stamp)
		return TWR_UPDATE_KNOWN;
	if (!replaces_stamp(cached, &update->stamp, now))
		return TWR_UPDATE_KNOWN | TWR_UPDATE_REFUSED;

	*cached = update->stamp;
	return TWR_UPDATE_KNOWN | TWR_UPDATE_RECORDED;
}

#endif /* TWR_UPDATE_H */
