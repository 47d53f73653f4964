// SPDX-License-Identifier: GPL-2.0
/*
 * follow.c - what a segment does to a connection: its start, and segments from the machine
 */
#include <linux/kernel.h>

#include "follow.h"

void follow_conn(struct twr_conn *conn, const struct flow *flow)
{
	conn->key.peer = flow->peer;
	conn->key.local = flow->local;
	conn->key.netns = flow->machine;
	twr_key_set_hash(&conn->key);
	conn->peer_port = flow->pport;
	conn->local_port = flow->lport;
}

bool follow_expire(struct flow *flow, u64 us)
{
	if ((flow->state != FLOW_SYN_RECV && flow->state != FLOW_FIN_WAIT2 &&
	     flow->state != FLOW_TIME_WAIT) || us < flow->until || flow->whole)
		return false;
	flow->state = FLOW_CLOSED;
	return true;
}

void follow_change(struct feed *feed, struct flow *flow, enum twr_conn_event event, u64 us,
		   bool routed)
{
	struct observation *observation = feed_add(feed, us);
	struct twr_conn_change *change = &observation->change;

	observation->what = OBSERVED_CHANGE;
	observation->machine = flow->machine;
	observation->seq = flow->rcv_nxt;
	observation->stamp_us = flow->timed ? flow->ts_recent_us : 0;
	follow_conn(&change->conn, flow);
	change->event = event;
	change->is_active_open = flow->active;
	change->has_route = routed;
	change->has_stamp = flow->timed && flow->ts_recent_us &&
			    (event == TWR_EVENT_FIN_WAIT2 || event == TWR_EVENT_TIME_WAIT ||
			     event == TWR_EVENT_MINI_TIME_WAIT);
	change->stamp.ts = flow->ts_recent;
	change->stamp.ts_stamp = flow->ts_recent_us / 1000000;
	/* HZ is 1000 in this program. */
	change->rto = flow->rto.us / 1000;
	change->fin_wait2_timeo = max((u32)(FOLLOW_MINUTE / 1000),
				      (change->rto << 2) - (change->rto >> 1));
	flow->changed = feed_last(feed);
	flow->doubt = false;
}

/* Notes the answer to the last SYN. */
void follow_answer(struct feed *feed, struct flow *flow, enum answer answer)
{
	struct observation *observation = feed_get(feed, flow->asked);

	flow->asked = FLOW_NONE;
	if (!observation)
		return;
	observation->answer = answer;
	/*
	 * Only a bucket or a socket answers so; the capture does not show this
	 * connection.
	 */
	if (answer == ANSWER_ACK && observation->syn.match == TWR_MATCH_NONE)
		observation->syn.match = TWR_MATCH_TIMEWAIT;
}

/* The first half of tcp_timewait_state_process(), for a SYN. */
void follow_match_timewait(struct twr_syn *syn, bool recyclable, u32 ts_recent, u32 rcv_nxt)
{
	bool timed = recyclable && syn->timed;

	syn->match = recyclable ? TWR_MATCH_TIMEWAIT_RECYCLABLE : TWR_MATCH_TIMEWAIT;
	syn->rearms_timewait = timed && (s32)(ts_recent - syn->tsval) > 0;
	syn->reopens_timewait = !syn->rearms_timewait &&
				(seq_after(syn->seq, rcv_nxt) ||
				 (timed && (s32)(ts_recent - syn->tsval) < 0));
}

static void follow_match(struct flow *flow, const struct segment *seg, struct twr_syn *syn)
{
	follow_expire(flow, seg->us);
	switch (flow->state) {
	case FLOW_CLOSED:
	case FLOW_SYN_SENT:
		syn->match = TWR_MATCH_NONE;
		break;
	case FLOW_SYN_RECV:
		syn->match = TWR_MATCH_REQUEST;
		break;
	case FLOW_FIN_WAIT2:
		syn->match = flow->whole ? TWR_MATCH_SOCKET : TWR_MATCH_TIMEWAIT;
		break;
	case FLOW_TIME_WAIT:
		follow_match_timewait(syn, flow->timed, flow->ts_recent, flow->rcv_nxt);
		if (syn->rearms_timewait)
			flow->until = seg->us + FOLLOW_MINUTE;
		break;
	default:
		syn->match = TWR_MATCH_SOCKET;
		break;
	}
}

