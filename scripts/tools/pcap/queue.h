/* SPDX-License-Identifier: GPL-2.0 */
/*
 * queue.h - what happens next, ordered by time
 */
#ifndef PCAP_QUEUE_H
#define PCAP_QUEUE_H

#include <linux/types.h>

struct queue_event;

/**
 * struct queue - a heap; all zero when empty and new
 * @heap: the events, the first one at its top
 * @count: number of events
 * @room: how many fit
 * @added: how many were added so far
 */
struct queue {
	struct queue_event *heap;
	u32 count;
	u32 room;
	u64 added;
};

/**
 * queue_add() - add an event
 * @queue: the queue
 * @us: when it happens
 * @number: what it happens to
 *
 * Of events at the same time the one that was added first comes first.
 */
void queue_add(struct queue *queue, u64 us, u32 number);

/**
 * queue_first() - when does the first event happen?
 * @queue: the queue, not empty
 *
 * Return: its time.
 */
u64 queue_first(const struct queue *queue);

/**
 * queue_take() - remove the first event
 * @queue: the queue, not empty
 *
 * Return: what it happens to.
 */
u32 queue_take(struct queue *queue);

/**
 * queue_free() - free the memory
 * @queue: the queue
 */
void queue_free(struct queue *queue);

#endif
