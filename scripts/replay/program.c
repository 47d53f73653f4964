// SPDX-License-Identifier: GPL-2.0
/* The program on the machine under test. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "program.h"
#include "trace.h"

#define PORT		80
#define BACKLOG		128

static int listener4, listener6;
static int *kept;
static size_t nr_kept;

static int new_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(2, "socket");
	return fd;
}

int program_listen(const char *any, uint16_t port)
{
	struct sockaddr_storage sa;
	struct addr addr;
	socklen_t len;
	int one = 1;
	int fd;

	addr_parse(any, &addr);
	fd = new_socket(addr.family);
	/* apart from IPv4, so that each family has a listener of its own */
	if (addr.family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)))
		err(2, "IPV6_V6ONLY");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	len = addr_socket(&addr, port, &sa);
	if (bind(fd, (struct sockaddr *)&sa, len) || listen(fd, BACKLOG))
		err(2, "cannot listen on port %d of %s", port, any);
	return fd;
}

void program_start(void)
{
	listener4 = program_listen("0.0.0.0", PORT);
	listener6 = program_listen("::", PORT);
}

void program_end(void)
{
	while (nr_kept)
		close(kept[--nr_kept]);
	free(kept);
	kept = NULL;
	close(listener4);
	close(listener6);
}

int program_listener(int family)
{
	return family == AF_INET ? listener4 : listener6;
}

int program_accept(int family, uint16_t port)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	in_port_t from;
	int fd;

	fd = accept4(program_listener(family), (struct sockaddr *)&sa, &len,
		     SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0 && errno != EAGAIN && errno != ECONNABORTED)
		err(2, "accept");
	if (fd < 0)
		return -1;
	from = family == AF_INET ? ((struct sockaddr_in *)&sa)->sin_port
				 : ((struct sockaddr_in6 *)&sa)->sin6_port;
	trace_note("program: accept, from port %u", ntohs(from));
	if (ntohs(from) == port)
		return fd;
	program_close(fd);
	return -1;
}

int program_dial(const struct addr *from, uint16_t from_port,
		 const struct addr *to, uint16_t port)
{
	struct sockaddr_storage sa;
	socklen_t len;
	int fd;

	fd = new_socket(from->family);
	len = addr_socket(from, from_port, &sa);
	if (bind(fd, (struct sockaddr *)&sa, len))
		err(2, "bind");
	len = addr_socket(to, port, &sa);
	trace_note("program: connect");
	if (connect(fd, (struct sockaddr *)&sa, len) && errno != EINPROGRESS)
		err(2, "connect");
	return fd;
}

bool program_connected(int fd)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);

	return !getpeername(fd, (struct sockaddr *)&sa, &len);
}

size_t program_read(int fd, bool *ended)
{
	size_t total = 0;
	char buf[4096];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		total += n;
	*ended = !n || errno != EAGAIN;
	trace_note("program: read %zu bytes%s", total,
		   !n ? ", end" : *ended ? ", reset" : "");
	return total;
}

void program_shutdown(int fd)
{
	trace_note("program: shutdown(SHUT_WR)");
	if (shutdown(fd, SHUT_WR))
		warn("shutdown");
}

void program_close(int fd)
{
	bool ended;

	program_read(fd, &ended);
	trace_note("program: close");
	close(fd);
}

void program_abort(int fd)
{
	const struct linger none = { .l_onoff = 1, .l_linger = 0 };

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none)))
		err(2, "SO_LINGER");
	trace_note("program: close, SO_LINGER 0");
	close(fd);
}

void program_keep(int fd)
{
	kept = reallocarray(kept, nr_kept + 1, sizeof(*kept));
	if (!kept)
		err(2, NULL);
	kept[nr_kept++] = fd;
}
