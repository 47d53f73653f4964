// SPDX-License-Identifier: GPL-2.0
/*
 * timewait.c - how many TIME-WAIT buckets there are, and how many there would be
 */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "compat.h"
#include "netns.h"
#include "racy.h"
#include "records.h"
#include "timewait.h"

static void twr_timewait_read_conn(struct twr_conn *conn, const struct sock *sk, u32 netns)
{
	struct twr_key *key = &conn->key;

	ipv6_addr_set_v4mapped(sk->sk_daddr, &key->peer);
	ipv6_addr_set_v4mapped(sk->sk_rcv_saddr, &key->local);
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		key->peer = sk->sk_v6_daddr;
		key->local = sk->sk_v6_rcv_saddr;
	}
#endif
	key->netns = netns;
	twr_key_set_hash(key);
	conn->peer_port = sk->sk_dport;
	conn->local_port = htons(sk->sk_num);
}

/*
 * A bucket without a timestamp has no record, and lives as long on the simulated kernel,
 * unless that kernel rejected its connection. The caller has locked the chain of @sk.
 */
static bool twr_timewait_is_untimed(const struct sock *sk, const struct net *net, u64 now)
{
	struct twr_conn conn;
	struct twr_net *tn;

	if (sk->sk_state != TCP_TIME_WAIT || (net && !net_eq(sock_net(sk), net)) ||
	    twr_read_racy(tcp_twsk(sk)->tw_ts_recent_stamp))
		return false;
	tn = twr_net(sock_net(sk));
	if (!tn)
		return false;
	twr_timewait_read_conn(&conn, sk, tn->id);
	return twr_records_lookup(twr_engine.records, &conn, now) != TWR_RECORD_REJECTED;
}

/* Return: number of untimed buckets in a table, of one namespace or, if NULL, of all. */
static u64 twr_timewait_count_untimed(struct inet_hashinfo *hashinfo, const struct net *net)
{
	u64 now = get_jiffies_64();
	u64 untimed = 0;
	unsigned int i;

	for (i = 0; i <= hashinfo->ehash_mask; i++) {
		struct hlist_nulls_head *chain = &hashinfo->ehash[i].chain;
		const struct hlist_nulls_node *node;
		const struct sock *sk;

		cond_resched();
		if (hlist_nulls_empty(chain))
			continue;
		spin_lock_bh(inet_ehash_lockp(hashinfo, i));
		sk_nulls_for_each(sk, node, chain)
			untimed += twr_timewait_is_untimed(sk, net, now);
		spin_unlock_bh(inet_ehash_lockp(hashinfo, i));
	}
	return untimed;
}

/* The namespaces whose table is that of the first one are counted together. */
static void twr_timewait_add_net(struct twr_net *tn, void *sum)
{
	struct inet_hashinfo *hashinfo = twr_net_death_row(tn->net)->hashinfo;
	struct twr_timewait *timewait = sum;

	timewait->buckets += twr_timewait_count(tn->net);
	if (net_eq(tn->net, &init_net))
		timewait->simulated += twr_timewait_count_untimed(hashinfo, NULL);
	else if (hashinfo != twr_net_death_row(&init_net)->hashinfo)
		timewait->simulated += twr_timewait_count_untimed(hashinfo, tn->net);
}

void twr_timewait_measure(struct twr_net *tn, struct twr_timewait *timewait)
{
	memset(timewait, 0, sizeof(*timewait));
	timewait->simulated = twr_records_count_buckets(twr_engine.records, tn ? tn->id : 0,
							get_jiffies_64());
	if (!tn) {
		twr_netns_for_each(twr_timewait_add_net, timewait);
		return;
	}
	timewait->buckets = twr_timewait_count(tn->net);
	timewait->simulated += twr_timewait_count_untimed(twr_net_death_row(tn->net)->hashinfo,
							  tn->net);
}
