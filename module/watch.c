// SPDX-License-Identifier: GPL-2.0
/*
 * watch.c - half-closed connections, to be looked at when their peer comes back
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "table.h"
#include "watch.h"

/* Rows: room for 6144 half-closed connections. */
#define TWR_WATCH_ROWS	1024

/* A slot holds fin_time. */
struct twr_watch {
	struct twr_table table;
};

struct twr_watch *twr_watch_new(void)
{
	struct twr_watch *watch = kzalloc(sizeof(*watch), GFP_KERNEL);

	if (watch && twr_table_init(&watch->table, TWR_WATCH_ROWS)) {
		kfree(watch);
		return NULL;
	}
	return watch;
}

void twr_watch_free(struct twr_watch *watch)
{
	twr_table_exit(&watch->table);
	kfree(watch);
}

/* Rows go by the peer, whatever the local address. */
static struct twr_row *twr_watch_row(const struct twr_watch *watch,
				     const struct twr_key *key)
{
	return twr_table_row(&watch->table, key->hash);
}

void twr_watch_add(struct twr_watch *watch, const struct twr_watched *watched,
		   u32 now)
{
	const struct twr_conn *conn = &watched->conn;
	struct twr_row *row = twr_watch_row(watch, &conn->key);
	struct twr_slot *slot;

	write_seqlock_bh(&row->slots->lock);
	slot = twr_row_find(row, conn->key.hash, conn);
	if (!slot)
		slot = twr_row_take(row, conn->key.hash, conn, now);
	slot->data[0] = watched->fin_time;
	write_sequnlock_bh(&row->slots->lock);
}

bool twr_watch_any(const struct twr_watch *watch, const struct twr_key *key)
{
	return twr_row_has(twr_watch_row(watch, key), key->hash);
}

static bool twr_watch_is_of(const struct twr_conn *conn,
			    const struct twr_key *key)
{
	return conn->key.netns == key->netns &&
	       ipv6_addr_equal(&conn->key.peer, &key->peer) &&
	       (ipv6_addr_any(&key->local) ||
		ipv6_addr_equal(&conn->key.local, &key->local));
}

int twr_watch_list(const struct twr_watch *watch, const struct twr_key *key,
		   struct twr_watched *watched)
{
	const struct twr_row *row = twr_watch_row(watch, key);
	unsigned int seq;
	int i, found;

	do {
		found = 0;
		seq = read_seqbegin(&row->slots->lock);
		for (i = 0; i < TWR_WATCH_WAYS; i++)
			if (row->hash[i] == key->hash &&
			    twr_watch_is_of(&row->slots->slot[i].who, key))
				watched[found++] = (struct twr_watched) {
					.conn = row->slots->slot[i].who,
					.fin_time = row->slots->slot[i].data[0],
				};
	} while (read_seqretry(&row->slots->lock, seq));
	return found;
}

void twr_watch_drop(struct twr_watch *watch, const struct twr_conn *conn)
{
	twr_row_drop(twr_watch_row(watch, &conn->key), conn->key.hash, conn);
}

void twr_watch_forget(struct twr_watch *watch, u32 netns)
{
	twr_table_forget(&watch->table, netns);
}
