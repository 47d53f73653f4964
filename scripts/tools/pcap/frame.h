/* SPDX-License-Identifier: GPL-2.0 */
/*
 * frame.h - from a captured packet to the TCP segment in it
 */
#ifndef PCAP_FRAME_H
#define PCAP_FRAME_H

#include "wire.h"

/* What a packet turned out to be. */
enum frame {
	FRAME_SEGMENT,	/* TCP, and read */
	FRAME_OTHER,	/* not TCP, or not IP */
	FRAME_FRAGMENT,	/* a first fragment with TCP in it, of which nobody has the rest */
	FRAME_LATER,	/* a later fragment, of whatever */
	FRAME_CUT,	/* cut before the end of the TCP header, by the capture's snaplen */
	FRAMES
};

/**
 * frame_known() - can packets of a link type be read?
 * @link: the type, DLT_* of libpcap
 *
 * Return: true if so.
 */
bool frame_known(int link);

/**
 * frame_read() - read a packet
 * @seg: where the segment goes, all but its time
 * @link: the link type, frame_known()
 * @data: the packet
 * @caplen: how much of it there is
 * @len: how long it was
 *
 * Return: what it is.
 */
enum frame frame_read(struct segment *seg, int link, const u8 *data, u32 caplen,
		      u32 len);

#endif
