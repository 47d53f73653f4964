// SPDX-License-Identifier: GPL-2.0
/*
 * capture-make.c - writes a large capture of a server to standard output
 *
 * usage: capture-make CONNECTIONS PEERS [open]
 *
 * Each connection has ten packets: a handshake, a request and its answer, and a close by the
 * server. A new one begins every 100 microseconds, and about a hundred are open at the same
 * time. With "open", all connections are open before the first one goes on.
 * Each peer has a clock of its own for its TSvals. One in ten is two clients behind a NAT, so
 * that some SYNs are older than a stamp. The file is a pcap of Ethernet, cut to 128 bytes as
 * with tcpdump -s 128. It is the same in each run.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SNAPLEN		128
#define HEADERS		(14 + 20 + 32)
#define DATA		700

/* Between two connections, microseconds. */
#define APART		100

#define FIN	1
#define SYN	2
#define PSH	8
#define ACK	16

/* Packets of a connection. */
#define STEPS	10

/*
 * A packet of a connection: how many connections begin before it comes, who sends it, and
 * what. Numbers count from the first sequence numbers of both sides.
 */
static const struct step {
	uint32_t later;
	bool out;
	uint8_t flags;
	uint32_t seq;
	uint32_t ack;
	uint16_t len;
} steps[STEPS] = {
	{ 0, false, SYN, 0, 0, 0 },
	{ 2, true, SYN | ACK, 0, 1, 0 },
	{ 12, false, ACK, 1, 1, 0 },
	{ 14, false, PSH | ACK, 1, 1, DATA },
	{ 16, true, ACK, 1, 1 + DATA, 0 },
	{ 30, true, PSH | ACK, 1, 1 + DATA, DATA },
	{ 40, false, ACK, 1 + DATA, 1 + DATA, 0 },
	{ 60, true, FIN | ACK, 1 + DATA, 1 + DATA, 0 },
	{ 70, false, FIN | ACK, 1 + DATA, 2 + DATA, 0 },
	{ 72, true, ACK, 2 + DATA, 2 + DATA, 0 },
};

/* The steps from here on come last if all connections are open. */
#define STEPS_OPEN	3

static uint32_t mix(uint32_t number)
{
	number = (number ^ number >> 16) * 0x7feb352d;
	number = (number ^ number >> 15) * 0x846ca68b;
	return number ^ number >> 16;
}

static uint32_t sum_words(const uint8_t *data, uint32_t len)
{
	uint32_t sum = 0, i;

	for (i = 0; i + 1 < len; i += 2)
		sum += data[i] << 8 | data[i + 1];
	return sum;
}

static void put16(uint8_t *to, uint32_t value)
{
	to[0] = value >> 8;
	to[1] = value;
}

static void put32(uint8_t *to, uint32_t value)
{
	put16(to, value >> 16);
	put16(to + 2, value);
}

static void put_sum(uint8_t *to, uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(to, ~sum);
}

static void put_tcp(uint8_t *tcp, const struct step *step, uint32_t number, uint32_t peers,
		    uint32_t ms)
{
	uint32_t peer = number % peers, turn = number / peers;
	uint32_t port = 1024 + turn, client = mix(number), server = mix(number + 1);
	/* One in ten is two clients, who take turns. */
	uint32_t clock = mix(peer * 2 + (peer % 10 ? 0 : turn % 2)) >> 1;

	put16(tcp, step->out ? 80 : port);
	put16(tcp + 2, step->out ? port : 80);
	put32(tcp + 4, step->seq + (step->out ? server : client));
	put32(tcp + 8, step->flags & ACK ? step->ack + (step->out ? client : server) : 0);
	tcp[12] = 32 / 4 << 4;
	tcp[13] = step->flags;
	put16(tcp + 14, 65535);
	tcp[20] = 1;
	tcp[21] = 1;
	tcp[22] = 8;
	tcp[23] = 10;
	put32(tcp + 24, step->out ? ms : clock + ms);
	put32(tcp + 28, !(step->flags & ACK) ? 0 : step->out ? clock + ms : ms);
}

static void write_packet(uint64_t us, const struct step *step, uint32_t number,
			 uint32_t peers)
{
	uint32_t record[4], len = HEADERS + step->len;
	uint8_t packet[SNAPLEN] = { 0 }, *ip = packet + 14, *tcp = ip + 20;
	uint32_t kept = len < SNAPLEN ? len : SNAPLEN;

	put16(packet + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, len - 14);
	put16(ip + 4, number);
	ip[8] = 64;
	ip[9] = 6;
	put32(step->out ? ip + 12 : ip + 16, 0xc0000201);
	put32(step->out ? ip + 16 : ip + 12, 0x0a000000 + number % peers);
	put_sum(ip + 10, sum_words(ip, 20));
	put_tcp(tcp, step, number, peers, us / 1000);
	/* The data are zeroes. */
	put_sum(tcp + 16, sum_words(ip + 12, 8) + 6 + 32 + step->len + sum_words(tcp, 32));

	record[0] = us / 1000000;
	record[1] = us % 1000000;
	record[2] = kept;
	record[3] = len;
	if (fwrite(record, sizeof(record), 1, stdout) != 1 ||
	    fwrite(packet, kept, 1, stdout) != 1)
		err(1, "cannot write");
}

static uint32_t number_of(const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (!number || *end || number > 100000000)
		errx(2, "'%s' is not a number from 1 to 100000000", text);
	return number;
}

int main(int argc, char **argv)
{
	static const uint32_t header[] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, SNAPLEN, 1 };
	uint32_t connections, peers, wait, now, i;
	bool open = argc == 4 && !strcmp(argv[3], "open");

	if (argc != 3 && !open)
		errx(2, "usage: capture-make CONNECTIONS PEERS [open]");
	connections = number_of(argv[1]);
	peers = number_of(argv[2]);
	if (connections / peers > 64000 || peers > 0xffffff)
		errx(2, "a peer has no more than 64000 ports, and there are 16777215 peers");
	wait = open ? connections : 0;

	if (fwrite(header, sizeof(header), 1, stdout) != 1)
		err(1, "cannot write");
	for (now = 0; now < connections + wait + steps[STEPS - 1].later; now++) {
		for (i = 0; i < STEPS; i++) {
			uint32_t later = steps[i].later + (i < STEPS_OPEN ? 0 : wait);
			uint32_t number = now - later;

			if (now >= later && number < connections)
				write_packet(1700000000000000ULL + (uint64_t)now * APART + i,
					     &steps[i], number, peers);
		}
	}
	if (fflush(stdout))
		err(1, "cannot write");
	return 0;
}
