// SPDX-License-Identifier: GPL-2.0
/*
 * hook.c - where packets are seen
 *
 * The walk of a packet: found to be TCP and of interest (segment, observe), told
 * what it is about to do (observe), asked whether the old kernel had what it
 * meets (shadow), held against the rules and the cache (era, cache), counted
 * (stats). It goes on to TCP as it came.
 *
 * What a half-closed connection leaves when it is closed is learned late, when
 * another of the peer's packets counts (watch).
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "cache.h"
#include "era.h"
#include "hook.h"
#include "main.h"
#include "observe.h"
#include "offenders.h"
#include "segment.h"
#include "shadow.h"
#include "stats.h"
#include "trace.h"
#include "watch.h"

/* The peer of a connection as the cache has it; in @any, for any local address. */
static const struct twr_key *twr_key_of(const struct twr_conn *conn,
					struct twr_key *any)
{
	if (twr_era->by_local)
		return &conn->key;

	*any = conn->key;
	memset(&any->local, 0, sizeof(any->local));
	return any;
}

/* Return: true if the peer has an entry by now: its stamp is remembered. */
static bool twr_learn(struct twr_net *tn, const struct twr_conn *conn,
		      enum twr_event event, const struct twr_stamp *stamp,
		      u32 now)
{
	struct twr_lesson lesson = {
		.create = twr_era_creates(twr_era, event),
		.use = twr_era_uses(twr_era, event),
		.stamped = stamp,
	};
	unsigned int done;
	struct twr_key any __uninitialized;

	/* Nothing is known of IPv6 peers, so their SYNs pass the check. */
	if (!twr_era->ipv6 && !ipv6_addr_v4mapped(&conn->key.peer))
		return false;
	if (!stamp && (twr_era->stamps_only ||
		       (!lesson.create && !lesson.use)))
		return false;

	if (stamp)
		lesson.stamp = *stamp;
	done = twr_cache_learn(twr_cache, twr_key_of(conn, &any), &lesson,
			       twr_era_replaces, now, jiffies);
	if (done & TWR_LEARN_EVICTED)
		twr_stats_count(&tn->stats, TWR_COUNT_EVICTED);
	if (done & TWR_LEARN_RECORDED) {
		twr_stats_count(&tn->stats, TWR_COUNT_RECORDED);
		trace_stamp_recorded(conn, stamp);
	}
	if (done & TWR_LEARN_REFUSED)
		twr_stats_count(&tn->stats, TWR_COUNT_REFUSED);
	return done & TWR_LEARN_KNOWN;
}

/* How long a connection whose stamp was remembered, or not, was in TIME-WAIT. */
static u32 twr_life(u32 rto, bool remembered)
{
	return remembered ? (rto << 2) - (rto >> 1) : TCP_TIMEWAIT_LEN;
}

/* Apart from twr_catch_up(), whose stack should be small. */
static noinline void twr_catch_up_with(struct twr_net *tn, struct net *net,
				       const struct sk_buff *skb,
				       const struct twr_key *key)
{
	struct twr_watched watched[TWR_WATCH_WAYS] __uninitialized;
	struct twr_late late;
	int n;

	n = twr_watch_list(twr_watch, key, watched);
	while (n--) {
		if (twr_observe_again(net, skb, &watched[n], &late))
			continue;
		twr_watch_drop(twr_watch, &watched[n].conn);
		if (late.stamp.ts_stamp)
			twr_learn(tn, &watched[n].conn, TWR_EVENT_FIN_WAIT2,
				  &late.stamp, twr_past(late.ago));
	}
}

/*
 * Before anything else of a peer counts, what its half-closed connections left
 * when they were closed: no packet showed that, but it was then that the rule was
 * asked.
 */
static void twr_catch_up(struct twr_net *tn, struct net *net,
			 const struct sk_buff *skb, const struct twr_conn *conn)
{
	struct twr_key any __uninitialized;

	if (unlikely(twr_watch_any(twr_watch, &conn->key)))
		twr_catch_up_with(tn, net, skb, twr_key_of(conn, &any));
}

