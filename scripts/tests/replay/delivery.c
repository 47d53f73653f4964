// SPDX-License-Identifier: GPL-2.0
/*
 * How the peers' segments reach the machine under test.
 *
 * A packet to an address of the machine itself goes over lo and keeps the route by which
 * it was sent. So it needs no route when it arrives, and the kernel skips early demux,
 * which looks up a packet's socket before its route. From a raw socket with IP headers of
 * its own the kernel accepts any source address, and does not change the TCP checksum.
 */
#include <err.h>
#include <string.h>
#include <unistd.h>

#include "delivery.h"
#include "tun.h"

static const char * const words[NR_DELIVERIES] = {
	[DELIVERY_TUN]		= "tun",
	[DELIVERY_LOOPBACK]	= "loopback",
};

static enum delivery delivery;
static int tun_fd;
static int raw4 = -1, raw6 = -1;

int delivery_parse(const char *word)
{
	for (int d = 0; d < NR_DELIVERIES; d++)
		if (!strcmp(word, words[d]))
			return d;
	return -1;
}

/* IPPROTO_RAW: the IP header is part of the data, and the socket receives nothing. */
static int open_raw(int family)
{
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);

	if (fd < 0)
		err(2, "cannot make a raw socket");
	return fd;
}

void delivery_open(enum delivery how, int tun)
{
	delivery = how;
	tun_fd = tun;
	if (how == DELIVERY_LOOPBACK) {
		raw4 = open_raw(AF_INET);
		raw6 = open_raw(AF_INET6);
	}
}

void delivery_close(void)
{
	if (delivery == DELIVERY_LOOPBACK) {
		close(raw4);
		close(raw6);
	}
}

void delivery_send(const struct addr *dst, const uint8_t *packet, size_t len)
{
	struct sockaddr_storage sa;
	socklen_t size;
	int fd;

	if (delivery == DELIVERY_TUN) {
		tun_write(tun_fd, packet, len);
		return;
	}
	/* the port of a raw socket is its protocol; 0 does not change it */
	size = addr_socket(dst, 0, &sa);
	fd = dst->family == AF_INET ? raw4 : raw6;
	if (sendto(fd, packet, len, 0, (struct sockaddr *)&sa, size) != (ssize_t)len)
		err(2, "cannot send over lo");
}
