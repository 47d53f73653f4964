// SPDX-License-Identifier: GPL-2.0
/*
 * Plays a script of hosts whose requests overlap.
 *
 * What happens when is clear before the play, because the running kernel serves every
 * request at once: the SYN, the first FIN, and the second FIN if the machine sent the
 * first.
 */
#include <err.h>
#include <stdlib.h>

#include "conn.h"
#include "counter.h"
#include "loop.h"
#include "program.h"

#define SEC		1000000000LL	/* in nanoseconds */
#define REQUEST_LEN	10
/* The last retry is sent after 63 s (67 s since Linux 6.5), and is settled after that. */
#define QUIET_NS	(70 * SEC)

enum deed { ASK, FIRST_FIN, SECOND_FIN };

struct event {
	int64_t at;		/* ns from the start of the play */
	enum deed deed;
	struct conn *conn;
};

static int by_time(const void *one, const void *other)
{
	const struct event *a = one, *b = other;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->conn != b->conn)
		return a->conn < b->conn ? -1 : 1;
	return a->deed - b->deed;
}

/* The TSval of the client's clock. A double would lose bits after some hours. */
static uint32_t tsval_at(const struct conn *c, int64_t at)
{
	return c->step->tsval + (uint64_t)((long double)c->step->ticks * at / SEC);
}

static struct segment next_segment(const struct conn *c, uint8_t flags, int64_t at)
{
	return peer_segment(&c->peer, flags, tsval_at(c, at));
}

static bool get_accepted(struct conn *c)
{
	const struct step *step = c->step;
	struct addr from;
	uint16_t port;

	peer_wait(&c->peer, 0, program_listener(step->local.family, step->local_port), ACCEPT_NS);
	c->fd = program_accept(step->local.family, step->local_port, &from, &port);
	if (c->fd < 0) {
		trouble(c->outcome, "the program got no connection to accept");
		return false;
	}
	/* each connection is accepted before the next is asked for */
	if (port != step->peer_port || !addr_equal(&from, &step->peer)) {
		trouble(c->outcome, "the program accepted another connection");
		program_keep(c->fd);
		c->fd = -1;
		return false;
	}
	return true;
}

static void play_ask(struct conn *c, int64_t at)
{
	struct segment seg = next_segment(c, TCP_SYN, at);

	seg.mss = CONN_MSS;
	peer_send(&c->peer, &seg);
	if (!peer_wait(&c->peer, SEEN_SYNACK, -1, ANSWER_NS)) {
		trouble(c->outcome, "the machine sent no SYN-ACK");
		return;
	}
	seg = next_segment(c, TCP_ACK, at);
	peer_send(&c->peer, &seg);
	if (!get_accepted(c))
		return;
	seg = next_segment(c, TCP_ACK | TCP_PSH, at);
	seg.len = REQUEST_LEN;
	peer_send(&c->peer, &seg);
	peer_drain(&c->peer);
}

/* The segment acknowledges the machine's FIN. */
static void send_after_fin(struct conn *c, uint8_t flags, int64_t at)
{
	struct segment seg = next_segment(c, flags | TCP_ACK, at);

	seg.ack++;
	peer_send(&c->peer, &seg);
	peer_drain(&c->peer);
}

static bool program_closes(struct conn *c)
{
	program_close(c->fd);
	c->fd = -1;
	if (peer_wait(&c->peer, SEEN_FIN, -1, DEED_NS))
		return true;
	trouble(c->outcome, "the machine sent no FIN");
	return false;
}

static bool program_gets_end(struct conn *c)
{
	bool ended = false;

	while (!ended && peer_wait(&c->peer, 0, c->fd, DEED_NS))
		program_read(c->fd, &ended);
	if (!ended)
		trouble(c->outcome, "the program read no end");
	return ended;
}

static void play_first_fin(struct conn *c, int64_t at)
{
	struct segment seg;

	if (c->step->close == CLOSE_SERVER) {
		if (program_closes(c))
			send_after_fin(c, 0, at);
		return;
	}
	seg = next_segment(c, TCP_FIN | TCP_ACK, at);
	peer_send(&c->peer, &seg);
	if (program_gets_end(c) && program_closes(c))
		send_after_fin(c, 0, at);
}

static void play_event(const struct event *event)
{
	struct conn *c = event->conn;

	/* where something failed, nothing can follow */
	if (*c->outcome->trouble)
		return;
	switch (event->deed) {
	case ASK:
		play_ask(c, event->at);
		break;
	case FIRST_FIN:
		play_first_fin(c, event->at);
		break;
	case SECOND_FIN:
		send_after_fin(c, TCP_FIN, event->at);
		break;
	}
}

/* Returns the number of events, in the order of time. */
static size_t plan(const struct script *script, struct outcome *outcomes,
		   struct conn *conns, struct event *events)
{
	size_t nr = 0;

	for (size_t i = 0; i < script->nr; i++) {
		const struct step *step = &script->steps[i];
		struct conn *c = &conns[i];
		int64_t close = step->at_ns + step->wait_ns;

		if (step->kind != STEP_ASK)
			continue;
		conn_init(c, step, &outcomes[i]);
		events[nr++] = (struct event){ step->at_ns, ASK, c };
		events[nr++] = (struct event){ close, FIRST_FIN, c };
		if (step->close == CLOSE_SERVER)
			events[nr++] = (struct event){ close + GAP_NS, SECOND_FIN, c };
	}
	qsort(events, nr, sizeof(*events), by_time);
	return nr;
}

void loop_play(const struct script *script, bool guess_rate, struct outcome *outcomes)
{
	struct event *events = calloc(3 * script->nr, sizeof(*events));
	struct conn *conns = calloc(script->nr, sizeof(*conns));
	int64_t start = peer_clock();
	size_t nr;

	if (!events || !conns)
		err(2, NULL);
	nr = plan(script, outcomes, conns, events);
	for (size_t i = 0; i < nr; i++) {
		int64_t left = start + events[i].at - peer_clock();

		if (left > 0)
			pause_for(left);
		if (events[i].deed == ASK && !guess_rate)
			counter_tell_rate(events[i].conn->step->ticks + 0.5);
		play_event(&events[i]);
	}
	pause_for(QUIET_NS);
	for (size_t i = 0; i < script->nr; i++)
		if (conns[i].step && conns[i].fd >= 0)
			program_keep(conns[i].fd);
	free(conns);
	free(events);
}
