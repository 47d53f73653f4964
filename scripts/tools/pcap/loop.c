// SPDX-License-Identifier: GPL-2.0
/*
 * loop.c - the clients of a capture, for the closed loop: collects them
 */
#include <linux/kernel.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "flow.h"
#include "follow.h"
#include "given.h"
#include "loop.h"
#include "options.h"
#include "rates.h"
#include "world.h"

#define LOOP_FIRST	1024

/* How long the same SYN may come again and is of the same client, microseconds. */
#define LOOP_AGAIN	130000000

/* Makes room for one more in a table. */
static void *loop_room(void *table, u32 count, u32 *room, size_t size)
{
	if (count < *room)
		return table;
	*room = *room ? *room * 2 : LOOP_FIRST;
	return fail_realloc(table, (size_t)*room * size);
}

struct loop *loop_new(const struct options *options)
{
	struct loop *loop = fail_calloc(1, sizeof(*loop));

	loop->retries = retries_find(options->retries ?: TWR_SCHEDULE_DEFAULT);
	loop->judge.retries = loop->retries;
	/* The judge of the capture has told of them. */
	loop->judge.quiet = true;
	judge_add(&loop->judge, options->eras ?: "all");
	loop->hz = options->hz;
	if (options->clocks)
		loop->given = given_read(options->clocks);
	loop->judge.hz = options->hz;
	loop->judge.rows = options->rows;
	loop->judge.shard = options->shard;
	loop->events = options->events;
	loop->conn_mask = LOOP_FIRST - 1;
	loop->conn_chains = fail_calloc(LOOP_FIRST, sizeof(*loop->conn_chains));
	loop->peer_mask = LOOP_FIRST - 1;
	loop->peer_chains = fail_calloc(LOOP_FIRST, sizeof(*loop->peer_chains));
	loop->eras = fail_calloc(loop->judge.count, sizeof(*loop->eras));
	return loop;
}

void loop_free(struct loop *loop)
{
	u32 i;

	if (!loop)
		return;
	for (i = 0; i < loop->judge.count; i++) {
		free(loop->eras[i].fates);
		free(loop->eras[i].drops);
		free(loop->eras[i].by);
		free(loop->eras[i].by_us);
	}
	free(loop->eras);
	judge_free(&loop->judge);
	free(loop->clients);
	free(loop->changes);
	free(loop->tries);
	free(loop->peers);
	free(loop->conn_chains);
	free(loop->peer_chains);
	given_free(loop->given);
	free(loop);
}

bool loop_conn_same(const struct twr_conn *a, const struct twr_conn *b)
{
	return a->peer_port == b->peer_port && a->local_port == b->local_port &&
	       a->key.netns == b->key.netns &&
	       !memcmp(&a->key.peer, &b->key.peer, sizeof(a->key.peer)) &&
	       !memcmp(&a->key.local, &b->key.local, sizeof(a->key.local));
}

/* The secret of the hash is random, so the numbers of peers do not depend on it. */
static u32 *loop_peer_chain(const struct loop *loop, const struct twr_key *key)
{
	return &loop->peer_chains[key->hash & loop->peer_mask];
}

static void loop_peers_grow(struct loop *loop)
{
	u32 n, *chain;

	free(loop->peer_chains);
	loop->peer_mask = loop->peer_mask * 2 + 1;
	loop->peer_chains = fail_calloc((size_t)loop->peer_mask + 1,
					sizeof(*loop->peer_chains));
	for (n = 1; n <= loop->peer_count; n++) {
		struct loop_peer *peer = &loop->peers[n - 1];

		chain = loop_peer_chain(loop, &peer->key);
		peer->next = *chain;
		*chain = n;
	}
}

/* Finds or adds a peer. Return: its number. */
static u32 loop_peer(struct loop *loop, const struct twr_key *key)
{
	u32 n, first = LOOP_NONE, *chain;

	for (n = *loop_peer_chain(loop, key); n; n = loop->peers[n - 1].next) {
		const struct twr_key *other = &loop->peers[n - 1].key;

		if (other->netns != key->netns ||
		    memcmp(&other->peer, &key->peer, sizeof(key->peer)))
			continue;
		if (!memcmp(&other->local, &key->local, sizeof(key->local)))
			return n;
		first = loop->peers[n - 1].first;
	}
	loop->peers = loop_room(loop->peers, loop->peer_count, &loop->peer_room,
				sizeof(*loop->peers));
	if (loop->peer_count > loop->peer_mask)
		loop_peers_grow(loop);
	chain = loop_peer_chain(loop, key);
	n = ++loop->peer_count;
	loop->peers[n - 1] = (struct loop_peer) {
		.key = *key, .next = *chain, .first = first ?: n,
	};
	*chain = n;
	return n;
}

