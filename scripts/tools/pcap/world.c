// SPDX-License-Identifier: GPL-2.0
/*
 * world.c - plays the clients of a capture to the simulated kernel of an era
 */
#include <linux/kernel.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "fail.h"
#include "follow.h"
#include "life.h"
#include "world.h"

/* How long a client waits after its last SYN before it gives up, microseconds. */
#define WORLD_GIVE_UP	64000000

static struct twr_time world_time(u64 us)
{
	return (struct twr_time) {
		.seconds = us / 1000000,
		.jiffies = us / (1000000 / HZ),
	};
}

/* Ticks of a client's clock in a time, which may be negative. */
static u32 world_ticks(const struct loop_client *client, s64 us)
{
	return us * (s64)client->rate / 1000000000;
}

/*
 * The client has sent a SYN and gets no SYN-ACK. The capture has the next SYN, or the
 * schedule. Return: false if that was the last one.
 */
static bool world_ask_again(struct world *world, u32 n, u64 us)
{
	const struct loop_client *client = loop_client(world->loop, n);
	const struct twr_schedule *retries = world->loop->retries;
	struct life *life = world_life(world, n);
	u32 step;

	if (life->next) {
		const struct loop_try *again = &world->loop->tries[life->next - 1];

		life->next = again->next;
		life->tsval = again->tsval;
		life->timed = again->timed;
		queue_add(&world->queue, again->us, n);
		return true;
	}
	step = retries_step(retries, us - client->us);
	/* The last SYN of the capture may have come after the last one of the schedule. */
	if (step == retries->retries)
		return false;
	us = client->us + retries->secs[step] * 1000000ULL;
	life->timed = client->timed && step < retries->timed;
	life->tsval = client->tsval + world_ticks(client, us - client->us);
	queue_add(&world->queue, us, n);
	return true;
}

/* The SYN gets in, and the connection of the capture follows. */
static void world_let_in(struct world *world, u32 n, u32 holder, u64 us)
{
	const struct loop_client *client = loop_client(world->loop, n);
	struct life *life = world_life(world, n);

	if (holder)
		world_life(world, holder)->state = LIFE_OVER;
	if (!loop_answered(client)) {
		life->state = LIFE_OVER;
		world_settle(world, n, LOOP_UNKNOWN, us);
		return;
	}
	life->state = LIFE_REQUEST;
	life->until = us + FOLLOW_REQUEST;
	life->late = us - client->answered_us;
	life->next = client->changes;
	if (life->next)
		queue_add(&world->queue, loop_change(world->loop, life->next)->us + life->late,
			  n);
	world_settle(world, n, retries_step(world->loop->retries, us - client->us), us);
}

static void world_match(const struct world *world, u32 holder, struct twr_syn *syn)
{
	const struct life *life = holder ? world_life(world, holder) : NULL;

	switch (life ? life->state : LIFE_OVER) {
	case LIFE_REQUEST:
		syn->match = TWR_MATCH_REQUEST;
		break;
	case LIFE_OPEN:
		syn->match = TWR_MATCH_SOCKET;
		break;
	case LIFE_FIN_WAIT2:
		syn->match = TWR_MATCH_TIMEWAIT;
		break;
	case LIFE_TIME_WAIT:
		follow_match_timewait(syn, life->timed, life->ts_recent, life->rcv_nxt);
		break;
	default:
		syn->match = TWR_MATCH_NONE;
		break;
	}
}

/* Does the simulated kernel answer the SYN with a SYN-ACK? */
static bool world_is_let_in(const struct twr_syn *syn, const struct twr_judgement *judgement)
{
	if (judgement->checked)
		return judgement->verdict == TWR_PASS;
	switch (syn->match) {
	case TWR_MATCH_NONE:
		return syn->reply_is_source_routed;
	case TWR_MATCH_TIMEWAIT:
	case TWR_MATCH_TIMEWAIT_RECYCLABLE:
		return syn->reopens_timewait;
	default:
		return false;
	}
}

