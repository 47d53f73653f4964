// SPDX-License-Identifier: GPL-2.0
/* The program on the machine under test. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "program.h"
#include "trace.h"

#define MAX_LISTENERS	16
#define MAX_PIECE	4096	/* bytes of one read() or write() of a script */

/* port 0: a free place. The socket of a dual listener is in both fields. */
static struct listener {
	uint16_t port;
	int fd4, fd6;
} listeners[MAX_LISTENERS];

static int *kept;
static size_t nr_kept;

static int new_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(2, "socket");
	return fd;
}

static int listen_at(const char *any, uint16_t port, int backlog, int only6)
{
	struct sockaddr_storage sa;
	struct addr addr;
	socklen_t len;
	int one = 1;
	int fd;

	addr_parse(any, &addr);
	fd = new_socket(addr.family);
	if (addr.family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only6, sizeof(only6)))
		err(2, "IPV6_V6ONLY");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	len = addr_socket(&addr, port, &sa);
	if (bind(fd, (struct sockaddr *)&sa, len) || listen(fd, backlog))
		err(2, "cannot listen on port %d of %s", port, any);
	return fd;
}

/* Returns the listeners of @port, or a free place if @port is 0, or NULL. */
static struct listener *find_listener(uint16_t port)
{
	for (size_t i = 0; i < MAX_LISTENERS; i++)
		if (listeners[i].port == port)
			return &listeners[i];
	return NULL;
}

void program_listen(uint16_t port, int backlog, bool dual)
{
	struct listener *place = find_listener(0);

	if (!place)
		errx(2, "more than %d listeners", MAX_LISTENERS);
	trace_note("program: listen, port %u, backlog %d%s", port, backlog,
		   dual ? ", dual" : "");
	place->port = port;
	place->fd6 = listen_at("::", port, backlog, !dual);
	place->fd4 = dual ? place->fd6 : listen_at("0.0.0.0", port, backlog, 0);
}

void program_unlisten(uint16_t port)
{
	struct listener *place = find_listener(port);

	if (!place)
		return;
	trace_note("program: no longer listens, port %u", port);
	close(place->fd6);
	if (place->fd4 != place->fd6)
		close(place->fd4);
	place->port = 0;
}

void program_start(void)
{
	program_listen(PROGRAM_PORT, PROGRAM_BACKLOG, false);
}

void program_end(void)
{
	while (nr_kept)
		close(kept[--nr_kept]);
	free(kept);
	kept = NULL;
	for (size_t i = 0; i < MAX_LISTENERS; i++)
		if (listeners[i].port)
			program_unlisten(listeners[i].port);
}

int program_listener(int family, uint16_t port)
{
	struct listener *place = find_listener(port);

	if (!port || !place)
		return -1;
	return family == AF_INET ? place->fd4 : place->fd6;
}

/* An IPv4 peer of a dual-stack listener has a mapped address. */
static void read_address(const struct sockaddr_storage *sa, struct addr *addr,
			 uint16_t *port)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;
	const struct sockaddr_in *in = (const struct sockaddr_in *)sa;

	*port = ntohs(in->sin_port);	/* at the same place in both structures */
	if (sa->ss_family == AF_INET) {
		addr->family = AF_INET;
		memcpy(addr->bytes, &in->sin_addr, 4);
	} else if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		addr->family = AF_INET;
		memcpy(addr->bytes, in6->sin6_addr.s6_addr + 12, 4);
	} else {
		addr->family = AF_INET6;
		memcpy(addr->bytes, &in6->sin6_addr, 16);
	}
}

int program_accept(int family, uint16_t port, struct addr *from,
		   uint16_t *from_port)
{
	int listener = program_listener(family, port);
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	int fd;

	if (listener < 0)
		return -1;
	fd = accept4(listener, (struct sockaddr *)&sa, &len,
		     SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0 && errno != EAGAIN)
		err(2, "accept");
	if (fd < 0)
		return -1;
	read_address(&sa, from, from_port);
	trace_note("program: accept, from port %u", *from_port);
	return fd;
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

void program_read_some(int fd)
{
	char buf[MAX_PIECE];
	ssize_t n = read(fd, buf, sizeof(buf));

	trace_note("program: read %zd bytes", n);
}

void program_write(int fd, size_t len)
{
	static const char nothing[MAX_PIECE];
	ssize_t n;

	/* the peer may have reset the connection */
	n = send(fd, nothing, len < MAX_PIECE ? len : MAX_PIECE, MSG_NOSIGNAL);
	trace_note("program: wrote %zd bytes", n);
}

void program_shutdown(int fd, int how)
{
	trace_note("program: shutdown(%s)", how == SHUT_WR ? "SHUT_WR" : "SHUT_RD");
	/* ENOTCONN: the peer has reset the connection */
	if (shutdown(fd, how) && errno != ENOTCONN)
		warn("shutdown");
}

void program_close(int fd)
{
	bool ended;

	program_read(fd, &ended);
	trace_note("program: close");
	close(fd);
}

void program_drop(int fd)
{
	trace_note("program: close, without reading");
	close(fd);
}

static void set_linger(int fd, int seconds)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = seconds };

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		err(2, "SO_LINGER");
}

void program_abort(int fd)
{
	set_linger(fd, 0);
	trace_note("program: close, SO_LINGER 0");
	close(fd);
}

static void *close_slowly(void *fd)
{
	close((intptr_t)fd);
	trace_note("program: close has ended");
	return NULL;
}

void program_linger(int fd, int seconds)
{
	pthread_t thread;

	set_linger(fd, seconds);
	trace_note("program: close, SO_LINGER %d", seconds);
	errno = pthread_create(&thread, NULL, close_slowly, (void *)(intptr_t)fd);
	if (errno)
		err(2, "cannot make a thread");
	pthread_detach(thread);
}

void program_set_linger2(int fd, int seconds)
{
	trace_note("program: TCP_LINGER2 %d", seconds);
	if (setsockopt(fd, IPPROTO_TCP, TCP_LINGER2, &seconds, sizeof(seconds)))
		err(2, "TCP_LINGER2");
}

void program_keep(int fd)
{
	kept = reallocarray(kept, nr_kept + 1, sizeof(*kept));
	if (!kept)
		err(2, NULL);
	kept[nr_kept++] = fd;
}