static u32 *loop_conn_chain(const struct loop *loop, const struct twr_conn *conn)
{
	return &loop->conn_chains[twr_conn_hash(conn) & loop->conn_mask];
}

static void loop_conns_grow(struct loop *loop)
{
	u32 n, *chain;

	free(loop->conn_chains);
	loop->conn_mask = loop->conn_mask * 2 + 1;
	loop->conn_chains = fail_calloc((size_t)loop->conn_mask + 1,
					sizeof(*loop->conn_chains));
	for (n = 1; n <= loop->client_count; n++) {
		struct loop_client *client = loop_client(loop, n);

		chain = loop_conn_chain(loop, &client->conn);
		client->older = *chain;
		*chain = n;
	}
}

/* Finds the last client of a connection, before @n if that is not 0. */
static u32 loop_find(const struct loop *loop, const struct twr_conn *conn, u32 n)
{
	n = n ? loop_client(loop, n)->older : *loop_conn_chain(loop, conn);
	while (n && !loop_conn_same(&loop_client(loop, n)->conn, conn))
		n = loop_client(loop, n)->older;
	return n;
}

/* Return: the number of a new client. */
static u32 loop_add(struct loop *loop, const struct twr_conn *conn, u64 us)
{
	u32 n, *chain;

	loop->clients = loop_room(loop->clients, loop->client_count, &loop->client_room,
				  sizeof(*loop->clients));
	if (loop->client_count > loop->conn_mask)
		loop_conns_grow(loop);
	chain = loop_conn_chain(loop, conn);
	n = ++loop->client_count;
	*loop_client(loop, n) = (struct loop_client) {
		.conn = *conn,
		.us = us,
		.peer = loop_peer(loop, &conn->key),
		.older = *chain,
	};
	*chain = n;
	return n;
}

/* Notes a TSval of the client's clock. */
static void loop_sample(struct loop_client *client, u64 us, u32 tsval)
{
	if (!client->first_us) {
		client->first_us = us;
		client->first_tsval = tsval;
	}
	if (us >= client->last_us) {
		client->last_us = us;
		client->last_tsval = tsval;
	}
}

static void loop_answer(struct loop_client *client, const struct observation *observation)
{
	client->answer = observation->answer;
	client->answered_us = observation->us;
}

/* The SYN was sent before. */
static void loop_again(struct loop *loop, struct loop_client *client,
		       const struct observation *observation)
{
	u32 n;

	if (observation->syn.timed)
		loop_sample(client, observation->us, observation->syn.tsval);
	/* A SYN that is sent again although it was answered is one whose answer got lost. */
	if (loop_answered(client))
		return;
	loop_answer(client, observation);
	loop->tries = loop_room(loop->tries, loop->try_count, &loop->try_room,
				sizeof(*loop->tries));
	n = ++loop->try_count;
	loop->tries[n - 1] = (struct loop_try) {
		.us = observation->us,
		.tsval = observation->syn.tsval,
		.timed = observation->syn.timed,
	};
	if (client->last_try)
		loop->tries[client->last_try - 1].next = n;
	else
		client->tries = n;
	client->last_try = n;
}

static void loop_take_syn(struct loop *loop, const struct observation *observation)
{
	const struct twr_syn *syn = &observation->syn;
	struct loop_client *client;
	u32 n;

	/* From 3.3 on every kernel drops a SYN with FIN. */
	if (syn->listener == TWR_LISTENER_NONE || syn->fin ||
	    (observation->damaged && observation->answer == ANSWER_NONE)) {
		loop->odd++;
		return;
	}
	n = loop_find(loop, &syn->conn, LOOP_NONE);
	if (n) {
		client = loop_client(loop, n);
		if (!client->fixed && client->seq == observation->seq &&
		    observation->us < client->us + LOOP_AGAIN) {
			loop_again(loop, client, observation);
			return;
		}
	}
	client = loop_client(loop, loop_add(loop, &syn->conn, observation->us));
	loop_answer(client, observation);
	client->seq = observation->seq;
	client->tsval = syn->tsval;
	client->timed = syn->timed;
	client->match = syn->match;
	client->rerouted = syn->reply_is_source_routed;
	if (syn->timed)
		loop_sample(client, observation->us, syn->tsval);
}