/* The place of the stamp that the SYNs of a client are held against. */
static u32 world_stamp_of(const struct world *world, u32 n)
{
	u32 peer = loop_client(world->loop, n)->peer;

	return (world->judged->era->keys_by_local ? peer :
						    world->loop->peers[peer - 1].first) - 1;
}

static void world_note_drop(struct world *world, u32 n)
{
	u32 stamp = world_stamp_of(world, n);

	if (!world->fates->drops[n - 1]++ && world->fates->by) {
		world->fates->by[n - 1] = world->stamps[stamp];
		world->fates->by_us[n - 1] = world->stamps_us[stamp];
	}
}

/* The client sends a SYN. */
static void world_ask(struct world *world, u32 n, u64 us)
{
	const struct loop_client *client = loop_client(world->loop, n);
	struct life *life = world_life(world, n);
	struct observation observation = {
		.us = us,
		.machine = client->conn.key.netns,
		.what = OBSERVED_SYN,
		.syn = {
			.conn = world_conn(world, n),
			.seq = client->seq,
			.timed = life->timed,
			.tsval = life->tsval,
			.listener = TWR_LISTENER_FOUND,
			.queues = { .backlog = 128, .max_syn_backlog = 128 },
			.reply_is_source_routed = client->rerouted,
		},
	};
	struct twr_syn *syn = &observation.syn;
	struct twr_time now = world_time(us);
	struct twr_judgement judgement;
	u32 holder = world_holder(world, &syn->conn, n, us);

	world_match(world, holder, syn);
	twr_engine_judge_syn(judge_engine(&world->loop->judge, world->era, &syn->conn.key),
			     syn, &world->judged->stats, &now, &judgement);
	if (world->events && judgement.checked)
		events_syn(&observation, &judgement);
	if (syn->rearms_timewait)
		world_life(world, holder)->until = us + FOLLOW_MINUTE;
	if (world_is_let_in(syn, &judgement)) {
		world_let_in(world, n, holder, us);
		return;
	}
	if (judgement.checked)
		world_note_drop(world, n);
	if (!world_ask_again(world, n, us)) {
		life->until = us + WORLD_GIVE_UP;
		world_settle(world, n, LOOP_NEVER, us);
	}
}

static void life_change(struct life *life, const struct loop_change *change, u64 us)
{
	switch (change->event) {
	case TWR_EVENT_OPENED:
		life->state = LIFE_OPEN;
		break;
	case TWR_EVENT_FIN_WAIT2:
		life->state = LIFE_FIN_WAIT2;
		life->until = us + FOLLOW_MINUTE;
		break;
	case TWR_EVENT_TIME_WAIT:
	case TWR_EVENT_MINI_TIME_WAIT:
		life->state = LIFE_TIME_WAIT;
		life->until = us + FOLLOW_MINUTE;
		life->timed = life->timed && change->stamped;
		life->rcv_nxt = change->rcv_nxt;
		break;
	default:
		life->state = LIFE_OVER;
		break;
	}
}

