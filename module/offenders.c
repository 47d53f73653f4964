// SPDX-License-Identifier: GPL-2.0
/*
 * offenders.c - the peers that would have been turned away most often
 */
#include <linux/bitops.h>
#include <linux/bottom_half.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "clocks.h"
#include "offenders.h"
#include "table_alloc.h"

#define TWR_OFFENDERS_WAYS	8
#define TWR_OFFENDERS_ROWS	(TWR_OFFENDERS / TWR_OFFENDERS_WAYS)

/*
 * What is known of a peer; the place is free while its key names no namespace. Where
 * @stale, the clocks are those of the peer that had the place before.
 */
struct twr_offender_slot {
	struct twr_offender offender;
	bool stale;
	struct twr_clocks clocks;
};

/* The hashes stand apart: most SYNs that pass look no further. */
struct twr_offenders {
	u32 hash[TWR_OFFENDERS_ROWS][TWR_OFFENDERS_WAYS];
	struct twr_offenders_row {
		spinlock_t lock; /* all but the clocks */
		unsigned long busy; /* bit 0: somebody has the clocks */
		struct twr_offender_slot peer[TWR_OFFENDERS_WAYS];
	} row[TWR_OFFENDERS_ROWS];
	twr_netns_alive_fn netns_is_alive;
};

struct twr_offenders *twr_offenders_new(twr_netns_alive_fn netns_is_alive)
{
	struct twr_offenders *offenders = twr_table_alloc(sizeof(*offenders));
	int r;

	if (!offenders)
		return NULL;
	offenders->netns_is_alive = netns_is_alive;
	for (r = 0; r < TWR_OFFENDERS_ROWS; r++)
		spin_lock_init(&offenders->row[r].lock);
	return offenders;
}

void twr_offenders_free(struct twr_offenders *offenders)
{
	vfree(offenders);
}

static u32 twr_offenders_row_of(const struct twr_key *key)
{
	return reciprocal_scale(key->hash, TWR_OFFENDERS_ROWS);
}

bool twr_offenders_has(const struct twr_offenders *offenders, const struct twr_key *key)
{
	return twr_row_has_hash(offenders->hash[twr_offenders_row_of(key)],
				TWR_OFFENDERS_WAYS, key->hash);
}

static bool twr_offender_exists(const struct twr_offenders *offenders,
				const struct twr_offender_slot *peer)
{
	u32 netns = peer->offender.key.netns;

	return netns && (!offenders->netns_is_alive || offenders->netns_is_alive(netns));
}

/* Return: the peer's place, or a negative value. */
static int twr_offenders_find(const struct twr_offenders_row *row,
			      const struct twr_key *key)
{
	int i;

	for (i = 0; i < TWR_OFFENDERS_WAYS; i++)
		if (!memcmp(&row->peer[i].offender.key, key, sizeof(*key)))
			return i;
	return -1;
}

/*
 * The place of the peer with the fewest rejections; a free one, and one whose
 * namespace is gone, has none.
 */
static int twr_offenders_take(const struct twr_offenders *offenders,
			      struct twr_offenders_row *row,
			      const struct twr_key *key, u64 now, bool *replaced)
{
	struct twr_offender *o;
	int i, least = 0;
	u64 over;

	for (i = 0; i < TWR_OFFENDERS_WAYS; i++) {
		if (!twr_offender_exists(offenders, &row->peer[i])) {
			least = i;
			break;
		}
		if (row->peer[i].offender.rejected <
		    row->peer[least].offender.rejected)
			least = i;
	}

	o = &row->peer[least].offender;
	*replaced = i == TWR_OFFENDERS_WAYS;
	over = *replaced ? o->rejected : 0;
	memset(o, 0, sizeof(*o));
	row->peer[least].stale = true;
	o->key = *key;
	o->rejected = over;
	o->over = over;
	o->first = now;
	return least;
}

static void twr_offender_count(struct twr_offender *o, const struct twr_judged *syn,
			       u64 now)
{
	o->checked++;
	if (syn->verdict == TWR_PASS)
		return;

	o->rejected++;
	o->by[syn->verdict]++;
	o->timed = syn->timed;
	o->behind = syn->behind;
	o->last = now;
}

/* The clocks of a row are had by one at a time, who took them with the row locked. */
static bool twr_clocks_get(struct twr_offenders_row *row)
{
	return !test_and_set_bit_lock(0, &row->busy);
}

static void twr_clocks_put(struct twr_offenders_row *row)
{
	clear_bit_unlock(0, &row->busy);
}

