// SPDX-License-Identifier: GPL-2.0
/*
 * bench.c - what the netfilter hooks of LOCAL_IN cost a packet, and what the tracepoint
 * sock:inet_sock_set_state costs a socket's change of state
 *
 * A module of its own, twr_bench.ko, that knows nothing of the one it measures. It
 * makes packets as they arrive from the network and sends them through the hooks
 * PRE_ROUTING and LOCAL_IN of the network namespace it is asked in, whatever is
 * registered there, and not on to TCP. And it has a socket change its state by the
 * function that TCP uses, which tells whoever is at the tracepoint: a copy of a
 * connection's socket, that nobody else knows. What the same costs where nothing is
 * registered is to be subtracted.
 *
 * To the file twr_bench/run in debugfs is written
 *
 *	KIND COUNT [4|6 [THREADS [none|empty|conntrack]]]
 *
 * KIND is one of twr_bench_kinds; the last word is a hook of our own that is there
 * for the time of the run. Each thread has a processor and a connection of its own
 * and sends COUNT packets, or makes as many changes of state. Then each line of the
 * file has, for one thread: the nanoseconds that all of them took, how many these were,
 * and how many packets did not come through. The file twr_bench/elapsed has the
 * nanoseconds from the first packet of all threads to their last. A run that cannot be
 * made is an error of write().
 *
 * There must be a device, by the parameter dev, with the addresses 192.0.2.1 and
 * 2001:db8::1, and net.ipv4.tcp_timestamps must be 2: one clock for all connections.
 * The peers' addresses are no matter, for nothing is sent back.
 */
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/nsproxy.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/uaccess.h>
#include <net/checksum.h>
#include <net/inet_hashtables.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/route.h>
#include <net/tcp.h>
#if IS_BUILTIN(CONFIG_NF_CONNTRACK)
#include <net/netfilter/nf_conntrack.h>
#endif

#include "../module/compat.h"

/* 6.19 gave these calls a type of their own for addresses. */
#ifdef TWR_OLD_SOCKADDR
#define twr_bench_sockaddr	struct sockaddr
#else
#define twr_bench_sockaddr	struct sockaddr_unsized
#endif

/* Packets between two looks at the clock, with bottom halves off. */
#define TWR_BENCH_BATCH		256

#define TWR_BENCH_PAYLOAD	1000

/*
 * The peers that come once and the peers that are known: 28 bits of a number, in
 * 16.0.0.0/4 and 32.0.0.0/4, or in the last word of an IPv6 address.
 */
#define TWR_BENCH_PEERS		BIT(28)
#define TWR_BENCH_NEW		0x10000000U
#define TWR_BENCH_KNOWN		0x20000000U

/* Odd, so that it takes numbers all over a power of two; and it is a prime. */
#define TWR_BENCH_SCATTER	179424673U

#define TWR_BENCH_MAX_THREADS	64

/* How a kind changes its packet from one to the next. */
enum twr_bench_step {
	TWR_BENCH_SAME,
	TWR_BENCH_STRANGERS,	/* another source each time, never seen before */
	TWR_BENCH_FILL,		/* the sources known:0 to known:COUNT - 1 */
	TWR_BENCH_KNOWERS,	/* those of the last fill, scattered */
};

/**
 * struct twr_bench_kind - what is sent, what changes
 * @name: its name in the command
 * @flags: TCPHDR_*; 0 for no packet
 * @payload: bytes of data
 * @from: state that the copy of the server's socket is in
 * @to: state that it comes to, after the packet if there is one; 0 for no change. If that
 *	is TCP_CLOSE the peer's FIN was there, and the socket has the TSval of it
 * @connected: a segment of a connection, which the server has closed first if @flags
 *	has FIN: it is in FIN-WAIT-2, and its program holds the socket
 * @demuxed: its socket is in skb->sk, where early demux puts it
 * @bare: the card has not looked at the checksum. Cards do, so most kinds have
 *	CHECKSUM_UNNECESSARY; the segments that are rare and that hooks look at closely
 *	have CHECKSUM_NONE, so that the dear case is measured
 * @late: its TSval is long behind that of the last fill: whose stamp is kept is told
 *	by what becomes of it
 * @step: how the source changes
 */
