/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rates.h - tells the rate of each client's clock
 *
 * Between two segments of one connection a clock counts the ticks of the time between
 * them. If that time is too short to tell the rate, other connections of the peer help:
 * those of the same host lie on one line (Bursztein, TimeScore, 2007; see
 * module/clocks.h), and the line has the rate of the clock.
 */
#ifndef PCAP_RATES_H
#define PCAP_RATES_H

struct loop;

/**
 * rates_tell() - tell the rates of all clients' clocks
 * @loop: the loop; its clients' rates and their number by source are set
 */
void rates_tell(struct loop *loop);

#endif
