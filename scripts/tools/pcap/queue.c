// SPDX-License-Identifier: GPL-2.0
/*
 * queue.c - what happens next, ordered by time
 */
#include <stdlib.h>

#include "fail.h"
#include "queue.h"

#define QUEUE_FIRST	1024

struct queue_event {
	u64 us;
	u64 added;
	u32 number;
};

static bool queue_before(const struct queue_event *a, const struct queue_event *b)
{
	return a->us < b->us || (a->us == b->us && a->added < b->added);
}

void queue_add(struct queue *queue, u64 us, u32 number)
{
	struct queue_event event = { .us = us, .added = queue->added++, .number = number };
	u32 at = queue->count++, up;

	if (queue->count > queue->room) {
		queue->room = queue->room ? queue->room * 2 : QUEUE_FIRST;
		queue->heap = fail_realloc(queue->heap,
					   queue->room * sizeof(*queue->heap));
	}
	while (at && queue_before(&event, &queue->heap[up = (at - 1) / 2])) {
		queue->heap[at] = queue->heap[up];
		at = up;
	}
	queue->heap[at] = event;
}

u64 queue_first(const struct queue *queue)
{
	return queue->heap[0].us;
}

u32 queue_take(struct queue *queue)
{
	u32 number = queue->heap[0].number, at = 0, down;
	struct queue_event last = queue->heap[--queue->count];

	while ((down = 2 * at + 1) < queue->count) {
		if (down + 1 < queue->count &&
		    queue_before(&queue->heap[down + 1], &queue->heap[down]))
			down++;
		if (!queue_before(&queue->heap[down], &last))
			break;
		queue->heap[at] = queue->heap[down];
		at = down;
	}
	queue->heap[at] = last;
	return number;
}

void queue_free(struct queue *queue)
{
	free(queue->heap);
	*queue = (struct queue) { };
}
