/* SPDX-License-Identifier: GPL-2.0 */
/*
 * era.h - what the old kernel would have done
 *
 * Pure rules: no packet, no socket, no lock, no clock of their own. All may be
 * called from any context, and none can fail.
 */
#ifndef TWR_ERA_H
#define TWR_ERA_H

#include <linux/types.h>

#include "stamp.h"

/* The last release that had tcp_tw_recycle; 4396e46187ca removed it in 4.12. */
#define TWR_ERA_LAST	"4.11"

/**
 * enum twr_verdict - what becomes of a SYN that is held against the cache
 * @TWR_PASS: goes on to become a request
 * @TWR_REJECT_OLDER: dropped, its TSval is older than the one remembered
 * @TWR_REJECT_UNTIMED: dropped, it has no timestamp option
 */
enum twr_verdict {
	TWR_PASS,
	TWR_REJECT_OLDER,
	TWR_REJECT_UNTIMED,
};

/**
 * twr_era_known() - are the rules of a release known?
 * @name: a release as a user writes it, such as "4.11"
 *
 * Return: true if twr_era_judge() and twr_era_replaces() speak for @name.
 */
bool twr_era_known(const char *name);

/**
 * twr_era_judge() - would the SYN have been dropped?
 * @kept: what the cache holds of the SYN's peer
 * @timed: the SYN has a timestamp option
 * @tsval: its TSval in ticks of the peer's clock, if @timed
 * @now: the current second, twr_now()
 *
 * The passive half of RFC 7323 appendix B.2 (b) as tcp_peer_is_proven() had
 * it. That a SYN without the option fails came with 3.17.
 *
 * Return: the verdict, with the cause of a rejection.
 */
enum twr_verdict twr_era_judge(const struct twr_stamp *kept, bool timed,
			       u32 tsval, u32 now);

/**
 * twr_era_replaces() - does a new stamp take the place of the one kept?
 * @kept: what the cache holds
 * @offered: what a closing connection leaves
 * @now: the current second, twr_now()
 *
 * The rule that tcp_remember_stamp() and tcp_tw_remember_stamp() shared: the
 * newer TSval wins, and over a stale one wins any that was not taken before it.
 *
 * Return: true if @offered is to be kept from now on.
 */
bool twr_era_replaces(const struct twr_stamp *kept,
		      const struct twr_stamp *offered, u32 now);

#endif /* TWR_ERA_H */
