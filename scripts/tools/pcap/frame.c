// SPDX-License-Identifier: GPL-2.0
/*
 * frame.c - finds the TCP segment in a captured packet
 *
 * Reads nothing beyond the captured bytes, and trusts no length: each is compared with the
 * bytes that there are.
 */
#include <linux/kernel.h>
#include <pcap/pcap.h>
#include <string.h>

#include "frame.h"
#include "sum.h"

#define ETHER_IPV4	0x0800
#define ETHER_IPV6	0x86dd
#define ETHER_VLAN	0x8100
#define ETHER_QINQ	0x88a8
#define ETHER_QINQ_OLD	0x9100

#define PROTO_HOPOPTS	0
#define PROTO_TCP	6
#define PROTO_ROUTING	43
#define PROTO_FRAGMENT	44
#define PROTO_AH	51
#define PROTO_DEST	60

#define OPT_END		0
#define OPT_NOP		1
#define OPT_SCALE	3
#define OPT_TIMESTAMP	8
#define OPT_LSRR	131
#define OPT_SSRR	137

#define TCP_HEADER	20
#define TCP_FLAGS_END	14

/* The rest of a packet: how much of it was captured, and how long it was. */
struct rest {
	const u8 *at;
	u32 have;
	u32 len;
};

static u16 be16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static u32 be32(const u8 *p)
{
	return (u32)be16(p) << 16 | be16(p + 2);
}

static bool rest_skip(struct rest *rest, u32 bytes)
{
	if (bytes > rest->have)
		return false;
	rest->at += bytes;
	rest->have -= bytes;
	rest->len -= bytes;
	return true;
}

/* IP has the length of the packet; bytes after it are padding. */
static void rest_trim(struct rest *rest, u32 len)
{
	rest->len = min(rest->len, len);
	rest->have = min(rest->have, len);
}

bool frame_known(int link)
{
	switch (link) {
	case DLT_EN10MB:
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
	case DLT_NULL:
	case DLT_LOOP:
		return true;
	}
	return false;
}

/* Return: false if the packet is not IP. */
static bool frame_ether_type(struct rest *rest, u16 type)
{
	while (type == ETHER_VLAN || type == ETHER_QINQ || type == ETHER_QINQ_OLD) {
		if (rest->have < 4)
			return false;
		type = be16(rest->at + 2);
		rest_skip(rest, 4);
	}
	return type == ETHER_IPV4 || type == ETHER_IPV6;
}

/* Skips the header of the link. Return: false if what follows is not IP. */
static bool frame_link(struct rest *rest, int link)
{
	u16 type;

	switch (link) {
	case DLT_EN10MB:
		if (rest->have < 14)
			return false;
		type = be16(rest->at + 12);
		rest_skip(rest, 14);
		return frame_ether_type(rest, type);
	case DLT_LINUX_SLL:
		if (rest->have < 16)
			return false;
		type = be16(rest->at + 14);
		rest_skip(rest, 16);
		return frame_ether_type(rest, type);
	case DLT_LINUX_SLL2:
		if (rest->have < 20)
			return false;
		type = be16(rest->at);
		rest_skip(rest, 20);
		return frame_ether_type(rest, type);
	case DLT_NULL:
	case DLT_LOOP:
		/*
		 * A number for the family, which depends on the capturing machine; IP
		 * has a version.
		 */
		return rest_skip(rest, 4);
	default:
		return true;
	}
}

static void frame_tcp_options(struct segment *seg, const u8 *opt, u32 len)
{
	while (len) {
		u32 size;

		if (opt[0] == OPT_END)
			return;
		if (opt[0] == OPT_NOP) {
			opt++;
			len--;
			continue;
		}
		if (len < 2)
			return;
		size = opt[1];
		if (size < 2 || size > len)
			return;
		if (opt[0] == OPT_TIMESTAMP && size == 10) {
			seg->timed = true;
			seg->tsval = be32(opt + 2);
			seg->tsecr = be32(opt + 6);
		} else if (opt[0] == OPT_SCALE && size == 3) {
			seg->scale = min(opt[2], 14);
		}
		opt += size;
		len -= size;
	}
}

/* Checks the checksum, if @rest is the whole segment. */
static void frame_sum(struct segment *seg, const struct rest *rest)
{
	u32 pseudo;

	seg->sum = SUM_UNKNOWN;
	if (rest->have < rest->len)
		return;
	pseudo = sum_pseudo(&seg->src, &seg->dst, rest->len);
	if (sum_fold(pseudo + sum_bytes(rest->at, rest->len)) == 0xffff)
		seg->sum = SUM_RIGHT;
	else if (sum_fold(pseudo) == be16(rest->at + 16))
		seg->sum = SUM_LEFT;
	else
		seg->sum = SUM_WRONG;
}

static enum frame frame_tcp(struct segment *seg, const struct rest *rest)
{
	const u8 *th = rest->at;
	u32 hlen;

	if (rest->len < TCP_FLAGS_END)
		return FRAME_OTHER;
	if (rest->have < TCP_FLAGS_END)
		return FRAME_CUT;
	seg->fin = th[13] & 0x01;
	seg->syn = th[13] & 0x02;
	seg->rst = th[13] & 0x04;
	seg->ack = th[13] & 0x10;
	memcpy(&seg->sport, th, sizeof(seg->sport));
	memcpy(&seg->dport, th + 2, sizeof(seg->dport));

	hlen = (th[12] >> 4) * 4;
	seg->malformed = hlen < TCP_HEADER || hlen > rest->len;
	seg->timed = false;
	seg->relative = false;
	seg->unnumbered = false;
	seg->scale = 0;
	seg->sum = SUM_UNKNOWN;
	if (seg->malformed)
		return FRAME_SEGMENT;
	if (hlen > rest->have)
		return FRAME_CUT;

