// SPDX-License-Identifier: GPL-2.0
/* The programs of the machine: they listen, accept, connect and close. */
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flow.h"
#include "random.h"
#include "world.h"

#define OPEN_MAX	96
#define IPV4		"/proc/sys/net/ipv4/"

static int served[2], brief[2];
static int open_fds[OPEN_MAX];
static int n_open;
static unsigned long long states[16];

static void set(const char *file, int value)
{
	FILE *f = fopen(file, "w");

	if (!f || fprintf(f, "%d\n", value) < 0 || fclose(f))
		err(2, "%s", file);
}

static int new_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1;

	if (fd < 0)
		err(2, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    (family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one))))
		err(2, "setsockopt");
	return fd;
}

static int listener(int family, int port, int backlog)
{
	struct addr any = { .family = family };
	struct sockaddr_storage sa;
	socklen_t len = addr_socket(&any, port, &sa);
	int fd = new_socket(family);

	if (bind(fd, (struct sockaddr *)&sa, len) || listen(fd, backlog))
		err(2, "listening at port %d", port);
	return fd;
}

void world_init(void)
{
	static const int families[] = { AF_INET, AF_INET6 };
	int i;

	for (i = 0; i < 2; i++) {
		served[i] = listener(families[i], PORT_SERVED, 64);
		brief[i] = listener(families[i], PORT_BRIEF, 8);
		listener(families[i], PORT_STUCK, 1);
	}
	set(IPV4 "conf/all/accept_source_route", 1);
	set(IPV4 "conf/replay0/accept_source_route", 1);
}

static void keep(int fd)
{
	int i;

	if (n_open < OPEN_MAX) {
		open_fds[n_open++] = fd;
		return;
	}
	i = below(OPEN_MAX);
	close(open_fds[i]);
	open_fds[i] = fd;
}

static void accept_some(void)
{
	int i, fd;

	for (i = 0; i < 2; i++) {
		while ((fd = accept4(served[i], NULL, NULL, SOCK_NONBLOCK)) >= 0)
			keep(fd);
		while ((fd = accept4(brief[i], NULL, NULL, SOCK_NONBLOCK)) >= 0)
			close(fd);
	}
}

static void connect_one(void)
{
	const struct flow *flow = flow_active();
	struct sockaddr_storage local, peer;
	socklen_t len = addr_socket(&flow->local, flow->local_port, &local);
	int fd = new_socket(flow->local.family);

	addr_socket(&flow->peer, flow->peer_port, &peer);
	if (bind(fd, (struct sockaddr *)&local, len) ||
	    (connect(fd, (struct sockaddr *)&peer, len) && errno != EINPROGRESS))
		close(fd);	/* in use, for example because of a TIME-WAIT */
	else
		keep(fd);
}

static void drop(int i)
{
	close(open_fds[i]);
	open_fds[i] = open_fds[--n_open];
}

static void use_one(void)
{
	static const int fin_waits[] = { -1, 0, 1, 10, 90 };
	static const struct linger reset = { .l_onoff = 1 };
	char buf[512] = { 0 };
	int i, value;

	if (!n_open)
		return;
	i = below(n_open);
	switch (below(12)) {
	case 0:
	case 1:
	case 2:
		drop(i);
		break;
	case 3:
		setsockopt(open_fds[i], SOL_SOCKET, SO_LINGER, &reset,
			   sizeof(reset));
		drop(i);
		break;
	case 4:
		value = ONE_OF(fin_waits);
		setsockopt(open_fds[i], IPPROTO_TCP, TCP_LINGER2, &value,
			   sizeof(value));
		drop(i);
		break;
	case 5:
	case 6:
	case 7:
		shutdown(open_fds[i], chance(80) ? SHUT_WR : SHUT_RDWR);
		break;
	case 8:
		send(open_fds[i], buf, 1 + below(sizeof(buf)), MSG_NOSIGNAL);
		break;
	default:
		/* Sockets at their end are closed: CLOSE-WAIT becomes LAST-ACK. */
		if (!recv(open_fds[i], buf, sizeof(buf), 0) && chance(70))
			drop(i);
		break;
	}
}

void world_act(void)
{
	accept_some();
	if (chance(30))
		connect_one();
	use_one();
	use_one();
}

void world_change(void)
{
	set(IPV4 "tcp_syncookies", below(3));
	set(IPV4 "ip_early_demux", chance(70));
	set(IPV4 "tcp_timestamps", chance(85));
}

static void count_states(const char *file)
{
	FILE *f = fopen(file, "r");
	unsigned int state;
	char line[256];

	if (!f)
		err(2, "%s", file);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%*d: %*s %*s %2x", &state) == 1)
			states[state & 15]++;
	fclose(f);
}

void world_look(void)
{
	count_states("/proc/net/tcp");
	count_states("/proc/net/tcp6");
}

int world_report(void)
{
	static const char *const names[] = {
		[TCP_ESTABLISHED] = "established", [TCP_SYN_SENT] = "syn-sent",
		[TCP_SYN_RECV] = "syn-received", [TCP_FIN_WAIT1] = "fin-wait-1",
		[TCP_FIN_WAIT2] = "fin-wait-2", [TCP_TIME_WAIT] = "time-wait",
		[TCP_CLOSE_WAIT] = "close-wait", [TCP_LAST_ACK] = "last-ack",
		[TCP_LISTEN] = "listen", [TCP_CLOSING] = "closing",
	};
	int i, all = 1;

	printf("sockets seen:");
	for (i = TCP_ESTABLISHED; i <= TCP_CLOSING; i++) {
		if (!names[i])
			continue;
		printf(" %s %llu", names[i], states[i]);
		all = all && states[i];
	}
	printf("\n");
	return all;
}
