/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lock.h - the lock of a row in a table: writers exclude each other, readers retry
 *
 * A writer may be anywhere: in softirq, where the hook runs, in process context, where
 * a program closes its socket, or in a tracepoint, where preemption is off and a lock
 * of PREEMPT_RT must not sleep. So the lock is raw, with interrupts off, and what is
 * done under it is short.
 */
#ifndef TWR_LOCK_H
#define TWR_LOCK_H

#include <linux/seqlock.h>
#include <linux/spinlock.h>

/**
 * struct twr_lock - the lock
 * @lock: held by a writer
 * @seq: sampled by readers, which take no lock and write nothing
 */
struct twr_lock {
	raw_spinlock_t lock; /* the row's writers */
	seqcount_raw_spinlock_t seq;
};

/**
 * twr_lock_init() - set a lock up
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
 * Any context but NMI.
 *
 * Return: what twr_lock_write_end() wants.
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
 * @flags: from twr_lock_write_begin()
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
 * Return: what twr_lock_read_retry() wants.
 */
static inline unsigned int twr_lock_read_begin(const struct twr_lock *lock)
{
	return read_seqcount_begin(&lock->seq);
}

/**
 * twr_lock_read_retry() - was there a writer meanwhile?
 * @lock: the lock
 * @seq: from twr_lock_read_begin()
 *
 * Return: true if what was read is of no use, and must be read again.
 */
static inline bool twr_lock_read_retry(const struct twr_lock *lock, unsigned int seq)
{
	return read_seqcount_retry(&lock->seq, seq);
}

#endif /* TWR_LOCK_H */
