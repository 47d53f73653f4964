/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rto.h - the retransmission timer of a connection
 *
 * A bucket in TIME-WAIT lasted for 3.5 times the RTO of its connection, so the program
 * measures the RTO as TCP does: smoothed round-trip time and deviation (RFC 6298). Samples
 * come from segments that were sent once or, with timestamps, from the transmission that
 * was answered.
 */
#ifndef PCAP_RTO_H
#define PCAP_RTO_H

#include "wire.h"

/**
 * struct rto - the state of the timer
 * @sent_us: when the oldest segment that waits for its acknowledgment was first sent
 * @again_us: when it was last sent
 * @srtt: smoothed round-trip time, eighths of microseconds
 * @mdev: mean deviation, quarters of microseconds
 * @mdev_max: largest deviation of this round trip
 * @rttvar: the deviation in the timer
 * @seq: sequence number after all that was sent when this round trip began
 * @end: sequence number after the timed segment
 * @tsval: TSval of the last transmission
 * @us: the timer, microseconds
 * @timing: a segment is being timed
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
 * rto_reset() - start with a new connection
 * @rto: its timer
 */
void rto_reset(struct rto *rto);

/**
 * rto_sent() - this side has sent a segment that must be acknowledged
 * @rto: the timer
 * @seg: the segment
 * @fresh: for the first time
 */
void rto_sent(struct rto *rto, const struct segment *seg, bool fresh);

/**
 * rto_acked() - the peer has acknowledged something new
 * @rto: the timer
 * @seg: the segment with the acknowledgment
 * @snd_nxt: sequence number after all that was sent
 */
void rto_acked(struct rto *rto, const struct segment *seg, u32 snd_nxt);

/**
 * rto_routed() - does the socket still have its route?
 * @rto: the timer
 *
 * tcp_retransmit_timer() drops the route after tcp_retries1 + 1 timeouts.
 *
 * Return: true if so.
 */
bool rto_routed(const struct rto *rto);

#endif
