// SPDX-License-Identifier: GPL-2.0
/*
 * life.c - the clients of a capture in the world of an era, by their connections
 */
#include <arpa/inet.h>
#include <linux/kernel.h>

#include "life.h"

struct twr_conn world_conn(const struct world *world, u32 n)
{
	struct twr_conn conn = loop_client(world->loop, n)->conn;

	conn.peer_port = world_life(world, n)->port;
	return conn;
}

static u32 *world_chain(const struct world *world, const struct twr_conn *conn)
{
	return &world->chains[twr_conn_hash(conn) & world->mask];
}

bool life_over(struct life *life, u64 us)
{
	switch (life->state) {
	case LIFE_ASKS:
	case LIFE_REQUEST:
	case LIFE_FIN_WAIT2:
	case LIFE_TIME_WAIT:
		if (us < life->until)
			return false;
		life->state = LIFE_OVER;
		return true;
	default:
		return life->state >= LIFE_OVER;
	}
}

u32 world_holder(const struct world *world, const struct twr_conn *conn, u32 but, u64 us)
{
	u32 n;

	for (n = *world_chain(world, conn); n; n = world_life(world, n)->older) {
		struct twr_conn other;

		if (n == but || life_over(world_life(world, n), us))
			continue;
		other = world_conn(world, n);
		if (loop_conn_same(&other, conn))
			return n;
	}
	return LOOP_NONE;
}

static bool world_answered(const struct world *world, u32 n)
{
	return loop_answered(loop_client(world->loop, n));
}

/* Is a client's port in use in this world alone, and not in the capture? */
static bool world_has_port(const struct world *world, u32 n)
{
	const struct life *life = world_life(world, n);

	return life->state == LIFE_ASKS || (life->late && life->state != LIFE_TIME_WAIT);
}

/*
 * A client may still ask from a port, or its connection may still be open, only because
 * it is late. Then the client of the capture that uses the port next takes another one.
 */
void world_choose_port(struct world *world, u32 n, u64 us)
{
	const struct loop_client *client = loop_client(world->loop, n);
	struct life *life = world_life(world, n);
	struct twr_conn conn = client->conn;
	u32 tries, holder;

	life->port = client->conn.peer_port;
	if (client->fixed || client->match == TWR_MATCH_SOCKET ||
	    client->match == TWR_MATCH_REQUEST)
		return;
	holder = world_holder(world, &conn, n, us);
	if (!holder || !world_has_port(world, holder))
		return;
	/* Here the capture shows that the client before has given up. */
	if (!world_answered(world, holder)) {
		world_life(world, holder)->state = LIFE_GAVE_UP;
		world_settle(world, holder, LOOP_NEVER, us);
		return;
	}
	for (tries = 0; tries < 65535; tries++) {
		conn.peer_port = htons(ntohs(conn.peer_port) % 65535 + 1);
		if (!world_holder(world, &conn, n, us)) {
			life->port = conn.peer_port;
			return;
		}
	}
}

void world_chain_add(struct world *world, u32 n)
{
	struct twr_conn conn = world_conn(world, n);
	u32 *chain = world_chain(world, &conn);

	world_life(world, n)->older = *chain;
	*chain = n;
}
