/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lock.h - the lock of a row in a table: writers exclude each other, readers retry
 *
 * A writer runs in softirq or process context: in the hook, or at the tracepoint where a
 * socket changes its state, which most kernels fire with preemption off. An ordinary
 * spinlock of PREEMPT_RT would sleep there, so the lock is a raw one, and is taken with
 * interrupts off. What a writer does under it must be short. Documentation/design.rst
 * (Locks) says which locks a packet takes.
 */
#ifndef TWR_LOCK_H
#define TWR_LOCK_H

#include <linux/seqlock.h>
#include <linux/spinlock.h>

/**
 * struct twr_lock - the lock
 * @lock: held by the writer
 * @seq: sequence count for readers, which take no lock and write nothing
 */
struct twr_lock {
	raw_spinlock_t lock; /* serializes writers */
	seqcount_raw_spinlock_t seq;
};

/**
 * twr_lock_init() - set up a lock
 * @row_lock: the lock
 */
#define twr_lock_init(row_lock)						\
	do {								\
		struct twr_lock *_lock = (row_lock);			\
									\
		raw_spin_lock_init(&_lock->lock);			\
		seqcount_raw_spinlock_init(&_lock->seq, &_lock->lock);	\
	} while (0)

/**
 * twr_lock_write_begin() - begin to write
 * @lock: the lock
 *
 * Any context but NMI. Interrupts are off until twr_lock_write_end().
 *
 * Return: flags for twr_lock_write_end().
 */
static inline unsigned long twr_lock_write_begin(struct twr_lock *lock)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock->lock, flags);
	write_seqcount_begin(&lock->seq);
	return flags;
}

/**
 * twr_lock_write_end() - end writing
 * @lock: the lock
 * @flags: what twr_lock_write_begin() returned
 */
static inline void twr_lock_write_end(struct twr_lock *lock, unsigned long flags)
{
	write_seqcount_end(&lock->seq);
	raw_spin_unlock_irqrestore(&lock->lock, flags);
}

/**
 * twr_lock_read_begin() - begin to read
 * @lock: the lock
 *
 * Any context but NMI.
 *
 * Return: the sequence count, for twr_lock_read_retry().
 */
static inline unsigned int twr_lock_read_begin(const struct twr_lock *lock)
{
	return read_seqcount_begin(&lock->seq);
}

/**
 * twr_lock_read_retry() - must the reader read again?
 * @lock: the lock
 * @seq: what twr_lock_read_begin() returned
 *
 * Return: true if a writer wrote meanwhile, so that what was read is useless.
 */
static inline bool twr_lock_read_retry(const struct twr_lock *lock, unsigned int seq)
{
	return read_seqcount_retry(&lock->seq, seq);
}

#endif /* TWR_LOCK_H */
