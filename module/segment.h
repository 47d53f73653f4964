/* SPDX-License-Identifier: GPL-2.0 */
/*
 * segment.h - read the TCP header of a packet
 *
 * No function writes to a packet, to its data or to its metadata. All functions take a
 * packet as LOCAL_IN sees it: skb->data is at the IP header, the packet is trimmed to the
 * length in that header, and IPv4 fragments are reassembled. All functions run in the RCU
 * read-side critical section of the netfilter hook: in softirq context, or in process
 * context behind NFQUEUE.
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
 * struct twr_segment - what the module reads of a TCP segment
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 * @thoff: offset of the TCP header in the packet, bytes
 * @conn: the connection of the segment; twr_segment_set_netns() sets its namespace
 * @seq: sequence number
 * @end_seq: sequence number behind the segment; SYN and FIN count
 * @flags: TCPHDR_*, and the other bits of the same byte
 * @malformed: TCP would not read the segment: the data offset is less than 5 or points
 *	behind the packet, the packet is shorter than a TCP header, or it is the first of
 *	several IPv6 fragments, which LOCAL_IN sees one by one. Only @pf, @thoff and
 *	@flags are valid then
 * @timed: the segment has a timestamp option
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
 * twr_segment_skip_exthdrs() - find the TCP header behind IPv6 extension headers
 * @skb: the packet, which has extension headers
 * @whole: set to false for the first of several fragments
 *
 * The function follows what the running kernel does with each header after LOCAL_IN. A
 * packet is not TCP if the kernel drops it, or answers it with an ICMPv6 error. It is not
 * TCP yet if it will pass LOCAL_IN again before it reaches TCP: a packet in an
 * authentication header, or one with segments left that a VRF takes.
 *
 * Some checks of the kernel need state from outside the packet, and the function does not
 * make them. A packet that depends on such a check is not TCP either: home addresses of
 * mobile IPv6, signatures of segment routing, and segments left where the next address is
 * this host's own and not that of a VRF.
 *
 * Return: what twr_segment_find_tcp() returns.
 */
int twr_segment_skip_exthdrs(const struct sk_buff *skb, bool *whole);

/**
 * twr_segment_find_tcp() - find the TCP header of a packet
 * @skb: the packet
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 * @whole: set to false for the first of several IPv6 fragments, to true otherwise
 *
 * This runs for every packet, so the part that most packets need is inline.
 *
 * Return: offset of the header in bytes, or a negative value if the packet is not TCP, is
 * not TCP yet, or is a later fragment.
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
 * @seg: set to what the segment says
 * @skb: the packet
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 * @thoff: what twr_segment_find_tcp() returned
 * @whole: what twr_segment_find_tcp() set
 *
 * The function reads options as the kernel does: it stops at the first option that does
 * not fit, and takes the last of several timestamps. It does not verify the checksum.
 *
 * Return: true, or false if the packet is too short to contain the flags.
 */
bool twr_segment_read(struct twr_segment *seg, const struct sk_buff *skb,
		      u8 pf, unsigned int thoff, bool whole);

/**
 * twr_segment_is_syn() - does a segment ask for a connection?
 * @seg: the segment, may be malformed
 *
 * It depends on the release whether a segment that also has FIN counts as a SYN.
 *
 * Return: true if SYN is set and ACK and RST are not.
 */
static inline bool twr_segment_is_syn(const struct twr_segment *seg)
{
	return (seg->flags & (TCPHDR_SYN | TCPHDR_ACK | TCPHDR_RST)) == TCPHDR_SYN;
}

/**
 * twr_segment_set_netns() - set the network namespace of a segment's connection
 * @seg: the segment, not malformed
 * @netns: number of the namespace, as in struct twr_key
 */
static inline void twr_segment_set_netns(struct twr_segment *seg, u32 netns)
{
	seg->conn.key.netns = netns;
	twr_key_set_hash(&seg->conn.key);
}

/**
 * twr_segment_has_valid_checksum() - would TCP accept the checksum of a segment?
 * @skb: the packet
 * @seg: what twr_segment_read() read, not malformed
 *
 * The function believes the network card if the card vouches for the packet or if the
 * card's sum is right. Otherwise it sums the packet. Unlike nf_checksum() it does not store
 * the result in the packet. It does not read data that the card keeps where no CPU can
 * read it (devmem TCP, io_uring). If the card's sum of such a packet is wrong or missing,
 * TCP cannot verify the checksum either, and drops the packet.
 *
 * Return: true if TCP would accept it.
 */
bool twr_segment_has_valid_checksum(const struct sk_buff *skb,
				    const struct twr_segment *seg);

/**
 * __twr_segment_reply_is_source_routed() - would the reply go to another address first?
 * @skb: an IPv4 packet that has a source route option
 *
 * Return: what twr_segment_reply_is_source_routed() returns.
 */
bool __twr_segment_reply_is_source_routed(const struct sk_buff *skb);

/**
 * twr_segment_reply_is_source_routed() - would the reply go to another address first?
 * @skb: an IPv4 packet
 *
 * Return: true if the packet came by a source route whose reversal (RFC 1122 section
 * 3.2.1.8 (e)) has another first hop than the sender.
 */
static inline bool twr_segment_reply_is_source_routed(const struct sk_buff *skb)
{
	return unlikely(IPCB(skb)->opt.srr) && __twr_segment_reply_is_source_routed(skb);
}

#endif /* TWR_SEGMENT_H */
