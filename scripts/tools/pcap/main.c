// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - twr-pcap: which SYNs of a capture would tcp_tw_recycle drop?
 *
 * The readers pass segments to the tracker. The tracker's observations go through the feed
 * to the engines. The program reports the results at the end.
 */
#include <linux/vmalloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "add.h"
#include "conn.h"
#include "fail.h"
#include "live.h"
#include "machine.h"
#include "merge.h"
#include "ports.h"
#include "report.h"
#include "run.h"

/* The module's files need these symbols. */
unsigned long jiffies;
u64 fuzz_ns;
bool shim_huge_pages;

/* Captures of so many bytes fill the tables; each has a million packets or more. */
#define RUN_LARGE	(128 << 20)

/* How many segments to look ahead, a power of two. */
#define RUN_AHEAD	16

static void run_take(void *context, const struct observation *observation)
{
	struct run *run = context;

	judge_take(&run->judge, observation);
	if (run->loop)
		loop_take(run->loop, observation);
}

static void run_expect(void *context, const struct observation *observation)
{
	struct run *run = context;

	judge_expect(&run->judge, observation);
}

/*
 * Will the tables of the eras be filled? Those of a small capture stay nearly empty. Nobody
 * knows how much comes from a pipe or a device.
 */
static bool run_is_large(const struct options *options)
{
	struct stat st;
	u64 bytes = 0;
	int i;

	for (i = 0; !options->device && i < options->count; i++)
		if (!stat(options->files[i], &st) && S_ISREG(st.st_mode))
			bytes += st.st_size;
	return bytes >= RUN_LARGE;
}

static void run_begin(struct run *run)
{
	const struct options *options = &run->options;

	twr_conn_init_secret();
	shim_huge_pages = run_is_large(options);
	judge_add(&run->judge, options->eras ?: "all");
	run->judge.hz = options->hz;
	run->judge.rows = options->rows;
	run->judge.retries = retries_find(options->retries ?: TWR_SCHEDULE_DEFAULT);
	if (options->closed_loop)
		run->loop = loop_new(options);
	/* With a closed loop, these tell of it. */
	run->judge.events = options->events && !run->loop;
	run->judge.list = options->syns && !run->loop;
	run->judge.shard = options->shard;
	run->track.flows = flows_new(options->connections);
	run->track.feed = feed_new(run_take, run_expect, run);
}

static void run_end(struct run *run)
{
	feed_free(run->track.feed);
	flows_free(run->track.flows);
	judge_free(&run->judge);
	loop_free(run->loop);
	machines_free();
	ports_free();
}

/*
 * Segments wait in a ring while the memory fetches the table's data about them: first
 * the head of the chain, and half a ring later the connection.
 */
static void run_segments(struct run *run, struct merge *merge)
{
	const struct flows *flows = run->track.flows;
	struct segment ring[RUN_AHEAD];
	struct segment *seg;
	u64 in = 0, out = 0;

	while ((seg = merge_next(merge))) {
		if (!run->judge.began)
			run->judge.began = seg->us;
		if (run->options.shard.of)
			run->digest = shard_digest(run->digest, seg);
		if (in == out + RUN_AHEAD)
			track_segment(&run->track, &ring[out++ % RUN_AHEAD]);
		ring[in % RUN_AHEAD] = *seg;
		flows_expect(flows, &ring[in++ % RUN_AHEAD]);
		if (in >= out + RUN_AHEAD / 2)
			flows_expect_flow(flows, &ring[(in - RUN_AHEAD / 2) % RUN_AHEAD]);
	}
	while (out != in)
		track_segment(&run->track, &ring[out++ % RUN_AHEAD]);
	feed_end(run->track.feed);
}

static bool run_files(struct run *run)
{
	struct merge merge;
	bool failed;

	merge_open(&merge, run->options.files, run->options.count);
	run_segments(run, &merge);
	run->counts = merge.counts;
	failed = merge.failed;
	if (run->loop) {
		flows_each(run->track.flows, loop_take_flow, run->loop);
		loop_run(run->loop, run->track.now);
	}
	judge_end(&run->judge);
	/* The report covers what was read, if anything was. */
	if (merge.count)
		report(run);
	merge_close(&merge);
	return !failed;
}

int main(int argc, char **argv)
{
	struct run run = { };
	bool good;

	options_read(&run.options, argc, argv);
	if (run.options.add) {
		add(&run);
		good = true;
	} else {
		run_begin(&run);
		good = run.options.device ? live(&run) : run_files(&run);
		run_end(&run);
	}
	free(run.options.locals);
	if (fflush(stdout) || ferror(stdout))
		fail_exit(1, "cannot write: standard output is closed or full");
	return good ? 0 : 1;
}
