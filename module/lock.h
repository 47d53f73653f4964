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
 * @l: the lock
 */
#define twr_lock_init(l)						\
	do {								\
		struct twr_lock *_l = (l);				\
									\
		raw_spin_lock_init(&_l->lock);				\
		seqcount_raw_spinlock_init(&_l->seq, &_l->lock);	\
	} while (0)

/**
 * twr_lock_write() - begin to write
 * @l: the lock
 *
 * Any context but NMI.
 *
 * Return: what twr_unlock_write() wants.
 */
static inline unsigned long twr_lock_write(struct twr_lock *l)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&l->lock, flags);
	write_seqcount_begin(&l->seq);
	return flags;
}

/**
 * twr_unlock_write() - end writing
 * @l: the lock
 * @flags: from twr_lock_write()
 */
static inline void twr_unlock_write(struct twr_lock *l, unsigned long flags)
{
	write_seqcount_end(&l->seq);
	raw_spin_unlock_irqrestore(&l->lock, flags);
}

/**
 * twr_read_begin() - begin to read
 * @l: the lock
 *
 * Any context but NMI.
 *
 * Return: what twr_read_retry() wants.
 */
static inline unsigned int twr_read_begin(const struct twr_lock *l)
{
	return read_seqcount_begin(&l->seq);
}

/**
 * twr_read_retry() - was there a writer meanwhile?
 * @l: the lock
 * @seq: from twr_read_begin()
 *
 * Return: true if what was read is of no use, and must be read again.
 */
static inline bool twr_read_retry(const struct twr_lock *l, unsigned int seq)
{
	return read_seqcount_retry(&l->seq, seq);
}

#endif /* TWR_LOCK_H */
