/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lesson.h - what a connection teaches of its peer, and how it is taken in
 */
#ifndef TWR_LESSON_H
#define TWR_LESSON_H

#include <linux/types.h>

#include "stamp.h"

/**
 * struct twr_lesson - what a connection teaches the cache
 * @create: make an entry where there is none
 * @use: it counts as a use of the entry (in a list, everything does)
 * @stamped: it leaves @stamp
 * @stamp: the stamp, valid if @stamped
 */
struct twr_lesson {
	bool create;
	bool use;
	bool stamped;
	struct twr_stamp stamp;
};

/* What twr_cache_learn() did, a mask. */
#define TWR_LEARN_RECORDED	0x1	/* the stamp was taken */
#define TWR_LEARN_REFUSED	0x2	/* the rule turned the stamp down */
#define TWR_LEARN_EVICTED	0x4	/* another entry lost its place */
#define TWR_LEARN_KNOWN		0x8	/* the peer has an entry */

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
 * twr_lesson_take() - take in what is taught of a peer that has an entry
 * @lesson: what a connection teaches
 * @kept: the peer's stamp, locked
 * @replaces: the rule for a stamp
 * @now: the current second, for @replaces
 *
 * Return: a mask of TWR_LEARN_*. Any context.
 */
static inline unsigned int twr_lesson_take(const struct twr_lesson *lesson,
					   struct twr_stamp *kept,
					   twr_replace_rule replaces, u32 now)
{
	if (!lesson->stamped)
		return TWR_LEARN_KNOWN;
	if (!replaces(kept, &lesson->stamp, now))
		return TWR_LEARN_KNOWN | TWR_LEARN_REFUSED;

	*kept = lesson->stamp;
	return TWR_LEARN_KNOWN | TWR_LEARN_RECORDED;
}

#endif /* TWR_LESSON_H */
