// SPDX-License-Identifier: GPL-2.0
/*
 * conn.c - keys of the tables: a peer, a connection, and their hashes
 */
#include <linux/cache.h>
#include <linux/jhash.h>
#include <linux/random.h>
#include <net/ipv6.h>

#include "conn.h"

/* The hash tables of TCP itself rely on a secret of this size. */
static u32 twr_conn_secret __read_mostly;

void twr_conn_init_secret(void)
{
	get_random_bytes(&twr_conn_secret, sizeof(twr_conn_secret));
}

void twr_key_set_hash(struct twr_key *key)
{
	const u32 *word = (const u32 *)&key->peer;

	key->hash = ipv6_addr_v4mapped(&key->peer) ?
		    jhash_2words(word[3], key->netns, twr_conn_secret) :
		    jhash2(word, 4, twr_conn_secret ^ key->netns);
}
