/* SPDX-License-Identifier: GPL-2.0 */
/* The TUN device between the machine under test and its peers. */
#ifndef REPLAY_TUN_H
#define REPLAY_TUN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Makes the device, gives it the addresses and default routes that the traces
 * ask for, and returns its descriptor, non-blocking. Exits on failure, and
 * when the machine has a default route already: that one is in use.
 */
int tun_open(void);

/* Sends one packet to the machine. Exits on failure. */
void tun_write(int tun, const uint8_t *packet, size_t len);

/* Takes one packet of the machine; 0 when there is none. Exits on failure. */
size_t tun_read(int tun, uint8_t *packet, size_t size);

#endif
