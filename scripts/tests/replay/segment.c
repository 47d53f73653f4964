// SPDX-License-Identifier: GPL-2.0
/* A TCP segment as fields, and as the bytes of an IPv4 or IPv6 packet. */
#include <arpa/inet.h>
#include <string.h>

#include "segment.h"

#define IPV4_HDR	20
#define IPV6_HDR	40
#define TCP_HDR		20

#define OPT_END		0
#define OPT_NOP		1
#define OPT_MSS		2
#define OPT_TS		8
#define OPT_TFO		34

static size_t addr_len(const struct addr *addr)
{
	return addr->family == AF_INET ? 4 : 16;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->family == b->family &&
	       !memcmp(a->bytes, b->bytes, addr_len(a));
}

bool addr_parse(const char *text, struct addr *addr)
{
	addr->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(addr->family, text, addr->bytes) == 1;
}

socklen_t addr_socket(const struct addr *addr, uint16_t port,
		      struct sockaddr_storage *sa)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)sa;
	struct sockaddr_in *in = (struct sockaddr_in *)sa;

	memset(sa, 0, sizeof(*sa));
	if (addr->family == AF_INET) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, addr->bytes, 4);
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	memcpy(&in6->sin6_addr, addr->bytes, 16);
	return sizeof(*in6);
}

