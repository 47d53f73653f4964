/* SPDX-License-Identifier: GPL-2.0 */
/*
 * update.h - what changes in a peer's entry when a connection opens or closes
 */
#ifndef TWR_UPDATE_H
#define TWR_UPDATE_H

#include <linux/types.h>

#include "stamp.h"

/**
 * struct twr_update - what changes in a peer's entry when a connection opens or closes
 * @creates_entry: the connection creates the entry if there is none
 * @uses_entry: the connection counts as a use of the entry; in a list every update does
 * @has_stamp: the connection leaves @stamp
 * @stamp: the stamp, valid if @has_stamp
 */
struct twr_update {
	bool creates_entry;
	bool uses_entry;
	bool has_stamp;
	struct twr_stamp stamp;
};

/* What twr_cache_update() did, a mask. */
#define TWR_UPDATE_RECORDED	0x1	/* the cache took the stamp */
#define TWR_UPDATE_REFUSED	0x2	/* the rule refused the stamp */
#define TWR_UPDATE_EVICTED	0x4	/* another entry was evicted */
#define TWR_UPDATE_KNOWN	0x8	/* the peer has an entry */

/**
 * typedef twr_replaces_stamp_fn - does a new stamp replace the cached one?
 * @cached: the stamp in the cache
 * @offered: the new stamp
 * @now: the current second
 *
 * Called with the entry locked and interrupts off. Must be short and must not sleep.
 *
 * Return: true if @offered replaces @cached.
 */
typedef bool (*twr_replaces_stamp_fn)(const struct twr_stamp *cached,
				      const struct twr_stamp *offered, u32 now);

/**
 * twr_update_apply() - update the stamp of an entry
 * @update: what a connection does to the entry
 * @cached: the stamp of the entry, locked by the caller
 * @replaces_stamp: the rule for a stamp
 * @now: the current second, for @replaces_stamp
 *
 * Any context.
 *
 * Return: a mask of TWR_UPDATE_*.
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
