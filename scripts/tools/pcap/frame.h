/* SPDX-License-Identifier: GPL-2.0 */
/*
 * frame.h - finds the TCP segment in a captured packet
 */
#ifndef PCAP_FRAME_H
#define PCAP_FRAME_H

#include "wire.h"

/* The kind of a packet. */
enum frame {
	FRAME_SEGMENT,	/* TCP, and read */
	FRAME_OTHER,	/* not TCP, or not IP */
	FRAME_FRAGMENT,	/* a first fragment with TCP, which is not reassembled */
	FRAME_LATER,	/* a later fragment, of any protocol */
	FRAME_CUT,	/* cut off by the snaplen, before the end of the TCP header */
	FRAMES
};

/**
 * frame_known() - can frame_read() read packets of a link type?
 * @link: the type, DLT_* of libpcap
 *
 * Return: true if so.
 */
bool frame_known(int link);

/**
 * frame_read() - read a packet
 * @seg: the segment to fill in, all but its time
 * @link: the link type, for which frame_known() is true
 * @data: the packet
 * @caplen: the number of captured bytes
 * @len: the length of the packet
 *
 * Return: its kind.
 */
enum frame frame_read(struct segment *seg, int link, const u8 *data, u32 caplen,
		      u32 len);

#endif
