/* SPDX-License-Identifier: GPL-2.0 */
/*
 * wire.h - a TCP segment, as far as anybody here wants to know it
 *
 * What the readers of packets (frame.c) and of text (text.c) make, and all that the
 * tracker gets.
 */
#ifndef PCAP_WIRE_H
#define PCAP_WIRE_H

#include <linux/in6.h>
#include <linux/types.h>

/* What is known of the checksum. */
enum sum {
	SUM_UNKNOWN,	/* the packet was cut, or comes from text */
	SUM_RIGHT,
	SUM_LEFT,	/* left to a card: what is there is the pseudo header's */
	SUM_WRONG,
};

/**
 * struct segment - a segment
 * @us: when it was captured, microseconds since 1970
 * @src: where it comes from, IPv4 as an IPv4-mapped address
 * @dst: where it goes to
 * @sport: port of @src, network byte order
 * @dport: port of @dst, network byte order
 * @seq: sequence number
 * @end_seq: sequence number behind it, SYN and FIN counted
 * @ack_seq: acknowledgment number, if @ack
 * @tsval: TSval, if @timed
 * @tsecr: TSecr, if @timed
 * @window: as it stands in the header
 * @scale: shift of the window, if it is a SYN
 * @print: by which a packet that was captured twice is known
 * @hash: the table's of connections, once flows_expect() has seen it
 * @sum: what is known of the checksum
 * @syn: the flag
 * @ack: the flag
 * @fin: the flag
 * @rst: the flag
 * @timed: it has a timestamp option
 * @malformed: TCP would not read on; nothing but addresses, flags and time is valid
 * @rerouted: it came by a source route, and its answer would go elsewhere first
 * @relative: @seq and @ack_seq may count from the first of the connection
 * @unnumbered: @seq and @end_seq are not known, and the same
 */
struct segment {
	u64 us;
	struct in6_addr src;
	struct in6_addr dst;
	__be16 sport;
	__be16 dport;
	u32 seq;
	u32 end_seq;
	u32 ack_seq;
	u32 tsval;
	u32 tsecr;
	u32 print;
	u32 hash;
	u16 window;
	u8 scale;
	u8 sum;
	bool syn;
	bool ack;
	bool fin;
	bool rst;
	bool timed;
	bool malformed;
	bool rerouted;
	bool relative;
	bool unnumbered;
};

/* Does it ask for a connection? With FIN as well, that hangs on the release. */
static inline bool segment_is_syn(const struct segment *seg)
{
	return seg->syn && !seg->ack && !seg->rst;
}

/* Is @a behind @b on the circle of sequence numbers? */
static inline bool seq_after(u32 a, u32 b)
{
	return (s32)(b - a) < 0;
}

#endif