struct twr_bench_kind {
	const char *name;
	u8 flags;
	unsigned int payload;
	u8 from;
	u8 to;
	bool connected;
	bool demuxed;
	bool bare;
	bool late;
	enum twr_bench_step step;
};

static const struct twr_bench_kind twr_bench_kinds[] = {
	{ .name = "data", .flags = TCPHDR_ACK, .payload = TWR_BENCH_PAYLOAD,
	  .connected = true, .demuxed = true },
	{ .name = "ack", .flags = TCPHDR_ACK,
	  .connected = true, .demuxed = true },
	{ .name = "ack_lookup", .flags = TCPHDR_ACK, .connected = true },
	{ .name = "syn_known", .flags = TCPHDR_SYN, .bare = true },
	{ .name = "syn_new", .flags = TCPHDR_SYN, .bare = true,
	  .step = TWR_BENCH_STRANGERS },
	{ .name = "syn_peers", .flags = TCPHDR_SYN, .bare = true,
	  .step = TWR_BENCH_KNOWERS },
	{ .name = "syn_late", .flags = TCPHDR_SYN, .bare = true, .late = true,
	  .step = TWR_BENCH_KNOWERS },
	{ .name = "fin", .flags = TCPHDR_FIN | TCPHDR_ACK, .bare = true,
	  .connected = true, .demuxed = true },
	{ .name = "opens", .connected = true,
	  .from = TCP_SYN_RECV, .to = TCP_ESTABLISHED },
	{ .name = "shuts", .connected = true,
	  .from = TCP_ESTABLISHED, .to = TCP_FIN_WAIT1 },
	{ .name = "closes", .connected = true,
	  .from = TCP_FIN_WAIT2, .to = TCP_CLOSE },
	{ .name = "fill", .flags = TCPHDR_FIN | TCPHDR_ACK, .bare = true,
	  .from = TCP_FIN_WAIT2, .to = TCP_CLOSE,
	  .connected = true, .demuxed = true, .step = TWR_BENCH_FILL },
};

/**
 * struct twr_bench_load - what one thread works with
 * @kind: what is sent
 * @net: whose hooks are called
 * @dev: where the packet came in
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 * @listener: where SYNs go
 * @client: the peer's end of a connection, over loopback
 * @server: our end of it
 * @skb: the packet, NULL if there is none or after it was lost to a hook
 * @source: the last word of its source address
 * @copy: of our end's socket, NULL if there is no change of state
 * @count: packets to send, or changes to make
 * @first: number of the first source
 * @peers: sources in all
 * @ns: what they took
 * @sent: packets sent, or changes made
 * @errors: packets that did not come through, 0 or 1
 * @begun: when its first packet was sent
 * @ended: when its last one had been
 * @task: the thread
 */
struct twr_bench_load {
	const struct twr_bench_kind *kind;
	struct net *net;
	struct net_device *dev;
	u8 pf;
	struct socket *listener;
	struct socket *client;
	struct socket *server;
	struct sk_buff *skb;
	__be32 *source;
	struct sock *copy;
	u32 count;
	u32 first;
	u32 peers;
	u64 ns;
	u32 sent;
	u32 errors;
	u64 begun;
	u64 ended;
	struct task_struct *task;
};

static char *twr_bench_dev = "twr0";
module_param_named(dev, twr_bench_dev, charp, 0444);
MODULE_PARM_DESC(dev, "device that packets are said to have come in by");

/* One run at a time; the rest of what is static here is under it. */
static DEFINE_MUTEX(twr_bench_lock);
static struct twr_bench_load *twr_bench_loads;
static unsigned int twr_bench_threads;
static u64 twr_bench_elapsed;
static bool twr_bench_stop;
static DECLARE_COMPLETION(twr_bench_go);
static struct dentry *twr_bench_dir;

/* They outlive a run: strangers that came, peers of the last fill, newest TSval. */
static u32 twr_bench_strangers;
static u32 twr_bench_filled;
static u32 twr_bench_newest;

/* Changes of state. */