uint32_t segment_end(const struct segment *seg)
{
	return seg->seq + seg->len + !!(seg->flags & TCP_SYN) +
	       !!(seg->flags & TCP_FIN);
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* Adds @len bytes to the one's complement sum. An odd byte counts as if 0 followed. */
static uint32_t sum(uint32_t total, const uint8_t *p, size_t len)
{
	for (; len > 1; p += 2, len -= 2)
		total += get16(p);
	if (len)
		total += p[0] << 8;
	return total;
}

static uint16_t fold(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return ~total;
}

uint16_t segment_checksum(const struct segment *seg, const uint8_t *tcp,
			  size_t len)
{
	uint32_t total = IPPROTO_TCP + len;

	total = sum(total, seg->src.bytes, addr_len(&seg->src));
	total = sum(total, seg->dst.bytes, addr_len(&seg->dst));
	return fold(sum(total, tcp, len));
}

void ipv4_checksum(uint8_t *ip)
{
	put16(ip + 10, 0);
	put16(ip + 10, fold(sum(0, ip, (ip[0] & 15) * 4)));
}

static size_t put_ip(const struct segment *seg, uint8_t *ip, size_t tcp_len)
{
	if (seg->src.family == AF_INET) {
		memset(ip, 0, IPV4_HDR);
		ip[0] = 0x45;
		put16(ip + 2, IPV4_HDR + tcp_len);
		ip[6] = 0x40;			/* don't fragment */
		ip[8] = 64;
		ip[9] = IPPROTO_TCP;
		memcpy(ip + 12, seg->src.bytes, 4);
		memcpy(ip + 16, seg->dst.bytes, 4);
		ipv4_checksum(ip);
		return IPV4_HDR;
	}
	memset(ip, 0, IPV6_HDR);
	ip[0] = 0x60;
	put16(ip + 4, tcp_len);
	ip[6] = IPPROTO_TCP;
	ip[7] = 64;
	memcpy(ip + 8, seg->src.bytes, 16);
	memcpy(ip + 24, seg->dst.bytes, 16);
	return IPV6_HDR;
}

static uint8_t *put_ts(uint8_t *p, uint32_t tsval, uint32_t tsecr)
{
	*p++ = OPT_TS;
	*p++ = 10;
	put32(p, tsval);
	put32(p + 4, tsecr);
	return p + 8;
}

static uint8_t *put_aligned_ts(uint8_t *p, uint32_t tsval, uint32_t tsecr)
{
	*p++ = OPT_NOP;
	*p++ = OPT_NOP;
	return put_ts(p, tsval, tsecr);
}

static size_t put_options(const struct segment *seg, uint8_t *opt)
{
	uint8_t *p = opt;

	if (seg->mss) {
		*p++ = OPT_MSS;
		*p++ = 4;
		put16(p, seg->mss);
		p += 2;
	}
	if (seg->ts_before)
		p = put_aligned_ts(p, seg->tsval_before, 0);
	if (seg->tfo) {
		*p++ = OPT_TFO;
		*p++ = 2;
		*p++ = OPT_NOP;
		*p++ = OPT_NOP;
	}
	if (seg->ts && seg->ts_unaligned) {
		p = put_ts(p, seg->tsval, seg->tsecr);
		*p++ = OPT_NOP;
		*p++ = OPT_END;
	} else if (seg->ts) {
		p = put_aligned_ts(p, seg->tsval, seg->tsecr);
	}
	return p - opt;
}

size_t segment_build(const struct segment *seg, uint8_t *buf)
{
	uint8_t tcp[SEGMENT_MAX - IPV6_HDR];
	size_t hdr = TCP_HDR + put_options(seg, tcp + TCP_HDR);
	size_t len = hdr + seg->len;
	size_t ip;

	memset(tcp, 0, TCP_HDR);
	put16(tcp, seg->sport);
	put16(tcp + 2, seg->dport);
	put32(tcp + 4, seg->seq);
	put32(tcp + 8, seg->ack);
	tcp[12] = hdr / 4 << 4;
	tcp[13] = seg->flags;
	put16(tcp + 14, seg->window);
	memset(tcp + hdr, 'x', seg->len);
	put16(tcp + 16, segment_checksum(seg, tcp, len) ^ (seg->badsum ? 0x5555 : 0));

	ip = put_ip(seg, buf, len);
	memcpy(buf + ip, tcp, len);
	return ip + len;
}

/* Reads the addresses. Returns the length of the IP header, or 0 if this is not TCP. */
static size_t get_ip(const uint8_t *ip, size_t len, size_t *total,
		     struct segment *seg)
{
	if (len >= IPV4_HDR && ip[0] >> 4 == 4 && ip[9] == IPPROTO_TCP) {
		seg->src.family = AF_INET;
		seg->dst.family = AF_INET;
		memcpy(seg->src.bytes, ip + 12, 4);
		memcpy(seg->dst.bytes, ip + 16, 4);
		*total = get16(ip + 2);
		return (ip[0] & 15) * 4;
	}
	if (len >= IPV6_HDR && ip[0] >> 4 == 6 && ip[6] == IPPROTO_TCP) {
		seg->src.family = AF_INET6;
		seg->dst.family = AF_INET6;
		memcpy(seg->src.bytes, ip + 8, 16);
		memcpy(seg->dst.bytes, ip + 24, 16);
		*total = IPV6_HDR + get16(ip + 4);
		return IPV6_HDR;
	}
	return 0;
}

static void get_options(const uint8_t *opt, size_t len, struct segment *seg)
{
	while (len && *opt != OPT_END) {
		size_t size = *opt == OPT_NOP ? 1 : len > 1 ? opt[1] : 0;

		if (!size || size > len)
			return;
		if (*opt == OPT_MSS && size == 4)
			seg->mss = get16(opt + 2);
		if (*opt == OPT_TS && size == 10) {
			seg->ts = true;
			seg->tsval = get32(opt + 2);
			seg->tsecr = get32(opt + 6);
		}
		opt += size;
		len -= size;
	}
}

bool segment_parse(const uint8_t *buf, size_t len, struct segment *seg)
{
	size_t ip, hdr, total;
	const uint8_t *tcp;

	memset(seg, 0, sizeof(*seg));
	ip = get_ip(buf, len, &total, seg);
	if (!ip || total > len || total < ip + TCP_HDR)
		return false;
	tcp = buf + ip;
	hdr = (tcp[12] >> 4) * 4;
	if (hdr < TCP_HDR || ip + hdr > total)
		return false;
	seg->sport = get16(tcp);
	seg->dport = get16(tcp + 2);
	seg->seq = get32(tcp + 4);
	seg->ack = get32(tcp + 8);
	seg->flags = tcp[13];
	seg->window = get16(tcp + 14);
	seg->len = total - ip - hdr;
	seg->badsum = segment_checksum(seg, tcp, total - ip) != 0;
	get_options(tcp + TCP_HDR, hdr - TCP_HDR, seg);
	return true;
}
