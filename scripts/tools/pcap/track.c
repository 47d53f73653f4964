// SPDX-License-Identifier: GPL-2.0
/*
 * track.c - what the segments of both directions show about machines and connections
 */
#include <linux/kernel.h>

#include "follow.h"
#include "machine.h"
#include "track.h"

/*
 * If the same bytes come again within so many microseconds, they are one packet that
 * was captured at two places: no sender retransmits that soon.
 */
#define TRACK_TWICE	10000

/* An odd number whose bits are well spread. */
#define TRACK_MIX	0x9e3779b1

/* Only a clock that is set back by more than this is reported. */
#define TRACK_BACK	100000

/* Return: true if the segment was captured a moment ago. */
static bool track_twice(struct track *track, struct flow *flow, const struct segment *seg,
			int direction)
{
	u32 print = ((seg->print * TRACK_MIX + seg->seq) * TRACK_MIX + seg->end_seq) *
		    TRACK_MIX + seg->tsval;
	bool same = flow->print[direction] == print &&
		    seg->us <= flow->print_us[direction] + TRACK_TWICE;

	/* The same ACK can answer two SYNs. */
	if (direction && flow->asked != FLOW_NONE)
		same = false;

	flow->print[direction] = print;
	flow->print_us[direction] = seg->us;
	track->twice += same;
	return same;
}

/*
 * In text, sequence numbers may be relative or not. The nearer number is the right one.
 */
static u32 track_near(u32 number, u32 first, u32 about)
{
	u32 apart = abs((s32)(number - about));

	return (u32)abs((s32)(number + first - about)) < apart ? number + first : number;
}

static void track_absolute(const struct flow *flow, struct segment *seg, bool incoming)
{
	u32 len = seg->end_seq - seg->seq;

	if (!seg->relative || seg->syn || flow->state <= FLOW_SYN_SENT)
		return;
	if (incoming) {
		seg->seq = track_near(seg->seq, flow->irs, flow->rcv_nxt);
		seg->ack_seq = track_near(seg->ack_seq, flow->iss, flow->snd_una);
	} else {
		seg->seq = track_near(seg->seq, flow->iss, flow->snd_nxt);
		seg->ack_seq = track_near(seg->ack_seq, flow->irs, flow->rcv_wup);
	}
	/* tcpdump leaves out the sequence number of a segment without data. */
	if (seg->unnumbered)
		seg->seq = incoming ? flow->rcv_nxt : flow->snd_nxt;
	seg->end_seq = seg->seq + len;
}

static struct flow *track_add(struct track *track, const struct segment *seg, bool incoming,
			      u32 machine)
{
	struct flow *flow = flows_add(track->flows, seg, incoming);

	flow->machine = machine;
	return flow;
}

/* Handles a SYN: its receiver is a machine, and its sender may be one. */
static void track_ask(struct track *track, struct segment *seg)
{
	u32 server = machine_serve(&seg->dst), client = machine_find(&seg->src);
	struct flow *found[2];

	if (!server && !client)
		return;
	flows_find(track->flows, seg, found);
	if (server && !found[0])
		found[0] = track_add(track, seg, true, server);
	if (client && !found[1] && !seg->malformed)
		found[1] = track_add(track, seg, false, client);
	if (server && client)
		flows_twins(track->flows, seg, found);

	if (found[0] && server && !track_twice(track, found[0], seg, 0)) {
		machine_listens(server, seg->dport, true);
		flows_touch(track->flows, found[0], seg->us);
		follow_ask(track->feed, found[0], seg);
	}
	if (found[1] && client && !track_twice(track, found[1], seg, 1)) {
		flows_touch(track->flows, found[1], seg->us);
		follow_dial(found[1], seg);
	}
}

/*
 * Starts with a connection older than the capture, if it is clear which side is the
 * server.
 */
static void track_join(struct track *track, const struct segment *seg,
		       struct flow *found[2])
{
	u32 server;
	int side;

	if (seg->rst || seg->syn || !seg->ack || seg->end_seq == seg->seq)
		return;
	for (side = 0; side < 2; side++) {
		server = machine_find(side ? &seg->src : &seg->dst);
		if (!server ||
		    !machine_listens(server, side ? seg->sport : seg->dport, false))
			continue;
		found[side] = track_add(track, seg, !side, server);
		follow_join(found[side], seg, !side);
		return;
	}
}

void track_segment(struct track *track, struct segment *seg)
{
	struct flow *found[2];

	if (seg->us < track->now) {
		track->back += seg->us + TRACK_BACK < track->now;
		seg->us = track->now;
	}
	track->now = seg->us;
	if (!track->first)
		track->first = seg->us;
	track->segments++;
	feed_pass(track->feed, seg->us);

	if (segment_is_syn(seg)) {
		track_ask(track, seg);
		return;
	}
	if (seg->malformed)
		return;
	flows_find(track->flows, seg, found);
	if (!found[0] && !found[1])
		track_join(track, seg, found);

	if (found[0] && !track_twice(track, found[0], seg, 0)) {
		track->in++;
		if (seg->sum == SUM_WRONG) {
			track->damaged++;
		} else {
			flows_touch(track->flows, found[0], seg->us);
			track_absolute(found[0], seg, true);
			follow_in(track->feed, found[0], seg);
		}
	}
	if (found[1] && !track_twice(track, found[1], seg, 1)) {
		track->out++;
		flows_touch(track->flows, found[1], seg->us);
		track_absolute(found[1], seg, false);
		follow_out(track->feed, found[1], seg);
	}
}
