/* SPDX-License-Identifier: GPL-2.0 */
/* The programs of the machine: they listen, accept, connect and close. */
#ifndef PELT_WORLD_H
#define PELT_WORLD_H

/* Opens the listeners. Exits on failure. */
void world_init(void);

/* Lets the programs do something. */
void world_act(void);

/* Changes sysctls that decide what happens to packets. */
void world_change(void);

/* Counts the sockets in each state. */
void world_look(void);

/* Prints how many were counted in each state. False if one state has none. */
int world_report(void);

#endif
