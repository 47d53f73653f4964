// SPDX-License-Identifier: GPL-2.0
/*
 * pelt - sends random packets to the TCP of the machine it runs on
 *
 *	pelt SEED NUMBER
 *
 * The packets, sent over a TUN device, are random with the given seed. Many of them
 * continue what the machine has answered, so that they reach its connections. The
 * machine's own random numbers (of sequence numbers and timestamps) do not depend on the
 * seed. Prints at the end how much was sent, and fails if no socket was ever seen in one
 * of the states.
 *
 * Needs a guest whose clock skips idle time.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "flow.h"
#include "packet.h"
#include "random.h"
#include "tun.h"
#include "world.h"

static int tun;
static unsigned long long sent, refused, answers;

static uint32_t around(uint32_t number, unsigned int right)
{
	static const uint32_t away[] = {
		1, -1, 2, -2, 100, -100, 1448, 32768, 65535, -65535, 0x7fffffff,
		0x80000000, 0x80000001,
	};

	if (chance(right))
		return number;
	return chance(10) ? random32() : number + ONE_OF(away);
}

static uint8_t some_flags(void)
{
	static const uint8_t usual[] = {
		TCP_ACK, TCP_ACK, TCP_ACK, TCP_ACK, TCP_ACK, TCP_FIN | TCP_ACK,
		TCP_FIN | TCP_ACK, TCP_FIN | TCP_ACK, TCP_PSH | TCP_ACK,
		TCP_PSH | TCP_ACK, TCP_SYN, TCP_SYN | TCP_ACK, TCP_FIN,
		TCP_SYN | TCP_FIN,
	};

	if (chance(2))
		return TCP_RST | (chance(50) ? TCP_ACK : 0);
	return chance(5) ? random32() : ONE_OF(usual);
}

static void set_times(struct segment *seg, struct flow *flow)
{
	flow->tsval += below(20);
	seg->ts = chance(95) == flow->timed;
	seg->tsval = around(flow->tsval, 90);
	seg->tsecr = around(flow->tsecr, 90);
}

/* A peer asks for a connection, for a new one or once more. */
static void ask(struct segment *seg, struct flow *flow)
{
	if (chance(70)) {
		flow->timed = chance(90);
		flow->tsval += chance(70) ? below(2000) : random32();
		flow->seq = chance(80) ? flow->seq + below(100000) : random32();
	}
	seg->flags = TCP_SYN;
	seg->seq = flow->seq;
	seg->mss = 1460;
	set_times(seg, flow);
}

/* A peer continues from what it has received. */
static void go_on(struct segment *seg, struct flow *flow)
{
	seg->flags = some_flags();
	/* A SYN or a SYN-ACK mostly gets its answer. */
	if (flow->heard == TCP_SYN && chance(80))
		seg->flags = TCP_SYN | TCP_ACK;
	else if (flow->heard & TCP_SYN && chance(70))
		seg->flags = TCP_ACK;
	seg->seq = around(flow->seq, 85);
	seg->ack = around(flow->ack, 90);
	/* Both close at the same time: the peer has not seen the FIN yet. */
	if (flow->heard & TCP_FIN && chance(20)) {
		seg->flags = TCP_FIN | TCP_ACK;
		seg->ack = flow->ack - 1;
	}
	if (seg->flags & TCP_PSH || chance(5))
		seg->len = below(64);
	set_times(seg, flow);
}

static void send_one(void)
{
	static struct packet packets[PIECES_MAX];
	bool fresh = chance(35);
	struct flow *flow = fresh ? flow_any() : flow_recent();
	struct segment seg = {
		.src = flow->peer,
		.dst = flow->local,
		.sport = flow->peer_port,
		.dport = flow->local_port,
		.window = 32767,
		.badsum = chance(2),
	};
	size_t i, n;

	if (fresh || chance(3))
		ask(&seg, flow);
	else
		go_on(&seg, flow);
	n = packet_make(&seg, packets);
	for (i = 0; i < n; i++) {
		sent++;
		/* The device refuses packets that are neither IPv4 nor IPv6. */
		if (write(tun, packets[i].bytes, packets[i].len) < 0) {
			if (errno != EINVAL)
				err(2, "write to the TUN device");
			refused++;
		}
	}
}

static void hear(void)
{
	uint8_t packet[SEGMENT_MAX];
	struct segment seg;
	size_t len;

	while ((len = tun_read(tun, packet, sizeof(packet)))) {
		answers++;
		if (segment_parse(packet, len, &seg))
			flow_hear(&seg);
	}
}

static void wait_a_while(void)
{
	static const int milliseconds[] = {
		1, 5, 40, 200, 200, 1000, 1000, 3000, 7000, 61000,
	};
	int ms = ONE_OF(milliseconds);
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

int main(int argc, char **argv)
{
	unsigned long long number, round;

	if (argc != 3)
		errx(2, "usage: pelt SEED NUMBER");
	random_seed(strtoull(argv[1], NULL, 0));
	number = strtoull(argv[2], NULL, 0);
	tun = tun_open();
	flow_init();
	world_init();

	for (round = 0; sent < number; round++) {
		send_one();
		if (round % 4 == 0)
			hear();
		if (round % 16 == 0)
			world_act();
		if (round % 512 == 0)
			wait_a_while();
		if (round % 1024 == 0)
			world_look();
		if (round % 4096 == 0)
			world_change();
	}
	printf("%llu packets sent, %llu of them refused by the device, %llu came back\n",
	       sent, refused, answers);
	return !world_report();
}
