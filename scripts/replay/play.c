// SPDX-License-Identifier: GPL-2.0
/* Plays one step of a script against the machine's own TCP. */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "counter.h"
#include "delivery.h"
#include "flood.h"
#include "peer.h"
#include "play.h"
#include "program.h"
#include "trace.h"
#include "tun.h"

#define ANSWER_NS	(300 * MS)	/* for an answer to a SYN */
#define GAP_NS		(2 * MS)	/* between two segments, where a mode has one */
/*
 * For what must come at once. Shorter than the first retransmission (200 ms),
 * so that a segment that never comes does not set off others.
 */
#define DEED_NS		(100 * MS)
/*
 * For data that the program reads. Where PAWS refuses it, the answers recorded
 * for random-11 come out if the wait is longer than the minute for which a
 * stamp rejects, so the program there seems to have slept in read().
 */
#define READ_NS		(65000 * MS)
/*
 * TCP takes a ts_recent that was stamped in second 0 for none, and a guest whose
 * clock jumps over idle time is here long before second 1.
 */
#define CLOCK_READY_NS	(2000 * MS)

#define CONN_MSS	1460
#define DATA_LEN	10
#define SYN_DATA_LEN	16

/* one connection while it is played */
struct conn {
	const struct step *step;
	struct outcome *outcome;
	struct peer peer;
	int fd;			/* the program's end, or -1 */
	uint32_t fin;		/* F */
};

static int tun;
static uint32_t connections;
static uint64_t counted;	/* the module's counter when last read */
static bool serve_rejected;
static bool guess_rate;

__attribute__((format(printf, 2, 3)))
static void trouble(struct outcome *outcome, const char *fmt, ...)
{
	va_list args;

	if (*outcome->trouble)		/* the first one says most */
		return;
	va_start(args, fmt);
	vsnprintf(outcome->trouble, sizeof(outcome->trouble), fmt, args);
	va_end(args);
}

static void pause_for(int64_t ns)
{
	peer_wait(tun, NULL, 0, -1, peer_clock() + ns);
}

void play_start(enum delivery how, bool serve, const char *capture)
{
	serve_rejected = serve;
	tun = tun_open();
	delivery_open(how, tun);
	program_start();
	flood_start();
	peer_wait(tun, NULL, 0, -1, CLOCK_READY_NS);
	if (capture) {
		capture_await();
		/* what a new device says by itself is not part of the play */
		peer_wait(tun, NULL, 0, -1, 0);
		capture_start(capture);
	}
	counted = counter_read();
}

void play_guess_rate(void)
{
	guess_rate = true;
}

void play_end(void)
{
	program_end();
	capture_end();
	delivery_close();
	close(tun);
}

/* --- the machine's side --- */

static void await_fin(struct conn *c)
{
	if (!peer_wait(tun, &c->peer, SEEN_FIN, -1, peer_clock() + DEED_NS))
		trouble(c->outcome, "the machine sent no FIN");
}

static void machine_closes(struct conn *c)
{
	program_close(c->fd);
	c->fd = -1;
	await_fin(c);
}

static void machine_shuts_down(struct conn *c)
{
	program_shutdown(c->fd);
	await_fin(c);
}

/*
 * With fin= a script can send what the machine refuses (PAWS): nothing comes
 * then, and that is as it should be.
 */
static void program_gets_data(struct conn *c)
{
	int64_t until = peer_clock() + READ_NS;
	bool ended = false;
	size_t got = 0;

	while (got < DATA_LEN && !ended &&
	       peer_wait(tun, &c->peer, 0, c->fd, until))
		got += program_read(c->fd, &ended);
	if (got != DATA_LEN && !c->step->has_fin)
		trouble(c->outcome, "the program read %zu bytes, not %d", got,
			DATA_LEN);
}

static void program_gets_end(struct conn *c)
{
	int64_t until = peer_clock() + DEED_NS;
	bool ended = false;

	while (!ended && peer_wait(tun, &c->peer, 0, c->fd, until))
		program_read(c->fd, &ended);
	if (!ended && !c->step->has_fin)
		trouble(c->outcome, "the program read no end");
}

/* --- the peer's side --- */

static struct segment ack_of_fin(const struct conn *c, uint8_t flags,
				 uint32_t tsval)
{
	struct segment seg = peer_segment(&c->peer, flags | TCP_ACK, tsval);

	seg.ack++;
	return seg;
}

static void send_ack_of_fin(struct conn *c, uint8_t flags, uint32_t tsval)
{
	struct segment seg = ack_of_fin(c, flags, tsval);

	peer_send(&c->peer, &seg);
}

