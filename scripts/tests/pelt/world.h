/* SPDX-License-Identifier: GPL-2.0 */
/* The programs of the machine: what listens, accepts, connects and closes. */
#ifndef PELT_WORLD_H
#define PELT_WORLD_H

/* Opens the listeners. Exits on failure. */
void world_init(void);

/* Lets the programs do something. */
void world_act(void);

/* Changes a setting that decides what becomes of packets. */
void world_change(void);

/* Notes in what states sockets are now. */
void world_look(void);

/* Prints how many were seen in each state; false if one was never. */
int world_report(void);

#endif
