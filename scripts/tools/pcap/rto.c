// SPDX-License-Identifier: GPL-2.0
/*
 * rto.c - the retransmission timer of a connection
 */
#include <linux/kernel.h>

#include "rto.h"

/* The value before the first measurement, the least value, and the largest. */
#define RTO_INITIAL	1000000
#define RTO_LEAST	200000
#define RTO_MOST	120000000

/*
 * tcp_retries1 is 3. The fourth timeout that counts after the first one comes 6.2 s
 * after the segment was sent. The times of a capture differ from that a little.
 */
#define RTO_ROUTELESS	6100000

void rto_reset(struct rto *rto)
{
	*rto = (struct rto) { .us = RTO_INITIAL };
}

void rto_sent(struct rto *rto, const struct segment *seg, bool fresh)
{
	if (!rto->timing) {
		rto->timing = true;
		rto->again = !fresh;
		rto->sent_us = seg->us;
		rto->again_us = seg->us;
		rto->end = seg->end_seq;
	} else if (!fresh) {
		rto->again = true;
		rto->again_us = seg->us;
		rto->us = min(rto->us * 2, RTO_MOST);
	}
	rto->tsval = seg->tsval;
}

static void rto_sample(struct rto *rto, u32 us, u32 snd_una, u32 snd_nxt)
{
	s64 error = (s64)us - (rto->srtt >> 3);

	if (!rto->srtt) {
		rto->srtt = us << 3;
		rto->mdev = us << 1;
		rto->rttvar = max(rto->mdev, RTO_LEAST);
		rto->mdev_max = rto->rttvar;
		rto->seq = snd_nxt;
		return;
	}

	rto->srtt += error;
	if (error < 0) {
		error = -error - (rto->mdev >> 2);
		/* A faster round trip is no reason to wait longer. */
		if (error > 0)
			error >>= 3;
	} else {
		error -= rto->mdev >> 2;
	}
	rto->mdev += error;
	if (rto->mdev > rto->mdev_max) {
		rto->mdev_max = rto->mdev;
		rto->rttvar = max(rto->rttvar, rto->mdev_max);
	}
	if (seq_after(snd_una, rto->seq)) {
		if (rto->mdev_max < rto->rttvar)
			rto->rttvar -= (rto->rttvar - rto->mdev_max) >> 2;
		rto->seq = snd_nxt;
		rto->mdev_max = RTO_LEAST;
	}
}

void rto_acked(struct rto *rto, const struct segment *seg, u32 snd_nxt)
{
	u64 since = rto->sent_us;

	if (!rto->timing || seq_after(rto->end, seg->ack_seq))
		return;
	rto->timing = false;
	/* Only a timestamp shows which of the transmissions is acknowledged. */
	if (rto->again && !seg->timed)
		return;
	if (rto->again && seg->tsecr == rto->tsval)
		since = rto->again_us;
	rto->again = false;
	rto_sample(rto, clamp_t(s64, seg->us - since, 1, RTO_MOST), seg->ack_seq, snd_nxt);
	rto->us = min((rto->srtt >> 3) + rto->rttvar, RTO_MOST);
}

bool rto_routed(const struct rto *rto)
{
	return !rto->timing || !rto->again ||
	       rto->again_us - rto->sent_us < RTO_ROUTELESS;
}
