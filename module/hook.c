// SPDX-License-Identifier: GPL-2.0
/*
 * hook.c - where packets are seen
 *
 * The walk of a packet: found to be TCP and of interest (segment, observe), told
 * what it is about to do (observe), held against the rules and the cache (era,
 * cache), counted (stats). It goes on to TCP as it came.
 *
 * What a half-closed connection leaves when it is closed is learned late, when
 * the peer asks for another one (watch).
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>

#include "cache.h"
#include "era.h"
#include "hook.h"
#include "main.h"
#include "observe.h"
#include "segment.h"
#include "stats.h"
#include "watch.h"

static void twr_key_fill(struct twr_key *key, const struct twr_net *tn,
			 const struct twr_segment *seg)
{
	key->peer = seg->peer;
	key->local = seg->local;
	key->netns = tn->inum;
}

static void twr_learn(struct twr_net *tn, const struct twr_key *key,
		      const struct twr_lesson *lesson)
{
	unsigned int done;

	done = twr_cache_learn(twr_cache, key, lesson, twr_era_replaces,
			       twr_now(), jiffies);
	if (done & TWR_LEARN_EVICTED)
		twr_stats_count(&tn->stats, TWR_COUNT_EVICTED);
	if (done & TWR_LEARN_RECORDED)
		twr_stats_count(&tn->stats, TWR_COUNT_RECORDED);
	if (done & TWR_LEARN_REFUSED)
		twr_stats_count(&tn->stats, TWR_COUNT_REFUSED);
}

/* The one case in which a SYN writes to the cache. */
static void twr_catch_up(struct twr_net *tn, struct net *net,
			 const struct sk_buff *skb, const struct twr_key *key,
			 const struct twr_segment *seg)
{
	struct twr_ports ports[TWR_WATCH_WAYS];
	struct twr_stamp kept = { };
	struct twr_lesson lesson;
	int n;

	n = twr_watch_list(twr_watch, key, ports);
	while (n--) {
		if (twr_observe_again(&lesson, net, skb, seg, &ports[n]))
			continue;
		twr_watch_drop(twr_watch, key, &ports[n]);
		if (!lesson.stamped)
			continue;

		/* As a rule the peer's FIN was seen, and its stamp taken. */
		twr_cache_find(twr_cache, key, &kept);
		if (kept.ts != lesson.stamp.ts ||
		    kept.ts_stamp != lesson.stamp.ts_stamp)
			twr_learn(tn, key, &lesson);
	}
}

static void twr_judge(struct twr_net *tn, const struct twr_key *key,
		      const struct twr_sight *sight)
{
	static const enum twr_counter verdict_counter[] = {
		[TWR_PASS] = TWR_COUNT_PASSED,
		[TWR_REJECT_OLDER] = TWR_COUNT_OLDER,
		[TWR_REJECT_UNTIMED] = TWR_COUNT_UNTIMED,
	};
	enum twr_verdict verdict = TWR_PASS;
	struct twr_stamp kept;

	if (twr_cache_find(twr_cache, key, &kept))
		verdict = twr_era_judge(&kept, sight->timed,
					sight->seg.tsval, twr_now());
	twr_stats_count(&tn->stats, verdict_counter[verdict]);
}

static void twr_half_close(const struct twr_key *key,
			   const struct twr_segment *seg)
{
	struct twr_ports ports = {
		.peer = seg->peer_port,
		.local = seg->local_port,
	};

	twr_watch_add(twr_watch, key, &ports);
}

/* Apart from twr_hook(), which must not pay for this much stack. */
static noinline void twr_look(struct net *net, const struct sk_buff *skb, u8 pf,
			      unsigned int thoff, bool whole)
{
	struct twr_net *tn = twr_net(net);
	struct twr_sight sight;
	struct twr_key key;

	twr_observe(&sight, net, skb, pf, thoff, whole);
	if (sight.act == TWR_ACT_NONE)
		return;

	twr_key_fill(&key, tn, &sight.seg);
	switch (sight.act) {
	case TWR_ACT_NONE:
		break;
	case TWR_ACT_EXEMPT:
		twr_stats_count(&tn->stats, TWR_COUNT_EXEMPT + sight.exempt);
		break;
	case TWR_ACT_ASK:
		twr_catch_up(tn, net, skb, &key, &sight.seg);
		twr_judge(tn, &key, &sight);
		break;
	case TWR_ACT_TEACH:
		twr_learn(tn, &key, &sight.lesson);
		break;
	case TWR_ACT_HALF_CLOSE:
		twr_half_close(&key, &sight.seg);
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
	return nf_register_net_hooks(net, twr_hooks, ARRAY_SIZE(twr_hooks));
}

void twr_hook_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, twr_hooks, ARRAY_SIZE(twr_hooks));
}
