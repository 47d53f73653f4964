// SPDX-License-Identifier: GPL-2.0
/*
 * capture.c - the numbers of a capture that are of no era
 */
#include "capture.h"
#include "machine.h"
#include "ports.h"
#include "run.h"

const char *const capture_names[CAPTURE_NUMBERS] = {
	[CAPTURE_PACKETS] = "packets",
	[CAPTURE_SEGMENTS] = "segments",
	[CAPTURE_NOT_TCP] = "not_tcp",
	[CAPTURE_CUT] = "cut",
	[CAPTURE_FRAGMENTS] = "fragments",
	[CAPTURE_UNKNOWN_LINES] = "unknown_lines",
	[CAPTURE_TWICE] = "twice",
	[CAPTURE_DAMAGED] = "damaged",
	[CAPTURE_BACKWARDS] = "backwards",
	[CAPTURE_IN] = "in",
	[CAPTURE_OUT] = "out",
	[CAPTURE_AGAIN] = "again",
	[CAPTURE_MACHINES] = "machines",
	[CAPTURE_FORGOTTEN] = "forgotten",
	[CAPTURE_DROPPED] = "dropped",
};

void capture_count(struct run *run)
{
	const struct track *track = &run->track;
	struct capture *capture = &run->capture;

	*capture = (struct capture) {
		.number = {
			[CAPTURE_PACKETS] = run->counts.packets,
			[CAPTURE_SEGMENTS] = track->segments,
			[CAPTURE_NOT_TCP] = run->counts.frames[FRAME_OTHER],
			[CAPTURE_CUT] = run->counts.frames[FRAME_CUT],
			[CAPTURE_FRAGMENTS] = run->counts.frames[FRAME_FRAGMENT],
			[CAPTURE_UNKNOWN_LINES] = run->counts.lines,
			[CAPTURE_TWICE] = track->twice,
			[CAPTURE_DAMAGED] = track->damaged,
			[CAPTURE_BACKWARDS] = track->back,
			[CAPTURE_IN] = track->in,
			[CAPTURE_OUT] = track->out,
			[CAPTURE_AGAIN] = run->judge.again,
			[CAPTURE_MACHINES] = machines_count(),
			[CAPTURE_FORGOTTEN] = flows_forgotten(track->flows),
			[CAPTURE_DROPPED] = run->dropped,
		},
		.local = machines_given(),
	};
	capture->dead_syns = ports_dead(&capture->dead_ports);
}
