/* SPDX-License-Identifier: GPL-2.0 */
/*
 * packet.h - makes packets for the suites, as LOCAL_IN sees them
 */
#ifndef TWR_PACKET_H
#define TWR_PACKET_H

#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <net/ip6_fib.h>
#include <net/route.h>

struct kunit;

/* The addresses and ports of both ends of every packet. */
#define TWR_TEST_PEER4	0xc6336407U	/* 198.51.100.7 */
#define TWR_TEST_LOCAL4	0xc0000201U	/* 192.0.2.1 */
#define TWR_TEST_PEER_PORT	40001
#define TWR_TEST_LOCAL_PORT	80

/**
 * struct twr_test_packet - properties of a packet
 * @v6: IPv6, otherwise IPv4
 * @flags: TCPHDR_*
 * @seq: sequence number
 * @ack_seq: acknowledgment number
 * @opt: TCP options, @opt_len bytes
 * @opt_len: a multiple of 4, at most 40
 * @timed: begin the options with NOP NOP TS
 * @tsval: TSval of that option
 * @payload: bytes of data
 * @doff: false data offset, 0 for the true one
 * @keep: keep only this many bytes of the TCP segment, 0 for all
 * @bad_sum: wrong checksum
 * @ip_opt: IPv4 options or IPv6 extension headers, @ip_opt_len bytes
 * @ip_opt_len: a multiple of 4 (IPv4) or 8 (IPv6)
 * @nexthdr: IPv6: the first extension header's number
 * @done: IPv6: bytes of the first extension header, except hop-by-hop options, that the
 *	IPv6 layer has already processed. This happens when a packet comes out of an
 *	authentication header and is processed once more; 0 for none
 * @paged: keep everything after the IP header out of the linear part
 */
struct twr_test_packet {
	bool v6;
	u8 flags;
	u32 seq;
	u32 ack_seq;
	u8 opt[40];
	unsigned int opt_len;
	bool timed;
	u32 tsval;
	unsigned int payload;
	unsigned int doff;
	unsigned int keep;
	bool bad_sum;
	u8 ip_opt[120];
	unsigned int ip_opt_len;
	u8 nexthdr;
	unsigned int done;
	bool paged;
};

/**
 * twr_test_skb() - make a packet
 * @test: fails if there is no memory
 * @packet: properties of the packet
 *
 * The packet has a route to the local host. The caller frees it by kfree_skb().
 */
struct sk_buff *twr_test_skb(struct kunit *test,
			     const struct twr_test_packet *packet);

#endif /* TWR_PACKET_H */
