/* SPDX-License-Identifier: GPL-2.0 */
/* A lock for one thread: it must be taken once and released. */
#ifndef SHIM_LINUX_SPINLOCK_H
#define SHIM_LINUX_SPINLOCK_H

#include <assert.h>
#include <stdbool.h>

struct fuzz_lock {
	bool held;
};

#define raw_spinlock_t			struct fuzz_lock

/* The interrupt flags before; the same value must be restored. */
#define FUZZ_FLAGS			0x246UL

#define raw_spin_lock_irqsave(lock, flags)				\
	((flags) = fuzz_lock(lock))
#define raw_spin_unlock_irqrestore(lock, flags)				\
	fuzz_unlock(lock, flags)

/*
 * Without assertions a lock is not written to: it is zero already, and memory that is
 * never touched need not be allocated.
 */
static inline void raw_spin_lock_init(raw_spinlock_t *lock)
{
#ifdef NDEBUG
	(void)lock;
#else
	lock->held = false;
#endif
}

static inline unsigned long fuzz_lock(raw_spinlock_t *lock)
{
	assert(!lock->held);
	lock->held = true;
	return FUZZ_FLAGS;
}

static inline void fuzz_unlock(raw_spinlock_t *lock, unsigned long flags)
{
	assert(lock->held);
	assert(flags == FUZZ_FLAGS);
	lock->held = false;
}

#define spinlock_t		struct fuzz_lock
#define spin_lock_init(lock)	raw_spin_lock_init(lock)
#define spin_lock(lock)		((void)fuzz_lock(lock))
#define spin_unlock(lock)	fuzz_unlock(lock, FUZZ_FLAGS)
#define spin_lock_bh(lock)	spin_lock(lock)
#define spin_unlock_bh(lock)	spin_unlock(lock)

#define smp_store_release(ptr, val)	(*(ptr) = (val))
#define smp_load_acquire(ptr)		(*(ptr))
#define smp_mb()			do { } while (0)
#define smp_rmb()			do { } while (0)

#endif
