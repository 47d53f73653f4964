// SPDX-License-Identifier: GPL-2.0
/*
 * events.c - prints the lines of the module's tracepoints, for twr-report and others
 *
 * The names and fields are those of module/trace.h. The number of a machine takes the place
 * of the number of a network namespace.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "events.h"

const char *events_address(char *text, const struct in6_addr *addr)
{
	if (IN6_IS_ADDR_V4MAPPED(addr))
		inet_ntop(AF_INET, addr->s6_addr + 12, text, EVENTS_ADDRESS);
	else if (IN6_IS_ADDR_UNSPECIFIED(addr))
		strcpy(text, "*");
	else
		inet_ntop(AF_INET6, addr, text, EVENTS_ADDRESS);
	return text;
}

static void events_end(const char *name, const struct in6_addr *addr, __be16 port)
{
	bool mapped = IN6_IS_ADDR_V4MAPPED(addr);
	char text[EVENTS_ADDRESS];

	printf("%s=%s%s%s:%u ", name, mapped ? "" : "[", events_address(text, addr),
	       mapped ? "" : "]", ntohs(port));
}

static void events_begin(u64 us, const char *name, const struct twr_conn *conn)
{
	printf("        twr-pcap-0       [000] ..... %llu.%06llu: %s: ", us / 1000000, us % 1000000,
	       name);
	events_end("peer", &conn->key.peer, conn->peer_port);
	events_end("local", &conn->key.local, conn->local_port);
	printf("netns=%u ", conn->key.netns);
}

static void events_syn_line(const struct observation *observation,
			    const struct twr_judgement *judgement, const char *name)
{
	static const char *const verdicts[] = {
		[TWR_PASS] = "pass",
		[TWR_REJECT_OLDER] = "older",
		[TWR_REJECT_UNTIMED] = "untimed",
	};
	const struct twr_syn *syn = &observation->syn;
	bool known = judgement->known && judgement->cached.ts_stamp;
	u32 now = observation->us / 1000000;

	events_begin(observation->us, name, &syn->conn);
	printf("timed=%d tsval=%u known=%d ts_recent=%u age=%u behind=%d delay=%s verdict=%s\n",
	       syn->timed, syn->timed ? syn->tsval : 0, known,
	       known ? judgement->cached.ts : 0, known ? now - judgement->cached.ts_stamp : 0,
	       syn->timed && known ? (s32)(judgement->cached.ts - syn->tsval) : 0,
	       judgement->verdict == TWR_PASS ? "0" : "-", verdicts[judgement->verdict]);
}

void events_list(const struct observation *observation, const char *answer)
{
	const struct twr_syn *syn = &observation->syn;

	printf("%llu.%06llu ", observation->us / 1000000, observation->us % 1000000);
	events_end("peer", &syn->conn.key.peer, syn->conn.peer_port);
	events_end("local", &syn->conn.key.local, syn->conn.local_port);
	printf("seq=%u ", observation->seq);
	if (syn->timed)
		printf("tsval=%u ", syn->tsval);
	else
		printf("tsval=- ");
	printf("again=%d answer=%s", observation->again, answer);
}

void events_syn(const struct observation *observation,
		const struct twr_judgement *judgement)
{
	events_syn_line(observation, judgement, "syn_checked");
	if (judgement->verdict != TWR_PASS)
		events_syn_line(observation, judgement, "syn_rejected");
}

/* The line has the time of the retry, which can be before that of the line above it. */
void events_settled(const struct twr_pending_syn *syn, s32 delay)
{
	u64 us = syn->rejected.jiffies * (1000000 / HZ);

	events_begin(delay > 0 ? us + delay * 1000000ULL : us, "syn_settled", &syn->conn);
	printf("timed=%d tsval=%u delay=", syn->timed, syn->timed ? syn->tsval : 0);
	if (delay > 0)
		printf("%d\n", delay);
	else
		puts(delay == TWR_DELAY_NEVER ? "never" : "unknown");
}

void events_stamp(const struct observation *observation)
{
	const struct twr_conn_change *change = &observation->change;

	events_begin(observation->us, "stamp_recorded", &change->conn);
	printf("ts_recent=%u age=%u\n", change->stamp.ts,
	       (u32)(observation->us / 1000000) - change->stamp.ts_stamp);
}
