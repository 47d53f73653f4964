// SPDX-License-Identifier: GPL-2.0
/*
 * hook.c - the netfilter hooks in LOCAL_IN, behind all other hooks
 *
 * The hook finds out whether a packet is TCP and of interest (segment, observe), what it is
 * about to do (observe), and hands that to the engine, which counts it. The hook always
 * accepts the packet and does not change it.
 */
#include <linux/bottom_half.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "compat.h"
#include "engine.h"
#include "hook.h"
#include "netns.h"
#include "observe.h"
#include "pending.h"
#include "segment.h"
#include "trace.h"
#include "unanswered.h"

/* A SYN finds a listener. Did it come before, and was it not answered then? */
static void twr_hook_count_unanswered(struct twr_net *tn, const struct twr_syn *syn,
				      const struct twr_time *now)
{
	if (likely(!twr_unanswered_note_syn(twr_unanswered, &syn->conn, syn->seq,
					    syn->match != TWR_MATCH_NONE,
					    twr_observe_sends_cookie(&syn->queues),
					    now->jiffies)))
		return;
	twr_stats_inc(&tn->stats, TWR_COUNT_UNANSWERED);
	twr_unanswered_count_peer(twr_unanswered, &syn->conn.key,
				  twr_engine_jiffies_to_ms(now->jiffies));
}

static __always_inline void twr_hook_syn(struct twr_net *tn, struct net *net,
					 const struct sk_buff *skb,
					 const struct twr_segment *seg)
{
	struct twr_judgement judgement __uninitialized;
	struct twr_syn syn __uninitialized;
	struct twr_time now __uninitialized;

	/* Prefetch the entries; memory is slow, and the socket lookups take time anyway. */
	if (!seg->malformed) {
		twr_engine_prefetch(&twr_engine, &seg->conn.key);
		twr_unanswered_prefetch(twr_unanswered, &seg->conn);
	}

	twr_observe_syn(&syn, seg, net, skb);
	now = twr_time_now();
	twr_engine_judge_syn(&twr_engine, &syn, &tn->stats, &now, &judgement);
	if (syn.listener == TWR_LISTENER_FOUND && !syn.fin)
		twr_hook_count_unanswered(tn, &syn, &now);
	if (!judgement.checked)
		return;

	trace_syn_checked(&syn, &judgement, now.seconds, tn->inum);
	if (judgement.verdict != TWR_PASS)
		trace_syn_rejected(&syn, &judgement, now.seconds, tn->inum);
}

static void twr_hook_segment(struct twr_net *tn, struct net *net,
			     const struct sk_buff *skb,
			     const struct twr_segment *seg)
{
	struct twr_conn_change change __uninitialized;
	struct twr_time now = twr_time_now();

	/* Looking up a socket takes longer than finding out that it would make no difference. */
	if (!skb->sk && likely(!twr_engine_has_record(&twr_engine, &seg->conn, &now)))
		return;

	switch (twr_observe_segment(&change, seg, net, skb)) {
	case TWR_ACTION_NONE:
		break;
	case TWR_ACTION_REARM:
		twr_engine_rearm_timewait(&twr_engine, &seg->conn, &now);
		break;
	case TWR_ACTION_CHANGE:
		if (twr_engine_apply_change(&twr_engine, &change, &tn->stats, &now))
			trace_stamp_recorded(&change.conn, &change.stamp,
					     now.seconds, tn->inum);
		break;
	}
}

/*
 * Kept out of line: twr_hook() runs for every packet and must not pay for this stack frame.
 * The large variables are marked __uninitialized: most kernels would clear them, which
 * took a tenth of the time of a SYN. Behind NFQUEUE this runs in process context with
 * softirqs on.
 */
static noinline unsigned int twr_hook_slow_path(struct twr_net *tn, const struct sk_buff *skb,
						const struct nf_hook_state *state,
						unsigned int thoff, bool whole)
{
	const struct dst_entry *dst = skb_dst(skb);
	struct twr_segment seg __uninitialized;

	/* In mode l3s ipvlan hands the packet to TCP in another namespace. Do not follow it. */
	if (unlikely(dst && !net_eq(dev_net(dst->dev), state->net)))
		return NF_ACCEPT;
	if (!twr_segment_read(&seg, skb, state->pf, thoff, whole))
		return NF_ACCEPT;
	if (!seg.malformed)
		twr_segment_set_netns(&seg, tn->id);

	local_bh_disable();
	if (twr_segment_is_syn(&seg))
		twr_hook_syn(tn, state->net, skb, &seg);
	else if (!seg.malformed)
		twr_hook_segment(tn, state->net, skb, &seg);
	local_bh_enable();
	return NF_ACCEPT;
}

/* This runs for every packet. */
static __always_inline unsigned int twr_hook_fast_path(struct twr_net *tn,
						       const struct sk_buff *skb,
						       const struct nf_hook_state *state, u8 pf)
{
	bool whole;
	int thoff;

	thoff = twr_segment_find_tcp(skb, pf, &whole);
	if (thoff < 0 || twr_observe_may_skip(skb, thoff))
		return NF_ACCEPT;
	return twr_hook_slow_path(tn, skb, state, thoff, whole);
}

/*
 * One hook per family: IPv4 has no headers to skip, so its hook keeps nothing on the stack.
 */
static unsigned int twr_hook(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return twr_hook_fast_path(priv, skb, state, NFPROTO_IPV4);
}

#if IS_ENABLED(CONFIG_IPV6)
static unsigned int twr_hook6(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return twr_hook_fast_path(priv, skb, state, NFPROTO_IPV6);
}
#endif

void twr_hook_settled(const struct twr_pending_syn *syn, s32 delay)
{
	const struct twr_net *tn = container_of(syn->stats, struct twr_net, stats);

	trace_syn_settled(syn, delay, tn->inum);
}

/*
 * What another hook drops never reaches TCP. So this hook has the last priority that there
 * is. Among hooks of equal priority netfilter puts the new one first: a hook that was
 * registered with this priority before runs after this one.
 */
static const struct nf_hook_ops twr_hooks[] = {
	{
		.hook = twr_hook,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_LAST,
	},
#if IS_ENABLED(CONFIG_IPV6)
	{
		.hook = twr_hook6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_LAST,
	},
#endif
};

/* Each namespace has its own hooks, whose private data is the state of that namespace. */
int twr_hook_register(struct net *net)
{
	struct twr_net *tn = twr_net(net);
	int i, err;

	BUILD_BUG_ON(sizeof(twr_hooks) > sizeof(tn->hooks));

	memcpy(tn->hooks, twr_hooks, sizeof(twr_hooks));
	for (i = 0; i < ARRAY_SIZE(twr_hooks); i++)
		tn->hooks[i].priv = tn;
	err = nf_register_net_hooks(net, tn->hooks, ARRAY_SIZE(twr_hooks));

	/* A packet may still be in a hook that was registered before another one failed. */
	if (err)
		synchronize_rcu();
	return err;
}

void twr_hook_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, twr_net(net)->hooks, ARRAY_SIZE(twr_hooks));
}
