// SPDX-License-Identifier: GPL-2.0
/*
 * follow_in.c - what a segment does to a connection: segments to the machine
 *
 * The order of the checks is that of tcp_rcv_state_process() and, for buckets, that of
 * tcp_timewait_state_process(), in 4.11.
 */
#include <linux/kernel.h>

#include "follow.h"

/* Seconds after which a timestamp is too old to compare (TCP_PAWS_24DAYS). */
#define PAWS_24DAYS	(60 * 60 * 24 * 24)

/* How much older a timestamp may be (TCP_PAWS_WINDOW). */
#define PAWS_WINDOW	1

static bool follow_paws_ok(const struct flow *flow, const struct segment *seg, int window)
{
	if (!flow->timed || !seg->timed || !flow->ts_recent_us)
		return true;
	return (s32)(flow->ts_recent - seg->tsval) <= window ||
	       seg->us / 1000000 >= flow->ts_recent_us / 1000000 + PAWS_24DAYS;
}

static void follow_ts_recent(struct flow *flow, const struct segment *seg)
{
	if (!flow->timed || !seg->timed || seq_after(seg->seq, flow->rcv_wup) ||
	    !follow_paws_ok(flow, seg, 0))
		return;
	flow->ts_recent = seg->tsval;
	flow->ts_recent_us = seg->us;
}

/* The check of RFC 793, as the kernel does it for sockets without a receive queue. */
static bool follow_in_window(const struct segment *seg, u32 start, u32 end)
{
	if (seg->seq == start)
		return true;
	if (seq_after(seg->end_seq, start) && seq_after(end, seg->seq))
		return true;
	return seg->seq == end && seg->end_seq == seg->seq;
}

static void follow_abort(struct feed *feed, struct flow *flow, const struct segment *seg)
{
	follow_change(feed, flow, TWR_EVENT_ABORTED, seg->us, true);
	flow->state = FLOW_CLOSED;
}

static void follow_rearm(struct feed *feed, struct flow *flow, const struct segment *seg)
{
	struct observation *observation = feed_add(feed, seg->us);

	observation->what = OBSERVED_REARM;
	observation->machine = flow->machine;
	follow_conn(&observation->change.conn, flow);
	flow->until = seg->us + FOLLOW_MINUTE;
}

static void follow_time_wait(struct feed *feed, struct flow *flow,
			     const struct segment *seg)
{
	if (!seg->rst) {
		if (seg->ack)
			follow_rearm(feed, flow, seg);
	} else if (seg->seq == flow->rcv_nxt && follow_paws_ok(flow, seg, 0)) {
		follow_abort(feed, flow, seg);
	}
}

/*
 * Handles a segment to a connection in FIN-WAIT-2. Only the machine's answer shows
 * whether this is a bucket, which takes no data, or still a socket.
 */
static void follow_fin_wait2(struct feed *feed, struct flow *flow,
			     const struct segment *seg)
{
	if (!follow_paws_ok(flow, seg, 0) ||
	    !follow_in_window(seg, flow->rcv_nxt, flow->rcv_nxt + flow->rcv_wnd))
		return;
	if (seg->rst) {
		follow_abort(feed, flow, seg);
		return;
	}
	if (!seg->ack || seg->syn)
		return;
	if (seg->fin) {
		flow->fin_came = true;
		flow->peer_fin = seg->end_seq;
	}
	if (!seg->fin || seg->end_seq != flow->rcv_nxt + 1) {
		/* For the case that an ACK answers it. */
		follow_ts_recent(flow, seg);
		return;
	}
	if (flow->timed && seg->timed) {
		flow->ts_recent = seg->tsval;
		flow->ts_recent_us = seg->us;
	}
	flow->rcv_nxt = seg->end_seq;
	follow_peer_fin(feed, flow, seg->us);
}

static void follow_connected(struct feed *feed, struct flow *flow,
			     const struct segment *seg)
{
	if (seg->rst) {
		flow->state = FLOW_CLOSED;
		return;
	}
	if (!seg->syn || !seg->ack || (seg->ack_seq != flow->snd_nxt && !seg->relative))
		return;
	flow->snd_una = seg->ack_seq;
	flow->irs = seg->seq;
	flow->rcv_nxt = seg->end_seq;
	flow->rcv_wup = seg->end_seq;
	flow->rcv_wnd = 65535;
	flow->timed = flow->ask_timed && seg->timed;
	flow->ts_recent = seg->tsval;
	flow->ts_recent_us = seg->us;
	rto_acked(&flow->rto, seg, flow->snd_nxt);
	flow->state = FLOW_ESTABLISHED;
	follow_change(feed, flow, TWR_EVENT_OPENED, seg->us, true);
}

