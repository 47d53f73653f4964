// SPDX-License-Identifier: GPL-2.0
/*
 * segment_fuzz.c - fuzzes what is read from packets: module/segment.c
 *
 * The input is four bytes of how the packet lies in memory and what the machine
 * allows, and then the packet from its IP header on. What the network layer would
 * not hand to LOCAL_IN is put right first, and no more than that. The packet is also
 * read here, byte by byte and by the RFCs: both must come to the same, and the packet
 * must be as it was.
 */
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#include "agree.h"
#include "segment.h"

#define CONTROL		4
#define LONGEST		4096

/* Bits of the first byte; the two next to the family are ip_summed. */
#define IS_V6		0x01
#define SUMMED_SHIFT	1
#define SUM_VALID	0x08
#define SET_CHECKSUM	0x10
#define SUMMED_WRONG	0x20	/* what the card says is not so */
#define UNREADABLE	0x40	/* the data, not the headers */
#define COMES_AGAIN	0x80	/* one more IPv6 header was dealt with before */

/* The fourth byte: room before the packet, and what the machine allows. */
#define ROOM		0x0f
#define OPTIONS_SHIFT	4
#define SEGMENTS_SHIFT	6

enum { EIGHT_OPTIONS, ONE_OPTION, NONE_UNKNOWN, TWO_WORDS };
enum { NO_SEGMENTS, SEGMENTS, SEGMENTS_UNSIGNED, SEGMENTS_SIGNED };

struct packet {
	uint8_t bytes[LONGEST];
	size_t len;
	bool v6;
	size_t srr;		/* offset of a source route, 0 if there is none */
	size_t next;		/* where the IPv6 layer has read the next header's number */
	size_t at;		/* and where that header begins */
	bool hop, fragment;	/* it has dealt with these */
	int options, segments;	/* what the machine allows */
};

/* What a plain reading makes of it. */
struct reading {
	bool flags;		/* there is TCP, at least up to the flags */
	bool whole;		/* and it holds together */
	size_t tcp;
	size_t header;
	bool timed;
	uint32_t tsval;
	uint16_t sum;		/* 0: the checksum is right */
};

static unsigned int get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* As ip_options_compile() notes it, where the options hold together. */
static size_t find_source_route(const uint8_t *ip, size_t header)
{
	size_t at = 20, found = 0;

	while (at < header && ip[at] != 0) {
		if (ip[at] == 1) {
			at++;
			continue;
		}
		if (at + 2 > header || ip[at + 1] < 2 ||
		    at + ip[at + 1] > header)
			return 0;
		if (ip[at] == 131 || ip[at] == 137) {
			if (found || ip[at + 1] < 3 || ip[at + 2] < 4)
				return 0;
			found = at;
		}
		at += ip[at + 1];
	}
	return found;
}

/* RFC 1071. */
static uint16_t fold(uint64_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return total;
}

/*
 * What the IPv6 layer has behind it: hop-by-hop options, and another header where
 * the packet comes once more. Return: false where it would not get that far.
 */
static bool deal_with_headers(struct packet *p, bool again)
{
	size_t size;

	p->next = 6;
	p->at = 40;
	p->hop = p->bytes[6] == 0;
	p->fragment = false;
	if (p->hop) {
		if (p->len < 48 || p->len < 48 + 8 * p->bytes[41])
			return false;
		p->next = 40;
		p->at = 48 + 8 * p->bytes[41];
	}
	if (!again)
		return true;

	if (p->len < p->at + 8)
		return false;
	switch (p->bytes[p->next]) {
	case 44:
		p->fragment = true;
		size = 8;
		break;
	case 43:
	case 60:
		size = 8 + 8 * p->bytes[p->at + 1];
		break;
	default:
		return true;
	}
	p->next = p->at;
	p->at += size;
	return p->len >= p->at;
}

/* Return: false if no such packet comes to LOCAL_IN, nor one much like it. */
static bool deliver(struct packet *p, bool again)
{
	size_t header, total, i;
	uint64_t sum = 0;

	if (p->v6) {
		if (p->len < 40)
			return false;
		p->bytes[0] = 0x60 | (p->bytes[0] & 0x0f);
		total = 40 + get16(p->bytes + 4);
		if (total > p->len) {
			total = p->len;
			p->bytes[4] = (total - 40) >> 8;
			p->bytes[5] = total - 40;
		}
		/* A jumbogram says 0, and so does one that ends there. */
		if (total > 40 || p->bytes[6] != 0)
			p->len = total;
		return deal_with_headers(p, again);
	}

	if (p->len < 20)
		return false;
	header = (p->bytes[0] & 15) * 4;
	if (header < 20)
		header = 20;
	if (header > p->len)
		return false;
	p->bytes[0] = 0x40 | header / 4;
	total = get16(p->bytes + 2);
	if (total < header || total > p->len) {
		total = p->len;
		p->bytes[2] = total >> 8;
		p->bytes[3] = total;
	}
	p->len = total;
	p->bytes[10] = 0;
	p->bytes[11] = 0;
	for (i = 0; i < header; i += 2)
		sum += get16(p->bytes + i);
	sum = ~fold(sum);
	p->bytes[10] = sum >> 8;
	p->bytes[11] = sum;
	p->srr = find_source_route(p->bytes, header);
	return true;
}