static void twr_teach(struct twr_net *tn, struct net *net,
		      const struct sk_buff *skb, const struct twr_sight *sight)
{
	const struct twr_conn *conn = &sight->seg.conn;
	bool remembered;

	if (twr_shadow_rejected(twr_shadow, conn)) {
		if (sight->event == TWR_EVENT_CLOSED)
			twr_shadow_clear(twr_shadow, conn);
		else if (sight->event != TWR_EVENT_OPENED)
			twr_shadow_bury(twr_shadow, conn, jiffies);
		return;
	}

	twr_catch_up(tn, net, skb, conn);
	if (sight->event != TWR_EVENT_OPENED)
		twr_watch_drop(twr_watch, conn);

	remembered = twr_learn(tn, conn, sight->event,
			       sight->stamped ? &sight->stamp : NULL,
			       twr_now());
	if (!sight->stamped)
		return;

	switch (sight->event) {
	case TWR_EVENT_FIN_WAIT2:
		twr_shadow_half_close(twr_shadow, conn,
				      twr_life(sight->rto, remembered), jiffies);
		break;
	case TWR_EVENT_TIME_WAIT:
		twr_shadow_time_wait(twr_shadow, conn,
				     twr_life(sight->rto, remembered), jiffies);
		break;
	case TWR_EVENT_MINI_TIME_WAIT:
		twr_shadow_time_wait(twr_shadow, conn,
				     remembered ? 0 : twr_life(0, false),
				     jiffies);
		break;
	case TWR_EVENT_OPENED:
	case TWR_EVENT_CLOSED:
		break;
	}
}

static void twr_half_close(const struct twr_sight *sight)
{
	const struct twr_conn *conn = &sight->seg.conn;
	struct twr_watched watched = {
		.conn = *conn,
		.fin_time = sight->fin_time,
	};

	if (twr_shadow_rejected(twr_shadow, conn))
		return;
	twr_shadow_half_close(twr_shadow, conn,
			      twr_life(sight->rto, true), jiffies);
	twr_watch_add(twr_watch, &watched, jiffies);
}

/* Return: true if the old kernel had what the SYN meets, and it took the SYN. */
static bool twr_stopped(const struct twr_sight *sight)
{
	const struct twr_conn *conn = &sight->seg.conn;
	bool stands;

	if (sight->meets == TWR_MEETS_NONE ||
	    twr_shadow_rejected(twr_shadow, conn))
		return false;
	if (sight->meets == TWR_MEETS_REQUEST ||
	    sight->meets == TWR_MEETS_SOCKET)
		return true;

	stands = sight->meets == TWR_MEETS_BUCKET ||
		 twr_shadow_stands(twr_shadow, conn, jiffies);
	return stands && !(sight->reopens && twr_era->reopened_ipv6 &&
			   sight->seg.pf == NFPROTO_IPV6);
}

static void twr_reject(struct twr_net *tn, const struct twr_conn *conn,
		       enum twr_verdict verdict, unsigned int retry)
{
	twr_shadow_reject(twr_shadow, conn, jiffies);
	twr_stats_count(&tn->stats, verdict == TWR_REJECT_OLDER ?
				    TWR_COUNT_OLDER : TWR_COUNT_UNTIMED);
	twr_stats_count(&tn->stats, TWR_COUNT_RETRY + retry);
}

/* Return: true if the SYN would have been dropped. */
static bool twr_compare(struct twr_net *tn, const struct twr_sight *sight,
			const struct twr_stamp *kept)
{
	struct twr_syn syn = { TWR_PASS, sight->timed, sight->seg.tsval };
	const struct twr_conn *conn = &sight->seg.conn;
	unsigned int retry;
	u32 now = twr_now();
	s32 delay;
	u32 rate;

	syn.verdict = twr_era_judge(twr_era, kept, syn.timed, syn.tsval, now);
	syn.behind = kept->ts - syn.tsval;
	rate = twr_offenders_note(twr_offenders, &conn->key, &syn);
	if (syn.verdict == TWR_PASS) {
		trace_syn_checked(sight, kept, now, TWR_PASS, 0);
		return false;
	}

	/* Most clients count milliseconds. */
	retry = twr_era_retry(twr_era, kept, syn.timed, syn.tsval,
			      READ_ONCE(twr_hz) ?: rate ?: MSEC_PER_SEC, now);
	delay = retry < TWR_RETRIES ? twr_retry[retry] : -1;
	trace_syn_checked(sight, kept, now, syn.verdict, delay);
	trace_syn_rejected(sight, kept, now, syn.verdict, delay);
	twr_reject(tn, conn, syn.verdict, retry);
	return true;
}

