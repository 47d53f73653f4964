/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rto.h - the retransmission timer of a connection
 *
 * A bucket in TIME-WAIT lived for 3.5 times its connection's RTO, so that is measured as
 * TCP measures it: smoothed round-trip time and deviation (RFC 6298), each sample from a
 * segment that was sent once or, with timestamps, from the one that was answered.
 */
#ifndef PCAP_RTO_H
#define PCAP_RTO_H

#include "wire.h"

/**
 * struct rto - what is known of it
 * @sent_us: when the oldest segment that waits for its acknowledgment was first sent
 * @again_us: when it was last sent
 * @srtt: smoothed round-trip time, eighths of microseconds
 * @mdev: medium deviation, quarters
 * @mdev_max: the greatest of this round trip
 * @rttvar: the deviation that the timer goes by
 * @seq: behind what was sent when this round trip began
 * @end: behind the segment that is timed
 * @tsval: TSval of the one that was last sent
 * @us: the timer, microseconds
 * @timing: a segment is timed
 * @again: it was sent more than once
 */
struct rto {
	u64 sent_us;
	u64 again_us;
	u32 srtt;
	u32 mdev;
	u32 mdev_max;
	u32 rttvar;
	u32 seq;
	u32 end;
	u32 tsval;
	u32 us;
	bool timing;
	bool again;
};

/**
 * rto_reset() - a new connection
 * @rto: its timer
 */
void rto_reset(struct rto *rto);

/**
 * rto_sent() - this side sent something that is to be acknowledged
 * @rto: the timer
 * @seg: what it sent
 * @fresh: for the first time
 */
void rto_sent(struct rto *rto, const struct segment *seg, bool fresh);

/**
 * rto_acked() - the peer acknowledged something new
 * @rto: the timer
 * @seg: the segment with the acknowledgment
 * @snd_nxt: behind all that was sent
 */
void rto_acked(struct rto *rto, const struct segment *seg, u32 snd_nxt);

/**
 * rto_routed() - does the socket still have its route?
 * @rto: the timer
 *
 * tcp_retransmit_timer() drops it after tcp_retries1 + 1 timeouts.
 *
 * Return: true if so.
 */
bool rto_routed(const struct rto *rto);

#endif
