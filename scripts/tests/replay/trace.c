// SPDX-License-Identifier: GPL-2.0
/* The output of --verbose on stderr: every segment, every action of the program. */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "trace.h"

static bool verbose;

void trace_on(void)
{
	verbose = true;
}

void trace_note(const char *fmt, ...)
{
	struct timespec now;
	va_list args;

	if (!verbose)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	fprintf(stderr, "%6lld.%06ld ", (long long)now.tv_sec, now.tv_nsec / 1000);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

void trace_segment(char arrow, const struct segment *seg)
{
	static const char letters[] = "FSRP.UEW";
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	char flags[9], mss[16] = "", ts[48] = "";
	int n = 0;

	if (!verbose)
		return;
	inet_ntop(seg->src.family, seg->src.bytes, src, sizeof(src));
	inet_ntop(seg->dst.family, seg->dst.bytes, dst, sizeof(dst));
	for (int bit = 0; bit < 8; bit++)
		if (seg->flags & 1 << bit)
			flags[n++] = letters[bit];
	flags[n] = '\0';
	if (seg->mss)
		snprintf(mss, sizeof(mss), " mss %u", seg->mss);
	if (seg->ts)
		snprintf(ts, sizeof(ts), " TS %u ecr %u", seg->tsval, seg->tsecr);
	trace_note("%c %s.%u > %s.%u [%s] seq %u ack %u win %u%s%s len %zu%s",
		   arrow, src, seg->sport, dst, seg->dport, flags, seg->seq,
		   seg->ack, seg->window, mss, ts, seg->len,
		   seg->badsum ? " BAD CHECKSUM" : "");
}
