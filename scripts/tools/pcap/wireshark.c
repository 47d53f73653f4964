// SPDX-License-Identifier: GPL-2.0
/*
 * wireshark.c - reads the summary of a segment that tshark and Wireshark print on one line
 *
 * Number, time, source, destination, protocol, length, and then
 * 40001 > 80 [SYN] Seq=0 Win=64240 Len=0 MSS=1460 TSval=1 TSecr=0 WS=128
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Return: the end of the next word that is an address, NULL if there is none. */
static const char *wireshark_address(const char *at, struct in6_addr *addr)
{
	while (*at) {
		size_t len;

		at += strspn(at, " \t");
		len = strcspn(at, " \t");
		if (memchr(at, '.', len) || memchr(at, ':', len)) {
			if (text_address(at, len, addr))
				return at + len;
		}
		at += len;
	}
	return NULL;
}

/* The arrow has three bytes, or is one of those of older versions. */
static size_t wireshark_arrow(const char *at)
{
	if (!strncmp(at, "\xe2\x86\x92", 3))
		return 3;
	if (!strncmp(at, "->", 2))
		return 2;
	return *at == '>';
}

/* Sets both ports. Return: the bracket before the flags, NULL if there is none. */
static const char *wireshark_ports(struct segment *seg, const char *at)
{
	for (; *at; at++) {
		const char *end = at;
		unsigned long from, to;
		char *rest;

		if (!isdigit((unsigned char)*at) ||
		    (!isspace((unsigned char)at[-1]) && at[-1] != ']'))
			continue;
		from = strtoul(at, &rest, 10);
		end = rest + strspn(rest, " ");
		if (!wireshark_arrow(end))
			continue;
		end += wireshark_arrow(end);
		end += strspn(end, " ");
		if (!isdigit((unsigned char)*end))
			continue;
		to = strtoul(end, &rest, 10);
		rest += strspn(rest, " ");
		if (*rest != '[' || from > 65535 || to > 65535)
			continue;
		seg->sport = htons(from);
		seg->dport = htons(to);
		return rest;
	}
	return NULL;
}

static bool wireshark_number(const char *text, const char *word, u32 *number)
{
	const char *at = strstr(text, word);

	if (!at)
		return false;
	*number = strtoul(at + strlen(word), NULL, 10);
	return true;
}

static bool wireshark_flag(const char *flags, size_t len, const char *flag)
{
	const char *at = strstr(flags, flag);

	return at && at < flags + len;
}

enum text text_wireshark(struct segment *seg, const char *line)
{
	const char *at = wireshark_address(line, &seg->src);
	size_t len;
	u32 number;

	if (at)
		at = wireshark_address(at, &seg->dst);
	if (at)
		at = wireshark_ports(seg, at);
	if (!at)
		return TEXT_UNKNOWN;
	len = strcspn(at, "]");
	seg->syn = wireshark_flag(at, len, "SYN");
	seg->fin = wireshark_flag(at, len, "FIN");
	seg->rst = wireshark_flag(at, len, "RST");
	seg->ack = wireshark_flag(at, len, "ACK");
	at += len;

	wireshark_number(at, "Seq=", &seg->seq);
	seg->end_seq = seg->seq + seg->syn + seg->fin;
	if (wireshark_number(at, "Len=", &number))
		seg->end_seq += number;
	wireshark_number(at, "Ack=", &seg->ack_seq);
	seg->timed = wireshark_number(at, "TSval=", &seg->tsval);
	wireshark_number(at, "TSecr=", &seg->tsecr);
	/*
	 * The window may be scaled or not; the line does not show which. This value
	 * does for both.
	 */
	seg->window = 65535;
	seg->scale = seg->syn ? 8 : 0;
	return TEXT_SEGMENT;
}