/*
 * RFC 8200, 4.2: options, each of them known, to be ignored, or a reason to stop.
 * Linux wants no more padding than brings what follows to a multiple of 8, all of
 * it zero, and so many options at most as the machine allows.
 */
static bool options_pass(const struct packet *p, const uint8_t *header,
			 size_t size)
{
	static const int most[] = {
		[EIGHT_OPTIONS] = 8,
		[ONE_OPTION] = 1,
		[NONE_UNKNOWN] = 0,
		[TWO_WORDS] = 8,
	};
	int options = 0, run = 0;
	size_t i = 2, j;

	if (p->options == TWO_WORDS && size > 16)
		return false;
	while (i < size) {
		size_t next = i + 1;

		if (header[i] != 0) {
			if (next == size)
				return false;
			next += 1 + header[i + 1];
			if (next > size)
				return false;
		}
		if (header[i] > 1) {
			if (header[i] >> 6)
				return false;
			options++;
			run = 0;
		} else {
			for (j = i + 2; j < next; j++)
				if (header[j])
					return false;
			run += next - i;
			if (run > 7)
				return false;
		}
		i = next;
	}
	return options <= most[p->options];
}

/* RFC 8200, 4.4, RFC 6275, 6.4, RFC 6554, and RFC 8754 with its flags. */
static bool at_its_end(const struct packet *p, const uint8_t *header)
{
	bool is_signed = header[5] & 8;

	if (header[3] != 0)
		return false;
	if (header[2] == 3)
		return p->segments != NO_SEGMENTS;
	if (header[2] != 4)
		return header[2] != 2;
	/* Nobody can say here whether a signature is right. */
	return p->segments == SEGMENTS_UNSIGNED ||
	       (p->segments == SEGMENTS && !is_signed);
}

/*
 * RFC 8200: from header to header, as a host does that is neither a router nor has
 * agreed on anything with the sender. Return: false if there is no TCP to see.
 */
static bool walk_v6(const struct packet *p, struct reading *r)
{
	unsigned int kind = p->bytes[p->next], headers = p->hop;
	bool fragment = p->fragment;
	size_t at = p->at, size;

	r->whole = true;
	for (; kind != 6; at += size) {
		const uint8_t *header = p->bytes + at;

		/* Linux follows so many. */
		if (++headers > 12 || at + 8 > p->len)
			return false;
		size = 8 + 8 * header[1];
		switch (kind) {
		case 43:
			if (at + size > p->len || !at_its_end(p, header))
				return false;
			break;
		case 60:
			if (at + size > p->len ||
			    !options_pass(p, header, size))
				return false;
			break;
		case 44:
			/* RFC 2675, 3: not in a jumbogram. */
			if (fragment || get16(header + 2) >> 3 ||
			    !get16(p->bytes + 4))
				return false;
			if (header[3] & 1)
				r->whole = false;
			fragment = true;
			size = 8;
			break;
		default:
			return false;
		}
		kind = header[0];
	}
	r->tcp = at;
	return true;
}

/* RFC 9293, 3.1: from option to option. */
static void read_options(const uint8_t *tcp, struct reading *r)
{
	size_t at = 20, size;

	for (; at < r->header && tcp[at] != 0; at += size) {
		bool has_length = tcp[at] != 1;

		size = !has_length ? 1 : at + 1 < r->header ? tcp[at + 1] : 0;
		if (size < 1 + has_length || at + size > r->header)
			return;
		if (tcp[at] == 8 && size == 10) {
			r->timed = true;
			r->tsval = get32(tcp + at + 2);
		}
	}
}

/* RFC 1071 over pseudo header and segment: 0 if the checksum is right. */
static uint16_t sum(const struct packet *p, size_t tcp)
{
	const uint8_t *from = p->bytes + (p->v6 ? 8 : 12);
	const uint8_t *to = p->bytes + (p->v6 ? 40 : 20);
	uint64_t total = 6 + (p->len - tcp);
	size_t i;

	for (; from < to; from += 2)
		total += get16(from);
	for (i = tcp; i < p->len; i++)
		total += (i - tcp) % 2 ? p->bytes[i] : p->bytes[i] << 8;
	return ~fold(total);
}

