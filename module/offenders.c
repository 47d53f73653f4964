// SPDX-License-Identifier: GPL-2.0
/*
 * offenders.c - the peers whose SYNs would have been rejected most often
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
#define TWR_OFFENDERS_ROWS	(TWR_OFFENDERS_MAX / TWR_OFFENDERS_WAYS)

/*
 * What the table holds of a peer. The place is free if the netns of its key is 0. If
 * @clocks_stale, the clocks are those of the peer that had the place before.
 */
struct twr_offender_slot {
	struct twr_offender offender;
	bool clocks_stale;
	struct twr_clocks clocks;
};

/* The hashes are apart from the peers: most SYNs that pass need nothing else. */
struct twr_offenders {
	u32 hash[TWR_OFFENDERS_ROWS][TWR_OFFENDERS_WAYS];
	struct twr_offenders_row {
		spinlock_t lock; /* all but the clocks */
		unsigned long clocks_busy; /* bit 0: lock of the clocks */
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
	return key->hash % TWR_OFFENDERS_ROWS;
}

bool twr_offenders_may_have(const struct twr_offenders *offenders, const struct twr_key *key)
{
	return twr_row_has_hash(offenders->hash[twr_offenders_row_of(key)],
				TWR_OFFENDERS_WAYS, key->hash);
}

static bool twr_offender_is_live(const struct twr_offenders *offenders,
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
 * Give the peer the place with the fewest rejections. A free place, and the place of a peer
 * of a dead namespace, count as having none. Return: the place.
 */
static int twr_offenders_replace(const struct twr_offenders *offenders,
				 struct twr_offenders_row *row,
				 const struct twr_key *key, u64 now, bool *evicted)
{
	struct twr_offender *o;
	int i, least = 0;
	u64 over;

	for (i = 0; i < TWR_OFFENDERS_WAYS; i++) {
		if (!twr_offender_is_live(offenders, &row->peer[i])) {
			least = i;
			break;
		}
		if (row->peer[i].offender.rejected <
		    row->peer[least].offender.rejected)
			least = i;
	}

	o = &row->peer[least].offender;
	*evicted = i == TWR_OFFENDERS_WAYS;
	over = *evicted ? o->rejected : 0;
	memset(o, 0, sizeof(*o));
	row->peer[least].clocks_stale = true;
	o->key = *key;
	o->rejected = over;
	o->over = over;
	o->first_ms = now;
	return least;
}

static void twr_offender_count(struct twr_offender *o, const struct twr_judged_syn *syn,
			       u64 now)
{
	o->checked++;
	if (syn->verdict == TWR_PASS)
		return;

	o->rejected++;
	o->rejected_by[syn->verdict]++;
	o->timed = syn->timed;
	o->behind = syn->behind;
	o->last_ms = now;
}

/* The clocks of a row have a lock of their own, to be taken with the row locked. */
static bool twr_offenders_trylock_clocks(struct twr_offenders_row *row)
{
	return !test_and_set_bit_lock(0, &row->clocks_busy);
}

static void twr_offenders_unlock_clocks(struct twr_offenders_row *row)
{
	clear_bit_unlock(0, &row->clocks_busy);
}

/* The caller holds the locks of the row and of its clocks. */
static void twr_offender_clear_stale_clocks(struct twr_offender_slot *peer)
{
	if (peer->clocks_stale)
		memset(&peer->clocks, 0, sizeof(peer->clocks));
	peer->clocks_stale = false;
}

/* The row is locked. Return: the peer, NULL if it has no place and gets none. */
static struct twr_offender_slot *twr_offenders_get(struct twr_offenders *offenders,
						   u32 r, const struct twr_key *key,
						   const struct twr_judged_syn *syn,
						   u64 ms, bool *evicted)
{
	struct twr_offenders_row *row = &offenders->row[r];
	int i = twr_offenders_find(row, key);

	if (i < 0 && syn->verdict != TWR_PASS) {
		i = twr_offenders_replace(offenders, row, key, ms, evicted);
		WRITE_ONCE(offenders->hash[r][i], key->hash);
	}
	return i < 0 ? NULL : &row->peer[i];
}

struct twr_offenders_result twr_offenders_count_syn(struct twr_offenders *offenders,
						    const struct twr_key *key,
						    const struct twr_judged_syn *syn, u64 ms)
{
	u32 r = twr_offenders_row_of(key);
	struct twr_offenders_row *row = &offenders->row[r];
	struct twr_offenders_result result = { };
	struct twr_offender_slot *peer;
	bool have_clocks = false;

	local_bh_disable();
	spin_lock(&row->lock);
	peer = twr_offenders_get(offenders, r, key, syn, ms, &result.evicted);
	if (peer) {
		twr_offender_count(&peer->offender, syn, ms);
		have_clocks = syn->timed && twr_offenders_trylock_clocks(row);
		result.clocks_skipped = syn->timed && !have_clocks;
	}
	if (have_clocks)
		twr_offender_clear_stale_clocks(peer);
	spin_unlock(&row->lock);

	if (have_clocks) {
		result.rate = twr_clocks_add_tsval(&peer->clocks, syn->tsval, syn->ports,
						   ms);
		if (syn->verdict != TWR_PASS)
			peer->clocks.rejected_rate = result.rate;
		twr_offenders_unlock_clocks(row);
	}
	local_bh_enable();
	return result;
}

static int twr_offender_compare(const void *a, const void *b)
{
	u64 first = ((const struct twr_offender *)a)->rejected;
	u64 second = ((const struct twr_offender *)b)->rejected;

	return first < second ? 1 : first > second ? -1 : 0;
}

/* Copy all peers of a row. Return: their number, negative if the clocks are busy. */
static int twr_offenders_copy(struct twr_offenders *offenders, u32 r, u32 netns,
			      struct twr_offender *list)
{
	struct twr_offenders_row *row = &offenders->row[r];
	int i, n = -1;

	spin_lock_bh(&row->lock);
	if (!twr_offenders_trylock_clocks(row))
		goto out;
	for (i = 0, n = 0; i < TWR_OFFENDERS_WAYS; i++) {
		struct twr_offender_slot *peer = &row->peer[i];
		struct twr_offender *o = &list[n];

		if (netns ? peer->offender.key.netns != netns :
			    !twr_offender_is_live(offenders, peer))
			continue;
		twr_offender_clear_stale_clocks(peer);
		*o = peer->offender;
		o->rate = o->timed ? peer->clocks.rejected_rate : 0;
		twr_clocks_find(&peer->clocks, &o->found);
		n++;
	}
	twr_offenders_unlock_clocks(row);
out:
	spin_unlock_bh(&row->lock);
	return n;
}

int twr_offenders_list(struct twr_offenders *offenders, u32 netns,
		       struct twr_offender *list)
{
	int r, found, n = 0;

	for (r = 0; r < TWR_OFFENDERS_ROWS; r++) {
		/* On PREEMPT_RT the holder of the clocks may have been preempted. */
		while ((found = twr_offenders_copy(offenders, r, netns, &list[n])) < 0)
			usleep_range(20, 100);
		n += found;
		cond_resched();
	}
	sort(list, n, sizeof(*list), twr_offender_compare, NULL);
	return n;
}

const char *twr_offender_seems(const struct twr_offender *offender)
{
	const u64 *rejected_by = offender->rejected_by;

	if (rejected_by[TWR_REJECT_UNTIMED] > rejected_by[TWR_REJECT_OLDER])
		return "untimed";
	return twr_seems_names[offender->found.seems];
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
			row->peer[i].clocks_stale = true;
		}
		spin_unlock_bh(&row->lock);
		cond_resched();
	}
}
