// SPDX-License-Identifier: GPL-2.0
/*
 * Records all packets of a play, so that plays can be compared.
 *
 * A guest whose clock does not advance while code runs does the same at the same instants
 * in each play, if the plays begin at the same instant. Sequence numbers come from the
 * wall clock, which can be set. Timers come from ticks, which cannot be set, and the
 * timer wheel rounds by the bits of the tick. So a play begins when enough low bits of
 * the tick are zero for all timers of the play.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>

#include "capture.h"
#include "peer.h"

#define MAGIC_NS	0xa1b23c4d	/* pcap, times in nanoseconds */
#define LINKTYPE_RAW	101		/* packets begin with their IP header */
#define SEC		1000000000LL	/* in nanoseconds */

/*
 * 2^15 ticks at 100 Hz: the wheel rounds timers of up to 20 minutes by less. It is a
 * whole number of milliseconds, the unit of TCP's timestamps.
 */
#define PHASE		(327680 * SEC / 1000)
#define SETTLING	(100 * SEC)	/* a new device sends packets for a minute */
#define TICK		(SEC / 100)

/*
 * User-mode Linux shows its clock in units of 256 ns. Where the clock skips idle time,
 * reading it takes one unit.
 */
#define UNIT		256

#define DATE_S		1000000000

static FILE *record;

static void sleep_until(int64_t ns)
{
	const struct timespec at = {
		.tv_sec = ns / SEC,
		.tv_nsec = ns % SEC,
	};

	while ((errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL)))
		if (errno != EINTR)
			err(2, "cannot sleep");
}

/*
 * The part of the clock below the unit cannot be read, but it moves the moments at
 * which the clock changes. A timer is late by this part and one ns more, so each sleep
 * adds one ns to it. The sleep that seems to take a unit longer brings the part to
 * zero.
 */
static void align_below_unit(void)
{
	int64_t least = INT64_MAX;

	if (prctl(PR_SET_TIMERSLACK, UNIT))
		err(2, "cannot set the slack of timers");
	for (int i = 0; i <= UNIT; i++) {
		int64_t until = peer_clock() / UNIT * UNIT + 40 * UNIT;
		int64_t late;

		sleep_until(until);
		late = peer_clock() - until;
		if (late == least + UNIT)
			return;
		least = late;
	}
	errx(2, "needs user-mode Linux with a clock that skips idle time");
}

void capture_await(void)
{
	int64_t at = peer_clock() + SETTLING;

	at += PHASE - at % PHASE;
	sleep_until(at - 3 * TICK / 2);
	align_below_unit();
	/* between two ticks */
	sleep_until(at + 20000 * UNIT);
}

static void put(const void *data, size_t len)
{
	if (fwrite(data, 1, len, record) != len)
		err(2, "cannot write the capture");
}

void capture_start(const char *file)
{
	const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, sigfigs, snaplen, linktype;
	} head = { MAGIC_NS, 2, 4, 0, 0, 65535, LINKTYPE_RAW };
	const struct timespec date = { .tv_sec = DATE_S };

	record = fopen(file, "w");
	if (!record)
		err(2, "%s", file);
	put(&head, sizeof(head));
	if (clock_settime(CLOCK_REALTIME, &date))
		err(2, "cannot set the clock");
}

void capture_packet(const uint8_t *packet, size_t len)
{
	struct timespec now;
	struct {
		uint32_t s, ns, caplen, len;
	} head;

	if (!record)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	head.s = now.tv_sec;
	head.ns = now.tv_nsec;
	head.caplen = len;
	head.len = len;
	put(&head, sizeof(head));
	put(packet, len);
}

void capture_end(void)
{
	if (record && fclose(record))
		err(2, "cannot write the capture");
	record = NULL;
}
