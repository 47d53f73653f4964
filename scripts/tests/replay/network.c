// SPDX-License-Identifier: GPL-2.0
/* Links, addresses and routes of the network namespace that a script is played in. By
 * rtnetlink: where replay runs there need not be a program for it, and busybox has one that
 * does not know IFA_F_NODAD.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "network.h"

struct request {
	struct nlmsghdr head;
	union {
		struct ifaddrmsg address;
		struct rtmsg route;
	};
	char attributes[64];
};

static void add_attribute(struct request *req, int type, const void *data, size_t len)
{
	struct rtattr *attr = (void *)((char *)req + NLMSG_ALIGN(req->head.nlmsg_len));

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(len);
	memcpy(RTA_DATA(attr), data, len);
	req->head.nlmsg_len = NLMSG_ALIGN(req->head.nlmsg_len) + attr->rta_len;
}

/* Sends @req and waits for the answer. */
static void ask(int sock, struct request *req, const char *what)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[256];
	} answer;
	ssize_t len;

	req->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
	if (send(sock, req, req->head.nlmsg_len, 0) < 0)
		err(2, "rtnetlink");
	len = recv(sock, &answer, sizeof(answer), 0);
	if (len < (ssize_t)NLMSG_LENGTH(sizeof(answer.error)) ||
	    answer.head.nlmsg_type != NLMSG_ERROR)
		errx(2, "rtnetlink gave no answer");
	if (answer.error.error) {
		errno = -answer.error.error;
		err(2, "cannot set up %s", what);
	}
}

static void add_address(int sock, int index, int family, const char *text, int prefix)
{
	struct request req = {
		.head.nlmsg_type = RTM_NEWADDR,
		.head.nlmsg_len = NLMSG_LENGTH(sizeof(req.address)),
		.address.ifa_family = family,
		.address.ifa_prefixlen = prefix,
		/* or the address could not be used at once */
		.address.ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0,
		.address.ifa_index = index,
	};
	struct in6_addr address;
	size_t len = family == AF_INET6 ? sizeof(address) : sizeof(struct in_addr);

	inet_pton(family, text, &address);
	add_attribute(&req, IFA_LOCAL, &address, len);
	add_attribute(&req, IFA_ADDRESS, &address, len);
	ask(sock, &req, text);
}

static void add_default_route(int sock, int index, int family)
{
	struct request req = {
		.head.nlmsg_type = RTM_NEWROUTE,
		.head.nlmsg_len = NLMSG_LENGTH(sizeof(req.route)),
		.route.rtm_family = family,
		.route.rtm_table = RT_TABLE_MAIN,
		.route.rtm_protocol = RTPROT_BOOT,
		.route.rtm_scope = family == AF_INET6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
		.route.rtm_type = RTN_UNICAST,
	};

	add_attribute(&req, RTA_OIF, &index, sizeof(index));
	ask(sock, &req, "the default route");
}

/* Returns the index of @device. */
static int take_up(int sock, const char *device)
{
	struct ifreq ifr = { 0 };

	strncpy(ifr.ifr_name, device, sizeof(ifr.ifr_name) - 1);
	if (ioctl(sock, SIOCGIFFLAGS, &ifr))
		err(2, "%s", device);
	ifr.ifr_flags |= IFF_UP;
	if (ioctl(sock, SIOCSIFFLAGS, &ifr) || ioctl(sock, SIOCGIFINDEX, &ifr))
		err(2, "cannot take %s up", device);
	return ifr.ifr_ifindex;
}

void network_set_up(const char *device)
{
	int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int index;

	if (any < 0 || sock < 0)
		err(2, "socket");
	take_up(any, "lo");
	index = take_up(any, device);
	add_address(sock, index, AF_INET, "192.0.2.1", 24);
	add_address(sock, index, AF_INET, "192.0.2.2", 24);
	add_address(sock, index, AF_INET6, "2001:db8::1", 64);
	add_address(sock, index, AF_INET6, "2001:db8::2", 64);
	add_default_route(sock, index, AF_INET);
	add_default_route(sock, index, AF_INET6);
	close(any);
	close(sock);
}
