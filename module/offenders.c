// SPDX-License-Identifier: GPL-2.0
/*
 * offenders.c - the peers that would have been turned away most often
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "clocks.h"
#include "memory.h"
#include "offenders.h"

#define TWR_OFFENDERS_WAYS	8
#define TWR_OFFENDERS_ROWS	(TWR_OFFENDERS / TWR_OFFENDERS_WAYS)

/* What is known of a peer; the place is free while its key names no namespace. */
struct twr_offender {
	struct twr_offence offence;
	struct twr_clocks clocks;
};

/* The hashes stand apart: most SYNs that pass look no further. */
struct twr_offenders {
	u32 hash[TWR_OFFENDERS_ROWS][TWR_OFFENDERS_WAYS];
	struct twr_offenders_row {
		spinlock_t lock; /* of all its peers */
		struct twr_offender peer[TWR_OFFENDERS_WAYS];
	} row[TWR_OFFENDERS_ROWS];
};

struct twr_offenders *twr_offenders_new(void)
{
	struct twr_offenders *offenders = twr_memory(sizeof(*offenders));
	int r;

	for (r = 0; offenders && r < TWR_OFFENDERS_ROWS; r++)
		spin_lock_init(&offenders->row[r].lock);
	return offenders;
}

void twr_offenders_free(struct twr_offenders *offenders)
{
	vfree(offenders);
}

static bool twr_offenders_has(const struct twr_offenders *offenders, u32 r,
			      u32 hash)
{
	int i;

	for (i = 0; i < TWR_OFFENDERS_WAYS; i++)
		if (READ_ONCE(offenders->hash[r][i]) == hash)
			return true;
	return false;
}

/* Return: the peer's place, or a negative value. */
static int twr_offenders_find(const struct twr_offenders_row *row,
			      const struct twr_key *key)
{
	int i;

	for (i = 0; i < TWR_OFFENDERS_WAYS; i++)
		if (!memcmp(&row->peer[i].offence.key, key, sizeof(*key)))
			return i;
	return -1;
}

/* A free place has no rejections, so it is the first to be taken. */
static int twr_offenders_take(struct twr_offenders_row *row,
			      const struct twr_key *key, u64 now)
{
	struct twr_offence *o;
	int i, least = 0;
	u64 over;

	for (i = 1; i < TWR_OFFENDERS_WAYS; i++)
		if (row->peer[i].offence.rejected <
		    row->peer[least].offence.rejected)
			least = i;

	o = &row->peer[least].offence;
	over = o->rejected;
	memset(&row->peer[least], 0, sizeof(row->peer[least]));
	o->key = *key;
	o->rejected = over;
	o->over = over;
	o->first = now;
	return least;
}

static u32 twr_offender_note(struct twr_offender *peer,
			     const struct twr_syn *syn, u64 now)
{
	struct twr_offence *o = &peer->offence;
	u32 rate = 0;

	if (syn->timed)
		rate = twr_clocks_add(&peer->clocks, syn->tsval, now);
	o->checked++;
	if (syn->verdict == TWR_PASS)
		return rate;

	o->rejected++;
	o->by[syn->verdict]++;
	o->timed = syn->timed;
	o->behind = syn->behind;
	o->rate = rate;
	o->last = now;
	return rate;
}

u32 twr_offenders_note(struct twr_offenders *offenders,
		       const struct twr_key *key, const struct twr_syn *syn)
{
	u32 r = reciprocal_scale(key->hash, TWR_OFFENDERS_ROWS);
	struct twr_offenders_row *row = &offenders->row[r];
	u32 rate = 0;
	u64 now;
	int i;

	if (syn->verdict == TWR_PASS &&
	    likely(!twr_offenders_has(offenders, r, key->hash)))
		return 0;

	now = ktime_to_ms(ktime_get());
	spin_lock_bh(&row->lock);
	i = twr_offenders_find(row, key);
	if (i < 0 && syn->verdict != TWR_PASS) {
		i = twr_offenders_take(row, key, now);
		WRITE_ONCE(offenders->hash[r][i], key->hash);
	}
	if (i >= 0)
		rate = twr_offender_note(&row->peer[i], syn, now);
	spin_unlock_bh(&row->lock);
	return rate;
}

static int twr_offence_heavier(const void *a, const void *b)
{
	u64 first = ((const struct twr_offence *)a)->rejected;
	u64 second = ((const struct twr_offence *)b)->rejected;

	return first < second ? 1 : first > second ? -1 : 0;
}

static bool twr_offender_of(const struct twr_offender *peer, u32 netns)
{
	u32 owner = peer->offence.key.netns;

	return owner && (!netns || owner == netns);
}

int twr_offenders_list(struct twr_offenders *offenders, u32 netns,
		       struct twr_offence *list)
{
	int r, i, n = 0;

	for (r = 0; r < TWR_OFFENDERS_ROWS; r++) {
		struct twr_offenders_row *row = &offenders->row[r];

		spin_lock_bh(&row->lock);
		for (i = 0; i < TWR_OFFENDERS_WAYS; i++) {
			struct twr_offender *peer = &row->peer[i];
			struct twr_offence *o = &list[n];

			if (!twr_offender_of(peer, netns))
				continue;
			*o = peer->offence;
			o->clocks = twr_clocks_count(&peer->clocks, &o->loose);
			n++;
		}
		spin_unlock_bh(&row->lock);
		cond_resched();
	}
	sort(list, n, sizeof(*list), twr_offence_heavier, NULL);
	return n;
}

void twr_offenders_forget(struct twr_offenders *offenders, u32 netns)
{
	int r, i;

	for (r = 0; r < TWR_OFFENDERS_ROWS; r++) {
		struct twr_offenders_row *row = &offenders->row[r];

		spin_lock_bh(&row->lock);
		for (i = 0; i < TWR_OFFENDERS_WAYS; i++) {
			if (!twr_offender_of(&row->peer[i], netns))
				continue;
			WRITE_ONCE(offenders->hash[r][i], 0);
			memset(&row->peer[i], 0, sizeof(row->peer[i]));
		}
		spin_unlock_bh(&row->lock);
		cond_resched();
	}
}
