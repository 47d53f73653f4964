// SPDX-License-Identifier: GPL-2.0
/*
 * merge.c - merges the segments of several sources by time
 *
 * A heap of the sources by the time of their next segment. A source is closed as soon as it
 * ends.
 */
#include <stdlib.h>
#include <sys/resource.h>

#include "fail.h"
#include "merge.h"

/* At equal times the file that was named first comes first. */
static bool merge_before(const struct merge *merge, u32 a, u32 b)
{
	u64 first = merge->sources[a].seg.us, second = merge->sources[b].seg.us;

	return first < second || (first == second && a < b);
}

static void merge_sink(struct merge *merge, u32 at)
{
	u32 *heap = merge->heap;

	for (;;) {
		u32 least = at, child = at * 2 + 1, kept = heap[at];

		if (child < merge->left && merge_before(merge, heap[child], heap[least]))
			least = child;
		if (child + 1 < merge->left && merge_before(merge, heap[child + 1], heap[least]))
			least = child + 1;
		if (least == at)
			return;
		heap[at] = heap[least];
		heap[least] = kept;
		at = least;
	}
}

static void merge_end(struct merge *merge, struct source *source)
{
	u32 i;

	merge->counts.packets += source->counts.packets;
	merge->counts.lines += source->counts.lines;
	for (i = 0; i < FRAMES; i++)
		merge->counts.frames[i] += source->counts.frames[i];
	merge->failed |= source->broken;
	source_close(source);
}

void merge_open(struct merge *merge, char **names, int count)
{
	struct rlimit limit;
	int i;

	/* Each file stays open until it is read. */
	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}

	*merge = (struct merge) {
		.sources = fail_calloc(count, sizeof(*merge->sources)),
		.heap = fail_calloc(count, sizeof(*merge->heap)),
	};
	for (i = 0; i < count; i++) {
		struct source *source = &merge->sources[merge->count];

		if (!source_open(source, names[i])) {
			merge->failed = true;
			continue;
		}
		merge->count++;
		if (source->kind->next(source))
			merge->heap[merge->left++] = merge->count - 1;
		else
			merge_end(merge, source);
	}
	for (i = merge->left / 2; i--; )
		merge_sink(merge, i);
}

struct segment *merge_next(struct merge *merge)
{
	struct source *source;

	if (!merge->left)
		return NULL;
	if (merge->began) {
		source = &merge->sources[merge->heap[0]];
		if (!source->kind->next(source)) {
			merge_end(merge, source);
			merge->heap[0] = merge->heap[--merge->left];
		}
		if (merge->left > 1)
			merge_sink(merge, 0);
		if (!merge->left)
			return NULL;
	}
	merge->began = true;
	return &merge->sources[merge->heap[0]].seg;
}

void merge_close(struct merge *merge)
{
	u32 i;

	for (i = 0; i < merge->count; i++)
		source_close(&merge->sources[i]);
	free(merge->sources);
	free(merge->heap);
}