static void read_packet(const struct packet *p, struct reading *r)
{
	const uint8_t *tcp;

	memset(r, 0, sizeof(*r));
	if (p->v6) {
		if (!walk_v6(p, r))
			return;
	} else {
		if (p->bytes[9] != 6)
			return;
		r->whole = true;
		r->tcp = (p->bytes[0] & 15) * 4;
	}
	if (r->tcp + 14 > p->len)
		return;

	tcp = p->bytes + r->tcp;
	r->flags = true;
	r->header = (tcp[12] >> 4) * 4;
	if (r->tcp + 20 > p->len || r->header < 20 ||
	    r->tcp + r->header > p->len)
		r->whole = false;
	if (!r->whole)
		return;
	read_options(tcp, r);
	r->sum = sum(p, r->tcp);
}

/*
 * The way back, RFC 1122, 3.2.1.8 (e): the addresses that were visited, the last
 * one first, and without the first one if that is the sender's own.
 */
static bool goes_elsewhere(const struct packet *p)
{
	const uint8_t *option = p->bytes + p->srr, *sender = p->bytes + 12;
	const uint8_t *back[16];
	int hops = 0, at;

	if (!p->srr)
		return false;
	at = option[2] <= option[1] ? option[2] : option[1] + 1;
	for (at -= 4; at >= 4; at -= 4)
		back[hops++] = option + at - 1;
	if (hops && !memcmp(back[hops - 1], sender, 4))
		hops--;
	return hops && memcmp(back[0], sender, 4);
}

static struct ipv6_devconf all;
static struct net net = { .ipv6.devconf_all = &all };
static struct inet6_dev idev;
static struct net_device device = { .net = &net, .ip6_ptr = &idev };

/* The machine's switches. The rest of a packet's way does not know them. */
static void allow(const struct packet *p)
{
	static const int counts[] = {
		[EIGHT_OPTIONS] = 8,
		[ONE_OPTION] = 1,
		[NONE_UNKNOWN] = -8,
		[TWO_WORDS] = 8,
	};
	static const int required[] = {
		[SEGMENTS] = 0,
		[SEGMENTS_UNSIGNED] = -1,
		[SEGMENTS_SIGNED] = 1,
	};

	net.ipv6.sysctl.max_dst_opts_cnt = counts[p->options];
	net.ipv6.sysctl.max_dst_opts_len = p->options == TWO_WORDS ? 16 : INT_MAX;
	all.seg6_enabled = p->segments != NO_SEGMENTS;
	all.rpl_seg_enabled = p->segments != NO_SEGMENTS;
	idev.cnf = all;
	idev.cnf.seg6_require_hmac = required[p->segments];
}

/* In memory as it was asked for, every piece of its exact size. */
static struct sk_buff *lay_out(const struct packet *p, const struct reading *r,
			       const uint8_t *control)
{
	struct sk_buff *skb = calloc(1, sizeof(*skb));
	size_t room = (control[3] & ROOM) * 4, page = 1 + control[2];
	size_t pulled = p->v6 ? p->at : (p->bytes[0] & 15) * 4;
	size_t at, size;

	size = min(pulled + control[1], p->len);
	/* A card that keeps the data hands out the headers. */
	if (control[0] & UNREADABLE && r->whole) {
		size = max(size, r->tcp + r->header);
		skb->unreadable = size < p->len;
	}
	skb->head = malloc(room + size);
	memset(skb->head, 0xa5, room);
	skb->data = skb->head + room;
	skb->network_header = room;
	memcpy(skb->data, p->bytes, size);
	skb->len = p->len;
	skb->data_len = p->len - size;
	skb->ip_summed = control[0] >> SUMMED_SHIFT & 3;
	skb->csum_valid = !!(control[0] & SUM_VALID);
	skb->csum = csum_partial(p->bytes, p->len, 0);
	if (control[0] & SUMMED_WRONG)
		skb->csum = csum_add(skb->csum, htons(0x1234));
	skb->dev = &device;
	allow(p);
	if (p->v6) {
		skb->transport_header = room + p->at;
		IP6CB(skb)->nhoff = p->next;
		IP6CB(skb)->flags = (p->hop ? IP6SKB_HOPBYHOP : 0) |
				    (p->fragment ? IP6SKB_FRAGMENTED : 0);
	} else {
		IPCB(skb)->opt.srr = p->srr;
	}

	for (at = size; at < p->len; at += size) {
		struct fuzz_frag *frag = &skb->frags[skb->nr_frags++];

		size = p->len - at;
		if (size > page && skb->nr_frags < FUZZ_FRAGS)
			size = page;
		frag->len = size;
		frag->bytes = malloc(size);
		memcpy(frag->bytes, p->bytes + at, size);
	}
	return skb;
}

static void expect_unchanged(const struct packet *p, const struct sk_buff *was,
			     struct sk_buff *skb)
{
	static uint8_t flat[LONGEST];

