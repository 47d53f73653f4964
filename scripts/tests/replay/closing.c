// SPDX-License-Identifier: GPL-2.0
/* How connections end, by the modes of close=. */
#include <sys/socket.h>

#include "conn.h"
#include "live.h"
#include "program.h"

/*
 * How long the program waits for data to read. Where PAWS refuses the data, the answers
 * recorded for random-11 are those of a wait longer than the minute for which a stamp
 * rejects. So the program of the recordings seems to have slept in read().
 */
#define READ_NS		(65000 * MS)

/*
 * How long to wait for segments of a connection that the program has not accepted,
 * because it accepted another one instead. Nothing comes, and the recordings waited
 * that long.
 */
#define STRANGER_NS	(500 * MS)

#define DATA_LEN	10

/* --- the machine's side --- */

/*
 * With fin= a script can send what the machine refuses (PAWS), and then no answer is
 * right. If the program accepted another connection, the peer does not see what the
 * program does.
 */
static bool is_odd(const struct conn *c)
{
	return c->step->has_fin || c->stranger;
}

/* Return: false if no FIN comes; then there is nothing that the peer can answer. */
static bool await_fin(struct conn *c)
{
	if (peer_wait(&c->peer, SEEN_FIN, -1, c->stranger ? STRANGER_NS : DEED_NS))
		return true;
	if (!c->stranger)
		trouble(c->outcome, "the machine sent no FIN");
	return false;
}

static bool machine_closes(struct conn *c)
{
	program_close(c->fd);
	c->fd = -1;
	return await_fin(c);
}

static bool machine_shuts_down(struct conn *c)
{
	program_shutdown(c->fd, SHUT_WR);
	if (await_fin(c))
		return true;
	program_keep(c->fd);
	return false;
}

static void program_gets_data(struct conn *c)
{
	bool ended = false;
	size_t got = 0;

	while (got < DATA_LEN && !ended &&
	       peer_wait(&c->peer, 0, c->fd, c->stranger ? STRANGER_NS : READ_NS))
		got += program_read(c->fd, &ended);
	if (got != DATA_LEN && !is_odd(c))
		trouble(c->outcome, "the program read %zu bytes, not %d", got,
			DATA_LEN);
}

static void program_gets_end(struct conn *c)
{
	bool ended = false;

	while (!ended && peer_wait(&c->peer, 0, c->fd, DEED_NS))
		program_read(c->fd, &ended);
	if (!ended && !is_odd(c))
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

void conn_send_data(struct conn *c, uint32_t tsval, bool fin_acked)
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
	if (!machine_closes(c))
		return;
	send_ack_of_fin(c, 0, c->fin - 1);
	pause_for(GAP_NS);
	send_ack_of_fin(c, TCP_FIN, c->fin);
}

static void close_shutdown(struct conn *c)
{
	if (!machine_shuts_down(c))
		return;
	send_ack_of_fin(c, 0, c->fin - 1);
	pause_for(GAP_NS);
	send_ack_of_fin(c, TCP_FIN, c->fin);
	program_gets_end(c);
	program_close(c->fd);
}

static void close_finack(struct conn *c)
{
	if (!machine_closes(c))
		return;
	send_ack_of_fin(c, TCP_FIN, c->fin);
}

static void close_simul(struct conn *c)
{
	struct segment seg;

	if (!machine_closes(c))
		return;
	seg = peer_segment(&c->peer, TCP_FIN | TCP_ACK, c->fin);
	peer_send(&c->peer, &seg);
	send_ack_of_fin(c, 0, c->fin + 1);
}

static void close_ackonly(struct conn *c)
{
	if (!machine_closes(c))
		return;
	send_ack_of_fin(c, 0, c->fin);
}

static void close_shutack(struct conn *c)
{
	if (!machine_shuts_down(c))
		return;
	send_ack_of_fin(c, 0, c->fin);
	pause_for(GAP_NS);
	program_close(c->fd);
}

static void close_halfdata(struct conn *c)
{
	if (!machine_shuts_down(c))
		return;
	send_ack_of_fin(c, 0, c->fin - 1);
	conn_send_data(c, c->fin, true);
	send_ack_of_fin(c, TCP_FIN, c->fin + 1);
	program_gets_end(c);
	program_close(c->fd);
}

/*
 * close(), then one segment: the FIN+ACK, changed as the mode says. The machine answers
 * most of these at once. For the others the player waits as long as the recordings did.
 */
static void close_odd(struct conn *c)
{
	struct segment seg;

	if (!machine_closes(c))
		return;
	c->peer.seen = 0;
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
	peer_wait(&c->peer, SEEN_ACK | SEEN_RST, -1, DEED_NS);
}

static void close_dupfin(struct conn *c)
{
	struct segment seg;

	if (!machine_closes(c))
		return;
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
	if (!machine_closes(c))
		return;
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
	if (!peer_wait(&c->peer, SEEN_RST, -1, DEED_NS) && !c->stranger)
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

/* the peer does not receive the machine's FIN */
static void close_unacked(struct conn *c)
{
	struct segment seg = peer_segment(&c->peer, TCP_FIN | TCP_ACK, c->fin);

	peer_send(&c->peer, &seg);
	program_gets_end(c);
	machine_closes(c);
}

static void close_closing(struct conn *c)
{
	struct segment seg;

	if (!machine_closes(c))
		return;
	seg = peer_segment(&c->peer, TCP_FIN | TCP_ACK, c->fin);
	peer_send(&c->peer, &seg);
}

static void close_open(struct conn *c)
{
	if (c->step->id)
		live_add(c, c->step->tsval + (c->step->data ?: 1));
	else
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
	[CLOSE_UNACKED]		= close_unacked,
	[CLOSE_LASTACK]		= close_server,
	[CLOSE_CLOSING]		= close_closing,
	/* the other modes end before there is anything to close */
};

void conn_close(struct conn *c, enum close_mode mode)
{
	close_modes[mode](c);
}
