/* SPDX-License-Identifier: GPL-2.0 */
/* A lock that nobody else wants: it must be held once and given back. */
#ifndef FUZZ_LINUX_SPINLOCK_H
#define FUZZ_LINUX_SPINLOCK_H

#include <assert.h>
#include <stdbool.h>

struct fuzz_lock {
	bool held;
};

#define spinlock_t	struct fuzz_lock

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->held = false;
}

static inline void spin_lock_bh(spinlock_t *lock)
{
	assert(!lock->held);
	lock->held = true;
}

static inline void spin_unlock_bh(spinlock_t *lock)
{
	assert(lock->held);
	lock->held = false;
}

#endif
