/* SPDX-License-Identifier: GPL-2.0 */
/* A TCP segment as fields, and as the bytes of an IPv4 or IPv6 packet. */
#ifndef REPLAY_SEGMENT_H
#define REPLAY_SEGMENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_MAX	2048	/* enough for any packet within the TUN device's MTU of 1500 */

enum {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
	TCP_ECE = 0x40,
	TCP_CWR = 0x80,
};

struct addr {
	int family;			/* AF_INET or AF_INET6 */
	uint8_t bytes[16];		/* as on the wire; IPv4 uses the first 4 */
};

struct segment {
	struct addr src, dst;
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t flags;
	uint16_t window;
	uint16_t mss;			/* 0: no MSS option */
	bool ts;			/* has the timestamp option */
	uint32_t tsval, tsecr;
	bool ts_unaligned;		/* build: without the NOPs for alignment */
	bool ts_before;			/* build: another timestamp option before it, */
	uint32_t tsval_before;		/* with this TSval and TSecr 0 */
	bool tfo;			/* build: asks for a Fast Open cookie */
	size_t len;			/* bytes of payload */
	bool badsum;			/* build: write a wrong TCP checksum */
};

bool addr_equal(const struct addr *a, const struct addr *b);

/*
 * Reads @text, an IPv4 or IPv6 address without brackets. False if it is not an address.
 */
bool addr_parse(const char *text, struct addr *addr);

/* Fills @sa for bind() and connect(). Returns its length. */
socklen_t addr_socket(const struct addr *addr, uint16_t port,
		      struct sockaddr_storage *sa);

/* The sequence number after the segment. */
uint32_t segment_end(const struct segment *seg);

/* Writes the packet into @buf (SEGMENT_MAX bytes) and returns its length. */
size_t segment_build(const struct segment *seg, uint8_t *buf);

/*
 * Reads the packet of @len bytes in @buf. False if it is not a complete TCP segment,
 * most often because it is ICMPv6 (router solicitations, MLD).
 */
bool segment_parse(const uint8_t *buf, size_t len, struct segment *seg);

/*
 * Returns the checksum of @len bytes of TCP between the addresses of @seg; 0 if the
 * bytes have a right checksum.
 */
uint16_t segment_checksum(const struct segment *seg, const uint8_t *tcp,
			  size_t len);

/* Sets the checksum of the IPv4 header at @ip, with its options. */
void ipv4_checksum(uint8_t *ip);

#endif
