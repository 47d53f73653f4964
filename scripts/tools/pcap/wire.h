/* SPDX-License-Identifier: GPL-2.0 */
/*
 * wire.h - a TCP segment, as far as this program needs it
 *
 * The readers of packets (frame.c) and of text (text.c) make these. The tracker gets
 * nothing else.
 */
#ifndef PCAP_WIRE_H
#define PCAP_WIRE_H

#include <linux/in6.h>
#include <linux/types.h>

/* What is known about the checksum. */
enum sum {
	SUM_UNKNOWN,	/* the packet was cut, or comes from text */
	SUM_RIGHT,
	SUM_LEFT,	/* left to the card: the field has the sum of the pseudo header */
	SUM_WRONG,
};

/**
 * struct segment - a segment
 * @us: when it was captured, microseconds since 1970
 * @src: source address, IPv4 as IPv4-mapped
 * @dst: destination address
 * @sport: port of @src, network byte order
 * @dport: port of @dst, network byte order
 * @seq: sequence number
 * @end_seq: sequence number after it, SYN and FIN counted
 * @ack_seq: acknowledgment number, if @ack
 * @tsval: TSval, if @timed
 * @tsecr: TSecr, if @timed
 * @window: the window in the header
 * @scale: shift of the window, if it is a SYN
 * @print: fingerprint, to find packets captured twice
 * @hash: for the table of connections, set by flows_expect()
 * @slot: where flows_expect_flow() found it in that table
 * @sum: what is known about the checksum
 * @syn: the flag
 * @ack: the flag
 * @fin: the flag
 * @rst: the flag
 * @timed: it has a timestamp option
 * @malformed: TCP would drop it; only addresses, ports, flags and time are valid
 * @rerouted: it came by a source route, and its answer would go elsewhere first
 * @relative: @seq and @ack_seq may count from the start of the connection
 * @unnumbered: @seq and @end_seq are not known, and are equal
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
	u32 slot;
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

/* Does it ask for a connection? If it has a FIN too, that depends on the release. */
static inline bool segment_is_syn(const struct segment *seg)
{
	return seg->syn && !seg->ack && !seg->rst;
}

/* Is @a after @b on the circle of sequence numbers? */
static inline bool seq_after(u32 a, u32 b)
{
	return (s32)(b - a) < 0;
}

#endif
