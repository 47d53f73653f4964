/* SPDX-License-Identifier: GPL-2.0 */
/*
 * segment.h - what a packet says: a read-only view of its TCP header
 *
 * Nothing here writes to a packet, its data or its metadata. All functions
 * take a packet as LOCAL_IN sees it: skb->data at the IP header, trimmed to the
 * length that header gives, IPv4 fragments put together. Inside the RCU read side of
 * the netfilter hook: softirq context, or process context behind NFQUEUE.
 */
#ifndef TWR_SEGMENT_H
#define TWR_SEGMENT_H

#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "conn.h"

/**
 * struct twr_segment - a TCP segment, as far as anybody here wants to know it
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 * @thoff: offset of the TCP header in the packet, bytes
 * @conn: the connection it belongs to; twr_segment_set_netns() names the namespace
 * @seq: sequence number
 * @end_seq: sequence number behind the segment, SYN and FIN counted
 * @flags: TCPHDR_*, and those of the same byte that have no such name
 * @malformed: TCP would not read on: the data offset is less than 5 or points
 *	behind the packet, the packet is shorter than a TCP header, or it is the
 *	first of several IPv6 fragments, which LOCAL_IN sees one by one.
 *	Only @pf, @thoff and @flags are valid then
 * @timed: it has a timestamp option
 * @tsval: TSval in ticks of the peer's clock, if @timed
 */
struct twr_segment {
	u8 pf;
	unsigned int thoff;
	struct twr_conn conn;
	u32 seq;
	u32 end_seq;
	u8 flags;
	bool malformed;
	bool timed;
	u32 tsval;
};

/**
 * twr_segment_skip_exthdrs() - where does an IPv6 packet's TCP header begin?
 * @skb: the packet, which has extension headers
 * @whole: set to false where twr_segment_find_tcp() would
 *
 * Goes by what the running kernel does with each header once LOCAL_IN is over.
 * What it drops or answers with an ICMPv6 error is not TCP, and neither is what
 * comes by LOCAL_IN once more before it gets to TCP: a packet in an
 * authentication header, one with segments left that a VRF takes. The checks that
 * need another packet's state are not made, and what depends on them is not TCP
 * either: home addresses of mobile IPv6, signatures of segment routing, and
 * segments left where the next one is this host's own and no VRF's.
 *
 * Return: what twr_segment_find_tcp() does.
 */
int twr_segment_skip_exthdrs(const struct sk_buff *skb, bool *whole);

/**
 * twr_segment_find_tcp() - where does the packet's TCP header begin?
 * @skb: the packet
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 * @whole: set to false for the first of several IPv6 fragments
 *
 * Every packet comes here, so what most of them need is inline.
 *
 * Return: offset in bytes, or a negative value if the packet is not TCP, not yet,
 * or a later fragment.
 */
static inline int twr_segment_find_tcp(const struct sk_buff *skb, u8 pf,
				       bool *whole)
{
	*whole = true;

	if (pf == NFPROTO_IPV4) {
		if (ip_hdr(skb)->protocol != IPPROTO_TCP)
			return -1;
		return ip_hdrlen(skb);
	}

	if (likely(ipv6_hdr(skb)->nexthdr == IPPROTO_TCP))
		return sizeof(struct ipv6hdr);
	return twr_segment_skip_exthdrs(skb, whole);
}

/**
 * twr_segment_read() - read a segment
 * @seg: where the view goes
 * @skb: the packet
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 * @thoff: from twr_segment_find_tcp()
 * @whole: from twr_segment_find_tcp()
 *
 * Options are read as the kernel reads them: up to the first that does not fit,
 * the last of several timestamps counts. The checksum is not looked at.
 *
 * Return: true, or false if not even the flags are there.
 */
bool twr_segment_read(struct twr_segment *seg, const struct sk_buff *skb,
		      u8 pf, unsigned int thoff, bool whole);

/**
 * twr_segment_is_syn() - does it ask for a connection?
 * @seg: the segment, may be malformed
 *
 * Return: true if SYN is set and ACK and RST are not. Whether one with FIN is
 * still a SYN depends on the release.
 */
static inline bool twr_segment_is_syn(const struct twr_segment *seg)
{
	return (seg->flags & (TCPHDR_SYN | TCPHDR_ACK | TCPHDR_RST)) == TCPHDR_SYN;
}

/**
 * twr_segment_set_netns() - whose is the connection it belongs to?
 * @seg: the segment, not malformed
 * @netns: number of the network namespace, as struct twr_key has it
 */
static inline void twr_segment_set_netns(struct twr_segment *seg, u32 netns)
{
	seg->conn.key.netns = netns;
	twr_key_set_hash(&seg->conn.key);
}

/**
 * twr_segment_has_valid_checksum() - is the TCP checksum right?
 * @skb: the packet
 * @seg: its view, not malformed
 *
 * Believes the network card where it vouches for the packet or its sum fits, adds
 * up otherwise. nf_checksum() would note the result in the packet, this does not.
 * Data that the card keeps where no processor can read it (devmem TCP, io_uring) is
 * not read. If the card's sum does not fit then, or there is none, TCP cannot find
 * the checksum right, and drops the packet.
 *
 * Return: true if TCP would take it.
 */
bool twr_segment_has_valid_checksum(const struct sk_buff *skb,
				    const struct twr_segment *seg);

/**
 * __twr_segment_reply_is_source_routed() - would the answer go to another address first?
 * @skb: an IPv4 packet that came by a source route
 *
 * Return: what twr_segment_reply_is_source_routed() does.
 */
bool __twr_segment_reply_is_source_routed(const struct sk_buff *skb);

/**
 * twr_segment_reply_is_source_routed() - would the answer go to another address first?
 * @skb: an IPv4 packet
 *
 * Return: true if the packet came by a source route whose reversal, RFC 1122
 * section 3.2.1.8 (e), has another first hop than the sender.
 */
static inline bool twr_segment_reply_is_source_routed(const struct sk_buff *skb)
{
	return unlikely(IPCB(skb)->opt.srr) && __twr_segment_reply_is_source_routed(skb);
}

#endif /* TWR_SEGMENT_H */
