// SPDX-License-Identifier: GPL-2.0
/* Packets that no normal peer would send. */
#include <string.h>

#include "packet.h"
#include "random.h"

#define TCP_HDR		20

#define HOP_BY_HOP	0
#define ROUTING		43
#define FRAGMENT	44
#define AUTH		51
#define NO_NEXT		59
#define DESTINATION	60

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static void fill(uint8_t *p, size_t len)
{
	while (len--)
		*p++ = random32();
}

static void insert(struct packet *p, size_t at, const uint8_t *bytes, size_t len)
{
	memmove(p->bytes + at + len, p->bytes + at, p->len - at);
	memcpy(p->bytes + at, bytes, len);
	p->len += len;
}

/* TCP options that are unusual, cut off, or random bytes. */
static void spoil_options(struct packet *p)
{
	static const uint8_t ts[] = { 8, 10, 0, 0, 3, 232, 0, 0, 0, 0, 1, 1 };
	uint8_t opt[40] = { 0 };
	size_t old = (p->bytes[12] >> 4) * 4 - TCP_HDR;
	size_t len = below(11) * 4;

	fill(opt, len);
	if (len >= sizeof(ts) && chance(60)) {
		memcpy(opt + below(len - sizeof(ts) + 1), ts, sizeof(ts));
		opt[1] = chance(20) ? below(14) : opt[1];
	}
	memmove(p->bytes + TCP_HDR, p->bytes + TCP_HDR + old,
		p->len - TCP_HDR - old);
	p->len -= old;
	insert(p, TCP_HDR, opt, len);
	p->bytes[12] = (TCP_HDR + len) / 4 << 4;
}

static void spoil_tcp(struct packet *p)
{
	if (chance(6))
		spoil_options(p);
	if (chance(2))
		p->bytes[12] = random32();
	if (chance(3))
		fill(p->bytes + 14, 2);			/* window */
	if (chance(3)) {
		p->bytes[13] |= TCP_URG;
		fill(p->bytes + 18, 2);
	}
	if (chance(2))
		p->len = below(p->len + 1);
}

/* IPv4 options, mostly source routes that are used up. */
static size_t some_options4(const struct segment *seg, uint8_t *opt)
{
	static const uint8_t route[] = { 131, 7, 8, 203, 0, 113, 1, 0 };
	size_t len = 4 + below(10) * 4;

	memset(opt, 1, len);
	switch (below(6)) {
	case 0:
	case 4:
		len = sizeof(route);
		memcpy(opt, route, len);
		if (chance(30))
			memcpy(opt + 3, seg->src.bytes, 4);
		if (chance(20))
			opt[below(3)] = random32();
		break;
	case 1:			/* record route, timestamp */
		opt[0] = chance(50) ? 7 : 68;
		opt[1] = len - 1;
		opt[2] = opt[0] == 7 ? 4 : 5;
		break;
	case 2:
		fill(opt, len);
		break;
	default:
		break;
	}
	return len;
}

/* Writes a header of the kind to @header. Return: its length. */
static size_t some_header6(uint8_t kind, uint8_t next, uint8_t *header)
{
	size_t len = kind == FRAGMENT ? 8 : 8 + below(3) * 8;

	memset(header, 0, len);
	header[0] = next;
	if (kind == FRAGMENT) {
		header[7] = 1;
		if (chance(20))
			header[3] = chance(50) ? 1 : random32();
		return len;
	}
	header[1] = kind == AUTH ? len / 4 - 2 : len / 8 - 1;
	if (kind != ROUTING && kind != AUTH) {
		header[2] = 1;		/* PadN */
		header[3] = len - 4;
	}
	if (chance(5))
		header[1 + below(len - 1)] = random32();
	return len;
}

static void wrap6(const struct segment *seg, struct packet *p)
{
	static const uint8_t kinds[] = {
		HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION, DESTINATION, AUTH,
	};
	uint8_t ip[40] = { 0x60 }, header[32];
	uint8_t next = IPPROTO_TCP;

	while (chance(12)) {
		uint8_t kind = chance(2) ? NO_NEXT : ONE_OF(kinds);

		insert(p, 0, header, some_header6(kind, next, header));
		next = kind;
		if (p->len > PACKET_MAX / 2)
			break;
	}
	put16(ip + 4, p->len);
	ip[6] = next;
	ip[7] = 64;
	memcpy(ip + 8, seg->src.bytes, 16);
	memcpy(ip + 24, seg->dst.bytes, 16);
	insert(p, 0, ip, sizeof(ip));
}

