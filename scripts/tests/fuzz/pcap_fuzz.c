// SPDX-License-Identifier: GPL-2.0
/*
 * pcap_fuzz.c - fuzzes what twr-pcap reads: packets of each link type, and lines of text
 *
 * The first byte of the input chooses a link type, or text. Packets follow: two bytes of
 * time to the one before, a byte for how much of the packet was captured, one for how much
 * there was, and the packet. Whatever is read goes through tracker, feed and engines. Sums
 * that must be equal are compared at the end: each SYN has one fate in each era, and the
 * parts of --shard add up to the whole.
 */
#include <linux/kernel.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agree.h"
#include "frame.h"
#include "judge.h"
#include "schedule.h"
#include "machine.h"
#include "ports.h"
#include "text.h"
#include "track.h"

unsigned long jiffies;
u64 fuzz_ns;

/* Few connections, so that some are forgotten, and few rows, so that peers are. */
#define CONNECTIONS	16
#define ROWS		2
#define RECORDS		24

/* An odd link has so many rows that the eras of rows alone are cut. */
#define CUT_ROWS	16

/* The whole has these parts. Only one input in PARTS_ONE_IN is divided: it takes long. */
#define PARTS		3
#define PARTS_ONE_IN	8

static const int links[] = {
	DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW, DLT_NULL, DLT_LOOP,
};

#define LINKS	ARRAY_SIZE(links)

static void take_segment(struct track *track, struct segment *seg)
{
	flows_expect(track->flows, seg);
	flows_expect_flow(track->flows, seg);
	track_segment(track, seg);
}

static void take_packets(struct track *track, int link, const uint8_t *data, size_t left)
{
	struct segment seg;
	u64 now = 1000000;

	while (left >= 4) {
		/* Milliseconds, or seconds where the highest bit is set. */
		u32 past = data[0] << 8 | data[1];
		u32 caplen = data[2], len = data[3];
		u8 *packet;

		now += past & 0x8000 ? (past & 0x7fff) * 1000000ULL : past * 1000ULL;
		data += 4;
		left -= 4;
		caplen = caplen < left ? caplen : left;
		/* Of its exact size, so that who reads on is seen. */
		packet = malloc(caplen ? caplen : 1);
		memcpy(packet, data, caplen);
		if (frame_read(&seg, link, packet, caplen, len) == FRAME_SEGMENT) {
			seg.us = now;
			take_segment(track, &seg);
		}
		free(packet);
		data += caplen;
		left -= caplen;
	}
}

static void take_text(struct track *track, const uint8_t *data, size_t left)
{
	struct text_clock clock = { };
	struct segment seg;

	while (left) {
		const uint8_t *end = memchr(data, '\n', left);
		size_t len = end ? (size_t)(end - data) : left;
		char *line = malloc(len + 1);

		memcpy(line, data, len);
		line[len] = '\0';
		if (text_read(&seg, line, &clock) == TEXT_SEGMENT)
			take_segment(track, &seg);
		free(line);
		data += len + !!end;
		left -= len + !!end;
	}
}

static void expect_sums(const struct judge *judge)
{
	u64 syns = 0;
	u32 i, a, f;

	for (a = 0; a < ANSWERS; a++)
		syns += judge->syns[a];
	for (i = 0; i < judge->count; i++) {
		u64 sums[TWR_COUNTERS] = { }, fates = 0;

		for (f = 0; f < FATES; f++)
			for (a = 0; a < ANSWERS; a++)
				fates += judge_sum(&judge->eras[i], f, a);
		twr_stats_sum(&judge->eras[i].stats, sums);
		AGREE("SYNs that were seen", fates,
		      twr_stats_file_value(&twr_counter_files[0], sums));
		AGREE("more SYNs than there were", 1, fates <= syns);
	}
}

static void expect_whole(const struct judge *judge)
{
	u32 i, n, a, f;

	for (a = 0; a < ANSWERS; a++) {
		u64 sum = 0;

		for (n = 1; n <= PARTS; n++)
			sum += judge[n].syns[a];
		AGREE("SYNs of the parts", judge[0].syns[a], sum);
	}
	for (i = 0; i < judge->count; i++) {
		u64 whole[TWR_COUNTER_FILES], part[TWR_COUNTER_FILES];
		u64 sums[TWR_COUNTER_FILES] = { }, peers = 0;

		judge_values(&judge[0].eras[i], whole);
		for (n = 1; n <= PARTS; n++) {
			judge_values(&judge[n].eras[i], part);
			for (a = 0; a < TWR_COUNTER_FILES; a++)
				sums[a] += part[a];
			peers += judge_peers(&judge[n].eras[i]);
		}
		for (a = 0; a < TWR_COUNTER_FILES; a++)
			AGREE(twr_counter_files[a].name, whole[a], sums[a]);
		AGREE("peers of the parts", judge_peers(&judge[0].eras[i]), peers);
		for (f = 0; f < FATES; f++)
			for (a = 0; a < ANSWERS; a++)
				AGREE("fates of the parts",
				      judge_sum(&judge[0].eras[i], f, a),
				      judge_sum(&judge[1].eras[i], f, a) +
				      judge_sum(&judge[2].eras[i], f, a) +
				      judge_sum(&judge[3].eras[i], f, a));
	}
}

static void take_parts(void *context, const struct observation *observation)
{
	struct judge *judge = context;
	u32 n;

	for (n = 0; n <= PARTS; n++)
		judge_take(&judge[n], observation);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct judge judge[PARTS + 1] = { };
	struct track track = { };
	u32 n, parts = size % PARTS_ONE_IN ? 0 : PARTS;

	if (!size)
		return 0;
	for (n = 0; n <= parts; n++) {
		judge[n] = (struct judge) {
			.rows = data[0] % 2 ? CUT_ROWS : ROWS,
			.records = RECORDS,
			.began = 1000000,
			.retries = twr_schedule_find(TWR_SCHEDULE_DEFAULT),
			.shard = { .part = n, .of = n ? PARTS : 0 },
		};
		judge_add(&judge[n], "4.11,el7,3.6");
	}
	track.flows = flows_new(CONNECTIONS);
	track.feed = feed_new(parts ? take_parts : judge_take,
			      parts ? NULL : judge_expect, judge);
	if (data[0] < 0x80)
		take_packets(&track, links[data[0] % LINKS], data + 1, size - 1);
	else
		take_text(&track, data + 1, size - 1);
	feed_end(track.feed);
	for (n = 0; n <= parts; n++) {
		judge[n].last = judge[0].last;
		judge_end(&judge[n]);
	}
	expect_sums(&judge[0]);
	if (parts)
		expect_whole(judge);

	feed_free(track.feed);
	flows_free(track.flows);
	for (n = 0; n <= parts; n++)
		judge_free(&judge[n]);
	machines_free();
	ports_free();
	return 0;
}