/* Return: the number of the client that a change belongs to. */
static u32 loop_changed(struct loop *loop, const struct observation *observation)
{
	const struct twr_conn_change *change = &observation->change;
	bool dialed = observation->what == OBSERVED_CHANGE &&
		      change->event == TWR_EVENT_OPENED && change->is_active_open;
	u32 n = LOOP_NONE;

	while (!dialed && (n = loop_find(loop, &change->conn, n)))
		if (loop_client(loop, n)->fixed || loop_answered(loop_client(loop, n)))
			return n;
	n = loop_add(loop, &change->conn, observation->us);
	loop_client(loop, n)->fixed = true;
	return n;
}

static void loop_take_change(struct loop *loop, const struct observation *observation)
{
	const struct twr_conn_change *change = &observation->change;
	u32 owner = loop_changed(loop, observation), n;
	struct loop_client *client = loop_client(loop, owner);

	loop->changes = loop_room(loop->changes, loop->change_count, &loop->change_room,
				  sizeof(*loop->changes));
	n = ++loop->change_count;
	*loop_change(loop, n) = (struct loop_change) {
		.us = observation->us,
		.stamp_us = observation->stamp_us,
		.tsval = change->stamp.ts,
		.rcv_nxt = observation->seq,
		.rto = change->rto,
		.fin_wait2_timeo = change->fin_wait2_timeo,
		.event = change->event,
		.rearm = observation->what == OBSERVED_REARM,
		.active = change->is_active_open,
		.routed = change->has_route,
		.stamped = change->has_stamp,
	};
	if (client->last_change)
		loop_change(loop, client->last_change)->next = n;
	else
		client->changes = n;
	client->last_change = n;
	if (observation->stamp_us)
		loop_sample(client, observation->stamp_us, change->stamp.ts);
}

void loop_take(struct loop *loop, const struct observation *observation)
{
	if (observation->what == OBSERVED_SYN)
		loop_take_syn(loop, observation);
	else
		loop_take_change(loop, observation);
}

void loop_take_flow(void *context, const struct flow *flow)
{
	struct loop *loop = context;
	struct twr_conn conn;
	u32 n;

	if (!flow->timed || !flow->ts_recent_us || flow->active)
		return;
	follow_conn(&conn, flow);
	n = loop_find(loop, &conn, LOOP_NONE);
	if (n && loop_client(loop, n)->seq == flow->irs)
		loop_sample(loop_client(loop, n), flow->ts_recent_us, flow->ts_recent);
}

void loop_run(struct loop *loop, u64 end)
{
	u32 i;

	loop->end = end;
	rates_tell(loop);
	for (i = 0; i < loop->client_count; i++)
		loop->refused += loop->clients[i].answer == ANSWER_RST;
	for (i = 0; i < loop->judge.count; i++)
		world_run(loop, i);
}

static void loop_sum_add(const struct loop *loop, u32 era, u32 n, struct loop_sum *sum)
{
	const struct loop_client *client = loop_client(loop, n);
	u8 fate = loop->eras[era].fates[n - 1];
	bool late = fate & LOOP_LATE;

	fate &= ~LOOP_LATE;
	if (fate == LOOP_FIXED)
		return;
	sum->clients++;
	sum->drops += loop->eras[era].drops[n - 1];
	sum->late += late;
	if (fate == LOOP_NEVER) {
		sum->never++;
		sum->silent += !loop_answered(client);
	} else if (fate == LOOP_UNKNOWN) {
		sum->unknown++;
	} else {
		sum->in[fate]++;
	}
}

struct loop_sum *loop_sums(const struct loop *loop, u32 era, struct loop_sum *all)
{
	struct loop_sum *sums = fail_calloc(loop->peer_count + 1, sizeof(*sums));
	u32 n;

	memset(all, 0, sizeof(*all));
	for (n = 1; n <= loop->client_count; n++) {
		loop_sum_add(loop, era, n, all);
		loop_sum_add(loop, era, n, &sums[loop_client(loop, n)->peer - 1]);
	}
	return sums;
}
