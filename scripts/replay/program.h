/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The program on the machine under test: it listens on port 80, reads what
 * comes, closes in the ways a script asks for, and dials out. Its sockets are
 * in this process and never block.
 */
#ifndef REPLAY_PROGRAM_H
#define REPLAY_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "segment.h"

/* Listens on @port of the address @any; returns the descriptor. Exits on failure. */
int program_listen(const char *any, uint16_t port);

/* Listens on port 80, in both families. Exits on failure. */
void program_start(void);

/* Closes all that is still open. */
void program_end(void);

/* The listener of @family, to poll; readable means program_accept() has one. */
int program_listener(int family);

/*
 * Takes the connection from @port that waits; -1 when none does. One from
 * elsewhere is closed and not returned.
 */
int program_accept(int family, uint16_t port);

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

void program_shutdown(int fd);	/* SHUT_WR */
void program_close(int fd);	/* what is unread is read first: it would make a RST */
void program_abort(int fd);	/* close() with SO_LINGER 0 */
void program_keep(int fd);	/* leaves the connection open until program_end() */

#endif
