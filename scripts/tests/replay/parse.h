/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parses the lines of a script, each from its second word on. All functions exit on bad
 * lines.
 */
#ifndef REPLAY_PARSE_H
#define REPLAY_PARSE_H

#include "script.h"

/* conn, client, dial: @step already has its kind and the defaults. */
void parse_connection(char *args, struct step *step);

/* Forgets the names and ports of the previous script. */
void parse_live_start(void);

/* Notes the name that a conn gives to its connection. */
void parse_live_name(const char *id);

void parse_seg(char *args, struct step *step);
void parse_app(char *args, struct step *step);
void parse_listen(char *args, struct step *step);
void parse_unlisten(char *args, struct step *step);
void parse_accept(char *args, struct step *step);

/* Frees the names. */
void parse_live_end(void);

/* Forgets the hosts of the previous script. */
void parse_loop_start(void);

void parse_host(char *args, struct step *step);
void parse_ask(char *args, struct step *step);

#endif
