/* SPDX-License-Identifier: GPL-2.0 */
/*
 * live.h - the same from the wire
 */
#ifndef PCAP_LIVE_H
#define PCAP_LIVE_H

#include "run.h"

/**
 * live() - listen to a device until Ctrl-C, and tell what came of it
 * @run: the run
 *
 * Ends the program if there is no such device, or the user may not listen to it.
 *
 * Return: false if the device broke off.
 */
bool live(struct run *run);

#endif