	AGREE("metadata changed", 0, memcmp(was, skb, sizeof(*skb)));
	skb->unreadable = 0;
	skb_copy_bits(skb, 0, flat, skb->len);
	AGREE("bytes changed", 0, memcmp(p->bytes, flat, p->len));
}

static void release(struct sk_buff *skb)
{
	unsigned int i;

	for (i = 0; i < skb->nr_frags; i++)
		free(skb->frags[i].bytes);
	free(skb->head);
	free(skb);
}

static void compare_addresses(const struct packet *p,
			      const struct twr_segment *seg)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *peer = (const uint8_t *)&seg->conn.key.peer;
	const uint8_t *local = (const uint8_t *)&seg->conn.key.local;

	if (p->v6) {
		AGREE("peer", 0, memcmp(peer, p->bytes + 8, 16));
		AGREE("local", 0, memcmp(local, p->bytes + 24, 16));
		return;
	}
	AGREE("peer", 0, memcmp(peer, mapped, 12) |
			 memcmp(peer + 12, p->bytes + 12, 4));
	AGREE("local", 0, memcmp(local, mapped, 12) |
			  memcmp(local + 12, p->bytes + 16, 4));
}

/* card_agrees: what it has added up goes with the checksum */
static void compare(const struct packet *p, const struct reading *r,
		    const struct sk_buff *skb, bool card_agrees)
{
	u8 pf = p->v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	const uint8_t *tcp = p->bytes + r->tcp;
	struct twr_segment seg;
	bool whole, vouched;
	uint8_t flags;
	int thoff;

	/* What is on the stack must not look like what was meant to be there. */
	memset(&seg, 0xa5, sizeof(seg));
	if (!p->v6)
		AGREE("rerouted", goes_elsewhere(p), twr_segment_reply_is_source_routed(skb));
	thoff = twr_segment_find_tcp(skb, pf, &whole);
	if (thoff < 0 || !twr_segment_read(&seg, skb, pf, thoff, whole)) {
		AGREE("is TCP", r->flags, 0);
		return;
	}
	AGREE("is TCP", r->flags, 1);

	flags = tcp[13];
	AGREE("family", pf, seg.pf);
	AGREE("offset", r->tcp, seg.thoff);
	AGREE("flags", flags, seg.flags);
	AGREE("asks", (flags & 0x16) == 2, twr_segment_is_syn(&seg));
	AGREE("malformed", !r->whole, seg.malformed);
	if (!r->whole)
		return;

	compare_addresses(p, &seg);
	AGREE("peer's port", 0, memcmp(&seg.conn.peer_port, tcp, 2));
	AGREE("local port", 0, memcmp(&seg.conn.local_port, tcp + 2, 2));
	AGREE("sequence number", get32(tcp + 4), seg.seq);
	AGREE("end", (uint32_t)(get32(tcp + 4) + p->len - r->tcp - r->header +
				!!(flags & 1) + !!(flags & 2)), seg.end_seq);
	AGREE("has a timestamp", r->timed, seg.timed);
	if (r->timed)
		AGREE("TSval", r->tsval, seg.tsval);

	vouched = skb->csum_valid || skb->ip_summed == CHECKSUM_UNNECESSARY ||
		  skb->ip_summed == CHECKSUM_PARTIAL ||
		  (skb->ip_summed == CHECKSUM_COMPLETE && card_agrees);
	AGREE("checksum", vouched || (r->sum == 0 && !skb->unreadable),
	      twr_segment_has_valid_checksum(skb, &seg));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct packet p;
	struct sk_buff *skb, was;
	struct reading r;
	unsigned int error;

	if (size < CONTROL || size - CONTROL > LONGEST)
		return 0;
	p.v6 = data[0] & IS_V6;
	p.len = size - CONTROL;
	p.srr = 0;
	p.options = data[3] >> OPTIONS_SHIFT & 3;
	p.segments = data[3] >> SEGMENTS_SHIFT & 3;
	memcpy(p.bytes, data + CONTROL, p.len);
	if (!deliver(&p, data[0] & COMES_AGAIN))
		return 0;

	read_packet(&p, &r);
	if (data[0] & SET_CHECKSUM && r.whole) {
		uint8_t *check = p.bytes + r.tcp + 16;
		uint16_t right;

		memset(check, 0, 2);
		right = sum(&p, r.tcp);
		check[0] = right >> 8;
		check[1] = right;
		read_packet(&p, &r);
	}

	skb = lay_out(&p, &r, data);
	was = *skb;
	error = data[0] & SUMMED_WRONG ? 0x1234 : 0;
	compare(&p, &r, skb, fold((uint16_t)~r.sum + error) == 0xffff);
	expect_unchanged(&p, &was, skb);
	release(skb);
	return 0;
}
