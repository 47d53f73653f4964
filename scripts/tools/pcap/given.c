// SPDX-License-Identifier: GPL-2.0
/*
 * given.c - rates of clients' clocks that the user gives in a file
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "given.h"
#include "text.h"

#define GIVEN_MOST_HZ	1000000

struct given_rate {
	struct in6_addr addr;
	u32 first;
	u32 last;
	u32 hz;
};

struct given {
	struct given_rate *rates;
	u32 count;
};

/* Return: false if the line is none of a rate. */
static bool given_line(struct given_rate *rate, const char *line)
{
	char addr[64];
	int end = -1;

	rate->first = 0;
	rate->last = 65535;
	if (sscanf(line, "%63s %u-%u %u %n", addr, &rate->first, &rate->last, &rate->hz,
		   &end) != 4) {
		end = -1;
		if (sscanf(line, "%63s %u %u %n", addr, &rate->first, &rate->hz, &end) == 3) {
			rate->last = rate->first;
		} else {
			end = -1;
			rate->first = 0;
			rate->last = 65535;
			if (sscanf(line, "%63s %u %n", addr, &rate->hz, &end) != 2)
				return false;
		}
	}
	return end > 0 && !line[end] && text_address(addr, strlen(addr), &rate->addr) &&
	       rate->first <= rate->last && rate->last <= 65535 && rate->hz &&
	       rate->hz <= GIVEN_MOST_HZ;
}

struct given *given_read(const char *name)
{
	struct given *given = fail_calloc(1, sizeof(*given));
	FILE *file = fopen(name, "r");
	struct given_rate rate;
	u32 number = 0;
	char *line = NULL;
	size_t size = 0;

	if (!file)
		fail_exit(2, "--clocks: %s: %s", name, strerror(errno));
	while (getline(&line, &size, file) >= 0) {
		number++;
		line[strcspn(line, "#")] = '\0';
		if (!line[strspn(line, " \t\r\n")])
			continue;
		if (!given_line(&rate, line))
			fail_exit(2, "--clocks: %s: line %u is no address, ports and rate",
				  name, number);
		given->rates = fail_realloc(given->rates,
					    (given->count + 1) * sizeof(*given->rates));
		given->rates[given->count++] = rate;
	}
	free(line);
	fclose(file);
	return given;
}

u32 given_find(const struct given *given, const struct twr_conn *conn)
{
	u32 port = ntohs(conn->peer_port), i;

	for (i = 0; given && i < given->count; i++) {
		const struct given_rate *rate = &given->rates[i];

		if (port >= rate->first && port <= rate->last &&
		    !memcmp(&rate->addr, &conn->key.peer, sizeof(rate->addr)))
			return rate->hz;
	}
	return 0;
}

static u64 given_mix(u64 digest, const void *data, size_t size)
{
	const u8 *at = data;

	while (size--)
		digest = (digest ^ *at++) * 0x100000001b3ULL;
	return digest;
}

u64 given_digest(const struct given *given)
{
	u64 digest = 0;
	u32 i;

	for (i = 0; given && i < given->count; i++) {
		const struct given_rate *rate = &given->rates[i];

		digest = given_mix(digest ?: 0xcbf29ce484222325ULL, &rate->addr,
				   sizeof(rate->addr));
		digest = given_mix(digest, &rate->first, sizeof(rate->first));
		digest = given_mix(digest, &rate->last, sizeof(rate->last));
		digest = given_mix(digest, &rate->hz, sizeof(rate->hz));
	}
	return digest;
}

void given_free(struct given *given)
{
	if (!given)
		return;
	free(given->rates);
	free(given);
}
