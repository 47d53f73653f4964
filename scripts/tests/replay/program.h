/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The program on the machine under test. It listens, reads, closes in the ways that a
 * script asks for, and connects. Its sockets belong to this process and never block; if
 * close() would block, another thread calls it.
 */
#ifndef REPLAY_PROGRAM_H
#define REPLAY_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "segment.h"

#define PROGRAM_PORT	80	/* the program listens on it from the start */
#define PROGRAM_BACKLOG	128

/* Listens on PROGRAM_PORT, for both families. Exits on failure. */
void program_start(void);

/* Closes all open sockets. */
void program_end(void);

/*
 * Listens on @port of all addresses, with a socket for each family, or with one for
 * both if @dual. Exits on failure.
 */
void program_listen(uint16_t port, int backlog, bool dual);

/* Closes the listeners of @port, and the connections in their queues. */
void program_unlisten(uint16_t port);

/*
 * Returns the listener of @family on @port, to poll, or -1. It is readable if
 * program_accept() would get a connection.
 */
int program_listener(int family, uint16_t port);

/*
 * Accepts the connection that has waited longest. Returns -1 if there is none. @from
 * and @from_port are the peer's.
 */
int program_accept(int family, uint16_t port, struct addr *from,
		   uint16_t *from_port);

/* Starts to connect; exits on failure. @from_port may be 0, for any port. */
int program_dial(const struct addr *from, uint16_t from_port,
		 const struct addr *to, uint16_t port);

/* Returns whether the connection of program_dial() is established. */
bool program_connected(int fd);

/*
 * Reads all that is available and returns the number of bytes. @ended is set after a
 * FIN or a reset.
 */
size_t program_read(int fd, bool *ended);

void program_read_some(int fd);	/* one read() of at most 4096 bytes */
void program_write(int fd, size_t len);	/* one write() of at most 4096 bytes */
void program_shutdown(int fd, int how);
void program_close(int fd);	/* reads first, because unread data would cause a RST */
void program_drop(int fd);	/* only close() */
void program_abort(int fd);	/* close() with SO_LINGER 0 */
void program_keep(int fd);	/* leaves the connection open until program_end() */

/* close() with SO_LINGER @seconds waits for the peer; this function does not. */
void program_linger(int fd, int seconds);

void program_set_linger2(int fd, int seconds);

#endif
