// SPDX-License-Identifier: GPL-2.0
/*
 * loop_json.c - prints what becomes of the clients, for programs
 */
#include <linux/kernel.h>
#include <stdlib.h>

#include "events.h"
#include "loop.h"
#include "report.h"

static void loop_json_sum(const struct loop *loop, const struct loop_sum *sum, FILE *out)
{
	u32 i;

	fprintf(out, "\"clients\": %llu, \"after\": {\"0\": %llu", sum->clients, sum->in[0]);
	for (i = 1; i <= loop->retries->count; i++)
		fprintf(out, ", \"%u\": %llu", loop->retries->seconds[i - 1], sum->in[i]);
	report_info(out, "}, \"never\": %llu, \"never_unanswered\": %llu, \"unknown\": %llu, \"after_capture\": %llu, \"paws_passive\": %llu",
		    sum->never, sum->silent, sum->unknown, sum->late, sum->drops);
}

static void loop_json_peers(const struct loop *loop, const struct loop_sum *sums, FILE *out)
{
	const char *comma = "";
	u32 i;

	fputs(", \"peers\": [", out);
	for (i = 0; i < loop->peer_count; i++) {
		char peer[EVENTS_ADDRESS], local[EVENTS_ADDRESS];
		const struct twr_key *key = &loop->peers[i].key;

		if (!sums[i].clients)
			continue;
		fprintf(out, "%s{\"peer\": \"%s\", \"local\": \"%s\", ", comma,
			events_address(peer, &key->peer), events_address(local, &key->local));
		loop_json_sum(loop, &sums[i], out);
		fputc('}', out);
		comma = ", ";
	}
	fputc(']', out);
}

void loop_json(const struct loop *loop, FILE *out)
{
	const u64 *told = loop->told;
	struct loop_sum all, *sums;
	u32 i;

	fprintf(out, ", \"closed_loop\": {\"retries\": \"%s\", \"refused\": %llu, ",
		loop->retries->name, loop->refused);
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