/*
 * A capture does not show the queues of a listener; it shows at most that there is one.
 */
void follow_ask(struct feed *feed, struct flow *flow, const struct segment *seg)
{
	struct observation *observation = feed_add(feed, seg->us);
	struct twr_syn *syn = &observation->syn;

	observation->what = OBSERVED_SYN;
	observation->machine = flow->machine;
	observation->again = flow->asked != FLOW_NONE && flow->ask_seq == seg->seq;
	observation->seq = seg->seq;
	observation->damaged = seg->sum == SUM_WRONG;
	follow_conn(&syn->conn, flow);
	syn->fin = seg->fin;
	syn->seq = seg->seq;
	syn->timed = seg->timed;
	syn->tsval = seg->tsval;
	syn->reply_is_source_routed = seg->rerouted;
	syn->listener = TWR_LISTENER_FOUND;
	syn->queues.backlog = 128;
	syn->queues.max_syn_backlog = 128;
	if (seg->malformed) {
		syn->listener = TWR_LISTENER_NONE;
		syn->discarded = true;
		syn->exempt = TWR_EXEMPT_MALFORMED;
		return;
	}

	follow_match(flow, seg, syn);
	flow->asked = feed_last(feed);
	flow->ask_us = seg->us;
	flow->ask_seq = seg->seq;
	flow->ask_end = seg->end_seq;
	flow->ask_tsval = seg->tsval;
	flow->ask_timed = seg->timed;
	flow->ask_scale = seg->scale;
}

void follow_dial(struct flow *flow, const struct segment *seg)
{
	if (flow->state == FLOW_SYN_SENT && flow->iss == seg->seq) {
		rto_sent(&flow->rto, seg, false);
		return;
	}
	flow->state = FLOW_SYN_SENT;
	flow->active = true;
	flow->iss = seg->seq;
	flow->snd_una = seg->seq;
	flow->snd_nxt = seg->end_seq;
	flow->ask_timed = seg->timed;
	flow->scale = seg->scale;
	flow->fin_sent = false;
	flow->fin_came = false;
	flow->whole = false;
	rto_reset(&flow->rto);
	rto_sent(&flow->rto, seg, true);
}

void follow_join(struct flow *flow, const struct segment *seg, bool incoming)
{
	flow->state = FLOW_ESTABLISHED;
	flow->timed = seg->timed;
	/*
	 * The largest scale: if the window is too large, the model accepts more than
	 * TCP did.
	 */
	flow->scale = 14;
	flow->rcv_wnd = 65535 << 14;
	flow->snd_una = incoming ? seg->ack_seq : seg->seq;
	flow->snd_nxt = flow->snd_una;
	flow->iss = flow->snd_una - 1;
	flow->rcv_nxt = incoming ? seg->seq : seg->ack_seq;
	flow->rcv_wup = flow->rcv_nxt;
	flow->irs = flow->rcv_nxt - 1;
	rto_reset(&flow->rto);
}

/* The last SYN becomes a connection; @iss is the first sequence number of this side. */
void follow_opened(struct flow *flow, u32 iss)
{
	flow->state = FLOW_SYN_RECV;
	flow->until = flow->ask_us + FOLLOW_REQUEST;
	flow->active = false;
	flow->iss = iss;
	flow->snd_una = iss;
	flow->snd_nxt = iss + 1;
	flow->irs = flow->ask_seq;
	flow->rcv_nxt = flow->ask_seq + 1;
	flow->rcv_wup = flow->rcv_nxt;
	flow->rcv_wnd = 65535;
	flow->ts_recent = flow->ask_tsval;
	flow->ts_recent_us = flow->ask_us;
	flow->fin_sent = false;
	flow->fin_came = false;
	flow->whole = false;
	rto_reset(&flow->rto);
}