/* Whose connection it is said to be. */
static void twr_bench_rename(struct twr_bench_load *load, __be32 peer)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (load->pf == NFPROTO_IPV6) {
		load->copy->sk_v6_daddr.s6_addr32[3] = peer;
		return;
	}
#endif
	load->copy->sk_daddr = peer;
}

/* Nobody but the tracepoint hears of it: the copy is in no table, and has no timer. */
static __always_inline void twr_bench_change(struct twr_bench_load *load)
{
	load->copy->sk_state = load->kind->from;
	inet_sk_set_state(load->copy, load->kind->to);
}

/* Packets. */

/* What a hook queued would go on here. */
static int twr_bench_okfn(struct net *net, struct sock *sk,
			  struct sk_buff *skb)
{
	kfree_skb(skb);
	return 0;
}

/* Return: what nf_hook() does, 1 if the packet may go on. Otherwise it is gone. */
static __always_inline int twr_bench_pass(struct twr_bench_load *load, u8 pf)
{
	int rc;

	rc = nf_hook(pf, NF_INET_PRE_ROUTING, load->net, NULL, load->skb,
		     load->dev, NULL, twr_bench_okfn);
	if (likely(rc == 1))
		rc = nf_hook(pf, NF_INET_LOCAL_IN, load->net, NULL, load->skb,
			     load->dev, NULL, twr_bench_okfn);
	return rc;
}

static void twr_bench_readdress(struct twr_bench_load *load, u32 to)
{
	struct sk_buff *skb = load->skb;
	__be32 from = *load->source;
	__be32 source = htonl(to);

	*load->source = source;
	csum_replace4(&tcp_hdr(skb)->check, from, source);
	if (load->pf == NFPROTO_IPV4)
		csum_replace4(&ip_hdr(skb)->check, from, source);
	if (load->copy)
		twr_bench_rename(load, source);
}

static void twr_bench_step(struct twr_bench_load *load, u32 i)
{
	switch (load->kind->step) {
	case TWR_BENCH_SAME:
		return;
	case TWR_BENCH_STRANGERS:
		i = (load->first + i) * TWR_BENCH_SCATTER;
		twr_bench_readdress(load, TWR_BENCH_NEW |
					  (i & (TWR_BENCH_PEERS - 1)));
		return;
	case TWR_BENCH_FILL:
		twr_bench_readdress(load, TWR_BENCH_KNOWN | (load->first + i));
		return;
	case TWR_BENCH_KNOWERS:
		i = (u64)(load->first + i) * TWR_BENCH_SCATTER % load->peers;
		twr_bench_readdress(load, TWR_BENCH_KNOWN | i);
		return;
	}
}

/* The packet as new, whatever the hooks noted in it. */
static void twr_bench_renew(struct twr_bench_load *load)
{
	struct sk_buff *skb = load->skb;

	nf_reset_ct(skb);
	skb->ip_summed = load->kind->bare ? CHECKSUM_NONE :
					    CHECKSUM_UNNECESSARY;
	skb->csum_valid = 0;
	skb->csum_complete_sw = 0;
}

/* Return: false if the packet did not come through. */
static __always_inline bool twr_bench_one(struct twr_bench_load *load)
{
	int rc;

	twr_bench_step(load, load->sent++);
	if (load->skb) {
		if (load->pf == NFPROTO_IPV4)
			rc = twr_bench_pass(load, NFPROTO_IPV4);
		else
			rc = twr_bench_pass(load, NFPROTO_IPV6);
		if (unlikely(rc != 1))
			return false;
		twr_bench_renew(load);
	}
	if (load->copy)
		twr_bench_change(load);
	return true;
}

/*
 * The time of the packets alone. What is left to workers and to RCU, such as hash
 * tables that grow, runs between the batches and is not in it.
 */
static bool twr_bench_batch(struct twr_bench_load *load, u32 n)
{
	bool through = true;
	u64 start;

	local_bh_disable();
	rcu_read_lock();
	start = ktime_get_ns();
	while (through && n--)
		through = twr_bench_one(load);
	load->ns += ktime_get_ns() - start;
	rcu_read_unlock();
	local_bh_enable();

	if (likely(through))
		return true;
	load->skb = NULL;
	load->errors++;
	return false;
}

