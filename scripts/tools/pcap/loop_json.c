// SPDX-License-Identifier: GPL-2.0
/*
 * loop_json.c - prints what becomes of the clients, for programs
 */
#include <linux/kernel.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "fail.h"
#include "loop.h"
#include "report.h"

static void loop_json_sum(const struct loop *loop, const struct loop_sum *sum, FILE *out)
{
	u32 i;

	fprintf(out, "\"clients\": %llu, \"after\": {\"0\": %llu", sum->clients, sum->in[0]);
	for (i = 1; i <= loop->retries->retries; i++)
		fprintf(out, ", \"%u\": %llu", loop->retries->secs[i - 1], sum->in[i]);
	report_info(out, "}, \"never\": %llu, \"never_unanswered\": %llu, \"unknown\": %llu, \"after_capture\": %llu, \"paws_passive\": %llu",
		    sum->never, sum->silent, sum->unknown, sum->late, sum->drops);
}

int loop_key_order(const struct twr_key *a, const struct twr_key *b)
{
	return memcmp(&a->local, &b->local, sizeof(a->local)) ?:
	       memcmp(&a->peer, &b->peer, sizeof(a->peer));
}

static int loop_json_order(const void *a, const void *b)
{
	const struct loop_peer *const *first = a, *const *second = b;

	return loop_key_order(&(*first)->key, &(*second)->key);
}

/* By address, so that the peers of all parts can be merged. */
static void loop_json_peers(const struct loop *loop, const struct loop_sum *sums, FILE *out)
{
	const struct loop_peer **peers = fail_calloc(loop->peer_count + 1, sizeof(*peers));
	u32 count = 0, i;

	for (i = 0; i < loop->peer_count; i++)
		if (sums[i].clients)
			peers[count++] = &loop->peers[i];
	qsort(peers, count, sizeof(*peers), loop_json_order);
	fputs(", \"peers\": [", out);
	for (i = 0; i < count; i++) {
		char peer[EVENTS_ADDRESS], local[EVENTS_ADDRESS];
		const struct twr_key *key = &peers[i]->key;

		fprintf(out, "%s{\"peer\": \"%s\", \"local\": \"%s\", ", i ? ", " : "",
			events_address(peer, &key->peer), events_address(local, &key->local));
		loop_json_sum(loop, &sums[peers[i] - loop->peers], out);
		fputc('}', out);
	}
	fputc(']', out);
	free(peers);
}

void loop_json(const struct loop *loop, FILE *out)
{
	/* Of a part, numbers that are of no era are in the first one alone. */
	bool first = loop->judge.shard.part <= 1;
	static const u64 none[LOOP_TOLDS];
	const u64 *told = first ? loop->told : none;
	struct loop_sum all, *sums;
	u32 i;

	fprintf(out, ", \"closed_loop\": {\"retries\": \"%s\", \"refused\": %llu, ",
		loop->retries->name, first ? loop->refused : 0);
	report_info(out, "\"rates\": {\"given\": %llu, \"own\": %llu, \"line\": %llu, \"assumed\": %llu, \"none\": %llu}, \"eras\": {",
		    told[LOOP_GIVEN], told[LOOP_OWN], told[LOOP_LINE], told[LOOP_ASSUMED],
		    told[LOOP_UNTIMED]);
	for (i = 0; i < loop->judge.count; i++) {
		sums = loop_sums(loop, i, &all);
		fprintf(out, "%s\"%s\": {", i ? ", " : "", loop->judge.eras[i].name);
		loop_json_sum(loop, &all, out);
		loop_json_peers(loop, sums, out);
		fputc('}', out);
		free(sums);
	}
	fputs("}}", out);
}