static void send_data(struct conn *c, uint32_t tsval, bool fin_acked)
{
	struct segment seg = peer_segment(&c->peer, TCP_ACK | TCP_PSH, tsval);

	seg.ack += fin_acked;
	seg.len = DATA_LEN;
	peer_send(&c->peer, &seg);
	program_gets_data(c);
}

/* --- the close modes --- */

static void close_server(struct conn *c)
{
	machine_closes(c);
	send_ack_of_fin(c, 0, c->fin - 1);
	pause_for(GAP_NS);
	send_ack_of_fin(c, TCP_FIN, c->fin);
}

static void close_shutdown(struct conn *c)
{
	machine_shuts_down(c);
	send_ack_of_fin(c, 0, c->fin - 1);
	pause_for(GAP_NS);
	send_ack_of_fin(c, TCP_FIN, c->fin);
	program_gets_end(c);
	program_close(c->fd);
}

static void close_finack(struct conn *c)
{
	machine_closes(c);
	send_ack_of_fin(c, TCP_FIN, c->fin);
}

static void close_simul(struct conn *c)
{
	struct segment seg;

	machine_closes(c);
	seg = peer_segment(&c->peer, TCP_FIN | TCP_ACK, c->fin);
	peer_send(&c->peer, &seg);
	send_ack_of_fin(c, 0, c->fin + 1);
}

static void close_ackonly(struct conn *c)
{
	machine_closes(c);
	send_ack_of_fin(c, 0, c->fin);
}

static void close_shutack(struct conn *c)
{
	machine_shuts_down(c);
	send_ack_of_fin(c, 0, c->fin);
	pause_for(GAP_NS);
	program_close(c->fd);
}

static void close_halfdata(struct conn *c)
{
	machine_shuts_down(c);
	send_ack_of_fin(c, 0, c->fin - 1);
	send_data(c, c->fin, true);
	send_ack_of_fin(c, TCP_FIN, c->fin + 1);
	program_gets_end(c);
	program_close(c->fd);
}

/* close(), then one segment that is the FIN+ACK but for what the mode says */
static void close_odd(struct conn *c)
{
	struct segment seg;

	machine_closes(c);
	seg = ack_of_fin(c, TCP_FIN, c->fin);
	switch (c->step->close) {
	case CLOSE_DATAFIN:
		seg.len = DATA_LEN;
		seg.flags |= TCP_PSH;
		break;
	case CLOSE_OOW:
		seg.seq += 0x10000000;
		break;
	case CLOSE_HOLE:
		seg.seq += 100;
		break;
	case CLOSE_BADSUM:
		seg.badsum = true;
		break;
	case CLOSE_PARTACK:
		seg.flags = TCP_ACK;
		seg.ack--;
		break;
	case CLOSE_OVERACK:
		seg.ack += 1000;
		break;
	case CLOSE_PAWS:
		seg.tsval = c->step->tsval - 100000;
		break;
	default:
		break;
	}
	peer_send(&c->peer, &seg);
}

static void close_dupfin(struct conn *c)
{
	struct segment seg;

	machine_closes(c);
	seg = ack_of_fin(c, TCP_FIN, c->fin);
	peer_send(&c->peer, &seg);
	pause_for(GAP_NS);
	seg.tsval += 500;
	seg.tsecr = c->peer.tsecr;
	peer_send(&c->peer, &seg);
}

static void close_client(struct conn *c)
{
	struct segment seg = peer_segment(&c->peer, TCP_FIN | TCP_ACK, c->fin);

	peer_send(&c->peer, &seg);
	program_gets_end(c);
	machine_closes(c);
	send_ack_of_fin(c, 0, c->fin + 1);
}

static void close_rst(struct conn *c)
{
	struct segment seg = peer_segment(&c->peer, TCP_RST | TCP_ACK, c->fin);

	peer_send(&c->peer, &seg);
	program_gets_end(c);
	program_close(c->fd);
}

static void close_linger0(struct conn *c)
{
	program_abort(c->fd);
	if (!peer_wait(tun, &c->peer, SEEN_RST, -1, peer_clock() + DEED_NS))
		trouble(c->outcome, "the machine sent no RST");
}

/* the program never closes */
static void close_closewait(struct conn *c)
{
	struct segment seg = peer_segment(&c->peer, TCP_FIN | TCP_ACK, c->fin);

	peer_send(&c->peer, &seg);
	program_gets_end(c);
	pause_for(GAP_NS);
	seg.tsval++;
	peer_send(&c->peer, &seg);
	program_keep(c->fd);
}