static int twr_bench_thread(void *data)
{
	struct twr_bench_load *load = data;

	wait_for_completion(&twr_bench_go);
	load->begun = ktime_get_ns();
	while (load->sent < load->count && !READ_ONCE(twr_bench_stop)) {
		u32 left = load->count - load->sent;

		if (!twr_bench_batch(load, min_t(u32, left, TWR_BENCH_BATCH)))
			break;
		cond_resched();
	}
	load->ended = ktime_get_ns();

	/* kthread_stop() wants to find it. */
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* As Linux has them in a SYN, and in all others. Return: their length. */
static unsigned int twr_bench_options(u8 *opt, bool syn, u32 tsval)
{
	static const u8 before[] = {
		TCPOPT_MSS, TCPOLEN_MSS, 1460 >> 8, 1460 & 0xff,
		TCPOPT_SACK_PERM, TCPOLEN_SACK_PERM,
	};
	static const u8 after[] = {
		TCPOPT_NOP, TCPOPT_WINDOW, TCPOLEN_WINDOW, 7,
	};
	u8 *end = opt;

	if (syn) {
		memcpy(end, before, sizeof(before));
		end += sizeof(before);
	} else {
		*end++ = TCPOPT_NOP;
		*end++ = TCPOPT_NOP;
	}
	*end++ = TCPOPT_TIMESTAMP;
	*end++ = TCPOLEN_TIMESTAMP;
	put_unaligned_be32(tsval, end);
	put_unaligned_be32(syn ? 0 : 1, end + 4);
	end += 8;
	if (syn) {
		memcpy(end, after, sizeof(after));
		end += sizeof(after);
	}
	return end - opt;
}

/* A segment that the server's socket is waiting for, or a SYN for the listener. */
static unsigned int twr_bench_segment(const struct twr_bench_load *load,
				      struct tcphdr *th)
{
	const struct twr_bench_kind *kind = load->kind;
	bool syn = kind->flags & TCPHDR_SYN;
	u32 tsval = twr_bench_newest + (kind->late ? -100 : 1);
	unsigned int len;

	if (kind->connected) {
		const struct sock *sk = load->server->sk;
		const struct tcp_sock *tp = tcp_sk(sk);

		tsval = tp->rx_opt.ts_recent + 1;
		th->source = inet_sk(sk)->inet_dport;
		th->dest = inet_sk(sk)->inet_sport;
		th->seq = htonl(tp->rcv_nxt);
		th->ack_seq = htonl(tp->snd_nxt);
	} else {
		th->source = htons(40000);
		th->dest = inet_sk(load->listener->sk)->inet_sport;
		th->seq = htonl(0x12345678);
	}
	th->window = htons(32767);
	((u8 *)th)[13] = kind->flags;

	len = sizeof(*th) + twr_bench_options((u8 *)(th + 1), syn, tsval);
	th->doff = len / 4;
	memset((u8 *)th + len, 'x', kind->payload);
	if (kind->flags & TCPHDR_FIN)
		twr_bench_newest = tsval;
	return len + kind->payload;
}

static const struct in6_addr twr_bench_local6 = { { {
	0x20, 0x01, 0x0d, 0xb8, [15] = 1
} } };

static const __be32 twr_bench_local4 = htonl(0xc0000201);

/* The peer of all connections. */
static const struct in6_addr twr_bench_peer6 = IN6ADDR_LOOPBACK_INIT;
static const __be32 twr_bench_peer4 = htonl(INADDR_LOOPBACK);

static void twr_bench_ipv4(struct twr_bench_load *load, unsigned int len)
{
	struct tcphdr *th = tcp_hdr(load->skb);
	struct iphdr *iph = ip_hdr(load->skb);

	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->ttl = 64;
	iph->frag_off = htons(IP_DF);
	iph->protocol = IPPROTO_TCP;
	iph->tot_len = htons(sizeof(*iph) + len);
	iph->saddr = twr_bench_peer4;
	iph->daddr = twr_bench_local4;
	ip_send_check(iph);
	th->check = csum_tcpudp_magic(iph->saddr, iph->daddr, len, IPPROTO_TCP,
				      csum_partial(th, len, 0));
	load->source = &iph->saddr;
}

static void twr_bench_ipv6(struct twr_bench_load *load, unsigned int len)
{
	struct ipv6hdr *ip6h = ipv6_hdr(load->skb);
	struct tcphdr *th = tcp_hdr(load->skb);

	ip6h->version = 6;
	ip6h->hop_limit = 64;
	ip6h->nexthdr = IPPROTO_TCP;
	ip6h->payload_len = htons(len);
	ip6h->saddr = twr_bench_peer6;
	ip6h->daddr = twr_bench_local6;
	th->check = csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
				    IPPROTO_TCP, csum_partial(th, len, 0));
	load->source = &ip6h->saddr.s6_addr32[3];
}

