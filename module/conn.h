/* SPDX-License-Identifier: GPL-2.0 */
/*
 * conn.h - by what a peer is told from another, and a connection from another
 */
#ifndef TWR_CONN_H
#define TWR_CONN_H

#include <linux/in6.h>
#include <linux/types.h>

/**
 * struct twr_key - a peer
 * @peer: address of the remote host, IPv4 as an IPv4-mapped address
 * @local: the local address it talks to, in the same form; all zero for any
 * @netns: inode number of the network namespace, never 0
 */
struct twr_key {
	struct in6_addr peer;
	struct in6_addr local;
	u32 netns;
};

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

#endif /* TWR_CONN_H */
