/* SPDX-License-Identifier: GPL-2.0 */
/*
 * conn.h - the keys of the tables, their hashes, and what all tables need
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
 * @local: the local address of the connection in the same form; all zero for any
 * @netns: number of the network namespace, see struct twr_net; never 0
 * @hash: hash of @peer and @netns, set by twr_key_set_hash()
 */
struct twr_key {
	struct in6_addr peer;
	struct in6_addr local;
	u32 netns;
	u32 hash;
};

/**
 * typedef twr_netns_alive_fn - does a network namespace exist?
 * @netns: number of the namespace
 *
 * The tables may still hold entries of a dead namespace. Such an entry matches no peer. In a
 * row it is evicted before all others. Any context.
 *
 * Return: true if the namespace exists.
 */
typedef bool (*twr_netns_alive_fn)(u32 netns);

/**
 * struct twr_conn - a connection
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
 * twr_conn_init_secret() - choose the secret of all hashes
 *
 * Must be called while all tables are empty. Process context.
 */
void twr_conn_init_secret(void);

/**
 * twr_key_set_hash() - compute the hash of a key
 * @key: the key, with all other fields set
 *
 * All tables use this one hash, since computing it is most of the cost of a lookup. The
 * hash depends on a secret, so that a peer cannot find out or choose whom it shares a row
 * with. Any context.
 */
void twr_key_set_hash(struct twr_key *key);

/**
 * twr_conn_ports() - both ports of a connection as one number
 * @conn: the connection
 *
 * Return: the number. Any context.
 */
static inline u32 twr_conn_ports(const struct twr_conn *conn)
{
	return (__force u32)conn->peer_port << 16 | (__force u32)conn->local_port;
}

/**
 * twr_conn_hash() - hash a connection
 * @conn: the connection; its key has its hash
 *
 * The upper bits are the best distributed ones. Any context.
 *
 * Return: the hash.
 */
static inline u32 twr_conn_hash(const struct twr_conn *conn)
{
	return __hash_32(conn->key.hash ^ twr_conn_ports(conn));
}

/**
 * twr_row_has_hash() - does a row of hashes contain a hash?
 * @row: the row; other CPUs may write to it meanwhile
 * @ways: number of hashes in the row, a constant, at most 8
 * @hash: the hash
 *
 * Nearly every lookup ends here and finds nothing. A pragma unrolls the loop, since
 * compilers do not: the loop would spend more time on counting than on comparing. Any
 * context.
 *
 * Return: true if the row contains the hash.
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
