/* SPDX-License-Identifier: GPL-2.0 */
/* The lines of a script, each from the words after its first. All exit on bad ones. */
#ifndef REPLAY_PARSE_H
#define REPLAY_PARSE_H

#include "script.h"

/* conn, client, dial: @step has its kind already, and what it is by default. */
void parse_connection(char *args, struct step *step);

/* Forgets the names and the ports of the script before. */
void parse_live_start(void);

/* A conn has given its connection this name. */
void parse_live_name(const char *id);

void parse_seg(char *args, struct step *step);
void parse_app(char *args, struct step *step);
void parse_listen(char *args, struct step *step);
void parse_unlisten(char *args, struct step *step);
void parse_accept(char *args, struct step *step);

/* Closes the books: frees the names. */
void parse_live_end(void);

#endif