/* Takes the peer's FIN, if all before it has come. */
void follow_peer_fin(struct feed *feed, struct flow *flow, u64 us)
{
	if (!flow->fin_came || seq_after(flow->peer_fin, flow->rcv_nxt))
		return;
	switch (flow->state) {
	case FLOW_SYN_RECV:
	case FLOW_ESTABLISHED:
		flow->state = FLOW_CLOSE_WAIT;
		break;
	case FLOW_FIN_WAIT1:
		flow->state = FLOW_CLOSING;
		break;
	case FLOW_FIN_WAIT2:
		/*
		 * The machine answers before this, and the answer brings the route
		 * back.
		 */
		follow_change(feed, flow, flow->whole ? TWR_EVENT_TIME_WAIT :
						       TWR_EVENT_MINI_TIME_WAIT, us, true);
		flow->state = FLOW_TIME_WAIT;
		flow->whole = false;
		flow->until = us + FOLLOW_MINUTE;
		break;
	default:
		break;
	}
}

static void follow_accept(struct feed *feed, struct flow *flow, const struct segment *seg)
{
	if (flow->state == FLOW_SYN_RECV && flow->iss == seg->seq) {
		follow_answer(feed, flow, ANSWER_SYN_ACK);
		rto_sent(&flow->rto, seg, false);
		return;
	}
	if (flow->asked == FLOW_NONE ||
	    (seg->ack_seq != flow->ask_seq + 1 && seg->ack_seq != flow->ask_end &&
	     !seg->relative))
		return;
	follow_answer(feed, flow, ANSWER_SYN_ACK);
	follow_opened(flow, seg->seq);
	flow->timed = flow->ask_timed && seg->timed;
	flow->scale = seg->scale;
	flow->rcv_wnd = seg->window;
	rto_sent(&flow->rto, seg, true);
}

/* A reset shows that the machine has no such connection, or no longer has it. */
static void follow_refuse(struct feed *feed, struct flow *flow, const struct segment *seg)
{
	struct observation *observation;

	if (flow->asked != FLOW_NONE && seg->ack && seg->ack_seq == flow->ask_end) {
		follow_answer(feed, flow, ANSWER_RST);
		if (flow->state == FLOW_CLOSED)
			return;
	}
	if (flow->state == FLOW_CLOSED)
		return;
	observation = flow->doubt ? feed_get(feed, flow->changed) : NULL;
	if (observation) {
		observation->change.event = TWR_EVENT_ABORTED;
		observation->change.has_stamp = false;
	} else {
		follow_change(feed, flow, TWR_EVENT_ABORTED, seg->us, true);
	}
	flow->state = FLOW_CLOSED;
}

static void follow_sent_fin(struct flow *flow, const struct segment *seg)
{
	flow->fin_sent = true;
	flow->fin = seg->end_seq;
	if (flow->state == FLOW_ESTABLISHED || flow->state == FLOW_SYN_RECV) {
		flow->state = FLOW_FIN_WAIT1;
	} else if (flow->state == FLOW_CLOSE_WAIT) {
		/* Sent before the peer's FIN was taken: both close at the same time. */
		flow->state = seq_after(flow->peer_fin, seg->ack_seq) ? FLOW_CLOSING :
									FLOW_LAST_ACK;
	}
}

void follow_out(struct feed *feed, struct flow *flow, const struct segment *seg)
{
	bool fresh = seq_after(seg->end_seq, flow->snd_nxt);

	if (seg->rst) {
		follow_refuse(feed, flow, seg);
		return;
	}
	if (seg->syn) {
		if (!flow->active || flow->asked != FLOW_NONE)
			follow_accept(feed, flow, seg);
		return;
	}
	if (flow->asked != FLOW_NONE && flow->state != FLOW_SYN_RECV)
		follow_answer(feed, flow, ANSWER_ACK);
	if (flow->state <= FLOW_SYN_SENT || !seg->ack)
		return;

	if (seg->end_seq != seg->seq) {
		rto_sent(&flow->rto, seg, fresh);
		if (fresh)
			flow->snd_nxt = seg->end_seq;
	}
	if (seq_after(seg->ack_seq, flow->rcv_nxt)) {
		/* A bucket takes no data, so this is a socket. */
		if (flow->state == FLOW_FIN_WAIT2)
			flow->whole = true;
		flow->rcv_nxt = seg->ack_seq;
	}
	flow->rcv_wup = seg->ack_seq;
	flow->rcv_wnd = (u32)seg->window << flow->scale;
	follow_peer_fin(feed, flow, seg->us);
	if (seg->fin && !flow->fin_sent)
		follow_sent_fin(flow, seg);
}