static void twr_judge(struct twr_net *tn, const struct twr_sight *sight)
{
	const struct twr_conn *conn = &sight->seg.conn;
	struct twr_key any __uninitialized;
	struct twr_stamp kept;

	if (twr_cache_find(twr_cache, twr_key_of(conn, &any), jiffies, &kept)) {
		if (twr_compare(tn, sight, &kept))
			return;
	} else {
		trace_syn_checked(sight, NULL, 0, TWR_PASS, 0);
	}

	twr_shadow_clear(twr_shadow, conn);
	twr_stats_count(&tn->stats, TWR_COUNT_PASSED);
}

static void twr_ask(struct twr_net *tn, struct net *net,
		    const struct sk_buff *skb, const struct twr_sight *sight)
{
	static const enum twr_exempt stopped_by[] = {
		[TWR_MEETS_REQUEST] = TWR_REQUEST_PENDING,
		[TWR_MEETS_SOCKET] = TWR_ESTABLISHED,
		[TWR_MEETS_BUCKET] = TWR_TIMEWAIT,
		[TWR_MEETS_BRIEF_BUCKET] = TWR_TIMEWAIT,
	};
	const struct twr_conn *conn = &sight->seg.conn;
	bool stopped = twr_stopped(sight);
	enum twr_exempt exempt;

	if (stopped && sight->rearms)
		twr_shadow_rearm(twr_shadow, conn, jiffies);
	if (sight->seg.fin && !twr_era->syn_fin)
		return;

	if (!stopped && sight->act == TWR_ACT_ASK) {
		twr_catch_up(tn, net, skb, conn);
		twr_judge(tn, sight);
		return;
	}

	exempt = stopped ? stopped_by[sight->meets] : sight->exempt;
	/* By these it is let in there as well. */
	if (exempt == TWR_SYNCOOKIE || exempt == TWR_SOURCE_ROUTE)
		twr_shadow_clear(twr_shadow, conn);
	twr_stats_count(&tn->stats, TWR_COUNT_EXEMPT + exempt);
}

/*
 * Apart from twr_hook(), which must not pay for this much stack. Nor need it be
 * cleared, as most kernels would: that took a tenth of a SYN's time.
 */
static noinline void twr_look(struct net *net, const struct sk_buff *skb, u8 pf,
			      unsigned int thoff, bool whole)
{
	struct twr_net *tn = twr_net(net);
	struct twr_sight sight __uninitialized;

	if (!twr_segment_read(&sight.seg, skb, pf, thoff, whole))
		return;
	if (!sight.seg.malformed) {
		twr_segment_own(&sight.seg, tn->inum);
		/* Memory is slow, and has time while sockets are looked up. */
		if (twr_segment_asks(&sight.seg))
			twr_cache_fetch(twr_cache, &sight.seg.conn.key);
	}

	twr_observe(&sight, net, skb);
	switch (sight.act) {
	case TWR_ACT_NONE:
		break;
	case TWR_ACT_EXEMPT:
	case TWR_ACT_ASK:
		twr_ask(tn, net, skb, &sight);
		break;
	case TWR_ACT_TEACH:
		twr_teach(tn, net, skb, &sight);
		break;
	case TWR_ACT_HALF_CLOSE:
		twr_half_close(&sight);
		break;
	case TWR_ACT_REARM:
		twr_shadow_rearm(twr_shadow, &sight.seg.conn, jiffies);
		break;
	}
}

static unsigned int twr_hook(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	bool whole;
	int thoff;

	thoff = twr_segment_find(skb, state->pf, &whole);
	if (thoff >= 0 && !twr_observe_skips(skb, thoff))
		twr_look(state->net, skb, state->pf, thoff, whole);
	return NF_ACCEPT;
}

/* Last in line: what others drop never reaches TCP. */
static const struct nf_hook_ops twr_hooks[] = {
	{
		.hook = twr_hook,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_LAST,
	},
#if IS_ENABLED(CONFIG_IPV6)
	{
		.hook = twr_hook,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_LAST,
	},
#endif
};

int twr_hook_register(struct net *net)
{
	int err = nf_register_net_hooks(net, twr_hooks, ARRAY_SIZE(twr_hooks));

	/* A packet may still be in one that was there until another failed. */
	if (err)
		synchronize_rcu();
	return err;
}

void twr_hook_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, twr_hooks, ARRAY_SIZE(twr_hooks));
}
