/* SPDX-License-Identifier: GPL-2.0 */
/*
 * events.h - prints the lines of the module's tracepoints, for twr-report and others
 */
#ifndef PCAP_EVENTS_H
#define PCAP_EVENTS_H

#include "engine.h"
#include "feed.h"
#include "pending.h"

/**
 * events_syn() - print the events of a SYN: syn_checked, and syn_rejected if it was rejected
 * @observation: the SYN
 * @judgement: the engine's verdict about it
 */
void events_syn(const struct observation *observation,
		const struct twr_judgement *judgement);

/**
 * events_settled() - print the event of a rejected SYN whose delay is known: syn_settled
 * @syn: the SYN
 * @delay: the delay, as in struct twr_pending_ops
 */
void events_settled(const struct twr_pending_syn *syn, s32 delay);

/**
 * events_stamp() - print the event of a stamp: stamp_recorded
 * @observation: the change that left the stamp
 */
void events_stamp(const struct observation *observation);

/**
 * events_list() - print what the capture shows of a SYN, without the end of the line
 * @observation: the SYN
 * @answer: the answer to it
 */
void events_list(const struct observation *observation, const char *answer);

/* Size of the text of an address. */
#define EVENTS_ADDRESS	64

/**
 * events_address() - write an address as text
 * @text: buffer of EVENTS_ADDRESS bytes
 * @addr: the address, IPv4 as IPv4-mapped
 *
 * Return: @text.
 */
const char *events_address(char *text, const struct in6_addr *addr);

#endif
