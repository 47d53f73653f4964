// SPDX-License-Identifier: GPL-2.0
/* A flood of SYNs, in bursts between the segments of the script's peers. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "delivery.h"
#include "flood.h"
#include "program.h"

#define FIRST_PORT	1024	/* first port of an address; the others follow */
#define DRAIN_EVERY	64	/* SYNs: the queue of a TUN device has room for 500 packets */
#define IPV6_EVERY	4	/* SYNs of strangers: one of so many is IPv6 */

static unsigned int burst;
static uint16_t flood_port;
static bool known, pending;
static struct addr source;

static uint32_t syns;
static int64_t spent;

/* fields of /proc/meminfo, in kB */
static struct {
	const char *name;
	long least, most;
} memory[] = {
	{ .name = "VmallocUsed:" },
	{ .name = "Percpu:" },
	{ .name = "Slab:" },
	{ .name = "MemFree:" },
};

#define NR_MEMORY	(sizeof(memory) / sizeof(*memory))

void flood_on(unsigned int each, uint16_t port)
{
	burst = each;
	flood_port = port;
}

void flood_from(const struct addr *from)
{
	known = true;
	source = *from;
}

void flood_leave_pending(void)
{
	pending = true;
}

void flood_start(void)
{
	if (burst && program_listener(AF_INET, flood_port) < 0)
		program_listen(flood_port, PROGRAM_BACKLOG, false);
}

static void measure(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char name[64];
	long value;

	if (!f)
		err(2, "/proc/meminfo");
	while (fscanf(f, "%63s %ld%*[^\n]", name, &value) == 2) {
		for (size_t i = 0; i < NR_MEMORY; i++) {
			if (strcmp(name, memory[i].name))
				continue;
			if (!memory[i].most || value < memory[i].least)
				memory[i].least = value;
			if (value > memory[i].most)
				memory[i].most = value;
		}
	}
	fclose(f);
}

/* The sender of the next SYN: an address of 10.0.0.0/8 or 2001:db8:f::/96. */
static void stranger(struct segment *seg)
{
	uint32_t number = htonl(syns);

	if (syns % IPV6_EVERY) {
		addr_parse("10.0.0.0", &seg->src);
		memcpy(seg->src.bytes + 1, (uint8_t *)&number + 1, 3);
		addr_parse("192.0.2.1", &seg->dst);
	} else {
		addr_parse("2001:db8:f::", &seg->src);
		memcpy(seg->src.bytes + 12, &number, 4);
		addr_parse("2001:db8::1", &seg->dst);
	}
	seg->sport = 3001;
	seg->tsval = syns;
}

static void acquaintance(struct segment *seg)
{
	seg->src = source;
	addr_parse(source.family == AF_INET ? "192.0.2.1" : "2001:db8::1",
		   &seg->dst);
	seg->sport = FIRST_PORT + syns % (65536 - FIRST_PORT);
	seg->tsval = 1;
}

static void send_segment(const struct segment *seg)
{
	uint8_t packet[SEGMENT_MAX];

	delivery_send(&seg->dst, packet, segment_build(seg, packet));
}

static void send_syn(void)
{
	struct segment seg = {
		.dport = flood_port,
		.seq = syns,
		.flags = TCP_SYN,
		.window = 32767,
		.mss = 1460,
		.ts = true,
	};

	if (known)
		acquaintance(&seg);
	else
		stranger(&seg);
	send_segment(&seg);
	if (known && !pending) {
		seg.seq++;
		seg.flags = TCP_RST;
		send_segment(&seg);
	}
	syns++;
}

bool flood_burst(struct peer *peer)
{
	int64_t begin = peer_clock();

	if (!burst)
		return false;
	for (unsigned int i = 0; i < burst; i++) {
		if (i % DRAIN_EVERY == 0)
			peer_drain(peer);
		send_syn();
	}
	peer_drain(peer);
	spent += peer_clock() - begin;
	measure();
	return true;
}

void flood_end(void)
{
	if (!burst)
		return;
	printf("flood %u SYNs, %lld a second;", syns,
	       (long long)(syns * 1000000000LL / spent));
	for (size_t i = 0; i < NR_MEMORY; i++)
		printf(" %s %ld to %ld", memory[i].name, memory[i].least,
		       memory[i].most);
	puts(" kB");
}