/* the peer hears nothing of our FIN */
static void close_lastack(struct conn *c)
{
	struct segment seg = peer_segment(&c->peer, TCP_FIN | TCP_ACK, c->fin);

	peer_send(&c->peer, &seg);
	program_gets_end(c);
	machine_closes(c);
}

static void close_closing(struct conn *c)
{
	struct segment seg;

	machine_closes(c);
	seg = peer_segment(&c->peer, TCP_FIN | TCP_ACK, c->fin);
	peer_send(&c->peer, &seg);
}

static void close_open(struct conn *c)
{
	program_keep(c->fd);
}

static void (* const close_modes[NR_CLOSES])(struct conn *c) = {
	[CLOSE_SERVER]		= close_server,
	[CLOSE_SHUTDOWN]	= close_shutdown,
	[CLOSE_FINACK]		= close_finack,
	[CLOSE_SIMUL]		= close_simul,
	[CLOSE_ACKONLY]		= close_ackonly,
	[CLOSE_SHUTACK]		= close_shutack,
	[CLOSE_HALFDATA]	= close_halfdata,
	[CLOSE_DATAFIN]		= close_odd,
	[CLOSE_OOW]		= close_odd,
	[CLOSE_HOLE]		= close_odd,
	[CLOSE_BADSUM]		= close_odd,
	[CLOSE_PARTACK]		= close_odd,
	[CLOSE_OVERACK]		= close_odd,
	[CLOSE_PAWS]		= close_odd,
	[CLOSE_DUPFIN]		= close_dupfin,
	[CLOSE_CLIENT]		= close_client,
	[CLOSE_RST]		= close_rst,
	[CLOSE_LINGER0]		= close_linger0,
	[CLOSE_OPEN]		= close_open,
	[CLOSE_CLOSEWAIT]	= close_closewait,
	[CLOSE_LASTACK]		= close_lastack,
	[CLOSE_CLOSING]		= close_closing,
	/* CLOSE_HALF ends before there is anything to close */
};

/* --- conn --- */

static struct segment build_syn(struct conn *c)
{
	struct segment seg = peer_segment(&c->peer, TCP_SYN, c->step->tsval);

	seg.mss = CONN_MSS;
	switch (c->step->syn) {
	case SYN_PLAIN:
	case NR_SYNS:
		break;
	case SYN_FIN:
		seg.flags |= TCP_FIN;
		break;
	case SYN_RST:
		seg.flags |= TCP_RST;
		break;
	case SYN_ACK:
		seg.flags |= TCP_ACK;
		seg.ack = 12345;
		break;
	case SYN_ECE:
		seg.flags |= TCP_ECE | TCP_CWR;
		break;
	case SYN_DATA:
		seg.len = SYN_DATA_LEN;
		break;
	case SYN_BADSUM:
		seg.badsum = true;
		break;
	}
	return seg;
}

/* Whether the module counted since the last look; it must be @max at most. */
static bool counter_moved(struct outcome *outcome, uint64_t max)
{
	uint64_t now = counter_read();
	uint64_t moved = now - counted;

	counted = now;
	if (moved > max)
		trouble(outcome, "the module counted %" PRIu64 " SYNs, not %" PRIu64,
			moved, max);
	return moved;
}

/* The machine answered a SYN that counts as dropped: its request must go. */
static void take_back_syn(struct conn *c)
{
	struct segment seg = peer_segment(&c->peer, TCP_RST, c->step->tsval);

	seg.seq = c->peer.iss + 1;
	peer_send(&c->peer, &seg);
}

static enum verdict ask(struct conn *c)
{
	struct segment syn = build_syn(c);

	/* what lies there is of older connections; also, no SYN is on its way */
	pause_for(0);
	if (flood_burst(tun, NULL))
		counted = counter_read();
	else
		counter_moved(c->outcome, 0);

	peer_send(&c->peer, &syn);
	peer_wait(tun, &c->peer, SEEN_SYNACK | SEEN_ACK | SEEN_RST, -1,
		  peer_clock() + ANSWER_NS);
	if (counter_moved(c->outcome, 1)) {
		if (!serve_rejected)
			take_back_syn(c);
		return REJECTED;
	}
	if (c->peer.seen & SEEN_SYNACK)
		return ACCEPTED;
	if (c->peer.seen & SEEN_RST)
		return RESET;
	return c->peer.seen & SEEN_ACK ? ACKED : SILENT;
}

static bool establish(struct conn *c)
{
	int family = c->step->peer.family;
	struct segment seg = peer_segment(&c->peer, TCP_ACK,
					  c->step->tsval + 1);

	peer_send(&c->peer, &seg);
	peer_wait(tun, &c->peer, 0, program_listener(family),
		  peer_clock() + DEED_NS);
	c->fd = program_accept(family, c->step->peer_port);
	if (c->fd < 0)
		trouble(c->outcome, "the program got no connection to accept");
	return c->fd >= 0;
}

