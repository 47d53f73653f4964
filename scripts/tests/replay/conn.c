// SPDX-License-Identifier: GPL-2.0
/* Plays a conn: asks for a connection, opens it and closes it. */
#include <inttypes.h>

#include "conn.h"
#include "counter.h"
#include "flood.h"
#include "live.h"
#include "program.h"

#define SYN_DATA_LEN	16
#define SYN_ACK_NUMBER	12345	/* of a SYN with the ACK flag */
/* The recordings took a SYN for dropped after this time without an answer. */
#define CLIENT_GIVES_UP	70		/* seconds; the last retry comes after 63 */
#define DROPPED_NS	(20 * MS)

static uint32_t connections;	/* those without seq= */
static uint64_t counted;	/* the module's counter at the last reading */
static bool serve_rejected;
static bool guess_rate;

void conn_start(bool serve)
{
	serve_rejected = serve;
	counted = counter_read();
}

void play_guess_rate(void)
{
	guess_rate = true;
}

static struct segment build_syn(struct conn *c)
{
	const struct syn_form *form = &c->step->syn;
	struct segment seg = peer_segment(&c->peer, form->flags, c->step->tsval);

	seg.mss = CONN_MSS;
	seg.window = form->window;
	seg.tsecr = form->tsecr;
	seg.ts_before = form->two;
	seg.tsval_before = form->first;
	seg.ts_unaligned = form->raw;
	seg.tfo = form->tfo;
	seg.len = form->data ? SYN_DATA_LEN : 0;
	seg.badsum = form->badsum;
	if (form->flags & TCP_ACK)
		seg.ack = SYN_ACK_NUMBER;
	return seg;
}

bool counter_moved(struct outcome *outcome, uint64_t max)
{
	uint64_t now = counter_read();
	uint64_t moved = now - counted;

	counted = now;
	if (moved > max)
		trouble(outcome, "the module counted %" PRIu64 " SYNs, not %" PRIu64,
			moved, max);
	return moved;
}

void counter_skip(void)
{
	counted = counter_read();
}

/* Resets the request of a SYN that should have no answer, or that is only a probe. */
static void take_back_syn(struct conn *c)
{
	struct segment seg = peer_segment(&c->peer, TCP_RST, 0);

	if (!(c->peer.seen & SEEN_SYNACK))
		return;
	seg.seq = c->peer.iss + 1;
	seg.ts = false;
	peer_send(&c->peer, &seg);
}

static enum verdict ask(struct conn *c)
{
	struct segment syn = build_syn(c);

	/* what waits there is of older connections; no SYN is among it */
	peer_drain(NULL);
	if (flood_burst(NULL))
		counter_skip();
	else
		counter_moved(c->outcome, 0);

	peer_send(&c->peer, &syn);
	peer_wait(&c->peer, SEEN_SYNACK | SEEN_ACK | SEEN_RST, -1, ANSWER_NS);
	if (counter_moved(c->outcome, 1)) {
		if (!serve_rejected) {
			take_back_syn(c);
			pause_for(DROPPED_NS);
		}
		return REJECTED;
	}
	if (c->peer.seen & SEEN_SYNACK)
		return ACCEPTED;
	if (c->peer.seen & SEEN_RST)
		return RESET;
	return c->peer.seen & SEEN_ACK ? ACKED : SILENT;
}

static void acknowledge(struct conn *c)
{
	struct segment seg = peer_segment(&c->peer, TCP_ACK, c->step->tsval + 1);

	peer_send(&c->peer, &seg);
}

static bool get_accepted(struct conn *c)
{
	int family = c->step->peer.family;
	uint16_t port = c->step->local_port;
	struct addr from;
	uint16_t from_port;

	peer_wait(&c->peer, 0, program_listener(family, port), ACCEPT_NS);
	c->fd = program_accept(family, port, &from, &from_port);
	if (c->fd < 0)
		return false;
	c->stranger = from_port != c->step->peer_port ||
		      !addr_equal(&from, &c->step->peer);
	return true;
}

void conn_init(struct conn *c, const struct step *step, struct outcome *outcome)
{
	if (!step->has_seq)
		connections++;
	*c = (struct conn){
		.step = step,
		.outcome = outcome,
		.peer = {
			.peer = step->peer, .peer_port = step->peer_port,
			.machine = step->local, .machine_port = step->local_port,
			.ts = step->ts,
			.iss = step->has_seq ? step->seq :
				1000 + 1000003 * connections,
		},
		.fd = -1,
		.fin = step->has_fin ? step->fin : step->tsval + 2 + step->data,
	};
	c->peer.snd_nxt = c->peer.iss;
}

/*
 * Returns which of the module's delays has grown by the one SYN that was played. While its
 * retries are pending, the client waits, as the recorded one did. Every read makes the module
 * judge the retries that are due.
 */
static enum verdict delay_told(struct outcome *outcome, const uint64_t *before)
{
	enum verdict told = NR_VERDICTS;
	uint64_t now[COUNTER_DELAYS];

	for (int second = 0; second < CLIENT_GIVES_UP && counter_pending(); second++)
		pause_for(1000 * MS);
	counter_delays(now);
	for (int i = 0; i < COUNTER_DELAYS; i++) {
		if (now[i] == before[i])
			continue;
		if (told != NR_VERDICTS || now[i] != before[i] + 1)
			trouble(outcome, "not one of the module's delays has grown by one");
		told = AFTER_0 + i;
	}
	if (told == NR_VERDICTS)
		trouble(outcome, "none of the module's delays has grown");
	return told == NR_VERDICTS ? SILENT : told;
}

static void play_client(const struct step *step, struct outcome *outcome)
{
	uint64_t before[COUNTER_DELAYS];
	bool rejected, at_once;
	struct conn c;

	counter_delays(before);
	if (!guess_rate)
		counter_tell_rate(step->rate);
	conn_init(&c, step, outcome);
	rejected = ask(&c) == REJECTED;
	outcome->verdict = delay_told(outcome, before);
	at_once = outcome->verdict == AFTER_0;
	if (rejected == at_once)
		trouble(outcome, "the SYN was %srejected",
			rejected ? "" : "not ");
	counter_tell_rate(0);
}

/* Continues after a SYN-ACK. Return: false if the connection is not to be played on. */
static bool establish(struct conn *c)
{
	const struct step *step = c->step;

	switch (step->close) {
	case CLOSE_PROBE:
		take_back_syn(c);
		return false;
	case CLOSE_HALF:
		live_add(c, step->tsval);
		return false;
	default:
		break;
	}
	/* meanwhile only retransmissions of the SYN-ACK come */
	pause_for(step->wait_ns);
	flood_burst(&c->peer);
	acknowledge(c);
	if (step->close == CLOSE_QUEUED) {
		live_add(c, step->tsval + 1);
		peer_settle(SETTLE_NS);
		return false;
	}
	if (get_accepted(c))
		return true;
	trouble(c->outcome, "the program got no connection to accept");
	return false;
}

void conn_play(const struct step *step, struct outcome *outcome)
{
	struct conn c;

	if (step->client) {
		play_client(step, outcome);
		return;
	}
	conn_init(&c, step, outcome);
	outcome->verdict = ask(&c);
	if (!(outcome->verdict == ACCEPTED ||
	      (outcome->verdict == REJECTED && serve_rejected &&
	       c.peer.seen & SEEN_SYNACK)))
		return;
	if (!establish(&c))
		return;
	flood_burst(&c.peer);
	for (unsigned int k = 0; k < step->data; k++)
		conn_send_data(&c, step->tsval + 1 + k, false);
	conn_close(&c, step->close);
}