/* The route that ip_rcv_finish() would have found for a packet from outside. */
static int twr_bench_route(struct twr_bench_load *load)
{
	struct sk_buff *skb = load->skb;
	struct flowi6 fl6 = {
		.flowi6_iif = load->dev->ifindex,
		.flowi6_proto = IPPROTO_TCP,
		.daddr = twr_bench_local6,
		.saddr = { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 } } },
	};
	struct dst_entry *dst;

	if (load->pf == NFPROTO_IPV4)
		return ip_route_input(skb, twr_bench_local4, htonl(0xc6336407),
				      0, load->dev) ? -EHOSTUNREACH : 0;
	if (!IS_ENABLED(CONFIG_IPV6))
		return -EAFNOSUPPORT;

	dst = ip6_route_input_lookup(load->net, load->dev, &fl6, skb, 0);
	skb_dst_set(skb, dst);
	return dst->error;
}

static int twr_bench_packet(struct twr_bench_load *load)
{
	unsigned int hlen = load->pf == NFPROTO_IPV4 ? sizeof(struct iphdr) :
						       sizeof(struct ipv6hdr);
	struct sk_buff *skb;
	unsigned int len;
	int err;

	skb = alloc_skb(SZ_2K, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	load->skb = skb;

	skb_reserve(skb, NET_SKB_PAD + NET_IP_ALIGN);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, hlen);
	memset(skb_put(skb, hlen + sizeof(struct tcphdr)), 0,
	       hlen + sizeof(struct tcphdr));
	len = twr_bench_segment(load, tcp_hdr(skb));
	skb_put(skb, len - sizeof(struct tcphdr));
	if (load->pf == NFPROTO_IPV4)
		twr_bench_ipv4(load, len);
	else
		twr_bench_ipv6(load, len);

	skb->protocol = htons(load->pf == NFPROTO_IPV4 ? ETH_P_IP : ETH_P_IPV6);
	skb->pkt_type = PACKET_HOST;
	skb->dev = load->dev;
	skb->skb_iif = load->dev->ifindex;
	if (load->pf == NFPROTO_IPV6)
		IP6CB(skb)->iif = skb->skb_iif;
	err = twr_bench_route(load);
	if (err)
		return err;

	if (load->kind->demuxed) {
		sock_hold(load->server->sk);
		skb->sk = load->server->sk;
		skb->destructor = sock_edemux;
	}
	twr_bench_renew(load);
	return 0;
}

/* Sockets. */

union twr_bench_address {
	twr_bench_sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Return: the length of the address of the server, or of the peer. */
static int twr_bench_address(const struct twr_bench_load *load,
			     union twr_bench_address *a, bool peer, __be16 port)
{
	memset(a, 0, sizeof(*a));
	if (load->pf == NFPROTO_IPV4) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = port;
		a->v4.sin_addr.s_addr = peer ? twr_bench_peer4 :
					       twr_bench_local4;
		return sizeof(a->v4);
	}
	a->v6.sin6_family = AF_INET6;
	a->v6.sin6_port = port;
	a->v6.sin6_addr = peer ? twr_bench_peer6 : twr_bench_local6;
	return sizeof(a->v6);
}

/* Return: a socket bound to the address of the server, or of the peer. */
static int twr_bench_socket(struct twr_bench_load *load, bool peer,
			    struct socket **sock)
{
	int family = load->pf == NFPROTO_IPV4 ? PF_INET : PF_INET6;
	union twr_bench_address address;
	int err, len;

