// SPDX-License-Identifier: GPL-2.0
/*
 * hooks.bpf.c - the check as a user would write it for iptables -m bpf
 *
 * Matches SYNs whose timestamp is older than the stamp of their address: the rule of the
 * last era. Every FIN updates the stamp, whatever happens to the FIN, because a program of
 * this type cannot read the state of the socket. It does not check checksums either. So it
 * does less than the module.
 */
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define TWR_SECOND		1000000000ULL

/* The seconds for which a stamp counts, and how much older a TSval may be. */
#define TWR_MSL			60
#define TWR_WINDOW		1

#define TWR_OPTION_EOL		0
#define TWR_OPTION_NOP		1
#define TWR_OPTION_TIMESTAMP	8
#define TWR_MOST_OPTIONS	40

struct twr_bpf_stamp {
	__u32 tsval;
	__u32 second;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, struct twr_bpf_stamp);
} twr_stamps SEC(".maps");

/* Return: 1 if there is a timestamp. */
static __always_inline int twr_bpf_tsval(const struct __sk_buff *skb, __u32 at,
					 __u32 end, __u32 *tsval)
{
	int i;

	for (i = 0; i < TWR_MOST_OPTIONS && at < end; i++) {
		__u8 option[2];

		if (bpf_skb_load_bytes(skb, at, option, 1))
			return 0;
		if (option[0] == TWR_OPTION_EOL)
			return 0;
		if (option[0] == TWR_OPTION_NOP) {
			at++;
			continue;
		}
		if (bpf_skb_load_bytes(skb, at, option, 2) || option[1] < 2)
			return 0;
		if (option[0] == TWR_OPTION_TIMESTAMP && option[1] == 10) {
			if (bpf_skb_load_bytes(skb, at + 2, tsval, 4))
				return 0;
			*tsval = bpf_ntohl(*tsval);
			return 1;
		}
		at += option[1];
	}
	return 0;
}

SEC("socket")
int twr_check(struct __sk_buff *skb)
{
	struct twr_bpf_stamp *kept, stamp = {};
	__u32 thoff, peer;
	struct tcphdr th;
	struct iphdr iph;
	int timed;

	/* Offset 0 is the network header. */
	if (bpf_skb_load_bytes(skb, 0, &iph, sizeof(iph)))
		return 0;
	if (iph.protocol != IPPROTO_TCP)
		return 0;
	thoff = iph.ihl * 4;
	if (bpf_skb_load_bytes(skb, thoff, &th, sizeof(th)))
		return 0;
	if (th.rst || !((th.syn && !th.ack) || (th.fin && th.ack)))
		return 0;

	timed = twr_bpf_tsval(skb, thoff + sizeof(th), thoff + th.doff * 4,
			      &stamp.tsval);
	stamp.second = bpf_ktime_get_ns() / TWR_SECOND;
	peer = iph.saddr;

	if (!th.syn) {
		if (timed)
			bpf_map_update_elem(&twr_stamps, &peer, &stamp,
					    BPF_ANY);
		return 0;
	}

	kept = bpf_map_lookup_elem(&twr_stamps, &peer);
	if (!kept || stamp.second - kept->second >= TWR_MSL)
		return 0;
	return !timed || (__s32)(kept->tsval - stamp.tsval) > TWR_WINDOW;
}

char twr_license[] SEC("license") = "GPL";
