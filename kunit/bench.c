// SPDX-License-Identifier: GPL-2.0
/*
 * bench.c - measures what the module costs a packet and a socket's change of state
 *
 * twr_bench.ko is a module of its own, and depends on nothing of the module that it
 * measures. For packets, it builds packets as they arrive from the network. It sends
 * them through all netfilter hooks that are registered at PRE_ROUTING and LOCAL_IN of
 * the caller's network namespace, and not on to TCP. For changes of state, it makes a
 * copy of a connection's socket, and changes the state of the copy by the function that
 * TCP uses. That function calls the tracepoint sock:inet_sock_set_state, and so
 * everything attached to it. No other code knows the copy. To get the cost of the module
 * alone, subtract what the same run costs when nothing is registered.
 *
 * Write a command to the file twr_bench/run in debugfs:
 *
 *	KIND COUNT [4|6 [THREADS [none|empty|conntrack]]]
 *
 * KIND is one of twr_bench_kinds. The last word names a hook that twr_bench registers
 * for the time of the run. Each thread has a processor and a connection of its own. It
 * sends COUNT packets, or makes COUNT changes of state. Afterwards the file has a line
 * for each thread: the nanoseconds that all packets or changes took, their number, and
 * the number of packets that did not come through. The file twr_bench/elapsed has the
 * nanoseconds from the first packet of all threads to their last. write() returns an
 * error if a run is not possible.
 *
 * The parameter dev names a device, which must have the addresses 192.0.2.1 and
 * 2001:db8::1. net.ipv4.tcp_timestamps must be 2, which gives all connections one clock.
 * The peers may have any addresses, for twr_bench sends nothing back.
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

/* Packets sent with bottom halves off between two reads of the clock. */
#define TWR_BENCH_BATCH		256

#define TWR_BENCH_PAYLOAD	1000

/*
 * New peers and known peers. A peer is a number of 28 bits, in 16.0.0.0/4 and
 * 32.0.0.0/4, or in the last word of an IPv6 address.
 */
#define TWR_BENCH_PEERS		BIT(28)
#define TWR_BENCH_NEW		0x10000000U
#define TWR_BENCH_KNOWN		0x20000000U

/* An odd factor maps a power of two of numbers onto itself. This one is a prime too. */
#define TWR_BENCH_SCATTER	179424673U

#define TWR_BENCH_MAX_THREADS	64

/* How a kind changes the packet from one to the next. */
enum twr_bench_step {
	TWR_BENCH_SAME,
	TWR_BENCH_STRANGERS,	/* another source each time, never seen before */
	TWR_BENCH_FILL,		/* the sources known:0 to known:COUNT - 1 */
	TWR_BENCH_KNOWERS,	/* the sources of the last fill, scattered */
};

/**
 * struct twr_bench_kind - what a run sends and what it changes
 * @name: name in the command
 * @flags: TCPHDR_*; 0 for no packet
 * @payload: bytes of data
 * @from: state of the copy of the server's socket
 * @to: state that the copy changes to, after the packet if there is one; 0 for no change.
 *	For TCP_CLOSE the copy looks as if the peer's FIN had arrived, and has its TSval
 * @connected: the packet is a segment of a connection. If @flags has FIN, the server has
 *	closed the connection first: its socket is in FIN-WAIT-2, and its program holds it
 * @demuxed: skb->sk is the socket, as early demux sets it
 * @bare: the card has not checked the checksum. Cards do, so most kinds have
 *	CHECKSUM_UNNECESSARY. Segments that are rare and that hooks check in full have
 *	CHECKSUM_NONE, so that the run measures the expensive case
 * @late: the TSval is behind that of the last fill. The verdict on the SYN then shows
 *	whether the module still has the stamp of its peer
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
 * @kind: what the thread sends
 * @net: namespace whose hooks the thread calls
 * @dev: device that the packet came in by
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 * @listener: socket for the SYNs
 * @client: the peer's end of a connection over loopback
 * @server: the server's end of it
 * @skb: the packet, NULL if there is none or a hook has kept it
 * @source: last word of the packet's source address
 * @copy: copy of the server's socket, NULL if there is no change of state
 * @count: number of packets to send or changes to make
 * @first: number of the first source
 * @peers: number of sources in all
 * @ns: nanoseconds that the packets or changes took
 * @sent: packets sent, or changes made
 * @errors: packets that did not come through, 0 or 1
 * @begun: time at which the first packet was sent
 * @ended: time after the last packet
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

/* Allows one run at a time, and protects the other static variables. */
static DEFINE_MUTEX(twr_bench_lock);
static struct twr_bench_load *twr_bench_loads;
static unsigned int twr_bench_threads;
static u64 twr_bench_elapsed;
static bool twr_bench_stop;
static DECLARE_COMPLETION(twr_bench_go);
static struct dentry *twr_bench_dir;

/*
 * These outlive a run: number of new peers so far, peers of the last fill, newest
 * TSval.
 */
static u32 twr_bench_strangers;
static u32 twr_bench_filled;
static u32 twr_bench_newest;

/* Changes of state. */

/* Sets the address of the peer in the copy. */
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

/* Only the tracepoint sees the change: the copy is in no table, and has no timer. */
static __always_inline void twr_bench_change(struct twr_bench_load *load)
{
	load->copy->sk_state = load->kind->from;
	inet_sk_set_state(load->copy, load->kind->to);
}

/* Packets. */

/* A packet that a hook queued would continue in this function. */
static int twr_bench_okfn(struct net *net, struct sock *sk,
			  struct sk_buff *skb)
{
	kfree_skb(skb);
	return 0;
}

/*
 * Return: what nf_hook() returns, 1 if the packet may continue. Otherwise the packet is
 * gone.
 */
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

/* Removes from the packet what the hooks noted in it. */
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
 * Measures the time of the packets alone. Work that is left to workers and to RCU, such
 * as growing a hash table, runs between the batches and is not measured.
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

	/* The thread must not end before kthread_stop(). */
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/*
 * Writes the options that Linux puts in a SYN, or in any other segment. Return: their
 * length.
 */
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

/* Writes a segment that the server's socket expects, or a SYN for the listener. */
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

/* Address of the peer of all connections. */
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

/* Sets the route that ip_rcv_finish() would have found for a packet from outside. */
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
	struct twr_sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Writes the address of the server, or of the peer. Return: its length. */
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

/* Makes a socket bound to the address of the server, or of the peer. */
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
	/* Close by RST, so that no state of the connection remains. */
	sock_no_linger((*sock)->sk);
	len = twr_bench_address(load, &address, peer, 0);
	return kernel_bind(*sock, &address.any, len);
}

/* Closes the server's end of the connection, but not the peer's. */
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
 * The copy has all that the tracepoint reads of a socket, except the route. The route
 * is the server's, which stays during the run.
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

/* Hooks of twr_bench itself. */

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

/* Switches connection tracking on or off, as a rule that needs it does. */
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

/* Creates all threads before the first of them starts. */
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
