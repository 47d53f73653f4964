/* SPDX-License-Identifier: GPL-2.0 */
/*
 * timewait.h - how many TIME-WAIT buckets there are, and how many there would be
 *
 * Whoever set tcp_tw_recycle wanted fewer TIME-WAIT sockets. The running kernel keeps each
 * of them for a minute. The simulated kernel kept those whose peer sends timestamps for 3.5
 * times the RTO, which records.h knows. It kept all others for a minute too. A FIN-WAIT-2
 * mini-socket counts as a bucket, as in the running kernel's own number.
 */
#ifndef TWR_TIMEWAIT_H
#define TWR_TIMEWAIT_H

#include <linux/types.h>

struct twr_net;

/**
 * struct twr_timewait - numbers of buckets
 * @buckets: buckets of the running kernel
 * @simulated: buckets that the simulated kernel would have
 */
struct twr_timewait {
	u64 buckets;
	u64 simulated;
};

/**
 * twr_timewait_measure() - count the buckets
 * @tn: the namespace, which must not go away meanwhile; NULL for all
 * @timewait: set to the numbers
 *
 * Walks the running kernel's table of connections, and the table of records. Takes the lock
 * of each chain of connections that has any, with softirqs off, as reading /proc/net/tcp
 * does. Nothing is counted at one moment: sockets come and go during the walk. If records
 * were lost, @simulated is too small. Process context, may sleep.
 */
void twr_timewait_measure(struct twr_net *tn, struct twr_timewait *timewait);

#endif /* TWR_TIMEWAIT_H */