	err = sock_create_kern(load->net, family, SOCK_STREAM, IPPROTO_TCP,
			       sock);
	if (err)
		return err;
	/* Closed by RST, so that nothing of it stays. */
	sock_no_linger((*sock)->sk);
	len = twr_bench_address(load, &address, peer, 0);
	return kernel_bind(*sock, &address.any, len);
}

/* The server closes, the peer does not. */
static int twr_bench_half_close(struct twr_bench_load *load)
{
	int err, tries;

	err = kernel_sock_shutdown(load->server, SHUT_WR);
	if (err)
		return err;
	for (tries = 0; tries < 100; tries++) {
		if (READ_ONCE(load->server->sk->sk_state) == TCP_FIN_WAIT2)
			return 0;
		msleep(20);
	}
	return -ETIMEDOUT;
}

static int twr_bench_connect(struct twr_bench_load *load)
{
	union twr_bench_address address;
	int err, len;

	err = twr_bench_socket(load, true, &load->client);
	if (err)
		return err;
	len = twr_bench_address(load, &address, false,
				inet_sk(load->listener->sk)->inet_sport);
	err = kernel_connect(load->client, &address.any, len, 0);
	if (err)
		return err;
	err = kernel_accept(load->listener, &load->server, 0);
	if (err)
		return err;
	sock_no_linger(load->server->sk);
	if (!tcp_sk(load->server->sk)->rx_opt.tstamp_ok)
		return -EPROTO;

	if (load->kind->flags & TCPHDR_FIN)
		return twr_bench_half_close(load);
	return 0;
}

/*
 * What is read of a socket at the tracepoint is in the copy, or is shared and stays: the
 * route, which is the server's.
 */
static int twr_bench_copy(struct twr_bench_load *load)
{
	const struct sock *sk = load->server->sk;
	struct tcp_sock *tp;

	if (!rcu_access_pointer(sk->sk_dst_cache))
		return -EHOSTUNREACH;
	load->copy = kmemdup(sk, sk->sk_prot->obj_size, GFP_KERNEL);
	if (!load->copy)
		return -ENOMEM;
	if (load->kind->to != TCP_CLOSE)
		return 0;

	sock_set_flag(load->copy, SOCK_DONE);
	tp = tcp_sk(load->copy);
	twr_bench_newest = tp->rx_opt.ts_recent + 1;
	tp->rx_opt.ts_recent = twr_bench_newest;
	tp->rx_opt.ts_recent_stamp = ktime_get_seconds();
	return 0;
}

static void twr_bench_release(struct twr_bench_load *load)
{
	kfree(load->copy);
	load->copy = NULL;
	kfree_skb(load->skb);
	load->skb = NULL;
	if (load->client)
		sock_release(load->client);
	if (load->server)
		sock_release(load->server);
	if (load->listener)
		sock_release(load->listener);
}

static int twr_bench_prepare(struct twr_bench_load *load)
{
	int err;

	err = twr_bench_socket(load, false, &load->listener);
	if (!err)
		err = kernel_listen(load->listener, 128);
	if (!err && load->kind->connected)
		err = twr_bench_connect(load);
	if (!err && load->kind->flags)
		err = twr_bench_packet(load);
	if (!err && load->kind->to)
		err = twr_bench_copy(load);
	return err;
}

/* Hooks of our own. */

