/* SPDX-License-Identifier: GPL-2.0 */
/* The TUN device between the machine under test and its peers. */
#ifndef REPLAY_TUN_H
#define REPLAY_TUN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Makes the device, gives it the addresses and default routes that the traces need, and
 * returns its non-blocking descriptor. Exits on failure, and also if the machine
 * already has a default route, because then its network is in use.
 */
int tun_open(void);

/* Sends a packet to the machine. Exits on failure. */
void tun_write(int tun, const uint8_t *packet, size_t len);

/* Reads a packet of the machine; 0 if there is none. Exits on failure. */
size_t tun_read(int tun, uint8_t *packet, size_t size);

#endif
