// SPDX-License-Identifier: GPL-2.0
/*
 * label.c - do the clocks of a peer show what the peer is?
 *
 * The program makes up peers of known kinds and sends their SYNs to clocks.c. It prints a
 * table of what each kind was taken for. A peer must never be called a NAT that is one host,
 * nor a client with offsets that is several hosts, and "few" is no answer from 12 SYNs on.
 *
 * usage: label PEERS [SEED]. Exit status 1 if an answer was false.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clocks.h"

#define HOSTS_MAX	200
#define SYNS_MAX	3000

/* What the peers of a row of the table are. */
enum kind {
	ONE_HOST,		/* one clock, which may wrap */
	ONE_HOST_FROZEN,	/* its clock stands still */
	ONE_HOST_OTHER_RATE,	/* of 300, 512, 60 or 2 ticks per second */
	ONE_HOST_BOOTS,		/* boots now and then, with a clock from zero or -300 s */
	ONE_HOST_BOOTS_RANDOM,	/* the same with an offset that each boot chooses */
	ONE_HOST_OFFSETS,	/* an offset for each connection */
	ONE_HOST_OFFSETS_FEW_PORTS, /* the same, from few ports that come again and again */
	TWO_HOSTS,
	HOSTS,			/* 3 to 200, in any order */
	HOSTS_ONCE,		/* 3 to 200, a connection or two each */
	HOSTS_IN_TURN,		/* each for a while, then no more */
	HOSTS_AND_OFFSETS,	/* some with clocks, one with offsets */
	HOSTS_FROZEN,		/* some clocks stand still */
	KINDS
};

static const struct {
	const char *name;
	bool has_offsets;	/* offsets would be true */
} kinds[KINDS] = {
	[ONE_HOST] = { "one host", false },
	[ONE_HOST_FROZEN] = { "one host, frozen clock", false },
	[ONE_HOST_OTHER_RATE] = { "one host, unusual rate", false },
	[ONE_HOST_BOOTS] = { "one host that boots", false },
	[ONE_HOST_BOOTS_RANDOM] = { "the same, random offset", false },
	[ONE_HOST_OFFSETS] = { "one host with offsets", true },
	[ONE_HOST_OFFSETS_FEW_PORTS] = { "the same, few ports", true },
	[TWO_HOSTS] = { "two hosts", false },
	[HOSTS] = { "3 to 200 hosts", false },
	[HOSTS_ONCE] = { "hosts, 1 or 2 SYNs each", false },
	[HOSTS_IN_TURN] = { "hosts in turn", false },
	[HOSTS_AND_OFFSETS] = { "hosts, one with offsets", true },
	[HOSTS_FROZEN] = { "hosts, some frozen", false },
};

struct host {
	uint32_t offset;	/* TSval at the beginning of time */
	double rate;
	bool offsets;
	uint64_t secret;
	unsigned int ports;	/* how many it uses in turn */
	unsigned int next_port;
};

static uint64_t state;

/* splitmix64 */
static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint64_t number(void)
{
	return mix(state += 0x9e3779b97f4a7c15u);
}

static unsigned int below(unsigned int limit)
{
	return number() % limit;
}

/* The waits between SYNs of a peer, milliseconds: a burst now and then. */
static unsigned int wait_ms(unsigned int mean)
{
	return below(5) ? below(2 * mean) : below(40);
}

static struct host new_host(void)
{
	static const double rates[] = { 1000, 1000, 250, 100 };
	struct host host = {
		.offset = number(),
		.rate = rates[below(4)],
		.secret = number(),
		.ports = 28000,
		.next_port = below(28000),
	};

	/* Crystals are wrong by up to 100 parts in a million. */
	host.rate *= 1 + ((int)below(201) - 100) / 1e6;
	return host;
}

/* The TSval of a connection from @port. */
static uint32_t tsval_of(const struct host *host, double ms, unsigned int port)
{
	uint32_t offset = host->offset;

	if (host->offsets)
		offset = mix(host->secret + port);
	return offset + (uint32_t)(uint64_t)(ms * host->rate / 1000);
}

/* The host boots at @ms, and its clock begins to run. */
static void boot(struct host *host, uint64_t ms, bool anew)
{
	uint32_t since = ms * host->rate / 1000;

	if (!anew)
		host->offset = number();
	else
		host->offset = (below(2) ? 0 : -(uint32_t)(300 * host->rate)) - since;
}

/* Sets *@senders to the number of hosts that sent a SYN. */
static struct twr_clocks_found play(enum kind kind, unsigned int *syns, unsigned int *senders)
{
	static const double others[] = { 300, 512, 60, 2 };
	static struct host hosts[HOSTS_MAX];
	struct twr_clocks clocks = { };
	struct twr_clocks_found found;
	unsigned int count = kind < TWO_HOSTS ? 1 : kind == TWO_HOSTS ? 2 : 3 + below(198);
	unsigned int mean = 200 << below(9), i, n, at = 0, left = 5 + below(30);
	bool sent[HOSTS_MAX] = { };
	uint64_t ms = 1000 + below(1000000);