static unsigned int twr_bench_empty(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static const struct nf_hook_ops twr_bench_empty_ops[] = {
	{
		.hook = twr_bench_empty,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_LAST,
	}, {
		.hook = twr_bench_empty,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_LAST,
	},
};

/* Connection tracking as it is where a rule asks for it. */
static int twr_bench_conntrack(struct net *net, u8 pf, bool on)
{
#if IS_BUILTIN(CONFIG_NF_CONNTRACK)
	if (on)
		return nf_ct_netns_get(net, pf);
	nf_ct_netns_put(net, pf);
	return 0;
#else
	return -EOPNOTSUPP;
#endif
}

enum twr_bench_hook {
	TWR_BENCH_NONE,
	TWR_BENCH_EMPTY,
	TWR_BENCH_CONNTRACK,
};

static const char * const twr_bench_hook_names[] = {
	[TWR_BENCH_NONE] = "none",
	[TWR_BENCH_EMPTY] = "empty",
	[TWR_BENCH_CONNTRACK] = "conntrack",
};

static int twr_bench_hook(struct net *net, u8 pf, enum twr_bench_hook hook)
{
	const struct nf_hook_ops *ops;

	ops = &twr_bench_empty_ops[pf == NFPROTO_IPV6];
	switch (hook) {
	case TWR_BENCH_EMPTY:
		return nf_register_net_hook(net, ops);
	case TWR_BENCH_CONNTRACK:
		return twr_bench_conntrack(net, pf, true);
	default:
		return 0;
	}
}

static void twr_bench_unhook(struct net *net, u8 pf, enum twr_bench_hook hook)
{
	const struct nf_hook_ops *ops;

	ops = &twr_bench_empty_ops[pf == NFPROTO_IPV6];
	if (hook == TWR_BENCH_EMPTY)
		nf_unregister_net_hook(net, ops);
	else if (hook == TWR_BENCH_CONNTRACK)
		twr_bench_conntrack(net, pf, false);
}

/* Runs. */

/* All threads are there before the first of them begins. */
static int twr_bench_start(void)
{
	unsigned int i, cpu = -1;

	for (i = 0; i < twr_bench_threads; i++) {
		struct twr_bench_load *load = &twr_bench_loads[i];
		struct task_struct *task;

		cpu = cpumask_next(cpu, cpu_online_mask);
		task = kthread_create(twr_bench_thread, load, "twr_bench/%u", i);
		if (IS_ERR(task))
			return PTR_ERR(task);
		kthread_bind(task, cpu);
		load->task = task;
		wake_up_process(task);
	}
	return 0;
}

static bool twr_bench_ended(void)
{
	unsigned int i;

	for (i = 0; i < twr_bench_threads; i++) {
		struct twr_bench_load *load = &twr_bench_loads[i];

		if (READ_ONCE(load->sent) < load->count &&
		    !READ_ONCE(load->errors))
			return false;
	}
	return true;
}

static int twr_bench_measure(void)
{
	u64 begun = U64_MAX, ended = 0;
	unsigned int i;
	int err;

	reinit_completion(&twr_bench_go);
	twr_bench_stop = false;
	err = twr_bench_start();
	if (err)
		WRITE_ONCE(twr_bench_stop, true);
	complete_all(&twr_bench_go);

	while (!err && !twr_bench_ended()) {
		if (fatal_signal_pending(current)) {
			err = -EINTR;
			WRITE_ONCE(twr_bench_stop, true);
		}
		msleep(20);
	}
	for (i = 0; i < twr_bench_threads; i++) {
		struct twr_bench_load *load = &twr_bench_loads[i];

		if (!load->task)
			continue;
		kthread_stop(load->task);
		begun = min(begun, load->begun);
		ended = max(ended, load->ended);
	}
	twr_bench_elapsed = ended - begun;
	return err;
}

/* Gives each thread its sources. */
static int twr_bench_share(const struct twr_bench_kind *kind, u32 count)
{
	u64 all = (u64)count * twr_bench_threads;
	u32 first = 0, peers = 0;
	unsigned int i;

	switch (kind->step) {
	case TWR_BENCH_SAME:
		break;
	case TWR_BENCH_STRANGERS:
		first = twr_bench_strangers;
		if (all > TWR_BENCH_PEERS - first)
			return -ENOSPC;
		twr_bench_strangers += all;
		break;
	case TWR_BENCH_FILL:
		if (all > TWR_BENCH_PEERS)
			return -ENOSPC;
		twr_bench_filled = all;
		break;
	case TWR_BENCH_KNOWERS:
		peers = twr_bench_filled;
		if (!peers)
			return -ENOENT;
		break;
	}
	for (i = 0; i < twr_bench_threads; i++) {
		twr_bench_loads[i].first = first + i * count;
		twr_bench_loads[i].peers = peers;
	}
	return 0;
}

static int twr_bench_run(const struct twr_bench_kind *kind, u32 count, u8 pf,
			 unsigned int threads, enum twr_bench_hook hook)
{
	struct net *net = current->nsproxy->net_ns;
	struct net_device *dev;
	unsigned int i;
	int err;

	kfree(twr_bench_loads);
	twr_bench_threads = 0;
	twr_bench_loads = kcalloc(threads, sizeof(*twr_bench_loads),
				  GFP_KERNEL);
	if (!twr_bench_loads)
		return -ENOMEM;
	dev = dev_get_by_name(net, twr_bench_dev);
	if (!dev)
		return -ENODEV;
	err = twr_bench_hook(net, pf, hook);
	if (err)
		goto put_dev;

	twr_bench_threads = threads;
	err = twr_bench_share(kind, count);
	for (i = 0; i < threads && !err; i++) {
		struct twr_bench_load *load = &twr_bench_loads[i];

		load->kind = kind;
		load->net = net;
		load->dev = dev;
		load->pf = pf;
		load->count = count;
		err = twr_bench_prepare(load);
	}
	if (!err)
		err = twr_bench_measure();

	for (i = 0; i < threads; i++)
		twr_bench_release(&twr_bench_loads[i]);
	if (err)
		twr_bench_threads = 0;
	twr_bench_unhook(net, pf, hook);
put_dev:
	dev_put(dev);
	return err;
}

static int twr_bench_command(const char *line)
{
	const struct twr_bench_kind *kind = NULL;
	unsigned int i, count, version = 4, threads = 1;
	char name[16], hook_name[16] = "none";
	int hook, err;

	if (sscanf(line, "%15s %u %u %u %15s", name, &count, &version,
		   &threads, hook_name) < 2)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(twr_bench_kinds); i++) {
		if (!strcmp(twr_bench_kinds[i].name, name))
			kind = &twr_bench_kinds[i];
	}
	hook = match_string(twr_bench_hook_names,
			    ARRAY_SIZE(twr_bench_hook_names), hook_name);
	if (!kind || hook < 0 || !count || (version != 4 && version != 6) ||
	    !threads || threads > TWR_BENCH_MAX_THREADS ||
	    threads > num_online_cpus())
		return -EINVAL;

	err = mutex_lock_interruptible(&twr_bench_lock);
	if (err)
		return err;
	err = twr_bench_run(kind, count, version == 4 ? NFPROTO_IPV4 :
							NFPROTO_IPV6,
			    threads, hook);
	mutex_unlock(&twr_bench_lock);
	return err;
}

