/* SPDX-License-Identifier: GPL-2.0 */
/* A .tw script as a list of steps. traces/README.md describes the form. */
#ifndef REPLAY_SCRIPT_H
#define REPLAY_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "segment.h"

enum step_kind {
	STEP_WAIT,
	STEP_SET,
	STEP_CONN,
	STEP_DIAL,
	STEP_SEG,
	STEP_APP,
	STEP_LISTEN,
	STEP_UNLISTEN,
	STEP_ACCEPT,
	STEP_HOST,
	STEP_ASK,
};

enum close_mode {
	CLOSE_SERVER,
	CLOSE_SHUTDOWN,
	CLOSE_FINACK,
	CLOSE_SIMUL,
	CLOSE_ACKONLY,
	CLOSE_SHUTACK,
	CLOSE_HALFDATA,
	CLOSE_DATAFIN,
	CLOSE_OOW,
	CLOSE_HOLE,
	CLOSE_BADSUM,
	CLOSE_PARTACK,
	CLOSE_OVERACK,
	CLOSE_PAWS,
	CLOSE_DUPFIN,
	CLOSE_CLIENT,
	CLOSE_RST,
	CLOSE_LINGER0,
	CLOSE_OPEN,
	CLOSE_QUEUED,
	CLOSE_HALF,
	CLOSE_PROBE,
	CLOSE_CLOSEWAIT,
	CLOSE_UNACKED,
	CLOSE_LASTACK,
	CLOSE_CLOSING,
	NR_CLOSES
};

enum open_mode {
	OPEN_PLAIN,
	OPEN_CROSS,
	OPEN_SILENT,
	OPEN_RST,
	NR_OPENS
};

/* what is unusual in a SYN */
struct syn_form {
	uint8_t flags;			/* instead of SYN alone */
	bool data, badsum;
	bool two;			/* a timestamp option before its own, */
	uint32_t first;			/* with this TSval */
	bool raw;			/* its timestamp option is not aligned */
	bool tfo;			/* asks for a Fast Open cookie */
	uint32_t tsecr;
	uint16_t window;
};

enum app_deed {
	APP_CLOSE,
	APP_SHUTWR,
	APP_SHUTRD,
	APP_LINGER0,
	APP_LINGER,			/* LINGER, LINGER2 and WRITE have a number */
	APP_LINGER2,
	APP_WRITE,
	APP_READ,
	NR_APPS
};

struct step {
	enum step_kind kind;
	unsigned int line;
	char *text;			/* the line, without its comment */

	int64_t wait_ns;		/* wait; conn: before the answer to the SYN-ACK */

	char *file, *value;		/* set */

	char *id;			/* X: conn (or NULL), seg, app, accept */

	struct addr peer, local;	/* conn, dial */
	uint16_t peer_port;
	uint16_t local_port;		/* listen and unlisten too */
	bool has_ts;
	bool ts;			/* false: no timestamp; seg too */
	uint32_t tsval;			/* N; seg too */
	enum close_mode close;
	bool has_fin;
	uint32_t fin;			/* F, if has_fin */
	bool has_seq;
	uint32_t seq;			/* of the SYN, if has_seq */
	unsigned int data;		/* K; seg: bytes */
	struct syn_form syn;
	bool client;			/* a client that would try again, */
	uint32_t rate;			/* whose clock has so many ticks a second */
	enum open_mode open;		/* dial */

	uint8_t flags;			/* seg */
	int32_t seq_off, ack_off;
	bool keep, badsum;

	enum app_deed app;
	int32_t number;			/* of app; listen: backlog */
	bool dual;			/* listen: one socket for both families */

	int64_t at_ns;			/* ask, from the start of the play; wait_ns: hold= */
	double ticks;			/* host, ask: of the clock in a second; tsval: BASE */
};

struct script {
	struct step *steps;
	size_t nr;
	bool loop;			/* has hosts that ask, and nothing else */
};

/* Reads @file. Exits with file and line if a line cannot be played. */
void script_read(const char *file, struct script *script);

void script_free(struct script *script);

#endif
