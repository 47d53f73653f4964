// SPDX-License-Identifier: GPL-2.0
/* Named connections that the script continues. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "live.h"
#include "program.h"
#include "trace.h"

/*
 * The player of the recordings had room for this many names, and ignored the
 * connections after them.
 */
#define MAX_LIVES	64

/* For the FIN of a close() in another thread. */
#define CLOSE_NS	(20 * MS)	/* of silence */
#define CLOSE_TRIES	10

static struct live {
	const char *name;	/* NULL: a free place */
	struct peer peer;
	uint32_t heard;		/* the sequence number after all that the machine sent */
	uint32_t tsval;		/* of the last segment */
	int fd;			/* the program's end, or -1 */
} lives[MAX_LIVES];

static bool is_of(const struct live *live, const struct segment *seg)
{
	const struct peer *peer = &live->peer;

	return live->name && seg->sport == peer->machine_port &&
	       seg->dport == peer->peer_port &&
	       addr_equal(&seg->src, &peer->machine) &&
	       addr_equal(&seg->dst, &peer->peer);
}

/* All connections with this four-tuple receive the segment, the old ones too. */
static void hear(const struct segment *seg)
{
	uint32_t end = segment_end(seg);

	if (seg->flags & TCP_RST)
		return;
	for (struct live *live = lives; live < lives + MAX_LIVES; live++) {
		if (!is_of(live, seg))
			continue;
		if ((int32_t)(end - live->heard) > 0 || seg->flags & TCP_SYN)
			live->heard = end;
		if (seg->ts)
			live->peer.tsecr = seg->tsval;
	}
}

void live_start(void)
{
	peer_hear_all(hear);
}

void live_end(void)
{
	for (struct live *live = lives; live < lives + MAX_LIVES; live++) {
		if (live->name && live->fd >= 0)
			close(live->fd);
		live->name = NULL;
	}
}

/* Returns NULL if no connection of this name was accepted. */
static struct live *find(const char *name)
{
	for (struct live *live = lives; live < lives + MAX_LIVES; live++)
		if (live->name && !strcmp(live->name, name))
			return live;
	return NULL;
}

static struct live *find_place(const char *name)
{
	struct live *place = find(name);

	for (struct live *live = lives; !place && live < lives + MAX_LIVES; live++)
		if (!live->name)
			place = live;
	return place;
}

void live_add(const struct conn *c, uint32_t tsval)
{
	struct live *place = c->step->id ? find_place(c->step->id) : NULL;

	if (!place) {
		if (c->fd >= 0)
			program_keep(c->fd);
		return;
	}
	/* the script can no longer close the older connection of this name */
	if (place->name && place->fd >= 0)
		program_keep(place->fd);
	*place = (struct live){
		.name = c->step->id,
		.peer = c->peer,
		.heard = c->peer.rcv_nxt,
		.tsval = tsval,
		.fd = c->fd,
	};
}

void live_seg(const struct step *step)
{
	struct live *live = find(step->id);
	struct segment seg;

	if (!live)
		return;
	peer_drain(NULL);
	if (step->has_ts && step->ts)
		live->tsval = step->tsval;
	seg = peer_segment(&live->peer, step->flags, live->tsval);
	if (step->has_ts)
		seg.ts = step->ts;
	seg.seq += step->seq_off;
	seg.ack = step->flags & TCP_ACK ? live->heard + step->ack_off : 0;
	seg.mss = step->flags & TCP_SYN ? CONN_MSS : 0;
	seg.len = step->data;
	seg.badsum = step->badsum;
	peer_send(&live->peer, &seg);
	live->peer.snd_nxt = step->keep ? seg.seq - step->seq_off : segment_end(&seg);
	peer_settle(SETTLE_NS);
	/* the module may have counted a SYN of these, and no table has it */
	counter_skip();
}

static void close_slowly(struct live *live, int seconds)
{
	uint32_t heard = live->heard;

	program_linger(live->fd, seconds);
	for (int i = 0; i < CLOSE_TRIES && live->heard == heard; i++)
		peer_settle(CLOSE_NS);
}

void live_app(const struct step *step)
{
	struct live *live = find(step->id);
	int fd;

	if (!live || live->fd < 0)
		return;
	peer_drain(NULL);
	fd = live->fd;
	switch (step->app) {
	case APP_CLOSE:
		live->fd = -1;
		program_drop(fd);
		break;
	case APP_LINGER0:
		live->fd = -1;
		program_abort(fd);
		break;
	case APP_LINGER:
		close_slowly(live, step->number);
		live->fd = -1;
		break;
	case APP_SHUTWR:
		program_shutdown(fd, SHUT_WR);
		break;
	case APP_SHUTRD:
		program_shutdown(fd, SHUT_RD);
		break;
	case APP_LINGER2:
		program_set_linger2(fd, step->number);
		break;
	case APP_WRITE:
		program_write(fd, step->number);
		break;
	case APP_READ:
		program_read_some(fd);
		break;
	case NR_APPS:
		break;
	}
	peer_settle(SETTLE_NS);
}

void live_accept(const struct step *step, struct outcome *outcome)
{
	struct live *live = find(step->id);
	int family, listener;
	struct addr from;
	uint16_t from_port;

	if (!live || live->fd >= 0)
		return;
	family = live->peer.machine.family;
	listener = program_listener(family, live->peer.machine_port);
	if (listener < 0)
		return;
	peer_wait(NULL, 0, listener, ACCEPT_NS);
	/* any connection becomes X, as the script says */
	live->fd = program_accept(family, live->peer.machine_port, &from, &from_port);
	if (live->fd < 0)
		trouble(outcome, "the program got no connection to accept");
}
