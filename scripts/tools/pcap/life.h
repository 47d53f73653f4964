/* SPDX-License-Identifier: GPL-2.0 */
/*
 * life.h - the clients of a capture in the world of an era, by their connections
 *
 * Only world.c and life.c use it.
 */
#ifndef PCAP_LIFE_H
#define PCAP_LIFE_H

#include "loop.h"
#include "queue.h"

/* The state of a client in this world. */
enum life_state {
	LIFE_NONE,	/* it has not begun */
	LIFE_ASKS,	/* it sends SYNs until @until */
	LIFE_REQUEST,	/* it has got a SYN-ACK, and answers by @until */
	LIFE_OPEN,
	LIFE_FIN_WAIT2,	/* a mini-socket, until @until */
	LIFE_TIME_WAIT,	/* a bucket, until @until */
	LIFE_OVER,
	LIFE_GAVE_UP,	/* it does not send its next SYN */
};

/**
 * struct life - a client in this world
 * @late: by how much its connection is later than in the capture, microseconds
 * @until: see enum life_state
 * @tsval: TSval of its next SYN
 * @ts_recent: TCP's, when in TIME-WAIT
 * @rcv_nxt: TCP's, when in TIME-WAIT
 * @older: the next client in the same chain
 * @next: the next change of the connection, or the next SYN of the capture
 * @port: the peer's port, which differs from that of the capture if that was in use
 * @state: enum life_state
 * @timed: its next SYN has a timestamp; later, the connection has timestamps
 */
struct life {
	s64 late;
	u64 until;
	u32 tsval;
	u32 ts_recent;
	u32 rcv_nxt;
	u32 older;
	u32 next;
	__be16 port;
	u8 state;
	bool timed;
};

/**
 * struct world - an era's world
 * @loop: the clients
 * @era: number of the era
 * @judged: the era
 * @fates: what becomes of the clients
 * @lives: the clients in this world
 * @chains: the clients by connection
 * @mask: number of chains minus 1
 * @queue: what happens next
 * @stamps: for each peer, the client that left its stamp
 * @stamps_us: when
 * @events: print events
 */
struct world {
	struct loop *loop;
	u32 era;
	struct judged_era *judged;
	struct loop_era *fates;
	struct life *lives;
	u32 *chains;
	u32 mask;
	struct queue queue;
	u32 *stamps;
	u64 *stamps_us;
	bool events;
};

/* A client in this world. */
static inline struct life *world_life(const struct world *world, u32 n)
{
	return &world->lives[n - 1];
}

/* What becomes of a client is known, at a time. */
static inline void world_settle(struct world *world, u32 n, u8 fate, u64 us)
{
	world->fates->fates[n - 1] = fate | (us > world->loop->end ? LOOP_LATE : 0);
}

/**
 * world_conn() - get the connection of a client in this world
 * @world: the world
 * @n: number of the client
 *
 * Return: the connection of the capture, perhaps with another port of the peer.
 */
struct twr_conn world_conn(const struct world *world, u32 n);

/**
 * life_over() - end what has lasted long enough
 * @life: the client
 * @us: the time now
 *
 * Return: true if the client is over.
 */
bool life_over(struct life *life, u64 us);

/**
 * world_holder() - find the client that has a connection
 * @world: the world
 * @conn: the connection
 * @but: this client is not meant
 * @us: the time now
 *
 * Return: number of the last client with this connection that is not over.
 */
u32 world_holder(const struct world *world, const struct twr_conn *conn, u32 but, u64 us);

/**
 * world_choose_port() - choose the port that a client asks from
 * @world: the world
 * @n: number of the client
 * @us: the time now
 *
 * It is that of the capture, unless that is in use in this world alone.
 */
void world_choose_port(struct world *world, u32 n, u64 us);

/**
 * world_chain_add() - let world_holder() find a client from now on
 * @world: the world
 * @n: number of the client
 */
void world_chain_add(struct world *world, u32 n);

#endif
