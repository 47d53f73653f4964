// SPDX-License-Identifier: GPL-2.0
/* The small TCP at the other end of the TUN device. */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "capture.h"
#include "delivery.h"
#include "peer.h"
#include "state.h"
#include "trace.h"
#include "tun.h"

/* This never changes: with a new window a disordered ACK would not be a pure ACK. */
#define WINDOW	32767

#define SEC	1000000000LL	/* in nanoseconds */

/* the result of wait_for_either() */
enum {
	DEVICE_READY	= 1 << 0,
	FD_READY	= 1 << 1,
};

static int tun;
static void (*listener)(const struct segment *seg);

void peer_start(int device)
{
	tun = device;
}

void peer_hear_all(void (*hears)(const struct segment *seg))
{
	listener = hears;
}

int64_t peer_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SEC + now.tv_nsec;
}

static bool is_ours(const struct peer *peer, const struct segment *seg)
{
	if (!addr_equal(&seg->dst, &peer->peer) ||
	    !addr_equal(&seg->src, &peer->machine) ||
	    seg->dport != peer->peer_port)
		return false;
	if (!peer->machine_port)
		return (seg->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
	return seg->sport == peer->machine_port;
}

static void take_in_order(struct peer *peer, const struct segment *seg)
{
	if (seg->seq == peer->rcv_nxt)
		peer->rcv_nxt += seg->len;
	/* a FIN that is sent again only sets SEEN_FIN again */
	if (seg->flags & TCP_FIN && seg->seq + seg->len == peer->rcv_nxt)
		peer->seen |= SEEN_FIN;
}

static void take(struct peer *peer, const struct segment *seg)
{
	if (seg->ts)
		peer->tsecr = seg->tsval;
	if (seg->flags & TCP_RST) {
		peer->seen |= SEEN_RST;
	} else if ((seg->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN) {
		peer->machine_port = seg->sport;
		peer->rcv_nxt = seg->seq + 1;
		peer->seen |= SEEN_SYN;
	} else if (seg->flags & TCP_SYN) {
		/*
		 * the SYN-ACK of an older pending request acknowledges another number
		 */
		if (seg->ack != peer->iss + 1)
			return;
		peer->rcv_nxt = seg->seq + 1;
		peer->snd_nxt = seg->ack;
		peer->seen |= SEEN_SYNACK;
	} else {
		if (segment_end(seg) == seg->seq)
			peer->seen |= SEEN_ACK;
		take_in_order(peer, seg);
	}
}

void peer_drain(struct peer *peer)
{
	uint8_t packet[SEGMENT_MAX];
	struct segment seg;
	size_t len;

	while ((len = tun_read(tun, packet, sizeof(packet)))) {
		capture_packet(packet, len);
		if (!segment_parse(packet, len, &seg))
			continue;
		trace_segment('<', &seg);
		if (seg.badsum)
			errx(2, "the machine sent a segment with a wrong checksum");
		if (peer && is_ours(peer, &seg))
			take(peer, &seg);
		if (listener)
			listener(&seg);
	}
}

/* Waits up to @ns until one of the two can be read. Returns which can. */
static unsigned int wait_for_either(int fd, int64_t ns)
{
	struct pollfd fds[] = {
		{ .fd = tun, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	struct timespec left = { 0 };

	if (ns > 0) {
		left.tv_sec = ns / SEC;
		left.tv_nsec = ns % SEC;
	}
	if (ppoll(fds, 2, &left, NULL) < 0 && errno != EINTR)
		err(2, "poll");
	return (fds[0].revents ? DEVICE_READY : 0) | (fds[1].revents ? FD_READY : 0);
}

/*
 * In user-mode Linux system calls take most of the time of a play. So none is made
 * before it is clear that there is something to wait for.
 */
bool peer_wait(struct peer *peer, unsigned int what, int fd, int64_t ns)
{
	int64_t until = 0;
	unsigned int ready;

	for (;;) {
		peer_drain(peer);
		if (peer && peer->seen & what)
			return true;
		if (!until)
			until = peer_clock() + ns;
		else
			ns = until - peer_clock();
		ready = wait_for_either(fd, ns);
		if (ready & FD_READY)
			return true;
		if (!ready && until <= peer_clock())
			return false;
	}
}

void peer_settle(int64_t ns)
{
	do {
		peer_drain(NULL);
	} while (wait_for_either(-1, ns));
}

struct segment peer_segment(const struct peer *peer, uint8_t flags,
			    uint32_t tsval)
{
	return (struct segment){
		.src = peer->peer, .sport = peer->peer_port,
		.dst = peer->machine, .dport = peer->machine_port,
		.seq = peer->snd_nxt,
		.ack = flags & TCP_ACK ? peer->rcv_nxt : 0,
		.flags = flags,
		.window = WINDOW,
		.ts = peer->ts, .tsval = tsval, .tsecr = peer->tsecr,
	};
}

void peer_send(struct peer *peer, const struct segment *seg)
{
	uint8_t packet[SEGMENT_MAX];
	size_t len = segment_build(seg, packet);

	trace_segment('>', seg);
	state_note(seg);
	capture_packet(packet, len);
	delivery_send(&seg->dst, packet, len);
	if (seg->seq == peer->snd_nxt)
		peer->snd_nxt = segment_end(seg);
}
