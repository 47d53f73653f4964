/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The program on the machine under test: it listens, reads what comes, closes in
 * the ways a script asks for, and dials out. Its sockets are in this process and
 * never block; where close() would, a thread of its own calls it.
 */
#ifndef REPLAY_PROGRAM_H
#define REPLAY_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "segment.h"

#define PROGRAM_PORT	80	/* where it listens from the beginning */
#define PROGRAM_BACKLOG	128

/* Listens on PROGRAM_PORT, in both families. Exits on failure. */
void program_start(void);

/* Closes all that is still open. */
void program_end(void);

/*
 * Listens on @port of all addresses, with a socket for each family or, if @dual,
 * with one for both. Exits on failure.
 */
void program_listen(uint16_t port, int backlog, bool dual);

/* Closes the listeners of @port, and what waits in their queues. */
void program_unlisten(uint16_t port);

/*
 * The listener of @family on @port, to poll; readable means program_accept() has
 * one. -1 when there is none.
 */
int program_listener(int family, uint16_t port);

/*
 * Takes the connection that has waited longest; -1 when none does. @from and
 * @from_port: whose it is.
 */
int program_accept(int family, uint16_t port, struct addr *from,
		   uint16_t *from_port);

/* Begins to connect; exits on failure. @from_port may be 0, for any. */
int program_dial(const struct addr *from, uint16_t from_port,
		 const struct addr *to, uint16_t port);

/* Whether the connection that program_dial() began is up. */
bool program_connected(int fd);

/*
 * Reads all that is there and returns the bytes read. @ended: set when there
 * will be no more, because of a FIN or a reset.
 */
size_t program_read(int fd, bool *ended);

void program_read_some(int fd);	/* one read(), of 4096 bytes at most */
void program_write(int fd, size_t len);	/* one write(), of 4096 bytes at most */
void program_shutdown(int fd, int how);
void program_close(int fd);	/* what is unread is read first: it would make a RST */
void program_drop(int fd);	/* close(), and no more */
void program_abort(int fd);	/* close() with SO_LINGER 0 */
void program_keep(int fd);	/* leaves the connection open until program_end() */

/* close() with SO_LINGER @seconds, which waits for the peer; this does not. */
void program_linger(int fd, int seconds);

void program_set_linger2(int fd, int seconds);

#endif
