// SPDX-License-Identifier: GPL-2.0
/*
 * loop_report.c - prints what becomes of the clients, for users
 */
#include <arpa/inet.h>
#include <linux/kernel.h>
#include <stdlib.h>

#include "events.h"
#include "fail.h"
#include "loop.h"
#include "report.h"

/* How many peers are listed if the user does not say. */
#define LOOP_TOP	10

static u64 sum_late(const struct loop_sum *sum)
{
	u64 late = 0;
	u32 i;

	for (i = 1; i <= TWR_RETRIES_MAX; i++)
		late += sum->in[i];
	return late;
}

static void loop_first_era(const struct loop *loop, const struct loop_sum *sum, FILE *out)
{
	u32 i;

	fprintf(out, "Clients that ask until they are answered (closed loop, era %s):\n",
		loop->judge.eras[0].name);
	fprintf(out, "    %llu clients asked\n", sum->clients);
	fprintf(out, "    %llu would have got in at once\n", sum->in[0]);
	for (i = 1; i <= loop->retries->retries; i++)
		if (sum->in[i])
			fprintf(out, "    %llu by the SYN sent again after %u s\n", sum->in[i],
				loop->retries->secs[i - 1]);
	fprintf(out, "    %llu never\n", sum->never);
	if (sum->silent)
		fprintf(out, "        %llu of them got no answer in the capture either\n",
			sum->silent);
	if (sum->unknown)
		report_info(out, "    %llu would have been let by, but got no answer in the capture\n",
			    sum->unknown);
	fprintf(out, "    %llu SYNs dropped, which TcpExtPAWSPassive would have counted\n",
		sum->drops);
}

static void loop_head(const struct loop *loop, const char *first, int width, FILE *out)
{
	char text[16];
	u32 i;

	fprintf(out, "    %-*s %8s", width, first, "at once");
	for (i = 0; i < loop->retries->retries; i++) {
		snprintf(text, sizeof(text), "%u s", loop->retries->secs[i]);
		fprintf(out, " %6s", text);
	}
	fprintf(out, " %8s %8s\n", "never", "dropped");
}

static void loop_row(const struct loop *loop, const struct loop_sum *sum, FILE *out)
{
	u32 i;

	fprintf(out, " %8llu", sum->in[0]);
	for (i = 1; i <= loop->retries->retries; i++)
		fprintf(out, " %6llu", sum->in[i]);
	fprintf(out, " %8llu %8llu\n", sum->never, sum->drops);
}

static void loop_eras(const struct loop *loop, FILE *out)
{
	struct loop_sum sum;
	char name[40];
	u32 i;

	fputs("Clients by the SYN that gets in, and SYNs dropped, in each era:\n", out);
	loop_head(loop, "era", 16, out);
	for (i = 0; i < loop->judge.count; i++) {
		const struct judged_era *era = &loop->judge.eras[i];

		free(loop_sums(loop, i, &sum));
		snprintf(name, sizeof(name), "%s%s%s", era->from, era->to ? " to " : "",
			 era->to ?: "");
		fprintf(out, "    %-16s", name);
		loop_row(loop, &sum, out);
	}
}

/* A peer and what becomes of its clients, to sort. */
struct loop_place {
	u32 peer;
	struct loop_sum sum;
};

/* The peers with the most clients shut out come first, then those with the most late. */
static int loop_worse(const void *a, const void *b)
{
	const struct loop_place *first = a, *second = b;
	u64 late = sum_late(&first->sum), other = sum_late(&second->sum);

	if (first->sum.never != second->sum.never)
		return first->sum.never < second->sum.never ? 1 : -1;
	if (late != other)
		return late < other ? 1 : -1;
	return first->peer < second->peer ? -1 : 1;
}

static void loop_peers(const struct loop *loop, const struct loop_sum *sums, u32 most,
		       FILE *out)
{
	struct loop_place *places = fail_calloc(loop->peer_count + 1, sizeof(*places));
	char peer[EVENTS_ADDRESS], local[EVENTS_ADDRESS], both[2 * EVENTS_ADDRESS + 8];
	u32 i, count = 0;

	for (i = 0; i < loop->peer_count; i++)
		if (sums[i].never || sum_late(&sums[i]))
			places[count++] = (struct loop_place) { .peer = i, .sum = sums[i] };
	qsort(places, count, sizeof(*places), loop_worse);
	if (count) {
		fputs("\nPeers that would have waited:\n", out);
		loop_head(loop, "peer and server", 32, out);
	}
	for (i = 0; i < count && (!most || i < most); i++) {
		const struct twr_key *key = &loop->peers[places[i].peer].key;

		snprintf(both, sizeof(both), "%s to %s", events_address(peer, &key->peer),
			 events_address(local, &key->local));
		fprintf(out, "    %-32s", both);
		loop_row(loop, &places[i].sum, out);
	}
	if (i < count)
		fprintf(out, "    and %u more; see --top\n", count - i);
	free(places);
}

