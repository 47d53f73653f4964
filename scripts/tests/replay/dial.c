// SPDX-License-Identifier: GPL-2.0
/* Plays a dial: the machine under test asks for the connection. */
#include "conn.h"
#include "program.h"

/*
 * Sends a SYN of the peer, which crosses the machine's SYN. Both ends answer with a
 * SYN-ACK. Leaves snd_nxt at the SYN's number, for the SYN-ACK of the peer.
 */
static bool cross(struct conn *c)
{
	struct segment seg = peer_segment(&c->peer, TCP_SYN, c->step->tsval);

	seg.mss = CONN_MSS;
	peer_send(&c->peer, &seg);
	if (!peer_wait(&c->peer, SEEN_SYNACK, -1, DEED_NS)) {
		trouble(c->outcome, "the machine sent no SYN-ACK");
		return false;
	}
	c->peer.snd_nxt = c->peer.iss;
	return true;
}

static enum verdict answer_dial(struct conn *c)
{
	enum open_mode open = c->step->open;
	struct segment seg;
	bool answered;

	if (!peer_wait(&c->peer, SEEN_SYN, -1, DEED_NS)) {
		trouble(c->outcome, "the machine sent no SYN");
		return SILENT;
	}
	if (open == OPEN_SILENT)
		return SILENT;
	if (open == OPEN_CROSS && !cross(c))
		return SILENT;
	seg = peer_segment(&c->peer, (open == OPEN_RST ? TCP_RST : TCP_SYN) | TCP_ACK,
			   c->step->tsval);
	seg.mss = open == OPEN_RST ? 0 : CONN_MSS;
	peer_send(&c->peer, &seg);
	if (open == OPEN_RST)
		return RESET;
	answered = peer_wait(&c->peer, SEEN_ACK | SEEN_RST, -1, ANSWER_NS);
	/* a module that counts here takes the peer's SYN-ACK for a SYN */
	if (counter_moved(c->outcome, 0))
		return REJECTED;
	if (!answered)
		return DISCARDED;
	return c->peer.seen & SEEN_RST ? RESET : CONNECTED;
}

void dial_play(const struct step *step, struct outcome *outcome)
{
	struct conn c;

	conn_init(&c, step, outcome);
	peer_drain(NULL);
	counter_moved(outcome, 0);
	c.fd = program_dial(&step->local, step->local_port, &step->peer,
			    step->peer_port);
	outcome->verdict = answer_dial(&c);
	if (step->open == OPEN_SILENT) {
		program_keep(c.fd);		/* the kernel sends its SYN again */
	} else if (outcome->verdict != CONNECTED) {
		program_close(c.fd);
	} else if (!program_connected(c.fd)) {
		trouble(outcome, "the program is not connected");
		program_close(c.fd);
	} else {
		conn_close(&c, step->close);
	}
}