/* The peer continues although no SYN-ACK was captured. */
static void follow_guess(struct feed *feed, struct flow *flow, const struct segment *seg)
{
	if (flow->asked == FLOW_NONE || seg->rst || seg->syn || !seg->ack ||
	    (seg->seq != flow->ask_end && !seg->relative))
		return;
	follow_answer(feed, flow, ANSWER_GUESSED);
	follow_opened(flow, seg->ack_seq - 1);
	flow->timed = flow->ask_timed && seg->timed;
	flow->scale = 14;
	flow->rcv_wnd = 65535 << 14;
}

/* The machine's FIN is acknowledged. Return: true if the segment did nothing else. */
static bool follow_fin_acked(struct feed *feed, struct flow *flow,
			     const struct segment *seg, bool routed)
{
	switch (flow->state) {
	case FLOW_FIN_WAIT1:
		flow->state = FLOW_FIN_WAIT2;
		flow->until = seg->us + FOLLOW_MINUTE;
		/*
		 * If the segment has more data or a FIN, this stays a socket, or is
		 * reset.
		 */
		flow->whole = seg->fin || seq_after(seg->end_seq, flow->rcv_nxt);
		if (!flow->whole)
			follow_change(feed, flow, TWR_EVENT_FIN_WAIT2, seg->us, routed);
		return !flow->whole;
	case FLOW_CLOSING:
		follow_change(feed, flow, TWR_EVENT_TIME_WAIT, seg->us, routed);
		flow->state = FLOW_TIME_WAIT;
		flow->until = seg->us + FOLLOW_MINUTE;
		return true;
	case FLOW_LAST_ACK:
		follow_change(feed, flow, TWR_EVENT_CLOSED, seg->us, routed);
		flow->state = FLOW_CLOSED;
		return true;
	default:
		return false;
	}
}

/* Takes the data of the segment and its FIN. */
static void follow_data(struct feed *feed, struct flow *flow, const struct segment *seg)
{
	bool data = seg->end_seq - seg->seq > seg->fin;

	if (seg->fin) {
		flow->fin_came = true;
		flow->peer_fin = seg->end_seq;
	}
	if (seq_after(seg->end_seq, flow->rcv_nxt) && !seq_after(seg->seq, flow->rcv_nxt))
		flow->rcv_nxt = seg->end_seq;
	follow_peer_fin(feed, flow, seg->us);
	/* A closed socket does not take data, and answers with a RST. */
	if (seg->fin && data && flow->state == FLOW_TIME_WAIT)
		flow->doubt = true;
}

/*
 * Handles a segment that has passed all checks that TCP makes before the
 * acknowledgment.
 */
static void follow_taken(struct feed *feed, struct flow *flow, const struct segment *seg)
{
	bool routed = rto_routed(&flow->rto);

	if (seq_after(seg->ack_seq, flow->snd_nxt)) {
		/*
		 * Nothing is sent after a FIN; otherwise the missing segment was not
		 * captured.
		 */
		if (flow->fin_sent)
			return;
		flow->snd_nxt = seg->ack_seq;
	}
	if (flow->state == FLOW_SYN_RECV) {
		if (!seq_after(seg->ack_seq, flow->iss))
			return;
		flow->state = FLOW_ESTABLISHED;
	}

	follow_ts_recent(flow, seg);
	if (seq_after(seg->ack_seq, flow->snd_una)) {
		if (flow->snd_una == flow->iss && !flow->active)
			follow_change(feed, flow, TWR_EVENT_OPENED, seg->us, true);
		flow->snd_una = seg->ack_seq;
		rto_acked(&flow->rto, seg, flow->snd_nxt);
	}
	if (flow->fin_sent && !seq_after(flow->fin, seg->ack_seq) &&
	    follow_fin_acked(feed, flow, seg, routed))
		return;
	follow_data(feed, flow, seg);
}

void follow_in(struct feed *feed, struct flow *flow, const struct segment *seg)
{
	follow_expire(flow, seg->us);
	switch (flow->state) {
	case FLOW_CLOSED:
		follow_guess(feed, flow, seg);
		if (flow->state != FLOW_SYN_RECV)
			return;
		break;
	case FLOW_SYN_SENT:
		follow_connected(feed, flow, seg);
		return;
	case FLOW_TIME_WAIT:
		follow_time_wait(feed, flow, seg);
		return;
	case FLOW_FIN_WAIT2:
		if (!flow->whole) {
			follow_fin_wait2(feed, flow, seg);
			return;
		}
		break;
	}

	if (!seg->rst && !follow_paws_ok(flow, seg, PAWS_WINDOW))
		return;
	if (seq_after(flow->rcv_wup, seg->end_seq) ||
	    seq_after(seg->seq, flow->rcv_wup + max(flow->rcv_wnd,
						    flow->rcv_nxt - flow->rcv_wup)))
		return;
	if (seg->rst) {
		if (seg->seq == flow->rcv_nxt || flow->state == FLOW_SYN_RECV)
			follow_abort(feed, flow, seg);
		return;
	}
	if (!seg->syn && seg->ack)
		follow_taken(feed, flow, seg);
}