	seg->seq = be32(th + 4);
	seg->end_seq = seg->seq + seg->syn + seg->fin + rest->len - hlen;
	seg->ack_seq = be32(th + 8);
	seg->window = be16(th + 14);
	frame_tcp_options(seg, th + TCP_HEADER, hlen - TCP_HEADER);
	seg->print = (seg->print ^ be16(th + 16)) * 0x9e3779b1 + seg->ack_seq;
	/* Adding up all data would take longer than everything else. */
	if (seg->syn || seg->fin || seg->rst || rest->len == hlen)
		frame_sum(seg, rest);
	return FRAME_SEGMENT;
}

/*
 * Would the answer go to another address first? Reverses the route as the kernel does.
 */
static bool frame_rerouted(const u8 *ip, u32 hlen)
{
	const u8 *opt = ip + 20;
	u32 len = hlen - 20;

	while (len) {
		u32 size;

		if (opt[0] == OPT_END)
			return false;
		if (opt[0] == OPT_NOP) {
			opt++;
			len--;
			continue;
		}
		if (len < 3 || opt[1] < 3 || opt[1] > len)
			return false;
		size = opt[1];
		if (opt[0] == OPT_LSRR || opt[0] == OPT_SSRR) {
			int last = min((int)opt[2], (int)size + 1) - 1 - 4;

			return last >= 3 && memcmp(opt + last, ip + 12, 4);
		}
		opt += size;
		len -= size;
	}
	return false;
}

static enum frame frame_ipv4(struct segment *seg, struct rest *rest)
{
	const u8 *ip = rest->at;
	u32 hlen, total;
	u16 frag;

	if (rest->have < 20)
		return FRAME_CUT;
	hlen = (ip[0] & 0xf) * 4;
	total = be16(ip + 2);
	/* The card does the segmentation: the length is not filled in yet. */
	if (!total)
		total = rest->len;
	if (ip[9] != PROTO_TCP || hlen < 20 || total < hlen)
		return FRAME_OTHER;
	if (rest->have < hlen)
		return FRAME_CUT;
	frag = be16(ip + 6);
	if (frag & 0x1fff)
		return FRAME_LATER;
	if (frag & 0x2000)
		return FRAME_FRAGMENT;

	memset(&seg->src, 0, sizeof(seg->src));
	memset(&seg->dst, 0, sizeof(seg->dst));
	memset(seg->src.s6_addr + 10, 0xff, 2);
	memset(seg->dst.s6_addr + 10, 0xff, 2);
	memcpy(seg->src.s6_addr + 12, ip + 12, 4);
	memcpy(seg->dst.s6_addr + 12, ip + 16, 4);
	seg->rerouted = hlen > 20 && frame_rerouted(ip, hlen);
	seg->print = be16(ip + 4);
	rest_trim(rest, total);
	rest_skip(rest, hlen);
	return frame_tcp(seg, rest);
}

/* Skips the headers before TCP. Return: %FRAME_SEGMENT if @rest begins with TCP now. */
static enum frame frame_extensions(struct rest *rest, u8 next)
{
	while (next != PROTO_TCP) {
		u32 size;
		u16 frag;

		if (next != PROTO_HOPOPTS && next != PROTO_ROUTING && next != PROTO_DEST &&
		    next != PROTO_AH && next != PROTO_FRAGMENT)
			return FRAME_OTHER;
		if (rest->have < 8)
			return rest->len < 8 ? FRAME_OTHER : FRAME_CUT;

		size = next == PROTO_FRAGMENT ? 8 :
		       next == PROTO_AH ? (rest->at[1] + 2) * 4 :
		       (rest->at[1] + 1) * 8;
		if (next == PROTO_FRAGMENT) {
			frag = be16(rest->at + 2);
			if (frag & 0xfff8)
				return FRAME_LATER;
			if (frag & 1)
				return rest->at[0] == PROTO_TCP ? FRAME_FRAGMENT :
								  FRAME_OTHER;
		}
		/* Segments left: the packet is on its way to another machine. */
		if (next == PROTO_ROUTING && rest->at[3])
			return FRAME_OTHER;
		next = rest->at[0];
		if (!rest_skip(rest, size))
			return rest->len < size ? FRAME_OTHER : FRAME_CUT;
	}
	return FRAME_SEGMENT;
}

static enum frame frame_ipv6(struct segment *seg, struct rest *rest)
{
	const u8 *ip = rest->at;
	enum frame frame;
	u32 payload;

	if (rest->have < 40)
		return FRAME_CUT;
	payload = be16(ip + 4);
	memcpy(&seg->src, ip + 8, sizeof(seg->src));
	memcpy(&seg->dst, ip + 24, sizeof(seg->dst));
	seg->rerouted = false;
	seg->print = 0;
	if (payload)
		rest_trim(rest, payload + 40);
	rest_skip(rest, 40);
	if (ip[6] != PROTO_TCP) {
		frame = frame_extensions(rest, ip[6]);
		if (frame != FRAME_SEGMENT)
			return frame;
	}
	return frame_tcp(seg, rest);
}

enum frame frame_read(struct segment *seg, int link, const u8 *data, u32 caplen,
		      u32 len)
{
	struct rest rest = { data, caplen, max(len, caplen) };

	if (!frame_link(&rest, link) || !rest.have)
		return FRAME_OTHER;
	switch (rest.at[0] >> 4) {
	case 4:
		return frame_ipv4(seg, &rest);
	case 6:
		return frame_ipv6(seg, &rest);
	}
	return FRAME_OTHER;
}
