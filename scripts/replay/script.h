/* SPDX-License-Identifier: GPL-2.0 */
/* A .tw script, as steps in order. The form is described in traces/README.md. */
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
	CLOSE_HALF,
	CLOSE_CLOSEWAIT,
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

enum syn_kind {
	SYN_PLAIN,
	SYN_FIN,
	SYN_RST,
	SYN_ACK,
	SYN_ECE,
	SYN_DATA,
	SYN_BADSUM,
	NR_SYNS
};

struct step {
	enum step_kind kind;
	unsigned int line;
	char *text;			/* the line, without its comment */

	int64_t wait_ns;		/* wait */

	char *file, *value;		/* set */

	struct addr peer, local;	/* conn, dial */
	uint16_t peer_port, local_port;
	bool ts;
	uint32_t tsval;			/* N */
	enum close_mode close;
	bool has_fin;
	uint32_t fin;			/* F, when has_fin */
	unsigned int data;		/* K */
	enum syn_kind syn;
	bool client;			/* of a client that would try again, */
	uint32_t rate;			/* whose clock has so many ticks a second */
	enum open_mode open;		/* dial */
};

struct script {
	struct step *steps;
	size_t nr;
};

/* Reads @file. Exits with file and line on one that cannot be played. */
void script_read(const char *file, struct script *script);

void script_free(struct script *script);

#endif
