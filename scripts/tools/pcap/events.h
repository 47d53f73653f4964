/* SPDX-License-Identifier: GPL-2.0 */
/*
 * events.h - the lines of the module's tracepoints, for twr-report and the like
 */
#ifndef PCAP_EVENTS_H
#define PCAP_EVENTS_H

#include "engine.h"
#include "feed.h"

/**
 * events_syn() - print what is told of a SYN: syn_checked, and syn_rejected if it was
 * @observation: the SYN
 * @judgement: what came of it
 */
void events_syn(const struct observation *observation,
		const struct twr_judgement *judgement);

/**
 * events_stamp() - print what is told of a stamp: stamp_recorded
 * @observation: the change that left it
 */
void events_stamp(const struct observation *observation);

/**
 * events_list() - print what is seen of a SYN, without an end of the line
 * @observation: the SYN
 * @answer: what answered it
 */
void events_list(const struct observation *observation, const char *answer);

/* Room for the text of an address. */
#define EVENTS_ADDRESS	64

/**
 * events_address() - an address as text
 * @text: where it goes, EVENTS_ADDRESS bytes
 * @addr: the address, IPv4 as an IPv4-mapped one
 *
 * Return: @text.
 */
const char *events_address(char *text, const struct in6_addr *addr);

#endif
