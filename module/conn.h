/* SPDX-License-Identifier: GPL-2.0 */
/*
 * conn.h - by what a peer is told from another, and a connection from another
 */
#ifndef TWR_CONN_H
#define TWR_CONN_H

#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/in6.h>
#include <linux/types.h>

/**
 * struct twr_key - a peer
 * @peer: address of the remote host, IPv4 as an IPv4-mapped address
 * @local: the local address it talks to, in the same form; all zero for any
 * @netns: number of the network namespace, struct twr_net; never 0
 * @hash: of @peer and @netns, twr_key_set_hash()
 */
struct twr_key {
	struct in6_addr peer;
	struct in6_addr local;
	u32 netns;
	u32 hash;
};

/**
 * typedef twr_netns_alive_fn - does a network namespace exist?
 * @netns: its number
 *
 * What is kept of one that does not matches nobody any more, and makes room first. Any
 * context.
 *
 * Return: true if so.
 */
typedef bool (*twr_netns_alive_fn)(u32 netns);

/**
 * struct twr_conn - a connection, or a peer where the ports are 0
 * @key: the peer
 * @peer_port: port of the peer, network byte order
 * @local_port: local port, network byte order
 */
struct twr_conn {
	struct twr_key key;
	__be16 peer_port;
	__be16 local_port;
};

/**
 * twr_conn_init_secret() - choose a secret for the hashes to come
 *
 * No table may hold anything yet. Process context.
 */
void twr_conn_init_secret(void);

/**
 * twr_key_set_hash() - note the hash of a key
 * @key: the key, all else set
 *
 * One hash for all tables, as it is most of what a look into one costs. It holds a
 * secret, so that no peer knows with whom it shares a row. Any context.
 */
void twr_key_set_hash(struct twr_key *key);

/**
 * twr_conn_hash() - the hash of a connection
 * @conn: the connection, its key sealed
 *
 * Spreads best in its upper bits. Any context.
 *
 * Return: the hash.
 */
static inline u32 twr_conn_hash(const struct twr_conn *conn)
{
	u32 ports = (__force u32)conn->peer_port << 16 |
		    (__force u32)conn->local_port;

	return __hash_32(conn->key.hash ^ ports);
}

/**
 * twr_row_has_hash() - is a hash among those of a row?
 * @row: the row, to which others may be writing
 * @ways: hashes that it has, a constant of 8 at most
 * @hash: the hash
 *
 * Nearly all look-ups end here with nothing found. As a loop it would be more counting
 * than comparing, and compilers leave it one. Any context.
 *
 * Return: true if it is there.
 */
static __always_inline bool twr_row_has_hash(const u32 *row, int ways, u32 hash)
{
	int i;

#pragma GCC unroll 8
	for (i = 0; i < ways; i++)
		if (READ_ONCE(row[i]) == hash)
			return true;
	return false;
}

#endif /* TWR_CONN_H */