static ssize_t twr_bench_write(struct file *file, const char __user *from,
			       size_t len, loff_t *pos)
{
	char line[80];
	int err;

	if (len >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, len))
		return -EFAULT;
	line[len] = '\0';
	err = twr_bench_command(line);
	return err ?: len;
}

static int twr_bench_show(struct seq_file *to, void *unused)
{
	unsigned int i;

	mutex_lock(&twr_bench_lock);
	for (i = 0; i < twr_bench_threads; i++) {
		const struct twr_bench_load *load = &twr_bench_loads[i];

		seq_printf(to, "%llu %u %u\n", load->ns, load->sent,
			   load->errors);
	}
	mutex_unlock(&twr_bench_lock);
	return 0;
}

static int twr_bench_open(struct inode *inode, struct file *file)
{
	return single_open(file, twr_bench_show, NULL);
}

static const struct file_operations twr_bench_fops = {
	.owner = THIS_MODULE,
	.open = twr_bench_open,
	.read = seq_read,
	.write = twr_bench_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int __init twr_bench_init(void)
{
	twr_bench_dir = debugfs_create_dir("twr_bench", NULL);
	debugfs_create_file("run", 0600, twr_bench_dir, NULL, &twr_bench_fops);
	debugfs_create_u64("elapsed", 0400, twr_bench_dir, &twr_bench_elapsed);
	return PTR_ERR_OR_ZERO(twr_bench_dir);
}

static void __exit twr_bench_exit(void)
{
	debugfs_remove_recursive(twr_bench_dir);
	kfree(twr_bench_loads);
}

module_init(twr_bench_init);
module_exit(twr_bench_exit);

MODULE_DESCRIPTION("What netfilter hooks cost a packet, and the tracepoint a socket");
MODULE_LICENSE("GPL");