static void init_conn(struct conn *c, const struct step *step,
		      struct outcome *outcome)
{
	connections++;
	*c = (struct conn){
		.step = step,
		.outcome = outcome,
		.peer = {
			.peer = step->peer, .peer_port = step->peer_port,
			.machine = step->local, .machine_port = step->local_port,
			.ts = step->ts,
			.iss = 1000 + 1000003 * connections,
		},
		.fd = -1,
		.fin = step->has_fin ? step->fin : step->tsval + 2 + step->data,
	};
	c->peer.snd_nxt = c->peer.iss;
}

/* Which of the module's delays grew by the one SYN that was played? */
static enum verdict delay_told(struct outcome *outcome, const uint64_t *before)
{
	enum verdict told = NR_VERDICTS;
	uint64_t now[COUNTER_DELAYS];

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
	init_conn(&c, step, outcome);
	rejected = ask(&c) == REJECTED;
	outcome->verdict = delay_told(outcome, before);
	at_once = outcome->verdict == AFTER_0;
	if (rejected == at_once)
		trouble(outcome, "the SYN was %srejected",
			rejected ? "" : "not ");
	counter_tell_rate(0);
}

static void play_conn(const struct step *step, struct outcome *outcome)
{
	struct conn c;
	bool served;

	if (step->client) {
		play_client(step, outcome);
		return;
	}
	init_conn(&c, step, outcome);
	outcome->verdict = ask(&c);
	served = outcome->verdict == ACCEPTED ||
		 (outcome->verdict == REJECTED && serve_rejected &&
		  c.peer.seen & SEEN_SYNACK);
	if (!served || step->close == CLOSE_HALF)
		return;
	flood_burst(tun, &c.peer);
	if (!establish(&c))
		return;
	flood_burst(tun, &c.peer);
	for (unsigned int k = 1; k <= step->data; k++)
		send_data(&c, step->tsval + k, false);
	close_modes[step->close](&c);
}

/* --- dial --- */

/*
 * A SYN of the peer's own, which crosses the machine's: both answer with SYN-ACK.
 * Leaves all ready for that of the peer, which has its SYN's number.
 */
static bool cross(struct conn *c)
{
	struct segment seg = peer_segment(&c->peer, TCP_SYN, c->step->tsval);

	seg.mss = CONN_MSS;
	peer_send(&c->peer, &seg);
	if (!peer_wait(tun, &c->peer, SEEN_SYNACK, -1, peer_clock() + DEED_NS)) {
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

	if (!peer_wait(tun, &c->peer, SEEN_SYN, -1, peer_clock() + DEED_NS)) {
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
	answered = peer_wait(tun, &c->peer, SEEN_ACK | SEEN_RST, -1,
			     peer_clock() + ANSWER_NS);
	/* a module that counts here takes our SYN-ACK for a SYN */
	if (counter_moved(c->outcome, 0))
		return REJECTED;
	if (!answered)
		return DISCARDED;
	return c->peer.seen & SEEN_RST ? RESET : CONNECTED;
}

static void play_dial(const struct step *step, struct outcome *outcome)
{
	struct conn c;

	init_conn(&c, step, outcome);
	pause_for(0);
	counter_moved(outcome, 0);
	c.fd = program_dial(&step->local, step->local_port, &step->peer,
			    step->peer_port);
	outcome->verdict = answer_dial(&c);
	if (step->open == OPEN_SILENT) {
		program_keep(c.fd);		/* goes on trying */
	} else if (outcome->verdict != CONNECTED) {
		program_close(c.fd);
	} else if (!program_connected(c.fd)) {
		trouble(outcome, "the program is not connected");
		program_close(c.fd);
	} else {
		close_modes[step->close](&c);
	}
}

static void play_set(const struct step *step)
{
	FILE *f = fopen(step->file, "w");

	if (!f || fprintf(f, "%s\n", step->value) < 0 || fclose(f))
		err(2, "line %u: %s", step->line, step->file);
}

void play_step(const struct step *step, struct outcome *outcome)
{
	*outcome = (struct outcome){ 0 };
	trace_note("# %u: %s", step->line, step->text);
	switch (step->kind) {
	case STEP_WAIT:
		pause_for(step->wait_ns);
		break;
	case STEP_SET:
		play_set(step);
		break;
	case STEP_CONN:
		play_conn(step, outcome);
		break;
	case STEP_DIAL:
		play_dial(step, outcome);
		break;
	}
}