/* Something happens to the connection of a client. */
static void world_change(struct world *world, u32 n, u64 us)
{
	const struct loop_client *client = loop_client(world->loop, n);
	struct life *life = world_life(world, n);
	const struct loop_change *change = loop_change(world->loop, life->next);
	struct twr_engine *engine = judge_engine(&world->loop->judge, world->era,
						 &client->conn.key);
	struct twr_time now = world_time(us);
	struct observation observation = {
		.us = us,
		.machine = client->conn.key.netns,
		.what = OBSERVED_CHANGE,
		.change = {
			.conn = world_conn(world, n),
			.event = change->event,
			.is_active_open = change->active,
			.has_route = change->routed,
			.has_stamp = change->stamped && life->timed,
			.stamp.ts = change->tsval + world_ticks(client, life->late),
			.stamp.ts_stamp = (change->stamp_us + life->late) / 1000000,
			.rto = change->rto,
			.fin_wait2_timeo = change->fin_wait2_timeo,
		},
	};

	life->next = change->next;
	if (life->next)
		queue_add(&world->queue, loop_change(world->loop, life->next)->us + life->late,
			  n);
	if (change->rearm) {
		if (life->state != LIFE_TIME_WAIT || life_over(life, us))
			return;
		life->until = us + FOLLOW_MINUTE;
		twr_engine_rearm_timewait(engine, &observation.change.conn, &now);
		return;
	}
	life_change(life, change, us);
	life->ts_recent = observation.change.stamp.ts;
	if (!twr_engine_apply_change(engine, &observation.change, &world->judged->stats, &now))
		return;
	world->stamps[world_stamp_of(world, n)] = n;
	world->stamps_us[world_stamp_of(world, n)] = us;
	if (world->events)
		events_stamp(&observation);
}

/* A client of the capture begins. */
static void world_begin(struct world *world, u32 n)
{
	const struct loop_client *client = loop_client(world->loop, n);
	struct life *life = world_life(world, n);

	/* Peers of other parts are left out: their engines know nothing of these. */
	if (!judge_engine(&world->loop->judge, world->era, &client->conn.key))
		return;
	if (client->answer == ANSWER_RST && !client->fixed) {
		life->state = LIFE_OVER;
		return;
	}
	world_choose_port(world, n, client->us);
	world_chain_add(world, n);
	life->timed = client->timed || client->fixed;
	if (client->fixed) {
		life->state = LIFE_OPEN;
		life->next = client->changes;
		world_change(world, n, client->us);
		return;
	}
	life->state = LIFE_ASKS;
	life->until = U64_MAX;
	life->tsval = client->tsval;
	life->next = client->tries;
	world_ask(world, n, client->us);
}

static void world_play(struct world *world)
{
	const struct loop *loop = world->loop;
	u32 next = 1;

	while (next <= loop->client_count || world->queue.count) {
		u64 us = world->queue.count ? queue_first(&world->queue) : U64_MAX;
		u32 n;

		if (next <= loop->client_count && loop_client(loop, next)->us < us) {
			world_begin(world, next++);
			continue;
		}
		n = queue_take(&world->queue);
		if (world_life(world, n)->state == LIFE_ASKS)
			world_ask(world, n, us);
		else if (world_life(world, n)->state != LIFE_GAVE_UP)
			world_change(world, n, us);
	}
}

void world_run(struct loop *loop, u32 era)
{
	struct loop_era *fates = &loop->eras[era];
	struct world world = {
		.loop = loop,
		.era = era,
		.judged = &loop->judge.eras[era],
		.fates = fates,
		.lives = fail_calloc(loop->client_count + 1, sizeof(*world.lives)),
		.chains = fail_calloc((size_t)loop->conn_mask + 1, sizeof(*world.chains)),
		.mask = loop->conn_mask,
		.stamps = fail_calloc(loop->peer_count + 1, sizeof(*world.stamps)),
		.stamps_us = fail_calloc(loop->peer_count + 1, sizeof(*world.stamps_us)),
		.events = loop->events && !era,
	};

	fates->fates = fail_calloc(loop->client_count + 1, sizeof(*fates->fates));
	fates->drops = fail_calloc(loop->client_count + 1, sizeof(*fates->drops));
	/* Only the list has these, for one era. */
	if (!era) {
		fates->by = fail_calloc(loop->client_count + 1, sizeof(*fates->by));
		fates->by_us = fail_calloc(loop->client_count + 1, sizeof(*fates->by_us));
	}
	memset(fates->fates, LOOP_FIXED, loop->client_count);
	world_play(&world);
	queue_free(&world.queue);
	free(world.lives);
	free(world.chains);
	free(world.stamps);
	free(world.stamps_us);
}
