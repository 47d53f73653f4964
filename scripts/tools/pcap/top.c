// SPDX-License-Identifier: GPL-2.0
/*
 * top.c - prints the peers with the most rejected SYNs, like twrstat --top
 */
#include <linux/kernel.h>
#include <stdlib.h>

#include "events.h"
#include "report.h"

static const char *top_behind(const struct twr_offender *offender, char *text, size_t size)
{
	if (!offender->timed || !offender->last_ms)
		snprintf(text, size, "-");
	else if (offender->rate)
		snprintf(text, size, "%.3gs", (double)offender->behind / offender->rate);
	else
		snprintf(text, size, "%uticks", offender->behind);
	return text;
}

void report_top(const struct run *run, FILE *out)
{
	const struct judged_era *era = &run->judge.eras[0];
	u32 most = run->options.top, count, i;
	struct twr_offender *list;

	count = judge_offenders(era, &list);
	if (!count)
		fprintf(out, "no peer would have been rejected, era %s\n", era->name);
	else
		fprintf(out, "%-39s %8s %8s %-7s %6s %11s %5s %8s %8s %s\n", "peer", "rejected",
			"checked", "seems", "clocks", "behind", "loose", "older", "untimed",
			"local");
	for (i = 0; i < count && (!most || i < most); i++) {
		char peer[EVENTS_ADDRESS], local[EVENTS_ADDRESS], behind[32];
		const struct twr_offender *o = &list[i];

		fprintf(out, "%-39s %8llu %8llu %-7s %6u %11s %5u %8llu %8llu %s\n",
			events_address(peer, &o->key.peer), o->rejected, o->checked,
			twr_offender_seems(o), o->found.clocks,
			top_behind(o, behind, sizeof(behind)),
			o->found.loose, o->rejected_by[TWR_REJECT_OLDER],
			o->rejected_by[TWR_REJECT_UNTIMED],
			events_address(local, &o->key.local));
	}
	free(list);
}