static void loop_rates(const u64 *told, FILE *out)
{
	static const struct {
		enum loop_told told;
		const char *words;
	} rates[] = {
		{ LOOP_GIVEN, "given" },
		{ LOOP_OWN, "measured" },
		{ LOOP_LINE, "that of other connections on the same line" },
		{ LOOP_ASSUMED, "assumed to be 1000 or the nearest usual rate" },
	};
	const char *comma = "The rate of the client's clock was";
	u32 i;

	fputs("    ", out);
	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		if (!told[rates[i].told])
			continue;
		fprintf(out, "%s %s for %llu", comma, rates[i].words, told[rates[i].told]);
		comma = ",";
	}
	if (told[LOOP_UNTIMED])
		fprintf(out, "%s no matter for %llu that send no timestamps", comma,
			told[LOOP_UNTIMED]);
	fputs(".\n", out);
}

static void loop_assumed(const struct loop *loop, const struct loop_sum *sum, FILE *out)
{
	const u64 *told = loop->told;

	fprintf(out, "\nWhat this assumes:\n");
	fprintf(out, "    Clients send a SYN again like %s, no sooner, and %u times.\n",
		loop->retries->whose, loop->retries->retries);
	fputs("    A connection that begins later is the same connection later.\n", out);
	fputs("    A client that gives up does not ask again from another port.\n", out);
	loop_rates(told, out);
	if (sum->late)
		report_info(out, "    %llu clients still asked when the capture ended; nothing new is taken to have come after that.\n",
			    sum->late);
	if (loop->refused)
		report_info(out, "    %llu SYNs were answered by a reset, and are no clients.\n",
			    loop->refused);
}

void loop_report(const struct loop *loop, int top, FILE *out)
{
	struct loop_sum all, *sums = loop_sums(loop, 0, &all);

	loop_first_era(loop, &all, out);
	fputc('\n', out);
	loop_eras(loop, out);
	loop_peers(loop, sums, top < 0 ? LOOP_TOP : top, out);
	loop_assumed(loop, &all, out);
	free(sums);
}

static void loop_end(const char *name, const struct in6_addr *addr, __be16 port, FILE *out)
{
	bool mapped = IN6_IS_ADDR_V4MAPPED(addr);
	char text[EVENTS_ADDRESS];

	fprintf(out, "%s=%s%s%s:%u ", name, mapped ? "" : "[", events_address(text, addr),
		mapped ? "" : "]", ntohs(port));
}

static void loop_fate(const struct loop *loop, u32 era, u32 n, FILE *out)
{
	u8 fate = loop->eras[era].fates[n - 1] & ~LOOP_LATE;

	fprintf(out, " %s=", loop->judge.eras[era].name);
	if (fate == LOOP_NEVER)
		fputs("never", out);
	else if (fate == LOOP_UNKNOWN)
		fputs("unknown", out);
	else
		fprintf(out, "after-%u", fate ? loop->retries->secs[fate - 1] : 0);
}

void loop_list(const struct loop *loop, FILE *out)
{
	static const char *const told[] = {
		[LOOP_UNTIMED] = "none",
		[LOOP_GIVEN] = "given",
		[LOOP_OWN] = "own",
		[LOOP_LINE] = "line",
		[LOOP_ASSUMED] = "assumed",
	};
	u32 n, i;

	for (n = 1; n <= loop->client_count; n++) {
		const struct loop_client *client = loop_client(loop, n);
		u32 by = loop->eras[0].by[n - 1];
		u64 by_us = loop->eras[0].by_us[n - 1];

		if (loop->eras[0].fates[n - 1] == LOOP_FIXED)
			continue;
		fprintf(out, "%llu.%06llu ", client->us / 1000000, client->us % 1000000);
		loop_end("peer", &client->conn.key.peer, client->conn.peer_port, out);
		loop_end("local", &client->conn.key.local, client->conn.local_port, out);
		fprintf(out, "seq=%u answer=%s rate=%g rate_from=%s", client->seq,
			judge_answers[client->answer], client->rate / 1000.0,
			told[client->told]);
		for (i = 0; i < loop->judge.count; i++)
			loop_fate(loop, i, n, out);
		fprintf(out, " dropped=%u ", loop->eras[0].drops[n - 1]);
		if (by) {
			loop_end("by", &loop_client(loop, by)->conn.key.peer,
				 loop_client(loop, by)->conn.peer_port, out);
			fprintf(out, "by_time=%llu.%06llu\n", by_us / 1000000, by_us % 1000000);
		} else {
			fputs("by=- by_time=-\n", out);
		}
	}
}
