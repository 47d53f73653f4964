/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A sequence count for one thread: a writer must hold the lock, no reader meets a
 * writer.
 */
#ifndef SHIM_LINUX_SEQLOCK_H
#define SHIM_LINUX_SEQLOCK_H

#include <linux/spinlock.h>

struct fuzz_seqcount {
	const raw_spinlock_t *lock;
	unsigned int sequence;
};

#define seqcount_raw_spinlock_t	struct fuzz_seqcount

static inline void seqcount_raw_spinlock_init(seqcount_raw_spinlock_t *s,
					      const raw_spinlock_t *lock)
{
#ifdef NDEBUG
	/* As in raw_spin_lock_init(). */
	(void)s;
	(void)lock;
#else
	s->lock = lock;
	s->sequence = 0;
#endif
}

static inline void write_seqcount_begin(seqcount_raw_spinlock_t *s)
{
	assert(s->lock->held && s->sequence % 2 == 0);
	s->sequence++;
}

static inline void write_seqcount_end(seqcount_raw_spinlock_t *s)
{
	assert(s->lock->held && s->sequence % 2 == 1);
	s->sequence++;
}

static inline unsigned int read_seqcount_begin(const seqcount_raw_spinlock_t *s)
{
	assert(!s->lock->held && s->sequence % 2 == 0);
	return s->sequence;
}

static inline bool read_seqcount_retry(const seqcount_raw_spinlock_t *s,
				       unsigned int start)
{
	return s->sequence != start;
}

#endif
