/* SPDX-License-Identifier: GPL-2.0 */
/* A lock that nobody else wants: no reader may find it taken. */
#ifndef FUZZ_LINUX_SEQLOCK_H
#define FUZZ_LINUX_SEQLOCK_H

#include <linux/spinlock.h>

struct fuzz_seqlock {
	struct fuzz_lock lock;
};

#define seqlock_t		struct fuzz_seqlock
#define seqlock_init(sl)	spin_lock_init(&(sl)->lock)
#define write_seqlock_bh(sl)	spin_lock_bh(&(sl)->lock)
#define write_sequnlock_bh(sl)	spin_unlock_bh(&(sl)->lock)

static inline unsigned int read_seqbegin(const seqlock_t *sl)
{
	assert(!sl->lock.held);
	return 0;
}

static inline bool read_seqretry(const seqlock_t *sl, unsigned int seq)
{
	return sl->lock.held || seq;
}

#endif
