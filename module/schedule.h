/* SPDX-License-Identifier: GPL-2.0 */
/*
 * schedule.h - when a client sends an unanswered SYN again
 */
#ifndef TWR_SCHEDULE_H
#define TWR_SCHEDULE_H

#include <linux/types.h>

/* The most retries of a schedule. */
#define TWR_RETRIES_MAX		10

/* The names that twr_schedule_find() accepts, for messages to the user. */
#define TWR_SCHEDULE_NAMES	"linux, linux-6.5 or bsd"

/* The one that the module takes if the user names none. */
#define TWR_SCHEDULE_DEFAULT	"linux"

/**
 * struct twr_schedule - the retries of a client
 * @name: name, as users write it
 * @whose: whose schedule this is, for messages to users
 * @retries: number of retries
 * @timed: number of retries that have the timestamp option; later ones lack it
 * @secs: when each retry is sent, seconds after the first SYN
 */
struct twr_schedule {
	const char *name;
	const char *whose;
	u8 retries;
	u8 timed;
	u8 secs[TWR_RETRIES_MAX];
};

/**
 * twr_schedule_find() - find a schedule
 * @name: its name
 *
 * Any context.
 *
 * Return: the schedule, NULL if @name is none of TWR_SCHEDULE_NAMES.
 */
const struct twr_schedule *twr_schedule_find(const char *name);

/**
 * twr_schedule_has() - does a client send a retry so many seconds after the first SYN?
 * @schedule: the schedule
 * @secs: the seconds
 *
 * Any context.
 *
 * Return: true if it does.
 */
bool twr_schedule_has(const struct twr_schedule *schedule, u32 secs);

#endif /* TWR_SCHEDULE_H */