/* The row is locked, and its clocks are ours. */
static void twr_offender_refresh(struct twr_offender_slot *peer)
{
	if (peer->stale)
		memset(&peer->clocks, 0, sizeof(peer->clocks));
	peer->stale = false;
}

/* Return: the peer, its row locked; NULL where it has no place and gets none. */
static struct twr_offender_slot *twr_offenders_peer(struct twr_offenders *offenders,
						    u32 r, const struct twr_key *key,
						    const struct twr_judged *syn,
						    u64 ms, bool *replaced)
{
	struct twr_offenders_row *row = &offenders->row[r];
	int i = twr_offenders_find(row, key);

	if (i < 0 && syn->verdict != TWR_PASS) {
		i = twr_offenders_take(offenders, row, key, ms, replaced);
		WRITE_ONCE(offenders->hash[r][i], key->hash);
	}
	return i < 0 ? NULL : &row->peer[i];
}

struct twr_noted twr_offenders_note(struct twr_offenders *offenders,
				    const struct twr_key *key,
				    const struct twr_judged *syn, u64 ms)
{
	u32 r = twr_offenders_row_of(key);
	struct twr_offenders_row *row = &offenders->row[r];
	struct twr_noted noted = { };
	struct twr_offender_slot *peer;
	bool ours = false;

	local_bh_disable();
	spin_lock(&row->lock);
	peer = twr_offenders_peer(offenders, r, key, syn, ms, &noted.replaced);
	if (peer) {
		twr_offender_count(&peer->offender, syn, ms);
		ours = syn->timed && twr_clocks_get(row);
		noted.skipped = syn->timed && !ours;
	}
	if (ours)
		twr_offender_refresh(peer);
	spin_unlock(&row->lock);

	if (ours) {
		noted.rate = twr_clocks_add(&peer->clocks, syn->tsval, ms);
		if (syn->verdict != TWR_PASS)
			peer->clocks.rejected_rate = noted.rate;
		twr_clocks_put(row);
	}
	local_bh_enable();
	return noted;
}

static int twr_offender_compare(const void *a, const void *b)
{
	u64 first = ((const struct twr_offender *)a)->rejected;
	u64 second = ((const struct twr_offender *)b)->rejected;

	return first < second ? 1 : first > second ? -1 : 0;
}

/* Copies what is known of a row's peers. Return: their number, negative if the clocks are busy. */
static int twr_offenders_copy(struct twr_offenders *offenders, u32 r, u32 netns,
			      struct twr_offender *list)
{
	struct twr_offenders_row *row = &offenders->row[r];
	int i, n = -1;

	spin_lock_bh(&row->lock);
	if (!twr_clocks_get(row))
		goto out;
	for (i = 0, n = 0; i < TWR_OFFENDERS_WAYS; i++) {
		struct twr_offender_slot *peer = &row->peer[i];
		struct twr_offender *o = &list[n];

		if (netns ? peer->offender.key.netns != netns :
			    !twr_offender_exists(offenders, peer))
			continue;
		twr_offender_refresh(peer);
		*o = peer->offender;
		o->rate = o->timed ? peer->clocks.rejected_rate : 0;
		o->clocks = twr_clocks_count(&peer->clocks, &o->loose);
		n++;
	}
	twr_clocks_put(row);
out:
	spin_unlock_bh(&row->lock);
	return n;
}

int twr_offenders_list(struct twr_offenders *offenders, u32 netns,
		       struct twr_offender *list)
{
	int r, found, n = 0;

	for (r = 0; r < TWR_OFFENDERS_ROWS; r++) {
		/* Whoever has the clocks may have been preempted, on PREEMPT_RT. */
		while ((found = twr_offenders_copy(offenders, r, netns, &list[n])) < 0)
			usleep_range(20, 100);
		n += found;
		cond_resched();
	}
	sort(list, n, sizeof(*list), twr_offender_compare, NULL);
	return n;
}

void twr_offenders_reset(struct twr_offenders *offenders)
{
	int r, i;

	for (r = 0; r < TWR_OFFENDERS_ROWS; r++) {
		struct twr_offenders_row *row = &offenders->row[r];

		spin_lock_bh(&row->lock);
		for (i = 0; i < TWR_OFFENDERS_WAYS; i++) {
			WRITE_ONCE(offenders->hash[r][i], 0);
			memset(&row->peer[i].offender, 0,
			       sizeof(row->peer[i].offender));
			row->peer[i].stale = true;
		}
		spin_unlock_bh(&row->lock);
		cond_resched();
	}
}