	for (i = 0; i < count; i++)
		hosts[i] = new_host();
	switch (kind) {
	case ONE_HOST_FROZEN:
		hosts[0].rate = 0;
		break;
	case ONE_HOST_OTHER_RATE:
		hosts[0].rate = others[below(4)];
		break;
	case ONE_HOST_BOOTS:
		boot(&hosts[0], ms, true);
		break;
	case ONE_HOST_OFFSETS_FEW_PORTS:
		hosts[0].ports = 1 + below(20);
		hosts[0].offsets = true;
		break;
	case ONE_HOST_OFFSETS:
	case HOSTS_AND_OFFSETS:
		hosts[0].offsets = true;
		break;
	case HOSTS_FROZEN:
		for (i = 0; i < count; i += 2)
			hosts[i].rate = 0;
		break;
	default:
		break;
	}

	*senders = 0;
	*syns = 1 + below(below(3) ? 60 : SYNS_MAX);
	if (kind == HOSTS_ONCE)
		*syns = count * (1 + below(2));
	for (n = 0; n < *syns; n++) {
		struct host *host;
		unsigned int port;

		switch (kind) {
		case HOSTS_ONCE:
			at = n % count;
			break;
		case HOSTS_IN_TURN:
			if (!left--) {
				at = (at + 1) % count;
				left = 5 + below(30);
			}
			break;
		case HOSTS_AND_OFFSETS:
			at = below(2) ? 0 : below(count);
			break;
		case ONE_HOST_BOOTS:
		case ONE_HOST_BOOTS_RANDOM:
			if (left--)
				break;
			left = 3 + below(30);
			ms += 1000 + below(60000);
			boot(&hosts[0], ms, kind == ONE_HOST_BOOTS);
			ms += below(20000);
			break;
		default:
			at = below(count);
			break;
		}
		host = &hosts[at];
		*senders += !sent[at];
		sent[at] = true;
		port = host->next_port++ % host->ports;
		ms += wait_ms(mean);
		/* A SYN is sent, and perhaps sent again; both are late by up to 80 ms. */
		twr_clocks_add_tsval(&clocks, tsval_of(host, ms, port), at << 16 | port,
				     ms + below(80));
		if (!below(10)) {
			ms += 1000;
			twr_clocks_add_tsval(&clocks, tsval_of(host, ms, port), at << 16 | port,
					     ms + below(80));
			++*syns;
			n++;
		}
	}
	twr_clocks_find(&clocks, &found);
	return found;
}

int main(int argc, char **argv)
{
	unsigned long peers = argc > 1 ? strtoul(argv[1], NULL, 0) : 0, p;
	unsigned long table[KINDS][TWR_SEEMS] = { }, wrong = 0;
	enum kind kind;
	unsigned int syns, senders;
	int i;

	if (!peers) {
		fprintf(stderr, "usage: label PEERS [SEED]\n");
		return 2;
	}
	state = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
	for (p = 0; p < peers; p++) {
		struct twr_clocks_found found;
		enum twr_seems seems;
		uint64_t began = state;
		bool one_host;

		kind = p % KINDS;
		found = play(kind, &syns, &senders);
		seems = found.seems;
		one_host = senders == 1;
		table[kind][seems]++;
		if ((seems == TWR_SEEMS_NAT && one_host) ||
		    (seems == TWR_SEEMS_OFFSETS && !kinds[kind].has_offsets) ||
		    (seems == TWR_SEEMS_REBOOT && !one_host) ||
		    (seems == TWR_SEEMS_ONE && !one_host) ||
		    found.hosts > senders ||
		    (seems == TWR_SEEMS_FEW && syns >= TWR_CLOCKS_FEW)) {
			wrong++;
			printf("%s of %u SYNs was taken for %s (seed %llu, kind %d)\n",
			       kinds[kind].name, syns, twr_seems_names[seems],
			       (unsigned long long)began, kind);
		}
	}

	printf("%-24s", "");
	for (i = 0; i < TWR_SEEMS; i++)
		printf(" %8s", twr_seems_names[i]);
	putchar('\n');
	for (kind = 0; kind < KINDS; kind++) {
		printf("%-24s", kinds[kind].name);
		for (i = 0; i < TWR_SEEMS; i++)
			printf(" %8lu", table[kind][i]);
		putchar('\n');
	}
	printf("%lu peers, %lu taken for what they are not\n", peers, wrong);
	return wrong ? 1 : 0;
}
