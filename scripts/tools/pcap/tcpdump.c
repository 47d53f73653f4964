// SPDX-License-Identifier: GPL-2.0
/*
 * tcpdump.c - reads lines of new and old versions of tcpdump
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* 192.0.2.1.80, 2001:db8::1.80, or with the port's name. */
static bool tcpdump_end(const char *text, size_t len, struct in6_addr *addr, __be16 *port)
{
	const char *dot = memrchr(text, '.', len);
	char name[32], *rest;
	unsigned long number;
	size_t size;

	if (!dot || !text_address(text, dot - text, addr))
		return false;
	size = len - (dot + 1 - text);
	if (!size || size >= sizeof(name))
		return false;
	memcpy(name, dot + 1, size);
	name[size] = '\0';
	number = strtoul(name, &rest, 10);
	if (*rest) {
		struct servent *service = getservbyname(name, "tcp");

		if (!service)
			return false;
		*port = service->s_port;
		return true;
	}
	if (number > 65535)
		return false;
	*port = htons(number);
	return true;
}

/* Sets both ends. Return: the text after them, NULL if the line has none. */
static const char *tcpdump_ends(struct segment *seg, const char *line)
{
	const char *arrow = line;

	/* With -e the addresses of the link come first. */
	while ((arrow = strstr(arrow, " > "))) {
		const char *from = arrow, *to = arrow + 3;
		size_t len = strcspn(to, " ,");

		while (from > line && !isspace((unsigned char)from[-1]))
			from--;
		if (len && to[len - 1] == ':' &&
		    tcpdump_end(from, arrow - from, &seg->src, &seg->sport) &&
		    tcpdump_end(to, len - 1, &seg->dst, &seg->dport))
			return to + len + strspn(to + len, " ");
		arrow = to;
	}
	return NULL;
}

/* Reads the number after a word. Return: false if there is none. */
static bool tcpdump_number(const char *text, const char *word, u32 *number)
{
	const char *at = strstr(text, word);
	char *rest;

	if (!at)
		return false;
	at += strlen(word);
	*number = strtoul(at, &rest, 10);
	return rest != at;
}

/* FIRST:LAST or FIRST. */
static void tcpdump_range(struct segment *seg, const char *at)
{
	char *rest;

	seg->seq = strtoul(at, &rest, 10);
	seg->end_seq = *rest == ':' ? strtoul(rest + 1, NULL, 10) : seg->seq;
	seg->end_seq += seg->syn + seg->fin;
}

static bool tcpdump_flags(struct segment *seg, const char *at, size_t len)
{
	if (strspn(at, "SFRP.WEUe|none") < len)
		return false;
	for (; len; at++, len--) {
		seg->syn |= *at == 'S';
		seg->fin |= *at == 'F';
		seg->rst |= *at == 'R';
		seg->ack |= *at == '.';
	}
	return true;
}

/* Flags [S.], seq 1, ack 2, win 3, options [mss 1460,TS val 4 ecr 5], length 0 */
static bool tcpdump_new(struct segment *seg, const char *rest)
{
	const char *seq;

	rest += strlen("Flags [");
	if (!tcpdump_flags(seg, rest, strcspn(rest, "]")))
		return false;
	seq = strstr(rest, " seq ");
	if (seq)
		tcpdump_range(seg, seq + strlen(" seq "));
	else
		seg->unnumbered = true;
	if (strstr(rest, "incorrect"))
		seg->sum = SUM_WRONG;
	return true;
}

/* S 1:1(0) ack 2 win 3 <mss 1460,sackOK,timestamp 4 5,nop,wscale 7> */
static bool tcpdump_old(struct segment *seg, const char *rest)
{
	size_t len = strcspn(rest, " ");

	if (!len || strspn(rest, "SFRP.WE") != len ||
	    !tcpdump_flags(seg, rest, len))
		return false;
	/* In old versions a dot means no flags, and ACK appears only as a number. */
	seg->ack = strstr(rest, " ack ");
	if (rest[len] && isdigit((unsigned char)rest[len + 1]))
		tcpdump_range(seg, rest + len + 1);
	else
		seg->unnumbered = true;
	if (strstr(rest, "bad cksum"))
		seg->sum = SUM_WRONG;
	return true;
}

enum text text_tcpdump(struct segment *seg, const char *line)
{
	const char *rest = tcpdump_ends(seg, line);
	u32 number;

	if (!rest) {
		if (strstr(line, "IP (tos ") || strstr(line, "IP6 (") ||
		    !strncmp(line, "tcpdump: ", 9) || !strncmp(line, "listening on ", 13) ||
		    strstr(line, " packets captured") || strstr(line, " packets received") ||
		    strstr(line, " packets dropped") || *line == '#')
			return TEXT_PART;
		return strstr(line, " > ") || strstr(line, " ARP") ? TEXT_OTHER :
								      TEXT_UNKNOWN;
	}
	if (strncmp(rest, "Flags [", 7) ? !tcpdump_old(seg, rest) :
					  !tcpdump_new(seg, rest))
		return TEXT_OTHER;

	if (tcpdump_number(rest, " ack ", &seg->ack_seq))
		seg->ack = true;
	if (tcpdump_number(rest, " win ", &number))
		seg->window = number;
	if (tcpdump_number(rest, "wscale ", &number))
		seg->scale = number < 14 ? number : 14;
	if (tcpdump_number(rest, "TS val ", &seg->tsval)) {
		seg->timed = true;
		tcpdump_number(rest, " ecr ", &seg->tsecr);
	} else if (tcpdump_number(rest, "timestamp ", &seg->tsval)) {
		const char *at = strstr(rest, "timestamp ") + strlen("timestamp ");

		seg->timed = true;
		at += strspn(at, "0123456789");
		seg->tsecr = strtoul(at, NULL, 10);
	}
	/* The range of a SYN does not have its data; the length has it. */
	if (seg->syn && tcpdump_number(rest, "length ", &number))
		seg->end_seq = seg->seq + seg->syn + seg->fin + number;
	return TEXT_SEGMENT;
}