static void wrap4(const struct segment *seg, struct packet *p)
{
	uint8_t ip[60] = { 0 };
	size_t len = 20;

	if (chance(8))
		len += some_options4(seg, ip + 20);
	ip[0] = 0x40 | len / 4;
	put16(ip + 2, len + p->len);
	fill(ip + 4, 2);
	ip[8] = 64;
	ip[9] = IPPROTO_TCP;
	memcpy(ip + 12, seg->src.bytes, 4);
	memcpy(ip + 16, seg->dst.bytes, 4);
	if (chance(1))
		ip[19] = 255;		/* broadcast */
	insert(p, 0, ip, len);
	ipv4_checksum(p->bytes);
}

/* Changes in the packet as a whole: its length field, some bits, its end. */
static void spoil_packet(struct packet *p)
{
	bool v4 = p->bytes[0] >> 4 == 4;
	int i;

	if (chance(2)) {
		uint8_t *length = p->bytes + (v4 ? 2 : 4);

		put16(length, (length[0] << 8 | length[1]) + below(41) - 20);
		if (v4)
			ipv4_checksum(p->bytes);
	}
	if (chance(3)) {
		for (i = below(4); i >= 0; i--)
			p->bytes[below(p->len)] ^= 1 << below(8);
		if (v4 && chance(80))
			ipv4_checksum(p->bytes);
	}
	if (chance(1))
		p->len = 1 + below(p->len);
}

/* Makes a fragment of @len bytes of @whole, from @from on. */
static void cut(const struct packet *whole, size_t head, size_t from, size_t len,
		uint32_t ident, struct packet *piece)
{
	bool more = head + from + len < whole->len;
	bool v4 = whole->bytes[0] >> 4 == 4;

	piece->len = head;
	memcpy(piece->bytes, whole->bytes, head);
	if (v4) {
		put16(piece->bytes + 2, head + len);
		put16(piece->bytes + 4, ident);
		put16(piece->bytes + 6, from / 8 | (more ? 0x2000 : 0));
		ipv4_checksum(piece->bytes);
	} else {
		uint8_t fragment[8] = { whole->bytes[6] };

		put16(fragment + 2, from | more);
		put16(fragment + 6, ident);
		piece->bytes[6] = FRAGMENT;
		put16(piece->bytes + 4, sizeof(fragment) + len);
		insert(piece, head, fragment, sizeof(fragment));
	}
	memcpy(piece->bytes + piece->len, whole->bytes + head + from, len);
	piece->len += len;
}

static void swap(struct packet *packets, size_t n)
{
	size_t a = below(n), b = below(n);
	struct packet kept = packets[a];

	packets[a] = packets[b];
	packets[b] = kept;
}

/* Fragments in and out of order, some twice, some overlapping, some missing. */
static size_t fragments(struct packet *packets)
{
	size_t head, from = 0, left, n = 0, len, over;
	struct packet whole = packets[0];
	uint32_t ident = random32();

	head = whole.bytes[0] >> 4 == 4 ? (whole.bytes[0] & 15) * 4 : 40;
	for (left = whole.len - head; left && n < PIECES_MAX; left -= len) {
		len = 8 * (1 + below(4));
		if (len > left || n == PIECES_MAX - 1)
			len = left;
		over = from && chance(5) ? 8 : 0;
		cut(&whole, head, from - over, len + over, ident, &packets[n++]);
		from += len;
	}
	if (n > 1 && chance(50))
		swap(packets, n);
	if (n < PIECES_MAX && chance(5)) {
		packets[n] = packets[below(n)];
		n++;
	}
	return n > 1 && chance(5) ? n - 1 : n;
}

size_t packet_make(const struct segment *seg, struct packet *packets)
{
	struct packet *p = &packets[0];
	size_t head = seg->src.family == AF_INET ? 20 : 40;

	p->len = segment_build(seg, p->bytes) - head;
	memmove(p->bytes, p->bytes + head, p->len);
	spoil_tcp(p);
	if (p->len >= 18) {
		put16(p->bytes + 16, 0);
		put16(p->bytes + 16, segment_checksum(seg, p->bytes, p->len) ^
				     (seg->badsum ? 0x5555 : 0));
	}
	if (head == 20)
		wrap4(seg, p);
	else
		wrap6(seg, p);
	if (chance(4))
		return fragments(packets);
	spoil_packet(p);
	return 1;
}
